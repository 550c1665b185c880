"""What is passed over, at once or field by field, is passed over whole."""

import re

import pytest
from footer_bench import BINARY, LIST, STRUCT, encode
from hypothesis import given
from hypothesis import strategies as st

from flamescore.exports import thrift
from flamescore.exports.thrift import Reader, ThriftError

SCALARS = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.binary(max_size=70)


def structs(values):
    return st.dictionaries(st.integers(1, 60), values, max_size=6).map(lambda it: dict(sorted(it.items())))


def lists(values):
    """Lists of one type: integers, bytes or structs."""
    integers = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20)
    return integers | st.lists(st.binary(max_size=40), max_size=20) | st.lists(structs(values), max_size=6)


STRUCTS = structs(st.recursive(SCALARS, lambda inner: lists(inner) | structs(inner), max_leaves=20))


@given(STRUCTS, st.booleans())
def test_skipping_ends_where_the_struct_does(value, long):
    data = encode(value, long=long)
    reader = Reader(data + b"\x15\x02\0")
    reader.skip(STRUCT)
    assert reader.at == len(data)


@given(STRUCTS, st.booleans())
def test_haste_changes_nothing(value, long):
    data = encode(value, long=long)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thrift, "_RUN", re.compile(rb"(?!)"))
        reader = Reader(data)
        reader.skip(STRUCT)
    assert reader.at == len(data)


@given(st.binary(max_size=200) | STRUCTS.map(encode))
def test_bytes_of_any_kind_end_in_a_place_or_in_one_of_two_errors(data):
    ends = []
    for pattern in (thrift._RUN, re.compile(rb"(?!)")):  # noqa: SLF001 - with haste and without
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(thrift, "_RUN", pattern)
            reader = Reader(data)
            try:
                reader.skip(STRUCT)
                ends.append(reader.at)
            except (ThriftError, IndexError):
                ends.append(None)
    assert ends[0] == ends[1]


def test_the_last_of_a_field_given_twice_counts():
    assert Reader(b"\x15\x02\x05\x02\x04\0").struct(STRUCT, {1: ("one", Reader.integer)}) == {"one": 2}


@pytest.mark.parametrize(
    "data",
    [
        b"\x1c" * 40 + b"\0" * 41,  # too deep
        b"\x19" * 40 + b"\x03\0",
        b"\x1b\x00\0",  # a map
        b"\x1a\x00\0",  # a set
        b"\x1d" + b"\0" * 17,  # an unknown type
        b"\x16" + b"\xff" * 11 + b"\x00\0",  # an integer above 64 bits
        b"\x18\x7fabc\0",  # a text that is longer than the rest
        b"\x18\xff\xff\xff\xff\xff\xff\xff\xff\x7fabc\0",
        b"\x19\xf6\xff\xff\xff\xff\x0f\0",  # more elements than bytes
        b"\x19\xf7\x02" + b"\0" * 8,  # two doubles, and room for one
        b"\x15",
        b"\x15\x80",
        b"",
    ],
)
def test_what_is_wrong_is_refused(data):
    with pytest.raises((ThriftError, IndexError)):
        Reader(data).skip(STRUCT)


@pytest.mark.parametrize(
    "read",
    [
        lambda reader: reader.integer(BINARY),
        lambda reader: reader.binary(LIST),
        lambda reader: reader.truth(BINARY),
        lambda reader: reader.struct(LIST, {}),
        lambda reader: reader.union(BINARY),
        lambda reader: reader.items(BINARY, 5),
        lambda reader: reader.items(LIST, BINARY),
    ],
)
def test_a_value_of_another_type_is_refused(read):
    with pytest.raises(ThriftError):
        read(Reader(b"\x15\x02\0\0"))


@pytest.mark.parametrize(
    "data", [b"\x19\x0c" * 600, b"\x1c\x1c\x1c\x1c\0\0\0\0" * 300, b"\x19\xf5\x80\x08" + b"\0" * 1024]
)
def test_patience_ends(monkeypatch, data):
    monkeypatch.setattr(thrift, "_PATIENCE", 500)
    monkeypatch.setattr(thrift, "_RUN", re.compile(rb"(?!)"))
    reader = Reader(data + b"\0")
    with pytest.raises(ThriftError):
        reader.skip(STRUCT)
    assert reader.patience <= 0
