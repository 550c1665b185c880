"""Optional sections of a run's record, such as labels, accounts and mail scanners."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from flamescore.runs.layout import Clean, Part, Whole, key


class StateEntry(Part):
    """The run's role for the state: see the docs on acting on scores."""

    kind: str = key("`counting`, `baseline`, `backfill`; `none` where the state could not be read")
    state_run: str | None = key("the run that it was compared with, or null")


class WriteBackEntry(Part):
    """The files of a write-back."""

    name: str = key("its name")
    rows: int = key("the rows in its files")
    first_time: int = key("those of keys that were never delivered")


class SegmentEntry(Part):
    """One segment: its size, and how it changed since the run that this one was compared with."""

    name: str = key("its name; the built-in ones come first")
    title: str = key("its title")
    contacts: Whole = key("the contacts in it")
    entered: int = key("those who came in; 0 where there was no run to compare with")
    left: int = key("those who went out, likewise")
    definition: str = key("the SHA-256, in hex, of what it asks for")


class AlertEntry(Part):
    """One alert for contacts."""

    name: str = key("its name")
    rung: Whole = key("for how many contacts it rang")
    definition: str = key("a hash of its segment, and of `when` or the keys of its event")


class TrendEntry(Part):
    """The number of hot contacts under a score in one run."""

    as_of: datetime = key("the `as_of` of the run, UTC")
    score: str = key("the score's name")
    hot: Whole = key("how many were hot under it")
    to_call: Whole = key("those of them who were on the call list")
    rules_hash: str = key("the hash of that run's rule file")


class LabelValue(Part):
    """One value of a label."""

    label: str | None = key("the text; null: no label")
    contacts: Whole = key("the contacts that have it")


class LabelEntry(Part):
    """One label of the rule file."""

    name: str = key("its name")
    title: str = key("its title")
    values: tuple[LabelValue, ...] = key(
        "its texts in order of first mention, of `join` all combinations; null last"
    )


class HotEntry(Part):
    """The hot contacts, whether or not the call list leaves them out."""

    contacts: Whole = key("how many are hot: by the condition, else under the default score")
    condition: dict[str, Any] | None = key(
        "`hot` of the project file; null where `hot_flames` says who is hot"
    )


class HoldOutEntry(Part):
    """The contacts held out from call lists, to measure whether calling helps."""

    share: str = key("the share, as `5%`")
    contacts: Whole = key("the contacts held out that `call_list` does not exclude")
    hot: Whole = key("those of them who are hot: by the condition, else under the default score")


class RoutingEntry(Part):
    """The result of routing."""

    kept: Whole = key("the leads that keep their rep")
    new: Whole = key("the leads that got one in this run")
    nobody: Whole = key("the leads that nobody could get")


class NearAccountsEntry(Part):
    """Two accounts that may be the same company."""

    kind: str = key("`spelling`, `subdomain` or `domain`: why they may be one")
    accounts: tuple[Clean, Clean] = key("the two, the one with more contacts first")
    contacts: int = key("the contacts of the other")


class AccountsEntry(Part):
    """A summary of the accounts of the contacts."""

    accounts: int = key("the accounts")
    contacts: int = key("the contacts in one")
    without: int = key("the contacts in none")
    free_mail: int = key("those of them whose key is on the free-mail list")
    spellings: int = key("the accounts that are written in several ways")
    near: tuple[NearAccountsEntry, ...] = key("pairs that may be one, at most 100, most contacts first")


class BotPatternEntry(Part):
    """A pattern of mail scanners."""

    pattern: dict[str, Any] = key("the entry, as under `ignore`")
    events: int = key("the events that it names; an event may have several patterns")


class BotScoreEntry(Part):
    """What a score loses without the events that look like a mail scanner's."""

    name: str = key("the score's name")
    contacts: int = key("the contacts with points lost other than 0")
    points_lost: Decimal = key("the points, together, exactly")
    hot_lost: int | None = key("the contacts that are hot without `bots`, and not with `bots: remove`")


class BotsEntry(Part):
    """The events that look like a mail scanner's; the same for `show` and `remove`."""

    action: str = key("`show` or `remove`")
    contacts: int = key("the contacts with such events")
    events: int = key("the events that the patterns name and `ignore` leaves")
    patterns: tuple[BotPatternEntry, ...] = key("the patterns, in order")
    scores: tuple[BotScoreEntry, ...] = key("the scores, in order of the rule file")
