"""Truncated or damaged compressed exports give I004 wherever the cut is; they never read as fewer rows."""

import gzip
import random
import struct
import subprocess
import sys

import pytest
import zstandard
from exports_bench import CONTACTS, PEOPLE, Piped, rows

from flamescore.errors import InputError

HEAD = "contact_id,event,at,url\n"
FEW = (HEAD + "".join(f"1,visit,2026-01-01,/{n}\n" for n in range(20))).encode()
NUMBERS = random.Random(7)  # digits that compress poorly
MANY = (HEAD + "".join(f"1,visit,2026-01-01,/{NUMBERS.random()}\n" for _ in range(20_000))).encode()
MORE = b"".join(b"2,visit,2026-01-02,/%d\n" % n for n in range(20))
CHECKED = zstandard.ZstdCompressor(write_checksum=True)
SKIPPED = b"\x50\x2a\x4d\x18" + struct.pack("<I", 3000) + bytes(3000)
NO_ZSTD = "is not a Zstandard file, or is cut short"
NO_GZIP = "is not a gzip file, or is cut short"


def in_blocks(text):
    """Compress into one frame of many blocks; return it with the offsets at which blocks end."""
    packer = CHECKED.compressobj()
    packed, ends = b"", []
    for first in range(0, len(text), 100_000):
        packed += packer.compress(text[first : first + 100_000])
        packed += packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        ends.append(len(packed))
    return packed + packer.flush(), ends


ONE, (BLOCKS, ENDS) = CHECKED.compress(FEW), in_blocks(MANY)
TWO = CHECKED.compress(MANY) + CHECKED.compress(MORE)
FIRST = len(CHECKED.compress(MANY))


@pytest.mark.parametrize(
    ("whole", "cut"),
    [
        pytest.param(ONE, 3, id="one block: in the magic number"),
        pytest.param(ONE, 5, id="one block: in the header"),
        pytest.param(ONE, 8, id="one block: before the block"),
        pytest.param(ONE, len(ONE) // 2, id="one block: in the block"),
        pytest.param(ONE, len(ONE) - 4, id="one block: before the checksum"),
        pytest.param(ONE, len(ONE) - 1, id="one block: in the checksum"),
        pytest.param(BLOCKS, 5, id="many: in the header"),
        pytest.param(BLOCKS, ENDS[0] // 2, id="many: in the first block"),
        pytest.param(BLOCKS, ENDS[0], id="many: after the first block"),
        pytest.param(BLOCKS, ENDS[3], id="many: between blocks"),
        pytest.param(BLOCKS, ENDS[3] + 1, id="many: in a block's header"),
        pytest.param(BLOCKS, ENDS[-1], id="many: before the last block"),
        pytest.param(BLOCKS, len(BLOCKS) - 4, id="many: before the checksum"),
        pytest.param(BLOCKS, len(BLOCKS) - 1, id="many: in the checksum"),
        pytest.param(TWO, FIRST - 1, id="two frames: at the end of the first"),
        pytest.param(TWO, FIRST + 2, id="two frames: in the second magic number"),
        pytest.param(TWO, FIRST + 6, id="two frames: in the second header"),
        pytest.param(TWO, FIRST + 40, id="two frames: in the second block"),
        pytest.param(TWO, len(TWO) - 1, id="two frames: in the last checksum"),
        pytest.param(ONE + SKIPPED, len(ONE) + 100, id="in a frame to be skipped"),
    ],
)
def test_a_zstandard_file_that_is_cut_short(with_contacts, whole, cut):
    with_contacts.write("events.csv.zst", whole[:cut])
    with pytest.raises(InputError, match=f"^I004 `events.csv.zst` {NO_ZSTD}"):
        with_contacts.survey(CONTACTS + "events: [{path: events.csv.zst}]\n")


GZIP, GZIP_MANY = gzip.compress(FEW, mtime=0), gzip.compress(MANY, mtime=0)
MEMBERS = GZIP_MANY + gzip.compress(MORE, mtime=0)


@pytest.mark.parametrize(
    ("whole", "cut"),
    [
        pytest.param(GZIP, 1, id="in the magic number"),
        pytest.param(GZIP, 6, id="in the header"),
        pytest.param(GZIP, 10, id="before the data"),
        pytest.param(GZIP, len(GZIP) // 2, id="in the data"),
        pytest.param(GZIP, len(GZIP) - 8, id="before the checksum"),
        pytest.param(GZIP, len(GZIP) - 4, id="before the size"),
        pytest.param(GZIP, len(GZIP) - 1, id="in the size"),
        pytest.param(GZIP_MANY, 1 << 14, id="many: where a piece that is read ends"),
        pytest.param(GZIP_MANY, len(GZIP_MANY) - 8, id="many: before the checksum"),
        pytest.param(MEMBERS, len(GZIP_MANY) + 1, id="in the second magic number"),
        pytest.param(MEMBERS, len(GZIP_MANY) + 30, id="in the second member"),
        pytest.param(MEMBERS, len(MEMBERS) - 1, id="in the last size"),
    ],
)
def test_a_gzip_file_that_is_cut_short(with_contacts, whole, cut):
    with_contacts.write("events.csv.gz", whole[:cut])
    with pytest.raises(InputError, match=f"^I004 `events.csv.gz` {NO_GZIP}"):
        with_contacts.survey(CONTACTS + "events: [{path: events.csv.gz}]\n")


@pytest.mark.full
@pytest.mark.parametrize(("name", "whole"), [("zst", ONE), ("gz", GZIP)])
def test_every_cut_there_is(with_contacts, name, whole):
    for cut in range(1, len(whole)):
        with_contacts.write(f"events.csv.{name}", whole[:cut])
        with pytest.raises(InputError, match=f"^I004 `events.csv.{name}` is not a "):
            with_contacts.survey(CONTACTS + f"events: [{{path: events.csv.{name}}}]\n")


@pytest.mark.parametrize(("name", "whole", "none"), [("zst", BLOCKS, NO_ZSTD), ("gz", GZIP_MANY, NO_GZIP)])
@pytest.mark.parametrize("after", [b"x", b"contact_id,event", "its own beginning"])
def test_what_follows_a_packed_file_is_no_silence(with_contacts, name, whole, none, after):
    more = whole[:9] if isinstance(after, str) else after
    with_contacts.write(f"events.csv.{name}", whole + more)
    with pytest.raises(InputError, match=f"^I004 `events.csv.{name}` {none}"):
        with_contacts.survey(CONTACTS + f"events: [{{path: events.csv.{name}}}]\n")


@pytest.mark.parametrize(("name", "whole", "none"), [("zst", BLOCKS, NO_ZSTD), ("gz", GZIP_MANY, NO_GZIP)])
def test_the_checksum_is_looked_at(with_contacts, name, whole, none):
    place = -1 if name == "zst" else -5
    wrong = bytearray(whole)
    wrong[place] ^= 1
    with_contacts.write(f"events.csv.{name}", bytes(wrong))
    with pytest.raises(InputError, match=f"^I004 `events.csv.{name}` {none}"):
        with_contacts.survey(CONTACTS + f"events: [{{path: events.csv.{name}}}]\n")


@pytest.mark.parametrize(
    ("name", "packed", "events"),
    [
        ("events.csv.zst", BLOCKS, 20_000),
        ("events.csv.zst", TWO, 20_020),
        ("events.csv.zst", SKIPPED + ONE + SKIPPED + CHECKED.compress(MORE) + SKIPPED, 40),
        ("events.csv.zst", zstandard.compress(b"") + ONE, 20),
        ("events.csv.gz", MEMBERS, 20_020),
        ("events.csv.gz", GZIP + bytes(40_000), 20),
    ],
)
def test_whole_ones_are_read_to_their_end(with_contacts, monkeypatch, name, packed, events):
    with_contacts.write(name, packed)
    loaded = with_contacts.load(CONTACTS + f"events: [{{path: {name}}}]\n")
    assert len(rows(loaded.events[0].frame)) == events
    monkeypatch.setattr(sys, "stdin", Piped(packed))
    loaded = with_contacts.load(CONTACTS + "events: [{path: '-'}]\n")
    assert len(rows(loaded.events[0].frame)) == events


@pytest.mark.parametrize(
    ("piped", "none"),
    [
        (BLOCKS[:2], NO_ZSTD),
        (BLOCKS[: ENDS[3]], NO_ZSTD),
        (BLOCKS[:-1], NO_ZSTD),
        (TWO[: FIRST + 6], NO_ZSTD),
        (BLOCKS + b"x", NO_ZSTD),
        (SKIPPED[:100], NO_ZSTD),
        (SKIPPED + ONE[:-1], NO_ZSTD),
        (GZIP_MANY[:1], NO_GZIP),
        (GZIP_MANY[:-1], NO_GZIP),
        (MEMBERS[:-30], NO_GZIP),
        (GZIP_MANY + b"x", NO_GZIP),
    ],
)
def test_standard_input_that_is_cut_short(with_contacts, monkeypatch, piped, none):
    monkeypatch.setattr(sys, "stdin", Piped(piped))
    with pytest.raises(InputError, match=f"^I004 `-` {none}"):
        with_contacts.survey(CONTACTS + "events: [{path: '-'}]\n")


@pytest.mark.parametrize("name", ["events.csv.zst", "-"])
def test_the_night_stops_and_nothing_is_published(tmp_path, name):
    (tmp_path / "contacts.csv").write_text(PEOPLE)
    (tmp_path / "rules.yaml").write_text(
        "version: 1\n"
        "scores: {s: {five_flames: 9, defaults: {count: each, expires: never}, rules: [\n"
        "  {name: Visit, event: visit, points: 1}]}}\n"
    )
    (tmp_path / "flamescore.yaml").write_text(
        f"version: 1\nrules: rules.yaml\n{CONTACTS}events: [{{path: '{name}'}}]\n"
    )
    cut = BLOCKS[: ENDS[3]]
    if name != "-":
        (tmp_path / name).write_bytes(cut)
    ran = subprocess.run(
        [sys.executable, "-m", "flamescore", "score"],
        cwd=tmp_path,
        input=cut,
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (3, b"")
    assert f"error I004: `{name}` {NO_ZSTD}." in ran.stderr.decode()
    assert not (tmp_path / "out" / "latest").exists()
