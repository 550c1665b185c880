"""The parts of a record: frozen values, validated when created, and serialized to and from JSON.

A part is a class with an annotated field per key:

    class StepEntry(Part):
        step: str = key("its name")
        rows: int | None = key("the rows that it went through", default=None)

A type may be `str`, `int`, `float`, `bool`, `Decimal`, `datetime` (aware), `None`, a part, `dict[str, Any]`
(any JSON object), `X | None`, `tuple[X, ...]`, `tuple[X, X]`, or `Annotated[X, then]`, where `then` converts
the value, and raises `ValueError` to reject it.
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
"""The value of a missing key, which no type accepts."""

_STEP: Final = "  "


class WrongValueError(ValueError):
    """A value is missing, or is not valid for its key.

    `path` is the path to it: keys, and list indexes from 0.
    """

    def __init__(self, path: tuple[str | int, ...] = ()) -> None:
        self.path = path
        super().__init__(self.place)

    @property
    def place(self) -> str:
        """The path as text: `scores[0].title`; empty for the root."""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).lstrip(".")


def _of_64_bits(number: int) -> int:
    if not -(2**63) <= number < 2**63:
        raise ValueError("it is too large")
    return number


Clean = Annotated[str, for_log]
"""Text that is safe to show on a terminal: no control characters, URLs without credentials."""
Whole = Annotated[int, _of_64_bits]
"""An integer of 64 bits, which fits into a table."""


class Key(Struct, frozen=True):
    """The meaning of a key, and its default; an `absent` key is not written if it is null."""

    about: str
    default: Any = MISSING
    absent: bool = False


def key(about: str, *, default: Any = MISSING, absent: bool = False) -> Any:  # noqa: ANN401 - of the annotated type
    """Declare a key of a part: its meaning, and its default if missing.

    An `absent` key defaults to None and is not written if it is None.
    """
    return Key(about, None if absent else default, absent)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(key,))
class Part:
    """A part of a record: a frozen value."""

    KEYS: ClassVar[Mapping[str, Key]] = {}
    """The declared keys, in order."""

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
        """Build the part from parsed JSON; return an instance of the class unchanged.

        Unknown keys are ignored, since records of later versions may have more.

        Raises:
            WrongValueError: a value is missing or has the wrong type.
        """
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            raise WrongValueError
        return cls(**{name: value[name] for name in cls.KEYS if name in value})

    def but(self, **values: Any) -> Self:  # noqa: ANN401 - of the types that are declared
        """Return a copy of the part with other values for some keys."""
        return type(self)(**vars(self) | values)

    def as_dict(self) -> dict[str, Any]:
        """Return the values by key, with nested parts converted too."""
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
    """Return a part, or the value of a key, as JSON with one key per line; points keep all their digits."""
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
    """Return the reader function and the default of each key of a class."""
    kinds = get_type_hints(part, include_extras=True)
    return {name: (_reader(kinds[name]), declared.default) for name, declared in part.KEYS.items()}


def _reader(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - a type, or a form of `typing`
    """Return a function that reads a value of a type; it raises `WrongValueError` for any other value."""
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
    """Read a JSON object; numbers with a decimal point become floats."""
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
    """Read an instant: an aware `datetime`, or text with a UTC offset as in JSON."""
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
