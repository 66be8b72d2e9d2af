"""Which pull requests are open: as the operator says, or as GitHub does."""

from __future__ import annotations

import http.client
import json
import os
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from scripts.cleanup.plan import Pull
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterable

_SECONDS = 20
_REPOSITORY = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+")
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


class Pulls(Protocol):
    """Whoever knows about pull requests."""

    def states(self, numbers: Iterable[int]) -> dict[int, Pull]:
        """What is known of each of them; OperatorError where that cannot be asked at all."""


@dataclass(frozen=True)
class Told:
    """Those that the operator names are open, all others closed."""

    open: frozenset[int]

    def states(self, numbers: Iterable[int]) -> dict[int, Pull]:
        """Open or closed."""
        return {one: Pull.OPEN if one in self.open else Pull.CLOSED for one in numbers}


def told(text: str) -> Told:
    """Read a list like ``3,9``, or ``none``; an empty one is an accident of somebody's script."""
    if text.strip() == "none":
        return Told(frozenset())
    numbers = [one.strip() for one in text.split(",")]
    if not all(_NUMBER.fullmatch(one) for one in numbers):
        raise OperatorError(
            f"--open-prs {text!r} is not a list of pull requests; pass, for example, 3,9, or none"
        )
    return Told(frozenset(int(one) for one in numbers))


class Nobody:
    """Nobody said anything, so that nothing of a pull request may go."""

    def states(self, numbers: Iterable[int]) -> dict[int, Pull]:
        """Unknown, all of them."""
        return dict.fromkeys(numbers, Pull.UNKNOWN)


@dataclass(frozen=True)
class GitHub:
    """GitHub's own answer, asked for each number by itself: a list changes while it is paged.

    https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request
    """

    repository: str
    token: str
    url: str = "https://api.github.com"

    def states(self, numbers: Iterable[int]) -> dict[int, Pull]:
        """What GitHub says of each; a number that it does not know stays unknown."""
        return {one: self._state(one) for one in numbers}

    def _state(self, number: int) -> Pull:
        request = urllib.request.Request(  # noqa: S310 - checked by `github`
            f"{self.url}/repos/{self.repository}/pulls/{number}",
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
                document = json.load(answer)
        except urllib.error.HTTPError as error:
            # Not there, or not for this token to see.
            if error.code == http.client.NOT_FOUND:
                return Pull.UNKNOWN
            raise self._failed(f"HTTP {error.code}") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._failed(str(error) or type(error).__name__) from None
        # An answer about something else, say of a proxy, says nothing.
        if not isinstance(document, dict) or document.get("number") != number:
            return Pull.UNKNOWN
        return {"open": Pull.OPEN, "closed": Pull.CLOSED}.get(
            str(document.get("state")), Pull.UNKNOWN
        )

    def _failed(self, why: str) -> OperatorError:
        return OperatorError(
            f"pull requests of {self.repository} could not be read from GitHub: {why}; no"
            " previews were removed: check GITHUB_TOKEN, or pass --open-prs"
        )


def github(repository: str) -> GitHub:
    """GitHub as the variables of its own workflows describe it."""
    token = os.environ.get("GITHUB_TOKEN")
    url = os.environ.get("GITHUB_API_URL") or "https://api.github.com"
    if not _REPOSITORY.fullmatch(repository):
        raise OperatorError(
            f"--github {repository!r} is not a repository; pass, for example, acme/jobs"
        )
    if not token:
        raise OperatorError("--github needs a token in GITHUB_TOKEN that may read pull requests")
    if not re.match(r"https://|http://127\.0\.0\.1:", url):
        raise OperatorError(f"GITHUB_API_URL {url!r} must begin with https://")
    return GitHub(repository, token, url.rstrip("/"))
