"""The preview of a pull request, as its reader meets it: in a browser, from apply to destroy.

Its first test after the deployment saves the picture `build/preview.png`; its last one destroys.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from rich.console import Console

from scripts.local.preview import deployment, left, up
from scripts.stack.process import ROOT
from scripts.stack.stack import LocalStack
from scripts.stack.steps import empty_secrets
from tests.browser.previews import Preview
from tests.live import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

    from scripts.build.terraform.diagnostics import Event

NUMBER = 7
PICTURE = ROOT / "build" / "preview.png"
TAGS = {"Environment": f"pr-{NUMBER}", "PullRequest": str(NUMBER), "TtlHours": "72"}
# A function's first start takes a few seconds, and a page asks once a second.
PATIENCE_MS = 30_000


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """environments/preview on a fresh local stack."""
    stack = LocalStack(tmp_path_factory.mktemp("preview"), free_port())
    stack.start()
    try:
        outputs = up(Console(quiet=True), stack, NUMBER)
        yield Preview(stack, deployment(stack, NUMBER), outputs, NUMBER)
    finally:
        stack.stop()


def card(page: Page, title: str) -> Locator:
    """The card of a job."""
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=title))


def test_both_buttons_show_a_job_to_its_end(preview: Preview, page: Page) -> None:
    """One is COMPLETED; the other is tried again until it is FAILED and a dead-letter message."""
    page.goto(preview.outputs["preview_url"])
    expect(page.get_by_role("status")).to_contain_text(f"pr-{NUMBER}")
    expect(page.locator("#dead-letters")).to_have_text("Dead-letter queue: 0 messages")

    page.get_by_role("button", name="Submit job").click()
    page.get_by_role("button", name="Submit failing job").click()

    good, bad = card(page, "Job 1"), card(page, "Failing job 2")
    expect(good).to_have_attribute("data-status", "COMPLETED", timeout=PATIENCE_MS)
    expect(bad).to_have_attribute("data-status", "FAILED", timeout=PATIENCE_MS)
    expect(good.locator(".label")).to_have_text(["QUEUED", "PROCESSING", "COMPLETED"])
    expect(bad.locator(".label")).to_have_text(["QUEUED", "PROCESSING", "FAILED"])
    expect(good.locator(".result")).to_contain_text('{"attempts":1}')
    expect(bad.locator(".error")).to_contain_text("Attempt 3 failed as requested")
    expect(page.locator("#dead-letters")).to_have_text("Dead-letter queue: 1 message")
    expect(page.get_by_role("alert")).to_be_hidden()

    PICTURE.parent.mkdir(exist_ok=True)
    page.mouse.move(0, 0)
    page.screenshot(path=PICTURE, full_page=True)


def test_a_job_that_waits_is_queued_and_not_unknown(preview: Preview, page: Page) -> None:
    """Given a status endpoint that does not know the job yet, the card says QUEUED."""
    page.goto(preview.outputs["preview_url"])
    unknown = {"status": 404, "headers": {"retry-after": "1", "access-control-allow-origin": "*"}}
    page.route("**/commands/*", lambda route: route.fulfill(**unknown))

    with page.expect_response("**/commands/*"):
        page.get_by_role("button", name="Submit job").click()
    expect(card(page, "Job 1")).to_have_attribute("data-status", "QUEUED")

    page.unroute("**/commands/*")
    expect(card(page, "Job 1")).to_have_attribute("data-status", "COMPLETED", timeout=PATIENCE_MS)


def test_a_job_that_is_retried_says_so(preview: Preview, page: Page) -> None:
    """Given an attempt that failed, the card names it while the next one waits or runs."""
    page.goto(preview.outputs["preview_url"])
    job = {"status": "PENDING", "attempts": 1}
    again = {"retry-after": "0.2", "access-control-allow-origin": "*"}
    page.route("**/commands/*", lambda route: route.fulfill(json=job, headers=again))

    page.get_by_role("button", name="Submit failing job").click()
    note = card(page, "Failing job 1").locator(".warning")
    expect(note).to_have_text("Attempt 1 failed; attempt 2 follows.")

    job |= {"status": "PROCESSING", "attempts": 2}
    expect(note).to_have_text("Attempt 1 failed; attempt 2 is running.")


def test_a_network_that_comes_back_goes_on(preview: Preview, page: Page) -> None:
    """Given status requests that fail for a while, the card says so and then goes on."""
    page.goto(preview.outputs["preview_url"])
    page.route("**/commands/*", lambda route: route.abort())

    page.get_by_role("button", name="Submit job").click()
    expect(card(page, "Job 1").locator(".warning")).to_contain_text("Asking again in")

    page.unroute("**/commands/*")
    expect(card(page, "Job 1")).to_have_attribute("data-status", "COMPLETED", timeout=PATIENCE_MS)


def test_a_queue_that_cannot_be_counted_is_not_empty(preview: Preview, page: Page) -> None:
    """Given no number of dead-letter messages, the page says so and shows the rest."""
    away = {"queue": None, "deadLetterMessages": None}
    hello = {"environment": "pr-7", "package": "0a1b2c", **away}
    allowed = {"access-control-allow-origin": "*"}
    page.route("**/hello", lambda route: route.fulfill(json=hello, headers=allowed))

    page.goto(preview.outputs["preview_url"])

    expect(page.locator("#queue")).to_have_text("Queue: not reached")
    expect(page.locator("#dead-letters")).to_have_text("Dead-letter queue: not reached")
    expect(page.get_by_role("status")).to_have_text("pr-7 · 0a1b2c")


def test_an_api_that_is_away_is_told_with_a_way_out(preview: Preview, page: Page) -> None:
    """Given an API that cannot be reached, the page says which one and what to check."""
    page.route("**/hello", lambda route: route.abort())
    page.route("**/jobs", lambda route: route.abort())
    page.goto(preview.outputs["preview_url"])
    expect(page.get_by_role("status")).to_have_text("API not reached")

    page.get_by_role("button", name="Submit job").click()

    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(page.get_by_role("alert")).to_contain_text("this page's origin may call it")
    expect(page.get_by_role("button", name="Submit job")).to_be_enabled()


def test_a_wrong_api_is_told_apart(preview: Preview, page: Page) -> None:
    """Given something else at the API's URL, the page shows what that answered."""
    wrong = {"status": 403, "json": {"message": "Forbidden"}}
    page.route(
        "**/jobs",
        lambda route: route.fulfill(headers={"access-control-allow-origin": "*"}, **wrong),
    )
    page.goto(preview.outputs["preview_url"])

    page.get_by_role("button", name="Submit job").click()

    expect(page.get_by_role("alert")).to_contain_text("The API answered 403")


def test_a_page_without_its_configuration_says_so(preview: Preview, page: Page) -> None:
    """Given no config.js, the buttons do nothing, and the page names what writes it."""
    page.route("**/config.js", lambda route: route.fulfill(status=404, body=""))

    page.goto(preview.outputs["preview_url"])

    expect(page.get_by_role("alert")).to_contain_text("This page does not know its API.")
    expect(page.get_by_role("button", name="Submit job")).to_be_disabled()


def test_the_browser_lets_the_page_call_nobody_else(preview: Preview, browser: Browser) -> None:
    """The policies allow the page's own API; another host of this machine is refused."""
    page = browser.new_page()  # one that may complain of a broken policy
    page.goto(preview.outputs["preview_url"])
    expect(page.get_by_role("status")).to_contain_text(f"pr-{NUMBER}")

    refused = page.evaluate(
        """url => new Promise(done => {
            document.addEventListener("securitypolicyviolation",
                event => done(event.effectiveDirective), { once: true });
            fetch(url).then(() => done("fetched"), () => {});
        })""",
        f"http://localhost:{preview.stack.port}/",
    )

    page.close()
    assert refused == "connect-src"


@pytest.fixture(scope="module")
def pushing(preview: Preview) -> Iterator[Preview]:
    """The same with live push, which is taken away again."""
    told = replace(preview.deployment, variables={**preview.deployment.variables, "push": True})
    told.apply()
    yield preview
    preview.deployment.apply()


def test_a_page_is_told_of_changes_where_they_are_pushed(pushing: Preview, page: Page) -> None:
    """Given a connection, both jobs are followed to their ends without a single request."""
    page.goto(pushing.outputs["preview_url"])
    expect(page.locator("#how")).to_have_text("is told over a WebSocket")
    # Answered, it could tell a job's end before a slow connection is open, which is then given up.
    page.route("**/commands/*", lambda route: route.abort())
    with page.expect_websocket() as opened:
        page.get_by_role("button", name="Submit failing job").click()
    opened.value.wait_for_event("framereceived")

    page.get_by_role("button", name="Submit job").click()

    good, bad = card(page, "Job 2"), card(page, "Failing job 1")
    expect(good).to_have_attribute("data-status", "COMPLETED", timeout=PATIENCE_MS)
    expect(bad).to_have_attribute("data-status", "FAILED", timeout=PATIENCE_MS)
    expect(good.locator(".result")).to_contain_text('{"attempts":1}')
    expect(bad.locator(".error")).to_contain_text("Attempt 3 failed as requested")


def test_a_page_whose_connection_is_refused_asks_as_always(pushing: Preview, page: Page) -> None:
    """Given no WebSocket, a job is followed to its end by requests."""
    page.route_web_socket("**/v1*", lambda it: it.close())
    page.goto(pushing.outputs["preview_url"])

    page.get_by_role("button", name="Submit job").click()

    expect(card(page, "Job 1")).to_have_attribute("data-status", "COMPLETED", timeout=PATIENCE_MS)


def test_a_second_plan_is_empty(preview: Preview) -> None:
    """What was applied reads back as it was written, and the time of the first apply is kept."""
    changes: list[str] = []

    def note(event: Event) -> None:
        if event.kind == "planned_change":
            changes.append(event.message)

    assert preview.deployment.terraform.plan_is_empty(on_event=note), changes
    again = deployment(preview.stack, NUMBER)
    assert again.variables == preview.deployment.variables


def test_a_secret_that_has_a_value_keeps_it(preview: Preview) -> None:
    """The first apply gave it one; the next looks for empty ones only."""
    names = preview.outputs["secret_names"]

    assert list(names) == ["third-party-api-key"]
    assert empty_secrets(preview.stack, names) == {}


def test_everything_says_when_it_may_go(preview: Preview) -> None:
    """Whatever the tagging API finds of it has the tags that the clean-up goes by."""
    created = {"CreatedAt": preview.deployment.variables["created_at"], "Project": "async-api"}
    tagged = preview.tagged()

    kinds = {arn.split(":")[2] for arn in tagged}
    assert {"cloudfront", "dynamodb", "lambda", "s3", "sqs"} <= kinds
    assert all((TAGS | created).items() <= tags.items() for tags in tagged.values())
    audited = {one.arn for one in left(preview.stack, NUMBER)}
    assert tagged.keys() <= audited
    assert len(audited) > len(tagged), "the audit also knows what has no tags"


def test_destroy_leaves_nothing(preview: Preview) -> None:
    """By their tags nothing is found, and nothing of what AWS gives no tags is left either."""
    assert preview.deployment.destroy()

    assert left(preview.stack, NUMBER) == []
    assert preview.tagged() == {}
    assert preview.client("iam").list_roles()["Roles"] == []
    cloudfront = preview.client("cloudfront")
    assert "Items" not in cloudfront.list_origin_access_controls()["OriginAccessControlList"]
    policies = cloudfront.list_response_headers_policies(Type="custom")
    assert policies["ResponseHeadersPolicyList"].get("Items", []) == []
    assert not deployment(preview.stack, NUMBER).destroy()
