"""Guesses: the kind and the project-file keys of each export, and the sources as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.findings import scalar
from flamescore.text import for_log, printable
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path


class TargetPaths(Struct, frozen=True):
    """Where the files will be: the project file's folder and name, and the rule file's path in it."""

    folder: Path
    name: str = "flamescore.yaml"
    rules: str = "rules.yaml"

    @property
    def project(self) -> Path:
        """Return the path of the project file."""
        return self.folder / self.name

    @property
    def rule_file(self) -> Path:
        """Return the path of the rule file."""
        return self.folder / self.rules


class Key(Struct, frozen=True):
    """A key of a source: its value as YAML, and a comment on what was guessed."""

    value: str
    comment: str = ""


class Guess(Struct, frozen=True):
    """The guess for an export: its kind, its keys, and the reason as part of a sentence.

    `key` is the header of the ids in a contacts export; `zone` is the time zone of a preset.
    """

    path: str
    kind: str
    why: str
    keys: Mapping[str, Key] = field(default_factory=dict)
    key: str | None = None
    zone: str | None = None

    def lines(self) -> Iterator[str]:
        """Yield its entry in the project file, one key per line."""
        yield f"- path: {scalar(self.path)}"
        for name, key in self.keys.items():
            comment = f"   # {printable(key.comment)}" if key.comment else ""
            yield f"  {name}: {key.value}{comment}"


class LeftOut(Struct, frozen=True):
    """An export that is not a source, and the reason as part of a sentence."""

    path: str
    reason: str


class Addresses(Struct, frozen=True):
    """How many events of a type have an address in a property, and how many of these contain each part."""

    many: int
    containing: Mapping[str, int]


class SourceContent(Struct, frozen=True):
    """The content of a source other than contacts: usable rows, and those of contacts in the list.

    For events, `types` has the number of rows of contacts in the list by type, and `addresses` the number of
    those with an address by type and property; `oldest` and `newest` are those of all usable rows.
    """

    rows: int
    of_contacts: int
    types: Mapping[str, int] = field(default_factory=dict)
    oldest: datetime | None = None
    newest: datetime | None = None
    addresses: Mapping[tuple[str, str], Addresses] = field(default_factory=dict)


class Sources(Struct, frozen=True):
    """The guesses for all exports.

    `people` is the number of contacts; `kept` describes by path of a contacts export how many rows are used.
    `looked` has the other sources, `refused` those that would stop a run, with the reason. `hints` has
    remarks by path on presets that fit but were not used.
    """

    contacts: tuple[Guess, ...]
    people: int = 0
    kept: Mapping[str, str] = field(default_factory=dict)
    looked: tuple[tuple[Guess, SourceContent], ...] = ()
    refused: tuple[tuple[Guess, str], ...] = ()
    left: tuple[LeftOut, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)

    @property
    def events(self) -> tuple[SourceContent, ...]:
        """Return the contents of the sources of events."""
        return tuple(each for guess, each in self.looked if guess.kind == "events")

    @property
    def newest(self) -> datetime | None:
        """Return the time of the newest event."""
        return max((each.newest for each in self.events if each.newest is not None), default=None)

    @property
    def span(self) -> timedelta | None:
        """Return the time between the oldest and the newest event."""
        oldest = min((each.oldest for each in self.events if each.oldest is not None), default=None)
        return None if self.newest is None or oldest is None else self.newest - oldest

    @property
    def zone(self) -> str | None:
        """Return the time zone of the first preset that has one."""
        guesses = (*self.contacts, *(guess for guess, _ in self.looked))
        return next((each.zone for each in guesses if each.zone is not None), None)

    def without(self, path: str, rows: int) -> Sources:
        """Return a copy with a source refused because none of its usable rows belongs to a contact."""
        gone = next(each for each in self.looked if for_log(each[0].path) == path)
        return replace(
            self,
            looked=tuple(each for each in self.looked if each is not gone),
            refused=(*self.refused, (gone[0], nobodys(rows))),
        )


def nobodys(rows: int) -> str:
    """Return the clause that a source has rows, but none of a contact."""
    return f"none of its {count(rows, 'row')} is of a contact in the list"


def columns(entries: Mapping[str, Sequence[str]]) -> Key:
    """Return the key `columns` for canonical columns and their headers."""
    return Key(f"{{{', '.join(f'{name}: {one_or_list(headers)}' for name, headers in entries.items())}}}")


def one_or_list(texts: Sequence[str]) -> str:
    """Return one or several strings as YAML."""
    return scalar(texts[0]) if len(texts) == 1 else f"[{', '.join(map(scalar, texts))}]"
