"""Small deliveries of the rail timetable, put together column by column; and what a feed says, read plainly.

Columns are counted from 1, as the format's tables do. The days of the examples are those of October 2026,
whose 5th is a Monday.
"""

import csv
import datetime as dt
import io
import zipfile

from ptreach.model import no_progress
from ptreach.sources.cif.convert import convert


def card(kind, *fields):
    """A record of 80 columns: each field is a column and the text that begins there."""
    columns = list(kind.ljust(80))
    for column, text in fields:
        assert len(text) <= 81 - column
        columns[column - 1 : column - 1 + len(text)] = text
    return "".join(columns)


def hd(kind="F", first="011026", last="311026"):
    return card(
        "HD", (3, "TPS.UCFCATE.PD261001"), (23, "011026"), (29, "2200"), (47, kind), (49, first), (55, last)
    )


ZZ = card("ZZ")
ZTR_HD = card("HD", (39, "*"))


def bs(uid="Y00001", stp="P", first="261005", last="261011", days="1111111", status="P", category="OO"):
    fields = [(3, "N"), (4, uid), (10, first), (16, last), (22, days)]
    if stp != "C":
        fields += [(30, status), (31, category), (33, "1A01"), (41, "1")]
    return card("BS", *fields, (80, stp))


def bx(operator="NT"):
    return card("BX", (12, operator), (14, "Y"))


def lo(tiploc, public, activity="TB", working=None):
    return card("LO", (3, tiploc), (11, working or public), (16, public), (30, activity))


def li(tiploc, arrival, departure=None, activity="T", working=None):
    """A stop: public times, `working` the two working ones where they differ."""
    departure = arrival if departure is None else departure
    arr, dep = working or (arrival, departure)
    return card(
        "LI", (3, tiploc), (11, arr), (16, dep), (26, arrival), (30, departure), (34, "2"), (43, activity)
    )


def passing(tiploc, time):
    return card("LI", (3, tiploc), (21, time), (26, "0000"), (30, "0000"))


def lt(tiploc, public, activity="TF", working=None):
    return card("LT", (3, tiploc), (11, working or public), (16, public), (26, activity))


def cr(tiploc, category="OO"):
    return card("CR", (3, tiploc), (11, category), (13, "1A01"))


def train(*calls, operator="NT", **basic):
    """A schedule: BS, BX and the places."""
    return [bs(**basic), bx(operator), *calls]


def plain_train(begins="0800", ends="0900", **basic):
    """A train from Aye to Cee."""
    return train(lo("AYETPLC", begins), lt("CEETPLC", ends), **basic)


def station(name, tiploc, crs, east, north, *, change=" 5", cate="0", minor=None, estimated=""):
    fields = [(6, name), (36, cate), (37, tiploc), (44, minor or crs), (50, crs), (53, east)]
    return card("A", *fields, (58, estimated), (59, north), (64, change))


MSN_HEADING = card("A", (31, "FILE-SPEC=05 1.00 01/10/26 18.05.35   590"))
STATIONS = (
    station("AYE", "AYETPLC", "AYE", "13993", "62900"),
    station("BEE", "BEETPLC", "BEE", "14010", "62920", change=" 3"),
    station("CEE", "CEETPLC", "CEE", "14100", "63000", change="10"),
    station("DEE", "DEETPLC", "DEE", "14200", "63100", change=""),
)


def write_delivery(path, *schedules, head=None, msn=STATIONS, end=(ZZ,), **files):
    """A zip of a full timetable: lists of records, stations, other files by their kind."""
    mca = [head or hd(), *(line for schedule in schedules for line in schedule), *end]
    texts = {"mca": mca, "msn": [MSN_HEADING, *msn, "E"], **files}
    return write_zip(path, {f"ttisf001.{kind}": "\n".join([*lines, ""]) for kind, lines in texts.items()})


def write_zip(path, texts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, text if isinstance(text, bytes) else text.encode("latin-1"))
    return path


def tables_of(path):
    """The tables of a feed as lists of rows."""
    with zipfile.ZipFile(path) as archive:
        return {
            name.removesuffix(".txt"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode(), newline=""))
            )
            for name in archive.namelist()
        }


class Converted:
    """A feed made from a delivery, and what the conversion says of it."""

    def __init__(self, path, out, **options):
        self.path = out
        self.report = convert(path, out, no_progress, **options)
        self.tables = tables_of(out)

    @property
    def repairs(self):
        """Counts of what was mended or left out."""
        split = [line.partition(" (first: ")[0].rpartition(": ") for line in self.report.repairs]
        return {what: int(count.replace(",", "")) for what, _, count in split}

    def calls(self, trip_id):
        """Calls of a trip: stop, arrival, departure, whether people board and alight (GTFS types)."""
        return [
            (
                row["stop_id"],
                row["arrival_time"],
                row["departure_time"],
                row["pickup_type"],
                row["drop_off_type"],
            )
            for row in self.tables["stop_times"]
            if row["trip_id"] == trip_id
        ]

    def days(self, service_id):
        """Days of a service: of its week, plus and minus exceptions."""
        days = set()
        for row in self.tables.get("calendar", []):
            if row["service_id"] == service_id:
                day = dt.date.fromisoformat(row["start_date"])
                while day.strftime("%Y%m%d") <= row["end_date"]:
                    if row[day.strftime("%A").lower()] == "1":
                        days.add(day.strftime("%Y%m%d"))
                    day += dt.timedelta(days=1)
        for row in self.tables.get("calendar_dates", []):
            if row["service_id"] == service_id:
                assert (row["date"] in days) == (row["exception_type"] == "2")  # none says what was so before
                days ^= {row["date"]}
        return days

    def trips_by_day(self):
        """Ids of the trips that run, by day yyyymmdd."""
        services = {row["service_id"]: self.days(row["service_id"]) for row in self.tables["trips"]}
        running = {}
        for row in self.tables["trips"]:
            for day in services[row["service_id"]]:
                running.setdefault(day, set()).add(row["trip_id"])
        return running

    def running(self, day):
        """Ids of the trips that run on a day of October 2026."""
        return self.trips_by_day().get(f"202610{day:02d}", set())


def converted(folder, *schedules, with_ztr=True, **files):
    """Convert a delivery of these schedules."""
    return Converted(
        write_delivery(folder / "delivery.zip", *schedules, **files), folder / "rail.zip", with_ztr=with_ztr
    )
