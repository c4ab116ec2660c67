"""cif: what it hands on, what it prints where, and what it refuses."""

import datetime as dt

import pytest

from cif_cards import ZTR_HD, ZZ, bs, bx, hd, li, lo, lt, plain_train, tables_of, train, write_delivery
from ptreach.sources.cif.convert import Conversion

DONE = Conversion(
    schedules=12_000,
    cancellations=1_000,
    trips=9_000,
    calls=99_000,
    stops=500,
    services=40,
    first_day=dt.date(2026, 10, 5),
    last_day=dt.date(2026, 12, 12),
    unplaced={"ATM": 2, "JUNCTN": 5},
    repairs=("calls left out: 3 (first: a.mca, line 7)",),
)


@pytest.fixture
def delivery(tmp_path, monkeypatch):
    """A delivery in the working folder: a train with a call nowhere, and a ferry of the .ztr."""
    monkeypatch.chdir(tmp_path)
    places = lo("AYETPLC", "0800"), li("JUNCTN", "0810"), lt("CEETPLC", "0900")
    ferry = [ZTR_HD, bs(uid="Z00001", category="SS"), bx(), lo("AYE----", "0700"), lt("CEE----", "0730"), ZZ]
    return write_delivery(tmp_path / "timetable.zip", train(*places), ztr=ferry)


def test_cif_prints_the_path_and_tells_what_it_did(ptreach, stage, delivery):
    called = stage("cif", DONE)
    ended = ptreach("cif", delivery)
    assert (ended.code, ended.out) == (0, "rail_gtfs.zip\n")
    assert ended.err.splitlines() == [
        "read 12,000 schedules, 1,000 of them cancellations",
        "wrote 9,000 trips, 99,000 calls at 500 stations",
        "days: 2026-10-05 to 2026-12-12, in 40 services",
        "mended, left out or not expressed:",
        "  calls left out: 3 (first: a.mca, line 7)",
        "left out 7 calls at 2 places that are no station with coordinates: ATM, JUNCTN",
        "Licence: that of the delivery. Terms differ between years: check them before you publish results.",
    ]
    ((args, kwargs),) = called
    assert args == (delivery,)
    assert (str(kwargs["out"]), kwargs["with_ztr"]) == ("rail_gtfs.zip", True)


def test_cif_writes_the_feed_where_asked(ptreach, delivery, tmp_path):
    out = tmp_path / "new" / "rail.zip"
    ended = ptreach("cif", delivery, "--out", out)
    assert (ended.code, ended.out) == (0, f"{out}\n")
    assert "JUNCTN" in ended.err
    assert [row["trip_id"] for row in tables_of(out)["trips"]] == ["Y00001-P-20261005", "Z00001-P-20261005"]


def test_the_ztr_can_be_left_out(ptreach, delivery):
    assert ptreach("cif", delivery, "--no-ztr").code == 0
    assert [row["trip_id"] for row in tables_of("rail_gtfs.zip")["trips"]] == ["Y00001-P-20261005"]


def test_quiet_says_the_path_alone(ptreach, delivery):
    assert ptreach("-q", "cif", delivery) == (0, "rail_gtfs.zip\n", "")


def test_stages_are_logged(ptreach, delivery):
    err = ptreach("-v", "cif", delivery).err
    assert "ptreach: info: read ttisf001.mca: done" in err
    assert "ptreach: info: write: done (2)" in err


def test_a_fault_of_a_record_is_one_line_and_nothing_is_written(ptreach, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    update = write_delivery(tmp_path / "update.zip", plain_train(), head=hd("U"))
    line = ptreach("cif", update).line
    assert line.startswith(f"{update}, ttisf001.mca, line 1: is an update (HD 'U')")
    assert [path.name for path in tmp_path.iterdir()] == ["update.zip"]


@pytest.mark.parametrize(
    ("out", "what"), [("rail.csv", "is no name of a feed"), ("timetable.zip", "is the timetable itself")]
)
def test_cif_refuses_where_it_may_not_write(ptreach, delivery, out, what):
    before = delivery.read_bytes()
    line = ptreach("cif", delivery, "--out", out).line
    assert line.startswith("--out: ")
    assert what in line
    assert delivery.read_bytes() == before


def test_cif_refuses_a_folder_and_a_file_that_is_not_there(ptreach, delivery, tmp_path):
    (tmp_path / "folder.zip").mkdir()
    assert "is a folder" in ptreach("cif", delivery, "--out", "folder.zip").line
    assert "does not exist" in ptreach("cif", "nosuch.zip").line
