"""`export` and `import`: to the byte, whole or not at all, and not twice."""

from __future__ import annotations

import json
import signal
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from scripts.dlq.message import from_lines
from tests.scripts.dlq.world import SECRET_INPUT, Result, World, refusal, text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., Result]

BODY = '{"a":  "\\u00fc \u2028 😀\\n"}\r\n\t"x"\\ud83d'
RAW = {"DataType": "Binary.gz", "BinaryValue": b"\x00\xff\n"}
NUMBER = {"DataType": "Number.int", "StringValue": "1e2"}


def line(**parts: Any) -> bytes:
    """A line of a file."""
    whole = {"messageId": "m", "sentAt": "2030-01-01T00:00:00+00:00", "body": "b", **parts}
    return json.dumps(whole).encode()


def stored(world: World) -> Counter[str]:
    """What the dead-letter queue holds, with everything that makes a message."""
    answer = world.sqs.real.receive_message(
        QueueUrl=world.dlq_url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=0,
        MessageAttributeNames=["All"],
    )
    found = [[one["Body"], one.get("MessageAttributes")] for one in answer.get("Messages", [])]
    return Counter(repr(sorted(map(repr, one))) for one in found)


@pytest.mark.parametrize(
    "broken",
    [
        b"no json",
        b"[]",
        b"{}",
        line(),
        line(sentAt="never", attributes={}),
        line(body="", attributes={}),
        line(body=1, attributes={}),
        line(body="\ud83d", attributes={}),
        line(attributes={"a": {"DataType": "Binary", "BinaryValue": "%%"}}),
        line(attributes={"a": {"DataType": "String", "StringValue": 1}}),
        line(attributes={"a": {"DataType": "String"}}),
        line(attributes={}, group=1),
        line(attributes={}, group="\ud83d"),
        line(attributes={"\ud83d": {"DataType": "String", "StringValue": "a"}}),
        line(sentAt="0001-01-01T00:00:00+23:59", attributes={}),
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_no_message_is_named_and_nothing_sent(
    broken: bytes, world: World, run: Run
) -> None:
    """The check comes before the first message, and quotes nothing."""
    world.dead_letter("c-1")
    assert "line 2 is not a dead-letter message" in run("import", "-", piped=b"\n" + broken).line
    assert world.sqs.calls == []


def test_a_file_that_cannot_be_read_is_one_line(world: World, run: Run, tmp_path: Path) -> None:
    """With its name."""
    assert str(tmp_path / "none") in run("import", str(tmp_path / "none")).line
    assert world.sqs.calls == []


def test_nothing_is_overwritten(world: World, run: Run, tmp_path: Path) -> None:
    """An export may be the only copy of its messages."""
    (tmp_path / "file").write_text("mine")
    world.dead_letter("c-1")
    assert "exists; name a new file" in run("export", str(tmp_path / "file")).line
    assert (tmp_path / "file").read_text() == "mine"


def test_an_export_that_fails_leaves_no_file(world: World, run: Run, tmp_path: Path) -> None:
    """Half a copy would be taken for a whole one."""
    for number in range(12):
        world.dead_letter(f"c-{number}")
    world.sqs.steps["receive_message"] = [
        lambda real, arguments: real(**arguments),
        refusal("AccessDenied", "ReceiveMessage"),
    ]
    assert "access denied" in run("export", str(tmp_path / "file")).line
    assert list(tmp_path.glob("file*")) == []
    assert world.all_visible()


def test_an_interrupted_export_leaves_no_file(
    world: World, run: Run, press: Callable[[int], None], tmp_path: Path
) -> None:
    """And every message visible."""
    world.dead_letter("c-1")

    def interrupted(real: Any, arguments: dict[str, Any]) -> Any:
        press(signal.SIGTERM)
        return real(**arguments)

    world.sqs.steps["receive_message"] = [interrupted]
    assert run("export", str(tmp_path / "file")).code == 143
    assert list(tmp_path.glob("file*")) == []
    assert world.all_visible()


def test_an_export_that_could_not_see_everything_says_so(
    world: World, run: Run, tmp_path: Path
) -> None:
    """Exit code 1, so that no purge follows by `&&`."""
    world.dead_letter("c-1")
    world.sqs.real.receive_message(QueueUrl=world.dlq_url, VisibilityTimeout=60)
    world.dead_letter("c-2")
    result = run("export", str(tmp_path / "file"))
    assert result.code == 1
    assert "the file is not complete: about 1 more" in result.err
    assert len((tmp_path / "file").read_text().splitlines()) == 1


def test_an_export_is_the_messages_to_the_byte(world: World, run: Run, tmp_path: Path) -> None:
    """Exported, purged, imported: what SQS has is the same; and only its owner reads the file."""
    world.dead_letter("c-1", body=BODY, more={"raw": RAW, "number": NUMBER, "owner": text("ädä")})
    world.dead_letter("c-2")
    world.dead_letter(None, body=" ")
    before = stored(world)
    path = tmp_path / "file"
    result = run("export", str(path))
    assert (result.code, result.out) == (0, "")
    assert SECRET_INPUT not in result.err
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text().splitlines()[0])["body"] == BODY
    assert len(world.dead()) == 3
    assert run("purge", "--yes-really", "work-dlq").code == 0
    assert world.dead() == []
    assert run("import", str(path)).code == 0
    assert stored(world) == before
    assert world.sent() == []


def test_an_import_sends_what_is_not_there(world: World, run: Run, tmp_path: Path) -> None:
    """Again and again, it is there once; and of two equal messages, two."""
    world.dead_letter("c-1")
    world.dead_letter("c-1")
    world.dead_letter("c-2")
    path = str(tmp_path / "file")
    assert run("export", path).code == 0
    assert "imported 0 messages; 3 were there already" in run("import", path).err
    world.sqs.real.purge_queue(QueueUrl=world.dlq_url)
    world.dead_letter("c-1")
    assert "imported 2 messages; 1 were there already" in run("import", path).err
    assert Counter(world.dead()) == Counter(["c-1", "c-1", "c-2"])
    assert world.all_visible()


def test_an_import_that_sqs_took_in_part_says_so(world: World, run: Run, tmp_path: Path) -> None:
    """The same file again completes it."""
    world.dead_letter("c-1")
    world.dead_letter("c-2")
    path = str(tmp_path / "file")
    run("export", path)
    world.sqs.real.purge_queue(QueueUrl=world.dlq_url)

    def part(real: Any, arguments: dict[str, Any]) -> Any:
        real(QueueUrl=arguments["QueueUrl"], Entries=arguments["Entries"][1:])
        failed = {"Id": "0", "Code": "InvalidMessageContents", "SenderFault": True}
        return {"Failed": [failed]}

    world.sqs.steps["send_message_batch"] = [part]
    assert "SQS refused 1 message: InvalidMessageContents (1)" in run("import", path).line
    assert len(world.dead()) == 1
    assert run("import", path).code == 0
    assert Counter(world.dead()) == Counter(["c-1", "c-2"])


def test_fifo_messages_keep_their_groups(fifo: World, run: Run, tmp_path: Path) -> None:
    """And a line sent twice is one message, by its deduplication id."""
    fifo.dead_letter("a-1", group="a")
    fifo.dead_letter("b-1", group="b")
    path = tmp_path / "file"
    assert run("export", str(path)).code == 0
    fifo.sqs.real.purge_queue(QueueUrl=fifo.dlq_url)
    assert run("import", str(path)).code == 0
    assert {one.group_id for one in fifo.messages(fifo.dlq_url)} == {"a", "b"}
    ids = [one.import_id for one in from_lines(path.read_bytes())]
    assert {one.deduplication_id for one in fifo.messages(fifo.dlq_url)} == set(ids)
    assert max(map(len, ids)) <= 128


def test_messages_without_groups_are_none_for_a_fifo_queue(fifo: World, run: Run) -> None:
    """SQS would refuse every one of them."""
    assert "messages without a group" in run("import", "-", piped=line(attributes={})).line
    assert fifo.sqs.calls == []
