"""The parameters of a backtest: flags, with `backtest:` in the project file as the fallback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from flamescore.backtest.outcome import without_date
from flamescore.errors import Problem, UsageError
from flamescore.units import Period, parse_period

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_CUTS: Final = 60
TWELVE: Final = 12
Who = Literal["first-only", "repeat"]
_NOT_OF_A_LIST: Final = (
    "horizon", "at", "every", "first", "last", "cuts", "known_until", "who", "value", "called", "fields_from",
    "holdout_since",
)  # fmt: skip
"""Flags that have no meaning in a cross-section."""


class Question(Struct, frozen=True):
    """The parameters of a backtest. Times are as written; `horizon` and `who` are None in a cross-section."""

    outcome: str
    horizon: Period | None
    who: Who | None
    every: Period | None = None
    cuts: int = TWELVE
    first: str | None = None
    last: str | None = None
    at: tuple[str, ...] = ()
    known_until: str | None = None
    static_fields: tuple[str, ...] = ()
    score: str | None = None
    capacity: int | None = None
    value: str | None = None
    short_cuts: bool = False
    profile: bool = False
    called: str | None = None
    fields_from: Literal["runs"] | None = None
    holdout_since: str | None = None

    @property
    def cross_section(self) -> bool:
        """Whether contacts are compared as exported, without cuts."""
        return self.horizon is None


def question(flags: Mapping[str, object], settings: Mapping[str, object]) -> Question:
    """Merge flags over the project's settings.

    `flags` and `settings` map field names to values or None; `horizon` and `every` are strings or periods.

    Raises:
        UsageError: a required option is missing, or options conflict; as far as possible, all in one.
    """
    problems: list[Problem] = []
    options = {**settings, **{key: value for key, value in flags.items() if value not in (None, False, ())}}
    if options.get("outcome") is None:
        problems.append(
            Problem(
                "U031",
                "Say what a backtest looks for: --outcome.",
                hint="Such as --outcome purchase, the type of an event; or a condition of the rule language.",
            )
        )
    if flags.get("cross_section"):
        apart = [
            f"--{key.replace('_', '-')}" for key in _NOT_OF_A_LIST if flags.get(key) not in (None, False, ())
        ]
        names = {"--first": "--from", "--last": "--to", "--who": "--first-only and --repeat"}
        if apart:
            listed = ", ".join(names.get(each, each) for each in apart)
            problems.append(
                Problem(
                    "U033",
                    f"--cross-section can't go with {listed}.",
                    hint="It compares the list as exported with itself, at one time: the project's as_of.",
                )
            )
        _raise(problems)
        return Question(
            str(options["outcome"]),
            None,
            None,
            score=_text(options.get("score")),
            capacity=_whole(options.get("capacity"), "capacity", problems, most=None),
            profile=bool(options.get("profile")),
        )
    if options.get("outcome") is not None and without_date(str(options["outcome"])):
        raise UsageError(
            Problem(
                "U032",
                "This outcome has no date, so nothing shows that the score came first.",
                hint="--cross-section compares the list with itself as exported.",
            )
        )
    if options.get("who") is None:
        problems.append(
            Problem(
                "U030",
                "Give --first-only (contacts who have not done it before the cut) or --repeat (everyone).",
                hint='First-only asks "who becomes a customer?", repeat asks "who buys next?". They often '
                "differ by far.",
            )
        )
    horizon = _period(options.get("horizon"), "horizon", ("h", "d", "w"), problems)
    if options.get("horizon") is None:
        problems.append(
            Problem(
                "U031",
                "Say how long after a cut an outcome counts: --horizon.",
                hint="Such as --horizon 30d.",
            )
        )
    every = _period(options.get("every"), "every", ("d", "w", "mo", "y"), problems)
    if flags.get("at"):
        apart = [
            flag
            for key, flag in (("every", "--every"), ("cuts", "--cuts"), ("first", "--from"), ("last", "--to"))
            if flags.get(key) is not None
        ]
        if apart:
            problems.append(
                Problem(
                    "U033",
                    f"--at can't go with {', '.join(apart)}.",
                    hint="--at names each cut; the others say how to find them.",
                )
            )
    if flags.get("at") and options.get("fields_from"):
        problems.append(
            Problem(
                "U033",
                "--at can't go with --fields-from runs.",
                hint="The runs say which cuts there are; --from and --to choose among them.",
            )
        )
    cuts = _whole(options.get("cuts", TWELVE), "cuts", problems, most=MOST_CUTS)
    capacity = _whole(options.get("capacity"), "capacity", problems, most=None)
    _raise(problems)
    static = options.get("static_fields") or ()
    at = options.get("at") or ()
    return Question(
        str(options["outcome"]),
        horizon,
        "first-only" if options["who"] == "first-only" else "repeat",
        every=every,
        cuts=cuts or TWELVE,
        first=_text(options.get("first")),
        last=_text(options.get("last")),
        at=tuple(str(each) for each in at),  # type: ignore[attr-defined] # a list of texts
        known_until=_text(options.get("known_until")),
        static_fields=tuple(str(each) for each in static),  # type: ignore[attr-defined] # the same
        score=_text(options.get("score")),
        capacity=capacity,
        value=_text(options.get("value")),
        short_cuts=bool(options.get("short_cuts")),
        profile=bool(options.get("profile")),
        called=_text(options.get("called")),
        fields_from="runs" if options.get("fields_from") else None,
        holdout_since=_text(options.get("holdout_since")),
    )


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise UsageError(problems)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _period(value: object, name: str, units: tuple[str, ...], problems: list[Problem]) -> Period | None:
    if value is None:
        return None
    found = value if isinstance(value, Period) else parse_period(str(value))
    if found is None or found.unit not in units:
        hint = f"Use a number and a unit, such as 30d; the units are {', '.join(units)}."
        problems.append(Problem("U014", f"--{name}: `{value}` is not a period that it can take.", hint=hint))
        return None
    return found


def _whole(value: object, name: str, problems: list[Problem], *, most: int | None) -> int | None:
    if value is None:
        return None
    number = int(str(value))
    if number < 1 or (most is not None and number > most):
        bounds = f"from 1 to {most}" if most is not None else "from 1"
        problems.append(Problem("U033", f"--{name} must be a whole number {bounds}, not {number}."))
        return None
    return number
