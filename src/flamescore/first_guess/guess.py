"""What is guessed: of one export its kind and its keys in the project file, and of all of them together."""

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


class Places(Struct, frozen=True):
    """Where the files are to lie: the project file's folder and name, and the rules as it is to name them."""

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
    """A key of a source: its value as YAML, and what is guessed about it."""

    value: str
    comment: str = ""


class Guess(Struct, frozen=True):
    """What an export is taken for: its kind, its keys, and why, as part of a sentence.

    `key` is the header of a contacts export that holds ids; `zone` the time zone that a preset has.
    """

    path: str
    kind: str
    why: str
    keys: Mapping[str, Key] = field(default_factory=dict)
    key: str | None = None
    zone: str | None = None

    def lines(self) -> Iterator[str]:
        """Yield its entry in the project file, a key a line."""
        yield f"- path: {scalar(self.path)}"
        for name, key in self.keys.items():
            comment = f"   # {printable(key.comment)}" if key.comment else ""
            yield f"  {name}: {key.value}{comment}"


class LeftOut(Struct, frozen=True):
    """An export that is no source, and why, as part of a sentence."""

    path: str
    reason: str


class Addresses(Struct, frozen=True):
    """Of events of a type, how many have an address in a property, and how many of these contain a part."""

    many: int
    containing: Mapping[str, int]


class Looked(Struct, frozen=True):
    """What a source beside the contacts holds: the rows that could count, and those of contacts in the list.

    Of events `types` has the rows of contacts in the list by type, and `addresses` those with an address by
    type and property; `oldest` and `newest` are of all that read.
    """

    rows: int
    of_contacts: int
    types: Mapping[str, int] = field(default_factory=dict)
    oldest: datetime | None = None
    newest: datetime | None = None
    addresses: Mapping[tuple[str, str], Addresses] = field(default_factory=dict)


class Sources(Struct, frozen=True):
    """What the exports are taken for.

    `people` are so many contacts; `kept` says by path of contacts how many rows are used. `looked` are the
    sources beside the contacts, `refused` those that a run would stop at, with the reason. `hints` is what is
    to be said by path of presets that were not taken.
    """

    contacts: tuple[Guess, ...]
    people: int = 0
    kept: Mapping[str, str] = field(default_factory=dict)
    looked: tuple[tuple[Guess, Looked], ...] = ()
    refused: tuple[tuple[Guess, str], ...] = ()
    left: tuple[LeftOut, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)

    @property
    def events(self) -> tuple[Looked, ...]:
        """Return what the sources of events hold."""
        return tuple(each for guess, each in self.looked if guess.kind == "events")

    @property
    def newest(self) -> datetime | None:
        """Return the newest event."""
        return max((each.newest for each in self.events if each.newest is not None), default=None)

    @property
    def span(self) -> timedelta | None:
        """Return how far apart the oldest and the newest event are."""
        oldest = min((each.oldest for each in self.events if each.oldest is not None), default=None)
        return None if self.newest is None or oldest is None else self.newest - oldest

    @property
    def zone(self) -> str | None:
        """Return the time zone of the first preset that has one."""
        guesses = (*self.contacts, *(guess for guess, _ in self.looked))
        return next((each.zone for each in guesses if each.zone is not None), None)

    def without(self, path: str, rows: int) -> Sources:
        """Return them with a source refused, since no row of it that would count is of a contact."""
        gone = next(each for each in self.looked if for_log(each[0].path) == path)
        return replace(
            self,
            looked=tuple(each for each in self.looked if each is not gone),
            refused=(*self.refused, (gone[0], nobodys(rows))),
        )


def nobodys(rows: int) -> str:
    """Say that a source has rows, and none of a contact."""
    return f"none of its {count(rows, 'row')} is of a contact in the list"


def columns(entries: Mapping[str, Sequence[str]]) -> Key:
    """Return `columns` of canonical columns and their headers."""
    return Key(f"{{{', '.join(f'{name}: {one_or_list(headers)}' for name, headers in entries.items())}}}")


def one_or_list(texts: Sequence[str]) -> str:
    """Return one text or several as YAML."""
    return scalar(texts[0]) if len(texts) == 1 else f"[{', '.join(map(scalar, texts))}]"
