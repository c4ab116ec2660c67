"""Agreement with R5 7.5.1, layer by layer, on what it answered for two real places.

With R5's rules (`rules.R5`) links, walks, transfers and whole journeys are its own, to the millimetre and the
second; the layers show where two engines part. With ours the same journeys show what our choices change.
`pytest -m real -k agreement -s` prints the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pytest

from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.engine.raptor.kernel import NEVER
from ptreach.engine.raptor.streets import StreetSearch, access_and_direct
from ptreach.model import UNREACHED, Points, Query, no_progress
from ptreach.network.build import build_network
from ptreach.network.rules import OURS, R5
from ptreach.network.walks import anchor_points, pace_of, street_weights
from r5_answers import H7, PLACES, REFERENCE, read_points, some, window

if TYPE_CHECKING:
    import datetime as dt

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"R5's answers absent: {REFERENCE}"),
]


class Case(NamedTuple):
    """A place, built by some rules, with R5's points."""

    name: str
    rules: str
    engine: RaptorEngine
    points: Points
    date: dt.date

    def stop_ids(self):
        """Stop ids as R5's tables have them, without the feed."""
        return np.array([name.split(":", 1)[1] for name in self.engine.network.names().stop_ids])

    def table(self, what):
        """One of R5's tables, ids as text."""
        stem = REFERENCE / f"{self.name}_{what}"
        if stem.with_suffix(".csv").is_file():
            return pd.read_csv(stem.with_suffix(".csv"), dtype={"stop": str, "origin": str})
        frame = pd.read_parquet(stem.with_suffix(".parquet"))
        return frame.astype({name: str for name in frame if name.endswith(("_id", "_stop"))})


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("networks")
    cases = {}

    def case(name, rules):
        if (name, rules) not in cases:
            place = PLACES[name]
            choice = {"r5": R5, "ours": OURS}[rules]
            network = build_network([place.osm], place.feeds, folder, no_progress, choice)
            engine = RaptorEngine(network, workers=2)
            cases[name, rules] = Case(name, rules, engine, read_points(name), place.date)
        return cases[name, rules]

    return case


class Agreement(NamedTuple):
    """How two answers agree on pairs: on which are reached, and on the seconds of those that both reach."""

    pairs: int
    reached: float
    equal: float
    within_90: float


def compare(case, what, query):
    """Agreement at each percentile with one of R5's tables of journeys."""
    reference = case.table(what)
    origins = some(case.points, pd.unique(reference["from_id"]))
    blocks = case.engine.travel_times(origins, case.points, query)
    seconds = np.concatenate([block.seconds for block in blocks]).astype(np.int64)
    row = pd.Index(origins.ids).get_indexer(reference["from_id"])
    column = pd.Index(case.points.ids).get_indexer(reference["to_id"])
    found = {}
    for at, percentile in enumerate(query.percentiles):
        theirs = np.full(seconds.shape[:2], UNREACHED, dtype=np.int64)
        theirs[row, column] = reference[f"travel_time_p{percentile}"].fillna(UNREACHED)
        ours = seconds[:, :, at]
        both = (ours < UNREACHED) & (theirs < UNREACHED)
        either = (ours < UNREACHED) | (theirs < UNREACHED)
        apart = np.abs(ours - theirs)[both]
        found[percentile] = Agreement(
            int(both.sum()), both.sum() / either.sum(), (apart == 0).mean(), (apart <= 90).mean()
        )
    return found


def test_the_same_stops_find_a_street(built):
    for name in PLACES:
        case = built(name, "r5")
        reference = case.table("stops_linked").set_index("stop")["linked"]
        linked = pd.Series(case.engine.network.stops.linked, index=case.stop_ids())
        assert linked.reindex(reference.index).tolist() == reference.tolist()


def test_the_same_transfers_of_the_same_length(built):
    for name in PLACES:
        case = built(name, "r5")
        network = case.engine.network
        stops = case.stop_ids()
        ours = pd.DataFrame(
            {
                "from_stop": stops[np.repeat(np.arange(network.stops_n), np.diff(network.transfers.start))],
                "to_stop": stops[network.transfers.to],
                "mm": network.transfers.mm,
            }
        )
        reference = case.table("transfers")
        joined = reference.merge(ours, how="outer", on=["from_stop", "to_stop"])
        assert len(joined) == len(reference) == len(ours)
        assert (joined["mm"] == joined["distance_mm"]).all()


def walks(case, origins, max_walk_min):
    """Where origins hang; for each, the stops it walks to, the seconds there, and those to all points."""
    network = case.engine.network
    pace = pace_of(4.8, max_walk_min * 60, 7200, network.rules)
    edges = network.linkage.edges
    streets = StreetSearch(street_weights(network.forward, pace), network.street_vertices_n, edges, pace)
    origins, points = (network.linkage.link(at.lon, at.lat, network.rules) for at in (origins, case.points))
    anchors = anchor_points(points, edges, network.vertices_n)
    rows = range(origins.edge.size)
    return origins, [
        access_and_direct(streets, origins, row, points, anchors, network.stops_n) for row in rows
    ]


def test_the_same_walks_to_stops_of_the_same_seconds(built):
    for name in PLACES:
        case = built(name, "r5")
        reference = case.table("access")
        origins = some(case.points, pd.unique(reference["origin"]))
        links, found = walks(case, origins, 20)
        stops = case.stop_ids()
        ours = pd.concat(
            pd.DataFrame({"origin": origin, "stop": stops[reached], "s": seconds, "off_mm": off_mm})
            for origin, off_mm, (reached, seconds, _) in zip(origins.ids, links.off_mm, found, strict=True)
        )
        joined = reference.merge(ours, how="outer", on=["origin", "stop"])
        assert len(joined) == len(reference) == len(ours)
        assert (joined["s"] == joined["seconds"]).all()
        assert (joined["off_mm"] == joined["origin_to_edge_mm"]).all()


def test_the_same_walks_all_the_way(built):
    for name in PLACES:
        case = built(name, "r5")
        reference = case.table("walk_seconds")
        reference = reference[reference["from_id"] != reference["to_id"]]
        origins = some(case.points, pd.unique(reference["from_id"]))
        ours = np.stack([seconds for *_, seconds in walks(case, origins, 120)[1]])
        theirs = np.full(ours.shape, NEVER)
        row = pd.Index(origins.ids).get_indexer(reference["from_id"])
        theirs[row, pd.Index(case.points.ids).get_indexer(reference["to_id"])] = reference["travel_time_p50"]
        own = pd.Index(case.points.ids).get_indexer(list(origins.ids))
        ours[np.arange(own.size), own] = NEVER  # R5 through r5py has 0
        assert (ours == theirs).all()


def test_per_minute_times_are_equal(built):
    for name in PLACES:
        case = built(name, "r5")
        reference = case.table("per_minute_seconds")
        origins = some(case.points, pd.unique(reference["from_id"]))
        for minute in (0, 37, 75, 119):
            start = H7 + 60 * minute
            query = Query(case.date, start, start + 60, (50,))
            seconds = np.concatenate(
                [block.seconds for block in case.engine.travel_times(origins, case.points, query)]
            )
            rows = reference[reference["minute"] == minute]
            theirs = np.full(seconds.shape[:2], UNREACHED, dtype=np.int64)
            at = pd.Index(origins.ids).get_indexer(rows["from_id"])
            theirs[at, pd.Index(case.points.ids).get_indexer(rows["to_id"])] = rows["travel_time"]
            assert (seconds[:, :, 0] == theirs).all()


@pytest.mark.parametrize("name", PLACES)
def test_agreement_with_its_rules_is_to_the_second(built, name):
    case = built(name, "r5")
    answers = {
        **{
            f"window p{p}": agreement
            for p, agreement in compare(case, "window120_seconds", window(PLACES[name])).items()
        },
        "at 08:15": compare(case, "depart0815_seconds", Query(case.date, H7 + 75 * 60, H7 + 76 * 60, (50,)))[
            50
        ],
    }
    for what, agreement in answers.items():
        show(name, "R5's rules", what, agreement)
        assert agreement.equal == agreement.reached == 1


@pytest.mark.parametrize("name", PLACES)
def test_agreement_with_our_rules_shows_what_they_change(built, name):
    case = built(name, "ours")
    for percentile, agreement in compare(case, "window120_seconds", window(PLACES[name])).items():
        show(name, "our rules", f"window p{percentile}", agreement)
        # Residents' streets alone change 15 % of the island's pairs by more than 90 s.
        assert agreement.within_90 > (0.75 if name == "iow" else 0.93)
        assert agreement.reached > 0.93


def show(name, rules, what, agreement):
    print(
        f"{name:4} {rules:11} {what:11} {agreement.pairs:7,} pairs  reached alike {agreement.reached:8.3%}  "
        f"equal {agreement.equal:8.3%}  within 90 s {agreement.within_90:8.3%}"
    )
