"""`preset: auto` detects the vendor by the header; the source's own keys override those of the preset."""

# ruff: noqa: E501 - one line per header

from itertools import pairwise

import pytest
from exports_bench import PEOPLE, rows

from flamescore.errors import InputError, ProjectFileError
from flamescore.exports import load, survey
from flamescore.exports import preset_detection as fitting
from flamescore.frames import DROP
from flamescore.project import ContactsSource, Preset, Variant, all_presets, settle
from real_exports import REAL

HUBSPOT = "Record ID,First Name,Last Name,Email,Phone Number\n7,Ann,Lee,ann@x.org,'+1602\n"
OPENS = "Timestamp,Email\n2026-01-01 10:00:00,ann@x.org\n"


def fault(bench, project: str) -> str:
    with pytest.raises(ProjectFileError) as raised:
        bench.survey(project)
    (problem,) = raised.value.problems
    return f"{problem.code} {problem.message} {problem.hint}"


def test_none_that_fits_names_the_nearest(bench):
    bench.write("c.csv", "Record ID,First Name,Surname,Email\n7,Ann,Lee,ann@x.org\n")
    assert fault(bench, "contacts: [{path: c.csv, preset: auto}]\n") == (
        "P029 No preset matches the headers of contacts: `c.csv`. "
        "The closest is `hubspot` (contacts export), but the file has no `Last Name`. "
        "Map its `columns` instead."
    )


def test_a_named_preset_that_does_not_fit_names_its_nearest_variant(bench):
    bench.write("c.csv", HUBSPOT)
    assert fault(bench, "contacts: [{path: c.csv, preset: keap}]\n") == (
        "P029 No variant of `preset: keap` matches the headers of contacts: `c.csv`. "
        "The closest is `keap` (contacts export), but the file has no `Id`. Map its `columns` instead."
    )


@pytest.mark.parametrize("header", ["a,b", "Record ID,a", "contact_id,email"])
def test_nothing_alike_says_what_to_do(bench, header):
    bench.write("c.csv", f"{header}\n1,2\n")
    assert fault(bench, "contacts: [{path: c.csv, preset: auto}]\n") == (
        "P029 No preset matches the headers of contacts: `c.csv`. "
        "Map its `columns` instead; `flamescore presets` lists the presets."
    )


def test_from_half_of_its_headers_up_a_preset_is_the_nearest(bench):
    bench.write("c.csv", "Record ID,Email\n7,ann@x.org\n")
    assert fault(bench, "contacts: [{path: c.csv, preset: auto}]\n") == (
        "P029 No preset matches the headers of contacts: `c.csv`. "
        "The closest is `hubspot` (contacts export), but the file has no `First Name`, `Last Name`. "
        "Map its `columns` instead."
    )


@pytest.mark.parametrize(
    ("kind", "header", "meant"),
    [
        ("contacts", "Id,First Name,Last Name,Email", "`keap` (contacts export), set `preset: keap`"),
        ("events", "Timestamp,Email", "`mailchimp` (granular opens), set `preset: mailchimp`"),
    ],
)
def test_a_header_that_anybody_may_have_is_no_preset_s(bench, kind, header, meant):
    bench.write("people.csv", PEOPLE)
    bench.write("x.csv", f"{header}\n")
    people = "" if kind == "contacts" else "contacts: [{path: people.csv}]\n"
    assert fault(bench, f"{people}{kind}: [{{path: x.csv, preset: auto}}]\n") == (
        f"P029 No preset matches the headers of {kind}: `x.csv`. Many files have this header. If it is {meant}."
    )
    named = meant.partition("preset: ")[2].rstrip("`")
    bench.survey(f"{people}{kind}: [{{path: x.csv, preset: {named}}}]\n")
    if kind == "contacts":
        bench.write("x.csv", f"{header},Tags\n7,Ann,Lee,ann@x.org,VIP\n")
        assert bench.load("contacts: [{path: x.csv, preset: auto}]\n").contacts["contact_id"].to_list() == [
            "7"
        ]


def test_a_kind_that_a_preset_does_not_know(bench):
    bench.write("c.csv", PEOPLE)
    assert fault(bench, "contacts: [{path: c.csv, preset: stripe}]\n") == (
        "P029 contacts: `c.csv`: `preset: stripe` reads events, not contacts. "
        "Leave `preset` out, and map the source's `columns`."
    )


def test_a_tie_is_refused(bench, monkeypatch):
    both = {
        name: Preset(
            vendor=name,
            verified=True,
            about="invented",
            variants=(Variant(name="people", kind="contacts", header=header, keys=ContactsSource(path="-")),),
        )
        for name, header in (("one", ("contact_id", "a")), ("two", ("contact_id", "b")), ("three", ("a",)))
    }
    monkeypatch.setattr(fitting, "all_presets", lambda: both)
    bench.write("c.csv", "contact_id,a,b\n1,2,3\n")
    assert fault(bench, "contacts: [{path: c.csv, preset: auto}]\n") == (
        "P029 Several presets match the headers of contacts: `c.csv`: `one` (people), `two` (people). "
        "Set `preset:` to one of them."
    )


def test_every_file_of_a_source_must_fit(bench):
    bench.write("c/1.csv", HUBSPOT)
    bench.write("c/2.csv", HUBSPOT.replace("Record ID", "Id"))
    assert "`hubspot` (contacts export), but the file has no `Record ID`" in fault(
        bench, "contacts: [{path: c, preset: hubspot}]\n"
    )


def test_own_columns_override_one_by_one(bench):
    bench.write("c.csv", HUBSPOT.replace("Phone Number", "Work Phone"))
    loaded = bench.load(
        "contacts: [{path: c.csv, preset: hubspot, columns: {phone: Work Phone, email: First Name}}]\n"
    )
    assert loaded.contacts.select("contact_id", "email", "phone").rows() == [("7", "Ann", "+1602")]


def test_own_constants_override_columns_and_the_other_way_round(bench):
    bench.write("people.csv", PEOPLE)
    bench.write("1_x.csv", OPENS)
    project = "contacts: [{{path: people.csv}}]\nevents: [{{path: 1_x.csv, preset: mailchimp, {}}}]\n"
    loaded = bench.load(project.format("constants: {event: opened}"))
    assert loaded.events[0].frame.collect()["event"].to_list() == ["opened"]
    bench.write("1_x.csv", OPENS)
    loaded = bench.load(project.format("columns: {event: Email}"))
    assert loaded.events[0].frame.collect()["event"].to_list() == ["ann@x.org"]


def test_an_own_contact_id_takes_the_place_of_a_key(bench):
    bench.write("people.csv", PEOPLE)
    bench.write("1_x.csv", OPENS)
    loaded = bench.load(
        "contacts: [{path: people.csv}]\nevents: [{path: 1_x.csv, preset: mailchimp, columns: {contact_id: Email}}]\n"
    )
    assert loaded.events[0].key == "contact_id"
    assert loaded.events[0].frame.collect()["contact_id"].to_list() == ["ann@x.org"]


def test_own_renames_join_those_of_the_preset(bench):
    bench.write("people.csv", PEOPLE)
    bench.write(
        "a.csv", "action,campaign_id,member_id,timestamp\nopen,c,1,2026-01-01\nclick,c,1,2026-01-02\n"
    )
    loaded = bench.load(
        "contacts: [{path: people.csv}]\nevents: [{path: a.csv, preset: auto, rename: {event: {OPEN: seen}}}]\n"
    )
    assert loaded.events[0].frame.collect()["event"].to_list() == ["seen", "link_click"]


def test_own_keys_that_contradict_a_preset_are_told(bench):
    bench.write("people.csv", PEOPLE)
    bench.write("a.csv", "action,campaign_id,member_id,timestamp\nopen,c,1,2026-01-01\n")
    project = "contacts: [{path: people.csv}]\nevents: [{path: a.csv, preset: auto, columns: {contact: member_id}}]\n"
    assert fault(bench, project).startswith("P026 `contact` needs `contact_key`")


def test_a_flag_keeps_the_preset(bench):
    bench.write("c.csv", HUBSPOT)
    project = bench.project("contacts: [{path: missing.csv, preset: auto}]\n")
    loaded = load(survey(settle(project, {"contacts": [str(bench.folder / "c.csv")]}, environ={})))
    assert loaded.contacts["contact_id"].to_list() == ["7"]


# --- the keys that presets need ---------------------------------------------------------------------------


def test_left_out_rows_are_counted_whatever_is_wrong_with_them(bench):
    bench.write("people.csv", PEOPLE)
    bench.write(
        "e.csv",
        "contact_id,event,at,bot,id\n1,open,2026-01-01,no,a\n,,x,YES,a\n1,open,2026-01-02,,b\n1,open\n,open,2026-01-01,no,c\n",
    )
    loaded = bench.load(
        "contacts: [{path: people.csv}]\nevents: [{path: e.csv, columns: {event_id: id}, leave_out: {bot: [Yes, true]}}]\n"
    )
    counts = loaded.events[0].record.counts
    assert (counts.rows, counts.rejected, counts.ignored) == (5, 2, 1)
    assert loaded.rejects.select("record", "reason").rows() == [(4, "short_row"), (5, "missing_contact")]
    assert rows(loaded.events[0].frame.select("event_id")) == [("a",), ("b",)]


def test_a_left_out_row_takes_no_place(bench):
    bench.write("people.csv", PEOPLE)
    bench.write("e.csv", "contact_id,event,at,id,total\n1,buy,2026-01-01,a,5\n1,buy,2026-01-01,a,\n")
    loaded = bench.load(
        "contacts: [{path: people.csv}]\nevents: [{path: e.csv, columns: {event_id: id}, leave_out: {total: ''}}]\n"
    )
    assert rows(loaded.events[0].frame.select("total", DROP)) == [("5", 0)]


def test_contacts_are_left_out_by_a_value_before_or_after_renaming(bench):
    bench.write("c.csv", "contact_id,status,old\n1,a,\n2,b,x\n3,c,\n2,b,\n")
    loaded = bench.load("contacts: [{path: c.csv, columns: {state: status}, leave_out: {status: C}}]\n")
    assert loaded.contacts["contact_id"].to_list() == ["1", "2"]
    loaded = bench.load(
        "contacts: [{path: c.csv, columns: {state: status}, rename: {state: {a: gone}}, leave_out: {state: gone, old: x}}]\n"
    )
    assert loaded.contacts["contact_id"].to_list() == ["3", "2"]
    assert (loaded.records[0].counts.ignored, loaded.records[0].counts.rejected) == (2, 0)


def test_a_source_of_left_out_rows_and_rejects_alone_stops(bench):
    bench.write("people.csv", PEOPLE)
    bench.write("e.csv", "contact_id,event,at,bot\n1,open,2026-01-01,yes\n,open,2026-01-01,\n")
    with pytest.raises(InputError, match="1 of 2 rows is rejected, which leaves nothing"):
        bench.load("contacts: [{path: people.csv}]\nevents: [{path: e.csv, leave_out: {bot: yes}}]\n")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("leave_out: {bott: yes}", "`c.csv` has no column `bott`"),
        ("cut: {fone: x}", "`c.csv` has no column `fone`"),
        ("from_file_name: {a: '('}", "is not a valid regular expression"),
        ("from_file_name: {a: b}", "must have one group in brackets, and has 0"),
    ],
)
def test_what_is_wrong_with_these_keys_is_told(bench, key, said):
    bench.write("c.csv", "contact_id,bot\n1,\n")
    with pytest.raises(ProjectFileError, match=said):
        bench.survey(f"contacts: [{{path: c.csv, {key}}}]\n")


def test_a_name_that_does_not_fit_gives_nothing(bench):
    bench.write("people.csv", PEOPLE)
    bench.write("opens/first.csv", "contact_id,event,at\n1,open,2026-01-01\n")
    bench.write("opens/12_second.csv", "contact_id,event,at\n1,open,2026-01-02\n")
    loaded = bench.load(
        "contacts: [{path: people.csv}]\nevents: [{path: opens, from_file_name: {mail: '^([0-9]+)_'}}]\n"
    )
    assert sorted(rows(loaded.events[0].frame.select("mail")), key=str) == [("12",), (None,)]


def test_a_table_whose_line_is_missing(bench):
    bench.write("c.csv", "contact_id\n1\n")
    with pytest.raises(InputError, match="has no line `People` in its first 13 bytes"):
        bench.survey("contacts: [{path: c.csv, begins_after: People}]\n")


def test_lines_are_those_of_the_whole_file(bench):
    bench.write("c.csv", '"Things",,\na,b,c\n1,2,3\n"People",,\ncontact_id,email,x\n1,a@x.org\n2,b@x.org,\n')
    loaded = bench.load("contacts: [{path: c.csv, begins_after: People}]\n")
    assert loaded.rejects.select("record", "line").rows() == [(1, 6)]
    assert loaded.contacts["contact_id"].to_list() == ["2"]


# --- the real tables ----------------------------------------------------------------------------------------


def headers() -> list[tuple[str, str]]:
    """Return the header rows of `headers.txt`, each after the line that names its vendor."""
    if not (REAL / "headers.txt").is_file():
        return []
    lines = (REAL / "headers.txt").read_text().splitlines()
    return [(said, header) for said, header in pairwise(lines) if said.startswith("## ")]


KNOWN = {
    "Mailchimp audience": ("contacts", "mailchimp", "members export"),
    "Mailchimp members": ("contacts", "mailchimp", "members export"),
    "Mailchimp unsubscribed": ("events", "mailchimp", "unsubscribed export"),
    "Mailchimp recipient": ("events", "mailchimp", "campaign_recipient_activity table"),
    "HubSpot contacts": ("contacts", "hubspot", "contacts export"),
    "HubSpot email": ("events", "hubspot", "email_event table"),
    "Shopify orders": ("events", "shopify", "orders export"),
    "Shopify customers": ("contacts", "shopify", "customers export"),
    "Stripe": ("events", "stripe", "payments export"),
    "Calendly": ("events", "calendly", "events export"),
    "ActiveCampaign": ("contacts", "activecampaign", "contacts export"),
    "Mautic lead_event_log": ("events", "mautic", "lead_event_log table"),
    "Keap/Infusionsoft tag": ("tag_history", "keap", "ContactGroupAssign table"),
    "Keap orders": ("events", "keap", "Job table"),
    "Segment": ("events", "segment", "pages table"),
}


@pytest.mark.real
@pytest.mark.usefixtures("real")
@pytest.mark.parametrize("known", KNOWN)
def test_each_real_header_is_found_by_itself(bench, known):
    (header,) = (header for said, header in headers() if said.startswith(f"## {known}"))
    kind, preset, variant = KNOWN[known]
    bench.write("people.csv", PEOPLE)
    bench.write("1_export.csv", f"{header}\n")
    project = "contacts: [{path: people.csv}]\n" if kind != "contacts" else ""
    opened = bench.survey(f"{project}{kind}: [{{path: 1_export.csv, preset: auto}}]\n")
    assert [each.text for each in opened.of(kind)[0].own_notes] == [
        f"preset chosen by its headers: `{preset}` ({variant})"
    ]


@pytest.mark.real
@pytest.mark.parametrize(
    "table",
    [
        ("contacts", "hubspot/contact_data.csv", "`hubspot` (contact table)", (22, 0, 0)),
        ("events", "hubspot/email_event_data.csv", "`hubspot` (email_event table)", (100, 0, 3)),
        ("events", "hubspot/contact_form_submission_data.csv", "`hubspot` (contact_form_submission table)", (5, 0, 0)),
        ("contacts", "mailchimp/member.csv", "`mailchimp` (member table)", (9, 1, 0)),
        ("events", "mailchimp/campaign_recipient_activity.csv", "`mailchimp` (campaign_recipient_activity table)", (17, 0, 0)),
        ("events", "mailchimp/unsubscribe.csv", "`mailchimp` (unsubscribe table)", (1, 0, 0)),
        ("contacts", "salesforce/sf_contact_data.csv", "`salesforce` (contact table)", (4, 0, 0)),
        ("contacts", "salesforce/sf_lead_data.csv", "`salesforce` (lead table)", (1, 0, 0)),
        ("events", "salesforce/sf_task_data.csv", "`salesforce` (task table)", (10, 0, 0)),
        ("events", "salesforce/sf_event_data.csv", "`salesforce` (event table)", (10, 0, 0)),
        ("opportunities", "salesforce/sf_opportunity_data.csv", "`salesforce` (opportunity table)", (10, 0, 10)),
        ("events", "segment/example_segment_pages.csv", "`segment` (pages table)", (1, 0, 0)),
    ],
)  # fmt: skip
def test_each_real_table_loads_by_itself(bench, real, table):
    kind, path, preset, counts = table
    people = f"contacts: [{{path: {real}/salesforce/sf_contact_data.csv, preset: salesforce}}]\n"
    loaded = bench.load(
        ("" if kind == "contacts" else people) + f"{kind}: [{{path: {real}/{path}, preset: auto}}]\n"
    )
    records = [*loaded.records, *(each.record for each in loaded.events)]
    (record,) = (each for each in records if path in each.path and kind == each.kind)
    assert record.notes[0] == f"preset chosen by its headers: {preset}"
    assert (record.counts.rows, record.counts.rejected, record.counts.ignored) == counts


@pytest.mark.real
def test_a_real_table_that_is_none_of_these(bench, real):
    assert "No preset matches the headers" in fault(
        bench, f"contacts: [{{path: {real}/hubspot/company_data.csv, preset: auto}}]\n"
    )


def test_every_preset_is_a_name_for_the_project_file(bench):
    for name in all_presets():
        assert (
            bench.project(f"contacts: [{{path: c.csv, preset: {name}}}]\n").settings.contacts[0].preset
            == name
        )
