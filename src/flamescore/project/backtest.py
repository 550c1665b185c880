"""`backtest:` of the project file: the defaults of `flamescore backtest`, which flags override."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flamescore.project.reading import Section, setting
from flamescore.project.values import AGE, TEXT, WORDS, one_of, whole

if TYPE_CHECKING:
    from flamescore.units import Period

CUTS = whole(1, 60)
CALLS = whole(1, 1_000_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestSettings(Section):
    """The outcome that a backtest measures, the time allowed for it, and the contacts considered."""

    outcome: str | None = setting(TEXT, "the type of an event, or a condition of the rule language", None)
    horizon: Period | None = setting(AGE, "how long after a cut an outcome counts", None)
    who: Literal["first-only", "repeat"] | None = setting(
        one_of("first-only", "repeat"),
        "who counts: only those who have not done it before, or everyone",
        None,
    )
    every: Period | None = setting(AGE, "the time between cuts; by default the horizon", None)
    cuts: int = setting(CUTS, "the maximum number of cuts", 12)
    static_fields: tuple[str, ...] = setting(WORDS, "contact columns that practically never change", ())
    capacity: int | None = setting(CALLS, "how many leads of a list are called before the next list", None)
    value: str | None = setting(TEXT, "a property of the outcome's events that holds their value", None)

    called: str | None = setting(
        TEXT, "how a call appears in the events: a type, or a condition of the rule language", None
    )
    fields_from: Literal["runs"] | None = setting(
        one_of("runs"), "where fields and tags come from: `runs` takes those of the stored runs", None
    )

    def given(self) -> dict[str, object]:
        """Return the given keys with their values, without defaults."""
        return {key: getattr(self, key) for key in self.given_keys}
