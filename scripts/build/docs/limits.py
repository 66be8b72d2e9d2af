"""AWS's limits, as the documentation shows them and as AWS's own service models state them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore
import botocore.session

if TYPE_CHECKING:
    from botocore.model import ServiceModel

PAGE = "docs/limits.md"
TABLE = Path(__file__).with_name("limits.toml")


@dataclass(frozen=True)
class Limit:
    """One limit; limits.toml explains the fields."""

    limit: str
    value: int
    unit: str
    page: str
    places: tuple[str, ...]
    here: int | None = None
    why: str = ""
    model: str = ""
    says: str = ""
    max: int | None = None

    @property
    def service(self) -> str:
        """The service whose model states the limit; empty where none does."""
        return self.model.partition(" ")[0]


def limits() -> list[Limit]:
    """All limits, in the table's order."""
    table = tomllib.loads(TABLE.read_text())
    pages: dict[str, str] = table["pages"]
    return [
        Limit(**{**it, "page": pages.get(it["page"], it["page"]), "places": tuple(it["places"])})
        for it in table["limits"]
    ]


def stated(limit: Limit) -> tuple[str, int | None]:
    """The documentation and the `max` at the place that `model` names."""
    place = limit.model.partition(" ")[2]
    name, _, member = place.partition(".")
    model = service_model(limit.service)
    found: Any
    if name in model.operation_names:
        found = model.operation_model(name)
    else:
        found = model.shape_for(name)
        found = found.members[member] if member else found
    text = " ".join(re.sub(r"<[^>]+>", "", found.documentation).split())
    return text, getattr(found, "metadata", {}).get("max")


@cache
def service_model(service: str) -> ServiceModel:
    """AWS's model of a service, as the installed botocore has it."""
    found: ServiceModel = _session().get_service_model(service)
    return found


@cache
def _session() -> Any:  # noqa: ANN401 - botocore has no type for it here
    return botocore.session.get_session()


def shown() -> str:
    """The table for the page."""
    rows = ["| limit | AWS | note | stated by |", "| --- | --- | --- | --- |"]
    rows += [
        f"| {it.limit} | [{_amount(it.value, it.unit)}]({it.page}) | {_note(it)} | {_model(it)} |"
        for it in limits()
    ]
    return "\n".join([f"Compared with botocore {botocore.__version__}.", "", *rows, ""])


def _note(limit: Limit) -> str:
    own = "" if limit.here is None else f"here {_amount(limit.here, limit.unit)}"
    return ": ".join(filter(None, (own, limit.why)))


def _model(limit: Limit) -> str:
    if not limit.model:
        return "the page alone"
    version = service_model(limit.service).metadata["apiVersion"]
    return f"`{limit.model.partition(' ')[2]}` of {limit.service} {version}"


def _amount(value: int, unit: str) -> str:
    return f"{value:,} {unit}".strip()
