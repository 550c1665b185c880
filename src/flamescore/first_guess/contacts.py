"""Find the export that contains the contacts, and guess what its columns mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.errors import InputError, Problem
from flamescore.exports import MOST_TIMES, share_of_times, times_of_all
from flamescore.first_guess.guess import Guess, Key, columns, one_or_list
from flamescore.first_guess.words import CREATED, OWN_EMAILS, key_columns, people_columns, plain
from flamescore.text import for_log
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from flamescore.exports import Times, Unmapped
    from flamescore.first_guess.files import Export

NO_CONTACTS: Final = "G002"
SAMPLE: Final = 1_000
"""The number of a column's cells that are checked for times."""

_PRESENT: Final = 0.99
HALF: Final = 0.5
"""The minimum share of a column's cells that must be keys of contacts for the column to refer to them."""


class KeyColumn(Struct, frozen=True):
    """How a key column is filled: the rows of the export, those with a key, and the distinct keys."""

    header: str
    rows: int
    present: int
    different: int

    @property
    def fits(self) -> bool:
        """Whether it can be the key of contacts: almost never missing, and unique."""
        return bool(self.rows) and self.present >= _PRESENT * self.rows and self.different == self.present

    def lacking(self) -> str:
        """Return why it does not fit, as the end of a sentence."""
        if self.different < self.present:
            return f"has only {self.different:,} different values in {count(self.present, 'row')}"
        return f"is empty in {self.rows - self.present:,} of {count(self.rows, 'row')}"


def contacts_of(exports: Sequence[Export], chosen: str | None = None) -> Guess:
    """Return the guess for the export that most likely contains the contacts.

    It has a key column that is present in at least 99% of the rows, and unique. If several exports qualify,
    the one whose key column is in most other exports is preferred (without a header: whose keys are); then
    one with an e-mail column; then the one with more columns, more rows, and the first by path. `chosen`
    is the path of an export that the user named; no other is considered then.

    Raises:
        InputError: no export can be the contacts. The closest one is named, with the reason.
    """
    looked = [(each, _keys(each)) for each in exports if chosen in (None, each.path)]
    fitting = [
        (each, next(key for key in keys if key.fits))
        for each, keys in looked
        if any(key.fits for key in keys)
    ]
    if not fitting:
        raise InputError(_nobody(looked))

    def rank(found: tuple[Export, KeyColumn]) -> tuple[int, int, int, int, str]:
        export, key = found
        others = [each for each in exports if each is not export]
        email = any(plain(header) in OWN_EMAILS for header in export.files.headers)
        headers = export.files.headers
        return -_sharing(export, key, others), -int(email), -len(headers), -key.rows, export.path

    export, key = min(fitting, key=rank)
    return _guess(export, key, _sharing(export, key, [each for each in exports if each is not export]))


def _keys(export: Export) -> list[KeyColumn]:
    """Return the key columns, most likely first; without a header, every column is one.

    Of several files only the newest is checked, because it is the one that will be read.
    """
    files = export.files.newest()
    headers = key_columns(files.headers) if files.headed else list(files.headers)
    cells = files.cells(headers)
    return [
        KeyColumn(each, cells.height, cells[each].count(), cells[each].drop_nulls().n_unique())
        for each in headers
    ]


def _sharing(export: Export, key: KeyColumn, others: Sequence[Export]) -> int:
    """Return how many other exports have the key column or, without a header, its keys."""
    if export.files.headed:
        word = plain(key.header)
        return sum(any(plain(each) == word for each in other.files.headers) for other in others)
    ids = export.files.newest().cells([key.header])[key.header].drop_nulls().unique()
    return sum(_has_keys(other.files, ids) for other in others)


def _has_keys(files: Unmapped, ids: pl.Series) -> bool:
    headers = key_columns(files.headers) if files.headed else list(files.headers)
    cells = files.cells(headers)
    return any(share_in(cells[each].drop_nulls(), ids) >= HALF for each in headers)


def share_in(cells: pl.Series, keys: pl.Series) -> float:
    """Return the share of cells that are keys; 0 if there are no cells."""
    return int(cells.is_in(keys.implode()).sum()) / max(1, len(cells))


def _guess(export: Export, key: KeyColumn, sharing: int) -> Guess:
    files = export.files.newest()
    email = next(
        (each for word in OWN_EMAILS for each in files.headers if files.headed and plain(each) == word), None
    )
    mapped: dict[str, Sequence[str]] = {"contact_id": (key.header,)}
    if email is not None:
        mapped["email"] = (email,)
    created = _created(files)
    if created is not None:
        mapped["created_at"] = (created[0],)
    if files.headed:
        taken = [each for headers in mapped.values() for each in headers]
        mapped |= people_columns(files.headers, taken)
    keys = dict(reading_keys(files))
    if len(export.files.tables) > 1:
        keys["files"] = _which_files(export.files, key.header)
    keys["columns"] = columns(mapped)
    if created is not None and created[1].formats:
        keys["dates"] = Key(f"{{created_at: {one_or_list(created[1].formats)}}}", doubt(created[1]))
    every = "every row" if key.present == key.rows else f"{key.present:,} of {count(key.rows, 'row')}"
    why = f"{for_log(key.header)} is in {every} and never twice"
    if sharing:
        others = "another export has" if sharing == 1 else f"{sharing:,} other exports have"
        why += f", and {others} {'that column' if files.headed else 'its values'}"
    return Guess(export.path, "contacts", why, keys, key.header)


def _which_files(files: Unmapped, header: str) -> Key:
    """Return `all` if the files are parts of one list, `newest` if they are one list at several times."""
    keys = files.cells([header])[header].drop_nulls()
    if keys.n_unique() == len(keys):
        return Key("all", "GUESS: no contact is in two of the files, so that they are parts of one list")
    return Key("newest", "GUESS: contacts are in several of the files, so that each is the whole list")


def _created(files: Unmapped) -> tuple[str, Times] | None:
    """Return the column with the creation time of contacts, and its format."""
    for header in files.headers:
        if plain(header) in CREATED:
            cells = files.first_cells(header, SAMPLE)
            first = cells[0].append(cells[-1]) if len(cells) > 1 else cells[0]
            times = times_of_all(cells) if share_of_times(first) >= MOST_TIMES else None
            if times is not None:
                return header, times
    return None


def reading_keys(files: Unmapped) -> Mapping[str, Key]:
    """Return the keys without which the files would be read differently."""
    keys: dict[str, Key] = {}
    if files.spec.encoding is not None:
        keys["encoding"] = Key(files.spec.encoding, "GUESS: it is not UTF-8")
    if files.spec.header == "find":
        keys["header"] = Key("find", "its header is not the first line")
    elif not files.headed:
        keys["header"] = Key("false", "GUESS: its first line is not a header")
        keys["names"] = Key(f"[{', '.join(files.spec.names)}]", "give them names that say more")
    return keys


def doubt(times: Times) -> str:
    """Return a comment on other formats that fit the times as well; empty if there are none."""
    if not times.others:
        return ""
    return f"GUESS: {' and '.join(times.others)} fits as well, no day is past 12"


def _nobody(looked: Sequence[tuple[Export, Sequence[KeyColumn]]]) -> Problem:
    """Return the problem that no export can be the contacts, with what is wrong with the closest one."""
    near = [(each, key) for each, keys in looked for key in keys]
    if near:
        export, key = max(near, key=lambda each: each[1].different / max(1, each[1].rows))
        why = f"The nearest is {for_log(export.path)}, whose column `{for_log(key.header)}` {key.lacking()}."
    else:
        why = "None has a column that says who a row is about, such as `contact_id`, `Id` or `Email`."
    return Problem(
        NO_CONTACTS,
        f"No export can be the contacts. {why}",
        hint="Contacts need an id in every row, and none twice. Export them, or write the file by hand.",
    )
