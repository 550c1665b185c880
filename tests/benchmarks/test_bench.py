"""The benchmark: ratios of rounds, verdicts, the order of works, differing peers, sections of its results."""

import importlib
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).parents[2]
BENCH = ROOT / "benchmarks"


@pytest.fixture(scope="module")
def bench():
    """Import a module of the benchmark. Modules of other tests may have the same name."""
    names = {path.stem for path in BENCH.glob("*.py")}
    others = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    sys.path.insert(0, str(BENCH))
    yield importlib.import_module
    sys.path.remove(str(BENCH))
    for name in names:
        sys.modules.pop(name, None)
    sys.modules.update(others)


@pytest.fixture
def works(bench):
    """Return two works, the first of which is a peer of the second."""
    work = bench("works").Work
    mine = work("mine", lambda _data: [])
    return work("peer", lambda _data: [], same_as=mine), mine


def found(bench, works, ones, others, differs=None):
    """Return the measurements of two works: pairs of wall and processor seconds for each run."""
    cost = bench("measure").Cost
    costs = {
        work.name: [cost(wall, processor, 100.0) for wall, processor in each]
        for work, each in zip(works, (ones, others), strict=True)
    }
    return bench("targets").Found("S", 1_000, costs, differs or {})


def test_a_ratio_is_the_median_of_those_of_the_rounds(bench, works):
    seen = found(bench, works, [(2, 3), (10, 10), (4, 8)], [(1, 1), (10, 10), (1, 2)])
    measured = seen.ratio(*works)
    assert (measured.value, measured.work) == (2, 3)


def test_what_is_run_once_is_held_against_the_first_round(bench, works):
    seen = found(bench, works, [(8, 8)], [(2, 4), (1, 1), (1, 1)])
    measured = seen.ratio(*works)
    assert (measured.value, measured.work) == (4, 2)


@pytest.mark.parametrize(
    ("least", "bound", "verdicts"),
    [
        (True, 2, ("yes", "**no**")),
        (True, 2.01, ("**no**", "**no**")),
        (False, 2, ("yes", "yes")),
        (False, 1.5, ("**no**", "yes")),
        (False, None, ("", "")),
    ],
)
def test_both_clocks_are_judged(bench, works, least, bound, verdicts):
    target = bench("targets").ratio("peer / mine", {"S": bound}, *works, least=least)
    line = target.line(found(bench, works, [(2, 3)], [(1, 2)]))
    wanted = "" if bound is None else f"{'at least' if least else 'at most'} {bound:g}"
    assert line == f"| S | peer / mine | 2.00 | {verdicts[0]} | 1.50 | {verdicts[1]} | {wanted} |"


def test_the_time_of_a_peer_with_other_scores_does_not_count(bench, works):
    target = bench("targets").ratio("peer / mine", {"S": 2}, *works, least=True)
    line = target.line(found(bench, works, [(9, 9)], [(1, 1)], {"peer": (0, 3)}))
    assert line == "| S | peer / mine | not the same scores | | | | at least 2 |"


def test_what_a_work_needs_is_measured_before_it_and_nothing_twice(bench):
    targets = bench("targets")
    for size in ("start", "20", "S", "M", "L"):
        names = [work.name for work in targets.works_of(targets.chosen(size, []))]
        assert len(names) == len({*names})
    names = [work.name for work in targets.works_of(targets.chosen("M", []))]
    order = names.index
    assert order("flamescore, 100 rules, the first night") + 1 == order(
        "flamescore, 100 rules, the next night"
    )
    assert order("flamescore, 10 rules, the peers' tables") < order("duckdb, 10 rules")


def test_rows_are_chosen_by_their_words(bench):
    targets = bench("targets")
    rows = targets.chosen("S", ["NEXT night", "3% hot"])
    assert [row.what for row in rows] == [
        "everything written / the peers' tables, 3% hot",
        "the next night / the first",
    ]
    assert targets.chosen("20", ["next night"]) == []


def test_rounds_run_works_in_turn_and_prepare_them(bench, tmp_path, monkeypatch):
    monkeypatch.setattr(bench("rounds"), "OUT", tmp_path / "out")
    work, notes = bench("works").Work, tmp_path / "notes"

    def noting(letter):
        return lambda _data: [sys.executable, "-c", f"open({str(notes)!r}, 'a').write({letter!r})"]

    def before(_data):
        notes.write_text((notes.read_text() if notes.exists() else "") + "-")

    needed = work("needed", noting("n"))
    short = work("short", noting("s"), least=3)
    long = work("long", noting("l"), most=1, needs=needed)
    prepared = work("prepared", noting("p"), before=before)
    seen = bench("rounds").in_rounds(None, [short, long, prepared], 2, lambda _work, _cost: None)
    assert notes.read_text() == "ss" + "nl" + "-p" + "s" + "-p" + "s"
    assert {name: len(costs) for name, costs in seen.costs.items()} == {"short": 3, "long": 1, "prepared": 2}


def test_a_measured_process_caches_byte_code_whatever_the_shell_says(bench, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    words = "import json, sys; print(json.dumps({'cached': not sys.dont_write_bytecode}))"
    cost = bench("measure").once([sys.executable, "-c", words], tells=True)
    assert cost.told == {"cached": True}
    assert cost.wall > 0


def test_a_command_that_fails_ends_the_bench(bench):
    with pytest.raises(SystemExit, match="ended with 3:\nbroken"):
        bench("measure").once([sys.executable, "-c", "import sys; sys.stderr.write('broken'); sys.exit(3)"])


def test_both_clocks_are_read_at_once(bench):
    words = (
        f"import sys; sys.path.insert(0, {str(BENCH)!r}); import clocks, json, time; "
        "a = time.perf_counter(); time.sleep(0.2); b = time.perf_counter() - a; "
        "print(json.dumps([b, b.processor]))"
    )
    wall, processor = bench("measure").once([sys.executable, "-c", words], tells=True).told
    assert wall >= 0.2
    assert processor < 0.1


def test_a_section_replaces_its_own_alone(bench):
    results, head = bench("results"), "\n".join(bench("targets").HEAD)

    def section(row, peak):
        return f"{head}\n{row}\n\n| flamescore, 10 rules | 1.00 | 1.00 | {peak} | 3 | |"

    text = results.replaced("", "M, shuffled", section("| M | one | 1 | yes | 1 | yes | at most 2 |", 900))
    text = results.replaced(text, "S, urls", section("| S | one | 3 | **no** | 3 | **no** | |", 500))
    text = results.replaced(text, "S, shuffled", section("| S | one | 9 | yes | 9 | yes | |", 400))
    text = results.replaced(text, "S, shuffled", section("| S | one | 2 | yes | 2 | yes | |", 350))
    sections = results.sections_of(text)
    assert list(sections) == ["Targets", "S, shuffled", "S, urls", "M, shuffled", "Peak memory by size"]
    assert sections["Targets"].splitlines()[2:] == [
        "| S | one | 2 | yes | 2 | yes | |",
        "| S, urls | one | 3 | **no** | 3 | **no** | |",
        "| M | one | 1 | yes | 1 | yes | at most 2 |",
    ]
    assert [line.split("|")[4].strip() for line in sections["Peak memory by size"].splitlines()[2:]] == [
        "10 rules",
        "---",
        "350",
        "500",
        "900",
    ]


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({}, 0),
        ({"per": "day"}, 0),
        ({"burst": {"times": 2, "within": "7d"}}, 0),
        ({"followed_by": {"event": "click", "within": "2d"}}, 0),
        ({"per": "asset"}, 2),
        ({"burst": {"times": 2, "within": "7d", "per": "url"}}, 2),
        ({"points": {"from": "amount", "multiply_by": 2}}, 2),
        ({"followed_by": {"event": "click", "within": "2d", "same": "url"}}, 3),
        ({"per": "asset", "where": {"url": {"contains": "/b"}}}, 1),
    ],
)
def test_wide_rules_keep_the_events_that_they_need_a_property_of(bench, more, kept):
    end = bench("data").END
    events = pl.DataFrame(
        {
            "event": ["visit", "visit", "visit", "click"],
            "days": [1, 20, 40, 3],
            "url": ["/a", "/b", "/a", "/a"],
        }
    ).with_columns(at=pl.lit(end) - pl.duration(days="days"))
    rule = {"name": "Visit", "event": "visit", "points": 1, "expires": "4w"} | more
    found = list(bench("wide").wide(rule))
    assert events.filter(pl.any_horizontal(pl.lit(value=False), *found)).height == kept


@pytest.mark.full
@pytest.mark.skipif(find_spec("duckdb") is None, reason="needs what the benchmarks compare with: make bench")
def test_the_smallest_size_is_measured_and_its_peers_agree():
    words = [
        sys.executable,
        str(BENCH / "bench.py"),
        "--size",
        "20",
        "--runs",
        "1",
        "--only",
        "the same tables",
    ]
    run = subprocess.run(words, capture_output=True, text=True, check=True)
    assert run.stdout.count("| 0 scores, 0 ledger rows differ |") == 2
    assert run.stdout.count("| 20 | DuckDB / the same tables, 10 rules |") == 1


@pytest.mark.full
@pytest.mark.parametrize(("hot", "share"), [("3%", 0.03), ("40%", 0.4)])
def test_such_a_share_of_contacts_is_hot(bench, tmp_path, hot, share):
    data, rules, measure = bench("data"), bench("rules"), bench("measure")
    exports = data.make(data.Dataset("2k"))
    config = rules.write_project(exports, 100, folder=tmp_path, hot=hot)
    measure.once([sys.executable, "-m", "flamescore", "score", "--quiet", "--config", str(config)])
    [scores] = tmp_path.glob("out/*/latest/scores.parquet")
    assert (pl.read_parquet(scores)["flames"] == 5).mean() == pytest.approx(share, rel=0.25)
