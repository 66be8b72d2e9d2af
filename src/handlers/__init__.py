"""Your command types: one file each, and one line in HANDLERS."""

from collections.abc import Mapping

from command_api import Handler
from handlers import drill, echo

HANDLERS: Mapping[str, Handler] = {
    "echo": echo.handle,
    "drill": drill.handle,
}
