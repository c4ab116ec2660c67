from __future__ import annotations

from types import SimpleNamespace

from ptreach.outputs.facts import AreasFacts

SAID = ("name", "title", "edition", "id_column", "deprivation_title", "population_title", "point")


def test_what_was_done_to_tables_of_zones_and_of_indicators_is_told():
    areas = SimpleNamespace(**dict.fromkeys(SAID, "x"), pensioners_from=65, notes=("people.csv was carried",))
    correlations = SimpleNamespace(notes=("claimants.csv was carried",))
    assert AreasFacts.of(areas).notes == ("people.csv was carried",)
    assert AreasFacts.of(areas, correlations).notes == (
        "people.csv was carried",
        "claimants.csv was carried",
    )
