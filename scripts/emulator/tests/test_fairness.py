"""Which groups of a fair queue are noisy, and whose messages come first then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ministack_extensions.sqs.fairness import Shares, Waiting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.aws import Aws


def received(
    waiting: str, flying: Mapping[str, int], most: int = 10, *, shares: Shares | None = None
) -> str:
    """The groups of what is received first, of messages that were sent one second after another.

    A dash has no group.
    """
    found = [Waiting(name.replace("-", ""), float(at), name) for at, name in enumerate(waiting)]
    return "".join((shares or Shares(_at=60.0)).choose(found, flying, most, now=60.0))


def test_without_a_noisy_group_the_oldest_comes_first() -> None:
    """Below 30 in flight nobody is noisy, however large the share."""
    assert received("aabab-b", {"a": 29, "b": 1}) == "aabab-b"


def test_a_group_with_thirty_and_a_tenth_of_what_is_in_flight_comes_last() -> None:
    """What has no group is never noisy."""
    assert received("aaab-ba", {"a": 30, "b": 1}) == "b-baaaa"
    assert received("aaab-ba", {"a": 30, "b": 1}, 2) == "b-"


def test_a_share_of_a_tenth_is_not_more_than_a_tenth() -> None:
    """As large as that, and with many in flight."""
    assert received("abab", {"a": 30, **{f"q{n}": 27 for n in range(10)}}) == "abab"


def test_among_noisy_groups_the_one_with_the_fewest_in_flight_comes_first() -> None:
    """It gets ahead until it has as many."""
    assert received("aaaabbbbc", {"a": 32, "b": 30}) == "cbbabab" + "aa"


def test_a_group_of_few_slow_messages_is_noisy_by_its_time() -> None:
    """One message in flight all of the time; minutes after that, it is as quiet as others."""
    shares = Shares()
    others = {f"q{number}": 1 for number in range(20)}
    for second in range(60):
        shares.choose([], {"slow": 1, **(others if second % 10 == 0 else {})}, 10, now=second)
    found = [Waiting("slow", 50.0, "slow"), Waiting("quiet", 59.0, "quiet")]
    assert shares.choose(found, {"slow": 1}, 10, now=60.0) == ["quiet", "slow"]

    for second in range(60, 300):
        shares.choose([], others, 10, now=second)
    assert shares.choose(found, others, 10, now=300.0) == ["slow", "quiet"]


def test_a_group_that_has_sent_nothing_for_five_minutes_is_quiet() -> None:
    """Its messages come by their age again, whatever it has in flight."""
    found = [Waiting("a", 0.0, "a"), Waiting("b", 10.0, "b")]
    flying = {"a": 40, "b": 1}
    assert Shares(_at=299.0).choose(found, flying, 2, now=299.0) == ["b", "a"]
    assert Shares(_at=301.0).choose(found, flying, 2, now=301.0) == ["a", "b"]


@pytest.mark.parametrize("grouped", [True, False])
def test_the_queue_hands_out_the_messages_of_quiet_groups_first(aws: Aws, *, grouped: bool) -> None:
    """Forty of one group are in flight and as many wait, when another group sends one."""
    queue, sqs = aws.queue(), aws.client("sqs")

    def send(group: str, numbers: range) -> None:
        more = {"MessageGroupId": group} if grouped else {}
        for start in numbers[::10]:
            entries = [
                {"Id": str(n), "MessageBody": group, **more} for n in range(start, start + 10)
            ]
            sqs.send_message_batch(QueueUrl=queue.url, Entries=entries)

    def receive() -> list[str]:
        answer = sqs.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=10)
        return [one["Body"] for one in answer["Messages"]]

    send("ann", range(80))
    for _ in range(4):
        assert receive() == ["ann"] * 10
    send("bob", range(1))

    assert ("bob" in receive()) is grouped
