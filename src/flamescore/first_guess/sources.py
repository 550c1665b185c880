"""Guess what the exports are, by presets, as contacts or as events, and try each guess with the loader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from flamescore.exports import Spool
from flamescore.first_guess.contacts import contacts_of
from flamescore.first_guess.events import Keys, events_of
from flamescore.first_guess.files import found_exports, opened_exports
from flamescore.first_guess.guess import LeftOut, SourceContent, Sources
from flamescore.first_guess.looking import contact_keys, loaded, look_at
from flamescore.first_guess.presets import preset_of
from flamescore.first_guess.project_file import project_text
from flamescore.first_guess.words import plain
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flamescore.first_guess.files import Export
    from flamescore.first_guess.guess import Guess, TargetPaths


def guessed_sources(
    paths: Sequence[str], places: TargetPaths, *, contacts: str | None, now: datetime
) -> Sources:
    """Return the guesses for exports; `paths` are files and folders, by default the project file's folder.

    `contacts` is the path of the export with the contacts, if the user named it.

    Raises:
        InputError: there are no exports, or none can be the contacts.
    """
    folder = places.folder
    named = None if contacts is None else found_exports((contacts,), folder)[0]
    found = dict.fromkeys((*found_exports(paths, folder), *(() if named is None else (named,))))
    spool = Spool()
    try:
        exports, left = opened_exports(tuple(found), folder, spool, named)
        known, hints = _by_presets(exports, spool)
        people = _contacts(exports, known, named)
        with loaded(project_text(Sources(people), places), places.project) as (loaded_exports, _):
            keys = Keys(
                contact_keys(loaded_exports, "contact_id"),
                contact_keys(loaded_exports, "email"),
                tuple(plain(each.key) for each in people if each.key is not None),
            )
            kept = {
                each.path: f"{each.counts.kept:,} of {count(each.counts.rows, 'row')} used"
                for each in loaded_exports.records
                if each.kind == "contacts"
            }
            sources = Sources(people, loaded_exports.contacts.height, kept, left=left, hints=hints)
        others = (each for each in exports if each.path not in {guess.path for guess in people})
        for export in others:
            sources = _with(sources, known.get(export.path) or events_of(export, keys), places, now)
        return sources
    finally:
        spool.close()


def _by_presets(exports: Sequence[Export], spool: Spool) -> tuple[dict[str, Guess], dict[str, str]]:
    """Return by path the guesses by presets, and remarks where presets fit but none is used."""
    known: dict[str, Guess] = {}
    hints: dict[str, str] = {}
    for each in exports:
        guess, hint = preset_of(each, spool)
        if guess is not None:
            known[each.path] = guess
        elif hint:
            hints[each.path] = hint
    return known, hints


def _contacts(exports: Sequence[Export], known: Mapping[str, Guess], named: str | None) -> tuple[Guess, ...]:
    """Return the sources of contacts: those that presets recognize, else the export that fits best."""
    by_preset = tuple(
        each for each in known.values() if each.kind == "contacts" and named in (None, each.path)
    )
    if by_preset:
        return by_preset
    others = [each for each in exports if each.path not in known or each.path == named]
    return (contacts_of(others, named),)


def _with(sources: Sources, guess: Guess | LeftOut, places: TargetPaths, now: datetime) -> Sources:
    """Return the sources with another export: as a source, as one that would stop a run, or left out."""
    if isinstance(guess, LeftOut):
        return replace(sources, left=(*sources.left, guess))
    if guess.kind == "contacts":
        other = LeftOut(guess.path, "another export has the contacts")
        return replace(sources, left=(*sources.left, other))
    alone = Sources(sources.contacts, looked=((guess, SourceContent(0, 0)),))
    looked = look_at(project_text(alone, places), places.project, guess.kind, now)
    if isinstance(looked, str):
        return replace(sources, refused=(*sources.refused, (guess, looked)))
    return replace(sources, looked=(*sources.looked, (guess, looked)))
