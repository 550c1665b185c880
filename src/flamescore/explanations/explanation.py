"""What an explanation says: frozen values, points as numbers that add up in decimals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime

    from flamescore.explanations.evidence import Evidence


class InBurst(Struct, frozen=True):
    """An event that belongs to a burst, and the properties that the rule looks at."""

    event: str
    at: datetime
    properties: tuple[tuple[str, str], ...] = ()


class Occurrence(Struct, frozen=True):
    """One event under a rule. `factor` is from 0 to 1; `outcome` is `counted`, or what kept it from counting.

    `properties` are the ones that the rule looks at. `expires_at` is None where it never does. A burst is an
    occurrence at the time of the event that completes it; `burst` has all events that belong to it, latest
    first, and is empty where there is no burst.
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
    """Whether a pattern of `bots` names it."""


class LikeScanner(Struct, frozen=True):
    """How many events of the contact look like a mail scanner's, and the points that the score has of them.

    These are the points without `bots` less those with `bots: remove`; they may be below 0.
    """

    events: int
    points_lost: float


class Applied(Struct, frozen=True):
    """The latest application among the tags of a rule that looks at their age.

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
    """Since when a contact is idle, and the share of the sum that is `left`, from 0 to 1.

    `days` are whole ones since the latest activity, an event of a type at an instant; all three are None for
    a contact who never was active.
    """

    left: float
    days: int | None = None
    at: datetime | None = None
    event: str | None = None


class EntryLine(Struct, frozen=True):
    """A rule, limit or silence that gave or took something; or, with `why`, a rule that gave nothing.

    `evidence` is what a rule that gave something saw; `failed` the first test that stopped one that gave
    nothing, of which `why` is the sentence. `applied` is there for tag rules alone that expire or decay, of
    contacts who have the tag; `silence` for what silence took; `limit` for a limit: the bound that the sum
    is held to. `numbers` are the properties of its occurrences that it reads as numbers.
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
    """The score so many days later, if nothing happens; `flames` as in `ScoreExplained`."""

    days: int
    score: float
    flames: int | None


class Way(Struct, frozen=True):
    """A rule of which one occurrence now would bring the next flame.

    `again` says whether the contact has one that counts, or counted until it expired.
    """

    rule_id: str
    name: str
    score: float
    flames: int
    again: bool


class ScoreExplained(Struct, frozen=True):
    """One score of the contact: the `entries` add up to `score`, to the last digit.

    `in_population` is False where the score leaves the contact out; there is nothing else to say then but
    the test of the population that `failed`.
    `rank`, `percentile` and `of`, how many are scored, are None where the whole list was not scored.
    `by_percentile` says that flames
    are given by percentile: there is no ideal then, all flames here are by the bounds of the run, and None
    where there is none.
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
    """One label of the contact: its text, None for none; of `join` the parts, each a name and a text.

    `known` is False where it depends on everyone else, and the whole list was not scored. `evidence` is what
    its branch saw, `failed` why none holds.
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
    """Why a contact has the scores it has. `notes` say what the reader must know of the numbers.

    `hot` says whether it is hot under the project's condition; None without one, or where that depends on
    everyone else and the whole list was not scored. `hot_evidence` is what the condition saw, `hot_failed`
    why it does not hold; neither where it is no longer the condition of the run that is explained.
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
