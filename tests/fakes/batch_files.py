"""The objects of batches in memory: ranges and parts by the rules of S3."""

from __future__ import annotations

from dataclasses import dataclass, field

from command_api.domain.batch_ports import UploadGone

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
LEAST_PART, MOST_PARTS = 5 * 1024 * 1024, 10_000


@dataclass
class InMemoryBatchFiles:
    """What was uploaded, what is being written, and what can be read, by the batch's id."""

    uploads: dict[str, bytes] = field(default_factory=dict)
    writing: dict[tuple[str, str], dict[int, bytes]] = field(default_factory=dict)
    results: dict[str, bytes] = field(default_factory=dict)
    begun: int = 0
    # How many results were finished, and bytes that were read.
    finished: int = 0
    read_bytes: int = 0

    def read(self, batch_id: str, offset: int, length: int) -> bytes:
        """The range; S3 refuses one that begins after the end."""
        whole = self.uploads[batch_id]
        if offset >= len(whole) or length < 1:
            raise ValueError("InvalidRange")
        found = whole[offset : offset + length]
        self.read_bytes += len(found)
        return found

    def begin(self, batch_id: str) -> str:
        """A new upload."""
        self.begun += 1
        self.writing[batch_id, str(self.begun)] = {}
        return str(self.begun)

    def part(self, batch_id: str, upload: str, number: int, text: bytes) -> None:
        """Keep the part."""
        if not 1 <= number <= MOST_PARTS:
            raise ValueError("InvalidArgument")
        self._parts(batch_id, upload)[number] = text

    def finish(self, batch_id: str, upload: str) -> None:
        """Put the parts together, in their order."""
        parts = self._parts(batch_id, upload)
        if not parts:
            raise ValueError("MalformedXML")
        ordered = [text for _, text in sorted(parts.items())]
        if any(len(text) < LEAST_PART for text in ordered[:-1]):
            raise ValueError("EntityTooSmall")
        del self.writing[batch_id, upload]
        self.results[batch_id] = b"".join(ordered)
        self.finished += 1

    def exists(self, batch_id: str) -> bool:
        """Whether there are results."""
        return batch_id in self.results

    def _parts(self, batch_id: str, upload: str) -> dict[int, bytes]:
        try:
            return self.writing[batch_id, upload]
        except KeyError:
            raise UploadGone from None
