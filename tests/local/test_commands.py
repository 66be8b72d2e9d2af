"""`python -m scripts.local up | down | preview | status | logs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.local.__main__ import main
from tests.live import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.stack.stack import LocalStack
    from tests.local.aws import Aws

PRINT = "def handler(event, context):\n    print('hello from', context.function_name)\n"


def options(stack: LocalStack) -> list[str]:
    """The options that name this stack."""
    return ["--port", str(stack.port), "--state-dir", str(stack.state_dir)]


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["status"], 1, "start it with: make up"),
        (["down"], 0, "No local stack is running"),
        (["logs"], 1, "start it with: make up"),
        (["logs", "--function", "x"], 1, "start it with: make up"),
        (["preview-down", "--pr", "7"], 0, "pr-7 does not exist"),
        (["preview", "--pr", "0"], 2, "--pr"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_without_a_stack_every_command_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], args: list[str], code: int, words: str
) -> None:
    """No traceback, one line."""
    assert main(["--state-dir", str(tmp_path / "stack"), *args]) == code

    printed = capsys.readouterr()
    assert words in printed.out + printed.err
    assert len((printed.out + printed.err).splitlines()) == 1


def test_an_unknown_function_is_answered_with_the_known_ones(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    """A typing error should not look like an empty log."""
    function = aws.function(PRINT)

    assert main([*options(aws.stack), "logs", "--function", "nope"]) == 1

    assert function in capsys.readouterr().err


def test_status_lists_functions_and_queues_with_their_counts(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    """Enough to see at a glance where messages are."""
    function = aws.function(PRINT)
    queue = aws.queue()
    aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody="x")
    aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody="y", DelaySeconds=60)

    assert main([*options(aws.stack), "status"]) == 0

    printed = capsys.readouterr().out
    assert aws.stack.endpoint in printed
    assert function in printed
    name = queue.url.rpartition("/")[2]
    assert f"{name}: 1 waiting, 0 in flight, 1 delayed" in printed


def test_logs_show_what_a_function_printed(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    """The function's lines, oldest first; without a function the emulator's own log."""
    function = aws.function(PRINT)
    assert main([*options(aws.stack), "logs", "--function", function]) == 0
    assert capsys.readouterr().out == "", "it has not run yet"

    aws.client("lambda").invoke(FunctionName=function)
    eventually(lambda: aws.log_lines(f"/aws/lambda/{function}"))

    assert main([*options(aws.stack), "logs", "--function", function]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"hello from {function}" in lines
    assert lines[0].startswith("START") and lines[-1].startswith("REPORT")  # noqa: PT018
    assert main([*options(aws.stack), "logs"]) == 0
    assert "Ready" in capsys.readouterr().out
