"""A column with another name in one of several files never changes scores silently."""

import csv
import io
import os
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flamescore.errors import ProjectFileError, RuleFileError
from flamescore.findings import as_line
from flamescore.nightly import Options, nightly
from flamescore.project import load_project

PROJECT = """\
version: 1
rules: rules.yaml
as_of: 2026-11-21
max_rejects: 100%
contacts: [{path: people, leave_out: {gone: yes}}]
events: [{path: events, columns: {link: Link, asset: [Asset, Title]}}]
tag_history: [{path: tags}]
call_list: {exclude: {field: {dnc: yes}}}
"""
RULES = """\
version: 1
ignore: [{event: click, where: {bot: true}}]
scores:
  s:
    five_flames: 20
    population: {field: {country: US}}
    defaults: {count: each, expires: 4w}
    rules:
      - {name: Url, event: click, where: {url: /a}, points: 1}
      - {name: Link, event: click, where: {link: /b}, points: 2}
      - {name: Page, event: click, per: page, points: 4}
      - {name: Amount, event: click, points: {from: amount}}
      - {name: Asset, event: click, where: {asset: Ebook}, points: 8}
      - {name: Tag, tag: VIP, points: 16}
"""
KINDS = {
    "people": {"contact_id": "{n}", "country": "US", "dnc": "yes", "gone": "no", "tags": "VIP"},
    "events": {
        "contact_id": "{n}", "event": "click", "at": "2026-11-2{n}", "url": "/a", "Link": "/b", "page": "{n}",
        "amount": "0.5", "Asset": "Ebook", "bot": "false", "event_id": "7",
    },
    "tags": {"contact_id": "{n}", "tag": "VIP", "at": "2026-11-01", "action": "removed"},
}  # fmt: skip


def write_files(folder: Path, files: int, kind: str = "", which: int = 0, **names: str) -> None:
    """Write `files` files of each kind; in one, `names` renames columns, and "" drops a column."""
    (folder / "flamescore.yaml").write_text(PROJECT)
    (folder / "rules.yaml").write_text(RULES)
    for each, cells in KINDS.items():
        (folder / each).mkdir(exist_ok=True)
        for number in range(files):
            new = names if (each, number) == (kind, which) else {}
            row = {new.get(name, name): cell.format(n=number) for name, cell in cells.items()}
            row.pop("", None)
            out = io.StringIO()
            csv.writer(out).writerows([row, row.values()])
            (folder / each / f"{number}.csv").write_text(out.getvalue())


def outcome(folder: Path) -> tuple[int, str, object]:
    """Return the exit code, the messages, and the scores with the contacts excluded from the call list."""
    try:
        done = nightly(load_project(folder / "flamescore.yaml"), Options(dry_run=True, accept=True))
    except (ProjectFileError, RuleFileError) as error:
        return 2, str(error), None
    scores = done.scored.scores.select("contact_id", "score").sort("contact_id").rows()
    said = "\n".join(as_line(each) for each in done.findings if each.is_open)
    return 0, said, (scores, done.scored.excluded["contact_id"].to_list())


COLUMNS = [(kind, column) for kind, cells in KINDS.items() for column in cells]
SPELLINGS = {
    "lower": str.lower,
    "upper": str.upper,
    "title": str.title,
    "spaced": lambda name: " ".join(name.replace("_", "")),
    "joined": lambda name: name.replace("_", "-") + "-",
}


FULL = os.environ.get("FLAMESCORE_TESTS") == "full"


@settings(max_examples=500 if FULL else 60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(COLUMNS),
    st.sampled_from([*SPELLINGS, "mixed", "other", "gone"]),
    st.integers(2, 4),
    st.data(),
)
def test_a_renamed_column_is_told_or_changes_nothing(tmp_path_factory, renamed, how, files, data):
    kind, column = renamed
    if how == "mixed":
        upper = data.draw(st.lists(st.booleans(), min_size=len(column), max_size=len(column)))
        new = "".join(each.upper() if up else each.lower() for each, up in zip(column, upper, strict=True))
    else:
        new = SPELLINGS[how](column) if how in SPELLINGS else {"other": "zq9", "gone": ""}[how]
    if new == column:
        return
    which = data.draw(st.integers(0, files - 1))
    folder = tmp_path_factory.mktemp("renamed")
    write_files(folder, files)
    code, said, before = outcome(folder)
    assert code == 0, said
    assert "I11" not in said
    write_files(folder, files, kind, which, **{column: new})
    code, said, after = outcome(folder)
    if code == 0 and after == before and "I11" not in said:
        return
    assert code == 2 or "I110" in said or "I111" in said
    assert f"{kind}/{which}.csv" in said
    if how in SPELLINGS or how == "mixed":
        assert f'"{new}"' in said
    if column in ("dnc", "Link", "Asset"):
        assert code == 2
