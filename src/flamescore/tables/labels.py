"""The label columns of the tables: their names and contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flamescore.tables.columns import free_name, kept, own_columns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from flamescore.scoring import Scored


def label_columns(names: Iterable[str], taken: Collection[str]) -> dict[str, str]:
    """Return the name of each label's column next to other columns, by the label's name.

    A column whose name is taken gets the prefix `label_`.
    """
    names = tuple(names)
    used, found = {*taken, *names}, {}
    for name in names:
        found[name] = free_name(name, used, prefix="label_") if name in taken else name
        used.add(found[name])
    return found


def labels_beside(scored: Scored, keep: Sequence[str]) -> pl.DataFrame:
    """Return one String column per label, in the order of `contacts`, for the tables that have them.

    The names are the same in every table, whichever kept columns it has. Without labels there are no columns.
    """
    if scored.labels is None:
        return pl.DataFrame()
    names = [label.name for label in scored.book.labels]
    columns = label_columns(names, {*own_columns(scored), *kept(scored, keep).columns})
    texts = scored.labels.drop("contact_id").get_columns()
    return pl.DataFrame([text.alias(columns[name]) for name, text in zip(names, texts, strict=True)])
