"""Whatever stands in a file that a CLI reads: it is refused in one line, or it can be sent."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from command_api.domain.message import parse
from command_api.domain.model import ID_PATTERN
from scripts.commands import lines
from scripts.dlq.message import from_lines
from scripts.dlq.queue import Queue
from scripts.errors import OperatorError
from scripts.secrets import edges, value
from tests.builders import message
from tests.fuzz.mutations import SEARCH, altered, mutated, written

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
COMMANDS = st.fixed_dictionaries(
    {}, optional={"id": JSON | st.just("a"), "type": JSON | st.just("echo"), "input": JSON}
)


def hold(data: bytes) -> None:
    """Problems name their line, and commands are what a worker accepts."""
    found = lines.read(data)
    assert all("\n" not in one and one.startswith(("line ", "the file ")) for one in found.problems)
    assert len({one.id for one in found.commands}) == len(found.commands)
    for one in found.commands:
        assert ID_PATTERN.fullmatch(one.id)
        parse(message(one.body), default_type="echo")


@SEARCH
@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    """No error but those that name a line."""
    hold(data)


@SEARCH
@given(st.lists(COMMANDS), st.data())
def test_almost_a_file_of_commands(commands: list[dict[str, Any]], data: st.DataObject) -> None:
    """Commands with anything in their fields, then one byte of the file changed."""
    text = bytearray("\n".join(map(json.dumps, commands)), "utf-8")
    hold(bytes(text))
    if text:
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(st.integers(0, 255))
        hold(bytes(text))


EXPORTED = {
    "messageId": "7f3c",
    "sentAt": "2026-01-01T12:00:00.000+00:00",
    "body": '{"type": "echo"}',
    "attributes": {
        "command_id": {"DataType": "String", "StringValue": "order-1042"},
        "blob": {"DataType": "Binary", "BinaryValue": "AAE="},
    },
    "group": "g",
    "trace": "Root=1-5e1b4151-5ac6c58f0ea5f6ce1dd90d3f",
}
TIMES = st.sampled_from(["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01"])


class Wire:
    """SQS as far as its client goes: what it is given has to become bytes."""

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        """Take all entries."""
        json.dumps(
            request, ensure_ascii=False, default=lambda raw: b64encode(raw).decode()
        ).encode()
        return {}


@SEARCH
@given(
    mutated(written(altered(EXPORTED)))
    | mutated(written(TIMES.map(lambda at: {**EXPORTED, "sentAt": at})))
)
def test_almost_an_export_of_messages(text: str) -> None:
    """Refused by its line before any is sent, without its text; else it goes, to the byte."""
    sqs: Any = Wire()
    good = json.dumps(EXPORTED)
    try:
        messages = from_lines(f"{good}\n{text}".encode("utf-8", "surrogatepass"))
    except OperatorError as error:
        said = str(error)
        assert said.startswith("line ")
        assert said.endswith(" is not a dead-letter message as export writes it; nothing was sent")
        return
    written_again = "\n".join(json.dumps(one.as_json()) for one in messages)
    assert from_lines(written_again.encode()) == messages
    ids = [one.import_id for one in messages]
    for url in ("https://sqs/work-dlq", "https://sqs/work-dlq.fifo"):
        assert Queue(sqs, url).send(messages, dedup=ids) == {}


@SEARCH
@given(st.binary() | mutated(written(st.just({"api_key": "s3cret"}))).map(str.encode))
def test_any_value_of_a_secret(data: bytes) -> None:
    """It is stored, or refused in one line; what is around it is told in one."""
    refusal = ""
    try:
        text = value.decode(data, "standard input")
        kept = edges.stripped(text, edges.KINDS)
        assert "\n" not in edges.note(text, kept)
        assert value.describe(value.check(kept))
        kept.encode()
    except OperatorError as error:
        refusal = str(error)
    assert "\n" not in refusal
