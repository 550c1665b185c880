"""Mutants: all small faults that can be put into a module's code, each identified by a name."""

from __future__ import annotations

import ast
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COMPARISONS: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
NAMES = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "and_": "or_",
    "or_": "and_",
    "minimum": "maximum",
    "maximum": "minimum",
    "zeros": "ones",
    "ones": "zeros",
    "is_null": "is_not_null",
    "is_not_null": "is_null",
    "pop": "append",
}
TEXTS = {"left": "right", "right": "left", "first": "last", "last": "first", "min": "max", "anti": "semi"}
COMMUTATIVE = frozenset({"min", "max", "minimum", "maximum"})
"""Functions whose result does not depend on the order of their arguments."""

_UNTOUCHED = (ast.Import, ast.ImportFrom, ast.Raise, ast.Assert, ast.Delete, ast.JoinedStr)
_SKIPPED_FIELDS = ("decorator_list", "returns", "annotation", "type_params")


@dataclass(frozen=True)
class Mutant:
    """One change: the node's index in the walk, the index of the change, and the code before and after."""

    path: Path
    module: str
    """The path under `src/flamescore`."""

    node: int
    change: int
    line: int
    within: str
    before: str
    after: str
    again: int = 1
    """The number among identical changes in the function, from 1."""

    @property
    def name(self) -> str:
        """The name, without the line, so that changes elsewhere in the file don't affect it."""
        again = "" if self.again == 1 else f"  ({self.again})"
        return f"{self.module} {self.within}: {self.before}  ->  {self.after}{again}"

    def tree(self) -> ast.Module:
        """Return the syntax tree of the module with the change applied."""
        tree = ast.parse(self.path.read_text())
        node, _ = list(_walk(tree))[self.node]
        _changes(node)[self.change]()
        return ast.fix_missing_locations(tree)


def mutants_of(path: Path, module: str) -> Iterator[Mutant]:
    """Yield every mutant of the module at `path`, named `module`."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for number, (node, within) in enumerate(_walk(ast.parse(path.read_text()))):
        for change in range(len(_changes(node))):
            fresh = deepcopy(node)
            _changes(fresh)[change]()
            before, after = _shown(node), _shown(ast.fix_missing_locations(fresh))
            seen[within, before, after] += 1
            again = seen[within, before, after]
            yield Mutant(path, module, number, change, node.lineno, within, before, after, again)


def chosen(mutants: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """Choose `count` mutants by a hash of their names, so that a code change affects few of the choices."""
    return sorted(mutants, key=lambda each: sha256(f"{seed} {each.name}".encode()).digest())[:count]


def _walk(node: ast.AST, within: str = "module") -> Iterator[tuple[Any, str]]:
    """Yield every node that has an effect at run time, and the function that contains it."""
    if isinstance(node, _UNTOUCHED) or _is_text(node) or _is_for_types(node):
        return
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        within = node.name if within == "module" else f"{within}.{node.name}"
    if hasattr(node, "lineno"):
        yield node, within
    for name, value in ast.iter_fields(node):
        if name not in _SKIPPED_FIELDS:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _walk(child, within)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _shown(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text.splitlines()[0] if isinstance(node, ast.If) else text.replace("\n", " ")


def _changes(node: Any) -> list[Callable[[], None]]:
    """Return the ways to change a node in place."""
    changes = _CHANGES.get(type(node))
    return changes(node) if changes else []


def _set(node: Any, name: str, value: Any) -> Callable[[], None]:
    return lambda: setattr(node, name, value)


def _compare(node: ast.Compare) -> list[Callable[[], None]]:
    return [
        _set(node, "ops", [*node.ops[:place], other(), *node.ops[place + 1 :]])
        for place, op in enumerate(node.ops)
        for other in COMPARISONS[type(op)]
    ]


def _binary(node: ast.BinOp | ast.AugAssign) -> list[Callable[[], None]]:
    return [_set(node, "op", ARITHMETIC[type(node.op)]())] if type(node.op) in ARITHMETIC else []


def _boolean(node: ast.BoolOp) -> list[Callable[[], None]]:
    return [_set(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())]


def _unary(node: ast.UnaryOp) -> list[Callable[[], None]]:
    if isinstance(node.op, ast.USub):
        return [_set(node, "op", ast.UAdd())]
    return [_set(node, "operand", ast.UnaryOp(node.op, node.operand))]


def _constant(node: ast.Constant) -> list[Callable[[], None]]:
    if isinstance(node.value, bool):
        return [_set(node, "value", not node.value)]
    if isinstance(node.value, int):
        return [_set(node, "value", node.value + 1), _set(node, "value", node.value - 1)]
    return [_set(node, "value", TEXTS[node.value])] if node.value in TEXTS else []


def _call(node: ast.Call) -> list[Callable[[], None]]:
    plain = len(node.args) > 1 and not any(isinstance(each, ast.Starred) for each in node.args)
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if not plain or called in COMMUTATIVE:
        return []
    return [_set(node, "args", [node.args[1], node.args[0], *node.args[2:]])]


def _slice(node: ast.Slice) -> list[Callable[[], None]]:
    out = [] if node.lower else [_set(node, "lower", ast.Constant(1))]
    return out if node.upper else [*out, _set(node, "upper", ast.UnaryOp(ast.USub(), ast.Constant(1)))]


def _test(node: ast.If) -> list[Callable[[], None]]:
    return [_set(node, "test", ast.UnaryOp(ast.Not(), node.test))]


def _choice(node: ast.IfExp) -> list[Callable[[], None]]:
    return [lambda: node.__dict__.update(body=node.orelse, orelse=node.body)]


def _dropped(node: ast.Expr | ast.AugAssign | ast.Break) -> list[Callable[[], None]]:
    drop = _set(node, "__class__", ast.Pass)
    return [*_binary(node), drop] if isinstance(node, ast.AugAssign) else [drop]


_CHANGES: dict[type, Callable[[Any], list[Callable[[], None]]]] = {
    ast.Compare: _compare,
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.UnaryOp: _unary,
    ast.Constant: _constant,
    ast.Call: _call,
    ast.Slice: _slice,
    ast.If: _test,
    ast.IfExp: _choice,
    ast.Expr: _dropped,
    ast.AugAssign: _dropped,
    ast.Break: _dropped,
    ast.Name: lambda node: [_set(node, "id", NAMES[node.id])] if node.id in NAMES else [],
    ast.Attribute: lambda node: [_set(node, "attr", NAMES[node.attr])] if node.attr in NAMES else [],
}
