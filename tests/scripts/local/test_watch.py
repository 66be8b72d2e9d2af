"""What `make watch` takes for a change, and that no error ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.errors import OperatorError
from scripts.local.watch import files, watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder with a handler in it."""
    (tmp_path / "handlers").mkdir()
    (tmp_path / "handlers" / "echo.py").write_text("one")
    return tmp_path


class Clock:
    """Instead of pauses: what happens in each of them, and Ctrl-C in the last one."""

    def __init__(self, *pauses: Callable[[], object]) -> None:
        self.pauses = list(pauses)

    def sleep(self, _seconds: float) -> None:
        """Let the next thing happen."""
        if not self.pauses:
            raise KeyboardInterrupt
        self.pauses.pop(0)()


def watched(source: Path, clock: Clock, reload: Callable[[], object]) -> list[str]:
    """What a watch until Ctrl-C said."""
    said: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        watch(source, reload, said.append, clock.sleep)
    return said


def test_a_save_reloads_once(source: Path) -> None:
    """At the beginning, and after a change; not while nothing changes."""
    reloads: list[str] = []
    handler = source / "handlers" / "echo.py"
    clock = Clock(lambda: None, lambda: handler.write_text("two, longer"), lambda: None)

    watched(source, clock, lambda: reloads.append(handler.read_text()))

    assert reloads == ["one", "two, longer"]


def test_a_save_during_a_reload_is_not_lost(source: Path) -> None:
    """The next look finds it."""
    handler = source / "handlers" / "echo.py"
    reloads: list[str] = []

    def reload() -> None:
        reloads.append(handler.read_text())
        handler.write_text("saved during the first reload")

    watched(source, Clock(lambda: None), reload)

    assert reloads == ["one", "saved during the first reload"]


def test_an_error_is_one_line_and_the_watch_goes_on(source: Path) -> None:
    """The next save is reloaded."""
    handler = source / "handlers" / "echo.py"
    tried: list[str] = []

    def reload() -> None:
        tried.append(handler.read_text())
        if len(tried) == 1:
            raise OperatorError("src/handlers/echo.py:3: SyntaxError: invalid syntax")

    said = watched(source, Clock(lambda: handler.write_text("mended")), reload)

    assert said == ["error: src/handlers/echo.py:3: SyntaxError: invalid syntax"]
    assert tried == ["one", "mended"]


def test_what_is_never_in_the_zip_is_no_change(source: Path) -> None:
    """Caches of Python and of editors."""
    before = files(source)
    (source / "handlers" / "__pycache__").mkdir()
    (source / "handlers" / "__pycache__" / "echo.cpython-313.pyc").write_text("compiled")
    (source / "handlers" / ".echo.py.swp").write_text("an editor's")

    assert files(source) == before


def test_a_new_a_renamed_and_a_deleted_file_are_changes(source: Path) -> None:
    """A schema, for example."""
    seen = [files(source)]
    schema = source / "handlers" / "echo.schema.json"
    schema.write_text("{}")
    seen.append(files(source))
    schema.rename(source / "handlers" / "other.schema.json")
    seen.append(files(source))
    (source / "handlers" / "other.schema.json").unlink()
    seen.append(files(source))

    assert seen[0] != seen[1] != seen[2] != seen[3] == seen[0]
