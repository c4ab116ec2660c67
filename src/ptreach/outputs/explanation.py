"""Why a zone takes as long as it does: the journeys behind its minutes, as text and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from ptreach.config import format_clock
from ptreach.outputs.compared import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WALK: Final = "walk"
WAIT: Final = "wait"
RIDE: Final = "ride"
_DAY_S: Final = 86_400
ON_FOOT: Final = "on foot"
"""What a way without rides is called."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a leg starts or ends: a stop by id and name, or an end of the journey by its name alone."""

    stop_id: str
    name: str


@dataclass(frozen=True, slots=True)
class LegTold:
    """A leg: ``kind`` is walk, wait or ride; it starts at ``starts_s`` and takes ``seconds``.

    Clock times are seconds after noon minus 12 h. Of a ride: mode, route, operator and trip. ``stays``: the
    vehicle goes on as this trip, and one stays on board.
    """

    kind: str
    starts_s: int
    seconds: int
    start: Place
    end: Place
    mode: str = ""
    route: str = ""
    agency: str = ""
    trip_id: str = ""
    stays: bool = False


@dataclass(frozen=True, slots=True)
class JourneyTold:
    """The journey of one minute of the window, and the percentile that its seconds are."""

    percentile: int
    minute_s: int
    """The departure or arrival that it is of."""
    seconds: int
    legs: tuple[LegTold, ...]

    def spent_s(self, kind: str) -> int:
        """Return the seconds of all legs of a kind."""
        return sum(leg.seconds for leg in self.legs if leg.kind == kind)


@dataclass(frozen=True, slots=True)
class Way:
    """A sequence of routes, on how many minutes of the window it is the quickest, and how long it takes."""

    routes: tuple[str, ...]
    minutes_n: int
    quickest_s: int
    slowest_s: int

    @property
    def words(self) -> str:
        """``bus 9, then bus 2``."""
        return ", then ".join(self.routes) or ON_FOOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A zone's minutes and what they are made of.

    ``seconds`` by percentile, None where fewer minutes have a journey. ``binding`` is what most time goes to
    over the window (``frequency``, ``distance``, ``walking``), or the reason why there is no median;
    ``because`` says it with its figures.
    """

    town: str
    direction: str
    asked: str
    """Day and window in words."""
    zone_id: str
    zone_name: str
    band: str
    reason: str
    minutes_n: int
    reached_n: int
    distance_m: float
    """Straight line between the town's point and the zone's."""
    street_m: float | None
    """From the zone's point to its street; None where it has none."""
    seconds: Mapping[int, int | None]
    binding: str
    because: str
    journeys: tuple[JourneyTold, ...]
    ways: tuple[Way, ...]

    @property
    def event(self) -> str:
        """What a minute of the window is: departure or arrival."""
        return "departure" if self.direction == "from" else "arrival"

    def __str__(self) -> str:
        """Return it as lines of text."""
        return explanation_text(self)


def explanation_text(told: Explanation) -> str:
    """Return an explanation as lines of text: minutes, why, journeys leg by leg, ways over the window."""
    ends = f"from {told.town}" if told.direction == "from" else f"to {told.town}"
    street = "off the network" if told.street_m is None else f"{told.street_m:,.0f} m from its street"
    times = "   ".join(f"p{percentile} {clock(seconds)}" for percentile, seconds in told.seconds.items())
    lines = [
        f"{told.zone_name} ({told.zone_id}), {ends}: {told.band}",
        f"{told.asked}; {told.distance_m / 1000:,.1f} km in a straight line, {street}",
        times,
        f"{told.reached_n:,} of {told.minutes_n:,} {told.event}s have a journey.",
        "",
        f"Why: {told.binding}. {told.because}",
    ]
    for journey in told.journeys:
        lines += ["", *_journey_lines(told, journey)]
    if told.ways:
        lines += ["", f"Ways over the window, by how many {told.event}s they are the quickest of:"]
        lines += [
            f"  {way.minutes_n:>4}  {clock(way.quickest_s)} to {clock(way.slowest_s)}  {way.words}"
            for way in told.ways
        ]
    return "\n".join(lines)


def _journey_lines(told: Explanation, journey: JourneyTold) -> Iterator[str]:
    """Yield a journey leg by leg; the lengths of its legs add up to that in its heading."""
    which = "the median" if journey.percentile == 50 else f"p{journey.percentile}"
    verb = "Leaving" if told.direction == "from" else "Arriving by"
    parts = [f"{words} {clock(journey.spent_s(kind))}" for kind, words in _SPENT]
    yield f"{verb} {format_clock(journey.minute_s)}, {clock(journey.seconds)} ({which}): {', '.join(parts)}"
    for leg in journey.legs:
        yield f"  {_clock(leg.starts_s)}  {clock(leg.seconds):>7}  {_leg_words(leg)}"


_SPENT: Final = ((WALK, "walks"), (WAIT, "waits"), (RIDE, "rides"))


def _clock(seconds: int) -> str:
    """Return a clock time with its seconds, ``08:05:20``; before the day begins, that of the day before."""
    if seconds < 0:
        return f"{_clock(seconds + _DAY_S)} the day before"
    return f"{format_clock(seconds)}:{seconds % 60:02}"


def _leg_words(leg: LegTold) -> str:
    """Return what is done on a leg."""
    if leg.kind == WALK:
        return f"walk to {leg.end.name}"
    if leg.kind == WAIT:
        return f"wait at {leg.end.name}"
    by = f" ({leg.agency})" if leg.agency else ""
    verb = "stay on board: " if leg.stays else ""
    return f"{verb}{leg.mode} {leg.route}{by} from {leg.start.name} to {leg.end.name}"


def journey_note(journey: JourneyTold, direction: str) -> str:
    """Return a journey in one line, for a table: ``leaving 07:31: walk 4:20, bus 9 A to B 9:00``."""
    parts = []
    for leg in journey.legs:
        what = leg.kind
        if leg.kind == RIDE:
            stays = "on as " if leg.stays else ""
            what = f"{stays}{leg.mode} {leg.route} {leg.start.name} to {leg.end.name}"
        parts.append(f"{what} {clock(leg.seconds)}")
    verb = "leaving" if direction == "from" else "arriving by"
    return f"{verb} {format_clock(journey.minute_s)}: {', '.join(parts)}"


def explanation_json(told: Explanation) -> str:
    """Return an explanation as JSON text; times are in seconds, clock times as text."""
    content: dict[str, Any] = asdict(told)
    content["seconds"] = {f"p{percentile}": seconds for percentile, seconds in told.seconds.items()}
    content["journeys"] = [journey_values(journey) for journey in told.journeys]
    content["ways"] = [{**asdict(way), "routes": list(way.routes)} for way in told.ways]
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)


def journey_values(journey: JourneyTold) -> dict[str, Any]:
    """Return a journey as plain values."""
    legs = [{**asdict(leg), "starts": _clock(leg.starts_s)} for leg in journey.legs]
    return {
        "percentile": journey.percentile,
        "minute": format_clock(journey.minute_s),
        "seconds": journey.seconds,
        **{f"{kind}_s": journey.spent_s(kind) for kind, _ in _SPENT},
        "legs": legs,
    }
