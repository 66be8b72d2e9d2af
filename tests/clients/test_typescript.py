"""The TypeScript client, from its failures to its success; tests/api asks a real API with it."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from standardwebhooks import Webhook

from scripts.build.clients.build import SOURCE, for_pages
from scripts.cli import ROOT
from tests.clients.conftest import ScriptedApi, shown

if TYPE_CHECKING:
    from tests.clients.node import Application

pytestmark = pytest.mark.long

AWAY: tuple[None, dict[str, str], str] = (None, {}, "")
NOW: dict[str, str] = {"retry-after": "1"}
SUBMIT = """
const commands = new Commands(given.url, { headers: { authorization: "Bearer t" } });
tell(await failure(commands.submit("echo", { n: 1 }, given.options ?? {})));
"""
WATCH = """
const commands = new Commands(given.url, { headers: async () => ({ authorization: "Bearer t" }) });
tell(await collected(commands.watch("a=", { timeout: 30 })));
"""
WAIT = """
const commands = new Commands(given.url);
tell(await failure(commands.wait("a=", { timeout: given.timeout ?? 30 })));
"""


@pytest.mark.parametrize("answer", [(500, {}, ""), (503, NOW, ""), AWAY])
def test_a_request_that_may_have_been_accepted_is_not_repeated(
    app: Application, api: ScriptedApi, answer: tuple[int | None, dict[str, str], str]
) -> None:
    """It would be a second command."""
    said = app.run(SUBMIT, {"url": api.gives(answer, (202, {"x-command-id": "c-1"}, ""))})
    assert said["name"] == ("Refused" if answer[0] else "Unreachable")
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"priority": "high"}, "POST /priorities/high/commands"),
        ({"priority": "high", "id": "a="}, "PUT /priorities/high/commands/a%3D"),
        ({"priority": "a/b", "key": "k"}, "POST /priorities/a%2Fb/commands"),
        ({"priority": ""}, "POST /commands"),
    ],
)
def test_a_priority_is_a_path_of_the_same_api(
    app: Application, api: ScriptedApi, options: dict[str, str], line: str
) -> None:
    """Which every kind of API has; the body is the same as without."""
    url = api.gives((202, {"x-command-id": "c-1"}, ""))
    app.run(SUBMIT, {"url": url, "options": options})
    assert [(one["line"], one["body"]) for one in api.asked] == [
        (line, '{"type":"echo","input":{"n":1}}')
    ]


@pytest.mark.parametrize("options", [{"id": "a="}, {"key": "k-1"}])
def test_a_request_that_is_safe_is_repeated(
    app: Application, api: ScriptedApi, options: dict[str, str]
) -> None:
    """The same one, and the token goes along."""
    url = api.gives(AWAY, (503, NOW, ""), (429, NOW, ""), (202, {"x-command-id": "c-1"}, "<xml>"))
    said = app.run(SUBMIT, {"url": url, "options": options})
    assert said == {"value": options.get("id", "c-1")}
    line = "PUT /commands/a%3D" if "id" in options else "POST /commands"
    assert [one["line"] for one in api.asked] == [line] * 4
    assert {one["body"] for one in api.asked} == {'{"type":"echo","input":{"n":1}}'}
    assert {one["headers"]["authorization"] for one in api.asked} == {"Bearer t"}
    assert {one["headers"].get("idempotency-key") for one in api.asked} == {options.get("key")}


def test_a_callback_is_a_part_of_the_body(app: Application, api: ScriptedApi) -> None:
    """As the API reads it."""
    callback = {"url": "https://hooks.example.com/", "includeResult": True}
    url = api.gives((202, {"x-command-id": "c-1"}, ""))
    app.run(SUBMIT, {"url": url, "options": {"callback": callback}})
    assert json.loads(api.asked[0]["body"])["callback"] == callback


def test_a_refusal_is_final_and_says_why(app: Application, api: ScriptedApi) -> None:
    """With the fields of the problem document."""
    errors = [{"pointer": "#/input/n", "detail": "must be 1"}]
    problem = {"title": "Unprocessable", "detail": "See errors.", "errors": errors}
    url = api.gives((422, {}, json.dumps(problem)))
    said = app.run(SUBMIT, {"url": url, "options": {"id": "a="}})
    assert (said["name"], said["status"], len(api.asked)) == ("Refused", 422, 1)
    assert said["message"] == (
        "the API answered 422 Unprocessable: See errors.: #/input/n must be 1"
    )


def test_each_state_is_told_once_through_all_trouble(app: Application, api: ScriptedApi) -> None:
    """Unknown, throttled, away, unchanged: then the end."""
    url = api.gives(
        (404, NOW, "{}"),
        AWAY,
        shown("PENDING", 0, {**NOW, "etag": 'W/"1"'}),
        (304, NOW, ""),
        (503, NOW, ""),
        shown("PENDING", 1, NOW),
        shown("COMPLETED", 2),
    )
    told = app.run(WATCH, {"url": url})
    assert [(one["status"], one["attempts"]) for one in told] == [
        ("PENDING", 0),
        ("PENDING", 1),
        ("COMPLETED", 2),
    ]
    assert [one["headers"].get("if-none-match") for one in api.asked][2:5] == [
        None,
        'W/"1"',
        'W/"1"',
    ]
    assert {one["headers"]["authorization"] for one in api.asked} == {"Bearer t"}


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ((403, {}, '{"message": "Forbidden"}'), "Refused"),
        ((404, {}, '{"message": "Not Found"}'), "Refused"),
        ((302, {"location": "https://example.com"}, ""), "Refused"),
        ((200, {}, "<html>Sign in</html>"), "Refused"),
        ((200, {}, "[]"), "Refused"),
        (shown("PROCESSING", 0, NOW), "NotEnded"),
        (AWAY, "NotEnded"),
    ],
)
def test_waiting_ends_with_a_reason(
    app: Application, api: ScriptedApi, answer: tuple[int | None, dict[str, str], str], name: str
) -> None:
    """A redirect is not followed, a proxy's page is no command, and time is up in time."""
    said = app.run(WAIT, {"url": api.gives(answer), "timeout": 2})
    assert said["name"] == name
    assert (len(api.asked) == 1) == (name == "Refused")


def test_a_signal_ends_the_wait_at_once(app: Application, api: ScriptedApi) -> None:
    """In the middle of a pause."""
    script = """
    const commands = new Commands(given.url);
    const began = Date.now();
    const signal = AbortSignal.timeout(300);
    const said = await failure(commands.wait("a=", { signal }));
    tell({ ...said, quick: Date.now() - began < 10_000 });
    """
    url = api.gives(shown("PENDING", 0, {"retry-after": "60"}))
    said = app.run(script, {"url": url})
    assert (said["name"], said["quick"]) == ("TimeoutError", True)


def test_webhooks_are_verified_as_the_official_library_signs_them(app: Application) -> None:
    """Genuine ones only, once in any of the signatures and not a minute too late."""
    secret, other = (f"whsec_{base64.b64encode(it * 32).decode()}" for it in (b"k", b"o"))
    now = datetime.now(UTC)
    body = json.dumps({"id": "grüße"}, ensure_ascii=False)

    def signed(
        secret: str = secret, at: datetime = now, changed: tuple[str, str] = ("webhook-id", "msg_1")
    ) -> dict[str, str]:
        signature = Webhook(secret).sign("msg_1", at, body)
        headers = {"webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
        headers |= {"webhook-id": "msg_1"} | dict([changed])
        return {name.title(): value for name, value in headers.items()}

    own = signed()["Webhook-Signature"]
    both = f"{signed(other)['Webhook-Signature']} {own}"
    good = [signed(), signed(changed=("webhook-signature", both))]
    bad = [
        signed(other),
        signed(at=now - timedelta(seconds=302)),
        signed(at=now + timedelta(seconds=310)),
        signed(changed=("webhook-id", "msg_2")),
        signed(changed=("webhook-signature", "")),
        signed(changed=("webhook-signature", "v1,")),
        signed(changed=("webhook-signature", own[:-4])),
        signed(changed=("webhook-timestamp", "")),
    ]
    script = """
    const { body, secret } = given;
    const of = async (headers, content = body, key = secret) =>
      await failure(verifyWebhook(content, headers, key));
    tell({
      good: await Promise.all(given.good.map((one) => of(one))),
      bytes: await of(new Headers(given.good[0]), new TextEncoder().encode(body)),
      bad: await Promise.all(given.bad.map((one) => of(one))),
      changed: await of(given.good[0], body + " "),
      keys: await Promise.all(["", "whsec_", "%%%"].map((key) => of(given.good[0], body, key))),
    });
    """
    said = app.run(script, {"body": body, "secret": secret, "good": good, "bad": bad})
    assert said["good"] == 2 * [{"value": {"id": "grüße"}}]
    assert said["bytes"] == {"value": {"id": "grüße"}}
    assert {one.get("name") for one in [*said["bad"], said["changed"]]} == {"InvalidWebhook"}
    assert {one.get("name") for one in said["keys"]} == {"TypeError"}


def test_the_programs_of_the_documentation_compile(app: Application) -> None:
    """With what each of them leaves out."""
    for page in ("README.md", "docs/clients.md"):
        for program in re.findall(r"```ts\n(.*?)```", (ROOT / page).read_text(), re.DOTALL):
            declared = {
                "verifyWebhook(": 'import { verifyWebhook } from "command-client";\n'
                "declare const request: Request, secret: string;\n",
                "Commands(endpoint)": "declare const endpoint: string;\n",
            }
            head = "".join(text for word, text in declared.items() if word in program)
            assert app.compile(head + program + "\nexport {};\n") == [], program


def test_our_own_pages_have_what_is_built(app: Application) -> None:
    """Where they differ, run `make clients`."""
    kept = (SOURCE / "typescript_client/dist").glob("*")
    assert {path.name: path.read_text() for path in kept} == for_pages(app.project)


def test_the_package_needs_no_other() -> None:
    """What it is built with does not travel."""
    about = json.loads((SOURCE / "typescript_client/package.json").read_text())
    assert "dependencies" not in about
    assert all(version[0].isdigit() for version in about["devDependencies"].values())
    lock = (SOURCE / "typescript_client/package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


REPORT = """
const reporter = new Reporter(given.url, "a=", "t-0ken");
tell(await failure(reporter[given.method](...given.given)));
"""


REPORTS: list[tuple[str, list[object], object, str, object]] = [
    ("progress", [0.4], {"progress": {"share": 0.4, "note": ""}}, "PROCESSING", False),
    ("progress", [1, "✓"], {"progress": {"share": 1, "note": "✓"}}, "CANCELLING", True),
    ("complete", [[7]], {"status": "COMPLETED", "result": [7]}, "COMPLETED", None),
    ("stopped", [], {"status": "CANCELLED"}, "CANCELLED", None),
    (
        *("fail", ["a", "b", True]),
        {"status": "FAILED", "error": {"code": "a", "message": "b", "retryable": True}},
        *("PENDING", None),
    ),
]


@pytest.mark.parametrize("reported", REPORTS)
def test_a_report_is_repeated_until_it_is_answered(
    app: Application, api: ScriptedApi, reported: tuple[str, list[object], object, str, object]
) -> None:
    """With the token in a header; a status may ask to stop."""
    method, given, body, status, value = reported
    url = api.gives(AWAY, (503, NOW, ""), (200, {}, json.dumps({"id": "a=", "status": status})))
    said = app.run(REPORT, {"url": url, "method": method, "given": given})
    assert said.get("value") == value
    assert [one["line"] for one in api.asked] == ["POST /commands/a%3D/outcome"] * 3
    assert [json.loads(one["body"]) for one in api.asked] == [body] * 3
    assert {one["headers"]["authorization"] for one in api.asked} == {"Bearer t-0ken"}


def test_a_report_that_is_refused_is_not_repeated(app: Application, api: ScriptedApi) -> None:
    """It comes too late, say."""
    problem = {"title": "Conflict", "detail": "The deadline has passed."}
    url = api.gives((409, {}, json.dumps(problem)))
    said = app.run(REPORT, {"url": url, "method": "complete", "given": []})
    assert (said["name"], said["status"], len(api.asked)) == ("Refused", 409, 1)
