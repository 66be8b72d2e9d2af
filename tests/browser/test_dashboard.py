"""The dashboard of the local stack, as an operator clicks through it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.clicks import HOSTILE, detail, stage, submit, worker
from tests.live import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.environment import Environment


def test_an_empty_page_says_what_to_do(board: Page) -> None:
    """Nothing has been submitted: the form and the demo are the next step."""
    expect(board.locator("#empty")).to_contain_text("make demo")
    expect(stage(board, "dlq")).to_have_text("0")
    expect(board.get_by_role("button", name="Redrive all …")).to_be_hidden()


def test_the_form_knows_the_types_of_the_deployment(board: Page) -> None:
    """Types and their examples are what the API says of itself."""
    types = board.get_by_label("Type").locator("option").all_inner_texts()
    assert {"echo", "demo", "process_order"} <= {*types}
    board.get_by_label("Type").select_option("process_order")
    assert "productId" in json.loads(board.get_by_label("Input").input_value())


def test_a_command_is_submitted_and_followed_to_its_end(board: Page) -> None:
    """Its row appears by itself, and unfolds to its result."""
    row = submit(board, "echo", {"hello": "page"})
    expect(row.locator(".status")).to_have_text("COMPLETED")
    expect(row.locator(".attempts")).to_have_text("1 of 3")
    expect(detail(board, row)).to_contain_text('"hello": "page"')


def test_what_was_done_is_seen_at_once(board: Page) -> None:
    """Not with the next turn, which is late where the stack answers slowly."""
    board.evaluate(
        "() => { for (let id = setTimeout(() => 0); id; id--) clearTimeout(id);"
        " window.setTimeout = () => 0; }"
    )
    row = submit(board, "echo", {"hello": "now"})
    expect(row.locator(".status")).to_be_visible()


def test_what_is_no_json_is_told_in_the_form(board: Page) -> None:
    """Where it is wrong, while it is written; nothing is sent."""
    asked: list[str] = []
    board.on("request", lambda request: asked.append(request.method))
    editor = board.get_by_label("Input")
    editor.fill('{"n": }')
    expect(board.locator("#input-problem")).to_contain_text("not JSON yet")
    expect(editor).to_have_attribute("aria-invalid", "true")
    board.get_by_role("button", name="Submit").click()
    expect(board.locator("#outcome")).to_contain_text("Nothing was submitted")
    editor.fill("[1]")
    expect(board.locator("#input-problem")).to_contain_text("must be an object")
    editor.fill('{"n": 1}')
    expect(board.locator("#input-problem")).to_be_empty()
    assert "POST" not in asked


def test_what_the_server_refuses_is_told_in_the_form(board: Page) -> None:
    """An id that cannot be one."""
    board.get_by_text("An id of your own").click()
    board.get_by_label("Id").fill("a b")
    board.get_by_role("button", name="Submit").click()
    expect(board.locator("#outcome")).to_contain_text("1-128 letters")


def test_an_id_that_was_used_is_said(board: Page) -> None:
    """An id runs once: the second command would wait for ever in the eyes of who submitted it."""
    row = submit(board, "echo", {"once": True}, "twice")
    expect(row.locator(".status")).to_have_text("COMPLETED")
    board.get_by_role("button", name="Submit").click()
    expect(board.locator("#outcome")).to_contain_text("twice was used before")


def test_large_numbers_are_sent_and_shown_as_they_were_typed(board: Page) -> None:
    """JavaScript would round them."""
    row = submit(board, "echo", {"n": 12345678901234567890})
    expect(row.locator(".status")).to_have_text("COMPLETED")
    expect(detail(board, row)).to_contain_text("12345678901234567890")


def test_hostile_text_stays_text(board: Page) -> None:
    """In a result."""
    row = submit(board, "echo", {"text": HOSTILE})
    expect(row.locator(".status")).to_have_text("COMPLETED")
    expect(detail(board, row)).to_contain_text("<img src=x onerror=")
    assert board.locator("img").count() == 0
    assert "owned" not in board.title()


def test_hostile_text_stays_text_wherever_it_comes_from(board: Page) -> None:
    """In types, errors, names and what happened before, as a handler of one's own may write it."""

    def spoil(route: Route) -> None:
        state = route.fetch().json()
        error = {"code": HOSTILE, "message": HOSTILE, "retryable": True}
        past = [{"status": "FAILED", "at": HOSTILE, "error": error}]
        spoilt = {"type": HOSTILE, "error": error, "status": "FAILED", "history": past}
        state["commands"] = [{**one, **spoilt} for one in state["commands"]]
        state["environment"] = state["api"]["endpoint"] = HOSTILE
        state["schedules"] = [{"name": "", "problem": HOSTILE}]
        state["queues"] = [{"name": HOSTILE, "problem": HOSTILE}]
        state["batches"] = [
            {
                "id": HOSTILE,
                "status": "RUNNING",
                "total": 3,
                "counts": {"pending": 2, "processing": 0, "completed": 1},
                "share": 1 / 3,
                "createdAt": "2030-01-02T03:04:05.000Z",
            }
        ]
        route.fulfill(json=state)

    board.route("**/api/state", spoil)
    row = board.locator("#rows tr:not(.detail)").first
    expect(row.locator(".type")).to_have_text(HOSTILE)
    expect(row.locator(".message")).to_have_text(HOSTILE)
    expect(detail(board, row)).to_contain_text(HOSTILE)
    expect(board.locator("#environment")).to_have_text(HOSTILE)
    expect(board.locator("#schedules-list li")).to_have_text([HOSTILE])
    expect(board.locator("#queues-rows tr th")).to_have_text([HOSTILE])
    expect(board.locator("#batches-list li")).to_contain_text(["33 % of 3: 2 pending, 1 completed"])
    assert board.locator("img").count() == 0
    assert "owned" not in board.title()


def test_a_waiting_command_is_taken_back(board: Page, environment: Environment) -> None:
    """The page shows what only the queue knows, and the worker finds it cancelled."""
    worker(environment, takes=False)
    try:
        row = submit(board, "echo", {"never": "runs"})
        expect(row.locator(".status")).to_have_text("QUEUED")
        expect(stage(board, "queue")).to_have_text("1")
        expect(board.locator('[data-stage="worker"]')).to_contain_text("scripts.worker resume")
        board.reload()
        row.get_by_role("button", name="Cancel").click()
        expect(row.locator(".status")).to_have_text("CANCELLED")
        expect(board.locator("#toast")).to_contain_text("is cancelled")
        expect(row.locator("button.id")).to_be_focused()
    finally:
        worker(environment, takes=True)
    eventually(lambda: environment.depth("sqs_queue_url") == 0)
    expect(row.locator(".status")).to_have_text("CANCELLED")
    expect(row.get_by_role("button", name="Cancel")).to_be_hidden()


def test_dead_letter_messages_are_redriven(board: Page, environment: Environment) -> None:
    """One by one once their cause is gone, or all; a dry run comes first."""
    secret = environment.outputs["secret_names"]["third-party-api-key"]
    cured = submit(board, "demo", {"need_secret": "third-party-api-key"})
    board.reload()
    doomed = submit(board, "demo", {"fail_attempts": 99})
    for row in (cured, doomed):
        expect(row.locator(".status")).to_have_text("FAILED")
        expect(row.locator(".attempts")).to_have_text("3 of 3")
    expect(doomed.locator(".error")).to_contain_text("demo_failed")
    expect(stage(board, "dlq")).to_have_text("2")
    environment.client("secretsmanager").put_secret_value(SecretId=secret, SecretString="now")

    cured.get_by_role("button", name="Redrive").click()
    dialog = board.get_by_role("dialog")
    expect(dialog).to_contain_text("1 message would go back")
    expect(stage(board, "dlq")).to_have_text("2")  # a dry run moves nothing
    dialog.get_by_role("button", name="Redrive 1 message").click()
    expect(cured.locator(".status")).to_have_text("COMPLETED")
    expect(stage(board, "dlq")).to_have_text("1")

    board.get_by_role("button", name="Redrive all …").click()
    expect(dialog).to_contain_text("demo_failed")
    dialog.get_by_role("button", name="Redrive 1 message").click()
    expect(board.locator("#toast")).to_contain_text("redrove about 1 message")
    expect(stage(board, "queue")).to_have_text("0")
    expect(stage(board, "dlq")).to_have_text("1")  # dead again
    expect(doomed.locator(".status")).to_have_text("FAILED")
    failures = detail(board, doomed).locator("dd", has_text="FAILED, attempt 3")
    expect(failures).to_have_count(2)  # the one before the redrive, too


def test_commands_are_chosen_by_status(board: Page) -> None:
    """The counts are the filter."""
    board.get_by_role("button", name="Failed").click()
    expect(board.get_by_role("button", name="Failed")).to_have_attribute("aria-pressed", "true")
    assert {*board.locator("#rows .status").all_inner_texts()} == {"FAILED"}


def test_a_phone_shows_the_same(board: Page) -> None:
    """Nothing has to be scrolled sideways."""
    board.set_viewport_size({"width": 360, "height": 740})
    expect(board.locator("#rows .status").first).to_be_visible()
    assert board.evaluate("document.documentElement.scrollWidth") == 360


def test_nobody_asks_while_nobody_looks(board: Page) -> None:
    """A hidden tab leaves the stack alone, and goes on when it is seen again."""
    hide = "Object.defineProperty(document, 'hidden', {{value: {}, configurable: true}});"
    tell = "document.dispatchEvent(new Event('visibilitychange'))"
    board.evaluate(hide.format("true") + tell)
    expect(board.locator("#pulse")).to_have_text("Paused")
    asked: list[str] = []
    board.on("request", lambda request: asked.append(request.url))
    board.wait_for_timeout(2500)
    assert asked == []
    board.evaluate(hide.format("false") + tell)
    expect(board.locator("#pulse")).to_have_text("Live")
