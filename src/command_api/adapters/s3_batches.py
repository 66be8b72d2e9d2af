"""The objects of batches in a bucket of their own: lines that come in, and results that go out.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

from __future__ import annotations

from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from command_api.adapters.availability import unavailable
from command_api.domain.batch_ports import UploadGone
from command_api.domain.batches import UPLOAD_URL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from command_api.domain.batches import Transfer

# Module batches sends S3's events of this prefix to the queue.
UPLOADS, RESULTS = "uploads/", "results/"
MEDIA_TYPE = "application/jsonl"
# Without the right to list a bucket, S3 does not say whether an object is missing.
_MISSING = {"403", "404", "AccessDenied", "NoSuchKey", "NotFound"}


@dataclass(frozen=True, eq=False, repr=False)
class S3BatchFiles:
    """One bucket; the client is made when it is first needed.

    `url_seconds` is how long the URL of the results works.
    """

    client: Callable[[], Any]
    bucket: str
    url_seconds: int = 300

    def read(self, batch_id: str, offset: int, length: int) -> bytes:
        """One range of what was uploaded."""
        with unavailable():
            found: bytes = (
                self.client()
                .get_object(
                    **self._uploaded(batch_id), Range=f"bytes={offset}-{offset + length - 1}"
                )["Body"]
                .read()
            )
        return found

    def begin(self, batch_id: str) -> str:
        """S3's id of a new upload in parts; the bucket gives up those that nobody finishes."""
        with unavailable():
            upload: str = self.client().create_multipart_upload(
                **self._results(batch_id), ContentType=MEDIA_TYPE
            )["UploadId"]
        return upload

    def part(self, batch_id: str, upload: str, number: int, text: bytes) -> None:
        """One part, in the place of an earlier one of this number."""
        with _gone():
            self.client().upload_part(
                **self._results(batch_id), UploadId=upload, PartNumber=number, Body=text
            )

    def finish(self, batch_id: str, upload: str) -> None:
        """Put all parts together: S3 remembers what they are."""
        found = {**self._results(batch_id), "UploadId": upload}
        parts: list[dict[str, Any]] = []
        page: dict[str, Any] = {"IsTruncated": True}
        with _gone():
            while page["IsTruncated"]:
                more = {"PartNumberMarker": page["NextPartNumberMarker"]} if parts else {}
                page = self.client().list_parts(**found, **more)
                parts += [
                    {"PartNumber": one["PartNumber"], "ETag": one["ETag"]}
                    for one in page.get("Parts", ())
                ]
            self.client().complete_multipart_upload(**found, MultipartUpload={"Parts": parts})

    def exists(self, batch_id: str) -> bool:
        """Whether the results can be read."""
        try:
            with unavailable():
                self.client().head_object(**self._results(batch_id))
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return False
            raise
        return True

    def results_url(self, batch_id: str) -> str:
        """Sign a URL for the results; S3 is not asked."""
        signed: str = self.client().generate_presigned_url(
            "get_object", Params=self._results(batch_id), ExpiresIn=self.url_seconds
        )
        return signed

    def upload_url(self, batch_id: str, transfer: Transfer) -> tuple[str, dict[str, str]]:
        """A URL for uploading these bytes and no others, and the headers that are signed with it.

        The client sends `content-length` anyway.
        """
        checksum = b64encode(bytes.fromhex(transfer.digest)).decode()
        signed: str = self.client().generate_presigned_url(
            "put_object",
            Params={
                **self._uploaded(batch_id),
                "ContentLength": transfer.size,
                "ContentType": MEDIA_TYPE,
                "ChecksumSHA256": checksum,
            },
            ExpiresIn=UPLOAD_URL_SECONDS,
        )
        return signed, {"content-type": MEDIA_TYPE, "x-amz-checksum-sha256": checksum}

    def _uploaded(self, batch_id: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": f"{UPLOADS}{batch_id}.jsonl"}

    def _results(self, batch_id: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": f"{RESULTS}{batch_id}.jsonl"}


@contextmanager
def _gone() -> Iterator[None]:
    try:
        with unavailable():
            yield
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchUpload":
            raise UploadGone from None
        raise
