"""What an environment may turn on: its paths and schemas, which are empty where it is off."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from command_api.openapi.batches import batch_paths, batch_schemas
from command_api.openapi.schedules import schedule_paths, schedule_schemas

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api.openapi.description import Description, Node


class Feature(NamedTuple):
    """What a feature adds to the document."""

    paths: Callable[[Description], Node]
    schemas: Callable[[Description], Node]


FEATURES: tuple[Feature, ...] = (
    Feature(batch_paths, batch_schemas),
    Feature(schedule_paths, schedule_schemas),
)
