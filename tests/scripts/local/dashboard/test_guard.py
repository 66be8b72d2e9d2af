"""Nobody but the page itself may click: not another web page, and not under another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.local.dashboard.guard import BODY_BYTES
from tests.scripts.local.dashboard.site import JSON, OWN, PORT

if TYPE_CHECKING:
    from tests.scripts.local.dashboard.site import Site

ACTIONS = ["/api/commands", "/api/redrive", "/api/commands/c-1/cancel"]
HOST = {"host": OWN["host"]}


@pytest.mark.parametrize("path", ["/", "/api/state", "/main.js"])
@pytest.mark.parametrize("host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", ""])
def test_another_name_for_this_machine_gets_nothing(site: Site, path: str, host: str) -> None:
    """DNS rebinding: a page of evil.example whose name was made to resolve to 127.0.0.1."""
    answer = site.ask("GET", path, headers={"host": host})
    assert answer.status == 421
    assert f"http://127.0.0.1:{PORT}/" in answer.json()["detail"]


def test_localhost_is_a_name_of_this_machine(site: Site) -> None:
    """Its own page may act there, too, and only there."""
    name = f"localhost:{PORT}"
    assert site.ask("GET", "/", headers={"host": name}).status == 200
    own = {"host": name, "origin": f"http://{name}", **JSON}
    assert site.ask("POST", "/api/redrive", {}, own).status == 503  # nothing is deployed
    assert site.ask("POST", "/api/redrive", {}, {**own, "origin": OWN["origin"]}).status == 403


@pytest.mark.parametrize("path", ACTIONS)
@pytest.mark.parametrize(
    "origin",
    [
        {},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": f"https://127.0.0.1:{PORT}"},
        {"origin": "http://127.0.0.1:4566"},
    ],
)
def test_another_page_cannot_click(site: Site, path: str, origin: dict[str, str]) -> None:
    """Nor can anything that hides whose page it is, or another program's page on this machine."""
    site.deploy()
    assert site.ask("POST", path, {"apply": True}, {**HOST, **JSON, **origin}).status == 403


@pytest.mark.parametrize("path", ACTIONS)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_what_a_form_can_send_is_not_taken(site: Site, path: str, kind: str) -> None:
    """A browser sends JSON to another origin only after asking, and nobody here says yes."""
    site.deploy()
    assert site.ask("POST", path, {"apply": True}, {**OWN, "content-type": kind}).status == 415
    asked = site.ask("OPTIONS", path, headers={**HOST, "origin": "https://evil.example"})
    assert asked.status == 403
    assert asked.header("access-control-allow-origin") is None


def test_a_body_has_an_end(site: Site) -> None:
    """It is refused by its announced length, before it is read."""
    told = {**OWN, **JSON}
    for length, status in (("", 411), ("-1", 411), (str(BODY_BYTES + 1), 413)):
        sent = {**told, "content-length": length}
        assert site.ask("POST", "/api/commands", {}, sent).status == status


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/main.js"), ("GET", "/api/state"), ("GET", "/no")]
)
def test_every_answer_allows_the_pages_own_files_only(site: Site, method: str, path: str) -> None:
    """No inline script, no other host, no frame, no markup from text, nothing kept."""
    answer = site.ask(method, path)
    policy = answer.header("content-security-policy") or ""
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert answer.header("cache-control") == "no-store"
    assert answer.header("x-content-type-options") == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        *("/../app.py", "/..%2fapp.py", "//etc/passwd", "/page/index.html", "/.", "/x.js"),
        *("/client/", "/client/x.js", "/client/../package.json", "/client/..%2fpackage.json"),
    ],
)
def test_only_the_pages_own_files_are_served(site: Site, path: str) -> None:
    """No path leads out of its folder."""
    assert site.ask("GET", path).status == 404


def test_the_client_is_served_beside_the_page(site: Site) -> None:
    """The project's own, as `make clients` has built it."""
    answer = site.ask("GET", "/client/push.js")
    assert (answer.status, answer.header("content-type")) == (200, "text/javascript; charset=utf-8")


def test_the_page_needs_no_network_and_no_inline_code(site: Site) -> None:
    """Every file that it names is one of its own."""
    page = site.ask("GET", "/").body.decode()
    named = [part.split('"')[0] for part in page.replace('src="', 'href="').split('href="')[1:]]
    assert len(named) >= 4
    for name in named:
        assert site.ask("GET", name).status == 200, name
    assert "<style" not in page
    assert "style=" not in page
    assert " on" + "click" not in page
