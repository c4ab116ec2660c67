"""On which days a train runs: the letters of its records by date, weekdays, and a calendar made of days."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from cif_cards import ZTR_HD, ZZ, bs, bx, converted, hd, lo, lt, plain_train
from ptreach.sources.cif.days import week_of

P, OVER, NEW = "Y00001-P-20261005", "Y00001-O-20261007", "Y00001-N-20261007"
WEEK = range(5, 12)  # Monday 5 to Sunday 11 October 2026


def by_day(feed):
    """Trips of the days from 5 to 11 October; nothing else may run."""
    assert set(feed.trips_by_day()) <= {f"202610{day:02d}" for day in WEEK}
    return [feed.running(day) for day in WEEK]


def cancelled(first, last, days="1111111", uid="Y00001"):
    return [bs(uid=uid, stp="C", first=first, last=last, days=days)]


def test_a_permanent_train_runs_on_its_days_of_the_week(tmp_path):
    # Monday first: Tuesday, Thursday and Sunday
    feed = converted(tmp_path, plain_train(days="0101001"))
    assert by_day(feed) == [set(), {P}, set(), {P}, set(), set(), {P}]


def test_both_ends_of_the_range_are_days_of_it(tmp_path):
    feed = converted(tmp_path, plain_train(first="261006", last="261008"))
    assert by_day(feed) == [set(), *[{"Y00001-P-20261006"}] * 3, set(), set(), set()]


def test_an_overlay_replaces_the_permanent_train_on_its_dates_alone(tmp_path):
    overlay = plain_train("0805", "0910", stp="O", first="261007", last="261008")
    for order in ([plain_train(), overlay], [overlay, plain_train()]):
        feed = converted(tmp_path, *order)
        assert by_day(feed) == [{P}, {P}, {OVER}, {OVER}, {P}, {P}, {P}]
        assert [call[1] for call in feed.calls(OVER)] == ["08:05:00", "09:10:00"]
        assert [call[1] for call in feed.calls(P)] == ["08:00:00", "09:00:00"]


def test_an_overlay_holds_on_its_own_weekdays_only(tmp_path):
    # from Wednesday 7 to Sunday 11, but Fridays only
    overlay = plain_train(stp="O", first="261007", last="261011", days="0000100")
    assert by_day(converted(tmp_path, plain_train(), overlay)) == [{P}, {P}, {P}, {P}, {OVER}, {P}, {P}]


def test_a_cancellation_takes_the_train_out_on_its_dates(tmp_path):
    feed = converted(tmp_path, plain_train(), cancelled("261009", "261010"))
    assert by_day(feed) == [{P}, {P}, {P}, {P}, set(), set(), {P}]
    assert feed.report.cancellations == 1


def test_a_cancellation_of_another_train_does_nothing(tmp_path):
    feed = converted(tmp_path, plain_train(), cancelled("261009", "261010", uid="Y00002"))
    assert by_day(feed) == [{P}] * 7


def test_a_new_train_runs_on_its_dates(tmp_path):
    feed = converted(tmp_path, plain_train(stp="N", first="261007", last="261007"))
    assert by_day(feed) == [set(), set(), {NEW}, set(), set(), set(), set()]


def test_the_lowest_letter_of_c_n_o_p_wins(tmp_path):
    # Monday: P. Tuesday: O over P. Wednesday: N over O and P. Thursday: C over all three.
    records = [
        plain_train(),
        plain_train(stp="O", first="261006", last="261008"),
        plain_train(stp="N", first="261007", last="261008"),
        cancelled("261008", "261008"),
    ]
    expected = [{P}, {"Y00001-O-20261006"}, {NEW}, set(), {P}, {P}, {P}]
    assert by_day(converted(tmp_path, *records)) == expected
    assert by_day(converted(tmp_path, *reversed(records))) == expected


def test_an_overlay_without_passengers_takes_the_train_out_too(tmp_path):
    # on the 7th it runs empty (EE), on the 8th it calls at one place only
    empty = plain_train(stp="O", first="261007", last="261007", category="EE")
    short = [
        bs(stp="O", first="261008", last="261008"),
        bx(),
        lo("AYETPLC", "0800"),
        lt("CEETPLC", "0000", working="0900"),
    ]
    feed = converted(tmp_path, plain_train(), empty, short)
    assert by_day(feed) == [{P}, {P}, set(), set(), {P}, {P}, {P}]
    assert feed.repairs == {
        "schedules of stock, staff or freight, left out": 1,
        "schedules with fewer than two public calls at stations, left out": 1,
    }


def test_a_train_replaced_on_all_its_days_is_no_trip(tmp_path):
    feed = converted(tmp_path, plain_train(last="261006"), plain_train(stp="O", last="261006"))
    assert {row["trip_id"] for row in feed.tables["trips"]} == {"Y00001-O-20261005"}
    assert sum(feed.repairs.values()) == 1


def test_of_two_records_of_one_letter_the_later_wins_and_is_counted(tmp_path):
    feed = converted(tmp_path, plain_train(), plain_train("1000", "1100", first="261010"))
    assert by_day(feed) == [{P}] * 5 + [{"Y00001-P-20261010"}] * 2
    assert list(feed.repairs.values()) == [1]


def test_trains_of_one_uid_and_first_day_get_ids_of_their_own(tmp_path):
    feed = converted(tmp_path, plain_train(days="1111100"), plain_train("0900", "1000", days="0000011"))
    assert by_day(feed) == [{P}] * 5 + [{f"{P}-2"}] * 2


def test_a_train_of_the_ztr_is_another_train_than_one_of_the_mca(tmp_path):
    ztr = [ZTR_HD, bs(), bx(), lo("AYE----", "1200"), lt("CEE----", "1300"), ZZ]
    feed = converted(tmp_path, plain_train(), ztr=ztr)
    assert by_day(feed) == [{P, f"{P}-2"}] * 7
    assert by_day(converted(tmp_path, plain_train(), ztr=ztr, with_ztr=False)) == [{P}] * 7


def test_days_outside_the_extract_are_left_out(tmp_path):
    # an extract of the 7th no longer has what was changed on the days before
    feed = converted(tmp_path, plain_train(), head=hd(first="071026", last="091026"))
    assert by_day(feed) == [set(), set(), {P}, {P}, {P}, set(), set()]
    assert (feed.report.first_day, feed.report.last_day) == (dt.date(2026, 10, 7), dt.date(2026, 10, 9))


def test_a_header_without_dates_limits_nothing(tmp_path):
    feed = converted(tmp_path, plain_train(), head=hd(first="", last=""))
    assert by_day(feed) == [{P}] * 7


def test_trains_of_the_same_days_share_a_service(tmp_path):
    # three ways to say Monday and Tuesday
    feed = converted(
        tmp_path,
        plain_train(uid="Y00001", last="261006"),
        plain_train(uid="Y00002", days="1100000"),
        [*plain_train(uid="Y00003"), *cancelled("261007", "261011", uid="Y00003")],
        plain_train(uid="Y00004", days="1000000"),
    )
    services = {row["trip_id"][:6]: row["service_id"] for row in feed.tables["trips"]}
    assert services["Y00001"] == services["Y00002"] == services["Y00003"] != services["Y00004"]
    assert feed.report.services == 2


MONDAY = dt.date(2026, 10, 5).toordinal()


def bits(*days):
    return sum(1 << day for day in days)


def test_a_regular_week_is_written_as_one(tmp_path):
    # Mondays to Fridays of three weeks but one Wednesday, and one Saturday
    days = {7 * week + day for week in range(3) for day in range(5)} - {9} | {12}
    week = week_of(bits(*days), MONDAY)
    assert week.weekdays == (True,) * 5 + (False,) * 2
    assert (week.first_day, week.last_day) == (MONDAY, MONDAY + 18)
    assert (week.added, week.removed) == ((MONDAY + 12,), (MONDAY + 9,))


def test_few_days_are_written_as_days():
    week = week_of(bits(3, 40), MONDAY)
    assert not any(week.weekdays)
    assert (week.added, week.removed) == ((MONDAY + 3, MONDAY + 40), ())


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.sets(st.integers(0, 80), min_size=1), st.integers(MONDAY, MONDAY + 6))
def test_a_calendar_says_the_days_it_was_made_of(days, first_day):
    week = week_of(bits(*days), first_day)
    span = range(week.first_day, week.last_day + 1)
    written = {day for day in span if week.weekdays[dt.date.fromordinal(day).weekday()]}
    assert not written & set(week.added)
    assert written >= set(week.removed)
    assert written | set(week.added) == {first_day + day for day in days} | set(week.removed)
    # never longer than to list the days
    assert any(week.weekdays) + len(week.added) + len(week.removed) <= len(days)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.sampled_from("CNOP"), st.integers(5, 11), st.integers(0, 6), st.integers(0, 127)),
        min_size=1,
        max_size=6,
    )
)
def test_days_are_those_of_a_search_through_the_records_day_by_day(tmp_path_factory, records):
    # another train, so that there always is a feed
    schedules, known = [plain_train(uid="Y99999")], []
    for number, (letter, first, more, mask) in enumerate(records):
        last, days = min(first + more, 11), f"{mask:07b}"
        basic = {"stp": letter, "first": f"2610{first:02d}", "last": f"2610{last:02d}", "days": days}
        minute = f"08{number:02d}"  # tells records apart
        schedules.append([bs(**basic)] if letter == "C" else plain_train(minute, "0900", **basic))
        known.append((letter, first, last, days, f"08:{number:02d}:00"))
    feed = converted(tmp_path_factory.mktemp("days"), *schedules)
    begins = {row["trip_id"]: feed.calls(row["trip_id"])[0][1] for row in feed.tables["trips"]}
    for day in WEEK:
        holding = [
            (letter, -at, begin)
            for at, (letter, first, last, days, begin) in enumerate(known)
            if first <= day <= last and days[day - 5] == "1"
        ]
        expected = [min(holding)[2]] if holding and min(holding)[0] != "C" else []
        assert [begins[trip] for trip in feed.running(day) if trip.startswith("Y00001")] == expected


def test_a_train_of_no_day_is_no_trip(tmp_path):
    feed = converted(tmp_path, plain_train(uid="Y00002"), plain_train(days="0000000"))
    assert [row["trip_id"] for row in feed.tables["trips"]] == ["Y00002-P-20261005"]
