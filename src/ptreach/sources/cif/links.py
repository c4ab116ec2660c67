"""Fixed links and change times: what GTFS's transfers.txt can say of them; the rest is counted.

A link is listed once and holds both ways. Only walks are taken: the Underground, metros and buses between
stations are other feeds' business, and would count twice. A walk must hold all day on every day of the feed,
since transfers.txt knows neither times nor days.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from ptreach.sources.cif.delivery import Delivery
    from ptreach.sources.cif.repairs import Repairs
    from ptreach.sources.cif.stations import Station

_FLF: Final = re.compile(
    r"ADDITIONAL LINK: +(?P<M>\w+) +BETWEEN +(?P<O>\w+) +AND +(?P<D>\w+) +IN +(?P<T>\d{1,3}) +MINUTES\s*",
    re.ASCII,
)
_MODE: Final = re.compile(r"[A-Z]+", re.ASCII)
_CRS: Final = re.compile(r"[A-Z0-9]{3}", re.ASCII)
_EVERY_DAY: Final = (True,) * 7
_UNREADABLE: Final = "fixed links that can't be read, left out"
_SOME_TIMES: Final = "walks between stations that hold at some times only, left out"
_STARTS: Final = frozenset({"0000", "0001"})
_ENDS: Final = frozenset({"2359", "2400"})


class _Link(NamedTuple):
    """A row: days it holds on, Monday first; ``always`` where neither times of day nor dates limit it."""

    mode: str
    stations: tuple[str, str]
    minutes: int
    weekdays: tuple[bool, ...]
    always: bool


def transfers(
    delivery: Delivery,
    stations: dict[str, Station],
    first_day: int,
    last_day: int,
    repairs: Repairs,
) -> dict[tuple[str, str], int]:
    """Return the seconds that a change takes, from station to station and at each station itself.

    Parameters
    ----------
    delivery
        The .alf where there is one, else the .flf, gives the walks.
    stations
        Stations of the feed by code.
    first_day, last_day
        Ordinals of the feed's days, both included.
    repairs
        What can't be expressed is added to it.
    """
    seconds = {
        (crs, crs): 60 * station.change_min
        for crs, station in stations.items()
        if station.change_min is not None
    }
    for (one, other), minutes in _walks(delivery, first_day, last_day, repairs).items():
        if one in stations and other in stations:
            seconds[one, other] = seconds[other, one] = 60 * minutes
        else:
            repairs.add("walks to stations where nothing calls, left out")
    if "tsi" in delivery:
        rows = sum(bool(line.strip()) for _, line in delivery.lines("tsi"))
        repairs.add("change times between two operators of a station (.tsi), not expressed", times=rows)
    return seconds


def _walks(delivery: Delivery, first_day: int, last_day: int, repairs: Repairs) -> dict[tuple[str, str], int]:
    """Return the minutes of the walks that hold always, by their two stations in alphabetical order."""
    links: list[_Link] = []
    for kind in ("alf", "flf"):
        if kind in delivery and not links:  # the .alf says the same and more
            links = _links(delivery, kind, first_day, last_day, repairs)
    walks: dict[tuple[str, str], list[_Link]] = {}
    others: dict[str, set[tuple[str, str]]] = {}
    for link in links:
        if link.mode == "WALK":
            walks.setdefault(link.stations, []).append(link)
        else:
            others.setdefault(link.mode, set()).add(link.stations)
    for mode, pairs in others.items():
        repairs.add(f"links by {mode.lower()} between two stations, left out", times=len(pairs))
    minutes = {}
    for pair, rows in walks.items():
        whole = [row for row in rows if row.always]
        if tuple(any(row.weekdays[day] for row in whole) for day in range(7)) != _EVERY_DAY:
            repairs.add(_SOME_TIMES)
            continue
        if len({row.minutes for row in whole}) > 1:
            repairs.add("walks that take longer on some days, the longest taken")
        minutes[pair] = max(row.minutes for row in whole)
    return minutes


def _links(delivery: Delivery, kind: str, first_day: int, last_day: int, repairs: Repairs) -> list[_Link]:
    """Return the links of the .alf or the .flf."""
    links = []
    for number, line in delivery.lines(kind):
        if not line.strip() or (kind == "flf" and line.strip() == "END"):
            continue
        try:
            links.append(_alf_link(line, first_day, last_day) if kind == "alf" else _flf_link(line))
        except (KeyError, ValueError):
            repairs.add(_UNREADABLE, delivery.place(kind, number))
    return links


def _flf_link(line: str) -> _Link:
    """Return ``ADDITIONAL LINK: WALK BETWEEN AFK AND ASI IN 5 MINUTES``; raises ValueError."""
    match = _FLF.fullmatch(line)
    if not match:
        raise ValueError(line)
    return _link(match.groupdict(), _EVERY_DAY, always=True)


def _alf_link(line: str, first_day: int, last_day: int) -> _Link:
    """Return ``M=WALK,O=AFK,D=ASI,T=5,S=0001,E=2359,P=4,R=1111110``; raises ValueError or KeyError."""
    fields = {key: value.strip() for key, _, value in (cell.partition("=") for cell in line.split(","))}
    days = fields["R"]
    if not re.fullmatch(r"[01]{7}", days, re.ASCII):
        raise ValueError(days)
    always = fields["S"] in _STARTS and fields["E"] in _ENDS
    always &= _date(fields.get("F", "")) <= first_day
    always &= "U" not in fields or _date(fields["U"]) >= last_day
    return _link(fields, tuple(day == "1" for day in days), always=always)


def _link(fields: dict[str, str], weekdays: tuple[bool, ...], *, always: bool) -> _Link:
    """Return a link whose stations are two, in alphabetical order; raises ValueError or KeyError."""
    one, other = sorted((fields["O"], fields["D"]))
    codes = _MODE.fullmatch(fields["M"]) and _CRS.fullmatch(one) and _CRS.fullmatch(other)
    if not codes or one == other or not re.fullmatch(r"\d{1,3}", fields["T"], re.ASCII):
        raise ValueError(str(fields))
    return _Link(fields["M"], (one, other), int(fields["T"]), weekdays, always)


def _date(text: str) -> int:
    """Return the ordinal of a date dd/mm/yyyy, 0 where there is none; raises ValueError."""
    if not text:
        return 0
    match = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text, re.ASCII)
    if not match:
        raise ValueError(text)
    day, month, year = map(int, match.groups())
    return dt.date(year, month, day).toordinal()
