"""A query in R5's words: exactly, or refused with the reason."""

import dataclasses
import datetime as dt

import pytest

import town
from ptreach.engine.r5 import arguments_of, command_line
from ptreach.engine.r5_ask import (
    Ask,
    Task,
    blocks_of,
    departure_tasks,
    percentile_tasks,
    read_ask,
    require_answerable,
    write_ask,
)
from ptreach.errors import InputError

ASK = Ask(
    "s.osm.pbf", ["b.zip"], "r5.jar", "kept", 900, 4.8, 20, 120, 8, [Task(0, 1, "2026-10-13T08:00", 30, [50])]
)


def test_every_part_of_a_query_is_said_in_the_units_of_r5py():
    ask = ASK._replace(walk_speed_kph=4.5, max_walk_min=15, max_time_min=90, max_rides=3)
    (task,) = percentile_tasks((0, 7), town.query("07:15-09:15", percentiles=(5, 50)))
    assert arguments_of(ask, task) == {
        "departure": dt.datetime(2026, 10, 13, 7, 15),  # noqa: DTZ001  r5py takes none
        "departure_time_window": dt.timedelta(hours=2),
        "percentiles": [5, 50],
        "transport_modes": ["TRANSIT"],
        "access_modes": ["WALK"],
        "speed_walking": 4.5,
        "max_time": dt.timedelta(minutes=90),
        "max_time_walking": dt.timedelta(minutes=15),
        "max_public_transport_rides": 3,
    }


def test_a_walking_limit_beyond_the_longest_journey_does_not_lengthen_it():
    arguments = arguments_of(ASK._replace(max_walk_min=60, max_time_min=45), ASK.tasks[0])
    assert arguments["max_time"] == arguments["max_time_walking"] == dt.timedelta(minutes=45)


def test_more_than_five_percentiles_are_asked_for_in_turns():
    percentiles = (1, 5, 10, 25, 50, 75, 90, 95, 99, 100, 2)[:10]
    query = town.query(percentiles=percentiles)
    tasks = percentile_tasks((3, 9), query)
    assert [task.percentiles for task in tasks] == [[1, 5, 10, 25, 50], [75, 90, 95, 99, 100]]
    assert {(task.first, task.last, task.window_min) for task in tasks} == {(3, 9, 30)}


def test_each_departure_is_a_window_of_a_minute():
    tasks = departure_tasks((0, 2), town.query("23:59-24:02"))
    assert [(task.departure, task.window_min) for task in tasks] == [
        ("2026-10-13T23:59", 1),
        ("2026-10-14T00:00", 1),
        ("2026-10-14T00:01", 1),
    ]


def test_blocks_are_of_whole_rows_and_bounded_cells():
    assert blocks_of(250, 10) == [(0, 100), (100, 200), (200, 250)]
    assert blocks_of(3, 300_000) == [(0, 1), (1, 2), (2, 3)]
    assert blocks_of(0, 5) == []


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"direction": "to"}, "direction", "departure only"),
        ({"window_start_s": 86_400, "window_end_s": 90_000}, "window", "after midnight"),
        ({"window_start_s": 8 * 3600 + 30}, "window", "on a minute"),
        ({"max_walk_min": 12.5}, "max_walk_min", "whole minutes"),
        ({"max_time_min": 0.5}, "max_time_min", "whole minutes"),
    ],
)
def test_what_r5_cannot_be_asked_is_refused_with_the_reason(changes, field, why):
    require_answerable(town.query())
    with pytest.raises(InputError, match=why) as caught:
        require_answerable(dataclasses.replace(town.query(), **changes))
    assert caught.value.where == f"query, {field}"
    assert caught.value.remedy


def test_an_ask_survives_its_file(tmp_path):
    write_ask(ASK, tmp_path)
    assert read_ask(tmp_path) == ASK


def test_the_command_line_is_the_childs_own(tmp_path):
    line = ["r5py", "--max-memory", "900M", "--temporary-directory", str(tmp_path / "tmp")]
    assert command_line(ASK, tmp_path) == [*line, "--r5-classpath", "r5.jar"]
    assert "--r5-classpath" not in command_line(ASK._replace(jar=""), tmp_path)
