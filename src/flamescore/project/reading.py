"""Read the project file into sections: frozen objects whose fields are the keys of a mapping."""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from msgspec.structs import replace

from flamescore.project.values import Setting
from flamescore.schema_reader import Key, Reading, RefusedError, Shape
from flamescore.yaml_tree import nearest, parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from flamescore.schema_reader import At, ProblemText, Value, ValueType
    from flamescore.yaml_tree import Path

S = TypeVar("S", bound="Section")


@dataclass(slots=True)
class ProjectReading(Reading):
    """One reading of a project file. Null values are read, and rejected, by their types as well."""

    READS_NULLS: ClassVar[bool] = True

    def label(self, path: Path) -> str:
        """Return the keys on the path to a value: `contacts.columns`."""
        return f"`{named(path)}`"

    def wrong(self, at: At, wanted: str, hint: str | None = None) -> ProblemText:
        """Report a value that is of the wrong kind."""
        return "P023", f"{at.label} must be {wanted}, not {at.node.shown()}.", hint

    def empty(self, at: At) -> ProblemText:
        """Report an empty list or mapping."""
        return "P023", f"{at.label} must not be empty.", None

    def unknown(self, shape: Shape, key: str, at: At) -> ProblemText | None:
        """Report a key that is unknown or not allowed here."""
        if shape.unknown is not None:
            return shape.unknown(shape, key, at)
        meant = nearest(key, shape.keys)
        hint = f"Did you mean `{meant}`?" if meant else f"Known here: {', '.join(shape.keys)}."
        owner = named(at.path) if at.path else "the project file"
        return "P025", f"Unknown key `{key}` in {owner}.", hint

    def missing(self, shape: Shape, key: str, at: At) -> ProblemText:  # noqa: ARG002 - the same for all shapes
        """Report a missing required key."""
        hint = "A project file begins with `version: 1`." if (*at.path, key) == ("version",) else None
        return "P021", f"`{named((*at.path, key))}` is missing.", hint


def named(path: Path) -> str:
    """Return the keys on the path to a value, without item indices: `contacts.columns`."""
    return ".".join(step for step in path if isinstance(step, str)) or "It"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A mapping of the project file. `given_keys` are the keys that were set; others have their default."""

    given_keys: frozenset[str] = field(default=frozenset(), compare=False)

    def with_keys(self, **values: Value) -> Self:
        """Return a copy of the section with these keys set."""
        return dataclasses.replace(self, **values, given_keys=self.given_keys | values.keys())


def setting(
    type_: ValueType,
    about: str,
    default: Value = MISSING,
    factory: Callable[[], Value] | None = None,
    name: str | None = None,
) -> Any:  # noqa: ANN401 - a field of any annotated type
    """Declare a field of a section: the type and meaning of its key.

    A key without a default is required. A default is given as written in the file, except for None, which
    can't be written there. A `factory` makes a default that has no written form. `name` is the name of the
    key if it differs from the field's, since no field can be called `if`.
    """
    if factory is not None:
        return field(default_factory=factory, metadata={"key": Key(type_, about), "name": name})
    if default is None:
        type_ = replace(type_, read=_or_nothing(type_))
    key = Key(type_, about, needed=default is MISSING, default=None if default is MISSING else default)
    value = type_.of(default) if isinstance(type_, Setting) and default not in (None, MISSING) else default
    return field(default=value, metadata={"key": key, "name": name})


def _or_nothing(type_: ValueType) -> Callable[[At], Value]:
    """Return a reader that reads a null value as None; nulls are reported once, for the whole file."""
    return lambda at: None if at.node.kind == "null" else type_.read(at)


def shape_of(section: type[Section]) -> Shape:
    """Return the shape of a section, built from its fields."""
    settings = [each for each in fields(section) if "key" in each.metadata]
    names = {each.metadata["name"] or each.name: each.name for each in settings}
    keys = {name: each.metadata["key"] for name, each in zip(names, settings, strict=True)}

    def make(found: dict[str, Value]) -> Section:
        return section(**{names[key]: value for key, value in found.items()}, given_keys=frozenset(found))

    return Shape(section.__name__, section.__doc__ or "", keys, make)


def read_shipped(section: type[S], text: str, name: str) -> S:
    """Read a file that is shipped with the package as a section.

    Raises:
        ValueError: the file has faults; all are listed. This is a bug in the package, not a user error.
    """
    parsed = parse(text, name)
    assert parsed.document is not None, name
    reading = ProjectReading(parsed.document)
    try:
        found: S = shape_of(section).read(reading.at())
    except RefusedError:
        raise ValueError("\n".join(map(str, reading.problems))) from None
    return found
