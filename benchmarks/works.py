"""Everything that can be measured on a data set: the product, its peers, and lower bounds."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from commands import OUT, PLACE, ROOT, code, product, published, python, score
from data import END, Dataset, make
from features import write
from measure import once
from rules import BROAD, NARROW, TRAITS, name_of, write_project, write_rules, write_sources
from sequences import QUARTER, SEQUENCES, WITHOUT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from commands import Command
    from features import Feature

OFTEN: Final = 1_000
SHORT: Final = 5
"""The minimum number of runs of a command that takes less than a few seconds."""

SAME_TABLES: Final = ("scores.parquet", "points.parquet")
"""The tables that the peers write."""

_OF_MIX: Final = {
    BROAD: "",
    NARROW: " narrow",
    SEQUENCES: " sequence",
    WITHOUT: " sequence-less",
    QUARTER: " quarter-sequence",
}


@dataclass(frozen=True, slots=True)
class Work:
    """A command to measure, each time in a fresh process.

    `least` and `most` bound the number of runs. Not measured are `before`, called ahead of each run, and the
    first run of a short work (`least` above 1). `needs` must have run once. `same_as` is the work whose
    tables a peer must reproduce, each in its own `folder`. If they differ, its time does not count.
    """

    name: str
    command: Callable[[Dataset], Command]
    least: int = 1
    most: int = OFTEN
    before: Callable[[Dataset], object] | None = None
    needs: Work | None = None
    folder: Path | None = None
    same_as: Work | None = None
    record: Callable[[Dataset], Path] | None = None
    """The path of the run record, for a `score` whose steps are shown."""

    tells: bool = False
    """Whether the command prints JSON: times measured inside, or counts."""

    def times(self, runs: int) -> int:
        """Return the number of runs, where `runs` is the number for the other works."""
        return min(self.most, max(self.least, runs))


def config_of(
    data: Dataset, count: int, mix: str = BROAD, *, csv: bool = False, hot: str | None = None
) -> Path:
    """Write the project file that scores a data set with `count` rules and that share of hot leads."""
    return write_project(data, count, csv=csv, folder=PLACE, mix=mix, hot=hot)


# --- the product and its peers


@cache
def ours(count: int, mix: str = BROAD, *, csv: bool = False, hot: str | None = None) -> Work:
    """Return the work that scores and writes everything."""

    def config(data: Dataset) -> Path:
        return config_of(data, count, mix, csv=csv, hot=hot)

    return Work(
        f"flamescore, {_called(count, mix)}{', CSV' if csv else ''}{f', {hot} hot' if hot else ''}",
        lambda data: score(config(data)),
        record=lambda data: published(config(data)),
    )


@cache
def tables(count: int, mix: str = BROAD, *, hot: str | None = None, every: bool = False) -> Work:
    """Return the work that scores and writes the peers' tables alone, or every table but no report."""
    words = "every table" if every else "the peers' tables"
    ending = f", {hot} hot" if hot else ""
    folder = OUT / f"tables-{name_of(count, mix)}{'-every' if every else ''}"

    def command(data: Dataset) -> Command:
        names = () if every else SAME_TABLES
        return python("tables.py", str(config_of(data, count, mix, hot=hot)), str(folder), *names)

    return Work(f"flamescore, {_called(count, mix)}, {words}{ending}", command, folder=folder)


@cache
def peer(name: str, count: int, mix: str = BROAD) -> Work:
    """Return the work that scores with another tool and writes its tables. The slowest run only once."""
    folder = OUT / f"{name}-{name_of(count, mix)}"

    def command(data: Dataset) -> Command:
        return python(f"peer_{name}.py", data.size, data.variant, name_of(count, mix), str(folder))

    return Work(
        f"{name}, {_called(count, mix)}",
        command,
        most=1 if name == "pandas" or (name == "polars" and count >= 100) else OFTEN,
        folder=folder,
        same_as=tables(count, mix),
    )


@cache
def of_feature(feature: Feature, *, without: bool = False) -> Work:
    """Return the work that scores with or without a feature."""

    def command(data: Dataset) -> Command:
        _features_made(data)
        return score(write(data, feature, PLACE, without=without))

    return Work(f"flamescore, {feature.name}{', left out' if without else ''}", command)


@cache
def _features_made(data: Dataset) -> None:
    once(python("features.py", data.size, str(PLACE), "--variant", data.variant))


def _called(count: int, mix: str) -> str:
    return f"{count}{_OF_MIX[mix]} rules"


# --- one night, the next night, and the past


def _night(data: Dataset) -> Command:
    return [*score(config_of(data, 100)), "--output", str(OUT / "nights")]


def _no_nights(_data: Dataset) -> None:
    shutil.rmtree(OUT / "nights", ignore_errors=True)


def _latest_night(_data: Dataset) -> Path:
    return OUT / "nights" / "latest"


FIRST_NIGHT: Final = Work(
    "flamescore, 100 rules, the first night",
    lambda data: [*_night(data), "--as-of", (END - timedelta(days=1)).isoformat()],
    before=_no_nights,
    record=_latest_night,
)
NEXT_NIGHT: Final = Work(
    "flamescore, 100 rules, the next night", _night, needs=FIRST_NIGHT, record=_latest_night
)
"""A separate work from the first night. The two alternate, so each is compared with the day before."""


def _backtest(data: Dataset) -> Command:
    asked = ("--outcome", "purchase", "--horizon", "4w", "--every", "1w", "--cuts", "12", "--repeat")
    known = ("--static-fields", "tags,employees", "--short-cuts")
    out = ("-o", str(OUT / "backtest.json"))
    return product("backtest", *asked, *known, *out, "--quiet", "--config", str(config_of(data, 100)))


BACKTEST: Final = Work("flamescore, 100 rules, a backtest of 12 cuts", _backtest, most=1)


def _half(data: Dataset) -> Command:
    return score(config_of(make(Dataset(data.size, "half", data.seed)), 300))


HALF: Final = Work("flamescore, 300 rules, half of the events", _half, most=1)


# --- inside a run: what can't be measured from outside


def _contacts_command(data: Dataset) -> Command:
    config = write_sources(
        PLACE / "flamescore-contacts.yaml",
        write_rules(20, PLACE, TRAITS),
        contacts=data.contacts,
        events=None,
    )
    return python("inside.py", "contacts", str(config), str(data.contacts))


REASONS: Final = Work(
    "the reasons of 40% hot leads / counting, inside",
    lambda data: python("inside.py", "reasons", str(config_of(data, 100, hot="40%"))),
    tells=True,
)
CONTACTS: Final = Work("contacts by 20 field and tag rules / reading, inside", _contacts_command, tells=True)
WIDE_EVENTS: Final = Work(
    "how many events wide rules keep",
    lambda data: python("wide.py", data.size, data.variant),
    most=1,
    tells=True,
)

# --- lower bounds

FLOOR: Final = Work("floor", lambda data: python("floor.py", data.size, data.variant))
CSV_FLOOR: Final = Work("floor of CSV", lambda data: python("floor.py", data.size, data.variant, "csv"))
NOTHING: Final = Work("python -c pass", lambda _data: code("pass"), least=SHORT)
IMPORT_POLARS: Final = Work("import polars", lambda _data: code("import polars"), least=SHORT)

# --- interactive commands

HELP: Final = Work("--help", lambda _data: product("--help"), least=SHORT)


@cache
def _few(size: str, variant: str) -> dict[str, tuple[str, int]]:
    make(Dataset(size, variant))
    once(python("few.py", size, variant, str(PLACE)))
    chosen: dict[str, tuple[str, int]] = json.loads((PLACE / "ids.json").read_text(encoding="utf-8"))
    return chosen


def _twenty(_data: Dataset) -> Command:
    _few("S", "shuffled")
    place = PLACE / "flamescore-twenty.yaml"
    few = {name: PLACE / f"{name}.csv" for name in ("contacts", "events")}
    return score(write_sources(place, write_rules(10, PLACE), contacts=few["contacts"], events=few["events"]))


TWENTY: Final = Work("flamescore, 10 rules, 20 contacts of CSV", _twenty, least=SHORT)


@cache
def _sample() -> Path:
    """Copy the sample, score it, and return its project file."""
    folder = PLACE / "sample"
    for name in ("sample_data", "rules"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "flamescore.yaml", folder)
    config = folder / "flamescore.yaml"
    once(score(config))
    return config


def _on_sample(*words: str) -> Work:
    def command(_data: Dataset) -> Command:
        return product(*words, "--quiet", "--config", str(_sample()))

    return Work(f"{words[0]} on the sample", command, least=SHORT)


SAMPLE: Final = (_on_sample("explain", "1042"), _on_sample("search", "--flames", "5"), _on_sample("runs"))


def _explain(who: str) -> Work:
    def command(data: Dataset) -> Command:
        contact, _ = _few(data.size, data.variant)[who]
        return product("explain", contact, "--quiet", "--config", str(config_of(data, 100)))

    return Work(f"explain of the {who} contact", command, least=SHORT, needs=ours(100))


def _filtered(who: str) -> Work:
    def command(data: Dataset) -> Command:
        contact, _ = _few(data.size, data.variant)[who]
        scan = f'pl.scan_parquet("{data.pattern}").filter(pl.col("contact_id") == "{contact}").collect()'
        return code(f"import polars as pl; {scan}")

    return Work(f"a filtered scan for the {who} contact", command, least=SHORT)


EXPLAIN: Final = {who: (_explain(who), _filtered(who)) for who in ("typical", "busiest")}

LISTED: Final = (
    "rank", "contact_id", "email", "name", "owner", "score", "flames", "percentile", "last_activity_at",
)  # fmt: skip
"""The columns that `search` shows for the benchmark's contacts. All of them are in `scores.parquet`."""


def _read_columns(data: Dataset) -> Command:
    names = ", ".join(f'"{name}"' for name in LISTED)
    file = published(config_of(data, 100)) / "scores.parquet"
    return code(f'import polars as pl; pl.read_parquet("{file}", columns=[{names}])')


SEARCH: Final = Work(
    "search --flames 5",
    lambda data: product("search", "--flames", "5", "--quiet", "--config", str(config_of(data, 100))),
    least=SHORT,
    needs=ours(100),
)
COLUMNS: Final = Work("reading the columns that search shows", _read_columns, least=SHORT, needs=ours(100))
