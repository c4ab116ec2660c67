"""A town's file: what it says, what it inherits from its preset, and every way to get it wrong."""

import datetime as dt
import re
from pathlib import Path

import pytest

from ptreach.config import format_clock, load_presets, load_town, parse_window, read_toml
from ptreach.errors import InputError

ROOT = Path(__file__).parents[1]
TOWN = """name = "Ryde high street"
network = "isle-of-wight"
areas = "england-lsoa-2011"
date = 2020-06-16
{more}
[origin]
lon = -1.163224
lat = 50.730015
"""


def town_file(tmp_path, more="", text=TOWN, **replaced):
    """Write a town's file: keys of TOWN replaced by name, lines added before [origin]."""
    text = text.replace("{more}", more)
    for key, value in replaced.items():
        text, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}" if value else "", text)
        assert count == 1, key
    path = tmp_path / "ryde.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path):
    """The one line that says what is wrong with a town's file; it starts with the file's path."""
    with pytest.raises(InputError) as caught:
        load_town(path)
    line = str(caught.value)
    assert line.startswith(str(path))
    assert caught.value.remedy
    return line.removeprefix(str(path))


def test_a_window_is_seconds_after_midnight():
    assert parse_window("07:15-09:15") == (26_100, 33_300)
    assert parse_window(" 7:05-25:00 ") == (25_500, 90_000)


@pytest.mark.parametrize("text", ["", "07:15", "07:15 to 09:15", "7.15-9.15", "07:15-09:15-10:00", 7, None])
def test_a_window_in_other_words_is_refused(text):
    with pytest.raises(ValueError, match="HH:MM-HH:MM"):
        parse_window(text)


@pytest.mark.parametrize("text", ["09:15-07:15", "07:15-07:15", "07:60-09:00", "23:00-01:00"])
def test_a_window_ends_after_it_starts(text):
    with pytest.raises(ValueError, match="past midnight"):
        parse_window(text)


@pytest.mark.parametrize(
    ("seconds", "clock"), [(0, "00:00"), (26_100, "07:15"), (90_000, "25:00"), (59, "00:00")]
)
def test_clock_times_may_pass_midnight(seconds, clock):
    assert format_clock(seconds) == clock


def test_a_town_takes_what_it_does_not_say_from_its_preset(tmp_path):
    town = load_town(town_file(tmp_path))
    assert (town.slug, town.name, town.network, town.areas) == (
        "ryde",
        "Ryde high street",
        "isle-of-wight",
        "england-lsoa-2011",
    )
    assert (town.origin.lon, town.origin.lat) == (-1.163224, 50.730015)
    assert town.preset_name == "am-peak"
    assert town.window_text == "07:15 to 09:15"
    query = town.query
    assert (query.date, query.window_start_s, query.window_end_s) == (dt.date(2020, 6, 16), 26_100, 33_300)
    assert (query.percentiles, query.direction) == ((5, 25, 50, 75, 95), "from")
    assert (query.walk_speed_kph, query.max_walk_min, query.max_time_min, query.max_rides) == (
        4.8,
        20,
        120,
        8,
    )
    assert town.preset.cutoffs_min == (15, 30, 45, 60)


def test_a_town_overrides_its_preset_key_by_key(tmp_path):
    own = """preset = "ubdc"
window = "16:00-18:30"
direction = "to"
cutoffs_min = [20, 40]
walk_speed_kph = 3.6
max_walk_min = 12.5
max_time_min = 90
max_rides = 3
districts = ["E06000046"]"""
    town = load_town(town_file(tmp_path, own))
    assert town.window_text == "16:00 to 18:30"
    assert town.preset.cutoffs_min == (20, 40)
    assert town.districts == ("E06000046",)
    query = town.query
    assert query.percentiles == (25, 50, 75)  # of the preset
    assert (query.direction, query.walk_speed_kph, query.max_walk_min) == ("to", 3.6, 12.5)
    assert (query.max_time_min, query.max_rides) == (90, 3)


def test_a_file_saved_by_windows_notepad_is_read(tmp_path):
    path = town_file(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_town(path).name == "Ryde high street"


def test_brackets_without_end_are_refused(tmp_path):
    path = tmp_path / "deep.toml"
    path.write_text(f"name = {'[' * 5_000}", encoding="utf-8")
    with pytest.raises(InputError, match="not readable as TOML") as caught:
        load_town(path)
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    ("window", "said"),
    [
        ("[60, 30]", "'[60, 30]' is no window; write HH:MM-HH:MM"),
        ('"23:00-35:00"', "value out of range. End the window by 30:00."),
    ],
)
def test_a_window_that_no_search_can_answer_is_refused_in_its_file(tmp_path, window, said):
    line = refusal(town_file(tmp_path, f"window = {window}"))
    assert line.startswith(", window: ")
    assert said in line


def test_a_folder_can_add_presets_and_replace_shipped_ones(tmp_path):
    (tmp_path / "presets.toml").write_text(
        '[evening]\ntitle = "evening"\nwindow = "17:00-19:00"\n'
        '[am-peak]\ntitle = "our peak"\nwindow = "08:00-09:00"\ncutoffs_min = [30]\n',
        encoding="utf-8",
    )
    assert load_town(town_file(tmp_path)).preset.title == "our peak"
    assert load_town(town_file(tmp_path, 'preset = "evening"')).window_text == "17:00 to 19:00"
    assert load_town(town_file(tmp_path, 'preset = "dft-jts"')).window_text == "07:00 to 10:00"


def test_every_shipped_preset_makes_a_query(tmp_path):
    presets = load_presets()
    assert set(presets) >= {"am-peak", "dft-jts", "ubdc", "ec-ons", "arrive-by-9"}
    for name, preset in presets.items():
        query = load_town(town_file(tmp_path, f'preset = "{name}"')).query
        assert (query.window_start_s, query.window_end_s) == preset.window
        assert preset.title
        assert preset.source


@pytest.mark.parametrize("path", sorted((ROOT / "config").glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_town_can_be_read(path):
    town = load_town(path)
    assert -6.5 < town.origin.lon < 2  # England
    assert 49 < town.origin.lat < 56
    assert (ROOT / "networks" / town.network / "network.toml").is_file()
    assert (ROOT / "networks" / town.areas / "areas.toml").is_file()


def test_a_missing_file_is_named(tmp_path):
    assert refusal(tmp_path / "ryde.toml") == ": no such file. Check the path."


def test_a_folder_is_no_town(tmp_path):
    assert "not readable as TOML" in refusal(tmp_path)


def test_a_file_that_is_no_toml_names_the_line(tmp_path):
    assert "line 1" in refusal(town_file(tmp_path, text="name: Ryde\n"))


def test_a_file_in_another_encoding_is_no_toml(tmp_path):
    path = tmp_path / "ryde.toml"
    path.write_bytes('name = "Rhône"'.encode("cp1252"))
    assert "not readable as TOML" in refusal(path)


def test_a_typing_error_in_a_key_names_the_key_meant(tmp_path):
    line = refusal(town_file(tmp_path, "windw = '07:00-08:00'"))
    assert line == ": unknown key 'windw'. Did you mean 'window'?"


def test_a_typing_error_in_a_nested_key_names_the_key_meant(tmp_path):
    line = refusal(town_file(tmp_path, text=TOWN + "latt = 1\n"))
    assert line == ": unknown key 'origin.latt'. Did you mean 'lat'?"


@pytest.mark.parametrize(("key", "typed"), [("network", "netwerk"), ("date", "dat"), ("lon", "lno")])
def test_a_misspelt_needed_key_is_unknown_rather_than_missing(tmp_path, key, typed):
    line = refusal(town_file(tmp_path, text=re.sub(rf"(?m)^{key} =", f"{typed} =", TOWN)))
    field = f"origin.{typed}" if key == "lon" else typed
    assert line == f": unknown key '{field}'. Did you mean '{key}'?"


def test_an_unknown_key_near_to_none_names_those_known(tmp_path):
    line = refusal(town_file(tmp_path, "zzz = 1"))
    assert "unknown key 'zzz'" in line
    assert "areas, cutoffs_min, date" in line


@pytest.mark.parametrize("key", ["name", "network", "areas", "date", "lon", "lat"])
def test_a_missing_key_is_named(tmp_path, key):
    field = f"origin.{key}" if key in {"lon", "lat"} else key
    where = " below [origin]" if key in {"lon", "lat"} else ""
    assert refusal(town_file(tmp_path, **{key: ""})) == f": key '{field}' is missing. Add {key} = …{where}."


def test_a_missing_table_is_named_by_its_heading(tmp_path):
    line = refusal(town_file(tmp_path, text=TOWN.partition("[origin]")[0]))
    assert line == ": key 'origin' is missing. Add [origin]."


def test_several_faults_are_counted(tmp_path):
    assert "(2 faults in all)" in refusal(town_file(tmp_path, date="'soon'", lon="'west'"))
    assert "(2 faults in all)" in refusal(town_file(tmp_path, name="", lon="'west'"))


def test_all_keys_that_are_missing_are_named_at_once(tmp_path):
    line = refusal(town_file(tmp_path, network="", date="", lon=""))
    named = "keys 'network', 'date', 'origin.lon' are missing"
    assert line == f": {named}. Add network = …, date = …, lon = … below [origin]."


@pytest.mark.parametrize("key", ["walk_speed_kph", "window", "preset"])
def test_a_key_below_the_table_of_the_point_is_told_where_it_belongs(tmp_path, key):
    line = refusal(town_file(tmp_path, text=f"{TOWN}{key} = 4\n"))
    said = "It is no key of [origin]: write it above the first line in square brackets."
    assert line == f": unknown key 'origin.{key}'. {said}"


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("name", '""', "at least 1 character"),
        (
            "network",
            '"Isle of Wight"',
            "'Isle of Wight' is no plain name. Use small letters, digits and hyphens.",
        ),
        ("areas", '"../elsewhere"', "'../elsewhere' is no plain name"),
        ("date", '"16 June"', "'16 June' is no date. Write YYYY-MM-DD, such as 2020-06-16."),
        ("date", "2020-06-16T08:00:00", "'2020-06-16 08:00:00' is no date"),
        ("lon", '"west"', "number"),
        ("lon", "459154.0", "not metres"),
        ("lat", "92600", "not metres"),
        ("lat", "nan", "no degree"),
    ],
)
def test_a_value_of_the_wrong_kind_names_its_key(tmp_path, key, value, said):
    line = refusal(town_file(tmp_path, **{key: value}))
    field = f"origin.{key}" if key in {"lon", "lat"} else key
    assert line.startswith(f", {field}: ")
    assert said in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("window = '09:00-07:00'", ", window: "),
        ("direction = 'there'", ", direction: "),
        ("percentiles = [50, 5]", "percentiles must ascend"),
        ("percentiles = [5, 95]", "percentiles must include 50"),
        ("percentiles = [50, 101]", ", percentiles.1: "),
        ("cutoffs_min = []", "cutoffs_min must ascend"),
        ("cutoffs_min = [30, 15]", "cutoffs_min must ascend"),
        ("cutoffs_min = [60, 121]", "beyond max_time_min = 120"),
        ("max_time_min = 45", "the last cutoff, 60, lies beyond max_time_min = 45"),
        ("max_time_min = 6000", ", max_time_min: "),
        ("walk_speed_kph = 0", ", walk_speed_kph: "),
        ("max_walk_min = -1", ", max_walk_min: "),
        ("max_rides = 0", ", max_rides: "),
        ("districts = 'E06000046'", ", districts: "),
    ],
)
def test_a_value_out_of_range_is_refused(tmp_path, line, said):
    assert said in refusal(town_file(tmp_path, line))


def test_an_unknown_preset_names_those_known(tmp_path):
    line = refusal(town_file(tmp_path, 'preset = "rush"'))
    assert line.startswith(", preset: unknown preset 'rush'. Take one of am-peak, ")
    line = refusal(town_file(tmp_path, 'preset = "am-peek"'))
    assert line.startswith(
        ", preset: unknown preset 'am-peek'. Did you mean 'am-peak'? Else take one of am-peak, "
    )


def test_a_faulty_preset_names_its_file_and_table(tmp_path):
    own = tmp_path / "presets.toml"
    own.write_text('[evening]\ntitle = "evening"\nwindow = "late"\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_presets(tmp_path)
    assert caught.value.where == f"{own}, [evening], window"


def test_read_toml_keeps_dates_dates(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text("date = 2020-06-16\n", encoding="utf-8")
    assert read_toml(path) == {"date": dt.date(2020, 6, 16)}
