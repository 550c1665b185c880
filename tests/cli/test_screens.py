"""The screens of the commands match the stored ones; `make screens` regenerates them."""

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
def test_nothing_steers_a_screen(name):
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert not any(character < " " and character != "\n" for character in text)
    assert "\u202e" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(("search", "runs"))])
def test_no_line_of_a_table_is_wider_than_its_screen(name):
    text = (FOLDER / name).read_text(encoding="utf-8")
    width = int(name.partition("-")[2].removesuffix(".txt"))
    assert all(terminal_columns(line) <= width for line in text.splitlines())


def test_ids_and_phones_are_whole():
    for width in WIDTHS:
        text = (FOLDER / f"search-{width}.txt").read_text(encoding="utf-8")
        listed = [person for person in PEOPLE if person[0] not in ("1011", "1012")]
        lines = {line.split()[-1]: line for line in text.splitlines()[1:]}
        assert sorted(lines) == [person[0] for person in listed]
        assert all(person[3] in lines[person[0]] for person in listed)
