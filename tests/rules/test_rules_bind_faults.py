"""Rules that require what the exports don't have: one file per fault, and the exact messages about it."""

from pathlib import Path

import pytest

from flamescore.columns import Columns
from flamescore.errors import RuleFileError
from flamescore.rules import bind_rules, load_rules

FAULTS = Path(__file__).parent / "bind_faults"
CONTACTS = ("contact_id", "email", "company", "title", "country", "employees", "pet_type")
COLUMNS = {
    "all": Columns((*CONTACTS, "tags"), ("url", "asset", "seconds", "delta"), has_tags=True, has_events=True),
    "no_events": Columns((*CONTACTS, "tags"), has_tags=True),
    "no_tags": Columns(CONTACTS, ("url",), has_events=True),
}


@pytest.mark.parametrize("name", sorted(path.stem for path in FAULTS.glob("*.yaml")))
def test_a_fault_is_told_to_the_character(name, monkeypatch):
    monkeypatch.chdir(FAULTS)
    loaded = load_rules(Path(f"{name}.yaml"))
    with pytest.raises(RuleFileError) as caught:
        bind_rules(loaded, COLUMNS.get(name, COLUMNS["all"]))
    assert f"{caught.value}\n" == Path(f"{name}.txt").read_text(encoding="utf-8")
