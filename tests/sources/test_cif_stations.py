"""Stations: where they are, which row speaks for them, how long a change and a walk take."""

import pytest

from cif_cards import STATIONS, card, converted, li, lo, lt, plain_train, station, train
from ptreach.errors import InputError


def stops(feed):
    return {row["stop_id"]: row for row in feed.tables["stops"]}


def transfers(feed):
    """Seconds by pair of stops; every row is one of a least time."""
    assert {row["transfer_type"] for row in feed.tables["transfers"]} == {"2"}
    return {
        (row["from_stop_id"], row["to_stop_id"]): int(row["min_transfer_time"])
        for row in feed.tables["transfers"]
    }


def test_a_grid_reference_of_hundreds_of_metres_becomes_degrees(tmp_path):
    # Sandwell & Dudley, SP 993 900: by a map 52.509 N, 2.012 W
    sandwell = station("SANDWELL & DUDLEY", "AYETPLC", "SAD", "13993", "62900")
    row = stops(converted(tmp_path, plain_train(), msn=(sandwell, STATIONS[2])))["SAD"]
    assert row["stop_name"] == "SANDWELL & DUDLEY"
    assert float(row["stop_lat"]) == pytest.approx(52.508, abs=0.002)
    assert float(row["stop_lon"]) == pytest.approx(-2.012, abs=0.002)


def test_the_far_north_is_past_a_thousand_kilometres(tmp_path):
    # Stromness is at HY 254 091: 59 degrees north
    far = station("STROMNESS", "AYETPLC", "SNS", "13254", "70091")
    assert float(stops(converted(tmp_path, plain_train(), msn=(far, STATIONS[2])))["SNS"]["stop_lat"]) > 58.9


def test_a_long_name_is_read_to_its_end(tmp_path):
    name = "LLANFAIRPWLLGWYNGYLLGOGERYCH X"  # 30 characters
    long = station(name, "AYETPLC", "AYE", "13993", "62900")
    assert stops(converted(tmp_path, plain_train(), msn=(long, STATIONS[2])))["AYE"]["stop_name"] == name


@pytest.mark.parametrize(
    ("east", "north", "mended"),
    [
        ("00000", "00000", 0),
        ("19900", "62900", 1),
        ("13993", "99999", 1),
        ("     ", "     ", 1),
        ("1399x", "62900", 1),
    ],
)
def test_a_station_without_a_place_has_no_calls(tmp_path, east, north, mended):
    lost = station("BEE", "BEETPLC", "BEE", east, north)
    places = lo("AYETPLC", "0800"), li("BEETPLC", "0830"), lt("CEETPLC", "0900")
    feed = converted(tmp_path, train(*places), msn=(STATIONS[0], lost, STATIONS[2]))
    assert set(stops(feed)) == {"AYE", "CEE"}
    assert feed.report.unplaced == {"BEETPLC": 1}
    assert sum(feed.repairs.values()) == mended


@pytest.mark.parametrize("length", [54, 57, 60])
def test_a_row_that_is_cut_off_within_its_place_has_none(tmp_path, length):
    lost = station("BEE", "BEETPLC", "BEE", "13993", "62900")[:length]
    places = lo("AYETPLC", "0800"), li("BEETPLC", "0830"), lt("CEETPLC", "0900")
    feed = converted(tmp_path, train(*places), msn=(STATIONS[0], lost, STATIONS[2]))
    assert set(stops(feed)) == {"AYE", "CEE"}
    assert sum(feed.repairs.values()) == 1


def test_the_row_that_is_not_subsidiary_speaks_for_its_station(tmp_path):
    # two TIPLOCs of one station: calls at either are calls at its principal code
    rows = (
        station("AYE LOW LEVEL", "AAATPLC", "AYE", "13000", "63000", cate="9", minor="AYL"),
        station("AYE", "AYETPLC", "AYE", "13993", "62900", cate="3"),
        STATIONS[2],
    )
    low = train(lo("AAATPLC", "0700"), lt("CEETPLC", "0800"), uid="Y00002")
    feed = converted(tmp_path, plain_train(), low, msn=rows)
    assert set(stops(feed)) == {"AYE", "CEE"}
    assert stops(feed)["AYE"]["stop_name"] == "AYE"
    assert float(stops(feed)["AYE"]["stop_lat"]) == pytest.approx(52.508, abs=0.002)
    assert feed.calls("Y00002-P-20261005")[0][0] == "AYE"


def test_a_station_cut_short_in_its_grid_reference_has_no_place(tmp_path):
    cut = station("BEE", "BEETPLC", "BEE", "13993", "62900")[:57]
    feed = converted(tmp_path, plain_train(), msn=(STATIONS[0], cut, STATIONS[2]))
    assert "BEE" not in stops(feed)


def test_of_rows_alike_the_first_by_tiploc_speaks_and_lends_its_place_from_the_next(tmp_path):
    rows = (
        station("SECOND", "BBBTPLC", "AYE", "13993", "62900"),
        station("FIRST", "AYETPLC", "AYE", "00000", "00000"),
        STATIONS[2],
    )
    row = stops(converted(tmp_path, plain_train(), msn=rows))["AYE"]
    assert row["stop_name"] == "FIRST"
    assert float(row["stop_lat"]) == pytest.approx(52.508, abs=0.002)


def test_placeholders_are_no_stations(tmp_path):
    # real stations have such TIPLOCs too
    rows = (
        station("XC ORIGIN", "CATZQXO", "QXO", "13993", "62900"),
        station("TRURO BUS", "CATZTRU", "TRB", "13993", "62900"),
        STATIONS[2],
    )
    trains = [
        train(lo(tiploc, "0800"), lt("CEETPLC", "0900"), uid=uid)
        for tiploc, uid in (("CATZQXO", "Y00001"), ("CATZTRU", "Y00002"))
    ]
    feed = converted(tmp_path, *trains, msn=rows)
    assert set(stops(feed)) == {"TRB", "CEE"}
    assert feed.report.unplaced == {"CATZQXO": 1}


def test_other_rows_of_the_station_file_are_no_stations(tmp_path):
    others = [
        card("L", (6, "ALIAS"), (37, "AYE")),
        card("C", (6, "COMMENT")),
        card("B", (6, "TABLE 1")),
        "-1-1-1 0-1-1",
        "   End of File",
        "0001",
        "/!! comment",
    ]
    feed = converted(tmp_path, plain_train(), msn=(*STATIONS, *others))
    assert feed.repairs == {}
    assert set(stops(feed)) == {"AYE", "CEE"}


@pytest.mark.parametrize(
    "bad",
    [
        station("BAD", "BADTPLC", "   ", "13993", "62900"),
        station("BAD", "", "BAD", "13993", "62900"),
        "A    BAD",
        station("BAD", "AYETPLC", "BAD", "13993", "62900"),  # a TIPLOC that came before
        station("BAD", "BADTPLC", "BAD", "13993", "62900", change="x"),
    ],
)
def test_faulty_rows_of_the_station_file_are_counted_with_their_line(tmp_path, bad):
    feed = converted(tmp_path, plain_train(), msn=(*STATIONS, bad))
    (line,) = feed.report.repairs
    assert line.endswith("1 (first: ttisf001.msn, line 6)")


def test_a_station_file_without_stations_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"ttisf001\.msn: lists no station"):
        converted(tmp_path, plain_train(), msn=())


def test_change_times_are_transfers_from_a_station_to_itself(tmp_path):
    places = (lo("AYETPLC", "0800"), li("BEETPLC", "0830"), li("CEETPLC", "0840"), lt("DEETPLC", "0900"))
    # 5, 3 and 10 minutes; Dee says none
    assert transfers(converted(tmp_path, train(*places))) == {
        ("AYE", "AYE"): 300,
        ("BEE", "BEE"): 180,
        ("CEE", "CEE"): 600,
    }


def alf(mode="WALK", one="AYE", other="CEE", minutes=7, days="1111111", more="", start="0001", end="2359"):
    return f"M={mode},O={one},D={other},T={minutes},S={start},E={end},P=4,{more}R={days}"


def links(folder, *rows, kind="alf", **files):
    feed = converted(folder, plain_train(), **{kind: rows}, **files)
    own = {("AYE", "AYE"): 300, ("CEE", "CEE"): 600}
    got = transfers(feed)
    assert got.items() >= own.items()
    return {pair: seconds for pair, seconds in got.items() if pair not in own}, feed.repairs


BOTH_WAYS = {("AYE", "CEE"): 420, ("CEE", "AYE"): 420}


@pytest.mark.parametrize(
    "rows",
    [
        [alf()],
        [alf(one="CEE", other="AYE")],
        [alf(days="0000001"), alf(days="1111110")],
        [alf(more="F=01/01/2020,U=31/12/2999,")],
        [alf(more="F=05/10/2026,U=11/10/2026,")],  # all days of the feed
        [alf(), alf(start="0600", end="0900", minutes=9)],
    ],
)
def test_a_walk_that_always_holds_is_a_transfer_both_ways(tmp_path, rows):
    assert links(tmp_path, *rows) == (BOTH_WAYS, {})


@pytest.mark.parametrize(
    "rows",
    [
        [alf(days="1111110")],
        [alf(start="2300")],
        [alf(end="0659")],
        [alf(more="F=06/10/2026,")],
        [alf(more="U=10/10/2026,")],
    ],
)
def test_a_walk_that_holds_at_some_times_only_is_counted(tmp_path, rows):
    got, repairs = links(tmp_path, *rows)
    assert (got, repairs) == ({}, {"walks between stations that hold at some times only, left out": 1})


def test_a_walk_that_takes_longer_on_sundays_takes_that(tmp_path):
    got, repairs = links(tmp_path, alf(minutes=5, days="1111110"), alf(minutes=7, days="0000001"))
    assert got == BOTH_WAYS
    assert list(repairs.values()) == [1]


def test_other_links_are_counted_by_mode_once_a_pair(tmp_path):
    rows = [alf("TUBE", days="1111110"), alf("TUBE", days="0000001"), alf("TUBE", other="BEE"), alf("BUS")]
    assert links(tmp_path, *rows) == (
        {},
        {"links by bus between two stations, left out": 1, "links by tube between two stations, left out": 2},
    )


def test_a_walk_to_where_nothing_calls_is_counted(tmp_path):
    assert links(tmp_path, alf(other="BEE")) == ({}, {"walks to stations where nothing calls, left out": 1})


@pytest.mark.parametrize(
    "row",
    [
        "garbage",
        "M=WALK,O=AYE",
        alf(one="CEE"),  # from a station to itself
        alf(minutes="x"),
        alf(minutes=-1),
        alf(days="11"),
        alf(more="F=2026-10-06,"),
        alf(more="U=31/02/2026,"),
        alf(one="A,E"),
    ],
)
def test_a_link_that_cannot_be_read_is_counted(tmp_path, row):
    assert links(tmp_path, alf(), row) == (BOTH_WAYS, {"fixed links that can't be read, left out": 1})


FLF = "ADDITIONAL LINK: WALK BETWEEN AYE AND CEE IN   7 MINUTES"


def test_without_an_alf_the_flf_is_read(tmp_path):
    tube = FLF.replace("WALK", "TUBE")
    got = links(tmp_path, FLF.ljust(80), tube, "END", kind="flf")
    assert got == (BOTH_WAYS, {"links by tube between two stations, left out": 1})


def test_the_alf_wins_over_the_flf(tmp_path):
    assert links(tmp_path, FLF.replace("7", "9"), "END", kind="flf", alf=[alf()]) == (BOTH_WAYS, {})


def test_change_times_between_operators_are_counted(tmp_path):
    tsi = ["AYE,NT,TP,6,comment", "CEE,NT,SW,2,"]
    assert converted(tmp_path, plain_train(), tsi=tsi).repairs == {
        "change times between two operators of a station (.tsi), not expressed": 2
    }
