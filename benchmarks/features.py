"""The cost of the larger features of rule and project files: each is scored with and without.

    python benchmarks/features.py S FOLDER       # makes what the two files of each feature read

A feature is added to a hundred rules of the broad mix. Both sides of a pair read the same exports: contacts
with a `company` (five contacts per company) and, for `bots`, automated clicks for one contact in fifty.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import yaml

from data import END, SIZES, VARIANTS, Dataset
from rules import rules, write_book
from sequences import SEQUENCES, WITHOUT, idle_of, put_to
from traffic import URLS

if TYPE_CHECKING:
    from collections.abc import Callable

Words = dict[str, Any]

CONTACTS: Final = "contacts-of-features.parquet"
MACHINES: Final = "machines.parquet"
VALUES: Final = "values.txt"
RULES: Final = 100
LISTED: Final = 100_000
"""The number of values in the long list: ten real pages, and addresses that nobody visits."""

A_COMPANY: Final = 5
"""The number of contacts per company."""

ONE_IN: Final = 50
"""One contact in this many is behind a scanner that clicks every link of a message within three seconds."""

_PRICES: Final = {"url": {"contains": "/pricing/"}}
_SOME_PAGES: Final = URLS[:10]


@dataclass(frozen=True, slots=True)
class Feature:
    """Two projects. `rules` and `project` change the side with the feature, `rules_without` the other."""

    name: str
    title: str
    rules: Callable[[Words], None] = lambda _book: None
    project: Callable[[Words], None] = lambda _project: None
    rules_without: Callable[[Words], None] = lambda _book: None
    machines: bool = False
    """Whether both sides read the automated clicks too."""


def write(data: Dataset, feature: Feature, folder: Path, *, without: bool) -> Path:
    """Write the rule and project files of one side of a pair, next to the files from `make`."""
    name = f"{feature.name}{'-without' if without else ''}"
    book_file = write_book([each.words() for each in rules(RULES)], folder / f"rules-{name}.yaml")
    book: Words = yaml.safe_load(book_file.read_text(encoding="utf-8"))
    project: Words = {
        "version": 1,
        "rules": book_file.name,
        "output": f"out/{name}",
        "as_of": f"{END:%Y-%m-%dT%H:%M:%SZ}",
        "keep_runs": 1,
        "contacts": [{"path": CONTACTS}],
        "events": [{"path": data.pattern}],
    }
    (feature.rules_without if without else feature.rules)(book)
    if feature.machines:
        project["events"].append({"path": MACHINES})
    if not without:
        feature.project(project)
    book_file.write_text(yaml.safe_dump(book, sort_keys=False), encoding="utf-8")
    path = folder / f"flamescore-{name}.yaml"
    path.write_text(yaml.safe_dump(project, sort_keys=False), encoding="utf-8")
    return path


def make(data: Dataset, folder: Path) -> None:
    """Make the contacts with companies, the list of pages, and the automated clicks."""
    people = pl.scan_parquet(data.contacts).with_row_index("number")
    company = pl.format("Company {}", pl.col("number") // A_COMPANY)
    people.with_columns(company=company).drop("number").sink_parquet(folder / CONTACTS)
    pages = [*_SOME_PAGES, *(f"https://www.example.com/unseen/{n}" for n in range(LISTED - len(_SOME_PAGES)))]
    (folder / VALUES).write_text("\n".join(pages), encoding="utf-8")
    behind = people.filter(pl.col("number") % ONE_IN == 0).select("contact_id")
    bursts = pl.LazyFrame({"back": [3, 9, 17, 33]}).join(pl.LazyFrame({"link": range(5)}), how="cross")
    clicked = pl.lit(END) - pl.duration(days="back") + pl.duration(milliseconds=pl.col("link") * 400)
    behind.join(bursts, how="cross").select(
        "contact_id",
        event=pl.lit("link_click"),
        at=clicked.dt.cast_time_unit("us"),
        asset=pl.lit("machine"),
        url=pl.format("https://www.example.com/sales/p{}/page-{}", "link", "link"),
    ).sink_parquet(folder / MACHINES)


def _listed(where: object) -> Callable[[Words], None]:
    def put(book: Words) -> None:
        rule = {"name": "Listed", "event": "page_visit", "where": {"url": {"in": where}}, "points": 1}
        _score(book)["rules"].append(rule | {"count": 5, "expires": "4w"})

    return put


def _percentiles_and_labels(book: Words) -> None:
    score = _score(book)
    del score["five_flames"]
    score["flames"] = {"percentile": [50, 75, 90, 95, 99]}
    book["labels"] = {
        "fit": {
            "first_of": [{"if": {"field": {"employees": {"at_least": 100}}}, "label": "A"}, {"label": "B"}]
        },
        "intent": {"first_of": [_better_than(90, "1"), _better_than(50, "2"), {"label": "3"}]},
        "known": {"first_of": [{"if": {"tag": "Tag 01"}, "label": "yes"}]},
        "grade": {"join": ["fit", "intent"]},
    }


def _better_than(percent: int, label: str) -> Words:
    return {"if": {"score": "interest", "percentile": {"at_least": percent}}, "label": label}


def _accounts(book: Words) -> None:
    book["accounts"] = {"key": "company", "scores": {"interest": {"combine": "sum", "five_flames": 400}}}


def _bots(book: Words) -> None:
    book["bots"] = "show"


def _acting(project: Words) -> None:
    project |= {
        "segments": {
            "best": {"if": {"score": "interest", "percentile": {"at_least": 95}}},
            "seen": {
                "if": {"event": "page_visit", "where": {"url": {"contains": "/pricing/"}}, "last": "7d"}
            },
            "large": {"if": {"all": [{"segment": "best"}, {"field": {"employees": {"at_least": 200}}}]}},
            "quiet": {"if": {"all": [{"segment": "best"}, {"not": {"event": "email_open", "last": "30d"}}]}},
        },
        "team": [
            {"name": "Rep 01", "email": "one@example.com"},
            {"name": "Rep 02", "email": "two@example.com"},
        ],
        "route": {"same": "company"},
        "channels": {"log": {"type": "file", "path": "out/notices.ndjson"}},
        "alerts": {
            "newly-hot": {"segment": "hot", "channel": "log"},
            "pricing": {
                "if": {"score": "interest", "percentile": {"at_least": 90}},
                "event": "page_visit",
                "where": _PRICES,
                "channel": "log",
            },
        },
        "write_back": {
            "keap": {"format": "keap", "columns": {"flames": "Flames", "score": "Lead Score"}},
        },
    }


def _all(book: Words) -> None:
    score = _score(book)
    score["rules"] = put_to(score["rules"], SEQUENCES)
    score["idle"] = idle_of(SEQUENCES)
    for feature in (_listed({"file": VALUES}), _percentiles_and_labels, _accounts, _bots):
        feature(book)


def _none(book: Words) -> None:
    score = _score(book)
    score["rules"] = put_to(score["rules"], WITHOUT)
    _listed(list(_SOME_PAGES))(book)


def _score(book: Words) -> Words:
    score: Words = book["scores"]["interest"]
    return score


LISTS: Final = "lists"
LABELS: Final = "labels"
ACCOUNTS: Final = "accounts"
BOTS: Final = "bots"
ACTING: Final = "acting"
ALL: Final = "all"
"""Every feature that changes the scores at once, including events in sequence."""

FEATURES: Final = (
    Feature(
        LISTS,
        "`in` a file of 100,000 values / `in` ten values",
        rules=_listed({"file": VALUES}),
        rules_without=_listed(list(_SOME_PAGES)),
    ),
    Feature(LABELS, "flames by percentile and four labels / without", rules=_percentiles_and_labels),
    Feature(ACCOUNTS, "accounts of five contacts each / without", rules=_accounts),
    Feature(BOTS, "`bots: show`, one contact in fifty hit / without", rules=_bots, machines=True),
    Feature(ACTING, "four segments, two alerts, an export, routes / without", project=_acting),
)
EVERYTHING: Final = Feature(
    ALL, "all features of the rule language / without", rules=_all, rules_without=_none, machines=True
)


def main() -> None:
    """Make the files that the feature benchmarks read."""
    parser = argparse.ArgumentParser(description="Make what the benchmark of features reads.")
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--variant", choices=VARIANTS, default="shuffled")
    asked = parser.parse_args()
    make(Dataset(asked.size, asked.variant), asked.folder)


if __name__ == "__main__":
    main()
