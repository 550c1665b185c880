"""Events like a marketing site's: few very active contacts, many quiet ones, and a few popular pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from people import ids

if TYPE_CHECKING:
    from numpy.typing import NDArray

EVENTS: Final = pl.Schema(
    {
        "contact_id": pl.String(),
        "event": pl.String(),
        "at": pl.Datetime("us", "UTC"),
        "asset": pl.String(),
        "url": pl.String(),
        "seconds": pl.Int64(),
        "percent": pl.Int64(),
        "amount": pl.Float64(),
    }
)

SHARES: Final = {
    "page_visit": 0.42,
    "email_open": 0.25,
    "link_click": 0.14,
    "video_watch": 0.06,
    "form_submit": 0.04,
    "webinar_attend": 0.02,
    "call": 0.02,
    "survey": 0.02,
    "purchase": 0.02,
    "unsubscribe": 0.01,
}
TYPES: Final = tuple(SHARES)
ASSETS: Final = {"email_open": 400, "link_click": 400, "video_watch": 40, "form_submit": 30, "purchase": 50}
"""The number of distinct e-mails, links, videos, forms and products. Other events have no asset."""

SECTIONS: Final = (
    "articles",
    "sales",
    "pricing",
    "checkout",
    "features",
    "help",
    "blog",
    "about",
    "cases",
    "webinar",
)
PAGES: Final = 5_000
URLS: Final = tuple(
    f"https://www.example.com/{SECTIONS[n % 10]}/p{n % 50:02d}/page-{n:04d}" for n in range(PAGES)
)
ACTIVE: Final = 0.8
"""The share of contacts with any events."""


@dataclass(frozen=True)
class Traffic:
    """A generator of events.

    `orphans` and `distinct_urls` are shares. Times are within the `days` up to `end` (epoch seconds).
    """

    contact_ids: pl.Series
    end: int
    days: int
    orphans: float
    distinct_urls: float

    def piece(self, rows: int, seed: tuple[int, ...]) -> pl.DataFrame:
        """Return events in no particular order. The same seed gives the same events."""
        dice = np.random.default_rng(seed)
        kind = dice.choice(len(TYPES), rows, p=list(SHARES.values()))
        at = self.end - dice.integers(0, self.days * 86_400, rows)
        return pl.DataFrame(
            {
                "contact_id": self._contacts(dice, rows),
                "event": _named(TYPES, kind),
                "at": pl.Series(at * 1_000_000).cast(EVENTS["at"]),
                "asset": _assets(dice, kind),
                "url": self._urls(dice, kind),
                "seconds": _some((dice.exponential(150, rows)).astype(np.int64), kind, "page_visit", "call"),
                "percent": _some(dice.integers(0, 101, rows), kind, "video_watch", "webinar_attend"),
                "amount": _some(np.round(dice.exponential(120, rows), 2), kind, "purchase"),
            },
            schema=EVENTS,
        )

    def _contacts(self, dice: np.random.Generator, rows: int) -> pl.Series:
        """Draw from a Zipf-Mandelbrot law: a thousandth of the contacts have about 6% of the events."""
        count = len(self.contact_ids)
        number = _zipf(dice, rows, int(count * ACTIVE), flat=count // 10_000)
        found = self.contact_ids.gather(pl.Series(number))
        lost = np.flatnonzero(dice.random(rows) < self.orphans)
        return found.scatter(lost, ids(count + dice.integers(0, count, len(lost))))

    def _urls(self, dice: np.random.Generator, kind: NDArray[np.int64]) -> pl.Series:
        here = np.isin(kind, [TYPES.index("page_visit"), TYPES.index("link_click")])
        page = _zipf(dice, len(kind), PAGES, flat=5)
        plain = _named(URLS, page).set(pl.Series(~here), None)
        marked = np.flatnonzero(here & (dice.random(len(kind)) < self.distinct_urls))
        clicks = pl.Series(dice.integers(0, 2**62, len(marked)))
        return plain.scatter(
            marked,
            pl.select(pl.format("{}?utm_source=mail&clid={}", plain.gather(marked), clicks)).to_series(),
        )


def _zipf(dice: np.random.Generator, rows: int, count: int, *, flat: int) -> NDArray[np.int64]:
    """Draw numbers below `count`, low ones most often. The first `flat` are about equally likely."""
    low, high = (flat + 1) ** (1 / 3), (flat + 1 + count) ** (1 / 3)
    drawn = (low + (high - low) * dice.random(rows)) ** 3 - (flat + 1)
    number: NDArray[np.int64] = np.clip(drawn.astype(np.int64), 0, count - 1)
    return number


def _named(names: tuple[str, ...], which: NDArray[np.int64]) -> pl.Series:
    return pl.Series(names).gather(pl.Series(which))


def _assets(dice: np.random.Generator, kind: NDArray[np.int64]) -> pl.Series:
    names = [f"{each.split('_')[0]}-{n:03d}" for each, count in ASSETS.items() for n in range(count)]
    sizes = np.array([ASSETS.get(each, 0) for each in TYPES])
    starts = np.zeros(len(TYPES), np.int64)
    starts[[TYPES.index(each) for each in ASSETS]] = np.cumsum([0, *ASSETS.values()])[:-1]
    which = starts[kind] + (dice.random(len(kind)) ** 2 * sizes[kind]).astype(np.int64)
    return _named(tuple(names), np.where(sizes[kind] > 0, which, 0)).set(pl.Series(sizes[kind] == 0), None)


def _some(values: NDArray[np.int64] | NDArray[np.float64], kind: NDArray[np.int64], *types: str) -> pl.Series:
    return pl.Series(values).set(pl.Series(~np.isin(kind, [TYPES.index(each) for each in types])), None)
