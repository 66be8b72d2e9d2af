"""Your command types: one file each, and one line in HANDLERS."""

from command_api import Handlers
from handlers import drill, echo

HANDLERS: Handlers = {
    "echo": echo.handle,
    "drill": drill.handle,
}
