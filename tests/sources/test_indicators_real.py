"""Real tables: the census as Nomis ships it, compact tables of all England, the register of schools."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ptreach.errors import InputError
from ptreach.measures.editions import carry
from ptreach.sources.indicators.load import load_indicators
from ptreach.sources.recipe import AreasRecipe, IndicatorColumn
from ptreach.sources.schools import read_register, read_schools, zones_of_schools
from ptreach.sources.tables import parse_csv
from zone_tables import KNOWN, csv

SHARED = Path(__file__).parents[2] / "../shared/data"
ENGLAND, OFFICIAL = SHARED / "england", SHARED / "official"
ZIP = OFFICIAL / "census2021-ts067.zip"
COMPACT = {
    "ts067": "census2021_ts067_lsoa21_england.parquet",
    "ts030": "census2021_ts030_lsoa21_england.parquet",
    "ts021": "census2021_ts021_ethnicity5_lsoa21_england.parquet",
    "ts062": "census2021_ts062_lsoa21_england.parquet",
    "ts011": "census2021_ts011_household_deprivation_lsoa21_england.parquet",
    "ts038": "census2021_ts038_disability_lsoa21_england.parquet",
    "ages": "census2021_age_bands_lsoa21_england.parquet",
}
REGISTER = ENGLAND / "gias_open_schools_2025-05_england.parquet"
FILES = {
    2021: ("lsoa2021_boundaries_simpl40m_england_27700.parquet", "iod2025_lsoa21_england_compact.parquet"),
    2011: ("lsoa2011_boundaries_simpl40m_england_27700.parquet", "iod2019_lsoa11_england_compact.parquet"),
}

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not ZIP.is_file(), reason="../shared is absent"),
]


def home(folder, year, *paths, schools=False, population=False):
    """A recipe of an edition with real tables, and the codes of its zones."""
    (folder / "sources").mkdir(exist_ok=True)
    boundaries, deprivation = (ENGLAND / name for name in FILES[year])
    listed = [("centroids", Path("c.csv")), ("boundaries", boundaries), ("deprivation", deprivation)]
    listed += [("indicators", path) for path in paths] + [("schools", REGISTER)] * schools
    listed += [("population", ENGLAND / "population_mid2020_single_year_lsoa11_england.parquet")] * population
    for _, path in listed:
        if path.is_file() and path.parent != folder / "sources":
            shutil.copyfile(path, folder / "sources" / path.name)
    recipe = AreasRecipe.model_validate(
        {
            "name": "england",
            "title": "England",
            "edition": f"LSOA {year}",
            "id_column": f"lsoa{year % 100}cd",
            "deprivation_title": "IoD",
            "population_title": "mid-2020",
            "sources": [{"kind": kind, "file": path.name, **KNOWN} for kind, path in listed],
        }
    )
    table = pd.read_parquet(deprivation)
    return recipe, folder, table.iloc[:, 0].tolist(), table


def raw(name):
    """A compact table by code."""
    table = pd.read_parquet(ENGLAND / COMPACT[name])
    return table.set_index(next(name for name in table.columns if name in {"lsoa21cd", "lsoa21_code"}))


@pytest.fixture(scope="module")
def england(tmp_path_factory):
    paths = [ENGLAND / name for key, name in COMPACT.items() if key != "ts067"]
    recipe, folder, codes, table = home(tmp_path_factory.mktemp("england"), 2021, *paths, ZIP)
    return load_indicators(recipe, folder, codes), table


def test_the_publishers_zip_is_the_compact_table_cell_by_cell():
    import zipfile

    with zipfile.ZipFile(ZIP) as archive:
        official = parse_csv(archive.read("census2021-ts067-lsoa.csv"), "official")
    assert len(official) == 35_672
    official = official.set_index("geography code")
    topic = "highest level of qualification: "
    counts = official[[name for name in official.columns if name.startswith(topic)]].astype(int)
    compact = raw("ts067").drop(columns="lsoa21nm")
    assert counts.loc["E01000001"].tolist() == [1353, 32, 27, 53, 12, 86, 1127, 16]
    assert len(compact) == 33_755
    assert [name.removeprefix(topic) for name in counts.columns] == [name.lower() for name in compact.columns]
    np.testing.assert_array_equal(counts.loc[compact.index], compact)


def test_shares_of_the_zip_are_those_of_the_compact_table(tmp_path, england):
    recipe, folder, codes, _ = home(tmp_path, 2021, ENGLAND / COMPACT["ts067"])
    compact = load_indicators(recipe, folder, codes).frame
    found, _ = england
    for name in ("no_qualifications", "level_4_plus"):
        np.testing.assert_array_equal(found.frame[name], compact[name])
    assert found.frame.loc["E01000001", "no_qualifications"] == pytest.approx(100 * 32 / 1353)
    assert found.frame.loc["E01000001", "level_4_plus"] == pytest.approx(100 * 1127 / 1353)


def test_every_zone_of_england_has_every_figure(england):
    found, _ = england
    assert found.frame.shape == (33_755, 28)
    assert found.frame.notna().all(axis=None)
    shares = found.frame[[one.name for one in found.indicators if one.unit == "%"]]
    assert shares.min().min() >= 0
    assert shares.max().max() <= 100
    # England in per cent of people, as the first releases of the census gave it.
    for name, topic, share in (
        ("no_qualifications", "ts067", 18.1),
        ("level_4_plus", "ts067", 33.9),
        ("muslim", "ts030", 6.7),
        ("disabled", "ts038", 17.3),
    ):
        table = raw(topic)
        total = next((column for column in table.columns if column.startswith("Total")), None)
        people = table[total] if total else table.sum(axis=1)
        values = found.frame[name].reindex(people.index)
        assert (values * people).sum() / people.sum() == pytest.approx(share, abs=0.06), name


def test_sandwell_adds_up_to_its_row_of_the_districts(england):
    """Cells are perturbed, so LSOAs do not add up to the district exactly."""
    import zipfile

    found, table = england
    with zipfile.ZipFile(ZIP) as archive:
        districts = parse_csv(archive.read("census2021-ts067-ltla.csv"), "ltla").set_index("geography code")
    row = districts.loc["E08000028"].drop(["date", "geography"]).astype(int)
    zones = table.loc[table["ltla24_name"] == "Sandwell", "lsoa21_code"]
    assert len(zones) == 190
    total = raw("ts067").loc[zones, "Total: All usual residents aged 16 years and over"]
    assert total.sum() == pytest.approx(row.iloc[0], abs=200)
    for place, name in ((1, "no_qualifications"), (6, "level_4_plus")):
        people = (found.frame.loc[zones, name] / 100 * total).sum()
        assert people == pytest.approx(row.iloc[place], abs=200)
        assert people / total.sum() == pytest.approx(row.iloc[place] / row.iloc[0], abs=0.002)


def test_figures_go_together_as_they_are_known_to(england):
    found, _ = england
    related = found.frame.corr(method="spearman")["imd_score"]
    assert related["income_deprived"] > 0.9
    assert related["no_qualifications"] > 0.5
    assert related["households_deprived_2_plus"] > 0.8
    assert related["households_not_deprived"] < -0.8


def test_a_census_of_2021_is_not_of_2011(tmp_path):
    recipe, folder, codes, _ = home(tmp_path, 2011, ZIP)
    with pytest.raises(InputError, match=r"lsoa\.csv: holds zones of LSOA 2021 .* not of LSOA 2011"):
        load_indicators(recipe, folder, codes)
    recipe, folder, codes, _ = home(tmp_path, 2011, ENGLAND / COMPACT["ts011"])
    with pytest.raises(
        InputError, match=r"holds zones of LSOA 2021 \(column 'lsoa21_code'\), not of LSOA 2011"
    ):
        load_indicators(recipe, folder, codes)


def test_codes_of_2011_under_no_edition_are_not_of_2021(tmp_path):
    """Three zones of Hartlepool: of 2011, one of them split in 2021."""
    lookup = pd.read_parquet(ENGLAND / "lookup_lsoa11_lsoa21_ltla22_england.parquet")
    gone = lookup.loc[lookup["change_code"] == "S", "lsoa11_code"].iloc[0]
    path = tmp_path / "own.csv"
    path.write_text(csv(["code", "Parks"], ["E01011949", 1], ["E01011950", 2], [gone, 3]))
    recipe, folder, codes, _ = home(tmp_path, 2021, path)
    with pytest.raises(
        InputError, match=rf"holds zones of LSOA 2011 \(1 codes such as {gone}\), not of LSOA 2021"
    ):
        load_indicators(recipe, folder, codes)


def test_codes_that_both_editions_know_are_the_same_zone():
    """What the detection of editions rests on."""
    lookup = pd.read_parquet(ENGLAND / "lookup_lsoa11_lsoa21_ltla22_england.parquet")
    both = set(lookup["lsoa11_code"]) & set(lookup["lsoa21_code"])
    same = lookup[lookup["change_code"] == "U"]
    assert (same["lsoa11_code"] == same["lsoa21_code"]).all()
    assert both == set(same["lsoa11_code"])
    assert max(lookup["lsoa11_code"]) == "E01033768"
    assert min(set(lookup["lsoa21_code"]) - both) == "E01033769"


def test_ages_of_2011_come_from_single_years(tmp_path):
    recipe, folder, codes, _ = home(tmp_path, 2011, population=True)
    found = load_indicators(recipe, folder, codes)
    people = pd.read_parquet(ENGLAND / "population_mid2020_single_year_lsoa11_england.parquet")
    people = people.set_index("lsoa11_code").loc[found.frame.index]
    old = people[[str(age) for age in range(65, 90)] + ["90+"]].sum(axis=1)
    np.testing.assert_allclose(found.frame["older_people"], 100 * old / people["total_population"])
    children = people[[str(age) for age in range(16)]].sum(axis=1)
    np.testing.assert_allclose(found.frame["children"], 100 * children / people["total_population"])


def test_the_register_of_schools():
    schools = read_schools(REGISTER)
    assert len(schools) == 27_153
    table = pd.read_parquet(REGISTER)
    assert schools["urn"].is_unique
    # 531 have no coordinates, 88 have zeros.
    assert schools["lon"].isna().sum() == 619
    degrees = table.assign(urn=table["urn"].astype(int).astype(str)).set_index("urn").loc[schools["urn"]]
    placed = schools["lon"].notna().to_numpy()
    np.testing.assert_allclose(schools["lon"][placed], degrees["longitude"][placed], atol=1e-6)
    np.testing.assert_allclose(schools["lat"][placed], degrees["latitude"][placed], atol=1e-6)


def test_codes_of_the_register_are_of_2021_and_places_agree_with_them(tmp_path):
    register = read_register(REGISTER)
    _, folder, codes, _ = home(tmp_path, 2021)
    zones, by_place = zones_of_schools(register, codes, tmp_path / "none", "lsoa21cd", "LSOA 2021")
    assert not by_place
    assert zones.notna().sum() == 25_132
    # For 2011 the schools in zones that were redrawn go by their places.
    _, folder, codes, _ = home(tmp_path, 2011)
    before, by_place = zones_of_schools(
        register, codes, folder / "sources" / FILES[2011][0], "lsoa11cd", "LSOA 2011"
    )
    assert by_place
    assert before.notna().sum() > 25_100
    lookup = pd.read_parquet(ENGLAND / "lookup_lsoa11_lsoa21_ltla22_england.parquet")
    pairs = set(zip(lookup["lsoa11_code"], lookup["lsoa21_code"], strict=True))
    both = zones.notna() & before.notna()
    right = pd.Series([pair in pairs for pair in zip(before[both], zones[both], strict=True)])
    redrawn = (before[both] != zones[both]).to_numpy()
    assert right[~redrawn].all()
    # Boundaries are simplified to 40 m, and a few schools are said to stand outside the zone of their code.
    assert redrawn.sum() > 1_000
    assert right[redrawn].mean() > 0.9


def test_a_count_of_2011_adds_up_to_the_same_in_2021_but_for_redrawn_zones(tmp_path):
    """The people of mid-2020, by LSOA 2011, as a user's own count in a recipe of 2021."""
    lookup = ENGLAND / "lookup_lsoa11_lsoa21_ltla22_england.parquet"
    people = pd.read_parquet(ENGLAND / "population_mid2020_single_year_lsoa11_england.parquet")
    path = tmp_path / "own.csv"
    people[["lsoa11_code", "total_population"]].to_csv(path, index=False)
    recipe, folder, codes, _ = home(tmp_path, 2021, path, ENGLAND / COMPACT["ages"])
    own = recipe.sources[-2].model_copy(
        update={"columns": (IndicatorColumn(column="total_population", name="mid_2020", adds_up=True),)}
    )
    shutil.copyfile(lookup, folder / "sources" / lookup.name)
    editions = recipe.sources[-1].model_copy(update={"kind": "editions", "file": lookup.name})
    recipe = recipe.model_copy(update={"sources": (*recipe.sources[:-2], own, recipe.sources[-1], editions)})
    found = load_indicators(recipe, folder, codes, carry=carry)
    values = found.frame["mid_2020"]
    pairs = pd.read_parquet(lookup)
    redrawn = set(pairs.loc[pairs["change_code"] == "X", "lsoa21_code"])
    assert set(values.index[values.isna()]) == redrawn
    by_old = people.set_index("lsoa11_code")["total_population"]
    gone = by_old.reindex(sorted(set(pairs.loc[pairs["change_code"] == "X", "lsoa11_code"]))).sum()
    assert values.sum() == pytest.approx(by_old.sum() - gone)
    changed = len(set(pairs.loc[pairs["change_code"] != "U", "lsoa21_code"]))
    assert f"{changed / len(codes):.1%} of zones, with " in found.notes[0]
