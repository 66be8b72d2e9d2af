"""Texts of Python files: strings that are sentences, wherever they stand."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WORDS = re.compile(r"[A-Za-z]{2,}[^A-Za-z]* [^A-Za-z]*[A-Za-z]")
# Code in a string: DynamoDB expressions, types, markup, queries, shell.
_CODE = re.compile(r"[#:]\w+ =|= [#:]|\w \| \w|</?\w+|::|dict\[|^(REMOVE|\{\} REMOVE) ")
_COMMANDS = {"command", "group"}


def texts(path: Path) -> Iterator[str]:
    """Yield the texts of a file in their order; a `{}` stands for a value that is put in.

    Docstrings count where click shows them: on a command.
    """
    tree = ast.parse(path.read_text())
    help_texts = {id(node.body[0]) for node in ast.walk(tree) if _is_command(node)}
    # Every other string that is a statement documents what stands before it.
    hidden = {
        id(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and id(node) not in help_texts
    }
    yield from _in(tree, hidden)


def _in(node: ast.AST, hidden: set[int]) -> Iterator[str]:
    if id(node) in hidden:
        return
    text = _text(node)
    if text is None:
        for child in ast.iter_child_nodes(node):
            yield from _in(child, hidden)
    elif _WORDS.search(text) and not _CODE.search(text):
        yield " ".join(text.split())


def _text(node: ast.AST) -> str | None:
    match node:
        case ast.Constant(value=str() as value):
            return value
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or "{}" for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            found = [_text(left), _text(right)]
            return None if found == [None, None] else "".join(one or "{}" for one in found)
    return None


def _is_command(node: ast.AST) -> TypeGuard[ast.FunctionDef]:
    if not isinstance(node, ast.FunctionDef):
        return False
    called = (one.func for one in node.decorator_list if isinstance(one, ast.Call))
    return any(isinstance(one, ast.Attribute) and one.attr in _COMMANDS for one in called)
