"""Ways to damage files: bytes, tables cell by cell, zips by their members and claims, files of words.

Each takes its chances from the dice it is given: the same dice, the same damage.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

NUMBERS = (
    *("", " ", "0", "1", "-1", "3", "51,5", "1e309", "-1e309", "NaN", "inf", "-inf", "٣", "0x10", "1_000"),
    *("1e9", "2.5", "99999999999999999999", "-2147483649", "2147483648", "9223372036854775808", "1e-320"),
    *("-0", "+5", "1,234", "1.234,5", "50%", "£5", "(5)", "1 000", "\N{MINUS SIGN}5"),
    *("5\N{NO-BREAK SPACE}", "1e", ".", "1/2"),
)  # fmt: skip
TIMES = (
    *("99:99:99", "24:00:00", "-08:00:00", "8:00", "800:00:00", "٠٨:00:00", "00000000", "20260230"),
    *("99991231", "19000101", "21000101", "20261013", "2026-10-13", "13/10/2026", "08:00:00.5", "25:61:00"),
    *("99999:00:00",),
)  # fmt: skip
WORDS = (
    *("True", "null", "NA", "None", "nan", "N/A", "#REF!", "=1+1", "../../etc/passwd", "/abs", "\\"),
    *("'", ";", "\x00", "\ufeff", "\u200b", "\ud7ff", "é" * 50, "x" * 5_000, '"', "\t", "a\x1fb", "\u2028"),
    *("\x85", "\r", "\n", "a,b", "a\nb", "\u202egnp", "😀", "Europe/Nowhere", "UTC", "E01000001"),
    *("E09000001", "<b>", "&amp;"),
)  # fmt: skip
CELLS = (*NUMBERS, *TIMES, *WORDS)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1", "utf-32")
ODD_NUMBERS = (b"\x7f\xff\xff\xff", b"\xff" * 4, b"\x80" * 9 + b"\x01", b"\xff" * 9 + b"\x01", b"\0" * 8)
ODD_WORDS = (b"nan", b"1e999", b"-1", b"99999999999999999999", b"&#0;", b'"', b"<", b"\0", b"\xff\xfe")
NOTHING_MUCH = (
    "",
    "\n",
    "x",
    "id\n",
    ",,,\n,,,\n",
    '"',
    "\ufeff",
    "<html><body>404</body></html>\n",
    "PK\x03\x04",
)
_MANY = 60


def odd_table(text: str, dice: random.Random, more_cells: Sequence[str] = ()) -> str:
    """A table as text with some cells, rows, columns or marks changed."""
    rows = list(csv.reader(io.StringIO(text, newline=""))) or [[""]]
    for _ in range(dice.randint(1, 5)):
        _change_rows(rows, dice, (*CELLS, *more_cells * 4))
        if not rows:
            rows = [[""]]
    mark = dice.choice([","] * _MANY + [";", "\t", "|", ", ", "^"])
    end = dice.choice(["\n"] * _MANY + ["\r\n", "\r", "\n\n", ""])
    quoting = dice.random() < 0.8
    lines = [mark.join(_quoted(cell) if quoting else cell for cell in row) for row in rows]
    return end.join(lines) + dice.choice(["\n"] * _MANY + ["", "", "", '"', "\x00", "\x1a"])


def _quoted(cell: str) -> str:
    """A cell as a table holds it."""
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',;\t|"\r\n') else cell


def _change_rows(rows: list[list[str]], dice: random.Random, cells: Sequence[str]) -> None:
    """Change rows in place, in one of some ways."""
    # the header, of which most tables die at once, only now and then
    at = dice.randrange(1, len(rows)) if len(rows) > 1 and dice.random() < 0.96 else 0
    row = rows[at]
    match dice.choice(_ROW_CHANGES):
        case "cell" if row:
            row[dice.randrange(len(row))] = dice.choice(cells)
        case "cell of the column" if row:
            column = dice.randrange(len(row))
            other = dice.choice(rows)
            if column < len(other):
                row[column] = other[column]
        case "twice":
            rows.insert(at, list(row))
        case "elsewhere":
            rows.insert(dice.randrange(len(rows)), rows.pop(at))
        case "gone":
            del rows[at]
        case "cut":
            del row[dice.randrange(len(row) + 1) :]
        case "longer":
            row += [dice.choice(cells)] * dice.randint(1, 2)
        case "letters":
            rows[at] = [dice.choice((str.upper, str.lower, str.title))(cell) for cell in row]
        case "blanks":
            rows[at] = [f" {cell}\t" for cell in row]
        case "column gone":
            column = dice.randrange(len(rows[0]) or 1)
            for one in rows:
                del one[column : column + 1]
        case "column twice":
            column = dice.randrange(len(rows[0]) or 1)
            for one in rows:
                one.extend(one[column : column + 1])
        case "columns change places":
            here, there = (dice.randrange(len(rows[0]) or 1) for _ in range(2))
            for one in rows:
                if max(here, there) < len(one):
                    one[here], one[there] = one[there], one[here]
        case "column of one cell":
            column, cell = dice.randrange(len(rows[0]) or 1), dice.choice(cells)
            for one in rows[1:]:
                one[column : column + 1] = [cell]


_ROW_CHANGES = (
    *["cell"] * 14, *["cell of the column"] * 6, "twice", "twice", "elsewhere", "elsewhere", "gone", "gone",
    "cut", "longer", "letters", "blanks", *["columns change places"] * 2, *["column of one cell"] * 2,
    "column gone", "column twice",
)  # fmt: skip


def encoded(text: str, dice: random.Random) -> bytes:
    """Text as bytes: now and then in another encoding, or with bytes that no encoding has."""
    encoding = dice.choice(ENCODINGS) if dice.random() < 0.05 else "utf-8"
    content = text.encode(encoding, "replace")
    return odd_bytes(content, dice) if dice.random() < 0.03 else content


def odd_bytes(content: bytes, dice: random.Random, *, marked: bool = False) -> bytes:
    """Bytes with some changed, cut out, put in, moved or repeated; `marked`: pieces of markup too."""
    changed = bytearray(content)
    for _ in range(dice.choice((1, 1, 1, 2, 4, 16))):
        _change_bytes(changed, dice, marked=marked)
    return bytes(changed)


def _change_bytes(content: bytearray, dice: random.Random, *, marked: bool) -> None:
    """Change content in place, in one of some ways."""
    at, length = dice.randrange(len(content) + 1), dice.choice((1, 1, 2, 4, 30, 300))
    if marked and dice.random() < 0.3:  # a piece of markup moves, goes or comes twice
        marks = [k for k, byte in enumerate(content) if byte == ord("<")] or [0]
        at = dice.choice(marks)
        length = dice.choice([mark for mark in marks if mark > at] or [at + 1]) - at
    match dice.randrange(8):
        case 0:
            del content[at:]
        case 1:
            del content[at : at + length]
        case 2:
            content[at : at + length] = dice.randbytes(length)
        case 3:
            content[at:at] = content[at : at + length]
        case 4 if at < len(content):
            content[at] ^= 1 << dice.randrange(8)
        case 5:
            odd = dice.choice(ODD_WORDS if marked else ODD_NUMBERS)
            content[at : at + len(odd)] = odd
        case 6:
            there = dice.randrange(len(content) + 1)
            content[there:there] = content[at : at + length]
        case _:
            content[at:at] = dice.choice(ODD_WORDS if marked else ODD_NUMBERS)


def zip_of(members: Sequence[tuple[str, bytes]], dice: random.Random) -> bytes:
    """A zip of members, which may have one name twice."""
    stream = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if dice.random() < 0.7 else zipfile.ZIP_STORED
    with zipfile.ZipFile(stream, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return stream.getvalue()


def odd_zip(members: Sequence[tuple[str, bytes]], names: Sequence[str], dice: random.Random) -> bytes:
    """A zip with members twice or under one of `names`, in a folder, in another zip, or with false claims."""
    members = list(members)
    if members and dice.random() < 0.5:
        members.insert(dice.randrange(len(members) + 1), (dice.choice(names), dice.choice(members)[1]))
    if dice.random() < 0.3:
        home = dice.choice(("gtfs/", "a/b/", "../", "/", "C:\\", "__MACOSX/", "./"))
        members = [(home + name, content) for name, content in members]
    content = zip_of(members, dice)
    if dice.random() < 0.4:
        content = false_claims(content, dice)
    for _ in range(dice.choice((0, 0, 1, 1, 2, 3, 4))):
        content = zip_of([(dice.choice(("inner.zip", "a/inner.ZIP", "../feed.zip")), content)], dice)
    if dice.random() < 0.3:
        content = odd_bytes(content, dice)
    return dice.randbytes(dice.choice((0, 0, 0, 7))) + content


def false_claims(content: bytes, dice: random.Random) -> bytes:
    """A zip whose list of members lies of one of them: flags, method, checksum, sizes, place."""
    changed = bytearray(content)
    entries = [at for at in range(len(content) - 46) if content.startswith(b"PK\x01\x02", at)]
    if entries:
        field = dice.choice((8, 10, 16, 20, 24, 42))  # offsets of the central directory's fields
        width = 2 if field in {8, 10} else 4
        at = dice.choice(entries) + field
        changed[at : at + width] = dice.choice((b"\xff" * 4, b"\0" * 4, b"\x01\0\0\0", b"\0\0\0\x7f"))[:width]
    return bytes(changed)
