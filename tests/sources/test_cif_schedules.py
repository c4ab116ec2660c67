"""Calls: which are public, what people may do there, and on which side of midnight they are."""

import pytest

from cif_cards import ZTR_HD, ZZ, bs, bx, card, converted, cr, li, lo, lt, passing, plain_train, train
from ptreach.errors import InputError

P = "Y00001-P-20261005"
BOTH, NO, ASK = "0", "1", "3"


def calls(folder, *places, **basic):
    """Calls of one train as stop, arrival, departure (hh:mm), pickup_type, drop_off_type."""
    feed = converted(folder, train(*places, **basic))
    assert feed.repairs == {}
    return [(stop, arr[:5], dep[:5], up, down) for stop, arr, dep, up, down in feed.calls(P)]


def test_a_train_calls_where_it_stops_at_its_public_times(tmp_path):
    # half minutes (H) and working times do not count, nor do places it passes
    assert calls(
        tmp_path,
        lo("AYETPLC", "0800", working="0800H"),
        passing("JUNCTN", "0807H"),
        li("BEETPLC", "0815", "0817", working=("0814H", "0817H")),
        lt("CEETPLC", "0903", working="0858H"),
    ) == [
        ("AYE", "08:00", "08:00", BOTH, NO),
        ("BEE", "08:15", "08:17", BOTH, BOTH),
        ("CEE", "09:03", "09:03", NO, BOTH),
    ]


def test_seconds_are_never_written(tmp_path):
    feed = converted(tmp_path, plain_train())
    assert [(a, d) for _, a, d, _, _ in feed.calls(P)] == [("08:00:00",) * 2, ("09:00:00",) * 2]


@pytest.mark.parametrize(
    ("activity", "pickup", "dropoff"),
    [
        ("T", BOTH, BOTH),
        ("R", ASK, ASK),  # stops when asked to
        ("A T", BOTH, BOTH),  # waits for another train, and stops
        ("T -D", BOTH, BOTH),  # vehicles are taken off: no set-down only
        ("-UT X RM", BOTH, BOTH),
        ("D", NO, BOTH),
        ("U", BOTH, NO),
        ("-DU", BOTH, NO),
        ("D RM", NO, BOTH),
    ],
)
def test_activities_say_what_people_may_do(tmp_path, activity, pickup, dropoff):
    ends = lo("AYETPLC", "0800"), lt("CEETPLC", "0900")
    got = calls(tmp_path, ends[0], li("BEETPLC", "0830", "0831", activity=activity), ends[1])
    assert got[1] == ("BEE", "08:30", "08:31", pickup, dropoff)


@pytest.mark.parametrize("activity", ["N", "S", "T N", "RMN", "S RM"])
def test_stops_not_advertised_or_for_staff_are_none_even_with_public_times(tmp_path, activity):
    got = calls(
        tmp_path,
        lo("AYETPLC", "0800"),
        li("BEETPLC", "0830", activity=activity),
        lt("CEETPLC", "0900"),
    )
    assert [stop for stop, *_ in got] == ["AYE", "CEE"]


def test_a_beginning_not_advertised_is_no_call(tmp_path):
    got = calls(tmp_path, lo("AYETPLC", "0800", "TBN"), li("BEETPLC", "0830"), lt("CEETPLC", "0900"))
    assert [stop for stop, *_ in got] == ["BEE", "CEE"]


def test_set_down_only_has_an_arrival_only(tmp_path):
    got = calls(tmp_path, lo("AYETPLC", "0800"), li("BEETPLC", "0830", "0000", "D"), lt("CEETPLC", "0900"))
    assert got[1] == ("BEE", "08:30", "08:30", NO, BOTH)


def test_take_up_only_has_a_departure_only(tmp_path):
    got = calls(tmp_path, lo("AYETPLC", "0800"), li("BEETPLC", "0000", "0831", "U"), lt("CEETPLC", "0900"))
    assert got[1] == ("BEE", "08:31", "08:31", BOTH, NO)


def test_a_public_time_of_0000_is_none(tmp_path):
    # stops to change crew: working times, no public ones
    got = calls(
        tmp_path,
        lo("AYETPLC", "0800"),
        li("BEETPLC", "0000", "0000", "OPC", working=("0830", "0832")),
        lt("CEETPLC", "0900"),
    )
    assert [stop for stop, *_ in got] == ["AYE", "CEE"]


def test_times_past_midnight_count_on(tmp_path):
    got = calls(
        tmp_path,
        lo("AYETPLC", "2331"),
        li("BEETPLC", "2359", "0001"),
        li("DEETPLC", "0005"),
        lt("CEETPLC", "0115"),
    )
    assert [(a, d) for _, a, d, _, _ in got] == [
        ("23:31", "23:31"),
        ("23:59", "24:01"),
        ("24:05", "24:05"),
        ("25:15", "25:15"),
    ]


def test_a_train_that_begins_after_midnight_belongs_to_the_new_day(tmp_path):
    got = calls(tmp_path, lo("AYETPLC", "0036"), lt("CEETPLC", "0115"))
    assert [dep for _, _, dep, _, _ in got] == ["00:36", "01:15"]


def test_the_day_is_that_of_the_origin_even_where_nobody_may_board_there(tmp_path):
    # leaves the depot at 23:50; the first to be boarded, at 00:10, is on the next day
    depot = lo("DEPOT", "0000", working="2350")
    got = calls(tmp_path, depot, li("BEETPLC", "0010", activity="U"), lt("CEETPLC", "0115"))
    assert [dep for _, _, dep, _, _ in got] == ["24:10", "25:15"]


def test_a_public_departure_after_a_working_one_before_midnight_is_on_the_next_day(tmp_path):
    got = calls(tmp_path, lo("AYETPLC", "0001", working="2359H"), lt("CEETPLC", "0115"))
    assert [dep for _, _, dep, _, _ in got] == ["24:01", "25:15"]


def test_a_public_departure_on_the_day_before_is_moved_to_midnight(tmp_path):
    feed = converted(tmp_path, train(lo("AYETPLC", "2359", working="0001"), lt("CEETPLC", "0115")))
    assert [call[2] for call in feed.calls(P)] == ["00:00:00", "01:15:00"]
    assert list(feed.repairs.values()) == [1]


def test_a_working_time_out_of_order_brings_no_midnight(tmp_path):
    # the stop not advertised, timed 10:25, comes before one at 10:22
    got = calls(
        tmp_path,
        lo("AYETPLC", "1000"),
        li("BEETPLC", "0000", "0000", "N", working=("1025", "1025")),
        li("DEETPLC", "1022"),
        lt("CEETPLC", "1100"),
    )
    assert [dep for _, _, dep, _, _ in got] == ["10:00", "10:22", "11:00"]


def test_a_crossing_of_twelve_hours_and_a_half_is_one_night(tmp_path):
    got = calls(tmp_path, lo("AYETPLC", "1900"), lt("CEETPLC", "0730"), status="S", category="  ")
    assert [dep for _, _, dep, _, _ in got] == ["19:00", "31:30"]


def test_a_call_whose_time_goes_back_by_minutes_is_left_out_and_counted(tmp_path):
    feed = converted(
        tmp_path,
        train(lo("AYETPLC", "1538"), li("BEETPLC", "1600", "1612"), lt("CEETPLC", "1609"))
        + plain_train(uid="Y00002"),
    )
    assert [call[0] for call in feed.calls(P)] == ["AYE", "BEE"]
    assert feed.repairs == {"calls whose times go back, left out": 1}
    (line,) = feed.report.repairs
    assert line.endswith("(first: ttisf001.mca, line 6)")


def test_a_place_visited_twice_is_two_calls(tmp_path):
    # the second visit has the suffix 2
    got = calls(
        tmp_path,
        lo("AYETPLC", "0800"),
        li("BEETPLC", "0810"),
        li("DEETPLC", "0820"),
        li("BEETPLC2", "0830"),
        lt("CEETPLC", "0900"),
    )
    assert [stop for stop, *_ in got] == ["AYE", "BEE", "DEE", "BEE", "CEE"]


def test_places_of_the_ztr_that_are_nowhere_are_listed_by_their_code(tmp_path):
    ztr = [ZTR_HD, bs(uid="Z00001"), bx(), lo("ATM----", "0800"), lt("CEE----", "0900"), ZZ]
    assert converted(tmp_path, plain_train(), ztr=ztr).report.unplaced == {"ATM": 1}


def test_a_change_en_route_is_no_call(tmp_path):
    got = calls(
        tmp_path,
        lo("AYETPLC", "0800"),
        cr("BEETPLC"),
        li("BEETPLC", "0830"),
        lt("CEETPLC", "0900"),
    )
    assert len(got) == 3


def test_a_train_that_turns_into_a_bus_is_counted(tmp_path):
    feed = converted(tmp_path, train(lo("AYETPLC", "0800"), cr("BEETPLC", "BR"), lt("CEETPLC", "0900")))
    assert feed.repairs == {"changes en route to another kind of vehicle, not expressed": 1}


def test_changes_outside_a_schedule_are_ignored(tmp_path):
    feed = converted(tmp_path, [cr("BEETPLC", "BR")] * 3, plain_train(), [cr("CEETPLC")])
    assert feed.report.trips == 1
    assert feed.repairs == {}


@pytest.mark.parametrize(
    ("status", "category", "route_type", "words"),
    [
        ("P", "OO", "2", "train"),
        ("1", "XX", "2", "train"),
        ("P", "OU", "2", "train"),  # unadvertised, but has public calls
        ("P", "OL", "1", "metro"),
        ("5", "BR", "3", "rail replacement bus"),
        ("B", "BS", "3", "bus"),
        ("P", "SS", "4", "ship"),
        ("S", "  ", "4", "ship"),  # ships have no category
        ("4", "  ", "4", "ship"),
    ],
)
def test_buses_and_ships_have_routes_of_their_own_kind(tmp_path, status, category, route_type, words):
    feed = converted(tmp_path, plain_train(), plain_train(uid="Y00002", status=status, category=category))
    (route,) = {row["route_id"] for row in feed.tables["trips"] if row["trip_id"].startswith("Y00002")}
    (row,) = [row for row in feed.tables["routes"] if row["route_id"] == route]
    assert (row["route_type"], row["route_desc"]) == (route_type, words)


@pytest.mark.parametrize("category", ["EE", "OS", "ZZ", "JJ", "DT", "A1"])
def test_stock_staff_and_freight_are_left_out(tmp_path, category):
    feed = converted(tmp_path, plain_train(), plain_train(uid="Y00002", category=category))
    assert feed.report.trips == 1
    assert feed.repairs == {"schedules of stock, staff or freight, left out": 1}


def test_the_ztr_names_stations_by_their_code(tmp_path):
    ferry = [
        *(ZTR_HD, bs(uid="Z00001", status="S", category="SS"), bx("QR")),
        *(lo("AYE----", "2350"), lt("CEE----", "0015"), ZZ),
    ]
    feed = converted(tmp_path, plain_train(), ztr=ferry)
    got = feed.calls("Z00001-P-20261005")
    assert [(stop, dep) for stop, _, dep, _, _ in got] == [("AYE", "23:50:00"), ("CEE", "24:15:00")]


def test_places_not_in_the_station_file_are_left_out_and_listed(tmp_path):
    feed = converted(
        tmp_path,
        train(lo("AYETPLC", "0800"), li("JUNCTN", "0810"), li("JUNCTN", "0815"), lt("CEETPLC", "0900")),
        train(lo("NOWHERE", "0800"), lt("CEETPLC", "0900"), uid="Y00002"),
    )
    assert [call[0] for call in feed.calls(P)] == ["AYE", "CEE"]
    assert feed.report.unplaced == {"JUNCTN": 2, "NOWHERE": 1}
    assert feed.report.trips == 1
    assert feed.repairs == {"schedules with fewer than two public calls at stations, left out": 1}


def test_records_that_end_at_their_last_letter_are_read_as_whole_ones(tmp_path):
    lines = [
        line.rstrip()
        for line in train(
            lo("AYETPLC", "0800"), passing("JUNCTN", "0807"), li("BEETPLC", "0830"), lt("CEETPLC", "0900")
        )
    ]
    assert len(converted(tmp_path, lines).calls(P)) == 3


def broken(*records):
    """A whole train, then records of which none makes a trip."""
    return [*plain_train(), *records]


@pytest.mark.parametrize(
    ("records", "what"),
    [
        # no end: another schedule begins
        ([bs(uid="Y00002"), bx(), lo("AYETPLC", "0800"), *plain_train(uid="Y00003")], "schedules cut short"),
        ([bs(uid="Y00002"), bx(), lo("AYETPLC", "0800")], "schedules cut short"),
        ([bs(uid="Y00002"), bx(), li("AYETPLC", "0800"), lt("CEETPLC", "0900")], "schedules cut short"),
        (train(*[lo("AYETPLC", "0800")] * 2, lt("CEETPLC", "0900"), uid="Y00002"), "schedules cut short"),
        ([lt("CEETPLC", "0900")], "places outside a schedule, left out"),
        ([li("CEETPLC", "0900")], "places outside a schedule, left out"),
        ([lo("CEETPLC", "0900")], "places outside a schedule, left out"),
        (["QQ garbage"], "lines of no known kind, left out"),
        (["\x00\xff" * 40], "lines of no known kind, left out"),
    ],
)
def test_records_out_of_place_are_counted_with_their_line(tmp_path, records, what):
    feed = converted(tmp_path, broken(*records))
    assert P in {row["trip_id"] for row in feed.tables["trips"]}
    assert not {row["trip_id"] for row in feed.tables["trips"]} & {"Y00002-P-20261005"}
    (line,) = feed.report.repairs
    assert line.startswith(what)
    assert line.endswith("1 (first: ttisf001.mca, line 6)")  # HD, and the four of the whole train


@pytest.mark.parametrize("time", ["2460", "9999", "12a4", " 815", "-100", "08:0"])
def test_a_call_at_a_time_that_is_none_is_left_out_and_counted(tmp_path, time):
    feed = converted(tmp_path, train(lo("AYETPLC", "0800"), li("BEETPLC", time), lt("CEETPLC", "0900")))
    assert [call[0] for call in feed.calls(P)] == ["AYE", "CEE"]
    assert feed.report.repairs == (
        "calls with a time that is none, left out: 1 (first: ttisf001.mca, line 5)",
    )


def test_a_public_call_where_nobody_may_do_anything_is_counted(tmp_path):
    feed = converted(
        tmp_path, train(lo("AYETPLC", "0800"), li("BEETPLC", "0830", activity="OP"), lt("CEETPLC", "0900"))
    )
    assert list(feed.repairs.values()) == [1]


def test_a_schedule_that_never_arrives_is_left_out(tmp_path):
    # each call steps back over midnight: days without end
    places = [li("BEETPLC", time) for time in ("1200", "0100") * 4]
    feed = converted(
        tmp_path, plain_train(), train(lo("AYETPLC", "0800"), *places, lt("CEETPLC", "0900"), uid="Y00002")
    )
    assert feed.report.trips == 1
    assert feed.repairs == {"schedules of more than three days, left out": 1}


def test_a_schedule_of_endless_calls_is_left_out(tmp_path):
    places = [li("BEETPLC", "0830")] * 1500
    feed = converted(
        tmp_path, plain_train(), train(lo("AYETPLC", "0800"), *places, lt("CEETPLC", "0900"), uid="Y00002")
    )
    assert feed.report.trips == 1


def changed(record, column, text):
    return record[: column - 1] + text + record[column - 1 + len(text) :]


@pytest.mark.parametrize(
    ("record", "what"),
    [
        (bs(first="261305"), "BS: '261305' is no date yymmdd"),
        (bs(first="26100"), "BS: '26100 ' is no date"),
        (bs(last="261004"), "BS: runs from 261005 to 261004, which is before"),
        (bs(days="111112 "), "BS: '111112 ' are no days of a week"),
        (bs(stp="X"), "BS: STP indicator 'X', not C, N, O or P"),
        (bs().rstrip()[:-1], "BS: STP indicator ''"),
        (bs(uid="y 0001"), "BS: 'y 0001' is no train UID"),
        (changed(bs(), 3, "D"), "BS: transaction 'D'"),
        (changed(bs(), 3, "R"), "BS: transaction 'R'"),
        ("BS", "BS: transaction ''"),
    ],
)
def test_a_schedule_that_cannot_be_dated_is_refused_with_its_line(tmp_path, record, what):
    with pytest.raises(InputError, match=r"line 6: ") as caught:
        converted(tmp_path, broken(record, bx(), lo("AYETPLC", "0800"), lt("CEETPLC", "0900")))
    assert what in str(caught.value)
    assert "ttisf001.mca" in caught.value.where
    assert caught.value.remedy


def test_an_association_is_counted(tmp_path):
    feed = converted(tmp_path, [card("AA", (3, "NY00001Y00002"))] * 2, plain_train())
    assert feed.repairs == {"associations (coaches that go on with another train), not expressed": 2}
