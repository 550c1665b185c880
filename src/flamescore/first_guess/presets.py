"""Exports that a preset knows by their header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.first_guess.guess import Guess, Key
from flamescore.project import all_presets

if TYPE_CHECKING:
    from flamescore.exports import Spool
    from flamescore.first_guess.files import Export


def preset_of(export: Export, spool: Spool) -> tuple[Guess | None, str]:
    """Return what a preset says of an export, and a remark where presets fit and none is taken.

    One is taken that `preset: auto` would take, if its export has been seen in reality and no other fits.
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
