"""Deliveries of the rail timetable: every kind of record, each a place to go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cif_cards import (
    MSN_HEADING,
    STATIONS,
    ZTR_HD,
    ZZ,
    bs,
    bx,
    card,
    cr,
    hd,
    li,
    lo,
    lt,
    passing,
    plain_train,
    train,
)
from fuzz.case import Parser
from fuzz.damage import odd_bytes, odd_zip, zip_of
from ptreach.errors import InputError
from ptreach.model import no_progress
from ptreach.sources.cif.convert import convert
from ptreach.sources.gtfs import read_timetables

if TYPE_CHECKING:
    import random
    from pathlib import Path

RECORDS = {
    "mca": [
        hd(),
        card("TI", (3, "AYETPLC")),
        card("AA", (3, "NY00001Y00002")),
        cr("BEETPLC", "BR"),
        *train(
            lo("AYETPLC", "2350"),
            passing("JUNCTN", "2355H"),
            cr("BEETPLC"),
            li("BEETPLC", "2359", "0002"),
            li("DEETPLC", "0030", activity="R"),
            lt("CEETPLC", "0100"),
        ),
        *plain_train(stp="O", first="261007", last="261008"),
        bs(stp="C", first="261009", last="261009"),
        *plain_train(uid="Y00002", status="B", category="BR"),
        *plain_train(uid="Y00003", stp="N"),
        ZZ,
    ],
    "msn": [MSN_HEADING, *STATIONS, "L    ALIAS", "E"],
    "alf": ["M=WALK,O=AYE,D=CEE,T=7,S=0001,E=2359,P=4,F=01/01/2020,R=1111111"],
    "flf": ["ADDITIONAL LINK: WALK BETWEEN AYE AND BEE IN   7 MINUTES", "END"],
    "tsi": ["AYE,NT,TP,6,"],
    "ztr": [ZTR_HD, bs(uid="Z00001"), bx("QR"), lo("AYE----", "0700"), lt("CEE----", "0730"), ZZ],
}
_TELLING = (
    *("0000", "2359", "9999", "C", "O", "U ", "N ", "BS", "LT", "ZZ", "991231", "000101", "1111111", " "),
    *("\r", "\x85", "261007", "0000000", "AYETPLC", "CEETPLC", "2400", "1200H", "\x00", "£", "\x1a"),
    *("-1", "Y00001"),
)  # fmt: skip
_NAMES = (
    "a.mca",
    "A.MCA",
    "b.msn",
    "a.cfa",
    "folder/x.mca",
    "../a.msn",
    "a.ztr",
    "a.zip",
    "README.txt",
    "a.dat",
)
_CHANGES = (*["text"] * 6, "gone", "twice", "elsewhere", "cut", "new")


def _letters(dice: random.Random) -> str:
    """Some letters of any kind that a byte can be."""
    return dice.randbytes(dice.randint(1, 12)).decode("latin-1")


def _change(lines: list[str], dice: random.Random) -> None:
    """Change the records of a file in place, in one of some ways."""
    at = dice.randrange(len(lines))
    match dice.choice(_CHANGES):
        case "text":
            column = dice.randint(0, 80)
            text = dice.choice(_TELLING) if dice.random() < 0.6 else _letters(dice)
            lines[at] = lines[at][:column] + text + lines[at][column + len(text) :]
        case "gone":
            del lines[at]
        case "twice":
            lines.insert(at, lines[at])
        case "elsewhere":
            lines.insert(dice.randrange(len(lines)), lines.pop(at))
        case "cut":
            lines[at] = lines[at][: dice.randint(0, 80)]
        case "new":
            lines.insert(at, _letters(dice))


def write_case(dice: random.Random, folder: Path) -> None:
    """Write a delivery with some records changed, left out, doubled, moved or cut; or its zip damaged."""
    files = {kind: list(lines) for kind, lines in RECORDS.items()}
    for _ in range(dice.randint(0, 4)):
        lines = files[dice.choice([*["mca"] * 6, *RECORDS])]
        if lines:
            _change(lines, dice)
    end = dice.choice(["\n"] * 9 + ["\r\n"])
    members = [(f"a.{kind}", end.join([*lines, ""]).encode("latin-1")) for kind, lines in files.items()]
    chance = dice.random()
    if chance < 0.06:
        del members[dice.randrange(len(members))]
    if chance < 0.15:
        content = odd_zip(members, _NAMES, dice)
    else:
        content = zip_of(members, dice)
        content = odd_bytes(content, dice) if chance < 0.2 else content
    (folder / "delivery.zip").write_bytes(content)


def read_case(folder: Path) -> int:
    """Convert a delivery; the feed needs no repair and says what the report says, or nothing is written."""
    out = folder / "rail.zip"
    try:
        report = convert(folder / "delivery.zip", out, no_progress)
    except InputError:
        assert [path.name for path in folder.iterdir()] == ["delivery.zip"]
        raise
    timetables = read_timetables([out])
    assert timetables.repairs == ()  # nothing goes back in time, nothing calls at unknown stops
    assert len(timetables.trip_ids) == report.trips
    assert timetables.call_stop.size == report.calls
    return len(report.repairs)


PARSER = Parser(write_case, read_case)
