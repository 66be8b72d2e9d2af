"""Buckets of rates, as items of the table of commands: one conditional write to take from one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from command_api.adapters.dynamodb.item import number
from command_api.adapters.dynamodb.table import Refused, Table
from command_api.domain.rates import SECOND, Bucket

if TYPE_CHECKING:
    from command_api.adapters.dynamodb.item import Attributes
    from command_api.domain.rates import Change

# No id of a command has a slash.
PREFIX = "rate/"
# A bucket that nobody has used for so long is as good as a new one.
_KEPT_SECONDS = 2 * 86_400


@dataclass(frozen=True, eq=False, repr=False)
class DynamoDBBuckets:
    """The buckets in one table; `ttl_attribute` is what its time to live is called."""

    client: Any
    table: str
    ttl_attribute: str

    @cached_property
    def _items(self) -> Table:
        return Table(self.client, self.table)

    def change(self, key: str, change: Change) -> tuple[Bucket | None, bool]:
        """Change a bucket by one write; where it is refused, the same answer says by what."""
        expression, condition, values = _write(change)
        until = {"purge": number(change.at // SECOND + _KEPT_SECONDS)}
        try:
            answer = self._items.update(
                f"{PREFIX}{key}",
                f"SET {expression}, #purge = :purge",
                condition,
                values | until,
                names={"#purge": self.ttl_attribute},
                ReturnValues="ALL_OLD",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except Refused as refused:
            return _bucket(refused.item), False
        return _bucket(answer.get("Attributes")), True


def _write(change: Change) -> tuple[str, str, Attributes]:
    """The same as `rates.fits` and `rates.changed`."""
    sets: list[str] = []
    demands: list[str] = []
    values: dict[str, int] = {}
    spacing = change.rate.spacing
    if change.starts:
        values["rest"] = change.rest
        if change.idle:
            sets.append("#next = :next")
            values["next"] = change.at + change.starts * spacing
            demands.append("(attribute_not_exists(#next) OR #next < :rest)")
        else:
            sets.append("#next = #next + :starts")
            values |= {"starts": change.starts * spacing, "latest": change.latest}
            demands.append("#next BETWEEN :rest AND :latest")
    if change.places:
        sets.append("#line = #line + :places" if change.lined else "#line = :line")
        places = change.places * change.rate.apart
        values |= {"places": places} if change.lined else {"line": change.begin + places}
    if change.lined is not None:
        values |= {"ahead": change.ahead, "forgotten": change.forgotten}
        demands.append(
            "(#line > :ahead AND #next >= :forgotten)"
            if change.lined
            else "(attribute_not_exists(#line) OR #line <= :ahead OR"
            " attribute_not_exists(#next) OR #next < :forgotten)"
        )
    return ", ".join(sets), " AND ".join(demands), {n: number(it) for n, it in values.items()}


def _bucket(item: Attributes | None) -> Bucket | None:
    if not item:
        return None
    return Bucket(*(int(item.get(name, {"N": "0"})["N"]) for name in Bucket._fields))
