"""The question beside the parts: how it is cut, written and read back."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from ptreach.matrix.question import (
    differences,
    points_text,
    question_text,
    read_points_text,
    read_question,
    rows_a_part,
)
from ptreach.model import Points


def texts(question):
    return question_text(question), points_text(question.origins), points_text(question.destinations)


@pytest.mark.parametrize(
    ("destinations_n", "percentiles_n", "rows"),
    # 16 million times a part, in steps of 8, at most 128: 16e6 / (33,755 * 5) = 94.8
    [(1, 1, 128), (1_719, 5, 128), (25_000, 5, 128), (33_755, 5, 88), (33_755, 1, 128), (10_000_000, 5, 8)],
)
def test_parts_are_cut_by_the_question_alone(destinations_n, percentiles_n, rows):
    assert rows_a_part(destinations_n, percentiles_n) == rows


def test_every_origin_is_in_one_part(street):
    question = street.question()
    assert [(part.name, part.first, part.end) for part in question.parts] == [
        ("part-00000.parquet", 0, 128),
        ("part-00001.parquet", 128, 256),
        ("part-00002.parquet", 256, 300),
    ]
    ids = [name for part in question.parts for name in question.part_of(part).ids]
    assert tuple(ids) == question.origins.ids


def test_it_says_where_rows_are(street):
    said = json.loads(question_text(street.question()))
    assert said["engine"] == "raptor"
    assert said["network"] == street.folder.name
    assert (said["date"], said["window_start_s"], said["percentiles"]) == ("2026-10-13", 28_800, [25, 50])
    assert said["origins"]["points"] == 300
    assert said["parts"][1] == {
        "name": "part-00001.parquet",
        "first_row": 128,
        "origins": 128,
        "first_id": "h128",
        "last_id": "h255",
    }


def test_it_is_read_back_whole(street):
    question = street.question(direction="to", max_walk_min=12.5)
    again = read_question(*texts(question))
    assert again._replace(origins=None, destinations=None) == question._replace(
        origins=None, destinations=None
    )
    for end in ("origins", "destinations"):
        there, here = getattr(again, end), getattr(question, end)
        assert there.ids == here.ids
        np.testing.assert_array_equal(there.lon, here.lon)
        np.testing.assert_array_equal(there.lat, here.lat)
    assert texts(again) == texts(question)


def test_awkward_ids_and_all_digits_come_back():
    ids = ("a,b", 'say "hi"', "two\nlines", "two\r\nlines", "Ŵyr", "007", "=1+1", "")
    degrees = np.nextafter(np.linspace(-2, 2, len(ids)), 3)
    points = Points.of(ids, degrees, degrees)
    again = read_points_text(points_text(points))
    assert again.ids == ids
    np.testing.assert_array_equal(again.lon, degrees)
    np.testing.assert_array_equal(again.lat, degrees)
    assert read_points_text(points_text(Points.of((), (), ()))).ids == ()


def test_differences_are_named_with_both_values(street):
    question = street.question()
    text = question_text(question)
    assert differences(text, question) == []
    assert differences(text, question._replace(engine="r5")) == ["engine raptor, not r5"]
    query = dataclasses.replace(question.query, max_rides=3, percentiles=(50,))
    assert differences(text, question._replace(query=query)) == [
        "percentiles [25, 50], not [50]",
        "max_rides 8, not 3",
    ]
    rules = {**question.rules, "days_around": 0}
    assert differences(text, question._replace(rules=rules)) == [
        f"rules days_around {question.rules['days_around']}, not 0"
    ]
    fewer = question._replace(origins=street.question(homes_n=299).origins)
    (points, digest) = differences(text, fewer)
    assert points == "origins points 300, not 299"
    assert digest.startswith("origins sha256 ")


def test_points_that_were_changed_are_refused(street):
    question, origins, destinations = texts(street.question())
    with pytest.raises(ValueError, match="its origins are others"):
        read_question(question, origins.replace("h001", "x001"), destinations)
    with pytest.raises(ValueError, match="its destinations are others"):
        read_question(question, origins, origins)
