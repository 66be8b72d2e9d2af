"""Results that do not fit into a command's record: objects in S3, handed out by presigned URLs.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from command_api.adapters.availability import unavailable
from command_api.domain.errors import DoesNotFit
from command_api.domain.json_text import encoded
from command_api.domain.model import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from command_api.domain.effects import Effect
    from command_api.domain.model import JSON, Command
    from command_api.domain.ports import CommandStore, ResultStore

# A worker holds a result several times over while it writes it, and 256 MB is its usual memory.
LARGE_RESULT_BYTES = 32 * 1024 * 1024
# The worker may read what is there, and no result.
STATES = "states"


@dataclass(frozen=True, eq=False, repr=False)
class S3Results:
    """One bucket; the client is made when a large result turns up, which most functions never see.

    `url_seconds` is how long a URL works. It is signed with the credentials of the function's
    role, and ends with their session where that is earlier.
    """

    client: Callable[[], Any]
    bucket: str
    url_seconds: int = 300

    def put(self, key: str, text: str) -> None:
        """Write the object; the bucket encrypts it, and deletes it after its command."""
        self.client().put_object(
            Bucket=self.bucket,
            Key=key,
            Body=text.encode(),
            ContentType="application/json",
        )

    def get(self, key: str) -> str:
        """Read the object."""
        with unavailable():
            found: bytes = self.client().get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return found.decode()

    def url(self, key: str) -> str:
        """Sign a URL; S3 is not asked, so the object need not exist."""
        signed: str = self.client().generate_presigned_url(
            "get_object",
            Params={"Bucket": self.bucket, "Key": key},
            ExpiresIn=self.url_seconds,
        )
        return signed


@dataclass(frozen=True, eq=False, repr=False)
class LargeResults:
    """The commands of `store`, with what is too large for it in `results`.

    The object is written before the record that names it. Its key has the lease's token in it, so
    an attempt that was overtaken in between leaves an object that nothing refers to, and the
    bucket's lifecycle rule takes it away. A result that fits costs nothing extra.
    """

    store: CommandStore
    results: ResultStore

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the store's own
        """Everything else is the store's."""
        return getattr(self.store, name)

    def finish(self, command: Command, token: str) -> None:
        """As the store, but DoesNotFit only for more than 32 MB, or for no JSON at all."""
        try:
            self.store.finish(command, token)
        except DoesNotFit:
            self.store.finish(self._apart(command, token), token)

    def load_state(self, command: Command) -> JSON:
        """As the store, from where `finish` has put it."""
        if command.state_key is None:
            return self.store.load_state(command)
        state: JSON = json.loads(self.results.get(command.state_key))
        return state

    def commit(self, command: Command, token: str, effects: Sequence[Effect]) -> None:
        """As `finish`, with effects."""
        try:
            self.store.commit(command, token, effects)
        except DoesNotFit:
            self.store.commit(self._apart(command, token), token, effects)

    def _apart(self, command: Command, token: str) -> Command:
        """The command whose result or state is stored by its key; DoesNotFit where it cannot be."""
        if command.status is Status.PENDING and command.slices and command.state_key is None:
            key = state_key(command.id, token)
            self.results.put(key, encoded(command.state, limit=LARGE_RESULT_BYTES))
            return command.with_state_apart(key)
        if command.status is not Status.COMPLETED:
            raise DoesNotFit(command.id)
        result = encoded(command.result, limit=LARGE_RESULT_BYTES)
        key = result_key(command.id, token)
        self.results.put(key, result)
        return command.with_result_apart(key)


def result_key(command_id: str, token: str) -> str:
    """Where an attempt's result goes; the hash spreads keys and shows no id."""
    return f"{sha256(command_id.encode()).hexdigest()}/{token}.json"


def state_key(command_id: str, token: str) -> str:
    """Where the state goes that a slice passes on."""
    return f"{STATES}/{sha256(command_id.encode()).hexdigest()}/{token}.json"
