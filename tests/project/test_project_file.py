"""The project file: every fault at once, at its place; how the file is found; what overrides it."""

# ruff: noqa: E501 - a case and its whole message are on one line

import textwrap
from pathlib import Path

import jsonschema
import pytest
import yaml

from flamescore.errors import ProjectFileError, UsageError
from flamescore.project import (
    FLAGS,
    VARIABLES,
    check_needed,
    find_project,
    json_schema,
    key_table,
    load_project,
    parse_limit,
    settle,
)

WHOLE = """\
version: 1
rules: rules/keap.yaml
output: out
as_of: now
keep_runs: 30
max_rejects: 1%
hot_flames: 5
keep: [email, name, phone, company, owner]
call_list:
  exclude: {any: [{tag: Do Not Call}, {event: unsubscribe}, {event: purchase, last: 90d}]}
contacts:
  - path: exports/contacts-*.csv
    files: newest
    columns: {contact_id: Id, email: Email, name: [First Name, Last Name], tags: Tags, owner: Owner}
    tags: {separator: ","}
    dates: {Renewal: "%m/%d/%Y"}
    timezone: America/Phoenix
events:
  - path: exports/email-activity-*.csv
    columns: {contact_id: ContactId, event: Type, at: Date, asset: Email, event_id: Id}
    rename: {event: {Opened: email_open, Clicked: link_click}}
    at: {format: "%m/%d/%Y %I:%M %p"}
    timezone: America/Phoenix
  - path: exports/orders/**/*.parquet
    constants: {event: purchase}
    columns: {contact: Customer Email, at: created}
    contact_key: email
    at: {format: epoch_ms}
tag_history:
  - {path: exports/tags-applied.csv, columns: {contact_id: ContactId, tag: Tag, at: Date, action: Action}}
opportunities:
  - {path: exports/opportunities.csv, columns: {opportunity_id: Id, contact_id: ContactId}}
"""


def faults(tmp_path, text):
    path = tmp_path / "flamescore.yaml"
    path.write_text(textwrap.dedent(text))
    with pytest.raises(ProjectFileError) as caught:
        load_project(path)
    return [
        f"{problem.where.line}:{problem.where.column} {problem.code} {problem.message}"
        + (f" {problem.hint}" if problem.hint else "")
        for problem in caught.value.problems
    ]


def test_the_whole_of_the_contracts_example(tmp_path):
    (tmp_path / "flamescore.yaml").write_text(WHOLE)
    project = load_project(tmp_path / "flamescore.yaml")
    settings = project.settings
    assert (settings.rules, settings.output, settings.keep_runs, settings.hot_flames) == (
        "rules/keap.yaml",
        "out",
        30,
        5,
    )
    assert settings.contacts[0].columns["name"] == ("First Name", "Last Name")
    assert settings.events[0].at.format == ("%m/%d/%Y %I:%M %p",)
    assert settings.events[1].contact_key == "email"
    assert str(settings.contacts[0].timezone) == "America/Phoenix"
    assert project.exclude.plain()["any"][0] == {"tag": "Do Not Call"}
    assert str(project.where("events", 1, "contact_key")).endswith("flamescore.yaml:27:18")
    assert project.resolve("rules/keap.yaml") == tmp_path.resolve() / "rules/keap.yaml"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("version: 2\n", "1:10 P023 `version` must be 1, not the number `2`."),
        ("rules: a.yaml\n", "1:1 P021 `version` is missing. A project file begins with `version: 1`."),
        ("- a\n", "1:1 P020 A project file is a mapping of settings, and this is a list. It begins with `version: 1`."),
        ("version: 1\ncontcts: []\n", "2:1 P025 Unknown key `contcts` in the project file. Did you mean `contacts`?"),
        ("version: 1\nrules:\n", "2:1 P022 `rules` has no value. Give one, or remove the line."),
        ("version: 1\nhot_flames: 6\n", "2:13 P023 `hot_flames` must be a whole number from 1 to 5, not `6`."),
        ("version: 1\nkeep_runs: many\n", "2:12 P023 `keep_runs` must be a whole number from 1 to 1,000,000, not `many`."),
        ("version: 1\nkeep_runs: {}\n", "2:12 P023 `keep_runs` must not be empty."),
        ("version: 1\nkeep_runs: {daily: 0}\n", "2:20 P023 `keep_runs.daily` must be a whole number from 1 to 1,000,000, not `0`."),
        ("version: 1\nkeep_runs: {all: 2}\n", "2:18 P023 `keep_runs.all` must be a period such as `36h` or `2d`, not `2`."),
        ("version: 1\nkeep_runs: {hourly: 2}\n", "2:13 P025 Unknown key `hourly` in keep_runs. Known here: all, daily, weekly, monthly."),
        ("version: 1\nkeep_runs: [1]\n", "2:12 P023 `keep_runs` must be a whole number from 1 to 1,000,000, not a list."),
        ("version: 1\nkeep_runs: 2.5\n", "2:12 P023 `keep_runs` must be a whole number from 1 to 1,000,000, not `2.5`."),
        ("version: 1\nhot_flames: true\n", "2:13 P023 `hot_flames` must be a whole number from 1 to 5, not `true`."),
        ("version: 1\noutput: ''\n", "2:9 P023 `output` must be text, not empty."),
        ("version: 1\nmax_rejects: some\n", "2:14 P023 `max_rejects` must be a percentage such as `1%` or a number of rows, not `some`."),
        ("version: 1\nas_of: tomorrow\n", "2:8 P023 `as_of` must be `now`, `today`, a date or an instant such as `2026-11-21T02:00:00Z`, not `tomorrow`."),
        ("version: 1\nmode: rw\n", "2:7 P023 `mode` must be a file mode such as `0640`, not `rw`."),
        ("version: 1\nkeep: email\n", "2:7 P023 `keep` must be a list of texts, not `email`."),
        ("version: 1\ncontacts: [5]\n", "2:12 P023 `contacts` must be a mapping, not the number `5`."),
        ("version: 1\ncall_list: no\n", "2:12 P023 `call_list` must be a mapping, not the text `no`."),
        ("version: 1\ncontacts: [{path: a, rename: {tags: [x]}}]\n", "2:37 P023 `contacts.rename.tags` must be a mapping, not a list."),
        ("version: 1\ncontacts: [{path: a, constants: {tags: [x]}}]\n", "2:40 P023 `contacts.constants.tags` must be text, not a list."),
        ("version: 1\nas_of: '0001-01-01T00:00:00+01:00'\n", "2:8 P023 `as_of` must be `now`, `today`, a date or an instant such as `2026-11-21T02:00:00Z`, not `0001-01-01T00:00:00+01:00`."),
        ("version: 1\ncontacts: {path: a}\n", "2:11 P023 `contacts` must be a list; begin each of its entries with `-`, not a mapping."),
        ("version: 1\ncontacts: [{files: all}]\n", "2:12 P021 `contacts.path` is missing."),
        ("version: 1\ncontacts: [{path: a, files: some}]\n", "2:29 P023 `contacts.files` must be `newest` or `all`, not the text `some`."),
        ("version: 1\ncontacts: [{path: a, colums: {}}]\n", "2:22 P025 Unknown key `colums` in contacts. Did you mean `columns`?"),
        ("version: 1\ncontacts: [{path: a, preset: hubpsot}]\n", "2:30 P029 There is no preset `hubpsot`. Did you mean `hubspot`?"),
        ("version: 1\ncontacts: [{path: a, timezone: Mars}]\n", "2:32 P023 `contacts.timezone` must be a time zone such as `America/Phoenix`, not `Mars`."),
        ("version: 1\ncontacts: [{path: a, timezone: localtime}]\n", "2:32 P023 `contacts.timezone` is `localtime`, which is another name on each machine; write the place, such as America/Phoenix."),
        ("version: 1\ncontacts: [{path: a, timezone: Factory}]\n", "2:32 P023 `contacts.timezone` is `Factory`, which is another name on each machine; write the place, such as America/Phoenix."),
        ("version: 1\ncontacts: [{path: a, timezone: posixrules}]\n", "2:32 P023 `contacts.timezone` is `posixrules`, which is another name on each machine; write the place, such as America/Phoenix."),
        ("version: 1\ncontacts: [{path: a, timezone: posix/UTC}]\n", "2:32 P023 `contacts.timezone` is `posix/UTC`, which is another name on each machine; write the place, such as America/Phoenix."),
        ("version: 1\ncontacts: [{path: a, timezone: right/America/Phoenix}]\n", "2:32 P023 `contacts.timezone` is `right/America/Phoenix`, which is another name on each machine; write the place, such as America/Phoenix."),
        ("version: 1\ncontacts: [{path: a, encoding: utf-99}]\n", "2:32 P023 `contacts.encoding` must be an encoding such as `windows-1252` or `latin-1`, not `utf-99`."),
        ("version: 1\ncontacts: [{path: a, delimiter: ';;'}]\n", "2:33 P023 `contacts.delimiter` must be a single character such as `;` or `tab`, not `;;`."),
        ("version: 1\ncontacts: [{path: a, header: false}]\n", "2:22 P026 A file without a header needs `names`: the columns' names, in order."),
        ("version: 1\ncontacts: [{path: a, names: [a]}]\n", "2:22 P026 `names` is for a file without a header: it needs `header: false`."),
        ("version: 1\ncontacts: [{path: a, max_age: soon}]\n", "2:31 P023 `contacts.max_age` must be a period such as `36h` or `2d`, not `soon`."),
        ("version: 1\nevents: [{path: a, distinct: perhaps}]\n", "2:30 P023 `events.distinct` must be `true` or `false`, not the text `perhaps`."),
        ("version: 1\nevents: [{path: a, columns: {contact: Mail}}]\n", "2:30 P026 `contact` needs `contact_key`: the contacts' column that it matches, such as `email`."),
        ("version: 1\nevents: [{path: a, constants: {event: x}, columns: {event: y}}]\n", "2:32 P026 `event` is in `columns` and in `constants`; it can be one of them."),
        ("version: 1\ncontacts: [{path: a, merged: {}}]\n", "2:22 P026 `merged` takes one of `column` (a contact's old ids) and `into` (whom a row was merged into)."),
        ("version: 1\ncontacts: [{path: a, merged: {into: x, column: y}}]\n", "2:22 P026 `merged` takes one of `column` (a contact's old ids) and `into` (whom a row was merged into)."),
        ("version: 1\nevents: [{path: a, at: {format: '%Q'}}]\n", "2:33 P023 `events.at.format` `%Q` is not a time format: `%Q` is unknown. Use %Y %y %m %d %b %B %e %H %I %M %S %p %f %z %Z %j %a %A %T %F %D %R and epoch_s, epoch_ms, epoch_us, excel."),
        ("version: 1\nevents: [{path: a, at: {format: '%H:%M'}}]\n", "2:33 P023 `events.at.format` `%H:%M` is incomplete: it needs year, month and day, and %p with %I."),
        ("version: 1\nevents: [{path: a, at: {format: '%d.%m.%Y %H:%M %p'}}]\n", '2:33 P023 `events.at.format` `%d.%m.%Y %H:%M %p`: "%p" needs "%I", not "%H".'),
        ("version: 1\nevents: [{path: a, at: {format: YYYY-MM-DD}}]\n", '2:33 P023 `events.at.format` `YYYY-MM-DD`: did you mean "%Y-%m-%d"?'),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(tmp_path, text, expected):
    assert faults(tmp_path, text) == [expected]


def test_every_fault_is_told_at_once(tmp_path):
    text = """\
        version: 1
        outpt: x
        contacts:
          - {path: a, colums: {}}
          - {files: newest}
        events: [{path: e, at: {format: "%d"}}]
        """
    assert [fault.split(" ")[1] for fault in faults(tmp_path, text)] == ["P025", "P025", "P021", "P023"]


def test_a_key_without_a_value_and_a_key_that_is_wrong(tmp_path):
    assert faults(tmp_path, "version: 1\noutput: ~\nkeep: [a, ~]\nrules: https://x.org/r\n") == [
        "2:1 P022 `output` has no value. Give one, or remove the line.",
        "2:9 P023 `output` must be text, not nothing.",
        "3:7 P023 `keep` must be text, not nothing.",
        "3:11 P022 `keep` has no value. Give one, or remove the line.",
    ]


def test_a_key_that_may_be_left_out_is_told_once_where_it_has_no_value(tmp_path):
    assert faults(tmp_path, "version: 1\nrules: ~\noutput: https://x.org/r\n") == [
        "2:1 P022 `rules` has no value. Give one, or remove the line.",
        '3:9 P031 "https://x.org/r" is a URL; flamescore writes to folders. Mount it, or copy out/latest there afterwards.',
    ]


def test_what_is_given_is_known_apart_from_what_is_there_by_default(tmp_path):
    (tmp_path / "flamescore.yaml").write_text("version: 1\nkeep: [email]\n")
    project = load_project(tmp_path / "flamescore.yaml")
    assert project.settings.given_keys == {"version", "keep"}
    settled = settle(project, {"hot_flames": 4}, environ={"FLAMESCORE_MODE": "0640"}, folder=tmp_path)
    assert settled.settings.given_keys == {"version", "keep", "hot_flames", "mode"}
    assert settle(None, {}, environ={}, folder=tmp_path).settings.given_keys == frozenset()


def test_a_fault_shows_the_line_and_a_caret(tmp_path):
    path = tmp_path / "flamescore.yaml"
    path.write_text("version: 1\noutpt: x\n")
    with pytest.raises(ProjectFileError) as caught:
        load_project(path)
    assert str(caught.value).splitlines()[1:] == [
        "    2 | outpt: x",
        "      | ^^^^^",
        "        Did you mean `output`?",
    ]


def test_the_file_is_looked_for_upwards(tmp_path):
    (tmp_path / "flamescore.yaml").write_text("version: 1\n")
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert find_project(start=tmp_path / "a" / "b", environ={}) == tmp_path.resolve() / "flamescore.yaml"
    other = tmp_path / "other.yaml"
    other.write_text("version: 1\n")
    assert find_project(start=tmp_path, environ={"FLAMESCORE_CONFIG": str(other)}) == other
    assert (
        find_project(tmp_path / "flamescore.yaml", environ={"FLAMESCORE_CONFIG": str(other)}).name
        == "flamescore.yaml"
    )
    with pytest.raises(ProjectFileError, match=r"Project file .* not found"):
        find_project(tmp_path / "none.yaml")


def test_the_other_suffix_is_found_too(tmp_path):
    (tmp_path / "flamescore.yaml").write_text("version: 1\n")
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "flamescore.yml").write_text("version: 1\n")
    assert find_project(start=tmp_path / "a" / "b", environ={}) == tmp_path.resolve() / "a" / "flamescore.yml"


def test_both_suffixes_in_one_folder_are_an_error(tmp_path):
    (tmp_path / "a").mkdir()
    for name in ("flamescore.yaml", "flamescore.yml"):
        (tmp_path / name).write_text("version: 1\n")
    with pytest.raises(ProjectFileError) as caught:
        find_project(start=tmp_path / "a", environ={})
    assert str(caught.value) == (
        f"P032 Both flamescore.yaml and flamescore.yml are in {tmp_path.resolve()}.\n"
        "        Delete one, or say which with --config."
    )
    assert find_project(tmp_path / "flamescore.yml", environ={}) == tmp_path / "flamescore.yml"


def test_a_flag_wins_over_the_environment_and_that_over_the_file(tmp_path):
    (tmp_path / "flamescore.yaml").write_text("version: 1\nhot_flames: 5\nkeep_runs: 9\noutput: out\n")
    project = load_project(tmp_path / "flamescore.yaml")
    environ = {"FLAMESCORE_HOT_FLAMES": "4", "FLAMESCORE_KEEP_RUNS": "8", "FLAMESCORE_KEEP": "email, phone"}
    settled = settle(project, {"hot_flames": 3, "output": None}, environ=environ, folder=tmp_path)
    assert settled.settings.hot_flames == 3
    assert settled.settings.keep_runs == 8
    assert settled.settings.keep == ("email", "phone")
    assert settled.settings.output == "out"


@pytest.mark.parametrize(
    ("key", "flag", "expected"),
    [
        ("rules", "r.yaml", "r.yaml"), ("output", "o", "o"), ("as_of", "2026-01-01", "2026-01-01"),
        ("max_rejects", "5%", parse_limit("5%")), ("hot_flames", "3", 3), ("keep_runs", "7", 7), ("mode", "0640", 0o640),
    ],
)  # fmt: skip
def test_every_key_by_its_variable(tmp_path, key, flag, expected):
    found = getattr(
        settle(None, {}, environ={f"FLAMESCORE_{key.upper()}": flag}, folder=tmp_path).settings, key
    )
    assert found == (str(tmp_path.resolve() / expected) if key in ("rules", "output") else expected)


def test_a_source_named_by_a_flag_keeps_the_files_mapping(tmp_path):
    (tmp_path / "flamescore.yaml").write_text(
        "version: 1\ncontacts: [{path: a.csv, columns: {contact_id: Id}, max_rejects: 9}]\n"
    )
    project = load_project(tmp_path / "flamescore.yaml")
    settled = settle(project, {"contacts": "b.csv", "max_rejects": "2%"}, environ={}, folder=tmp_path)
    (source,) = settled.settings.contacts
    assert (source.path, source.columns) == (str(tmp_path.resolve() / "b.csv"), {"contact_id": ("Id",)})
    assert source.max_rejects is None


def test_a_wrong_flag_or_variable_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"U002 --as-of must be `now`"):
        settle(None, {"as_of": "soon"}, environ={}, folder=tmp_path)


WRONG = {
    "rules": (" ", "must be text, not empty."),
    "output": (" ", "must be text, not empty."),
    "as_of": ("soon", "must be `now`, `today`, a date or an instant such as `2026-11-21T02:00:00Z`, not `soon`."),
    "max_rejects": ("150%", "must be a percentage such as `1%` or a number of rows, not `150%`."),
    "fail_on": ("note", "must be `error` or `warning`, not `note`."),
    "hot_flames": ("6", "must be a whole number from 1 to 5, not `6`."),
    "keep_runs": ("-1", "must be a whole number from 1 to 1,000,000, not `-1`."),
    "decimals": ("5", "must be a whole number from 0 to 4, not `5`."),
    "mode": ("rw", "must be a file mode such as `0640`, not `rw`."),
    "ping": (
        "hc.example.com",
        "must be a URL that begins with `https://` or `http://`, or a variable such as `${PING_URL}`.",
    ),
}  # fmt: skip
"""An invalid text for each key that can be invalid in a flag or variable, and the message about it."""


def test_every_key_that_can_be_wrong_is_in_the_table():
    assert set(VARIABLES) - set(WRONG) == {"contacts", "events", "keep"}  # paths, and any list


@pytest.mark.parametrize("key", WRONG)
def test_a_wrong_flag_or_variable_says_what_it_must_be(tmp_path, key):
    text, said = WRONG[key]
    with pytest.raises(UsageError) as caught:
        settle(None, {}, environ={VARIABLES[key]: text}, folder=tmp_path)
    assert str(caught.value) == f"U002 {VARIABLES[key]} {said}"
    if key in FLAGS:
        with pytest.raises(UsageError) as caught:
            settle(None, {key: text}, environ={}, folder=tmp_path)
        assert str(caught.value) == f"U002 {FLAGS[key]} {said}"


def all_said(tmp_path, text):
    (tmp_path / "flamescore.yaml").write_text(text)
    try:
        load_project(tmp_path / "flamescore.yaml")
    except ProjectFileError as error:
        return str(error)
    return ""


VALUES = ["''", "x", "3", "-7", "2.5", "true", "[]", "[1]", "[[]]", "{}", "{a: 1}", "{a: []}", "{a: {b: []}}"]


SHAPES = {
    "": "",
    "contacts": "ContactsSource",
    "events": "EventsSource",
    "tag_history": "TagHistorySource",
    "opportunities": "OpportunitiesSource",
}
"""The schema definition that contains the keys of each kind of source."""


@pytest.mark.parametrize("kind", SHAPES)
def test_no_key_is_told_in_words_of_python(tmp_path, kind):
    faulty = 0
    schema = json_schema()["definitions"][SHAPES[kind]] if kind else json_schema()
    for key in set(schema["properties"]) - {"path"}:
        for value in VALUES:
            text = f"{kind}: [{{path: a, {key}: {value}}}]\n" if kind else f"{key}: {value}\n"
            told = all_said(tmp_path, text if key == "version" else "version: 1\n" + text)
            faulty += bool(told)
            assert "Error" not in told, text
            assert "class" not in told, text
    assert faulty > 30


def test_a_project_file_that_is_not_there_is_told_with_who_names_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProjectFileError) as caught:
        find_project("none.yaml", environ={"FLAMESCORE_CONFIG": "other.yaml"})
    looked = f"        Looked in {tmp_path}."
    assert str(caught.value) == f"P015 Project file `none.yaml` (from --config) not found.\n{looked}"
    with pytest.raises(ProjectFileError) as caught:
        find_project(environ={"FLAMESCORE_CONFIG": "/none.yaml"})
    assert str(caught.value) == "P015 Project file `/none.yaml` (from FLAMESCORE_CONFIG) not found."


def test_without_a_file_three_flags_are_needed(tmp_path):
    with pytest.raises(UsageError, match="No project file"):
        check_needed(settle(None, {}, environ={}, folder=tmp_path))
    check_needed(settle(None, {"rules": "r", "contacts": "c", "events": "e"}, environ={}, folder=tmp_path))


def test_the_docs_hold_the_table_of_every_key():
    docs = Path(__file__).parents[2] / "docs" / "project-file.md"
    assert key_table() in docs.read_text()


def test_the_schema_takes_the_example_and_refuses_a_misspelt_key():
    schema = json_schema()
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(WHOLE), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"version": 1, "outpt": "x"}, schema)


def test_a_hold_out_is_a_share_or_a_mapping(tmp_path):
    path = tmp_path / "flamescore.yaml"
    path.write_text("version: 1\ncall_list: {holdout: 0.25%}\n")
    plain = load_project(path).settings.call_list.holdout
    assert plain is not None
    assert (plain.millionths, plain.written, plain.by, plain.salt) == (2_500, "0.25%", None, "flamescore")
    path.write_text("version: 1\ncall_list: {holdout: {share: 10.0 %, by: company, salt: 2026-q4}}\n")
    drawn = load_project(path).settings.call_list.holdout
    assert drawn is not None
    assert (drawn.millionths, drawn.written, drawn.by, drawn.salt) == (100_000, "10%", "company", "2026-q4")


@pytest.mark.parametrize("share", ["0%", "50.0001%", "5", "0.00001%", "a few", "[5%]", "-5%"])
def test_a_share_that_can_t_be_held_out_is_told(tmp_path, share):
    told = faults(tmp_path, f"version: 1\ncall_list: {{holdout: {share}}}\n")
    words = "a percentage above 0% and at most 50%, with at most four decimals, such as `5%`"
    shown = {"[5%]": "a list", "5": "the number `5`"}.get(share, f"the text `{share}`")
    assert told == [f"2:22 P023 `call_list.holdout` must be {words}, not {shown}."]


def test_a_hold_out_needs_its_share(tmp_path):
    assert faults(tmp_path, "version: 1\ncall_list: {holdout: {by: company}}\n") == [
        "2:22 P021 `call_list.holdout.share` is missing."
    ]
