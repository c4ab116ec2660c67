"""Schedules and their public calls as flat arrays: some 14 bytes a call, no text."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ptreach.sources.cif.records import Basic, Vehicle

SOURCES: Final = ("mca", "ztr")
STP_ORDER: Final = "CNOP"
NO_VEHICLE: Final = 255
AT_CRS: Final = "----"
"""Ends a place of the .ztr, which is a CRS code, where those of the .mca are TIPLOCs."""
AS_USUAL, NOT_ALLOWED, ON_REQUEST = 0, 1, 3


class Header(NamedTuple):
    """What the HD record says; the days are ordinals, both included, or None where it is silent."""

    identity: str
    first_day: int | None
    last_day: int | None


class Schedules(NamedTuple):
    """Schedules in the order of the files, cancellations among them, which have no calls.

    Schedule s calls at ``call_start[s]:call_start[s + 1]`` of the ``call_*`` arrays. ``source`` and ``stp``
    are positions in ``SOURCES`` and ``STP_ORDER``; ``vehicle`` is a ``Vehicle`` or ``NO_VEHICLE``. Times are
    minutes after midnight of the day of the schedule. ``call_pickup`` and ``call_dropoff`` are GTFS types.
    """

    header: Header
    places: tuple[str, ...]
    operators: tuple[str, ...]
    headcodes: tuple[str, ...]
    uid: NDArray[np.bytes_]
    source: NDArray[np.uint8]
    first_day: NDArray[np.int32]
    last_day: NDArray[np.int32]
    weekdays: NDArray[np.uint8]
    stp: NDArray[np.uint8]
    vehicle: NDArray[np.uint8]
    operator: NDArray[np.int32]
    headcode: NDArray[np.int32]
    call_start: NDArray[np.int64]
    call_place: NDArray[np.int32]
    call_arrival_min: NDArray[np.int32]
    call_departure_min: NDArray[np.int32]
    call_pickup: NDArray[np.uint8]
    call_dropoff: NDArray[np.uint8]


class Call(NamedTuple):
    """A public call: number of its place, minutes after midnight of the schedule's day, GTFS types."""

    place: int
    arrival_min: int
    departure_min: int
    pickup: int
    dropoff: int


class Numbers(dict[str, int]):
    """Numbers of texts, given in the order they come."""

    def __missing__(self, text: str) -> int:
        """Give a text that is new the next number."""
        number = self[text] = len(self)
        return number


class Columns:
    """The arrays of `Schedules` as they grow."""

    def __init__(self) -> None:
        self.places, self._operators, self._headcodes = Numbers(), Numbers(), Numbers()
        self._uid = bytearray()
        self._source, self._weekdays, self._stp, self._vehicle = (array("B") for _ in range(4))
        self._first_day, self._last_day, self._operator, self._headcode = (array("i") for _ in range(4))
        self._call_start = array("q", [0])
        self._call_place, self._call_arrival_min, self._call_departure_min = (array("i") for _ in range(3))
        self._call_pickup, self._call_dropoff = array("B"), array("B")

    def append(
        self, source: int, basic: Basic, vehicle: Vehicle | None, operator: str, calls: Sequence[Call]
    ) -> None:
        """Add a schedule; what it runs as, None for nothing, may differ from its BS record."""
        for call in calls:
            self._call_place.append(call.place)
            self._call_arrival_min.append(call.arrival_min)
            self._call_departure_min.append(call.departure_min)
            self._call_pickup.append(call.pickup)
            self._call_dropoff.append(call.dropoff)
        self._call_start.append(len(self._call_place))
        self._uid += basic.uid.encode("ascii")
        self._source.append(source)
        self._first_day.append(basic.first_day)
        self._last_day.append(basic.last_day)
        self._weekdays.append(basic.weekdays)
        self._stp.append(STP_ORDER.index(basic.stp))
        self._vehicle.append(NO_VEHICLE if vehicle is None else vehicle)
        self._operator.append(self._operators[operator])
        self._headcode.append(self._headcodes[basic.headcode])

    def finished(self, header: Header) -> Schedules:
        """Return the schedules that were added."""
        return Schedules(
            header=header,
            places=tuple(self.places),
            operators=tuple(self._operators),
            headcodes=tuple(self._headcodes),
            uid=np.frombuffer(self._uid, dtype="S6"),
            source=np.frombuffer(self._source, np.uint8),
            first_day=np.frombuffer(self._first_day, np.int32),
            last_day=np.frombuffer(self._last_day, np.int32),
            weekdays=np.frombuffer(self._weekdays, np.uint8),
            stp=np.frombuffer(self._stp, np.uint8),
            vehicle=np.frombuffer(self._vehicle, np.uint8),
            operator=np.frombuffer(self._operator, np.int32),
            headcode=np.frombuffer(self._headcode, np.int32),
            call_start=np.frombuffer(self._call_start, np.int64),
            call_place=np.frombuffer(self._call_place, np.int32),
            call_arrival_min=np.frombuffer(self._call_arrival_min, np.int32),
            call_departure_min=np.frombuffer(self._call_departure_min, np.int32),
            call_pickup=np.frombuffer(self._call_pickup, np.uint8),
            call_dropoff=np.frombuffer(self._call_dropoff, np.uint8),
        )
