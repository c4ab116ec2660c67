"""Indicators of the towns of a run: tables are read for the first, and again where that would tell more."""

from __future__ import annotations

import os

import pandas as pd
import pytest

from ptreach.measures.editions import carry
from ptreach.sources.indicators import load as module
from ptreach.sources.indicators.load import load_indicators
from zone_tables import GONE, OLD, ZONES, csv, home, pairs

LONG_AGO_S = 1_592_265_600


def claimants(counts, codes=ZONES):
    return csv(["GEOGRAPHY_CODE", "OBS_VALUE"], *zip(codes, counts, strict=True))


@pytest.fixture
def reads(monkeypatch):
    """How often the tables of a recipe were read."""
    done = []
    whole = module._whole

    def counted(*args):
        done.append(args[3])
        return whole(*args)

    monkeypatch.setattr(module, "_whole", counted)
    return done


def old(folder):
    """Make files look as old as those of a network are."""
    for path in (folder / "sources").iterdir():
        os.utime(path, (LONG_AGO_S, LONG_AGO_S))


def test_the_next_town_has_its_own_zones_of_what_was_read_for_the_first(tmp_path, reads):
    recipe = home(tmp_path, ("c.csv", claimants([15, 30, 0, 45, 20, 7])))
    old(tmp_path)
    first = load_indicators(recipe, tmp_path, ZONES[:2])
    second = load_indicators(recipe, tmp_path, ZONES[1:], carry=None)
    assert len(reads) == 1
    assert first.frame["claimants"].tolist() == [15, 30]
    assert second.frame["claimants"].tolist() == [30, 0, 45, 20, 7]
    module._WHOLE.__init__()
    pd.testing.assert_frame_equal(load_indicators(recipe, tmp_path, ZONES[1:]).frame, second.frame)
    assert len(reads) == 2


def test_a_table_that_is_new_or_was_just_written_is_read_again(tmp_path, reads):
    recipe = home(tmp_path, ("c.csv", claimants([15, 30, 0, 45, 20, 7])))
    load_indicators(recipe, tmp_path, ZONES)
    load_indicators(recipe, tmp_path, ZONES)
    assert len(reads) == 2  # within the second in which it was written it may change unseen
    old(tmp_path)
    load_indicators(recipe, tmp_path, ZONES)
    (tmp_path / "sources" / "c.csv").write_bytes(claimants([1, 2, 3, 4, 5, 6]).encode())
    assert load_indicators(recipe, tmp_path, ZONES).frame["claimants"].tolist() == [1, 2, 3, 4, 5, 6]
    assert len(reads) == 4


def test_what_is_told_of_tables_that_were_carried_over_is_told_of_each_town(tmp_path, reads):
    recipe = home(tmp_path, ("c.csv", claimants([15, 30, 0, 45, 20], (*OLD, GONE))), editions=pairs())
    old(tmp_path)
    notes = [load_indicators(recipe, tmp_path, zones, carry=carry).notes for zones in (ZONES, ZONES[:2])]
    assert len(reads) == 2
    assert notes[0] != notes[1]


def test_zones_that_no_table_has_are_asked_for_anew(tmp_path, reads):
    recipe = home(tmp_path, ("c.csv", claimants([15, 30, 0, 45, 20, 7])))
    old(tmp_path)
    load_indicators(recipe, tmp_path, ZONES)
    assert load_indicators(recipe, tmp_path, [*ZONES, "E01009999"]).frame["claimants"].isna().sum() == 1
    assert len(reads) == 2
