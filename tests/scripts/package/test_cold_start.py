"""A zip that could not start is not built, and the line says which file and line to mend."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from scripts.build.package.build import SOURCE, build
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.scripts.package.conftest import Project

REGISTRY = "handlers/__init__.py"
HANDLER = "def handle(command_input, context): ...\n"


def refusal(project: Project) -> str:
    """The one line of a build that fails, from the place below the source folder on."""
    with pytest.raises(OperatorError) as caught:
        project.build()
    said = str(caught.value)
    assert "\n" not in said
    assert "lambda.zip" not in said
    assert not project.output.exists()
    return said.removeprefix(f"{project.source}/")


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        pytest.param(
            "handlers/invoice.py",
            f'"""Invoices."""\n\n{HANDLER}',
            "handlers/invoice.py:3: this handler is not registered; add it to HANDLERS in"
            ' handlers/__init__.py: "invoice": invoice.handle',
            id="neither imported nor registered",
        ),
        pytest.param(
            REGISTRY,
            "from handlers import echo\nHANDLERS = {}\n",
            "handlers/echo.py:1: this handler is not registered",
            id="imported and not registered",
        ),
        pytest.param(
            REGISTRY,
            "from handlers import echo\nHANDLERS = {\n'echo': echo.handle,\n'pay': pay.handle}\n",
            "handlers/__init__.py:4: NameError: name 'pay' is not defined",
            id="registered and not imported",
        ),
        pytest.param(
            "handlers/rows.py",
            "def handle_many(inputs, contexts): ...\n",
            "handlers/rows.py:1: this handler is not registered; add it to HANDLERS in"
            ' handlers/__init__.py: "rows": Registered(handle_many=rows.handle_many)',
            id="a batch handler that is not registered",
        ),
        pytest.param(
            REGISTRY,
            "from handlers import echo\nHANDLERS = {\n'echo': echo,\n}\n",
            "handlers/__init__.py:3: 'echo' is a module, not a function",
            id="a module for its function",
        ),
        pytest.param(
            REGISTRY,
            "",
            "handlers/__init__.py:1: AttributeError: module 'handlers' has no attribute 'HANDLERS'",
            id="no registry",
        ),
        pytest.param(
            "handlers/echo.py",
            f"import json\nimport acme_typo\n{HANDLER}",
            "handlers/echo.py:2: ModuleNotFoundError: No module named 'acme_typo'; add the package",
            id="a missing dependency",
        ),
        pytest.param(
            "handlers/echo.py",
            f"import pytest\n{HANDLER}",
            "handlers/echo.py:1: ModuleNotFoundError: No module named 'pytest'",
            id="a dependency of the builder's",
        ),
        pytest.param(
            "handlers/prices/table.py",
            "import acme_typo\n",
            "handlers/prices/table.py:1: ModuleNotFoundError: No module named 'acme_typo'",
            id="a missing dependency of what is imported late",
        ),
        pytest.param(
            "handlers/draft.py",
            "X = 1\ndef handle(:\n",
            "handlers/draft.py:2: SyntaxError: ",
            id="a syntax error where nobody imports",
        ),
        pytest.param(
            "command_api/entrypoints/worker.py",
            "X = 1\nHANDLERS = {\n",
            "command_api/entrypoints/worker.py:2: SyntaxError: ",
            id="a syntax error in an entrypoint",
        ),
        pytest.param(
            "command_api/entrypoints/worker.py",
            "import os\nos.environ['NOT_THERE']\n",
            "command_api/entrypoints/worker.py:2: KeyError: 'NOT_THERE'",
            id="an entrypoint that fails",
        ),
        pytest.param(
            "handlers/echo.py",
            f"import os\nTABLE = os.environ['ORDERS_TABLE']\n{HANDLER}",
            "handlers/echo.py:2: KeyError: 'ORDERS_TABLE'; read environment variables inside",
            id="an environment variable at import",
        ),
        pytest.param(
            "handlers/echo.py",
            f"import sys\nsys.exit('see you')\n{HANDLER}",
            "handlers/echo.py:2: SystemExit: see you",
            id="an exit",
        ),
        pytest.param(
            REGISTRY,
            "from handlers import echo\nclass R:\n    min_seconds = float('nan')\n"
            "    handle = echo.handle\nHANDLERS = {'x': R()}\n",
            "not JSON compliant",
            id="no number",
        ),
    ],
)
def test_handlers_that_cannot_start_are_refused(
    path: str, code: str, words: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every worker would fail with them: there is no zip, whatever the builder has set."""
    monkeypatch.setenv("ORDERS_TABLE", "orders")
    project.write(path, code)
    assert words in refusal(project)


@pytest.mark.parametrize(
    "registry",
    [
        "HANDLERS = {'say': functools.partial(echo.handle)}",
        "@functools.wraps(echo.handle)\ndef timed(*words): ...\nHANDLERS = {'say': timed}",
        "f = lambda handle: lambda *words: handle(*words)\nHANDLERS = {'echo': f(echo.handle)}",
    ],
)
def test_a_wrapped_handler_is_registered(registry: str, project: Project) -> None:
    """A registry is free in how it takes the functions of its files."""
    project.write(REGISTRY, f"import functools\nfrom handlers import echo\n{registry}\n")
    assert project.build().is_file()


@pytest.fixture(scope="module")
def framework(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of everything that ships."""
    source = tmp_path_factory.mktemp("real") / "src"
    shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__"))
    return source


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("invoice", "{}", "1: schema without a handler: 'invoice' is not in HANDLERS"),
        ("echo", '{\n "type": "object",\n}', "invalid JSON: "),
        ("echo", '{\n "maximum": NaN}', "1: invalid JSON: NaN is not JSON"),
        ("echo", "null", "1: a schema must be a JSON object"),
        (
            "echo",
            '{\n "properties": {\n  "n": {"type": "integer"},\n\n  "name": {"type": "strng"}}}',
            "5: invalid JSON Schema: ",
        ),
        (
            "echo",
            '{\n "properties": {\n  "n": {"pattern": "(", "maxLength": 9}}}',
            "3: invalid JSON Schema: ",
        ),
        ("echo", '{\n "anyOf": [\n  {},\n  {"minLength": "3"}]}', "4: invalid JSON Schema: "),
        ("echo", '{"$ref": "https://example.com/x.json"}', "1: invalid JSON Schema: "),
        ("echo", '{\n "$ref": "#/definitions/none"}', "1: invalid JSON Schema: "),
        ("echo", '{\n "required": "name"}', "1: invalid JSON Schema: "),
        ("echo.result", '{\n "required": "name"}', "1: invalid JSON Schema: "),
        ("other.result", "{}", "1: schema without a handler: 'other.result'"),
        ("echo", '{\n "properties": ["name"]}', "1: invalid JSON Schema: "),
    ],
)
def test_a_schema_that_is_none_is_refused(
    name: str, text: str, words: str, project: Project, framework: Path
) -> None:
    """It would refuse every command of its type, and the first client would be the one to see."""
    path = framework / "handlers" / f"{name}.schema.json"
    path.write_text(text)
    try:
        with pytest.raises(OperatorError) as caught:
            build(project.output, source=framework)
    finally:
        path.unlink()
    said = str(caught.value)
    assert said.startswith(f"{path}:")
    assert words in said
    assert "\n" not in said
    assert not project.output.exists()


def test_a_schema_of_two_types_is_refused(project: Project) -> None:
    """One type's result and another's input: it would be checked as both."""
    both = "{'echo': echo.handle, 'echo.result': echo.handle}"
    project.write(REGISTRY, f"from handlers import echo\nHANDLERS = {both}\n")
    project.write("handlers/echo.py", HANDLER)
    project.write("handlers/echo.result.schema.json", "{}")
    said = refusal(project)
    assert said.startswith("handlers/echo.result.schema.json:1: result of 'echo' or input of")


def test_a_value_that_the_framework_refuses_is_named_where_it_is_written(project: Project) -> None:
    """Like a rate that is none, in HANDLERS."""
    project.write("command_api/rates.py", "def rate(text):\n    raise ValueError(text)\n")
    registry = "from command_api.rates import rate\nHANDLERS = {\n'echo': rate('no rate')}\n"
    project.write(REGISTRY, registry)
    assert refusal(project) == "handlers/__init__.py:3: ValueError: no rate"


def test_what_ends_the_process_is_named(project: Project) -> None:
    """Nothing can be caught of it, but it is one line all the same."""
    project.write("handlers/echo.py", f"import os\nos._exit(3)\n{HANDLER}")
    assert "exited at import with exit code 3" in refusal(project)


def test_a_handler_may_read_its_own_files(project: Project) -> None:
    """Lambda unpacks the zip, so what lies beside a handler is a file."""
    project.write("handlers/prices.json", "{}")
    read = "from pathlib import Path\nPath(__file__).with_name('prices.json').read_text()\n"
    project.write("handlers/echo.py", f"{read}{HANDLER}")
    assert project.build().is_file()


def test_what_aws_brings_can_be_imported(project: Project) -> None:
    """boto3 is no dependency of the zip."""
    project.write("handlers/echo.py", f"import boto3, botocore.config\n{HANDLER}")
    assert build(project.output, source=project.source, search_path=_both(project)).is_file()


def _both(project: Project) -> list[str]:
    return [str(project.site), *sys.path]
