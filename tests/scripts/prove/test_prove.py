"""`python -m scripts.prove`: each probe for itself, a table, a report, and nothing left behind."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from scripts.prove import __main__ as tool
from scripts.prove import page
from scripts.prove.assumption import NotTried, assumed, expect
from scripts.prove.assumptions import ASSUMPTIONS
from scripts.target import temporary
from scripts.target.temporary import Temporary
from tests.targets import aim, target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scripts.prove.assumption import Assumption
    from scripts.prove.scene import Scene
    from scripts.target.target import Target

Prove = Callable[..., tuple[int, str, str]]
OUTPUTS = {"commands_endpoint": "https://api.example.com/commands"}


class Queues:
    """SQS, as far as a queue comes and goes."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.stuck = False

    def create_queue(self, QueueName: str, **_: Any) -> Any:  # noqa: N803
        """Create a queue."""
        self.names.append(QueueName)
        return {"QueueUrl": QueueName}

    def get_queue_url(self, QueueName: str) -> Any:  # noqa: N803
        """Return a queue's URL, which is its name."""
        if QueueName not in self.names:
            raise _error("AWS.SimpleQueueService.NonExistentQueue")
        return {"QueueUrl": QueueName}

    def delete_queue(self, QueueUrl: str) -> None:  # noqa: N803
        """Delete a queue, unless it is stuck."""
        if self.stuck:
            raise _error("AccessDenied")
        self.names.remove(QueueUrl)


def _error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "DeleteQueue")


@assumed("https://example.com", means="-", plan_b="-")
def holds(scene: Scene) -> str:
    """It holds."""
    return f"in account 123456789012 {scene.queue()[-9:]}"


@assumed("https://example.com", means="Clients get 200.", plan_b='api.submission = "validated".')
def is_refuted(scene: Scene) -> str:
    """It does not."""
    scene.queue()
    expect(holds=False, seen="status 200")
    return ""


@assumed("https://example.com", means="-", plan_b="-")
def breaks(scene: Scene) -> str:
    """It breaks."""
    scene.queue()
    raise KeyError("a secret")


@assumed("https://example.com", means="-", plan_b="-")
def needs_a_token(_: Scene) -> str:
    """It cannot be asked."""
    raise NotTried("the API answers 401")


@assumed("https://example.com", means="-", plan_b="-", unanswered="Has no keys.")
def is_for_aws(_: Scene) -> str:
    """The local stack cannot say."""
    return "on AWS"


@pytest.fixture
def queues() -> Queues:
    """The account's queues."""
    return Queues()


@pytest.fixture
def prove(
    queues: Queues, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Prove:
    """The tool with these assumptions: exit code, stdout and stderr."""
    aim(monkeypatch, target(OUTPUTS, lambda _: queues))

    def run(assumptions: list[Assumption], *options: str) -> tuple[int, str, str]:
        monkeypatch.setattr(tool, "ASSUMPTIONS", tuple(assumptions))
        code = tool.main(options or ("--env", "dev"))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def rows(out: str) -> dict[str, str]:
    """Verdict by assumption."""
    return {line.split("\t")[1]: line.split("\t")[0] for line in out.splitlines() if "\t" in line}


def test_one_failure_concerns_one_probe(prove: Prove, queues: Queues) -> None:
    """Each has its verdict; what is refuted has its meaning and plan B; all queues are gone."""
    code, out, _ = prove([holds, is_refuted, breaks, needs_a_token, is_for_aws])

    assert rows(out) == {
        "holds": "held",
        "is-for-aws": "held",
        "breaks": "not tried",
        "needs-a-token": "not tried",
        "is-refuted": "refuted",
    }
    assert code == 1
    assert 'Meaning: Clients get 200.\n  Plan B: api.submission = "validated".' in out
    assert "5 assumptions: 2 held, 2 not tried, 1 refuted" in out
    assert "a secret" not in out
    assert queues.names == []


def test_the_local_stack_says_what_it_cannot_answer(prove: Prove) -> None:
    """The probe does not run there; what holds is enough for exit code 0."""
    code, out, _ = prove([holds, is_for_aws], "--local")

    assert (code, rows(out)) == (0, {"holds": "held", "is-for-aws": "not tried"})
    assert "The local stack cannot answer. Has no keys." in out


@assumed("https://example.com", means="-", plan_b="-", minutes=11)
def takes_long(_: Scene) -> str:
    """It takes eleven minutes."""
    return "at last"


def test_what_takes_too_long_is_tried_by_its_name_only(prove: Prove) -> None:
    """A run stays short, and says how to ask for the rest."""
    code, out, _ = prove([holds, takes_long])
    assert (code, rows(out)["takes-long"]) == (0, "not tried")
    assert "Takes 11 minutes: --only takes-long" in out

    assert rows(prove([holds, takes_long], "--env", "dev", "--only", "takes-long")[1]) == {
        "takes-long": "held"
    }


def test_nothing_tried_is_no_success(prove: Prove) -> None:
    """Without permissions a run must not look like a proof."""
    code, _, err = prove([needs_a_token])

    assert code == 1
    assert err.endswith("error: nothing could be tried; the table has the reasons\n")


def test_what_cannot_be_removed_is_named(prove: Prove, queues: Queues) -> None:
    """With its name, so that it is removed by hand."""
    queues.stuck = True

    code, _, err = prove([holds])

    assert code == 1
    assert f"not removed: {queues.names[0]}: access denied to DeleteQueue" in err


def test_the_report_names_no_account(prove: Prove, tmp_path: Path) -> None:
    """JSON with all findings, for an issue."""
    path = tmp_path / "report.json"

    prove([holds, is_refuted], "--env", "dev", "--report", str(path))

    report = json.loads(path.read_text())
    assert [one["id"] for one in report["findings"]] == ["holds", "is-refuted"]
    assert "123456789012" not in path.read_text()
    assert (report["environment"], report["left"]) == ("dev", [])


def test_only_selects(prove: Prove) -> None:
    """Unknown ids are refused in one line."""
    assert rows(prove([holds, breaks], "--env", "dev", "--only", "holds")[1]) == {"holds": "held"}
    code, _, err = prove([holds], "--env", "dev", "--only", "nothing")
    assert (code, err.count("\n")) == (1, 1)
    assert "unknown assumption: nothing; docs/assumptions.md lists them" in err


def test_the_page_is_fresh() -> None:
    """docs/assumptions.md has what the probes say; `make docs` writes it."""
    assert page.PAGE.read_text() == page.page()


def test_every_assumption_is_complete() -> None:
    """An id of its own, one sentence, a source at AWS, a meaning and a plan B, each a sentence."""
    assert len({one.id for one in ASSUMPTIONS}) == len(ASSUMPTIONS)
    for one in ASSUMPTIONS:
        assert one.source.startswith("https://docs.aws.amazon.com/"), one.id
        for text in (one.says, one.means, one.plan_b, one.local):
            assert text.endswith((".", "`")), (one.id, text)
            assert "|" not in text, one.id


def test_a_clients_answer_that_is_lost_leaves_nothing(prove: Prove, queues: Queues) -> None:
    """A queue that was created although the call failed is removed by its name."""
    create = queues.create_queue

    def lost(**options: Any) -> Any:
        create(**options)
        raise _error("InternalError")

    queues.create_queue = lost  # type: ignore[assignment,method-assign]

    assert rows(prove([replace(holds, id="lost"), needs_a_token])[1])["lost"] == "not tried"
    assert queues.names == []


@pytest.mark.parametrize(("typed", "code"), [("dev", 0), ("prod", 1)])
def test_a_copy_is_deployed_only_after_a_confirmation(
    prove: Prove, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    """On AWS --create asks for the environment's name; the copy is destroyed and looked for."""
    done: list[str] = []

    class Copy(Temporary):
        @contextlib.contextmanager
        def applied(self, _: object) -> Iterator[Target]:
            done.append("applied")
            yield self.base

        def left(self) -> list[str]:
            done.append("looked for")
            return []

    monkeypatch.setattr(temporary, "Temporary", Copy)
    monkeypatch.setattr("click.prompt", lambda *_, **__: typed)

    assert prove([holds], "--env", "dev", "--create")[0] == code
    assert done == (["applied", "looked for"] if code == 0 else [])
