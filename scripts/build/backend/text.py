"""The text of a ``backend.tf``: its example with the values of a real bucket."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.build.backend.state import StateBucket

_LINE = r'^(?P<before>[ ]*{name}[ ]*=[ ]*)"(?P<value>[^"\n]*)"(?P<after>.*)$'
_HEAD = re.compile(r"\A(#.*\n)+")
_KEY_OF_INIT = re.compile(r'-backend-config="key=[^"/\n]+/(?P<rest>[^"\n]+)"')
_SETTING = re.compile(r"^(?P<indent>[ ]+)(?P<name>\w+)[ ]*= ", re.MULTILINE)


def backend_text(example: str, state: StateBucket, env: str) -> str:
    """Return the example with bucket, region and key of this environment.

    The key becomes ``<project>/<env>/...``; one without slashes, bootstrap's own, stays, and one
    that comes with init stays out. Raises OperatorError if the example lacks one of them.
    """
    text = _HEAD.sub(f"# Written by: make backend ENV={env}\n", example)
    text = _with(text, "bucket", lambda _: state.bucket, env)
    text = _with(text, "region", lambda _: state.region, env)

    def key(value: str) -> str:
        _, slash, file = value.rpartition("/")
        return f"{state.project}/{env}/{file}" if slash else value

    if key_of_init(example, state) is None:
        text = _with(text, "key", key, env)
    return text if state.lock_table is None else _with_lock_table(text, state.lock_table)


def key_of_init(example: str, state: StateBucket) -> str | None:
    """Return the key to pass to ``terraform init``, as the example says; None if none is passed.

    An environment with many states, as the previews have, keeps the key out of its ``backend.tf``.
    """
    found = _KEY_OF_INIT.search(example)
    return f"{state.project}/{found['rest']}" if found else None


def _with(text: str, name: str, change: Callable[[str], str], env: str) -> str:
    pattern = re.compile(_LINE.format(name=name), re.MULTILINE)
    if not pattern.search(text):
        raise OperatorError(
            f'environments/{env}/backend.tf.example does not set {name} = "..."; restore it'
        )
    return pattern.sub(
        lambda found: f'{found["before"]}"{change(found["value"])}"{found["after"]}', text, count=1
    )


def _with_lock_table(text: str, table: str) -> str:
    # Both kinds of locks, so that old and new Terraform keep each other out; aligned as by fmt.
    *_, last = _SETTING.finditer(text)
    end = text.index("\n", last.end())
    text = f"{text[:end]}\n{last['indent']}dynamodb_table = {json.dumps(table)}{text[end:]}"
    width = max(len(found["name"]) for found in _SETTING.finditer(text))
    return _SETTING.sub(lambda found: f"{found['indent']}{found['name']:{width}} = ", text)
