"""The input of a report: the record of a run, and its frames.

A run that is being written and one that is read back give the same value here, and every report is made from
it. The report of a run that is read back is therefore byte-identical to the one that the run itself wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.account_frames import ACCOUNTS_FILE
from flamescore.acting_frames import ROUTES_FILE
from flamescore.changes import FILE as CHANGES_FILE
from flamescore.engine import flame_bounds
from flamescore.errors import RuleFileError
from flamescore.frames import BOTS_FILE, POINTS, SCORES
from flamescore.labels import HOLDOUT_FILE, HOT_FILE, LABELS_FILE
from flamescore.routing import UNROUTED_FILE, assignments_of
from flamescore.runs import PAST_SCORES_FILE, has_table, read, rules_of_run, scan, uncalled
from flamescore.tables import PARTS
from flamescore.units import POINT, to_local

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from flamescore.rules import RuleBook
    from flamescore.runs import Run, RunRecord
    from flamescore.scoring import Scored

PERSON: Final = ("name", "company", "phone", "email", "owner")
"""The canonical contact columns that a report shows, as far as they are kept."""


class RunData(Struct, frozen=True):
    """Everything that a report needs of a run. `scores` is `frames.SCORES`, ranked, score by score.

    `book` is its rules, None if this program can't load them. `people` has `contact_id` and the kept ones of
    `PERSON`. `ledger` returns the `frames.POINTS` of given contacts, in order. `uncalled` has the contacts
    that are not to be called, excluded or held out. `holdout` is `labels.HOLDOUT`, None without a hold-out.
    `routed` is who calls contacts without an owner (`routing.ASSIGNMENTS`), None if the run has no routing;
    in `people` the rep also appears as `owner`. `changes` is `changes.CHANGES`, or the part of it that a
    report needs; None if the run was not compared with another. `labels` has `contact_id` and a column for
    each of the record's labels. `hot` has the hot contacts, and is used only under a condition.
    """

    record: RunRecord
    book: RuleBook | None
    scores: pl.DataFrame
    people: pl.DataFrame
    ledger: Callable[[pl.Series], pl.DataFrame]
    uncalled: pl.DataFrame
    changes: pl.DataFrame | None = None
    labels: pl.DataFrame | None = None
    hot: pl.DataFrame | None = None
    holdout: pl.DataFrame | None = None
    routed: pl.DataFrame | None = None
    redacted: bool = False
    accounts: pl.DataFrame | None = None
    """`account_frames.ACCOUNTS`, or its first rows; None if the rule file has no accounts."""

    bots: pl.DataFrame | None = None
    """`frames.BOTS`; None if the rules have no `bots`."""

    past_scores: pl.DataFrame | None = None
    """`frames.PAST_SCORES` of the listed contacts; None if no history is kept."""

    decimals: int = 1
    """The maximum number of decimals of displayed points."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the run."""
        return ZoneInfo(self.record.timezone)

    @property
    def as_of(self) -> datetime:
        """The `as_of` of the run, in local time."""
        return to_local(self.record.as_of, self.zone)

    def counts_hot(self, score_name: str) -> bool:
        """Return whether a score determines who is hot; under a condition only the default score does."""
        return self.record.hot_flames is not None or score_name == self.record.scores[0].name

    def is_hot(self) -> pl.Expr:
        """Match rows with `contact_id` and `flames` of hot contacts."""
        if self.record.hot_flames is not None:
            return pl.col("flames") >= self.record.hot_flames
        assert self.hot is not None
        return pl.col("contact_id").is_in(self.hot["contact_id"].implode())

    def held_out(self, score_name: str) -> int:
        """Return the number of contacts that are off a score's call list only because they are held out."""
        if self.holdout is None:
            return 0
        return self.holdout.filter(pl.col("hot"), pl.col("score_name") == score_name).height

    def hot_from(self, score_name: str) -> float | None:
        """Return the points from which a contact is hot; None under a condition, or if they are unknown."""
        if self.record.hot_flames is None:
            return None
        bounds = next(score.flames_from for score in self.record.scores if score.name == score_name)
        if bounds is not None:
            return bounds[self.record.hot_flames - 1]
        for score in () if self.book is None else self.book.scores:
            if score.name == score_name and (fixed := flame_bounds(score)) is not None:
                return fixed[self.record.hot_flames - 1] / POINT
        return None


def just_scored(
    record: RunRecord,
    scored: Scored,
    *,
    keep: Sequence[str] = PERSON,
    decimals: int = 1,
    changes: pl.DataFrame | None = None,
    past_scores: pl.DataFrame | None = None,
) -> RunData:
    """Return the data of a scoring whose record was just made, with only the kept columns of a person."""
    kept = (name for name in PERSON if name in keep and name in scored.contacts.columns)
    routed = None if record.routing is None else scored.routed
    return RunData(
        record=record,
        book=scored.book,
        scores=scored.scores,
        people=scored.contacts.select("contact_id", *kept).pipe(_with_reps, routed),
        ledger=scored.ledger.of,
        uncalled=scored.uncalled,
        changes=changes,
        labels=scored.labels,
        hot=scored.hot,
        holdout=scored.holdout,
        routed=routed,
        bots=None if scored.bots is None else scored.bots.table,
        accounts=None if scored.accounts is None else scored.accounts.scores,
        past_scores=past_scores,
        decimals=decimals,
    )


def read_back(run: Run, ids: pl.Series | None = None) -> RunData:
    """Return the data of a published run; with `ids` only of these contacts, whatever the run's size.

    The ledger is read on demand, so use the data within `runs.reading_run`. With `ids` there are no rules,
    accounts or bots.

    Raises:
        DamagedRunError: a file of the run is missing or damaged.
    """
    scores, points = scan(run, "scores.parquet"), scan(run, "points.parquet").select(POINTS.names())
    kept = scores.collect_schema().names()
    routed = _routed(run)

    def mine(table: pl.LazyFrame) -> pl.DataFrame:
        some = table if ids is None else table.filter(pl.col("contact_id").is_in(ids.implode()))
        return some.collect()

    def whole(file: str) -> pl.DataFrame:
        return read(run, file) if ids is None else mine(scan(run, file))

    everything = ids is None
    return RunData(
        record=run.record,
        book=_book(run) if everything else None,
        scores=mine(scores.select(SCORES.names())),
        people=mine(
            scan(run, "contacts.parquet").select("contact_id", *(name for name in PERSON if name in kept))
        ).pipe(_with_reps, routed),
        ledger=lambda ids: points.filter(pl.col("contact_id").is_in(ids.implode())).collect(),
        uncalled=mine(uncalled(run)),
        changes=None if run.record.changes is None else whole(CHANGES_FILE),
        labels=whole(LABELS_FILE) if run.record.labels else None,
        hot=None if run.record.hot_condition is None else whole(HOT_FILE),
        holdout=None if run.record.holdout is None else whole(HOLDOUT_FILE),
        routed=routed,
        bots=read(run, BOTS_FILE) if everything and run.record.bots is not None else None,
        accounts=read(run, ACCOUNTS_FILE) if everything and run.record.accounts is not None else None,
        past_scores=whole(PAST_SCORES_FILE) if has_table(run, PAST_SCORES_FILE) else None,
    )


def _routed(run: Run) -> pl.DataFrame | None:
    if run.record.routing is None:
        return None
    return assignments_of(read(run, ROUTES_FILE), read(run, UNROUTED_FILE))


def _with_reps(people: pl.DataFrame, routed: pl.DataFrame | None) -> pl.DataFrame:
    """Replace the owner of routed contacts with the rep."""
    if routed is None:
        return people
    if "owner" not in people.columns:
        people = people.with_columns(owner=pl.lit(None, pl.String))
    reps = routed.select("contact_id", "routed_to")
    return (
        people.join(reps, on="contact_id", how="left", maintain_order="left")
        .with_columns(pl.coalesce("routed_to", pl.col("owner").cast(pl.String)).alias("owner"))
        .drop("routed_to")
    )


def _book(run: Run) -> RuleBook | None:
    try:
        return rules_of_run(run).book
    except RuleFileError:
        return None


# --- redacted data


_IDENTIFYING: Final = ("name", "email", "phone")
_NEEDED: Final = (
    "contact_id",
    "score_name",
    "change",
    "previous_score",
    "previous_flames",
    "score",
    "flames",
)


def redacted(run: RunData) -> RunData:
    """Remove names, companies, e-mails and phones, and number the owners; reports then contain none of them.

    Contact ids are kept, except for those that are an e-mail, or the contact's own name or phone; these are
    numbered.
    """
    ids = _ids(run.people)
    people = run.people.select("contact_id", *_owners(run.people))

    def shown(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(pl.col("contact_id").replace(ids)) if ids else frame

    def ledger(contact_ids: pl.Series) -> pl.DataFrame:
        return shown(run.ledger(contact_ids.replace({new: old for old, new in ids.items()})))

    changes = run.changes
    return replace(
        run,
        people=shown(people),
        scores=shown(run.scores),
        uncalled=shown(run.uncalled),
        labels=None if run.labels is None else shown(run.labels),
        hot=None if run.hot is None else shown(run.hot),
        holdout=None if run.holdout is None else shown(run.holdout),
        routed=None if run.routed is None else shown(_numbered(run.routed, people)),
        ledger=ledger,
        changes=None if changes is None else _without_people(changes, ids),
        record=_without_companies(run.record),
        accounts=None,
        redacted=True,
        bots=None if run.bots is None else shown(run.bots),
        past_scores=None if run.past_scores is None else shown(run.past_scores),
    )


def _numbered(routed: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Replace reps with the numbered owners, and remove the shared value from routing reasons."""
    rows = routed.join(
        people.select("contact_id", "owner"), on="contact_id", how="left", maintain_order="left"
    )
    return rows.select(
        "contact_id",
        pl.when(pl.col("routed_to").is_not_null()).then("owner").alias("routed_to"),
        pl.col("routed_reason").str.replace(r"(?s)^(same [^:]*): .*$", "$1"),
    )


def _owners(people: pl.DataFrame) -> list[pl.Expr]:
    if "owner" not in people.columns:
        return []
    owners = people["owner"].cast(pl.String).replace("", None).drop_nulls().unique().sort().to_list()
    numbered = {owner: f"Owner {number}" for number, owner in enumerate(owners, 1)}
    return [pl.col("owner").cast(pl.String).replace(numbered)]


def _ids(people: pl.DataFrame) -> dict[str, str]:
    """Return the ids that reveal who a contact is, mapped to their placeholders."""
    there = [name for name in _IDENTIFYING if name in people.columns]
    same = [pl.col("contact_id") == pl.col(name).cast(pl.String) for name in there]
    identifying = pl.any_horizontal(pl.col("contact_id").str.contains("@", literal=True), *same)
    found = people.filter(identifying)["contact_id"].sort().to_list()
    taken = set(people["contact_id"].to_list()) if found else set()
    stand_ins = (
        name for number in range(1, len(taken) * 2 + 1) if (name := f"contact {number}") not in taken
    )
    return dict(zip(found, stand_ins, strict=False))


def _without_companies(record: RunRecord) -> RunRecord:
    """Remove findings about accounts, because they name companies."""
    if record.findings is None:
        return record
    return record.but(findings=tuple(each for each in record.findings if each.subject != "accounts"))


def _without_people(changes: pl.DataFrame, ids: dict[str, str]) -> pl.DataFrame:
    rows = changes.select(name for name in changes.columns if name in _NEEDED or name in PARTS)
    return rows.with_columns(pl.col("contact_id").replace(ids)) if ids else rows
