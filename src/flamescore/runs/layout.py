"""What a record is made of: frozen values, checked as they are made, written as JSON and read from it.

A part is a class with an annotated field for each key:

    class StepEntry(Part):
        step: str = key("its name")
        rows: int | None = key("the rows that it went through", default=None)

A type may be `str`, `int`, `float`, `bool`, `Decimal`, `datetime` (of a known zone), `None`, a part,
`dict[str, Any]` (any mapping that JSON can hold), `X | None`, `tuple[X, ...]`, `tuple[X, X]`, or
`Annotated[X, then]`, where `then` is called with what was read and raises `ValueError` to refuse it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Final,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from msgspec import Struct

from flamescore.text import for_log
from flamescore.units import nearest_points, show_points

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

MISSING: Final = object()
"""What is read where a key is missing: it is of no type."""

_STEP: Final = "  "


class WrongValueError(ValueError):
    """A value is not what a key takes, or is missing.

    `path` leads to it: keys, and places in lists, from 0.
    """

    def __init__(self, path: tuple[str | int, ...] = ()) -> None:
        self.path = path
        super().__init__(self.place)

    @property
    def place(self) -> str:
        """The path as it is shown: `scores[0].title`; empty for the whole."""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).lstrip(".")


def _of_64_bits(number: int) -> int:
    if not -(2**63) <= number < 2**63:
        raise ValueError("it is too large")
    return number


Clean = Annotated[str, for_log]
"""What a person may read of it on a terminal: no control characters, URLs without credentials."""
Whole = Annotated[int, _of_64_bits]
"""A number that a table can hold."""


class Key(Struct, frozen=True):
    """What a key means, and its default; `absent` is one that is not written where it is null."""

    about: str
    default: Any = MISSING
    absent: bool = False


def key(about: str, *, default: Any = MISSING, absent: bool = False) -> Any:  # noqa: ANN401 - a field of whatever type it is annotated with
    """Declare a key of a part: what it means, and what it is where it is missing.

    One that may be `absent` is None then, and is not written where it is None.
    """
    return Key(about, None if absent else default, absent)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(key,))
class Part:
    """A part of a record: a frozen value."""

    KEYS: ClassVar[Mapping[str, Key]] = {}
    """What is declared of each key, in order."""

    def __init_subclass__(cls) -> None:
        cls.KEYS = {name: each for name, each in vars(cls).items() if isinstance(each, Key)}

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - of the types that are declared
        if not values.keys() <= self.KEYS.keys():
            raise TypeError(f"a {type(self).__name__} has no key of this name")
        kind: Any = type(self)
        for name, (read, default) in _readers(kind).items():
            try:
                vars(self)[name] = read(values.get(name, default))
            except WrongValueError as error:
                raise WrongValueError((name, *error.path)) from None

    @classmethod
    def read(cls, value: object) -> Self:
        """Return the part that JSON tells; a part of the class is returned as it is.

        A record of a later program may hold more: what is not known here is passed over.

        Raises:
            WrongValueError: something is missing, or not of its type.
        """
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            raise WrongValueError
        return cls(**{name: value[name] for name in cls.KEYS if name in value})

    def but(self, **values: Any) -> Self:  # noqa: ANN401 - of the types that are declared
        """Return the part with other values for some keys."""
        return type(self)(**vars(self) | values)

    def as_dict(self) -> dict[str, Any]:
        """Return the values by key, those of the parts inside too."""
        return {name: _without_parts(value) for name, value in vars(self).items()}

    def __setattr__(self, name: str, _value: object) -> None:
        raise AttributeError(f"{name} of a {type(self).__name__} can't be set: it is frozen")

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"
        )


def to_json(value: object, margin: str = "") -> str:
    """Return a part, or what a key of one has, as JSON of a key a line; points have all their digits."""
    if isinstance(value, Part):
        there = (
            (name, each)
            for name, each in vars(value).items()
            if not value.KEYS[name].absent or each is not None
        )
        lines = [f'"{name}": {to_json(each, margin + _STEP)}' for name, each in there]
        return _block("{}", lines, margin)
    if isinstance(value, tuple):
        return _block("[]", [to_json(each, margin + _STEP) for each in value], margin)
    if isinstance(value, Decimal):
        return show_points(nearest_points(value))
    if isinstance(value, datetime):
        value = value.isoformat().replace("+00:00", "Z")
    return json.dumps(value, ensure_ascii=False)


def _block(brackets: str, lines: list[str], margin: str) -> str:
    inside = ",".join(f"\n{margin}{_STEP}{line}" for line in lines)
    return f"{brackets[0]}{inside}\n{margin}{brackets[1]}" if lines else brackets


def _without_parts(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(_without_parts, value))
    return value.as_dict() if isinstance(value, Part) else value


# --- how values are read


@cache
def _readers(part: type[Any]) -> dict[str, tuple[Callable[[Any], Any], Any]]:
    """Return how the value of each key of a class is read, and its default."""
    kinds = get_type_hints(part, include_extras=True)
    return {name: (_reader(kinds[name]), declared.default) for name, declared in part.KEYS.items()}


def _reader(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - a type, or a form of `typing`
    """Return what reads a value of a type; it raises `WrongValueError` for any other."""
    if isinstance(kind, type) and issubclass(kind, Part):
        return kind.read
    origin, of = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _then(_reader(of[0]), of[1])
    if origin in (Union, UnionType):
        return _or_none(_reader(of[0]))
    if origin is dict:
        return _object
    if origin is tuple:
        size = None if of[-1] is Ellipsis else len(of)
        return _several(_reader(of[0]), size)
    return _mapping if origin is dict else _PLAIN[kind]


def _then(read: Callable[[Any], Any], then: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read_then(value: object) -> object:
        found = read(value)
        try:
            return then(found)
        except ValueError:
            raise WrongValueError from None

    return read_then


def _or_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _several(read: Callable[[Any], Any], size: int | None) -> Callable[[Any], Any]:
    def read_all(value: object) -> tuple[Any, ...]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise WrongValueError
        if size is not None and len(value) != size:
            raise WrongValueError
        found = []
        for place, each in enumerate(value):
            try:
                found.append(read(each))
            except WrongValueError as error:
                raise WrongValueError((place, *error.path)) from None
        return tuple(found)

    return read_all


def _mapping(value: object) -> dict[str, Any]:
    """Read a mapping as JSON has it; numbers with a point are floats."""
    if not isinstance(value, Mapping):
        raise WrongValueError
    return {str(name): _json(each) for name, each in value.items()}


def _json(value: object) -> object:
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, list | tuple):
        return [_json(each) for each in value]
    return float(value) if isinstance(value, Decimal) else value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise WrongValueError
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise WrongValueError
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongValueError
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        raise WrongValueError
    try:
        found = float(value)
    except OverflowError:
        raise WrongValueError from None
    if not math.isfinite(found):
        raise WrongValueError
    return found


def _exact(value: object) -> Decimal:
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        raise WrongValueError
    found = Decimal(str(value))
    if not found.is_finite():
        raise WrongValueError
    return found


def _instant(value: object) -> datetime:
    """Read an instant: of a part it is one already, in JSON it is a text that says its zone."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise WrongValueError from None
    if not isinstance(found, datetime) or found.tzinfo is None:
        raise WrongValueError
    return found


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise WrongValueError
    return dict(value)


def _nothing(value: object) -> None:
    if value is not None:
        raise WrongValueError


_PLAIN: Final[Mapping[object, Callable[[Any], Any]]] = {
    str: _text,
    int: _whole,
    bool: _flag,
    float: _number,
    Decimal: _exact,
    datetime: _instant,
    NoneType: _nothing,
}
