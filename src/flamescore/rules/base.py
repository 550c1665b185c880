"""What every model of the rule file is, and how its unions are told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict, Discriminator

from flamescore.source import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK: Final = "\x00"
"""Begins the tag of each member of a union, so that it is never taken for a key of the file."""


class Model(BaseModel):
    """A frozen part of a rule file; unknown keys are errors."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False, protected_namespaces=()
    )


def by_kind(*, mapping: str, items: str | None = None, scalar: str) -> Discriminator:
    """Tell members apart by what YAML has there: a mapping, a list or a scalar."""

    def tag(value: Any) -> str:  # noqa: ANN401 - what YAML can hold
        if isinstance(value, dict | Model):
            return MARK + mapping
        return MARK + (items if items is not None and isinstance(value, list | tuple) else scalar)

    return Discriminator(tag)


def by_key(keys: Mapping[str, str], *, default: str, known: tuple[str, ...] = ()) -> Discriminator:
    """Tell members apart by the first of the keys that the mapping has, or has nearly (a slip of the pen).

    `known` are words of the members that are no slips.
    """

    def tag(value: Any) -> str:  # noqa: ANN401 - what YAML can hold
        return MARK + keys.get(chosen(value, tuple(keys), known) or "", default)

    return Discriminator(tag)


def chosen(value: Any, keys: tuple[str, ...], known: tuple[str, ...] = ()) -> str | None:  # noqa: ANN401
    """Return the first of the keys that a mapping has, else the one that an unknown key is nearest to."""
    if not isinstance(value, dict):
        return None
    for key in keys:
        if key in value:
            return key
    slips = (nearest(word, (*keys, *known)) for word in value if word not in known)
    return next((meant for meant in slips if meant in keys), None)
