"""The shape of the house: arrows point one way, and every handler is registered."""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from command_api.adapters.dynamodb.item import ATTRIBUTES
from command_api.domain.context import registered
from command_api.domain.rates import Bucket
from command_api.records import SUMMARY
from handlers import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Iterable

SRC = Path(__file__).parents[2] / "src"

# What each room may import of ours; nothing imports entrypoints, not even they each other.
MAY_IMPORT = {
    "command_api": {"command_api.domain"},
    "command_api.domain": {"command_api.domain"},
    "command_api.usecases": {"command_api.domain", "command_api.usecases"},
    "command_api.adapters": {"command_api.domain", "command_api.adapters"},
    # Functions of an environment's variables.
    "command_api.settings": set[str](),
    # The API's description: pure functions, told everything but what is always so.
    "command_api.openapi": {"command_api.domain", "command_api.openapi"},
    # For other services, which have no environment of ours.
    "command_client": {"command_api.domain", "command_api.adapters", "command_client"},
    # A container of its own, whose only way in is the API.
    "container_task": {"command_client", "container_task"},
    # For handlers, which know nothing of the adapters.
    "command_api.aws": {"command_api.adapters"},
    "command_api.composition": {
        *("command_api.domain", "command_api.usecases", "command_api.adapters"),
        *("command_api.settings", "command_api.composition"),
        # Two functions turn what clients send into commands.
        "command_api.http",
        "command_api.webhooks",
    },
    # What handlers and the webhook sender share: the guard, the signature, one exchange.
    "command_api.webhooks": {"command_api.domain", "command_api.webhooks"},
    "command_api.http": {
        *("command_api.domain", "command_api.usecases", "command_api.settings"),
        "command_api.http",
    },
    "command_api.entrypoints": {
        *("command_api.domain", "command_api.usecases", "command_api.adapters"),
        *("command_api.settings", "command_api.composition", "command_api.http"),
        *("command_api.openapi", "handlers"),
        "command_api.webhooks",
    },
    # For whoever reads the table besides the framework.
    "command_api.records": {"command_api.domain", "command_api.adapters"},
    "handlers": {
        *("command_api", "command_api.aws", "command_api.domain", "command_api.records"),
        "handlers",
        "command_api.webhooks",
    },
}
# What Terraform names as a function's handler.
FUNCTIONS = {
    *("worker", "status", "cancel", "outcome", "submit", "outbox_relay", "openapi"),
    "hello",
    *("notifier", "webhook_sender", "push"),
    *("batches", "batch_counter", "batch_transfer"),
    "schedules",
}


OURS = {"command_api", "command_client", "container_task", "handlers"}


def room(module: str) -> str:
    """The room that a module of ours belongs to."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "command_api" else parts[0]


@cache
def imports(path: Path) -> set[str]:
    """The modules of ours that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            submodules = {f"{node.module}.{alias.name}" for alias in node.names}
            known = {name for name in submodules if _is_module(name)}
            found |= known or {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.split(".")[0] in OURS}


def _is_module(name: str) -> bool:
    path = SRC.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


FILES = sorted(SRC.rglob("*.py"))


def home(path: Path) -> str:
    """The room that a file is in."""
    parts = path.relative_to(SRC).with_suffix("").parts
    return room(".".join(part for part in parts if part != "__init__"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SRC)))
def test_arrows_point_one_way(path: Path) -> None:
    """A file imports only from the rooms that its own room may know."""
    assert {room(name) for name in imports(path)} <= MAY_IMPORT[home(path)]


def test_no_arrows_make_a_circle() -> None:
    """Rooms have an order in which each imports only from those before it."""
    known = {
        here: {room(name) for path in FILES if home(path) == here for name in imports(path)}
        - {here}
        for here in set(map(home, FILES))
    }
    order = [*TopologicalSorter(known).static_order()]
    arrows = sorted((here, there) for here, theirs in known.items() for there in theirs)
    sys.stdout.write(f"{len(order)} rooms, {len(arrows)} arrows\n")
    sys.stdout.writelines(f"{here} -> {there}\n" for here, there in arrows)
    assert {*order} == {*MAY_IMPORT}


def test_entrypoints_are_the_functions_and_nothing_else() -> None:
    """Each file is one Lambda handler that Terraform names; what they share is in http."""
    files = {path.stem: path for path in (SRC / "command_api/entrypoints").glob("*.py")}
    del files["__init__"]
    assert files.keys() == FUNCTIONS
    assert all("\ndef handler(" in path.read_text() for path in files.values())
    texts = (
        path.read_text()
        for top in ("modules", "environments")
        for path in (SRC.parent / top).rglob("*.tf")
        if ".terraform" not in path.parts
    )
    named = re.compile(r"command_api\.entrypoints\.(\w+)\.handler")
    of_the_api = (SRC.parent / "modules/api/functions.tf").read_text()
    found = {name for text in texts for name in named.findall(text)}
    assert found | {*re.findall(r"^    (\w+) = \{$", of_the_api, re.MULTILINE)} == FUNCTIONS


@pytest.mark.parametrize(
    "path", sorted((SRC / "command_api/domain").glob("*.py")), ids=lambda path: path.name
)
def test_the_domain_needs_the_standard_library_only(path: Path) -> None:
    """The rules of a command's life depend on no package at all."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.module.split(".")[0] not in {"boto3", "botocore", "aws_lambda_powertools"}


@cache
def texts(path: Path) -> set[str]:
    """The text constants of a file, without its docstrings."""
    tree = ast.parse(path.read_text())
    spoken = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {one.value for one in constants if isinstance(one.value, str) and id(one) not in spoken}


def naming(words: Iterable[str]) -> set[str]:
    """The files of the framework that have one of these words in a text constant."""
    pattern = re.compile(rf"\b({'|'.join(words)})\b")
    files = (SRC / "command_api").rglob("*.py")
    found = {path for path in files if any(pattern.search(text) for text in texts(path))}
    return {str(path.relative_to(SRC / "command_api")) for path in found}


def test_one_file_knows_what_travels_beside_a_message() -> None:
    """The names of message attributes, and how Lambda and SQS spell their values."""
    assert naming(["copy_of"]) == {"domain/envelope.py"}
    assert naming(["messageAttributes", "stringValue"]) == {"domain/envelope.py"}
    # The size of an entry is counted from what the envelope has made.
    assert naming(["StringValue"]) == {
        *("domain/envelope.py", "adapters/sqs/sender.py"),
        # SNS spells them so, too.
        "adapters/events/sns.py",
    }


def test_only_those_who_write_or_read_items_name_their_attributes() -> None:
    """Those that answers and logs have no word of the same name for."""
    alone = {"leaseToken", "leaseExpiresAt", "outboxSince", "outboxLeaseUntil", "traceHeader"}
    alone |= {"resultKey", "maxAttempts"}
    assert alone <= {*ATTRIBUTES}
    table = {"item", "expressions", "commands", "outbox"}
    assert naming(alone) == {*(f"adapters/dynamodb/{name}.py" for name in table), "records.py"}


def test_every_attribute_that_an_expression_names_is_in_the_list() -> None:
    """One that is misspelt would be written beside the one that is read."""
    files = (SRC / "command_api").rglob("*.py")
    named = {name for path in files for text in texts(path) for name in re.findall(r"#(\w+)", text)}
    # The time to live, a step and a range go by names that are given with the call.
    # Watches have a table of their own.
    others = {"until", "watches"}
    # A bucket of a rate is an item of its own.
    others |= {*Bucket._fields}
    # Batches have a table of their own.
    others |= {"last", "expires", "endedAt", "followedAt", "when", "total", "transfer", "token"}
    assert named - {"purge", "name", "since"} - others <= {*ATTRIBUTES}
    assert {*SUMMARY} <= {*ATTRIBUTES}


def test_a_command_fails_in_one_place() -> None:
    """Who writes FAILED asks the decision; who reads a lost worker asks the lifecycle."""
    callers = {
        (path.stem, function.name)
        for path in (SRC / "command_api").rglob("*.py")
        # To parse all files takes seconds, and hardly any has the word.
        if ".failed(" in (text := path.read_text())
        for function in ast.walk(ast.parse(text))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "failed"
    }
    known = {("decision", "_failed"), ("lifecycle", "observed")}
    # A line that is no command has nothing to decide.
    known |= {("batches", "unread")}
    assert callers == known


def test_every_handler_file_is_registered() -> None:
    """A file that someone forgot to add to HANDLERS would turn its commands away."""
    files = {path.stem for path in (SRC / "handlers").glob("*.py")} - {"__init__"}
    known = [registered(handler) for handler in HANDLERS.values()]
    modules = {(it.handle_many or it.handle).__module__ for it in known}
    assert {module.removeprefix("handlers.") for module in modules} == files


def test_nothing_of_ours_imports_the_emulator() -> None:
    """It stands for AWS: tools and tests are its clients, and another one can take its place."""
    root = SRC.parent
    emulator = root / "scripts/emulator"
    for path in (
        path for top in ("src", "scripts", "tests") for path in (root / top).rglob("*.py")
    ):
        # To parse all files takes seconds, and hardly any has the word.
        if path.is_relative_to(emulator) or "ministack" not in (text := path.read_text()):
            continue
        for node in ast.walk(ast.parse(text)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            assert not {"ministack", "ministack_extensions"} & {it.split(".")[0] for it in names}, (
                path
            )


def test_every_file_is_short_enough_to_read() -> None:
    """A Python or Terraform file of more than 400 lines is likely to be two ideas."""
    root = SRC.parent
    tracked = [root / top for top in ("src", "scripts", "tests", "modules", "environments")]
    files = [path for top in tracked for suffix in ("*.py", "*.tf") for path in top.rglob(suffix)]
    long = {
        str(path.relative_to(root)): length
        for path in files
        if ".terraform" not in path.parts and (length := len(path.read_text().splitlines())) > 400
    }
    assert not long
