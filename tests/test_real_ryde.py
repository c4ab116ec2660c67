"""The main job on the real Isle of Wight, checked against values worked out here or read from the sources."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import plain_island as plain
from ptreach.cli.main import main
from ptreach.config import load_town
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.explanations import explain_zone
from ptreach.model import no_progress
from ptreach.pipeline import packs
from ptreach.pipeline.regions import Recipes, region_of_town
from ptreach.surface import surface_around

REPO = Path(__file__).resolve().parents[1]
DATA = REPO.parent / "shared" / "data"
ISLAND = DATA / "isle-of-wight"
ENGLAND = DATA / "england"
FEEDS = (ISLAND / "iow-bus-gtfs.zip", ISLAND / "iow-rail-gtfs.zip")
DATE = dt.date(2020, 6, 16)
DEPARTURES_S = range(7 * 3600 + 15 * 60, 9 * 3600 + 15 * 60, 60)
PERCENTILES = (5, 25, 50, 75, 95)
# Two earths (sphere, ellipsoid) and two roundings on up to three walks; a missed bus would be minutes.
SECONDS_APART = 15

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not ISLAND.is_dir() or not ENGLAND.is_dir(), reason=f"real data absent: {DATA}"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with the shipped recipes and towns, and the files they name."""
    folder = tmp_path_factory.mktemp("home")
    for recipe in ("isle-of-wight/network.toml", "england-lsoa-2011/areas.toml"):
        (folder / "networks" / recipe).parent.mkdir(parents=True)
        shutil.copy(REPO / "networks" / recipe, folder / "networks" / recipe)
    shutil.copytree(REPO / "config", folder / "config")
    for name, mirror in (("isle-of-wight", ISLAND), ("england-lsoa-2011", ENGLAND)):
        assert main(["--home", str(folder), "fetch", name, "--mirror", str(mirror)]) == 0
    return folder


def run(home, town, out):
    assert main(["--quiet", "run", str(home / "config" / f"{town}.toml"), "--out", str(out)]) == 0
    return out / town


@pytest.fixture(scope="module")
def ryde(home, tmp_path_factory):
    return run(home, "ryde", tmp_path_factory.mktemp("packs"))


@pytest.fixture(scope="module")
def table(ryde):
    return pd.read_csv(ryde / "tables" / "ryde-zones.csv", encoding="utf-8-sig").set_index("lsoa11cd")


def worked_out(origin, zones):
    """Seconds at each percentile, NaN unreached, by the plain model."""
    stops = [stop for feed in FEEDS for stop in plain.read_stops(feed)]
    places = [plain.Place(zone, row.lon, row.lat) for zone, row in zones.iterrows()]
    walks = plain.walks(ISLAND / "iow-filtered.osm.pbf", stops, [plain.Place("origin", *origin), *places])
    hops = [hop for feed in FEEDS for hop in plain.connections(feed, DATE)]
    names = {stop.name for stop in stops}
    times = plain.journeys(hops, walks, names, "origin", list(zones.index), DEPARTURES_S, 120 * 60)
    ranked = np.sort([times[zone] for zone in zones.index], axis=1)
    # nearest rank: the least time that at least this share of the departures is at or under
    ranks = [min(n for n in range(1, 121) if n * 100 >= percentile * 120) - 1 for percentile in PERCENTILES]
    chosen = ranked[:, ranks].astype(float)
    return np.where(chosen < 120 * 60, chosen, np.nan)


def check_minutes(table, origin):
    seconds = table[[f"minutes_p{p}" for p in PERCENTILES]].to_numpy() * 60
    expected = worked_out(origin, table)
    assert (np.isnan(seconds) == np.isnan(expected)).all()
    apart = np.abs(seconds - expected)
    assert np.nanmax(apart) <= SECONDS_APART
    assert np.isfinite(expected).sum() > 300  # the comparison is not an empty one


def test_minutes_of_ryde_are_those_of_a_plain_model(table):
    check_minutes(table, (-1.163224, 50.730015))


@pytest.fixture(scope="module")
def newport_pack(home, tmp_path_factory):
    return run(home, "newport-iow", tmp_path_factory.mktemp("packs"))


def test_minutes_of_newport_are_those_of_a_plain_model(newport_pack):
    newport = pd.read_csv(newport_pack / "tables" / "newport-iow-zones.csv", encoding="utf-8-sig").set_index(
        "lsoa11cd"
    )
    check_minutes(newport, (-1.293671, 50.70023))


def test_every_zone_of_the_island_has_minutes_or_a_reason(table):
    deprivation = pd.read_parquet(ENGLAND / "iod2019_lsoa11_england_compact.parquet")
    text = deprivation.select_dtypes(["object", "string"])
    on_island = text.eq("Isle of Wight").any(axis=1)
    codes = set(text[on_island].filter(regex="(?i)lsoa.*c").iloc[:, 0])
    assert len(codes) == 89
    assert set(table.index) == codes
    reached = table["minutes_p50"].notna()
    assert (table.loc[reached, "reason"] == "reached").all()
    assert set(table.loc[~reached, "reason"]) <= {
        "off network",
        "no service",
        "too far to walk",
        "beyond the limit",
    }


def test_deprivation_and_population_are_the_sources(table):
    deprivation = pd.read_parquet(ENGLAND / "iod2019_lsoa11_england_compact.parquet")
    deprivation = deprivation.set_index(deprivation.columns[0]).loc[table.index]
    for ours, theirs in (
        ("imd_score", r"(?i)imd.*score"),
        ("imd_rank", r"(?i)imd.*rank"),
        ("imd_decile", r"(?i)imd.*decile"),
        ("idaci_rank", r"(?i)idaci.*rank"),
        ("idaci_decile", r"(?i)idaci.*decile"),
    ):
        column = deprivation.filter(regex=theirs)
        assert column.shape[1] == 1
        assert table[ours].to_numpy() == pytest.approx(column.iloc[:, 0].to_numpy(dtype=float), abs=5e-4)
    people = pd.read_parquet(ENGLAND / "population_mid2020_single_year_lsoa11_england.parquet")
    ages = people.set_index(people.columns[0]).loc[table.index].select_dtypes("number")
    ages = ages.filter(regex=r"^(age_?)?\d+\+?$")
    assert ages.shape[1] == 91  # 0 to 89, and 90 or older
    assert (table["population"] == ages.sum(axis=1)).all()


def test_summary_by_decile_follows_from_the_zones(ryde, table):
    summary = pd.read_csv(
        ryde / "tables" / "ryde-by-imd-decile.csv", encoding="utf-8-sig", dtype={"imd_decile": str}
    )
    summary = summary.set_index("imd_decile")
    for decile in ("1", "3", "7", "all"):
        zones = table if decile == "all" else table[table["imd_decile"] == int(decile)]
        row = summary.loc[decile]
        assert row["zones"] == len(zones)
        assert row["population"] == zones["population"].sum()
        for cutoff in (15, 30, 45, 60):
            within = zones.loc[zones["minutes_p50"] < cutoff, "population"].sum() / zones["population"].sum()
            assert row[f"share_within_{cutoff}"] == pytest.approx(within, abs=1e-4)
        people = np.repeat(zones["minutes_p50"].fillna(np.inf), zones["population"].astype(int))
        assert row["median_min"] == pytest.approx(np.sort(people)[(people.size + 1) // 2 - 1])


def test_layers_open_in_the_national_grid_and_bands_are_nested(ryde, table):
    path = ryde / "layers" / "ryde.gpkg"
    layers = {
        name: gpd.read_file(path, layer=name)
        for name in gpd.list_layers(path)["name"]
        if name != "layer_styles"
    }
    assert {"isochrones", "lsoa_2011", "origin"} <= set(layers)
    for layer in layers.values():
        assert len(layer)
        assert layer.crs.to_epsg() == 27700
        assert layer.geometry.is_valid.all()
        assert not layer.geometry.is_empty.any()
    bands = layers["isochrones"].sort_values("cutoff_min").geometry.tolist()
    assert len(bands) == 4
    for inner, outer in itertools.pairwise(bands):
        assert inner.area < outer.area
        assert inner.difference(outer).area < 1.0  # square metres
    assert any(len(part.interiors) for band in bands for part in band.geoms)
    point = layers["origin"].geometry.iloc[0]
    assert (point.x, point.y) == pytest.approx((459154, 92600), abs=1.0)
    assert bands[0].contains(point)


def test_surface_and_zones_say_the_same(ryde, table):
    """Where a zone is well inside or outside an isochrone, its own minutes agree."""
    bands = gpd.read_file(ryde / "layers" / "ryde.gpkg", layer="isochrones").set_index("cutoff_min").geometry
    points = gpd.GeoSeries(gpd.points_from_xy(table["lon"], table["lat"]), crs=4326).to_crs(27700)
    minutes = table["minutes_p50"].to_numpy()
    for cutoff, band in bands.items():
        deep_inside = points.within(band.buffer(-150)).to_numpy()
        far_outside = ~points.within(band.buffer(150)).to_numpy()
        assert (minutes[deep_inside] < cutoff + 3).all()
        assert not (minutes[far_outside] < cutoff - 3).any()


@pytest.mark.parametrize("town", ["ryde", "newport-iow"])
def test_map_and_table_agree_on_the_zones(request, town):
    """At least 99 in 100 points near a street lie in the band their minutes say; all others are listed."""
    pack = request.getfixturevalue({"ryde": "ryde", "newport-iow": "newport_pack"}[town])
    zones = pd.read_csv(pack / "tables" / f"{town}-zones.csv", encoding="utf-8-sig")
    bands = (
        gpd.read_file(pack / "layers" / f"{town}.gpkg", layer="isochrones").set_index("cutoff_min").geometry
    )
    points = gpd.GeoSeries(gpd.points_from_xy(zones["lon"], zones["lat"]), crs=4326).to_crs(27700)
    wrong = np.zeros(len(zones), dtype=bool)
    for cutoff, band in bands.items():
        wrong |= (points.within(band) != (zones["minutes_p50"] < cutoff)).to_numpy()
    drawn = (zones["link_distance_m"] <= 300).to_numpy()
    assert drawn.sum() > 80
    assert (wrong & drawn).sum() <= 0.01 * drawn.sum()
    told = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))["map_and_table"]
    assert (told["zones"], told["agree"]) == (drawn.sum(), (drawn & ~wrong).sum())
    assert [row["zone_id"] for row in told["rest"]] == zones["lsoa11cd"][wrong].tolist()


def test_stops_of_the_island_have_the_departures_of_the_feeds(ryde):
    """Departures in the window, counted anew from the files."""
    stops = gpd.read_file(ryde / "layers" / "ryde.gpkg", layer="stops")
    counted = {}
    for feed in FEEDS:
        for hop in plain.connections(feed, DATE):
            if hop.board and DEPARTURES_S.start <= hop.departs_s < DEPARTURES_S.stop:
                counted[hop.there] = counted.get(hop.there, 0) + 1
    assert len(stops) > 300
    assert (stops["minutes_p50"] < 60).all()
    assert stops["departures"].sum() > 500
    assert dict(zip(stops["stop_id"], stops["departures"], strict=True)) == {
        name: counted.get(name, 0) for name in stops["stop_id"]
    }


def test_geojson_and_parquet_hold_the_same_areas(ryde):
    layer = gpd.read_file(ryde / "layers" / "ryde.gpkg", layer="isochrones")
    for kind in ("geojson", "parquet"):
        path = ryde / "layers" / f"ryde-isochrones.{kind}"
        other = gpd.read_file(path) if kind == "geojson" else gpd.read_parquet(path)
        assert other.geometry.is_valid.all()
        assert other["cutoff_min"].tolist() == layer["cutoff_min"].tolist()
        assert other.to_crs(27700).area.tolist() == pytest.approx(layer.area.tolist(), rel=1e-5)


def digests(pack):
    files = sorted(path for path in pack.rglob("*") if path.is_file())
    return {path.relative_to(pack): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_second_run_gives_the_same_bytes(home, ryde, tmp_path):
    again = run(home, "ryde", tmp_path)
    assert digests(again) == digests(ryde)
    assert len(digests(ryde)) >= 8


def test_nodes_that_are_not_asked_for_would_change_nothing(home, newport_pack, tmp_path, monkeypatch):
    """The surface of a pack leaves out what lies beyond the last cutoff; here it is asked for too."""
    asked = []

    def everywhere(*given, **_):
        asked.append(given)
        return surface_around(*given, everywhere=True)

    monkeypatch.setattr(packs, "surface_around", everywhere)
    assert digests(run(home, "newport-iow", tmp_path)) == digests(newport_pack)
    assert len(asked) == 1


def test_isochrones_by_themselves_are_those_of_the_pack(home, ryde, tmp_path):
    """They are pinned to the town's point, those of the pack to its zones: a cell here and there differs."""
    out = tmp_path / "ryde.gpkg"
    command = ["-q", "--home", home, "isochrones", "--network", "isle-of-wight", "--out", out]
    command += ["--origin", "-1.163224,50.730015", "--date", DATE, "--window", "07:15-09:15"]
    assert main([str(part) for part in command]) == 0
    alone, packed = (
        gpd.read_file(file, layer="isochrones").set_index("cutoff_min").geometry
        for file in (out, ryde / "layers" / "ryde.gpkg")
    )
    land = gpd.read_parquet(ryde / "layers" / "ryde-zones.parquet").union_all()
    for cutoff in (15, 30, 45, 60):
        same = packed[cutoff].intersection(land)
        apart = alone[cutoff].intersection(land).symmetric_difference(same)
        assert apart.area < 0.001 * same.area


def test_every_zone_is_explained_by_journeys_that_add_up_to_its_minutes(home, ryde, capsys):
    town = load_town(home / "config" / "ryde.toml")
    recipes = Recipes.of(town, home)
    opened = region_of_town(town, recipes, home, engine="raptor", workers=2, progress=no_progress)
    router = RaptorEngine(opened.network, workers=2)
    zones = pd.read_csv(ryde / "tables" / "ryde-zones.csv").rename(columns={"lsoa11cd": "zone_id"})
    areas, _ = opened.region.in_view
    frame = areas.frame.set_index("zone_id")
    explained = 0
    for row in zones.itertuples():
        told = explain_zone(router, town, frame.loc[[row.zone_id]].reset_index())
        minutes = [getattr(row, f"minutes_p{p}") for p in PERCENTILES]
        assert [s or 0 for s in told.seconds.values()] == [
            round(60 * (0 if np.isnan(m) else m)) for m in minutes
        ]
        assert told.band == row.band
        for journey in told.journeys:
            assert sum(leg.seconds for leg in journey.legs) == told.seconds[journey.percentile]
            explained += 1
        assert sum(way.minutes_n for way in told.ways) == told.reached_n
    assert explained > 200
    code = zones["zone_id"].iloc[3]
    assert main(["-q", "--home", str(home), "explain", str(ryde), code]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"{zones['zone_name'].iloc[3]} ({code}), from Ryde high street: ")


def test_a_pack_that_is_no_longer_its_towns_is_not_explained(home, ryde, tmp_path, capsys):
    changed = tmp_path / "ryde"
    shutil.copytree(ryde, changed)
    path = changed / "manifest.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["query"]["max_rides"] = 3
    path.write_text(json.dumps(told), encoding="utf-8")
    capsys.readouterr()
    assert main(["-q", "--home", str(home), "explain", str(changed), "E01017351"]) == 2
    assert "its question is no longer that of" in capsys.readouterr().err
    told["town"]["slug"] = "../gone"
    path.write_text(json.dumps(told), encoding="utf-8")
    assert main(["-q", "--home", str(home), "explain", str(changed), "E01017351"]) == 2
    assert "its town's file is not there" in capsys.readouterr().err
