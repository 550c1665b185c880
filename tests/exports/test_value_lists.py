"""Lists from files are read like exports without settings of their own; doubtful files are refused."""

import re

import pytest

from flamescore.exports import ListFiles
from flamescore.rules import ListRefusedError, ListValues

CSV = {
    "plain": ("domain,city\nacme.example,Bonn\nzeta.example,Ulm\n", ["acme.example", "zeta.example"]),
    "semicolons, byte order mark, line ends": (
        "\ufeffdomain;city\r\nacme.example;Bonn\r\n\r\nzeta.example;Ulm\r\n",
        ["acme.example", "zeta.example"],
    ),
    "quotes": (
        'city,"domain"\n"Bonn, on the Rhine","a ""b"" c"\nUlm,"two\nlines"\n',
        ['a "b" c', "two\nlines"],
    ),
    "trimmed, missing, twice": ("domain,x\n a ,1\n,2\n\u200ba,3\nA,4\n \u00a0,5\n", ["a", "A"]),
    "empty surplus cells": ("domain,x\na,1,,\nb,2\n", ["a", "b"]),
    "one column": ("domain\na\n\nb\nTotal\n", ["a", "b", "Total"]),
    "one line without an end": ("domain\nonly", ["only"]),
}
TXT = {
    "plain": ("VIP\nPartner\n", ["VIP", "Partner"]),
    "no comments": ('# one\na,b\n"c"\n', ["# one", "a,b", '"c"']),
    "line ends of all kinds": ("a\r\nb\rc\nd", ["a", "b", "c", "d"]),
    "other ends of lines are text": ("a\x0bb\u2028c\n", ["a\x0bb\u2028c"]),
    "trimmed, blank, twice": ("\ufeff a \n\n\t\na\n\u200bA\u200b\n", ["a", "A"]),
}
REFUSED = {
    "short.csv": (b"domain,x\na,1\nb\n", "R165", "damaged at line 3: it has fewer cells than the header."),
    "long.csv": (b"domain,x\na,1,2\n", "R165", "damaged at line 2: it has more cells than the header."),
    "stray.csv": (b'domain,x\na,1\nb"c,2\n', "R165", "damaged at line 3: a cell has a quote inside."),
    "open.csv": (b'domain,x\n"a,1\nb,2\n', "R165", "damaged at line 2: a quote is not closed."),
    "nul.csv": (b"domain,x\na,1\nb\0,2\n", "R165", "damaged at line 3: it has a NUL byte."),
    "footer.csv": (
        b"domain,x\na,1\nGrand Totals (1 records)\n",
        "R165",
        "damaged at line 3: it has fewer cells",
    ),
    "latin.csv": ("domain\nCaf\u00e9\n".encode("latin-1"), "R165", "Line 2 of the list"),
    "wide.csv": ("domain\na\n".encode("utf-16"), "R165", "Line 1 of the list"),
    "packed.csv": (b"\x1f\x8b\x08\x00", "R165", "is a gzip file, not CSV."),
    "page.csv": (b"<!doctype html><html>", "R165", "is a web page, not CSV"),
    "empty.csv": (b"", "R162", "has no values."),
    "header.csv": (b"domain\n", "R162", "The column `domain` of the list `header.csv` has no values."),
    "blank.csv": (b"\n\n", "R162", "has no values."),
    "missing.csv": (b"x,y\n1,2\n", "R161", "has no column `domain`."),
    "twice.csv": (b"domain,domain\n1,2\n", "R161", "has more than one column `domain`."),
    "nul.txt": (b"a\nb\0c\n", "R165", "damaged at line 2: it has a NUL byte."),
    "wide.txt": ("a\n".encode("utf-16"), "R165", "Line 1 of the list"),
    "latin.txt": (b"a\r\nb\r\n\xe9", "R165", "Line 3 of the list"),
    "empty.txt": (b"", "R162", "The list `empty.txt` has no values."),
}


@pytest.mark.parametrize(("text", "values"), CSV.values(), ids=CSV)
def test_the_column_of_a_csv(text, values, tmp_path):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")
    assert list(ListFiles(tmp_path).values("a.csv", "domain")) == values


@pytest.mark.parametrize(("text", "values"), TXT.values(), ids=TXT)
def test_the_lines_of_a_text(text, values, tmp_path):
    (tmp_path / "a.txt").write_text(text, encoding="utf-8", newline="")
    assert list(ListFiles(tmp_path).values("a.txt", None)) == values


@pytest.mark.parametrize(
    ("name", "data", "code", "said"), [(n, *each) for n, each in REFUSED.items()], ids=REFUSED
)
def test_what_is_refused(name, data, code, said, tmp_path):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ListRefusedError, match=re.escape(said)) as caught:
        ListFiles(tmp_path).values(name, "domain" if name.endswith(".csv") else None)
    assert caught.value.code == code


def test_a_list_is_read_once(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    lists = ListFiles(tmp_path)
    first = lists.values("a.csv", "x")
    other = lists.values("a.csv", "y")
    (tmp_path / "a.csv").unlink()
    assert lists.values("a.csv", "x") is first
    assert list(lists.values(str(tmp_path / "a.csv"), "x")) == ["1"]
    assert list(ListFiles(tmp_path.parent, [other]).values(f"{tmp_path.name}/a.csv", "y")) == ["2"]


def test_lists_are_compared_by_where_they_come_from(tmp_path):
    (tmp_path / "a.txt").write_text("1\n2\n")
    one, again = ListFiles(tmp_path).values("a.txt", None), ListFiles(tmp_path).values("a.txt", None)
    assert one == again
    assert hash(one) == hash(again)
    assert one != ("1", "2")
    assert one != ListValues(one, path="b.txt", hash=one.hash)
    (tmp_path / "a.txt").write_text("1\n2\n\n")
    assert one != ListFiles(tmp_path).values("a.txt", None)


def test_a_million_values_are_the_most(tmp_path):
    (tmp_path / "a.txt").write_text("\n".join(map(str, range(1_000_000))) + "\n7\n")
    assert len(ListFiles(tmp_path).values("a.txt", None)) == 1_000_000
    with (tmp_path / "a.txt").open("a") as file:
        file.write("one more\n")
    with pytest.raises(ListRefusedError, match="1,000,001 values; 1,000,000 are the most"):
        ListFiles(tmp_path).values("a.txt", None)
