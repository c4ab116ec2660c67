"""A street of 12 km with a bus along it and several hundred homes, for matrices in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import town
from ptreach.matrix.question import Question, written_by
from ptreach.network.build import open_network

if TYPE_CHECKING:
    from pathlib import Path

HOMES_N = 300
"""Three parts: two of 128, one of 44."""


class Street(NamedTuple):
    """The network, and its files."""

    folder: Path
    osm: Path
    feed: Path

    def question(self, homes_n=HOMES_N, **changes):
        """The travel times from homes to shops."""
        network = open_network(self.folder)
        query = town.query(**{"percentiles": (25, 50), **changes})
        rules = network.rules._asdict()
        return Question("raptor", network.digest, rules, homes(homes_n), SHOPS, query, written_by())

    def options(self, folder, homes_n=HOMES_N, **changes):
        """The same on the command line, points in files of a folder."""
        files = {"origins": homes(homes_n), "destinations": SHOPS}
        for name, points in files.items():
            rows = zip(points.ids, points.lon.tolist(), points.lat.tolist(), strict=True)
            text = "".join(f"{name},{lon!r},{lat!r}\n" for name, lon, lat in rows)
            (folder / f"{name}.csv").write_text(f"id,lon,lat\n{text}", encoding="utf-8")
        given = {
            "osm": self.osm,
            "gtfs": self.feed,
            **{name: folder / f"{name}.csv" for name in files},
            "date": town.TUESDAY,
            "window": "08:00-08:30",
            "percentiles": "25,50",
            "walk-speed-kph": "3.6",
            "workers": 1,
            **changes,
        }
        return [text for name, value in given.items() for text in (f"--{name}", str(value))]


def homes(count):
    """Homes along the street."""
    return town.points(**{f"h{number:03}": (11_900 * number / count, 0) for number in range(count)})


SHOPS = town.points(east=(11_000, 0), west=(500, 0), h007=(300, 0))


def build_street(folder):
    """Build it in a folder."""
    stops = {f"s{number}": (1_000 * number, 0) for number in range(12)}
    trips = [
        (
            f"{way}{start}",
            "weekdays",
            [(name, town.clock(start + 90 * at)) for at, name in enumerate(order)],
        )
        for way, order in (("out", list(stops)), ("back", list(stops)[::-1]))
        for start in range(8 * 3600, 9 * 3600, 420)
    ]
    feed = town.write_feed(folder / "bus.zip", stops=town.stops_text(**stops), **town.trips_texts(trips))
    osm = town.straight_street(folder / "street.osm", 12_000.0)
    return Street(town.build(folder, osm, feed), osm, feed)
