"""Footers of Parquet files made by hand: structs as dicts from the numbers of their fields to values."""

MAGIC = b"PAR1"
TRUE, FALSE, I64, BINARY, LIST, STRUCT = 1, 2, 6, 8, 9, 12


def varint(number):
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def kind(value):
    if isinstance(value, bool):
        return TRUE if value else FALSE
    return {int: I64, bytes: BINARY, list: LIST, dict: STRUCT}[type(value)]


def encode(value, *, long=False):
    """Return a value in Thrift's compact protocol; `long` writes each field with its own number."""
    if isinstance(value, bool):
        return b""
    if isinstance(value, int):
        return varint(value << 1 if value >= 0 else ~value << 1 | 1)
    if isinstance(value, bytes):
        return varint(len(value)) + value
    if isinstance(value, list):
        held = kind(value[0]) if value else STRUCT
        size = (
            bytes([len(value) << 4 | held]) if len(value) < 15 else bytes([0xF0 | held]) + varint(len(value))
        )
        return size + b"".join(encode(each, long=long) for each in value)
    out, last = b"", 0
    for number, held in value.items():
        step = number - last
        short = 0 < step < 16 and not long
        out += bytes([step << 4 | kind(held)]) if short else bytes([kind(held)]) + encode(number)
        out += encode(held, long=long)
        last = number
    return out + b"\0"


def file(path, footer):
    """Write a file with this footer, a struct or its bytes, and nothing else."""
    data = footer if isinstance(footer, bytes) else encode(footer)
    path.write_bytes(MAGIC + data + len(data).to_bytes(4, "little") + MAGIC)
    return path


def number(value, width=8):
    return value.to_bytes(width, "little", signed=True)


def footer(*, kind=2, statistics=None, orders=1, rows=3, schema=None, chunk=None, column=None):
    """Return the footer of a file with one column `at` and one row group; orders None: not told."""
    said = {5: number(9), 6: number(4), 3: 1} if statistics is None else statistics
    inner = {1: kind, 2: [0, 3], 3: [b"at"], 4: 0, 5: rows, 6: 70, 7: 70, 9: 4, 12: said} | (column or {})
    return {
        1: 1,
        2: [{4: b"root", 5: 1}, {1: kind, 3: 1, 4: b"at"} | (schema or {})],
        3: rows,
        4: [{1: [{2: 0, 3: dict(sorted(inner.items()))} | (chunk or {})], 2: 70, 3: rows}],
        6: b"by hand",
    } | ({} if orders is None else {7: [{orders: {}}]})
