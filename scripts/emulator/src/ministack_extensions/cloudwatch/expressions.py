"""Metric math, as far as alarms commonly use it.

AWS: "Using math expressions with CloudWatch metrics" (using-metric-math.html): + - * /,
comparisons, `IF(condition, value, otherwise)` and `FILL(metric, value)`. What is more than that is
refused when the alarm is made, instead of never being judged.
"""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class Unsupported(ValueError):
    """The expression is none, or uses what is not emulated."""


def parse(expression: str) -> ast.expr:
    """The expression as a tree; Unsupported where it cannot be judged."""
    try:
        tree = ast.parse(expression, mode="eval").body
        evaluate(tree, _Anything())
    except (SyntaxError, RecursionError) as error:
        raise Unsupported(expression) from error
    return tree


def evaluate(node: ast.expr, values: Mapping[str, float | None]) -> float | None:
    """The value of one period; None where a metric that it needs has none in that period."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return values[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return _both(left, right, _ARITHMETIC[type(op)], values)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            return _both(left, right, _COMPARISONS[type(op)], values)
        case ast.Call(func=ast.Name(id="FILL"), args=[metric, otherwise]):
            value = evaluate(metric, values)
            return evaluate(otherwise, values) if value is None else value
        case ast.Call(func=ast.Name(id="IF"), args=[condition, value, otherwise]):
            holds = evaluate(condition, values)
            chosen = evaluate(value, values), evaluate(otherwise, values)
            return None if holds is None else chosen[0 if holds else 1]
    raise Unsupported(ast.unparse(node))


def names(node: ast.expr) -> set[str]:
    """The ids of the metrics that an expression needs."""
    functions = {one.func for one in ast.walk(node) if isinstance(one, ast.Call)}
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and one not in functions}


def _both(
    left: ast.expr,
    right: ast.expr,
    apply: Callable[[float, float], float],
    values: Mapping[str, float | None],
) -> float | None:
    one, other = evaluate(left, values), evaluate(right, values)
    if one is None or other is None:
        return None
    try:
        return float(apply(one, other))
    except ZeroDivisionError:
        return None


class _Anything(dict[str, float | None]):
    """Every metric, with a value: an expression that works on it works on all."""

    def __missing__(self, name: str) -> float | None:
        return 1.0
