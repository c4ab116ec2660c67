"""A small made-up town whose every output follows by hand."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imsave
from shapely.geometry import LineString, MultiPolygon, Point, box

from ptreach.config import Origin, Preset, Town
from ptreach.measures.access import summarise_access
from ptreach.measures.agreement import Agreement, Apart, Disagreement
from ptreach.measures.correlation import correlate_indicators
from ptreach.measures.specks import Merged
from ptreach.model import (
    UNREACHED,
    Authorities,
    Comparison,
    CorrelationMatrix,
    DaySeries,
    DaysOff,
    Decision,
    Example,
    FeedSpan,
    Finding,
    Indicator,
    Indicators,
    Opportunities,
    Points,
    Proposal,
    Repair,
    Severity,
    SourceRecord,
    TableRows,
    TravelTimeMatrix,
    Verdict,
    no_progress,
)
from ptreach.outputs import pictures
from ptreach.outputs.ahead import Ahead
from ptreach.outputs.facts import AreasFacts, PackFacts, Snapping, Sunset
from ptreach.outputs.layers.files import Surroundings
from ptreach.outputs.pack import PackContent, write_pack
from ptreach.outputs.tables.frames import decile_table, zone_table
from ptreach.outputs.tables.pack_tables import pack_tables
from ptreach.outputs.tables.spreadsheet import spreadsheet
from ptreach.second_opinions import second_opinion

CUTOFFS = (15, 30)
MONDAY = dt.date(2026, 9, 7)


@pytest.fixture(scope="session")
def town():
    return Town(
        slug="ryde",
        path=Path("C:/Users/analyst/config/ryde.toml"),
        name="Ryde high street",
        network="isle",
        areas="zones-2011",
        date=dt.date(2020, 6, 16),
        origin=Origin(lon=-1.163224, lat=50.730015, source="OS Open Names"),
        districts=(),
        preset_name="am-peak",
        preset=Preset(
            title="weekday morning peak", window=(26_100, 33_300), cutoffs_min=CUTOFFS, percentiles=(5, 50)
        ),
    )


@pytest.fixture(scope="session")
def zones():
    """Five zones of 100 people: 899 s, exactly 900 s, 1,799 s, beyond, off the network."""
    median_s = np.array([899, 900, 1799, 2000, np.nan])
    return gpd.GeoDataFrame(
        {
            "zone_id": [f"E0100000{i}" for i in range(1, 6)],
            "zone_name": ["Ryde 1", "Ryde 2", "Llŷn 3", "Ryde 4", "Ryde 5"],
            "district_code": "E06000046",
            "district_name": "Wight",
            "lon": [-1.1632241234, -1.16, -1.16, -1.16, -1.16],
            "lat": 50.73,
            "population": [100.0, 100.0, 100.0, 100.0, 100.0],
            "children": [20.0, 20.0, np.nan, 20.0, 20.0],
            "imd_score": [40.1, 30.2, 20.300000000000004, 10.4, 5.5],
            "imd_rank": [1000.0, 9000.0, 15_000.0, 25_000.0, 32_000.0],
            "imd_decile": [1.0, 1.0, 5.0, 8.0, 10.0],
            "idaci_rank": [1000.0, 9000.0, 15_000.0, 25_000.0, np.nan],
            "idaci_decile": [1.0, 3.0, 5.0, 8.0, np.nan],
            "minutes_p50": median_s / 60,
            "minutes_p5": (median_s - 120) / 60,
            "reason": ["reached", "reached", "reached", "reached", "off network"],
            "link_distance_m": [2.04, 10.0, 1200.06, 40.0, np.nan],
            "area_within_15": [0.25, 0.1, 0.0, 0.0, 0.0],
            "area_within_30": [1.0, 0.75, 0.123456, 0.0, 0.0],
            "departures_reached": [1.0, 1.0, 1.0, 0.5, 0.0],
            "departures_within_15": [0.75, 0.25, 0.0, 0.0, 0.0],
            "departures_within_30": [1.0, 1.0, 2 / 3, 0.0, 0.0],
            "best_departure_s": [26_100.0, 26_160.0, 26_220.0, 90_000.0, np.nan],
            "best_min": [10.0, 11.0, 25.5, 31.0, np.nan],
            "worst_departure_s": [33_240.0, 26_100.0, 26_100.0, 26_100.0, np.nan],
            "worst_min": [20.0, 21.0, 59.0, np.nan, np.nan],
            "longest_gap_min": [0.0, 0.0, 0.0, 60.0, 120.0],
            "longest_wait_min": [11.0, 9.0, 29.0, 30.0, 0.0],
        },
        geometry=[box(458_000 + 1000 * i, 90_000, 459_000 + 1000 * i, 94_000) for i in range(5)],
        crs=27700,
    )


@pytest.fixture(scope="session")
def isochrones():
    centre = Point(459_154, 92_600)
    return {
        15: MultiPolygon([centre.buffer(700)]),
        30: MultiPolygon([centre.buffer(2000), box(462_000, 90_500, 462_500, 91_000)]),
    }


@pytest.fixture(scope="session")
def surroundings(isochrones):
    """Two stops, a route between them, three streets; one zone is apart, one is not drawn."""
    stops = gpd.GeoDataFrame(
        {
            "stop": [4, 7],
            "stop_id": ["bus:a", "bus:b"],
            "stop_name": ["Pier & Esplanade", "St John's"],
            "modes": ["bus; rail", ""],
            "routes": ["2; 10", ""],
            "departures": [6, 0],
            "minutes_p5": [1.00004, 16.0],
            "minutes_p50": [899.5 / 60, 15.0],
        },
        geometry=[Point(459_300, 92_900), Point(460_000, 92_000)],
        crs=27700,
    )
    routes = gpd.GeoDataFrame(
        {
            "route": ["10", "X<1>"],
            "mode": ["bus", "rail"],
            "agency": ["Vectis", "Island Line"],
            "trips": [4, 2],
            "stops_n": [2, 2],
            "first_stop": ["Pier & Esplanade", "St John's"],
            "last_stop": ["St John's", "Pier & Esplanade"],
            "line": ["stop to stop", "shapes.txt"],
            "stop_ids": ["bus:a; bus:b", "bus:b; bus:a"],
            "trip": [0, 9],
        },
        geometry=[LineString([(459_300, 92_900), (460_000, 92_000)])] * 2,
        crs=27700,
    )
    streets = gpd.GeoDataFrame(
        {"minutes_p50": [29.99, 15.0, 3.25], "length_m": [100.04, 20.0, 5.55]},
        geometry=[LineString([(x, 92_000), (x + 50, 92_050)]) for x in (458_500, 459_000, 459_150)],
        crs=27700,
    )
    smaller, larger = isochrones[15], isochrones[30]
    return Surroundings(
        best={15: larger, 30: larger},
        always={15: MultiPolygon(), 30: smaller},
        merged={15: Merged(0, 0), 30: Merged(2, 5)},
        stops=stops,
        routes=routes,
        streets=streets,
        streets_exact=True,
        agreement=Agreement(
            3,
            2,
            (
                Disagreement("E01000002", 1, 0, Apart.BETWEEN_NODES),
                Disagreement("E01000003", 1, -1, Apart.NOT_DRAWN),
            ),
        ),
    )


@pytest.fixture(scope="session")
def ground():
    lines = [LineString([(457_000, y), (464_000, y)]) for y in (91_000, 92_000, 93_000)]
    return gpd.GeoDataFrame({"kind": ["major", "minor", "rail"]}, geometry=lines, crs=27700)


@pytest.fixture(scope="session")
def areas():
    return AreasFacts(
        name="zones-2011",
        title="LSOAs of England, 2011",
        edition="LSOA 2011",
        id_column="lsoa11cd",
        deprivation_title="Indices of Deprivation 2019",
        population_title="mid-2020 population estimates",
    )


@pytest.fixture(scope="session")
def facts(areas):
    def record(kind, file, attribution, note=""):
        return SourceRecord(
            kind=kind,
            path=Path("C:/Users/analyst/networks/isle/sources") / file,
            sha256="ab" * 32,
            size_bytes=1234,
            title=f"Title of {file}",
            publisher="Publisher",
            licence="Open Government Licence v3.0",
            attribution=attribution,
            date="2020-06",
            url="https://example.org/file",
            note=note,
        )

    return PackFacts(
        version="0.1.0",
        engine="raptor",
        network="isle",
        network_digest="cd" * 32,
        areas=areas,
        sources=(
            record("gtfs", "bus.zip", "Contains timetable data", "Timetable thinned."),
            record("osm", "streets.osm.pbf", "© OpenStreetMap contributors"),
            record("boundaries", "zones.parquet", "Contains OS data"),
            record("centroids", "centroids.parquet", "Contains OS data"),
        ),
        repairs=(
            Repair(
                rule="calls-at-unknown-stops",
                feed="bus",
                count=3,
                example="bus.zip, stop_times.txt: trip 12, stop 7",
                what="calls at unknown stops",
                done="left out",
                remedy="list the stop in stops.txt",
            ),
        ),
        rows=(TableRows(feed="bus", table="stop_times.txt", read=1_004, outside=1, kept=1_000),),
        rules={"link_near_m": 300.0, "link_far_m": 1600.0, "board_slack_s": 60, "island_vertices": 40},
        surface_step_m=100,
        surface_street_m=300,
        by_the_sea=True,
        made_up=False,
        sunset=Sunset(dt.date(2020, 7, 19), "bus", 2),
        snapping=Snapping(
            origin_m=2.4,
            stop_ids=("bus:a", "bus:b", "bus:c"),
            stop_names=("Pier & Esplanade", "St <John>", "Far"),
            stops_m=np.array([300.0, 300.1, np.nan]),
            near_m=300.0,
            far_m=1600.0,
        ),
    )


def series(kind, name, week):
    trips = tuple(week * 8)
    return DaySeries(kind, name, trips, trips, trips)


@pytest.fixture(scope="session")
def verdict():
    """Eight weeks of buses on weekdays and a tram on Sundays; the date is Tuesday of the fifth."""
    return Verdict(
        network="isle",
        date=dt.date(2026, 10, 6),
        date_from="ryde.toml",
        decision=Decision.WARNINGS,
        findings=(
            Finding(
                Severity.WARNING,
                "stops-far",
                "1 stop lies far",
                1,
                "correct it",
                Example("bus", "stops.txt", "<b>9</b>"),
            ),
            Finding(Severity.NOTE, "doubles-in-feed", "2 trips are listed twice", 2, "nothing"),
        ),
        proposal=Proposal(dt.date(2026, 10, 13), "Tuesday 2026-10-13: it is better"),
        comparisons=(
            Comparison("all", "all services", 50, 100.0, None),
            Comparison("mode", "bus", 50, 100.0, None),
            Comparison("mode", "tram", 0, 0.0, 0.0),
            Comparison("operator", "Bill & Ben's <Buses>", 50, 100.0, 90.5),
        ),
        feeds=(FeedSpan("bus", 120, MONDAY, dt.date(2027, 1, 1), MONDAY, dt.date(2026, 11, 1)),),
        first_day=MONDAY,
        series=(
            series("all", "all services", [50, 50, 50, 50, 50, 0, 4]),
            series("mode", "bus", [50, 50, 50, 50, 50, 0, 0]),
            series("mode", "tram", [0, 0, 0, 0, 0, 0, 4]),
        ),
        days_off=(
            DaysOff("bank", "Bank & Day", dt.date(2026, 9, 14), dt.date(2026, 9, 14)),
            DaysOff("school", "half-term", dt.date(2026, 10, 26), dt.date(2026, 10, 30)),
        ),
        cleaned=(TableRows("bus", "trips.txt", 123, 0, 120),),
        repairs=(
            Repair(
                "trips-back-in-time",
                "bus",
                3,
                "bus.zip, stop_times.txt: trip t",
                "trips that go back in time",
                "left out",
                "mend them",
            ),
        ),
        criteria=("Usual is the median.",),
    )


@pytest.fixture(scope="session")
def opportunities():
    """Two kinds of places; of the first, the zones reach what `access` says."""
    points = Points(ids=("one", "two"), lon=np.array([-1.16, -1.17]), lat=np.array([50.73, 50.73]))
    offers = np.array([30.0, 12.5])
    return (
        Opportunities("schools", "Places in schools", points, offers, "children"),
        Opportunities("surgeries", "Surgeries", points, np.ones(2), "population"),
    )


@pytest.fixture(scope="session")
def access(zones, opportunities):
    """What is reached by zone: both places, one of them, none."""
    minutes = np.array([[5.0, 20.0], [14.0, 25.0], [np.nan, 29.0], [40.0, np.nan], [np.nan, np.nan]])
    return {
        kind.name: summarise_access(minutes, kind.offers, zones[kind.demand].to_numpy(), CUTOFFS)
        for kind in opportunities
    }


@pytest.fixture(scope="session")
def authorities():
    """Two authorities; of the second nobody knows how deprived its children are."""
    scores = pd.DataFrame(
        {
            "district_code": ["E06000046", "E06000047"],
            "district_name": ["Wight", "Durham"],
            "imd_average_score": [23.294, 30.1],
            "imd_rank": [98.0, 48.0],
            "imd_how": "worked out from zones",
            "idaci_average_score": [0.18456, np.nan],
            "idaci_rank": [104.0, np.nan],
            "idaci_how": ["published", ""],
        }
    )
    shapes = gpd.GeoDataFrame(
        scores[["district_code", "district_name"]],
        geometry=[box(457_000, 89_000, 464_000, 95_000), box(464_000, 89_000, 470_000, 95_000)],
        crs=27700,
    )
    return Authorities(shapes, scores)


@pytest.fixture(scope="session")
def correlations(zones):
    """Four indicators of the zones: two parts of one whole, and one that is the same everywhere."""
    indicators = (
        Indicator("imd_score", "Multiple deprivation", "deprivation", "score", "2019"),
        Indicator("asian", "Asian", "ethnic group", "%", "2021", part_of="ethnic group"),
        Indicator("white", "White", "ethnic group", "%", "2021", part_of="ethnic group"),
        Indicator("rain", "Rain", "weather", "mm", "2021"),
    )
    frame = pd.DataFrame(
        {
            "imd_score": zones["imd_score"],
            "asian": [3.0, 1.0, 4.0, 2.0, 9.0],
            "white": [97.0, 99.0, 96.0, 98.0, 91.0],
            "rain": 7.0,
        }
    )
    xy_m = np.column_stack([zones.geometry.centroid.x, zones.geometry.centroid.y])
    pairs = correlate_indicators(Indicators(indicators, frame, ()), xy_m)
    alike = pairs["first"].map({"imd_score": 0.5, "asian": -0.25, "white": -0.25})
    return CorrelationMatrix(
        pairs.assign(first_moran_i=alike, second_moran_i=np.nan), indicators, indicators[:3], ()
    )


@pytest.fixture(scope="session")
def opinion(town, zones):
    """R5 of the five zones, in whole minutes: as soon, a minute sooner, never, later, and one more."""

    def engine(name, resolution_s, software):
        return SimpleNamespace(
            name=name,
            resolution_s=resolution_s,
            software=software,
            rules={"snap_mm": 5000},
            notes=("R5 rounds <down>.",),
        )

    ours_s = np.array([899, 900, 1799, 2000, np.nan])
    median_s = np.array([14, 14, np.nan, 40, 50]) * 60
    theirs = engine("r5", 60, {"r5": "7.5.1", "r5_jar_sha256": 64 * "e", "r5py": "1.1.7", "java": "21.0.4"})
    seconds = np.stack([ours_s - 120, median_s], axis=1)
    seconds = np.where(np.isnan(seconds), UNREACHED, seconds // 60 * 60).astype(np.uint16)

    def travel_times(origin, points, query):
        assert (origin.ids, points.ids, query.percentiles) == (("origin",), tuple(zones["zone_id"]), (5, 50))
        yield TravelTimeMatrix(origin.ids, points.ids, query.percentiles, seconds[np.newaxis], 60)

    theirs.travel_times = travel_times
    return second_opinion(theirs, engine("raptor", 1, {}), town, zones, no_progress)


@pytest.fixture(scope="session")
def make_tables(town, zones, areas, opportunities, access, authorities, correlations, opinion):
    """Return a function that makes all tables that a pack can have, the first argument the zones."""

    def make(zones=zones, **changes):
        given = {
            "made_up": False,
            "opportunities": opportunities,
            "access": access,
            "authorities": authorities,
            "correlations": correlations,
            "opinion": opinion,
        }
        return pack_tables(town, zones, areas, **given | changes)

    return make


@pytest.fixture(scope="session")
def tables(zones, make_tables):
    """The tables of the pack; the second zone's name is a formula to the unwary, the third of two lines."""
    names = ["Ryde 1", "=1+1", "Llŷn 3\nby  the sea", "@SUM(1)", "<b>&amp;\x07"]
    return make_tables(zones.assign(zone_name=names, pensioners=[30.0, 0.0, np.nan, 5.0, 8.0]))


@pytest.fixture(scope="session")
def book(town, zones, tables, facts):
    return spreadsheet(town, zones, tables, facts)


@pytest.fixture(scope="session")
def deck(town, zones, areas, facts, tmp_path_factory):
    """What the slides are made of; the picture is grey and the zones that are far are the last two."""
    path = tmp_path_factory.mktemp("maps") / "ryde.png"
    imsave(path, np.full((90, 160, 3), 200, dtype=np.uint8))
    path.with_suffix(".txt").write_text("Map: a grey picture.\n- under 15 min: 20%\n", encoding="utf-8")
    return {
        "town": town,
        "zones": zones,
        "deciles": decile_table(zones, CUTOFFS, areas, made_up=False),
        "far": zone_table(zones, CUTOFFS, areas, made_up=False).tail(2),
        "far_rule": "Zones of all deciles, farthest first.",
        "map_path": path,
        "facts": facts,
    }


@pytest.fixture(scope="session")
def web_inputs(town, zones, isochrones, ground, facts):
    """What the page for a browser is made of."""
    return {
        "town": town,
        "zones": zones,
        "isochrones": isochrones,
        "ground": ground,
        "land": zones.union_all(),
        "origin_xy_m": (459_154.0, 92_600.0),
        "facts": facts,
    }


def order_pictures(ahead, content):
    """Have all pictures drawn, as a run does when it knows what they show."""
    captions = pictures.Captions.of(content.town, content.facts)
    point = content.origin_xy_m
    pictures.order_early(ahead, captions, content.zones, point, content.correlations)
    scene = content.isochrones, content.ground, content.land, point
    pictures.order_journey(ahead, captions, content.zones, *scene)


@pytest.fixture
def write(town, zones, isochrones, ground, facts, verdict, surroundings):
    def run(target, **changes):
        arguments = {
            "town": town,
            "zones": zones,
            "isochrones": isochrones,
            "ground": ground,
            "land": box(457_000, 89_000, 464_000, 95_000),
            "origin_xy_m": (459_154.0, 92_600.0),
            "facts": facts,
            "verdict": verdict,
            "surroundings": surroundings,
        }
        content = PackContent(**(arguments | changes))
        with Ahead(target, beside=False) as ahead:
            order_pictures(ahead, content)
            return write_pack(target, content, ahead)

    return run


@pytest.fixture
def drawn(monkeypatch):
    """Spare the drawing where the test is about folders."""

    def blank(path, **_):
        for ending in ("-a4.png", ".svg", "-a4.svg", ".txt"):
            path.with_name(f"{path.stem}{ending}").write_bytes(b"text")
        imsave(path, np.full((9, 16, 3), 200, dtype=np.uint8))  # slides need a picture

    for name in (
        "journey_map.draw_journey_time_map",
        "far_map.draw_far_map",
        "decile_chart.draw_decile_chart",
    ):
        monkeypatch.setattr(f"ptreach.outputs.maps.{name}", blank)
