"""`python -m scripts.batches`: files of commands as batches, from a command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.batches import __main__ as tool
from scripts.batches import api as batches
from tests.fakes.batch_api import BatchApi, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def api() -> Iterator[BatchApi]:
    """An API with batches."""
    with serving() as found:
        yield found


@pytest.fixture
def run(api: BatchApi, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the tool on the API: exit code, output and errors."""

    def run(verb: str, *words: str) -> tuple[int, str, str]:
        code = tool.main([verb, *words, "--endpoint", api.url])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a command."""
    found = tmp_path / "rows.jsonl"
    found.write_text('{"type": "echo"}\n')
    return found


def test_a_file_is_submitted_and_waited_for(
    api: BatchApi, run: Callable[..., tuple[int, str, str]], path: Path
) -> None:
    """Its id is all that is printed."""
    code, out, err = run("submit", str(path), "--wait", "--then", "echo", "--then-input", "{}")
    assert (code, out) == (0, f"key-{batches.key_of(path)}\n")
    assert "ENDED; 1 commands: 1 completed" in err
    (known,) = api.batches.values()
    assert known["body"]["then"] == {"type": "echo", "input": {}, "when": "all"}


def test_the_same_file_is_the_same_batch(
    api: BatchApi, run: Callable[..., tuple[int, str, str]], path: Path
) -> None:
    """Also after an interruption; a file of another name or content is another one."""
    first, again = run("submit", str(path)), run("submit", str(path))
    assert first == again
    assert len(api.uploaded) == 1
    path.rename(path.with_name("other.jsonl"))
    assert run("submit", str(path.with_name("other.jsonl")))[1] != first[1]
    path.write_text('{"type": "demo"}\n')
    assert run("submit", str(path))[1] not in first[1]
    assert run("submit", str(path), "--key", "k-1")[1] == "key-k-1\n"


def test_the_same_file_with_another_end_needs_another_key(
    run: Callable[..., tuple[int, str, str]], path: Path
) -> None:
    """Nobody who has named no key has to guess which one was meant."""
    run("submit", str(path))
    code, out, err = run("submit", str(path), "--then", "echo")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "another --then; name a new key, for example --key import-2" in err


def test_after_ctrl_c_the_same_command_goes_on(
    run: Callable[..., tuple[int, str, str]], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so, and exits as interrupted."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("scripts.batches.api.submit", interrupted)
    code, out, err = run("submit", str(path))
    assert (code, out) == (130, "")
    assert "run the same command again" in err


def test_with_wait_a_failure_is_an_exit_code(
    api: BatchApi, run: Callable[..., tuple[int, str, str]], path: Path
) -> None:
    """1 unless all completed."""
    run("submit", str(path), "--key", "k")
    api.batches["k"]["counts"] = {"completed": 0, "failed": 1}
    code, _, err = run("status", "key-k", "--wait")
    assert (code, "1 failed" in err) == (1, True)


def test_what_does_not_end_is_left_to_another_time(
    run: Callable[..., tuple[int, str, str]], api: BatchApi
) -> None:
    """One line says how to go on."""
    api.batches["k"] = {"body": {}}
    code, out, err = run("status", "key-k", "--wait", "--timeout", "0")
    assert (code, out) == (1, "")
    assert "raise --timeout" in err


def test_results_are_printed_or_written(
    run: Callable[..., tuple[int, str, str]], path: Path, tmp_path: Path
) -> None:
    """A file with a part of them is never left behind."""
    run("submit", str(path), "--key", "k")
    there = tmp_path / "results.jsonl"
    assert run("results", "key-k", "--output", str(there))[0] == 0
    assert there.read_bytes() == b'{"line":1}\n'
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["status", "key-none"], "The batch does not exist"),
        (["cancel", "key-none"], "The batch does not exist"),
        (["results", "key-open"], "has not ended (UPLOADING); later: python -m scripts.batches"),
    ],
)
def test_errors_are_one_line(
    api: BatchApi, run: Callable[..., tuple[int, str, str]], words: list[str], said: str
) -> None:
    """No traceback, and what to do."""
    api.batches["open"] = {"body": {}}
    code, out, err = run(*words)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert said in err


def test_a_refused_file_is_one_line(
    api: BatchApi, run: Callable[..., tuple[int, str, str]], path: Path, tmp_path: Path
) -> None:
    """Another file under the same key, an empty one, and an upload that S3 does not take."""
    run("submit", str(path), "--key", "k")
    path.write_text("{}\n")
    assert "belongs to another file" in run("submit", str(path), "--key", "k")[2]
    empty = tmp_path / "empty"
    empty.touch()
    assert "is empty; write one JSON object a line" in run("submit", str(empty))[2]
    api.put_status = 403
    code, _, err = run("submit", str(path))
    assert (code, err.count("\n"), "refused the upload" in err) == (1, 1, True)
