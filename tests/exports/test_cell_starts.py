"""Blanks before quotes, and byte order marks of concatenated files: what is removed or moved, what stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescore.exports.cell_starts import CellStarts

COMMA = CellStarts(",", '"', blanks=True)
MARKS = CellStarts(",", '"', blanks=False)


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ('1, "A, B"\n', '1,"A, B"\n'),
        (' "1",  \t"A"\r\n', '"1","A"\r\n'),
        ('1, "A ""x"", ""y""", z\n', '1,"A ""x"", ""y""", z\n'),
        ('"a, ""b""", "c"\n', '"a, ""b""","c"\n'),
        ('1, "two\n lines, ""so"""\n2, "x"', '1,"two\n lines, ""so"""\n2,"x"'),
        ('3, 5" pipe\n', '3, 5" pipe\n'),
        ('4, "a" b\n', '4, "a" b\n'),
        ('5, "open\n6, "b"\n', '5, "open\n6,"b"\n'),
        ("7, plain\n", "7, plain\n"),
        ('\ufeff"8", "b"\n', '"\ufeff8","b"\n'),
        ('\ufeff "9",b\n', '"\ufeff9",b\n'),
        ("\ufeff10,b\n", "\ufeff10,b\n"),
        ("a,b\n\ufeff\n1,2\n", "a,b\n\n1,2\n"),
    ],
)
def test_blanks_go_and_marks_go_inside(written, tidied):
    assert COMMA.tidied(written.encode()).decode() == tidied


def test_without_blanks_marks_alone_are_moved():
    assert MARKS.tidied('\ufeff"8", "b"\n'.encode()).decode() == '"\ufeff8", "b"\n'
    assert MARKS.tidied('1,"a\n\ufeff""b"""\n'.encode()).decode() == '1,"a\n\ufeff""b"""\n'


def test_a_tab_that_parts_cells_is_no_blank():
    assert CellStarts("\t", '"', blanks=True).tidied(b'1\t "a"\t\t"b"\n') == b'1\t"a"\t\t"b"\n'
    assert CellStarts(",;\t|", '"', blanks=True).tidied(b'1; "a"\n') == b'1;"a"\n'


@given(st.lists(st.lists(st.text(alphabet='ab,"\n \ufeff', max_size=6), min_size=2, max_size=3), min_size=1))
def test_a_file_that_needs_nothing_stays(rows):
    text = "".join(",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) + "\n" for row in rows)
    assert COMMA.tidied(text.encode()).decode() == text
    spaced = "".join(
        ", ".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) + "\n" for row in rows
    )
    assert COMMA.tidied(spaced.encode()).decode() == text


def test_a_copy_is_made_piece_by_piece(tmp_path, monkeypatch):
    monkeypatch.setattr("flamescore.exports.cell_starts.BLOCK", 7)
    rows = "".join(f'{n}, "a, {n}\n next"\n' for n in range(50))
    (tmp_path / "a.csv").write_text(f'id, "x"\n{rows}')
    COMMA.copy(tmp_path / "a.csv", tmp_path / "b.csv", start=8, shown="a.csv")
    assert (tmp_path / "b.csv").read_text() == 'id, "x"\n' + rows.replace(', "', ',"')
