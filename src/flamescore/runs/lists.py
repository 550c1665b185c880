"""The list files that a run's rules name: their values are stored with the run, and read from there.

So the rules of an earlier run are loaded with the lists of that time, even if the files have changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.runs.contents import LISTS_FILE, LISTS_SCHEMA, read
from flamescore.runs.record import ListEntry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flamescore.rules import ListValues, LoadedRules
    from flamescore.runs.catalog import Run

HASHED: Final = "sha256:"


def lists_table(lists: Iterable[ListValues]) -> pl.DataFrame:
    """Return the table of lists (`LISTS_SCHEMA`), list by list, in their order."""
    parts = [
        pl.DataFrame({"value": list(each)}, schema={"value": pl.String}).select(
            pl.lit(each.path).alias("path"), pl.lit(each.column, pl.String).alias("column"), "value"
        )
        for each in lists
    ]
    return pl.concat([pl.DataFrame(schema=LISTS_SCHEMA), *parts])


def describe_lists(lists: Iterable[ListValues]) -> tuple[ListEntry, ...]:
    """Return the record entries of lists."""
    return tuple(
        ListEntry(
            path=each.path, column=each.column, values=len(each), bytes=each.size, hash=HASHED + each.hash
        )
        for each in lists
    )


def rules_of_run(run: Run) -> LoadedRules:
    """Load the rules of a run again, with the lists of that time.

    Raises:
        RuleFileError: this version can't read the rules.
        DamagedRunError: a file of the run is missing or damaged.
    """
    from flamescore.rules import load_rules_text  # noqa: PLC0415 - most readers of a run need no rules

    rules = run.record.rules
    return load_rules_text(rules.text, rules.path, StoredLists(run))


class StoredLists(Struct, frozen=True):
    """The lists stored with a run."""

    run: Run

    def values(self, path: str, column: str | None) -> ListValues:
        """Return the values that a list had at that time.

        Raises:
            ListRefusedError: the run has no such list.
            DamagedRunError: its table is missing or damaged.
        """
        from flamescore.rules import ListRefusedError, ListValues  # noqa: PLC0415 - the same

        for each in self.run.record.rules.lists:
            if (each.path, each.column) == (path, column):
                table = read(self.run, LISTS_FILE)
                mine = (pl.col("path") == path) & pl.col("column").eq_missing(pl.lit(column, pl.String))
                values = table.filter(mine)["value"]
                digest = each.hash.removeprefix(HASHED)
                return ListValues(values.to_list(), path=path, column=column, hash=digest, size=each.bytes)
        raise ListRefusedError("R160", f"Run {self.run.run_id} has no list `{path}`.")
