"""The screens of the commands are those that are kept; `make screens` makes them anew."""

from __future__ import annotations

import pytest

from cli.screens import FOLDER, PEOPLE, SCREENS, WIDTHS, shown
from flamescore.text import terminal_columns

NAMES = [f"{name}-{width}.txt" for width in WIDTHS for name in SCREENS]


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    return shown(tmp_path_factory.mktemp("screens"))


@pytest.mark.parametrize("name", NAMES)
def test_a_screen_to_the_letter(seen, name):
    assert seen[name] == (FOLDER / name).read_text(encoding="utf-8")


def test_no_other_screens_are_kept():
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_wider_than_its_screen_and_none_steers_it(name):
    text = (FOLDER / name).read_text(encoding="utf-8")
    width = int(name.partition("-")[2].removesuffix(".txt"))
    assert all(terminal_columns(line) <= width and line == line.rstrip() for line in text.splitlines())
    assert not any(character < " " and character != "\n" for character in text)
    assert "\u202e" not in text


def test_ids_and_phones_are_whole():
    for width in WIDTHS:
        text = (FOLDER / f"search-{width}.txt").read_text(encoding="utf-8")
        listed = [person for person in PEOPLE if person[0] not in ("1011", "1012")]
        lines = {line.split()[-1]: line for line in text.splitlines()[1:]}
        assert sorted(lines) == [person[0] for person in listed]
        assert all(person[3] in lines[person[0]] for person in listed)
