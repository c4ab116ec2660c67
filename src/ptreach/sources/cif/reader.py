"""Reads the schedules of a delivery in one pass, record by record.

A call is public where a public time is given and its activities do not forbid it. Times have no day: they are
walked from the origin's working departure, whose day is the day of the schedule. A time more than 6 hours
before the one ahead of it is on the next day, since nothing runs 18 hours between two calls; one that goes
back by less is an error of the timetable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ptreach.sources.cif.delivery import WHOLE
from ptreach.sources.cif.records import (
    DAY_MIN,
    Allowed,
    Basic,
    allowed_by,
    basic_of,
    header_day_of,
    minute_of,
    printable,
    vehicle_of,
)
from ptreach.sources.cif.schedules import (
    AS_USUAL,
    AT_CRS,
    NOT_ALLOWED,
    ON_REQUEST,
    SOURCES,
    Call,
    Columns,
    Header,
    Schedules,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from ptreach.model import Progress
    from ptreach.sources.cif.delivery import Delivery
    from ptreach.sources.cif.repairs import Repairs

_BACK_MIN: Final = 360
_LONGEST_MIN: Final = 3 * DAY_MIN
_MOST_CALLS: Final = 1_000
_MOST_PLACES: Final = 100_000  # there are some 11,000
_NO_PUBLIC_TIME: Final = frozenset({"00000000", "        ", ""})
_OTHER_RECORDS: Final = frozenset({"HD", "TI", "TA", "TD", "TN", "LN"})
_NO_TIME: Final = "calls with a time that is none, left out"


def read_schedules(
    delivery: Delivery, repairs: Repairs, progress: Progress, *, with_ztr: bool = True
) -> Schedules:
    """Read the schedules of the .mca and, where there is one and it is wanted, of the .ztr.

    Raises
    ------
    InputError
        Names the file and the line: no full extract, a BS record that can't be read (any of them can cancel
        or replace another), no end record ZZ, something after it.
    """
    reader = _Reader(delivery, repairs)
    for source, kind in enumerate(SOURCES):
        if kind == "mca" or (with_ztr and kind in delivery):
            reader.read(source, kind, progress)
    return reader.schedules()


class _Open:
    """A schedule that is being read: its BS record and the line of it, and what came since."""

    def __init__(self, basic: Basic, line: int) -> None:
        self.basic = basic
        self.line = line
        self.begun = False
        self.faulty = False
        self.operator = ""
        self.clock_min: int | None = None
        self.calls: list[Call] = []

    def placed(self, minute: int) -> int | None:
        """Return the minute of the schedule at which a minute of the day comes, None where it goes back."""
        if self.clock_min is None:
            return minute
        placed = self.clock_min // DAY_MIN * DAY_MIN + minute
        if placed < self.clock_min - _BACK_MIN:
            return placed + DAY_MIN
        # the first public time may be some minutes before the working one
        return placed if placed >= self.clock_min or not self.calls else None


class _Reader:
    """Reads files record by record; one schedule is open at a time."""

    def __init__(self, delivery: Delivery, repairs: Repairs) -> None:
        self._delivery = delivery
        self._repairs = repairs
        self._columns = Columns()
        self._header = Header("", None, None)
        self._source, self._kind, self._line = 0, "", 0
        self._open: _Open | None = None
        self._records: dict[str, Callable[[str], None]] = {
            "BS": self._bs,
            "BX": self._bx,
            "LO": self._lo,
            "LI": self._li,
            "LT": self._lt,
            "CR": self._cr,
            "AA": self._aa,
        }

    def read(self, source: int, kind: str, progress: Progress) -> None:
        """Read one file of the delivery."""
        self._source, self._kind = source, kind
        records, begun, ended = self._records, False, False
        for number, line in self._delivery.lines(kind, progress):
            record = line[:2]
            self._line = number
            if ended:
                if line.strip():
                    self._refuse("goes on after its end record ZZ")
            elif not begun:
                self._read_header(line)
                begun = True
            elif record in records:
                records[record](line)
            elif record == "ZZ":
                self._close_unfinished()
                ended = True
            elif record not in _OTHER_RECORDS and line.strip():
                self._count("lines of no known kind, left out")
        if not ended:
            self._refuse("ends without its end record ZZ: cut short")

    def schedules(self) -> Schedules:
        """Return what was read."""
        return self._columns.finished(self._header)

    def _count(self, what: str, line: int = 0) -> None:
        """Count what was mended or left out, at a line or at the current one."""
        self._repairs.add(what, self._delivery.place(self._kind, line or self._line))

    def _refuse(self, what: str, remedy: str = "fetch the delivery again") -> NoReturn:
        """Raise InputError for the current line."""
        self._delivery.refuse(what, self._kind, self._line, remedy=remedy)

    def _read_header(self, line: str) -> None:
        """Read HD; that of the .ztr says nothing."""
        if line[:2] != "HD":
            self._refuse("does not begin with a record HD: no timetable in CIF")
        if self._kind != "mca":
            return
        if line[46:47] == "U":  # 47,1
            self._refuse("is an update (HD 'U'), which means nothing without its base", remedy=WHOLE)
        if line[46:47] != "F":
            self._refuse(f"is no full extract: column 47 of HD is {line[46:47]!r}, not F", remedy=WHOLE)
        days: list[int | None] = []
        for text in (line[48:54], line[54:60]):  # 49,6 and 55,6
            try:
                days.append(header_day_of(text) if text.strip() else None)
            except ValueError as error:
                self._refuse(f"HD: {error}")
        identity = printable(line[2:22])  # 3,20
        self._header = Header(identity, *days)

    def _bs(self, line: str) -> None:
        """Open a schedule; a cancellation is a lone BS."""
        self._close_unfinished()
        if line[2:3] != "N":  # 3,1
            self._refuse(f"BS: transaction {line[2:3]!r}, where a full extract has only N")
        try:
            basic = basic_of(line)
        except ValueError as error:
            self._refuse(f"BS: {error}")
        self._open = _Open(basic, self._line)
        if basic.stp == "C":
            self._close(self._open)
        elif basic.vehicle is None:
            self._count("schedules of stock, staff or freight, left out")

    def _bx(self, line: str) -> None:
        """Take the operator."""
        if self._open is not None:
            self._open.operator = printable(line[11:13])  # 12,2

    def _lo(self, line: str) -> None:
        """Begin: the day is that of the working departure."""
        opened = self._opened()
        if opened is None:
            return
        opened.faulty |= opened.begun
        opened.begun = True
        try:
            clock = opened.clock_min = minute_of(line[10:14])  # 11,4; the half minute does not count
            departure = minute_of(line[15:19])  # 16,4
        except ValueError:
            self._count(_NO_TIME)
            return
        if clock is not None and departure is not None and departure - clock > DAY_MIN // 2:
            self._count("departures on the day before by their public time, moved to midnight")
            departure = 0
        self._call(opened, line, None, departure, line[29:41])  # 30,12

    def _li(self, line: str) -> None:
        """Take a stop; most records have no public times, and end here."""
        opened = self._open or self._opened()
        if opened is None:
            return
        opened.faulty |= not opened.begun
        if line[25:33] in _NO_PUBLIC_TIME:  # 26,8
            return
        try:
            times = minute_of(line[25:29]), minute_of(line[29:33])  # 26,4 and 30,4
        except ValueError:
            self._count(_NO_TIME)
            return
        self._call(opened, line, *times, line[42:54])  # 43,12

    def _lt(self, line: str) -> None:
        """End the schedule."""
        opened = self._opened()
        if opened is None:
            return
        opened.faulty |= not opened.begun
        try:
            self._call(opened, line, minute_of(line[15:19]), None, line[25:37])  # 16,4 and 26,12
        except ValueError:
            self._count(_NO_TIME)
        self._close(opened)

    def _opened(self) -> _Open | None:
        """Return the open schedule; count a place that belongs to none."""
        if self._open is None:
            self._count("places outside a schedule, left out")
        return self._open

    def _cr(self, line: str) -> None:
        """Count a train that turns into a bus: the whole trip stays what it began as."""
        if self._open is None:
            return  # extracts cut out of larger ones hold them
        vehicle, category = self._open.basic.vehicle, line[10:12]  # 11,2
        if vehicle is not None and category.strip() and vehicle_of(category, "") != vehicle:
            self._count("changes en route to another kind of vehicle, not expressed")

    def _aa(self, _: str) -> None:
        """Count an association."""
        self._count("associations (coaches that go on with another train), not expressed")

    def _call(
        self, opened: _Open, line: str, arrival: int | None, departure: int | None, activities: str
    ) -> None:
        """Add a call where it is public and its times do not go back."""
        first = departure if arrival is None else arrival
        if first is None:
            return
        allowed = allowed_by(activities)
        if not allowed.public:
            return
        pickup = _type(allowed, may_it=allowed.board and departure is not None)
        dropoff = _type(allowed, may_it=allowed.alight and arrival is not None)
        if pickup == dropoff == NOT_ALLOWED:
            self._count("calls with a public time where nobody may board or alight, left out")
            return
        arrival_min = opened.placed(first)
        stays_min = 0 if departure is None else (departure - first) % DAY_MIN
        if arrival_min is None or stays_min > DAY_MIN - _BACK_MIN:
            self._count("calls whose times go back, left out")
            return
        place = line[2:9].rstrip() if self._kind == "mca" else line[2:5] + AT_CRS  # 3,7 or 3,3
        opened.clock_min = arrival_min + stays_min
        opened.calls.append(Call(self._columns.places[place], arrival_min, opened.clock_min, pickup, dropoff))
        if len(opened.calls) > _MOST_CALLS:
            opened.faulty = True
            opened.calls.clear()

    def _close_unfinished(self) -> None:
        """Close a schedule that has no LT."""
        if self._open is not None:
            self._open.faulty = True
            self._close(self._open)

    def _close(self, opened: _Open) -> None:
        """Put a schedule away; a faulty one runs as nothing, but still replaces others."""
        vehicle, calls = opened.basic.vehicle, opened.calls
        if opened.faulty:
            self._count("schedules cut short, out of order or endless, left out", opened.line)
            vehicle = None
        elif calls and calls[-1].departure_min >= _LONGEST_MIN:
            self._count("schedules of more than three days, left out", opened.line)
            vehicle = None
        if len(self._columns.places) > _MOST_PLACES:
            self._refuse(f"more than {_MOST_PLACES:,} places: no timetable")
        self._columns.append(
            self._source, opened.basic, vehicle, opened.operator, calls if vehicle is not None else ()
        )
        self._open = None


def _type(allowed: Allowed, *, may_it: bool) -> int:
    """Return GTFS's pickup_type or drop_off_type."""
    if not may_it:
        return NOT_ALLOWED
    return ON_REQUEST if allowed.on_request else AS_USUAL
