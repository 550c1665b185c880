"""Everything that can be wrong with a rule file: one file per fault, and the exact messages about it."""

from pathlib import Path

import pytest

from flamescore.errors import RuleFileError
from flamescore.exports import ListFiles
from flamescore.rules import ListValues, load_rules, load_rules_text

FAULTS = Path(__file__).parent / "faults"
NAMES = sorted(path.stem for path in FAULTS.glob("*.yaml"))


class Lists(ListFiles):
    """The lists next to the faults, and one that is too long to be stored there."""

    def values(self, path, column):
        if path == "lists/many.txt":
            return ListValues(map(str, range(10_001)), path=path)
        return super().values(path, column)


def told(name):
    try:
        loaded = load_rules(Path(f"{name}.yaml"), Lists(Path()))
        return "\n".join(str(each) for each in loaded.warnings)
    except RuleFileError as error:
        return str(error)


@pytest.mark.parametrize("name", NAMES)
def test_a_fault_is_told_to_the_character(name, monkeypatch):
    monkeypatch.chdir(FAULTS)
    assert f"{told(name)}\n" == Path(f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "fifteen_at_once"])
def test_a_fault_has_one_code(name):
    lines = (FAULTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    codes = {line.split()[1] for line in lines if line.startswith(name)}
    assert len(codes) == 1


def test_every_fault_is_told_in_one_go():
    with pytest.raises(RuleFileError) as caught:
        load_rules(FAULTS / "fifteen_at_once.yaml")
    problems = caught.value.problems
    assert len(problems) >= 15
    places = [(problem.where.line, problem.where.column) for problem in problems]
    assert places == sorted(places)


def test_a_file_that_is_not_there(tmp_path):
    path = tmp_path / "keep.yaml"
    with pytest.raises(RuleFileError) as caught:
        load_rules(path)
    assert str(caught.value) == f"{path}: R001 The rule file can't be read: No such file or directory."


def test_what_is_told_is_the_same_for_text_and_file():
    text = (FAULTS / "key_of_rule.yaml").read_text(encoding="utf-8")
    with pytest.raises(RuleFileError) as caught:
        load_rules_text(text, "key_of_rule.yaml")
    assert f"{caught.value}\n" == (FAULTS / "key_of_rule.txt").read_text(encoding="utf-8")
