"""Exports that a preset recognizes by their header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.first_guess.guess import Guess, Key
from flamescore.project import all_presets

if TYPE_CHECKING:
    from flamescore.exports import Spool
    from flamescore.first_guess.files import Export


def preset_of(export: Export, spool: Spool) -> tuple[Guess | None, str]:
    """Return the guess by a preset, and a remark if presets fit but none is used.

    A preset is used if it is the only one that fits and it was verified with real exports.
    """
    fits = export.files.presets(spool)
    if not fits:
        return None, ""
    names = " and ".join(f"{name} ({variant.name})" for name, variant in fits)
    if len(fits) > 1:
        return None, f"Several presets fit: {names}. Say one with `preset:` in place of the columns."
    ((name, variant),) = fits
    if not (variant.verified and all_presets()[name].verified):
        return None, f"It may be of {names}; that preset was not made from real exports, so it is not taken."
    keys = {"preset": Key(name, variant.name)}
    zone = variant.keys.timezone
    return (
        Guess(
            export.path,
            variant.kind,
            f"its header is that of preset {names}",
            keys,
            next(iter(variant.keys.columns.get("contact_id", ())), None),
            None if zone is None else zone.key,
        ),
        "",
    )
