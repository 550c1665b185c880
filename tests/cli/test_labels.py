"""Labels, and a condition that defines who is hot, from the rule file to every table and command."""

# ruff: noqa: E501 - one table row per line

from __future__ import annotations

import csv
import io
import json

import polars as pl
import pytest

CONTACTS = """\
contact_id,name,email,company,owner,tags,size,grade
1,Ann Lee,ann@acme.example,Acme,Bo,VIP,500,x
2,Bo Diaz,bo@b.example,B,Bo,,50,y
3,Cy Young,cy@c.example,C,,Customer,500,z
4,Di Fox,di@d.example,D,Cy,,,
5,Ed Out,ed@e.example,E,Cy,Staff,500,
"""
EVENTS = """\
contact_id,event,at
1,visit,2026-11-20T09:00:00Z
1,visit,2026-11-19T09:00:00Z
2,visit,2026-11-20T09:00:00Z
3,visit,2026-11-20T10:00:00Z
3,visit,2026-11-18T09:00:00Z
"""
SCORES = """\
version: 1
scores:
  engagement:
    five_flames: 10
    population: {not: {tag: Staff}}
    rules:
      - {name: Visited, event: visit, count: each, points: 5}
  fit:
    five_flames: 10
    rules:
      - {name: Large, field: {size: {at_least: 100}}, points: 10}
"""
RULES = (
    SCORES
    + """\
labels:
  fit_band:
    first_of:
      - {if: {score: fit, flames: [4, 5]}, label: A}
      - {if: {score: fit, flames: [2, 3]}, label: B}
      - {if: {score: fit, flames: [0, 1]}, label: C}
  intent_band:
    first_of:
      - {if: {score: engagement, percentile: {at_least: 66}}, label: 1}
      - {if: {score: engagement, flames: {at_least: 2}}, label: 2}
      - {if: {score: engagement, flames: {at_least: 0}}, label: 3}
  grade: {title: Grade, join: [fit_band, intent_band]}
"""
)
PROJECT = """\
version: 1
rules: rules.yaml
as_of: 2026-11-21
keep: [name, grade]
contacts: [{path: contacts.csv}]
events: [{path: events.csv}]
"""
HOT = "hot: {label: {grade: [A1, C3]}}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the folder of a project with labels, which is also the working directory."""
    files = {"contacts.csv": CONTACTS, "events.csv": EVENTS, "rules.yaml": RULES, "flamescore.yaml": PROJECT}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def score(folder, flamescore):
    def run(*words, project=PROJECT, rules=RULES, code=0):
        (folder / "flamescore.yaml").write_text(project, encoding="utf-8")
        (folder / "rules.yaml").write_text(rules, encoding="utf-8")
        done = flamescore("score", *words)
        assert done.code == code, done.err
        return done

    return run


@pytest.fixture
def latest(folder):
    return folder / "out" / "latest"


def record(latest):
    return json.loads((latest / "run.json").read_text(encoding="utf-8"))


def ids(out):
    return [row["contact_id"] for row in csv.DictReader(io.StringIO(out))]


# --- the tables


def test_labels_parquet_has_every_contact_scored_or_not(score, latest):
    score()
    table = pl.read_parquet(latest / "labels.parquet")
    assert table.schema == dict.fromkeys(("contact_id", "fit_band", "intent_band", "grade"), pl.String)
    assert table.rows() == [
        ("1", "A", "1", "A1"),
        ("2", "C", "2", "C2"),
        ("3", "A", "1", "A1"),
        ("4", "C", "3", "C3"),
        ("5", "A", None, None),
    ]


def test_scores_csv_has_a_column_a_label_after_its_scores(score, latest):
    score()
    lines = (latest / "scores.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].endswith("fit_rank,fit_band,intent_band,label_grade")
    assert [line.split(",")[0] + ":" + ",".join(line.split(",")[-3:]) for line in lines[1:]] == [
        "3:A,1,A1", "1:A,1,A1", "2:C,2,C2", "4:C,3,C3", "5:A,,",
    ]  # fmt: skip


def test_call_lists_have_labels_after_the_percentile(score, latest):
    score()
    for name in ("hot_leads.csv", "hot_leads-fit.csv"):
        header = (latest / name).read_text(encoding="utf-8-sig").splitlines()[0]
        assert header == (
            "rank,contact_id,name,grade,flames,score,percentile,fit_band,intent_band,label_grade,"
            "reason_1,reason_2,reason_3,last_activity,change,newly_hot,hot_since"
        )


def test_a_label_called_like_a_column_is_called_label_and_its_name(score, latest):
    names = ("contact_id", "score", "rank", "reason_1", "engagement_score", "name", "label_score", "trend")
    labels = "".join(f"  {name}: {{first_of: [{{label: {name[0]}}}]}}\n" for name in names)
    score(rules=f"{SCORES}labels:\n{labels}")
    header = (latest / "scores.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert header[-8:] == [
        "label_contact_id", "label_label_score", "label_rank", "label_reason_1", "label_engagement_score",
        "label_name", "label_score", "trend",
    ]  # fmt: skip
    assert len(set(header)) == len(header)
    stored = pl.read_parquet(latest / "labels.parquet").columns
    assert stored == ["contact_id", "label_contact_id", *names[1:]]


def test_run_json_counts_every_text_in_order_and_those_without_last(score, latest):
    score()
    labels = record(latest)["labels"]
    assert [(each["name"], each["title"]) for each in labels] == [
        ("fit_band", "fit_band"), ("intent_band", "intent_band"), ("grade", "Grade"),
    ]  # fmt: skip
    told = [[(value["label"], value["contacts"]) for value in each["values"]] for each in labels]
    assert told == [
        [("A", 3), ("B", 0), ("C", 2), (None, 0)],
        [("1", 2), ("2", 1), ("3", 1), (None, 1)],
        [("A1", 2), ("A2", 0), ("A3", 0), ("B1", 0), ("B2", 0), ("B3", 0), ("C1", 0), ("C2", 1), ("C3", 1), (None, 1)],
    ]  # fmt: skip


def test_without_labels_there_is_no_table_and_hot_is_told_all_the_same(score, latest):
    score(rules=SCORES)
    assert not (latest / "labels.parquet").exists()
    assert record(latest)["labels"] == []
    assert record(latest)["hot"] == {"contacts": 2, "condition": None}
    assert record(latest)["hot_flames"] == 5
    hot = pl.read_parquet(latest / "hot.parquet")
    assert (hot.schema, hot["contact_id"].to_list()) == ({"contact_id": pl.String}, ["1", "3"])


# --- who is hot


def test_a_condition_is_one_answer_a_contact(score, latest):
    done = score(project=PROJECT + HOT)
    assert done.out.strip().endswith(": 5 contacts, 3 hot, 3 to call")
    assert record(latest)["hot"] == {"contacts": 3, "condition": {"label": {"grade": ["A1", "C3"]}}}
    assert record(latest)["hot_flames"] is None
    assert pl.read_parquet(latest / "hot.parquet")["contact_id"].to_list() == ["1", "3", "4"]
    assert sorted(each.name for each in latest.glob("hot_leads*")) == ["hot_leads.csv"]
    assert ids((latest / "hot_leads.csv").read_text(encoding="utf-8-sig")) == ["3", "1", "4"]


def test_who_has_no_row_under_the_default_score_comes_last(score, latest):
    score(project=PROJECT + "hot: {score: fit, flames: 5}\n")
    rows = (latest / "hot_leads.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [row.split(",")[:2] for row in rows] == [["1", "3"], ["1", "1"], ["", "5"]]
    assert rows[-1] == ",5,Ed Out,,,,,A,,,,,,,,,"


def test_hot_is_before_the_call_list_and_both_may_ask_for_scores(score, latest):
    exclude = "call_list: {exclude: {all: [{tag: Customer}, {score: fit, points: {at_least: 10}}]}}\n"
    score(project=PROJECT + HOT + exclude)
    assert pl.read_parquet(latest / "hot.parquet")["contact_id"].to_list() == ["1", "3", "4"]
    assert ids((latest / "hot_leads.csv").read_text(encoding="utf-8-sig")) == ["1", "4"]
    assert record(latest)["excluded"] == 1


def test_a_flag_wins_over_the_condition_with_a_note(score, latest):
    done = score("--hot-flames", "2", project=PROJECT + HOT)
    assert done.out.strip().endswith(
        "contacts, 3 hot on engagement, 3 hot on fit with 2 flames or more, 3 to call"
    )
    assert record(latest)["hot"] == {"contacts": 3, "condition": None}
    (note,) = [each for each in record(latest)["findings"] if each["code"] == "R187"]
    assert (note["severity"], note["subject"], note["line"]) == ("note", "hot", 7)
    assert (latest / "hot_leads-fit.csv").exists()


def test_both_in_the_file_is_an_error(score):
    done = score(project=PROJECT + HOT + "hot_flames: 4\n", code=2)
    assert "P026: Use `hot` or `hot_flames`, not both." in done.err


@pytest.mark.parametrize(
    ("hot", "said"),
    [
        ("{score: fitt, flames: 5}", "R085: There is no score `fitt`."),
        ("{label: {grad: A1}}", "R084: There is no label `grad`."),
        ("{label: {grade: A9}}", "R086: Label `grade` is never `A9`."),
        ("{score: fit}", "R071: Nothing is asked of this score."),
    ],
)
def test_a_condition_that_asks_for_what_there_is_not(score, hot, said):
    for key in (f"hot: {hot}\n", f"call_list: {{exclude: {hot}}}\n"):
        assert said in score(project=PROJECT + key, code=2).err


def test_the_json_line_has_one_entry_under_a_condition(score):
    done = score("--log-format", "json", project=PROJECT + HOT)
    last = json.loads(done.err.splitlines()[-2])
    assert (last["hot"], last["to_call"]) == ({"engagement": 3}, {"engagement": 3})


def test_what_a_condition_asks_of_the_exports_is_looked_at(score, latest):
    score(project=PROJECT + "hot: {any: [{tag: VPI}, {score: fit, flames: 5}]}\n")
    found = record(latest)["findings"]
    assert ("R125", "hot tag VPI") in [(each["code"], each["subject"]) for each in found]


def test_a_branch_that_is_for_nobody_is_a_note_of_the_label(score, latest):
    score()
    (found,) = record(latest)["findings"]
    assert (found["code"], found["severity"], found["subject"]) == ("R122", "note", "labels.fit_band")
    assert found["message"].startswith("`B` of label `fit_band` gives nobody anything: a branch is taken for")
    assert (found["path"], found["line"]) == ("rules.yaml", 16)
    nobody = "{if: {field: {size: 77}}, label: B}"
    score(rules=RULES.replace("{if: {score: fit, flames: [2, 3]}, label: B}", nobody))
    (found,) = record(latest)["findings"]
    assert (found["code"], found["severity"], found["subject"]) == ("R120", "warning", "labels.fit_band size")


# --- searching


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--label", "grade=A1"], ["3", "1"]),
        (["--label", "grade=A1", "--label", "grade=C3"], ["3", "1", "4"]),
        (["--label", "grade=A1", "--label", "fit_band=C"], []),
        (["--label", "grade=C2", "--label", "fit_band=C"], ["2"]),
        (["--label", "grade=a1"], []),
        (["--label", "grade=", "--score", "fit"], ["5"]),
        (["--hot"], ["3", "1", "4"]),
        (["--hot", "--label", "fit_band=C"], ["4"]),
        (["--hot", "--score", "fit"], ["1", "3", "4"]),
    ],
)
def test_search(score, flamescore, words, found):
    score(project=PROJECT + HOT)
    assert sorted(ids(flamescore("search", *words).out)) == sorted(found)


def test_search_shows_labels_and_takes_them_for_columns(score, flamescore):
    score()
    header = flamescore("search").out.splitlines()[0]
    assert header == (
        "rank,contact_id,name,grade,flames,score,percentile,fit_band,intent_band,label_grade,"
        "reason_1,reason_2,reason_3,last_activity,change,newly_hot,hot_since"
    )
    out = flamescore("search", "--columns", "contact_id,intent_band,label_grade", "--limit", "1").out
    assert out == "contact_id,intent_band,label_grade\n3,1,A1\n"


def test_search_without_a_condition_goes_by_flames(score, flamescore):
    score("--hot-flames", "2")
    assert ids(flamescore("search", "--hot").out) == ["3", "1", "2"]


def test_search_for_a_label_that_the_run_has_not(score, flamescore):
    score()
    done = flamescore("search", "--label", "grad=A1")
    assert (done.code, done.err) == (
        2,
        "error U018: This run has no label `grad`.\n        Nearest: `grade`.\n",
    )
    score(rules=SCORES)
    done = flamescore("search", "--label", "grade=A1")
    assert (done.code, "U018" in done.err) == (2, True)
    done = flamescore("search", "--label", "grade")
    assert (done.code, "U002" in done.err) == (2, True)


# --- explaining


def test_explain_ends_with_labels_and_hot(score, flamescore):
    score(project=PROJECT + HOT)
    assert flamescore("explain", "1").out.splitlines()[-4:] == [
        "fit_band  A",
        "intent_band  1",
        "Grade  A1  (fit_band A, intent_band 1)",
        "hot: yes",
    ]
    assert flamescore("explain", "5").out.splitlines()[-3:] == [
        "intent_band  none",
        "Grade  none  (fit_band A, intent_band none)",
        "hot: no",
    ]
    told = json.loads(flamescore("explain", "1", "--format", "json").out)
    assert told["hot"] is True
    assert told["labels"][2] == {
        "name": "grade", "title": "Grade", "text": "A1", "parts": [["fit_band", "A"], ["intent_band", "1"]], "known": True,
    }  # fmt: skip
    assert [(each["kind"], each["value"]) for each in told["labels"][0]["evidence"]] == [
        ("branch", 1),
        ("score", 5),
    ]
    out = flamescore("explain", "1", "--all").out
    assert (
        "fit_band  A\n  branch 1 of 3: fit flames 5 (one of 4, 5)\n"
        "intent_band  1\n  branch 1 of 3: engagement percentile 66.6666 (at least 66)\n"
    ) in out


@pytest.mark.parametrize(
    ("hot", "who", "seen"),
    [
        ("label: {grade: [A1, C3]}", "1", ["hot: yes", '  grade is "A1" (one of "A1", "C3")']),
        ("label: {grade: [A1, C3]}", "2", ["hot: no", '  grade is "C2", not one of "A1", "C3"']),
        ("score: engagement, rank: {at_most: 1}", "3", ["hot: yes", "  engagement rank 1 (at most 1)"]),
        ("score: engagement, rank: {at_most: 1}", "2", ["hot: no", "  engagement rank 3, more than 1"]),
        ("score: engagement, percentile: {at_least: 33}", "2", ["hot: yes", "  engagement percentile 33.3333 (at least 33)"]),
        ("score: engagement, percentile: {at_least: 34}", "2", ["hot: no", "  engagement percentile 33.3333, less than 34"]),
        ("score: engagement, rank: {at_most: 1}", "5", ["hot: no", "  engagement: not scored"]),
        ("all: [{tag: VIP}, {score: fit, points: 10}]", "1", ["hot: yes", '  tag "VIP", no date', "  fit points 10"]),
    ],
)  # fmt: skip
def test_explain_all_tells_why_somebody_is_hot(score, flamescore, hot, who, seen):
    score(project=f"{PROJECT}hot: {{{hot}}}\n")
    as_of_run = flamescore("explain", who, "--all").out.splitlines()
    assert as_of_run[-len(seen) :] == seen
    with_rank = flamescore("explain", who, "--all", "--as-of", "2026-11-21", "--rank").out.splitlines()
    assert with_rank[-len(seen) :] == seen
    told = json.loads(flamescore("explain", who, "--format", "json").out)
    sentences = [each["sentence"] for each in told.get("hot_evidence", [told.get("hot_failed")])]
    assert [f"  {each}" for each in sentences] == seen[1:]


def test_what_a_condition_saw_is_told_of_the_condition_of_the_run_alone(score, flamescore, folder):
    score(project=PROJECT + HOT)
    (folder / "flamescore.yaml").write_text(PROJECT + "hot: {label: {grade: A1}}\n", encoding="utf-8")
    assert flamescore("explain", "1", "--all").out.endswith("\nhot: yes\n")


def test_explain_as_of_another_time_tells_what_depends_on_others_with_rank_alone(score, flamescore):
    score(project=PROJECT + HOT)
    out = flamescore("explain", "1", "--as-of", "2026-11-21").out
    assert "fit_band  A\nintent_band  not known without --rank\nGrade  not known without --rank\n" in out
    assert "hot:" not in out
    out = flamescore("explain", "1", "--as-of", "2026-11-21", "--rank").out
    assert "Grade  A1  (fit_band A, intent_band 1)\n" in out
    assert out.endswith("hot: yes\n")


def test_a_run_is_explained_though_the_project_asks_for_a_label_that_it_has_not(score, flamescore, folder):
    score(rules=SCORES)
    (folder / "flamescore.yaml").write_text(PROJECT + HOT, encoding="utf-8")
    done = flamescore("explain", "1")
    assert (done.code, "hot:" in done.out) == (0, False)


# --- what changed


def changes(latest):
    table = pl.read_parquet(latest / "changes.parquet")
    return {(row["score_name"], row["contact_id"]): row["change"] for row in table.iter_rows(named=True)}


def test_newly_hot_is_by_the_condition_and_in_the_default_scores_rows(score, latest):
    score("--as-of", "2026-11-18", project=PROJECT + HOT)
    assert pl.read_parquet(latest / "hot.parquet")["contact_id"].to_list() == ["2", "4"]
    score(project=PROJECT + HOT)
    found = changes(latest)
    kinds = {who: found["engagement", who] for who in "1234"}
    assert kinds == {"1": "newly_hot", "2": "cooled_off", "3": "newly_hot", "4": "same"}
    assert {kind for (name, _), kind in found.items() if name == "fit"} == {"same"}
    assert "R188" not in [each["code"] for each in record(latest)["findings"]]


def test_a_run_before_by_another_condition_is_a_note(score, latest, flamescore):
    score("--as-of", "2026-11-20", project=PROJECT + "hot: {score: fit, flames: 5}\n")
    score(project=PROJECT + HOT)
    (note,) = [each for each in record(latest)["findings"] if each["code"] == "R188"]
    assert (note["severity"], note["subject"]) == ("note", "hot")
    assert "another condition" in note["message"]
    assert changes(latest)["engagement", "4"] == "newly_hot"
    assert "another condition" in flamescore("changes", "-v").err


def test_a_run_before_without_the_table_makes_nobody_newly_hot(score, latest, folder):
    score("--as-of", "2026-11-20", project=PROJECT + HOT)
    before = next((folder / "out" / "runs").iterdir())
    (before / "hot.parquet").unlink()
    old = record(before)
    old["files"] = [each for each in old["files"] if each["path"] != "hot.parquet"]
    del old["hot"], old["labels"]
    old["hot_flames"] = 5
    (before / "run.json").write_text(json.dumps(old), encoding="utf-8")
    score(project=PROJECT + HOT)
    assert "newly_hot" not in changes(latest).values()
    assert "cooled_off" not in changes(latest).values()
    (note,) = [each for each in record(latest)["findings"] if each["code"] == "R188"]
    assert "does not say who was hot" in note["message"]


# --- the report


def test_the_report_lists_and_counts_labels(score, latest, flamescore):
    score(project=PROJECT + HOT)
    page = (latest / "report.html").read_text(encoding="utf-8")
    text = (latest / "report.md").read_text(encoding="utf-8")
    assert 'title="Grade"><bdi>Grade</bdi></th>' in page
    assert page.count("<bdi>A1</bdi></td>") == 2
    assert 'aria-label="Grade"><option value="">Grade: all</option>' in page
    assert "\n## Grade\n\n| Label | Contacts |\n|---|---:|\n| A1 | 2 |\n" in text
    assert "| none | 1 |" in text
    assert "4 contacts scored, 3 hot to call." in text
    assert "Closest to hot" not in page + text
    assert flamescore("report", "--format", "html").out == page
    assert "Grade: A1 2, C2 1, C3 1, none 1" in flamescore("report", "--format", "table").out


def test_the_report_without_either_is_as_before(score, latest):
    score(rules=SCORES)
    text = (latest / "report.md").read_text(encoding="utf-8")
    assert "Label" not in text
    assert "Closest to hot" in text


# --- the same bytes


def test_runs_of_the_same_exports_have_the_same_tables(score, latest):
    score(project=PROJECT + HOT)
    first = {name: (latest / name).read_bytes() for name in ("labels.parquet", "hot.parquet", "scores.csv")}
    score(project=PROJECT + HOT)
    assert first == {name: (latest / name).read_bytes() for name in first}
