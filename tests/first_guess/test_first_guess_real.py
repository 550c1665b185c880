"""The guess for real exports, and how many contacts it makes hot."""

from __future__ import annotations

import json
import shutil

from flamescore.checking import check
from flamescore.first_guess import TargetPaths, first_guess
from flamescore.inputs import read_inputs
from flamescore.project import load_project
from flamescore.rules import load_rules
from flamescore.scoring import score_exports
from flamescore.wallclock import clock
from real_exports import NEEDED, REAL

pytestmark = NEEDED


def guessed(folder, *names):
    """Write the guess for some real exports; return the guess, sources, rules, and the contact counts."""
    for name in names:
        shutil.copy(REAL / name, folder)
    found = first_guess([], TargetPaths(folder), contacts=None, zone=None, now=clock())
    (folder / "flamescore.yaml").write_text(found.project)
    (folder / "rules.yaml").write_text(found.rules)
    checked = check(str(folder / "flamescore.yaml"))
    assert (checked.is_wrong, checked.is_stopped) == (False, False)
    project, rules = load_project(folder / "flamescore.yaml"), load_rules(folder / "rules.yaml")
    with read_inputs(project) as inputs:
        scores = score_exports(inputs.bound.book, inputs.exports, as_of=inputs.as_of).scores
    flames = dict(scores["flames"].value_counts().iter_rows())
    (entry,) = rules.document.root.at(("scores",)).json().values()
    return (
        found,
        json.loads(json.dumps(project.document.root.json())),
        entry,
        (scores.height, flames.get(5, 0)),
    )


def points(entry):
    return {each.get("event", each["name"]): each["points"] for each in entry["rules"]}


def test_completejourney(tmp_path):
    kinds = ("campaigns", "coupon_redemptions", "demographics", "transactions_sample")
    names = (f"completejourney/{kind}.csv" for kind in kinds)
    found, project, entry, hot = guessed(tmp_path, *names)
    assert project["contacts"] == [{"path": "demographics.csv", "columns": {"contact_id": "household_id"}}]
    assert project["events"] == [
        {
            "path": f"{name}.csv",
            "columns": {"contact_id": "household_id", "at": at},
            "constants": {"event": kind},
        }
        for name, at, kind in (
            ("coupon_redemptions", "redemption_date", "coupon_redemption"),
            ("transactions_sample", "transaction_timestamp", "transactions_sample"),
        )
    ]
    assert "# campaigns.csv is left out: no column reads as a time.\n" in found.project
    assert project["as_of"] == "2018-01-01T03:47:38Z"
    assert (entry["five_flames"], hot) == (7, (801, 36))
    assert "five_flames: 7   # 36 of 801 reach this\n" in found.rules


def test_yammer(tmp_path):
    found, project, entry, hot = guessed(tmp_path, "yammer/yammer_users.csv", "yammer/yammer_emails.csv")
    (people,), (mails,) = project["contacts"], project["events"]
    assert (people["header"], people["columns"]) == (False, {"contact_id": "column_1"})
    assert mails["columns"] == {"contact_id": "user_id", "event": "action", "at": "occurred_at"}
    assert points(entry) == {"email_open": 1, "email_clickthrough": 3}
    assert found.rules.count("      # happens to a contact, is not done by one\n") == 2
    assert project["as_of"] == "2022-08-31T23:00:00Z"
    assert (entry["five_flames"], hot) == (5, (19_066, 728))


def test_mailchimp(tmp_path):
    names = (f"mailchimp/{name}.csv" for name in ("member", "campaign_recipient_activity", "unsubscribe"))
    _, project, entry, hot = guessed(tmp_path, *names)
    assert {each["preset"] for kind in ("contacts", "events") for each in project[kind]} == {"mailchimp"}
    assert points(entry) == {"email_open": 1, "link_click": 3, "unsubscribe": -10}
    assert project["as_of"] == "2020-04-17T16:32:51Z"
    assert (entry["five_flames"], hot) == (4, (8, 1))


def test_hubspot(tmp_path):
    kinds = ("contact", "contact_form_submission", "email_event")
    found, project, entry, hot = guessed(tmp_path, *(f"hubspot/{kind}_data.csv" for kind in kinds))
    assert project.keys() == {"version", "rules", "as_of", "contacts"}
    for kind, rows in (("contact_form_submission", 5), ("email_event", 97)):
        left = f"{kind}_data.csv is left out: none of its {rows} rows is of a contact in the list."
        assert f"  # {left}\n  # - path: {kind}_data.csv\n  #   preset: hubspot" in found.project
    assert all("field" in each for each in entry["rules"])
    assert hot[0] == 19


def test_x_education(tmp_path):
    _, project, entry, hot = guessed(tmp_path, "x_education/lead_scoring.csv")
    assert project["contacts"][0]["columns"]["contact_id"] == "Prospect ID"
    assert "events" not in project
    assert [next(iter(each["field"])) for each in entry["rules"]] == [
        "Lead Origin", "Converted", "Last Activity", "Specialization", "How did you hear about X Education",
    ]  # fmt: skip
    assert hot[0] == 9_191


def test_salesforce(tmp_path):
    names = [each.relative_to(REAL) for each in sorted((REAL / "salesforce").glob("*.csv"))]
    found, project, _, hot = guessed(tmp_path, *names)
    assert [each["path"] for each in project["contacts"]] == ["sf_contact_data.csv", "sf_lead_data.csv"]
    assert [each["path"] for each in project["opportunities"]] == ["sf_opportunity_data.csv"]
    assert "events" not in project
    assert found.project.count("is left out: none of its 10 rows is of a contact in the list.") == 2
    assert hot[0] == 5
