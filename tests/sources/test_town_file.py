from __future__ import annotations

import pytest

from ptreach.sources.town_file import plain_name


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("West Bromwich", "west-bromwich"),
        ("King's Lynn & West Norfolk", "kings-lynn-west-norfolk"),
        ("Môr  Ynys", "mor-ynys"),
        ("東京", ""),
    ],
)
def test_what_files_of_a_place_are_called(name, plain):
    assert plain_name(name) == plain
