"""The definition of a segment as a hash. If it differs from the previous run's, alerts on it start over."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flamescore.rules import Hot


def digest(value: Any) -> str:  # noqa: ANN401 - what JSON can hold
    """Return the SHA-256, in hex, of a value's JSON: keys sorted, no spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def definition(
    condition: Any,  # noqa: ANN401 - what JSON can hold
    *,
    everyone: bool,
    limit: int | None,
    named: Mapping[str, str],
) -> str:
    """Return the definition of a segment: its `if` as written, `everyone`, `limit`, and `named`.

    `named` contains, by name, the definitions of the segments that its `if` refers to.
    """
    return digest({"if": condition, "everyone": everyone, "limit": limit, "segments": dict(named)})


def definition_of_hot(hot: Hot) -> str:
    """Return the definition of `hot`, derived from the number of flames or from the condition as written."""
    return digest(hot.flames if hot.by_flames is not None else hot.written)
