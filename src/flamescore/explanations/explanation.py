"""The parts of an explanation: frozen values, with points as numbers that add up in decimals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime

    from flamescore.explanations.evidence import Evidence


class InBurst(Struct, frozen=True):
    """An event that belongs to a burst, with the properties that the rule reads."""

    event: str
    at: datetime
    properties: tuple[tuple[str, str], ...] = ()


class Occurrence(Struct, frozen=True):
    """One event under a rule. `factor` is from 0 to 1; `outcome` is `counted`, or what kept it from counting.

    `properties` are the ones that the rule reads. `expires_at` is None if the occurrence never expires. A
    burst is an occurrence at the time of the event that completes it. `burst` has all events of the burst,
    latest first, and is empty for other occurrences.
    """

    event: str
    at: datetime
    age_days: int
    outcome: str
    factor: float | None = None
    points: float | None = None
    expires_at: datetime | None = None
    properties: tuple[tuple[str, str], ...] = ()
    burst: tuple[InBurst, ...] = ()
    like_scanner: bool = False
    """Whether the event matches a pattern of `bots`."""


class LikeScanner(Struct, frozen=True):
    """How many events of the contact look like a mail scanner's, and the points that they give the score.

    These points are the score without `bots` minus the score with `bots: remove`; they may be below 0.
    """

    events: int
    points_lost: float


class Applied(Struct, frozen=True):
    """The latest application of the tags of a rule that depends on their age.

    `tag`, `at`, `age_days` and `expires_at` are None for a tag without a date; `outcome` is `counted`, or
    what kept it from counting.
    """

    outcome: str
    tag: str | None = None
    at: datetime | None = None
    age_days: int | None = None
    factor: float | None = None
    points: float | None = None
    expires_at: datetime | None = None


class Silence(Struct, frozen=True):
    """How long a contact has been idle, and the share of the sum that is `left`, from 0 to 1.

    `days` are whole days since the latest activity, an event of type `event` at the instant `at`. All
    three are None for a contact that has never been active.
    """

    left: float
    days: int | None = None
    at: datetime | None = None
    event: str | None = None


class EntryLine(Struct, frozen=True):
    """A rule, limit or silence that changed the score; or, with `why`, a rule that gave nothing.

    `evidence` is the evidence for a rule that gave something. `failed` is the first test that stopped a rule
    that gave nothing, and `why` its sentence. `applied` is set only for tag rules that expire or decay, if
    the contact has the tag; `silence` for what silence took; `limit` for a limit: the bound that it enforces
    on the sum. `numbers` are the properties of its occurrences that the rule reads as numbers.
    """

    entry: str
    rule_id: str
    name: str
    points: float
    occurrences: int = 0
    last_at: datetime | None = None
    group: str | None = None
    why: str | None = None
    counted: tuple[Occurrence, ...] = ()
    uncounted: tuple[Occurrence, ...] = ()
    applied: Applied | None = None
    silence: Silence | None = None
    evidence: tuple[Evidence, ...] = ()
    failed: Evidence | None = None
    limit: float | None = None
    numbers: tuple[str, ...] = ()


class Outlook(Struct, frozen=True):
    """The score this many days later, if nothing happens; `flames` as in `ScoreExplained`."""

    days: int
    score: float
    flames: int | None


class Way(Struct, frozen=True):
    """A rule for which one occurrence now would bring the next flame.

    `again` is True if the contact has an occurrence that counts, or that counted until it expired.
    """

    rule_id: str
    name: str
    score: float
    flames: int
    again: bool


class ScoreExplained(Struct, frozen=True):
    """One score of the contact: the `entries` add up to `score`, to the last digit.

    `in_population` is False if the score excludes the contact; the only other information then is `failed`,
    the test of the population that failed. `rank`, `percentile` and `of`, the number of scored contacts, are
    None if the whole list was not scored. `by_percentile` is True if flames are given by percentile. There
    is no ideal then, and all flames here use the bounds of the run; they are None without a run.
    """

    score_name: str
    title: str
    in_population: bool
    score: float = 0.0
    flames: int | None = 0
    percent_of_ideal: float | None = 0.0
    percentile: float | None = None
    rank: int | None = None
    last_activity_at: datetime | None = None
    entries: tuple[EntryLine, ...] = ()
    silent: tuple[EntryLine, ...] = ()
    outlook: tuple[Outlook, ...] = ()
    next_flame_needs: float | None = None
    next_flame: tuple[Way, ...] = ()
    by_percentile: bool = False
    bots: LikeScanner | None = None
    of: int | None = None
    failed: Evidence | None = None


class LabelExplained(Struct, frozen=True):
    """One label of the contact: its text, or None; for `join` its parts, each a name and a text.

    `known` is False if the label depends on all contacts and the whole list was not scored. `evidence` is
    the evidence for its branch; `failed` is why no branch holds.
    """

    name: str
    title: str
    text: str | None
    parts: tuple[tuple[str, str | None], ...] = ()
    known: bool = True
    evidence: tuple[Evidence, ...] = ()
    failed: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a contact has its scores. `notes` are what the reader must know about the numbers.

    `hot` is whether the contact is hot under the project's condition. It is None without a condition, or if
    the condition depends on all contacts and the whole list was not scored. `hot_evidence` is the evidence
    for the condition, `hot_failed` why it does not hold. Both are unset if the run that is explained gave
    another result.
    """

    contact_id: str
    name: str | None
    email: str | None
    as_of: datetime
    timezone: str
    scores: tuple[ScoreExplained, ...]
    run_id: str | None = None
    notes: tuple[str, ...] = ()
    labels: tuple[LabelExplained, ...] = ()
    hot: bool | None = None
    hot_evidence: tuple[Evidence, ...] = ()
    hot_failed: Evidence | None = None
    company: str | None = None
    owner: str | None = None
