"""The cells of a write-back for this run: one row per contact, all text.

For example, four contacts in ranked order; `flames` and `hot_since` go into `Flames` and `Hot Since`; the key
is the e-mail.

contact  e-mail     interest        hot since   key        Flames  Hot Since
1        Ann@x.com  5 flames, 31.2  2026-11-20  ann@x.com  5       2026-11-20
2        ann@X.com  3 flames, 12.0  -           no row: contact 1 has the key (`same_key`)
3        bob@x.com  held out        -           no row; if the key was delivered before, 0 and an empty cell
4        -          1 flame, 4.0    -           no row (`without_key`)
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.acting_frames import ROUTES, ROUTES_FILE, SEGMENTS, SEGMENTS_FILE
from flamescore.cells import folded, present
from flamescore.points import difference_type, ten_thousandths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from flamescore.project import CrmColumn, Member
    from flamescore.scoring import Scored
    from flamescore.write_back.columns import Export

_ZERO: Final = ("flames", "score", "percent_of_ideal", "percentile")
"""Measures that are 0 for a contact without a row; others are empty."""

_DECIMALS: Final = 4


class Leads(Struct, frozen=True):
    """The input of write-backs.

    `contacts`: `contact_id` and, if the exports have it, `email`, in ranked order. `scores` is
    `frames.SCORES`. `segments`: `segment, contact_id, since, held`; held members are in no list, and
    therefore in no segment here. `held_out` are the ids of the hold-out. `routes`: `contact_id, rep, at,
    reason, ended`. `import_as` has the CRM's names of reps that differ from those used here.
    """

    contacts: pl.DataFrame
    scores: pl.DataFrame
    segments: pl.DataFrame
    zone: ZoneInfo
    held_out: pl.Series
    routes: pl.DataFrame
    import_as: Mapping[str, str]

    @classmethod
    def of(cls, scored: Scored, team: Iterable[Member], tables: Mapping[str, pl.DataFrame]) -> Leads:
        """Return those of a scoring; `tables` are the run's other tables by file: segments and routes."""
        nobody = pl.DataFrame(schema={"contact_id": pl.String()})
        people = scored.contacts.select(pl.col("^(contact_id|email)$"))
        held_out = nobody if scored.holdout is None else scored.holdout
        return cls(
            contacts=people[scored.in_ranked_order()],
            scores=scored.scores,
            segments=tables.get(SEGMENTS_FILE, pl.DataFrame(schema=SEGMENTS)),
            zone=scored.book.zone,
            held_out=held_out["contact_id"].unique(),
            routes=tables.get(ROUTES_FILE, pl.DataFrame(schema=ROUTES)),
            import_as={each.name: each.import_as for each in team if each.import_as is not None},
        )


class Cells(Struct, frozen=True):
    """The cells of all contacts in a write-back, whether they have changed or not.

    `rows`: `key` (as compared), `shown` (as written), `contact_id`, and `cell_0` and so on, one per column,
    in ranked order. The other fields count the contacts that are left out, by reason.
    """

    rows: pl.DataFrame
    without_key: int = 0
    same_key: int = 0
    bad_key: int = 0


def cells_of(export: Export, leads: Leads, known: pl.Series) -> Cells:
    """Return the cells of all contacts in a write-back; `known` are the keys that were delivered before.

    Included are contacts who have a row under one of its scores or, with `segment`, are in that segment, and
    are not held out. Contacts whose key is known stay included, except in a write-back of routes, which only
    has routed contacts. Contacts without a key, or with one that the CRM does not accept, are left out. Of
    several contacts with the same key the first in ranked order is used; those included only because their
    key is known come last.
    """
    people = leads.contacts.pipe(_keyed, export)
    people = people.with_columns(
        _marked(people, leads.held_out).alias("held_out"),
        _marked(people, known, on="key").alias("known"),
        _marked(people, _wanted(export, leads)).alias("wanted"),
    )
    inside = pl.col("wanted") & ~pl.col("held_out")
    people = people.with_columns(inside=inside, fits=_fits(export))
    keyless = people.filter(pl.col("inside") & pl.col("key").is_null()).height
    misfits = people.filter(pl.col("inside") & ~pl.col("fits")).height
    followed = pl.col("known") if not export.routes else pl.lit(value=False)
    rows = people.filter(pl.col("key").is_not_null() & pl.col("fits") & (pl.col("inside") | followed))
    one_each = rows if export.key.column == "contact_id" else _one_each(rows)
    twice = rows.filter("inside").height - one_each.filter("inside").height
    standing = {score: _beside(one_each, _of_score(leads, score)) for score in export.scores}
    texts = [
        _texts(one_each, column, export, leads, standing).alias(f"cell_{number}")
        for number, column in enumerate(export.columns)
    ]
    written = one_each.select("key", "shown", "contact_id").hstack(texts)
    return Cells(written, without_key=keyless, same_key=twice, bad_key=misfits)


def _one_each(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep one row of each key."""
    placed = rows.with_row_index("place").sort(~pl.col("inside"), "place")
    return placed.unique("key", keep="first", maintain_order=True).sort("place")


def _keyed(contacts: pl.DataFrame, export: Export) -> pl.DataFrame:
    """Add a contact's key as written (`shown`: trimmed), and as compared (`key`: folded too)."""
    column = export.key.column
    if column not in contacts.columns:
        contacts = contacts.with_columns(pl.lit(None, pl.String).alias(column))
    shown = present(pl.col(column))
    return contacts.with_columns(shown=shown, key=folded(shown) if column == "email" else shown)


def _fits(export: Export) -> pl.Expr:
    """Mark missing keys, and keys with the shape that the CRM accepts."""
    shape = export.key.shape
    return (
        pl.lit(value=True)
        if shape is None
        else pl.col("shown").str.contains(f"^(?:{shape})$") | pl.col("shown").is_null()
    )


def _wanted(export: Export, leads: Leads) -> pl.Series:
    """Return the ids of the contacts that a write-back selects."""
    if export.routes:
        return _routed(leads)["contact_id"]
    if export.settings.segment is not None:
        return _members(leads, export.settings.segment)["contact_id"]
    named = pl.col("score_name").is_in(list(export.scores)) if export.scores else pl.lit(value=True)
    return leads.scores.filter(named)["contact_id"]


def _marked(people: pl.DataFrame, ids: pl.Series, on: str = "contact_id") -> pl.Series:
    """Mark the rows whose id, or other column, is among the given ones."""
    return people[on].is_in(ids.cast(pl.String).implode()).fill_null(value=False)


def _members(leads: Leads, segment: str) -> pl.DataFrame:
    return leads.segments.filter((pl.col("segment") == segment) & ~pl.col("held"))


def _routed(leads: Leads) -> pl.DataFrame:
    return leads.routes.filter(~pl.col("ended") & pl.col("rep").is_not_null())


# --- one column


def _texts(
    people: pl.DataFrame,
    column: CrmColumn,
    export: Export,
    leads: Leads,
    standing: Mapping[str, pl.DataFrame],
) -> pl.Series:
    """Return the cells of a column for `people`, in their order; without scores for held-out contacts.

    `standing` has, for each score, one row per contact in `people`.
    """
    match column.kind:
        case "measure":
            text = _measure(standing[column.of][column.measure], column.measure, export, leads.zone)
            none = "0" if column.measure in _ZERO else export.crm.clear
        case "hot_since":
            text, none = (
                _day(_beside(people, _members(leads, "hot"))["since"], export, leads.zone),
                export.crm.clear,
            )
        case "in":
            text, none = _marked(people, _members(leads, column.of)["contact_id"]).cast(pl.String), "false"
        case "routed_to":
            text = _beside(people, _routed(leads))["rep"].replace(dict(leads.import_as))
            none = export.crm.clear
    shown = pl.when(people["held_out"]).then(None).otherwise(text)
    return people.select(shown.fill_null(none).alias("cell"))["cell"]


def _of_score(leads: Leads, score: str) -> pl.DataFrame:
    return leads.scores.filter(pl.col("score_name") == score)


def _beside(people: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each contact, null if it has none."""
    return people.select("contact_id").join(values, on="contact_id", how="left", maintain_order="left")


def _measure(values: pl.Series, measure: str, export: Export, zone: ZoneInfo) -> pl.Series:
    match measure:
        case "score":
            return rounded_points(values, export.settings.round)
        case "percent_of_ideal":
            return _rounded(values, export.settings.round)
        case "percentile":
            return values.floor().cast(pl.Int64).cast(pl.String)
        case "last_activity_at":
            return _day(values, export, zone)
        case _:
            return values.cast(pl.String)


def rounded_points(points: pl.Series, decimals: int) -> pl.Series:
    """Round points (Float64, of whole ten-thousandths) half away from zero, as plain text, never `-0`.

    With 0 decimals 62.628 is `63`, 12.5 is `13`, -0.4 is `0`; with 2, 62.628 is `62.63`. Null stays null.
    """
    kind = difference_type(points)
    step, whole = 10 ** (_DECIMALS - decimals), 10**decimals
    exact = ten_thousandths(pl.col("points"), kind)
    size = (exact.abs() + step // 2) // step
    sign = pl.when((exact < 0) & (size > 0)).then(pl.lit("-")).otherwise(pl.lit(""))
    parts = [sign, (size // whole).cast(pl.String)]
    if decimals:
        parts += [pl.lit("."), (size % whole).cast(pl.String).str.zfill(decimals)]
    return points.rename("points").to_frame().select(pl.concat_str(parts).alias("text"))["text"]


def _rounded(numbers: pl.Series, decimals: int) -> pl.Series:
    """Round any numbers in this way, value by value, by the decimals of their shortest text."""
    step = Decimal(1).scaleb(-decimals)
    different = numbers.drop_nulls().unique()
    texts = []
    for number in different.to_list():
        text = f"{Decimal(repr(number)).quantize(step, ROUND_HALF_UP):f}"
        texts.append(text.removeprefix("-") if not text.strip("-0.") else text)
    return numbers.replace_strict(
        different, pl.Series(texts, dtype=pl.String), default=None, return_dtype=pl.String
    )


def _day(instants: pl.Series, export: Export, zone: ZoneInfo) -> pl.Series:
    """Format the local day of instants."""
    local = instants.dt.convert_time_zone(zone.key).dt.replace_time_zone(None)
    return local.dt.strftime(export.settings.dates)
