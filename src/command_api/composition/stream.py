"""Records of the table's stream, as the functions that read it take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from command_api.usecases.report import trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from logging import Logger

    from command_api.adapters.sqs.failures import FailureQueue

Read = TypeVar("Read")


def readable(
    records: Iterable[Mapping[str, Any]],
    read: Callable[[Mapping[str, Any]], Read | None],
    failures: FailureQueue,
    logger: Logger,
) -> Iterator[tuple[str, Read]]:
    """What `read` finds in each record, by its sequence number, but for those that have nothing.

    A record that cannot be read goes into the queue of failures.
    """
    for record in records:
        try:
            found = read(record)
        except Exception as error:  # noqa: BLE001 - the edge: it concerns this record alone
            # It will never be readable, and must not hold up the others.
            command_id = record["dynamodb"]["Keys"]["id"]["S"]
            logger.error("change unreadable", extra={"command_id": command_id, **trouble(error)})  # noqa: TRY400
            failures.put(command_id, "the record is unreadable")
            continue
        if found is not None:
            yield record["dynamodb"]["SequenceNumber"], found
