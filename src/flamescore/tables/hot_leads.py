"""The call lists: hot contacts in ranked order, each with the rules that gave it the most points."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.changes import MOVES, HotInBoth, moves
from flamescore.frames import INSTANT
from flamescore.tables.call_list import as_read, columns_of_call_list
from flamescore.tables.columns import HOT_SINCE, ROUTED, kept, with_account
from flamescore.tables.labels import labels_beside
from flamescore.tables.reasons import worded_reasons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.scoring import Scored

_PLACE: Final = "\x00place"
_PLAIN_NAME: Final = re.compile(r"[\w-][\w.-]*")


def hot_list(
    scored: Scored,
    score_name: str,
    *,
    keep: Sequence[str],
    hot_flames: int | None,
    since: pl.DataFrame | None = None,
    changes: pl.DataFrame | None = None,
    decimals: int = 1,
) -> pl.DataFrame:
    """Return the call list of a score: contacts with at least `hot_flames`, ranked, formatted for people.

    Without `hot_flames` these are `scored.hot`; contacts without a row under the score come last, by contact
    id. Contacts that `call_list.exclude` leaves out, and contacts that are held out, are not listed. The
    columns are those of `columns_of_call_list`: the kept ones, `account_key` if there are accounts, one
    column per label, `hot_since` (from `since`, which is `contact_id, since`), `routed_to` and
    `routed_reason` if there are routes, and `trend` if it was requested. `changes` are `CHANGES` since the
    previous run; without them `change` and `newly_hot` are null. If no contact is hot, there are no rows.
    """
    columns, labels = kept(scored, keep).pipe(with_account, scored), labels_beside(scored, keep)
    rows = scored.scores.with_columns(scored.places.alias(_PLACE)).filter(pl.col("score_name") == score_name)
    by_flames = pl.col("flames") >= (0 if hot_flames is None else hot_flames)
    hot = _by_condition(rows, scored) if hot_flames is None else rows.filter(by_flames)
    hot = hot.join(scored.uncalled, on="contact_id", how="anti", maintain_order="left")
    people = columns.drop("contact_id")
    beside = [each.select(pl.all().gather(hot[_PLACE])) for each in (people, labels) if each.columns]
    nobody = pl.DataFrame(schema={"contact_id": pl.String(), "since": INSTANT})
    by_contact = [
        (nobody if since is None else since).rename({"since": HOT_SINCE}),
        _moved(scored, score_name, hot_flames, changes),
        *(() if scored.routed is None else (scored.routed,)),
        worded_reasons(scored, score_name, hot["contact_id"], decimals=decimals),
    ]
    listed: pl.DataFrame = pl.concat([hot, *beside], how="horizontal")
    for each in by_contact:
        listed = listed.join(each, on="contact_id", how="left", maintain_order="left")
    names = columns_of_call_list(
        people=people.columns,
        labels=labels.columns,
        own={HOT_SINCE, *(() if scored.routed is None else ROUTED), *({"trend"} & {*hot.columns})},
    )
    return as_read(listed, names, scored.book.zone, decimals)


def _moved(
    scored: Scored, score_name: str, hot_flames: int | None, changes: pl.DataFrame | None
) -> pl.DataFrame:
    """Return `MOVES`; empty without changes."""
    if changes is None:
        return pl.DataFrame(schema=MOVES)
    hot = HotInBoth(hot_flames, scored.book.scores[0].name, scored.hot["contact_id"])
    return moves(changes.lazy(), score_name, hot).collect()


def _by_condition(rows: pl.DataFrame, scored: Scored) -> pl.DataFrame:
    """Return the hot contacts' rows of a score, then a row with only id and place for the other hot ones."""
    listed = rows.join(scored.hot, on="contact_id", how="semi", maintain_order="left")
    others = scored.hot.join(listed, on="contact_id", how="anti", maintain_order="left")["contact_id"]
    place = scored.contacts["contact_id"].search_sorted(others).cast(rows.schema[_PLACE])
    outside = pl.DataFrame([others, place.alias(_PLACE)])
    return pl.concat([listed, outside], how="diagonal")


def list_file(score_name: str, *, default: bool) -> str:
    """Return the file name of a call list from the score's name and whether it is the default one."""
    if default:
        return "hot_leads.csv"
    safe = score_name if _PLAIN_NAME.fullmatch(score_name) else sha256(score_name.encode()).hexdigest()[:12]
    return f"hot_leads-{safe}.csv"
