"""Rules by which feeds are cleaned, and the ledger of what each of them found.

A rule is known by its name, which a recipe may switch off. Then the data are taken as they are where that is
possible; where it is not, what the rule would have mended or left out is refused by an error that names it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from ptreach.errors import InputError
from ptreach.model import Repair, TableRows

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from pathlib import Path


class Rule(NamedTuple):
    """What a rule finds, what is done about it, and what the publisher of the feed should do.

    ``off`` says what happens where the rule is switched off: what it finds is ``kept`` as it is, or
    ``refused``. An oddity is kept anyway, and reported unless its rule is switched off.
    """

    name: str
    finds: str
    done: str
    remedy: str
    off: Literal["kept", "refused"] = "refused"
    is_oddity: bool = False


_KEPT: Final = "kept as it is"
_RULES: Final = (
    # tables
    Rule(
        "feeds-in-inner-zips",
        "feeds in a zip within the zip",
        "taken from there",
        "publish the inner zip",
    ),
    Rule(
        "tables-in-odd-case",
        "tables whose name is not in small letters",
        "read all the same",
        "name files as the GTFS reference does, such as stop_times.txt",
    ),
    Rule(
        "tables-not-in-commas",
        "tables whose cells end in another mark than a comma",
        "read all the same",
        "separate cells by commas",
    ),
    Rule(
        "tables-not-utf-8",
        "tables that are not UTF-8",
        "read as Windows-1252, or as UTF-16 where they begin so",
        "save the table as UTF-8",
    ),
    Rule(
        "rows-of-uneven-length",
        "rows shorter or longer than their header",
        "filled up with blanks, or cut by blanks",
        "give every row as many cells as the header",
    ),
    Rule(
        "rows-too-long",
        "rows with more in them than their header names",
        "left out",
        "put cells that hold a comma in quotes",
    ),
    # stops
    Rule("stops-without-id", "stops without an id", "left out", "give every stop a stop_id"),
    Rule("stops-listed-twice", "stops listed twice", "the first kept", "list every stop once"),
    Rule(
        "stops-at-station",
        "stops without a place that have a station",
        "placed at their station",
        "give every platform its coordinates",
        off="kept",
    ),
    Rule(
        "stops-nested-too-deep",
        "stops whose station lies in another's, or in their own",
        "taken out of their station",
        "let platforms belong to stations, and boarding areas to platforms, no more",
    ),
    Rule(
        "coordinates-with-comma",
        "coordinates written with a decimal comma",
        "read as with a point",
        "write coordinates such as 51.5",
        off="kept",
    ),
    Rule(
        "stops-in-metres",
        "stops placed by eastings and northings of the British National Grid",
        "placed by the degrees of these",
        "give stop_lat and stop_lon in degrees (WGS84)",
        off="kept",
    ),
    Rule(
        "stops-swapped",
        "stops whose longitude and latitude are swapped",
        "swapped back: there the feed's other stops are",
        "put the latitude in stop_lat",
        off="kept",
    ),
    Rule("stops-without-place", "stops without a place", "left out", "give every stop its coordinates"),
    # routes
    Rule("routes-without-id", "routes without an id", "left out", "give every route a route_id"),
    Rule("routes-listed-twice", "routes listed twice", "the first kept", "list every route once"),
    Rule(
        "routes-of-no-type",
        "routes whose type has no meaning",
        "kept, of the mode 'other'",
        "give every route a route_type of the GTFS reference",
    ),
    Rule("agencies-listed-twice", "agencies listed twice", "the first kept", "list every agency once"),
    # calendars
    Rule(
        "calendar-rows-without-days",
        "calendar rows without a service or without days",
        "left out",
        "give every row a service_id and dates such as 20261013, the first before the last",
    ),
    Rule(
        "exceptions-of-no-type",
        "calendar exceptions of unknown type",
        "left out",
        "write exception_type 1 for a day added, 2 for one removed",
    ),
    Rule(
        "calendars-without-end",
        "calendars that reach decades ahead, in a feed of very many services",
        "cut ten years after the last of them begins",
        "end every service within the validity of the feed",
    ),
    # trips
    Rule(
        "trips-without-ids",
        "trips without an id, a route or a service",
        "left out",
        "give every trip a trip_id, a route_id and a service_id",
    ),
    Rule("trips-listed-twice", "trips listed twice", "the first kept", "list every trip once"),
    Rule("trips-of-unknown-routes", "trips of unknown routes", "left out", "list the route in routes.txt"),
    Rule(
        "trips-without-calendar",
        "trips of services without a calendar",
        "left out",
        "list the service in calendar.txt or calendar_dates.txt",
    ),
    # calls
    Rule("calls-of-unknown-trips", "calls of unknown trips", "left out", "list the trip in trips.txt"),
    Rule(
        "calls-at-unknown-stops",
        "calls at stops that are not listed, or have no place",
        "left out",
        "list the stop in stops.txt, with its coordinates",
    ),
    Rule(
        "calls-without-sequence",
        "calls whose stop_sequence is no number",
        "left out",
        "number the calls of a trip in order of travel",
    ),
    Rule(
        "calls-of-one-sequence",
        "calls with a stop_sequence that came before in their trip",
        "the first kept",
        "number the calls of a trip in order of travel",
        off="kept",
    ),
    Rule("times-unreadable", "times that can't be read", "taken as blank", "write times such as 08:05:00"),
    Rule(
        "times-blank",
        "blank times between timed stops",
        "filled in proportion to the distance",
        "time every stop",
    ),
    Rule(
        "pickup-types-unreadable",
        "values of pickup_type and drop_off_type that are no number",
        "taken as 0",
        "write 0 to 3",
    ),
    Rule("trips-without-calls", "trips without calls", "left out", "list the trip's calls in stop_times.txt"),
    Rule(
        "trips-without-end-times",
        "trips without a first or last time",
        "left out",
        "time the first and last stop of every trip",
    ),
    Rule(
        "trips-back-in-time",
        "trips that go back in time",
        "left out",
        "count hours on past midnight, and let no vehicle arrive before it departs",
    ),
    Rule("trips-of-one-call", "trips with one call", "left out", "list all calls of the trip"),
    Rule(
        "stops-misplaced",
        "stops that trips reach and leave faster than they can",
        "nothing calls there",
        "correct the place of the stop",
        off="kept",
    ),
    Rule(
        "trips-teleporting",
        "trips that travel more than 5 km in no time",
        "left out",
        "correct the times, or the place of the stop",
        off="kept",
    ),
    Rule(
        "trips-in-two-feeds",
        "trips that an earlier feed lists for the same days",
        "left out of the later feed",
        "take one feed of each service",
        off="kept",
    ),
    # frequencies and transfers
    Rule(
        "frequencies-without-meaning",
        "rows of frequencies.txt without meaning",
        "left out",
        "name a trip, a start before the end and a headway in seconds",
    ),
    Rule(
        "transfers-of-some-trips",
        "transfers of certain routes or trips only",
        "left out",
        "rule changes from stop to stop",
    ),
    Rule(
        "transfers-between-unknown-stops",
        "transfers between unknown stops",
        "left out",
        "list both stops in stops.txt",
    ),
    Rule(
        "transfers-without-meaning",
        "transfers whose type or time has no meaning",
        "left out",
        "write transfer_type 0 to 5 and a time of a day at most",
    ),
    Rule(
        "transfers-too-many",
        "transfers beyond twenty million pairs of platforms",
        "left out",
        "rule changes between platforms, not between large stations",
    ),
    # oddities
    Rule(
        "trips-too-fast",
        "trips faster from stop to stop than their vehicles can be",
        _KEPT,
        "correct the times, or the place of the stop",
        off="kept",
        is_oddity=True,
    ),
    Rule(
        "trips-in-two-feeds-partly",
        "trips that an earlier feed lists for some of their days",
        _KEPT,
        "take one feed of each service",
        off="kept",
        is_oddity=True,
    ),
    Rule(
        "services-of-one-trip",
        "services that are of one trip each, nearly all of them",
        _KEPT,
        "let trips of the same days share a service",
        off="kept",
        is_oddity=True,
    ),
    Rule(
        "calendars-of-dates-only",
        "services told by their dates alone, without any calendar of weeks",
        _KEPT,
        "check that the dates reach as far as the service",
        off="kept",
        is_oddity=True,
    ),
    # courses of vehicles, which are read only to be drawn
    Rule(
        "shape-points-without-place",
        "points of shapes without a place or a number in their order",
        "left out of their shape",
        "give every point of a shape its coordinates and its sequence",
    ),
    Rule(
        "trips-of-unknown-shapes",
        "trips whose shape has no two points",
        "drawn from stop to stop",
        "give the shape its points, or leave shape_id empty",
    ),
    Rule(
        "shapes-off-their-stops",
        "shapes that pass a stop of their trip at more than 500 m",
        "drawn from stop to stop",
        "give the trip the shape of its own course",
        off="kept",
    ),
)
RULES: Final = {rule.name: rule for rule in _RULES}
"""All rules by name: the names that may be switched off."""


class _Entry(NamedTuple):
    """What a rule has found in a feed so far; the example is the one with the least key."""

    total: int
    key: Hashable
    example: str


class Ledger:
    """What the rules found in all feeds, and how many rows of each table were read and kept.

    Parameters
    ----------
    off
        Names of the rules that are switched off; InputError is raised for a name that no rule has.
    """

    def __init__(self, off: Iterable[str] = ()) -> None:
        self.off: Final = frozenset(off)
        for name in sorted(self.off - RULES.keys()):
            raise InputError(
                f"no cleaning rule '{name}'", where="[cleaning] off", remedy=f"take of {', '.join(RULES)}"
            )
        self._entries: dict[tuple[str, str], _Entry] = {}
        self._rows: list[TableRows] = []

    def of(self, feed: str, path: Path) -> FeedLedger:
        """Return the pages of one feed."""
        return FeedLedger(self, feed, path)

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """What was mended or left out, by feed, then in the order of the rules."""
        return self._found(oddities=False)

    @property
    def oddities(self) -> tuple[Repair, ...]:
        """What is odd, and kept; by feed, then in the order of the rules."""
        return self._found(oddities=True)

    def _found(self, *, oddities: bool) -> tuple[Repair, ...]:
        order = {name: at for at, name in enumerate(RULES)}
        found = sorted(self._entries.items(), key=lambda item: (item[0][0], order[item[0][1]]))
        return tuple(
            Repair(
                rule=name,
                feed=feed,
                count=entry.total,
                example=entry.example,
                what=RULES[name].finds,
                done=RULES[name].done,
                remedy=RULES[name].remedy,
            )
            for (feed, name), entry in found
            if RULES[name].is_oddity == oddities
        )

    @property
    def rows(self) -> tuple[TableRows, ...]:
        """Rows read and kept, by feed and table."""
        return tuple(sorted(self._rows, key=lambda row: (row.feed, row.table)))

    def note(self, feed: str, rule: str, count: int, key: Hashable, example: str) -> None:
        """Add to what a rule has found in a feed."""
        old = self._entries.get((feed, rule), _Entry(0, key, example))
        least = min(old, _Entry(0, key, example), key=lambda entry: (entry.key, entry.example))
        self._entries[feed, rule] = _Entry(old.total + count, least.key, least.example)

    def note_rows(self, rows: TableRows) -> None:
        """Note how many rows of a table were read and kept."""
        self._rows.append(rows)


class FeedLedger:
    """The ledger's pages of one feed."""

    def __init__(self, ledger: Ledger, feed: str, path: Path) -> None:
        self._ledger = ledger
        self.feed: Final = feed
        self.path: Final = path

    def silent(self) -> FeedLedger:
        """Return pages for a second look at the same rows, of which nothing is kept."""
        return FeedLedger(Ledger(), self.feed, self.path)

    def is_on(self, rule: str) -> bool:
        """Return whether a rule is followed."""
        assert rule in RULES
        return rule not in self._ledger.off

    def note(self, rule: str, count: int, table: str, what: str, key: Hashable = ()) -> None:
        """Note what a rule has found.

        Parameters
        ----------
        count
            How often; nothing is noted for 0.
        table, what
            An example: the table's file and in it the row, by its ids.
        key
            Of several notes, the example with the least key is shown; keys of one rule are of one type.

        Raises
        ------
        InputError
            Where the rule is switched off and the data can't be taken as they are.
        """
        if not count:
            return
        if not self.is_on(rule):
            if RULES[rule].off == "refused":
                raise InputError(
                    f"{RULES[rule].finds} ({count:,}), and the rule {rule} is switched off",
                    where=f"{self.path}, {table}: {what}",
                    remedy=f"{RULES[rule].remedy}, or switch the rule on",
                )
            return
        self._ledger.note(self.feed, rule, count, key, f"{self.path.name}, {table}: {what}")

    def note_rows(self, table: str, *, read: int, kept: int, outside: int = 0) -> None:
        """Note how many rows of a table were read, lay outside what was asked for, and were kept."""
        self._ledger.note_rows(TableRows(self.feed, table, read, outside, kept))
