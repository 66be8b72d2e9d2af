"""Write the AWS provider's schema of the types that the repository uses.

    python -m tests.infra.schema.renew

Terraform itself is not asked: it would have to download and start that version of the provider.
Two npm packages say the same; npm must be installed and reach a registry.

- @cdktn/provider-aws is generated from the schema: https://github.com/cdktn-io/cdktn-provider-aws
- @pulumi/aws tells what is deprecated, though not all of it: https://github.com/pulumi/pulumi-aws
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.infra.schema.used import KINDS, blocks, files, references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.infra.schema.check import Body

BINDINGS, DEPRECATIONS = "@cdktn/provider-aws@25.7.0", "@pulumi/aws@7.48.0"
VERSION = "6.66.0"
SCHEMA = Path(__file__).with_name("aws-6.66.json")
_CLASS = re.compile(r"^class (\w+) extends cdktn\.(\w+)")
_FIELD = re.compile(r"^    // (\w+) - computed: (\w+), optional: (\w+), required: (\w+)")
_NESTED = re.compile(r"^    _\w+ = new (\w+)\(this, \"(\w+)\"")
_ITEM = re.compile(r"return new (\w+OutputReference)\(")
_TYPE = re.compile(r"tfResourceType = \"(\w+)\"")
_CLASSES = {
    "TerraformResource": "resource",
    "TerraformDataSource": "data",
    "TerraformEphemeralResource": "ephemeral",
}


def main() -> None:
    """Download both packages, and write the types that are in use."""
    with tempfile.TemporaryDirectory() as folder:
        bindings, deprecations = (_packed(name, Path(folder)) for name in (BINDINGS, DEPRECATIONS))
        schema = used(read(bindings, deprecated(deprecations)))
    SCHEMA.write_text(_written(schema))
    types = sum(map(len, schema.values()))
    sys.stdout.write(f"{SCHEMA.name}: {types} types of {BINDINGS}\n")


def _packed(package: str, folder: Path) -> Path:
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), package]
    name = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    return folder / name


def used(schema: dict[str, dict[str, Body]]) -> dict[str, dict[str, Body]]:
    """The types of a schema that the repository's files set or read."""
    named = {(it.kind, it.type) for path in files() for it in blocks(path)}
    named |= {(it.kind, it.type) for path in files() for it in references(path)}
    return {
        kind: {type_: body for type_, body in types.items() if (kind, type_) in named}
        for kind, types in schema.items()
    }


def _written(schema: dict[str, dict[str, Body]]) -> str:
    """One type a line, so that a change of the file can be read."""
    kinds = []
    for kind, types in schema.items():
        lines = [f'  "{it}": {json.dumps(types[it], sort_keys=True)}' for it in sorted(types)]
        kinds.append(f' "{kind}": {{\n' + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(kinds) + "\n}\n"


def read(bindings: Path, why: dict[str, dict[str, str]]) -> dict[str, dict[str, Body]]:
    """The schema of all types, with the reasons of deprecated attributes."""
    schema: dict[str, dict[str, Body]] = {kind: {} for kind in KINDS}
    for path, text in _texts(bindings):
        if path == "package.json":
            version = json.loads(text)["cdktn"]["provider"]["version"]
            assert version == VERSION, f"{BINDINGS} is of provider {version}"
        elif re.fullmatch(r"lib/[^/]+/index\.js", path) and (found := _module(text)):
            kind, type_, body = found
            name = _flat(type_.removeprefix("aws_"))
            # Pulumi calls the data source aws_region getRegion, and aws_sqs_queue sqs/getQueue.
            places = [it for it in why if it.replace("get", "", 1) == name != it]
            _mark(body, places if kind == "data" else [name], why)
            schema[kind][type_] = body
    return schema


def _texts(package: Path) -> Iterator[tuple[str, str]]:
    with tarfile.open(package) as archive:
        for member in archive:
            if content := archive.extractfile(member):
                yield (
                    member.name.removeprefix("package/"),
                    content.read().decode("utf-8", "replace"),
                )


def _module(text: str) -> tuple[str, str, Body] | None:
    """Kind, type and body of the one resource that a module of the bindings is of."""
    classes: dict[str, dict[str, dict[str, Any]]] = {}
    items: dict[str, str] = {}  # the class of a list's items, by the list's
    name = kind = type_ = root = ""
    for line in text.splitlines():
        if found := _CLASS.match(line):
            name = found[1]
            classes[name] = {}
            if found[2] in _CLASSES:
                kind, root = _CLASSES[found[2]], name
        elif found := _FIELD.match(line):
            flags = zip(("computed", "optional", "required"), found.groups()[1:], strict=True)
            # Optional and computed at once: what is left out, the provider chooses.
            classes[name][found[1]] = {"is": [it for it, value in flags if value == "true"][-1]}
        elif found := _NESTED.match(line):
            classes[name].setdefault(found[2], {"is": "optional"})["class"] = found[1]
        elif found := _ITEM.search(line):
            items[name] = found[1]
        elif name == root and (found := _TYPE.search(line)):
            type_ = found[1]
    return (kind, type_, _resolved(root, classes, items)) if type_ else None


def _resolved(
    name: str, classes: dict[str, dict[str, dict[str, Any]]], items: dict[str, str]
) -> Body:
    body: Body = {}
    for field, flags in classes.get(name, {}).items():
        inner = flags.get("class")
        body[field] = {"is": flags["is"]}
        if inner and (of := _resolved(items.get(inner, inner), classes, items)):
            body[field]["of"] = of
    return body


def deprecated(package: Path) -> dict[str, dict[str, str]]:
    """Why attributes are deprecated, by Pulumi's name of the place in lower-case letters."""
    found: dict[str, dict[str, str]] = {}
    for path, text in _texts(package):
        if path.endswith(".d.ts") and path != "types/output.d.ts":
            place = path.removesuffix(".d.ts")
            for name in (place, place.rpartition("/")[2]):
                found.setdefault(_flat(name), {})
            _read_deprecated(text, place, found)
    return found


def _read_deprecated(text: str, place: str, found: dict[str, dict[str, str]]) -> None:
    nested = place.startswith("types/")
    at, namespace, why = _flat(place), "", ""
    for line in text.splitlines():
        if nested and (start := re.match(r"export declare namespace (\w+)", line)):
            namespace = start[1]
        elif nested and (start := re.match(r"\s+interface (\w+)", line)):
            at = _flat(namespace + start[1])
        elif reason := re.search(r"@deprecated (.*)", line):
            why = reason[1]
        elif why and (name := re.match(r"\s+(?:readonly )?(\w+)\??:", line)):
            snake = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name[1]).lower()
            found.setdefault(at, {})[snake] = why
            why = ""


def _mark(body: Body, places: list[str], why: dict[str, dict[str, str]]) -> None:
    for place in places:
        for field, reason in why.get(place, {}).items():
            if field in body:
                body[field]["deprecated"] = reason
    for field, it in body.items():
        if "of" in it:
            _mark(it["of"], [place + _flat(field) for place in places], why)


def _flat(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


if __name__ == "__main__":
    main()
