"""Credentials: cached, read again when refused, and never so often that it hurts."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ClientError

from command_api.adapters.secrets_manager import SecretsManager, SingleFlight
from command_api.domain.errors import SecretUnavailable

OLD, NEW = "0ld-credential", "n3w-credential"


@dataclass
class FakeSecretsManager:
    """Values by whole name, the names that were read, and a switch that makes every read fail."""

    values: dict[str, str | bytes] = field(default_factory=lambda: {"/dev/acme/partner": OLD})
    calls: list[str] = field(default_factory=list)
    down: bool = False

    def get_secret_value(self, **asked: Any) -> dict[str, Any]:
        """Only ever the current value."""
        assert list(asked) == ["SecretId"]
        self.calls.append(asked["SecretId"])
        if self.down:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "GetSecretValue")
        value = self.values[asked["SecretId"]]
        return {"SecretString" if isinstance(value, str) else "SecretBinary": value}


class Clock:
    """Seconds that a test turns."""

    now = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def aws() -> FakeSecretsManager:
    """One secret."""
    return FakeSecretsManager()


@pytest.fixture
def clock() -> Clock:
    """Stands still."""
    return Clock()


@pytest.fixture
def secrets(aws: FakeSecretsManager, clock: Clock) -> SecretsManager:
    """The adapter; two of its secrets have the test's clock."""
    made = SecretsManager(lambda: aws, "/dev/acme/")
    for purpose in ("partner", "other"):
        made._flights[purpose] = SingleFlight(made.pause, clock)
    return made


def rotate(aws: FakeSecretsManager) -> None:
    """Give the secret its next value."""
    aws.values["/dev/acme/partner"] = NEW


def test_a_secret_is_read_once(secrets: SecretsManager, aws: FakeSecretsManager) -> None:
    """From then on it comes from the cache, rotated or not."""
    assert secrets.get("partner") == OLD
    rotate(aws)
    assert secrets.get("partner") == OLD
    assert len(aws.calls) == 1


def test_a_refresh_passes_the_cache_by(secrets: SecretsManager, aws: FakeSecretsManager) -> None:
    """And what it finds is what everybody gets from then on."""
    secrets.get("partner")
    rotate(aws)
    assert secrets.refresh("partner") == NEW
    assert secrets.get("partner") == NEW
    assert len(aws.calls) == 2


def test_a_wrong_credential_cannot_hammer(
    secrets: SecretsManager, aws: FakeSecretsManager, clock: Clock
) -> None:
    """Within the pause the cache answers; after it one more call is made."""
    secrets.get("partner")
    for _ in range(100):
        assert secrets.refresh("partner") == OLD
        clock.now += 0.099
    assert len(aws.calls) == 2
    clock.now += 0.1
    rotate(aws)
    assert secrets.refresh("partner") == NEW
    assert len(aws.calls) == 3


def test_a_failing_refresh_counts(
    secrets: SecretsManager, aws: FakeSecretsManager, clock: Clock
) -> None:
    """A throttled Secrets Manager is not asked again at once; the cached value is still there."""
    secrets.get("partner")
    aws.down = True
    with pytest.raises(SecretUnavailable) as raised:
        secrets.refresh("partner")
    assert OLD not in str(raised.value)
    assert secrets.refresh("partner") == OLD
    assert len(aws.calls) == 2
    aws.down, clock.now = False, clock.now + secrets.pause
    rotate(aws)
    assert secrets.refresh("partner") == NEW


def test_secrets_are_refreshed_apart(secrets: SecretsManager, aws: FakeSecretsManager) -> None:
    """One bad credential does not hold up another one's rotation."""
    aws.values["/dev/acme/other"] = "other"
    secrets.refresh("partner")
    secrets.refresh("other")
    assert aws.calls == ["/dev/acme/partner", "/dev/acme/other"]


def test_a_clock_that_is_set_back_does_not_stop_refreshing(clock: Clock) -> None:
    """It would for as long as it was set back."""
    flight = SingleFlight(10, clock)
    with flight as first:
        assert first
    clock.now -= 3600
    with flight as first:
        assert first


def test_a_batch_that_is_refused_reads_once(aws: FakeSecretsManager) -> None:
    """Its threads wait for the first of them, and all go on with the new value."""
    secrets = SecretsManager(lambda: aws, "/dev/acme/")
    secrets.get("partner")
    rotate(aws)
    together = Barrier(32)

    def refused(_: int) -> str:
        together.wait()
        return secrets.refresh("partner")

    with ThreadPoolExecutor(32) as threads:
        assert set(threads.map(refused, range(32))) == {NEW}
    assert len(aws.calls) == 2


def test_a_binary_secret_is_refused(secrets: SecretsManager, aws: FakeSecretsManager) -> None:
    """Also where it becomes one."""
    secrets.get("partner")
    aws.values["/dev/acme/partner"] = b"\x00"
    with pytest.raises(SecretUnavailable, match="is not text"):
        secrets.refresh("partner")


def test_values_are_in_no_log_and_no_representation(
    secrets: SecretsManager, aws: FakeSecretsManager, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even at debug level, where a rotation goes well and where it does not."""
    caplog.set_level(logging.DEBUG)
    secrets.get("partner")
    rotate(aws)
    secrets.refresh("partner")
    said = f"{caplog.text} {secrets!r} {secrets._flights!r}"
    assert OLD not in said
    assert NEW not in said
