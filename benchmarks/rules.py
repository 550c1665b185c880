"""Make rule files of 10, 30, 100 and 300 rules of mixed kinds, and a project file for each data set.

    python benchmarks/rules.py S --rules 10 100

The rules are plain data, so that every peer can express the same ones in its own language.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from os.path import relpath
from typing import TYPE_CHECKING, Final

import yaml

from data import END, FOLDER, SIZES, VARIANTS, Dataset
from people import COUNTRIES, OWNERS, TAGS
from sequences import MIXES, idle_of, put_to
from traffic import ASSETS, SECTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COUNTS: Final = (10, 30, 100, 300)
ZONE: Final = "America/Phoenix"
"""A zone without daylight saving, so that a peer can divide days by a fixed offset."""

DAYS_OF: Final = {"4w": 28, "5w": 35, "90d": 90, "26w": 182, "1y": 365}
"""The days of each window. The year before the benchmark's `as_of` has 365."""

WINDOWS: Final = tuple(DAYS_OF)

BROAD: Final = "broad"
NARROW: Final = "narrow"
"""The two mixes of rules. Many rules of `broad` count all events of a type, so that three times the rules
count three times the occurrences. Each rule of `narrow` names a page, an e-mail, a form or a product, like
most rules of a long rule file.
"""


TRAITS: Final = "traits"
"""Rules on fields and tags alone."""

FIVE_FLAMES: Final = {"3%": 88.5, "40%": 16.2}
"""The points from which a contact is hot, chosen so that 100 broad rules make this share of contacts hot."""


@dataclass(frozen=True, slots=True)
class Fade:
    """A decay: `linear` by a percentage per day, or `half_life` in days."""

    how: str
    amount: str

    @property
    def words(self) -> object:
        """Return the decay as written in a rule file."""
        return f"{self.amount}%" if self.how == "linear" else {"half_life": f"{self.amount}d"}


@dataclass(frozen=True, slots=True)
class Rule:
    """An event rule.

    `url` is (operator, text), `least` (property, number), `follower` (event, days, wanted).
    """

    name: str
    event: str
    points: float
    count: str | int
    window: str
    fade: Fade | None = None
    url: tuple[str, str] | None = None
    least: tuple[str, int] | None = None
    per: str | None = None
    follower: tuple[str, int, bool] | None = None
    from_property: str | None = None
    asset: str | None = None

    def words(self) -> dict[str, object]:
        """Return the rule as written in a rule file."""
        where = {"url": {self.url[0]: self.url[1]}} if self.url else {}
        if self.least:
            where[self.least[0]] = {"at_least": self.least[1]}  # type: ignore[dict-item]
        if self.asset:
            where["asset"] = self.asset  # type: ignore[assignment]
        said: dict[str, object] = {"name": self.name, "event": self.event}
        if where:
            said["where"] = where
        if self.from_property:
            said["points"] = {"from": self.from_property, "multiply_by": self.points}
        else:
            said["points"] = self.points
        said |= {
            "count": self.count,
            "expires": self.window,
            "decay": self.fade.words if self.fade else "none",
        }
        if self.per:
            said["per"] = self.per
        if self.follower:
            event, days, wanted = self.follower
            said["followed_by" if wanted else "unless_followed_by"] = {"event": event, "within": f"{days}d"}
        return said


@dataclass(frozen=True, slots=True)
class Trait:
    """A rule on a contact: a `tag`, a minimum of `employees`, or N events of a type in the last days."""

    name: str
    points: float
    tag: str | None = None
    employees: int | None = None
    happened: tuple[str, int, int] | None = None

    def words(self) -> dict[str, object]:
        """Return the rule as written in a rule file."""
        said: dict[str, object] = {"name": self.name, "points": self.points}
        if self.tag is not None:
            return said | {"tag": self.tag}
        if self.employees is not None:
            return said | {"field": {"employees": {"at_least": self.employees}}}
        assert self.happened is not None
        event, times, days = self.happened
        return said | {"if": {"event": event, "times": times, "last": f"{days}d"}}


AnyRule = Rule | Trait


def rules(count: int, mix: str = BROAD) -> tuple[AnyRule, ...]:
    """Return rules of ten kinds in rotation. The rules of each turn differ from those of the other turns."""
    book = tuple(_KINDS[n % len(_KINDS)](n // len(_KINDS)) for n in range(count))
    return book if mix == BROAD else tuple(_narrowed(rule, n) for n, rule in enumerate(book))


def named(book: str) -> tuple[AnyRule, ...]:
    """Return the rules named on a command line: `100`, or `100-narrow`."""
    count, _, mix = book.partition("-")
    return rules(int(count), mix or BROAD)


def name_of(count: int, mix: str) -> str:
    """Return the name of a set of rules for a command line."""
    return str(count) if mix == BROAD else f"{count}-{mix}"


def _narrowed(rule: AnyRule, number: int) -> AnyRule:
    """Restrict a rule to one page (or a fiftieth of the pages) or one asset. Other event types are rare."""
    if not isinstance(rule, Rule):
        return rule
    if rule.event in ("page_visit", "link_click"):
        single = rule.url is not None and "page-" in rule.url[1]
        return rule if single else replace(rule, url=("contains", f"/p{number * 7 % 50:02d}/"))
    if rule.event in ASSETS:
        which = number * 3 % ASSETS[rule.event]
        return replace(rule, asset=f"{rule.event.partition('_')[0]}-{which:03d}")
    return rule


def _page(n: int) -> Rule:
    url = ("contains", f"/{SECTIONS[n % 10]}/" if n < 10 else f"/p{n % 50:02d}/")
    return Rule(f"Page {n}", "page_visit", 1 + n % 3, "each", WINDOWS[1 + n % 4], Fade("linear", "1"), url)


def _mail(n: int) -> Rule:
    return Rule(f"Mail {n}", "email_open", 0.5 + n % 4, "each", WINDOWS[n % 3], per="asset")


def _click(n: int) -> Rule:
    url = ("contains", f"page-{n * 37 % 500:03d}")
    return Rule(f"Click {n}", "link_click", 2 + n % 5, "once", WINDOWS[n % 5], url=url)


def _stay(n: int) -> Rule:
    url = ("starts_with", f"https://www.example.com/{SECTIONS[(n + 1) % 10]}")
    fade = Fade("half_life", str(14 + n % 5 * 7))
    return Rule(f"Stay {n}", "page_visit", 3, 5, "26w", fade, url, ("seconds", 60 + n % 9 * 60))


def _video(n: int) -> Rule:
    least = ("percent", 50 + n % 5 * 10)
    return Rule(f"Video {n}", "video_watch", 4, "each", "26w", Fade("linear", "0.5"), None, least, "day")


def _form(n: int) -> Rule:
    kind = ("form_submit", "survey", "webinar_attend", "call")[n % 4]
    return Rule(f"Form {n}", kind, 5 + n % 3, "each" if n % 2 else 3, "1y", Fade("half_life", str(30 + n)))


def _day(n: int) -> Rule:
    least = ("seconds", 30 + n % 20 * 30)
    return Rule(f"Day {n}", "page_visit", 1, "each", WINDOWS[n % 4], None, None, least, "day")


def _trait(n: int) -> Trait:
    if n % 3 == 0:
        return Trait(f"Tag {n}", 3, tag=f"Tag {n % 30:02d}")
    if n % 3 == 1:
        return Trait(f"Size {n}", 2 + n % 4, employees=50 * (n + 1))
    return Trait(f"Quiet {n}", -2, happened=("email_open", 1 + n % 5, 30))


def _amount(n: int) -> Rule:
    if n % 3 == 0:
        points = (1 + n % 7) / 100
        return Rule(
            f"Spent {n}", "purchase", points, "each", "1y", Fade("linear", "0.25"), from_property="amount"
        )
    url = ("contains", f"/checkout/p{n * 10 % 50 + 3:02d}/" if n > 2 else "/checkout/")
    follower = ("purchase", 2 + n % 5, n % 3 == 1)
    return Rule(f"Checkout {n}", "link_click", 6, "each", "90d", url=url, follower=follower)


def _many(n: int) -> Rule:
    kind = ("email_open", "link_click", "page_visit")[n % 3]
    return Rule(f"Latest {n}", kind, 0.25, 10 + n, "1y", Fade("linear", "0.25"))


_KINDS: Final = (_page, _mail, _click, _stay, _video, _form, _day, _trait, _amount, _many)


def write_rules(count: int, folder: Path = FOLDER, mix: str = BROAD, *, hot: str | None = None) -> Path:
    """Write a rule file of `count` rules."""
    path = folder / f"rules-{name_of(count, mix)}{_hot(hot)}.yaml"
    if mix == TRAITS:
        return write_book([_of_contact(n) for n in range(count)], path)
    if mix in MIXES:
        return write_book(put_to([each.words() for each in rules(count)], mix), path, idle=idle_of(mix))
    return write_book([each.words() for each in rules(count, mix)], path, hot=hot)


def _of_contact(n: int) -> dict[str, object]:
    """Return a rule on a field or a tag, of one of six kinds in rotation."""
    tag, country, owner = f"Tag {n:02d}", COUNTRIES[n % len(COUNTRIES)], OWNERS[n]
    asked: dict[str, object] = [
        {"tag": tag},
        {"field": {"employees": {"at_least": 20 * (n + 1)}}},
        {"field": {"country": country}},
        {"tag": [tag, TAGS[-1 - n]]},
        {"field": {"owner": [owner, OWNERS[-1]]}},
        {"field": {"email": {"contains": f"@firm{n}"}}},
    ][n % 6]  # type: ignore[assignment]
    return {"name": f"Contact {n}", "points": 1 + n % 4, **asked}


def write_book(book: Sequence[object], path: Path, *, idle: object = None, hot: str | None = None) -> Path:
    """Write a rule file with one score. `hot` is a key of `FIVE_FLAMES`; if None, five flames take 200."""
    score: dict[str, object] = {
        "five_flames": 200 if hot is None else FIVE_FLAMES[hot],
        "limits": {"max": 1000},
        "rules": list(book),
    }
    score |= {} if idle is None else {"idle": idle}
    _write(path, {"version": 1, "timezone": ZONE, "scores": {"interest": score}})
    return path


def write_project(
    data: Dataset,
    count: int,
    *,
    csv: bool = False,
    folder: Path = FOLDER,
    mix: str = BROAD,
    hot: str | None = None,
) -> Path:
    """Write the project file that scores a data set with `count` rules. Its output is next to it."""
    name = f"{data.size}-{data.variant}{'-csv' if csv else ''}-seed{data.seed}-{name_of(count, mix)}"
    path = folder / f"flamescore-{name}{_hot(hot)}.yaml"
    events = data.csv if csv else data.events
    book = write_rules(count, folder, mix, hot=hot)
    return write_sources(path, book, contacts=data.contacts, events=events)


def _hot(share: str | None) -> str:
    return "" if share is None else f"-hot{share.removesuffix('%')}"


def write_sources(path: Path, book: Path, *, contacts: Path, events: Path | None) -> Path:
    """Write a project file. Its output is in a separate folder under `out/`, next to it."""
    project: dict[str, object] = {
        "version": 1,
        "rules": book.name,
        "output": f"out/{path.stem.removeprefix('flamescore-')}",
        "as_of": f"{END:%Y-%m-%dT%H:%M:%SZ}",
        "keep_runs": 1,
        "contacts": [{"path": relpath(contacts, path.parent), "columns": {"contact_id": "contact_id"}}],
    }
    if events is not None:
        project["events"] = [{"path": relpath(events, path.parent)}]
    _write(path, project)
    return path


def _write(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, sort_keys=False, width=110), encoding="utf-8")


def main() -> None:
    """Write the requested files."""
    parser = argparse.ArgumentParser(description="Write the bench's rule and project files.")
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("--variant", choices=VARIANTS, default="shuffled")
    parser.add_argument("--rules", nargs="*", type=int, default=COUNTS)
    parser.add_argument("--mix", choices=(BROAD, NARROW, *MIXES), default=BROAD)
    parser.add_argument("--csv", action="store_true")
    asked = parser.parse_args()
    for count in asked.rules:
        print(write_project(Dataset(asked.size, asked.variant), count, csv=asked.csv, mix=asked.mix))


if __name__ == "__main__":
    main()
