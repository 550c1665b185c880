"""The message of a search that finds no contacts, and how contacts changed, on two small runs."""

import pytest

from cli.small import CONTACTS, EVENTS, write_project
from flamescore.nightly import Options, nightly
from flamescore.project import find_settings
from flamescore.searches import SearchRequest, no_match_messages, search_run


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """Run twice. In the second run Hal is new and hot, 102 has one more event, and 103 has cooled off."""
    folder = write_project(tmp_path_factory.mktemp("nights"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLAMESCORE_NOW", "2026-12-02T00:00:00Z")
        config = str(folder / "flamescore.yaml")
        nightly(find_settings(config), Options())
        (folder / "contacts.csv").write_text(
            CONTACTS
            + "109,Hal Foxglove,hal@example.com,,Acme,Dana Foxglove,VIP,US,5,\n"
            + "110,Ida,ida@example.com,,,Bob,,US,5,\n"
        )
        (folder / "events.csv").write_text(
            EVENTS
            + "".join(f"109,form_submit,2026-11-2{day}T10:00:00Z,\n" for day in range(1, 5))
            + "102,form_submit,2026-11-22T10:00:00Z,\n"
        )
        project = find_settings(config, {"as_of": "2026-12-01"})
        return project, nightly(project, Options()).published.run


def ids(nights, **asked):
    return search_run(*nights, SearchRequest(**asked)).rows["contact_id"].to_list()


@pytest.mark.parametrize(
    ("ways", "found"),
    [
        (["newly-hot"], ["109", "102"]),
        (["new"], ["109", "110"]),
        (["new", "cooled-off"], ["109", "110"]),
        (["up"], ["102"]),
        (["down", "up"], ["102"]),
        (["newly-hot", "new"], ["109", "102", "110"]),
    ],
)
def test_how_contacts_changed(nights, ways, found):
    assert ids(nights, changed=tuple(ways), columns=("contact_id",)) == found


def test_changes_of_who_was_found(nights):
    found = search_run(*nights, SearchRequest(flames="5"))
    assert found.exact().select("contact_id", "change", "newly_hot").rows() == [
        ("109", None, True), ("101", 0.0, False), ("102", 5.0, True), ("103", 0.0, False),
    ]  # fmt: skip
    told = found.for_people().select("contact_id", "change", "newly_hot").rows()
    assert told == [("109", None, "yes"), ("101", "0", None), ("102", "+5", "yes"), ("103", "0", None)]


def test_places_number_the_call_list_whatever_is_asked(nights):
    found = search_run(*nights, SearchRequest(owners=("Bob",), everyone=True))
    assert found.rows.select("contact_id", "place").rows()[:3] == [("103", 4), ("105", None), ("106", 6)]


def test_only_the_first_rows_are_told_and_all_are_counted(nights):
    found = search_run(*nights, SearchRequest(), first=2)
    assert (found.rows["contact_id"].to_list(), found.count) == (["109", "101"], 9)
    assert found.strongest["contact_id"].unique().sort().to_list() == ["101", "109"]
    assert search_run(*nights, SearchRequest(), first=2, bare=True).strongest.is_empty()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"owners": ("Dana",)},
            [
                'No contact has the owner "Dana". Did you mean "Dana Fox" or "Dana Foxglove"?',
                'No contacts match. Without --owner "Dana": 9.',
            ],
        ),
        (
            {"owners": ("Bub",), "flames": "5"},
            [
                'No contact has the owner "Bub". Did you mean "Bob"?',
                'No contacts match. Without --owner "Bub": 4.',
            ],
        ),
        (
            {"tags": ("vpi",)},
            [
                'No contact has the tag "vpi". Did you mean "VIP"?',
                'No contacts match. Without --tag "vpi": 9.',
            ],
        ),
        (
            {"where": ("Country=D",), "tags": ("VIP",)},
            [
                'No contact has the Country "D". Did you mean "DE"?',
                'No contacts match. Without --where "Country=D": 2.',
            ],
        ),
        (
            {"words": ("dan",), "where": ("Employees>5",), "tags": ("Do Not Call",)},
            [
                "1 contact matches but is excluded from calls; --all shows it.",
                "No contacts match.",
            ],
        ),
        (
            {"owners": ("Bob",), "flames": "5", "max_score": 4.5},
            ["No contacts match. Without --flames 5: 3. Without --max-score 4.5: 1."],
        ),
        (
            {"words": ("ann", "lee"), "scores": ("fit:5",), "hot": True},
            ["No contacts match. Without --score fit:5: 1."],
        ),
        (
            {"changed": ("cooled-off", "down"), "text": "ann"},
            ["No contacts match. Without --changed cooled-off --changed down: 1."],
        ),
        (
            {"owners": ("Unassigned",), "min_score": 1e6},
            ["No contacts match. Without --min-score 1000000: 2."],
        ),
    ],
)  # fmt: skip
def test_what_is_said_of_nobody(nights, asked, said):
    assert search_run(*nights, SearchRequest(**asked)).count == 0
    assert list(no_match_messages(*nights, SearchRequest(**asked))) == said
