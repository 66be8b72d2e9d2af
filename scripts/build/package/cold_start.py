"""What the functions of a zip do before their first event, in a process with nothing else in it.

``python -I -S -B cold_start.py FOLDER PLACES VARIABLES`` runs it on the unpacked zip, which is what
Lambda starts from: the standard library, this folder and the packages of AWS's Python runtime are
all that it can import. The answer is one line of JSON: what each handler needs, or a fault with
its file in the zip and its line there.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import json
import os
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

# boto3 and what it requires: https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
RUNTIME = {"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}
REGISTRY = "handlers/__init__.py"
_SCHEMA, _RESULT = ".schema.json", ".result"
# How a file's function is named in HANDLERS, by the function's name.
_ENTRIES = {"handle": "{0}.handle", "handle_many": "Registered(handle_many={0}.handle_many)"}
_OURS = {"command_api", "handlers"}


class Fault(Exception):
    """Why a zip cannot start, and where: a file in the zip and a line of it."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        """Keep the three apart; `line` begins with 1."""
        super().__init__(reason)
        self.path, self.line, self.reason = path, line, reason


class RuntimePackages:
    """Finds the packages that AWS's runtime brings, and no others, in these places."""

    def __init__(self, places: Sequence[str]) -> None:
        """`places` are directories such as site-packages."""
        self._places = list(places)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The import system's question: https://docs.python.org/3/reference/import.html."""
        if path is None and name in RUNTIME:
            return PathFinder.find_spec(name, self._places)
        return None


def start(root: Path, variables: Mapping[str, str]) -> dict[str, Any]:
    """Import and compile everything; what each handler needs, or Fault."""
    sources = _handler_sources(root)
    with _blamed(root, REGISTRY):
        handlers = importlib.import_module("handlers").HANDLERS
    _check_registry(handlers, sources)
    _import_all(root, "handlers")
    needs = {name: _needs(it) for name, it in handlers.items()}
    sys.path[:0] = [str(root)]  # a handler may have changed it
    for path in sorted(root.glob(f"handlers/*{_SCHEMA}")):
        _check_schema(root, path, handlers)
    os.environ.update(variables)
    _import_all(root, "command_api")
    return needs


def _needs(handler: object) -> dict[str, Any]:
    queue = getattr(handler, "queue", "")
    return {
        "min_seconds": getattr(handler, "min_seconds", 0),
        **({"queue": queue} if queue else {}),
    }


def _import_all(root: Path, package: str) -> None:
    # Also what is imported only once a command needs it: its libraries must be there then.
    for path in sorted(root.glob(f"{package}/**/*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if all(part.isidentifier() for part in parts):
            with _blamed(root, _named(root, path)):
                importlib.import_module(".".join(parts).removesuffix(".__init__"))


def _named(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def _handler_sources(root: Path) -> dict[str, ast.Module]:
    # Also of modules that nothing imports, which is a fault that they must not hide.
    sources = {}
    for path in sorted(root.glob("handlers/**/*.py")):
        name = _named(root, path)
        try:
            sources[name] = ast.parse(path.read_bytes(), name)
        except SyntaxError as error:
            raise Fault(name, error.lineno or 1, f"SyntaxError: {error.msg}") from None
        except ValueError as error:
            raise Fault(name, 1, f"SyntaxError: {error}") from None
    return sources


@contextlib.contextmanager
def _blamed(root: Path, name: str) -> Iterator[None]:
    """Say of whatever is raised which line of ours led to it."""
    try:
        yield
    except BaseException as error:  # noqa: BLE001 - the edge to user code: also a sys.exit() in it
        places, trace = [], error.__traceback__
        while trace is not None:
            places.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
            trace = trace.tb_next
        if isinstance(error, SyntaxError) and error.filename:
            places.append((error.filename, error.lineno or 1))
        ours = [(Path(file), line) for file, line in places if _is_ours(root, Path(file))]
        if isinstance(error, ValueError) and not isinstance(error, SyntaxError):
            # A value that the framework refuses is a handler's.
            ours = [one for one in ours if one[0].is_relative_to(root / "handlers")] or ours
        file, line = ours[-1] if ours else (root / name, 1)
        raise Fault(_named(root, file), line, _said(root, error)) from None


def _is_ours(root: Path, file: Path) -> bool:
    return file.is_relative_to(root) and file.relative_to(root).parts[0] in _OURS


def _said(root: Path, error: BaseException) -> str:
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    hint = ""
    if isinstance(error, KeyError):
        hint = "; read environment variables inside the handler, not at import"
    elif isinstance(error, ModuleNotFoundError) and (error.name or "").split(".")[0] not in _OURS:
        hint = "; add the package to src/requirements.in, then run: make lock"
    return f"{type(error).__name__}: {text}".replace(f"{root}{os.sep}", "") + hint


def _check_registry(handlers: Any, sources: Mapping[str, ast.Module]) -> None:  # noqa: ANN401 - anything
    if not hasattr(handlers, "items"):
        raise Fault(REGISTRY, 1, 'HANDLERS must be a dict, like {"echo": echo.handle}')
    known: set[str] = set()
    for kind, handler in handlers.items():
        handle = getattr(handler, "handle_many", None) or getattr(handler, "handle", handler)
        if isinstance(handler, type(sys)) or not callable(handle):
            line = _line_of_key(sources.get(REGISTRY), kind)
            raise Fault(
                REGISTRY,
                line,
                f"{kind!r} is a {type(handler).__name__}, not a function: "
                f'write "{kind}": {kind}.handle',
            )
        modules = {*_modules(handle)}
        # A wrapper that hides what it wraps is believed to wrap the handler of this name.
        known |= modules if any(one.startswith("handlers.") for one in modules) else {kind}
    for name, tree in sources.items():
        module = name.removesuffix(".py").replace("/", ".")
        kind = module.rpartition(".")[2]
        if name.count("/") != 1 or known & {module, kind}:
            continue
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if (entry := _ENTRIES.get(node.name)) is not None:
                raise Fault(
                    name,
                    node.lineno,
                    "this handler is not registered; add it to HANDLERS in "
                    f'handlers/__init__.py: "{kind}": {entry.format(kind)}',
                )


def _modules(handle: Any) -> Iterator[str]:  # noqa: ANN401 - any callable
    while handle is not None:
        yield getattr(handle, "__module__", None) or ""
        handle = getattr(handle, "__wrapped__", None) or getattr(handle, "func", None)


def _line_of_key(tree: ast.Module | None, kind: object) -> int:
    found = ast.walk(tree) if tree else ()
    lines = [node.lineno for node in found if isinstance(node, ast.Constant) and node.value == kind]
    return min(lines, default=1)


class _Located(json.JSONDecoder):
    """Decodes, and remembers where each object began."""

    def __init__(self) -> None:
        super().__init__(parse_constant=_no_json)
        self.began: dict[int, int] = {}
        self.parse_object = self._object
        # The scanner in C calls no parse_object.
        self.scan_once = json.scanner.py_make_scanner(self)  # type: ignore[attr-defined]

    def _object(self, begin: tuple[str, int], *rest: Any) -> Any:  # noqa: ANN401 - JSON
        value, end = json.decoder.JSONObject(begin, *rest)  # type: ignore[attr-defined]
        self.began[id(value)] = begin[1]
        return value, end


def _no_json(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _check_schema(root: Path, path: Path, handlers: Mapping[str, object]) -> None:
    name = _named(root, path)
    kind = name.removeprefix("handlers/").removesuffix(_SCHEMA)
    ending, of_result = _SCHEMA, kind.removesuffix(_RESULT)
    if of_result != kind and of_result in handlers:
        if kind in handlers:
            reason = f"result of {of_result!r} or input of {kind!r}? Rename one of the types"
            raise Fault(name, 1, reason)
        kind, ending = of_result, _RESULT + _SCHEMA
    if kind not in handlers:
        raise Fault(name, 1, f"schema without a handler: {kind!r} is not in HANDLERS")
    decoder = _Located()
    try:
        text = path.read_text("utf-8")
        schema = decoder.decode(text)
    except json.JSONDecodeError as error:
        raise Fault(name, error.lineno, f"invalid JSON: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise Fault(name, 1, f"invalid JSON: {error}") from None
    if not isinstance(schema, dict):
        raise Fault(name, 1, "a schema must be a JSON object")
    with _blamed(root, "command_api/adapters/schemas.py"):
        from command_api.adapters.schemas import HandlerSchemas  # noqa: PLC0415 - the zip's

    try:
        HandlerSchemas(ending).violations(kind, {})
    except Exception as error:  # noqa: BLE001 - the library raises what it likes
        begin = decoder.began[id(_guilty(schema, str(error)))]
        line = text.count("\n", 0, begin) + 1
        raise Fault(name, line, f"invalid JSON Schema: {error}") from None


def _guilty(schema: dict[str, Any], reason: str) -> dict[str, Any]:
    """The innermost object that cannot be compiled by itself, for the same reason."""
    import fastjsonschema  # noqa: PLC0415 - the zip's

    for inner in _objects([*schema.values()]):
        try:
            fastjsonschema.compile(inner, use_default=False)
        except Exception as error:  # noqa: BLE001 - the library raises what it likes
            if str(error) == reason:
                return _guilty(inner, reason)
    return schema


def _objects(values: list[Any]) -> Iterator[dict[str, Any]]:
    """The outermost objects among values and lists of them; those in a map of schemas, too."""
    for value in values:
        if isinstance(value, list):
            yield from _objects(value)
        elif isinstance(value, dict):
            yield value
            yield from _objects([*value.values()])


def main() -> None:
    """Answer on standard output; what handlers print while they are imported is no part of it."""
    root, places, variables = Path(sys.argv[1]), json.loads(sys.argv[2]), json.loads(sys.argv[3])
    sys.path[:0] = [str(root)]
    sys.meta_path.append(RuntimePackages(places))
    answer = sys.stdout
    try:
        with contextlib.redirect_stdout(sys.stderr):
            said = json.dumps({"needs": start(root, variables)}, allow_nan=False)
    except Fault as fault:
        said = json.dumps({"path": fault.path, "line": fault.line, "reason": fault.reason})
    except ValueError as error:
        said = json.dumps({"path": REGISTRY, "line": 1, "reason": f"min_seconds: {error}"})
    answer.write(said)


if __name__ == "__main__":
    main()
