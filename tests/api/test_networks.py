"""Networks as Python has them: opened by name, built of files, what they say of themselves."""

from html import escape

import pytest

import ptreach as pt
from ptreach.cli.main import main
from ptreach.errors import InputError


def test_a_network_of_files_says_what_it_is(network):
    assert repr(network) == "<ptreach.Network street: 2 stops, timetables 01 October 2026 to 30 October 2026>"
    assert (network.crs, network.timezone, network.made_up) == ("EPSG:27700", "Europe/London", False)
    stops = network.stops()
    assert stops["id"].tolist() == ["bus:A", "bus:B"]
    assert stops.crs.to_epsg() == 4326


def test_trips_of_each_day_choose_a_date(network):
    trips = network.trips_by_day()
    assert trips.loc["2026-10-13"] == 1
    assert trips.loc["2026-10-17"] == 0  # a Saturday
    assert trips.sum() == 22


def test_ground_is_that_of_recipes(network):
    with pytest.raises(InputError, match=r"^street: ground is kept for networks of British recipes only"):
        network.ground()


def test_files_that_are_not_there_are_refused(street, tmp_path):
    with pytest.raises(InputError, match=r"^gtfs, .*rail.zip: no such file"):
        pt.build_network(street[0], [street[1], tmp_path / "rail.zip"])
    with pytest.raises(InputError, match=r"^osm: no file"):
        pt.build_network([], street[1])


def test_a_home_without_networks_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"^home: '.*' holds no folder networks/"):
        pt.open_network("isle-of-wight", home=tmp_path)
    with pytest.raises(InputError, match=r"^home: "):
        pt.load_areas("england-lsoa-2011", home=tmp_path)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The recipes and files of the made-up town."""
    from ptreach.sources.demo import write_demo

    home = tmp_path_factory.mktemp("demo")
    write_demo(home)
    return home


def test_the_made_up_town_can_be_opened_asked_and_drawn(demo):
    network = pt.open_network("demo-town", home=demo, progress=False)
    zones = pt.load_areas("demo-lsoa", home=demo)
    assert network.made_up
    assert zones.attrs["made_up"]
    assert set(network.ground(progress=False)["kind"]) >= {"major", "minor"}
    for frame in (network.stops(), network.ground(progress=False)):
        page = pt.explore(frame.iloc[:5]).html
        assert "MADE-UP DATA" in page
        assert escape(network.source_line) in page
    one = zones.attrs["source_line"] + network.source_line
    assert "README" not in one
    place = pt.centroids(zones).iloc[:1]
    times = pt.travel_times(network, place, pt.centroids(zones), date="2026-10-13", progress=False)
    joined = pt.join_times(zones, times)
    assert joined["minutes_p50"].notna().sum() == len(times)


def test_a_zone_is_explained_as_the_command_does(demo, capsys):
    zones = pt.load_areas("demo-lsoa", home=demo)
    town, name = demo / "config" / "demo-town.toml", zones["zone_name"].iloc[7]
    told = pt.explain(town, name, progress=False)
    assert isinstance(told, pt.Explanation)
    assert told.zone_id == zones["zone_id"].iloc[7]
    assert sum(way.minutes_n for way in told.ways) == told.reached_n
    for journey in told.journeys:
        assert sum(leg.seconds for leg in journey.legs) == told.seconds[journey.percentile]
    assert main(["-q", "explain", str(town), name]) == 0
    assert capsys.readouterr().out == f"{told}\n"
    with pytest.raises(InputError, match=r"^ZONE: no zone 'Nowhere' among the "):
        pt.explain(town, "Nowhere", home=demo, progress=False)


def test_a_district_is_chosen_by_name(demo):
    zones = pt.load_areas("demo-lsoa", home=demo)
    name = zones["district_name"].iloc[0]
    some = pt.load_areas("demo-lsoa", district=name, home=demo)
    assert set(some["district_name"]) == {name}
    with pytest.raises(
        InputError, match=r"^district: no district or region of 'demo-lsoa' is called 'Nowhere'"
    ):
        pt.load_areas("demo-lsoa", district=["Nowhere"], home=demo)
