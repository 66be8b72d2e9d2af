"""Large results as objects in S3, handed out by presigned URLs.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


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

    def url(self, key: str) -> str:
        """Sign a URL; S3 is not asked, so the object need not exist."""
        signed: str = self.client().generate_presigned_url(
            "get_object",
            Params={"Bucket": self.bucket, "Key": key},
            ExpiresIn=self.url_seconds,
        )
        return signed
