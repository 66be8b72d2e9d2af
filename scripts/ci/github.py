"""GitHub's REST API, as far as workflows need it: one comment, one issue, kept up to date.

https://docs.github.com/en/rest/issues
"""

from __future__ import annotations

import http.client
import json
import os
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Who writes with a workflow's token. A comment of anybody else is left alone, whatever it says.
BOT = "github-actions[bot]"
_PAGE = 100  # the most that GitHub gives at once
_TIMEOUT = 30


@dataclass(frozen=True)
class GitHub:
    """One repository, spoken to with a workflow's token."""

    repository: str
    token: str
    url: str = "https://api.github.com"

    @classmethod
    def of_the_workflow(cls) -> GitHub:
        """The repository of the workflow that runs; OperatorError outside of one."""
        try:
            repository, token = os.environ["GITHUB_REPOSITORY"], os.environ["GITHUB_TOKEN"]
        except KeyError as error:
            raise OperatorError(
                f"{error.args[0]} is not set; in a workflow: env: GITHUB_TOKEN: github.token"
            ) from error
        if not re.fullmatch(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+", repository):
            raise OperatorError(f"GITHUB_REPOSITORY is {repository!a}, not owner/name")
        return cls(repository, token, os.environ.get("GITHUB_API_URL") or cls.url)

    def comment(self, number: int, kind: str, body: str, *, only_update: bool = False) -> str:
        """Write the pull request's one comment of this kind, new or in place; return its URL.

        With ``only_update`` there will be no new one, and the URL may be empty.
        """
        text = f"{marker(kind)}\n{body}"
        for found in self._pages(f"issues/{number}/comments"):
            if _ours(found, kind):
                return self._url("PATCH", f"issues/comments/{found['id']}", {"body": text})
        if only_update:
            return ""
        return self._url("POST", f"issues/{number}/comments", {"body": text})

    def issue(self, kind: str, title: str, body: str, *, wanted: bool) -> str:
        """Keep one open issue of this kind while it is wanted, and close it afterwards.

        Returns its URL, or an empty text where there is none and none is wanted.
        """
        text = {"title": title, "body": f"{marker(kind)}\n{body}"}
        for found in self._pages("issues", "state=open"):
            if _ours(found, kind) and "pull_request" not in found:
                state = {} if wanted else {"state": "closed"}
                return self._url("PATCH", f"issues/{found['number']}", {**text, **state})
        return self._url("POST", "issues", text) if wanted else ""

    def _url(self, method: str, path: str, content: dict[str, str]) -> str:
        return str(self._call(method, path, content).get("html_url", ""))

    def _pages(self, path: str, query: str = "") -> Iterator[dict[str, Any]]:
        page = 1
        while True:
            found = self._call("GET", f"{path}?{query}&per_page={_PAGE}&page={page}")
            yield from found
            if len(found) < _PAGE:
                return
            page += 1

    def _call(self, method: str, path: str, content: dict[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
        request = urllib.request.Request(  # noqa: S310 - GitHub's own URL
            f"{self.url}/repos/{self.repository}/{path}",
            data=None if content is None else json.dumps(content).encode(),
            method=method,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        what = f"{method} {path.partition('?')[0]}"
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(what, error) from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise OperatorError(
                f"GitHub request for {what} failed ({error}); run the job again"
            ) from None


def marker(kind: str) -> str:
    """Return the hidden line by which a comment is found again."""
    return f"<!-- async-api-blueprint: {kind} -->"


def _ours(found: dict[str, Any], kind: str) -> bool:
    writer = (found.get("user") or {}).get("login")
    return writer == BOT and str(found.get("body") or "").startswith(marker(kind))


def _refused(what: str, error: urllib.error.HTTPError) -> OperatorError:
    try:
        said = str(json.load(error)["message"])[:200]
    except (OSError, ValueError, KeyError, TypeError):
        said = error.reason
    hint = {
        401: "; check that GITHUB_TOKEN is the token of the job",
        403: "; check the permissions of the job, and whether the pull request comes from a fork",
        404: "; check the permissions of the job",
    }.get(error.code, "; run the job again")
    return OperatorError(f"GitHub refused {what} (HTTP {error.code}: {said}){hint}")
