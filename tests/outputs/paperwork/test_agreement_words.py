import math

import pytest

from ptreach.measures.agreement import Agreement, Apart, Disagreement
from ptreach.outputs.paperwork.agreement_words import HEADER, agreement_words

LIMITS = {"street_m": 300.0, "step_m": 100.0}


def test_the_figure_and_the_zones_that_differ(zones, surroundings):
    words = agreement_words(surroundings.agreement, zones, (15, 30), **LIMITS)
    assert words.sentence == (
        "Of the 3 zones whose point lies where the map is drawn, 2 (66.7%) lie in the band of the map that "
        "their minutes say. Those on which map and table differ:"
    )
    assert words.rows == (
        (
            "E01000002", "Ryde 2", "15.00", "15 to 30 min", "under 15 min",
            "the map runs straight between its points 100 m apart",
        ),
        (
            "E01000003", "Llŷn 3", "29.98", "15 to 30 min", "none",
            "no street within 300 m: the map is not drawn there",
        ),
    )  # fmt: skip
    assert all(len(row) == len(HEADER) for row in words.rows)


def test_where_all_agree_nothing_follows(zones):
    words = agreement_words(Agreement(5, 5, ()), zones, (15, 30), **LIMITS)
    assert words.sentence.endswith("5 (100.0%) lie in the band of the map that their minutes say.")
    assert words.rows == ()


@pytest.mark.parametrize(("zone", "by_table"), [("E01000004", "30 min or more"), ("E01000005", "none")])
def test_a_zone_beyond_the_bands_is_told_from_one_not_reached(zones, zone, by_table):
    apart = Agreement(1, 0, (Disagreement(zone, -1, 0, Apart.OFF_LAND),))
    ((_, _, minutes, table, on_map, why),) = agreement_words(apart, zones, (15, 30), **LIMITS).rows
    assert (table, on_map) == (by_table, "under 15 min")
    assert (minutes == "") == math.isnan(zones["minutes_p50"][int(zone[-1]) - 1])
    assert "off the land" in why


def test_a_map_that_is_drawn_nowhere_has_no_figure(zones):
    words = agreement_words(Agreement(0, 0, ()), zones, (15, 30), **LIMITS)
    assert words.sentence == "No zone's point lies where the map is drawn."
