"""Packs of a made-up town, as far as they are compared, and a comparison of two of them."""

import dataclasses
import json

import pytest

from ptreach.outputs.comparison.packs import compare_packs, read_pack
from ptreach.outputs.layers.exchange import write_geoparquet
from ptreach.outputs.layers.frames import zone_layer
from ptreach.outputs.paperwork.manifest import NAME, write_manifest

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def pack(tmp_path, town, zones, isochrones, facts):
    """Write a pack's layer of zones and manifest, with other zones, town or facts; returns its folder."""

    def write(name, *, change=None, of_town=None, of_facts=None):
        folder = tmp_path / name
        (folder / "layers").mkdir(parents=True)
        table = zones.copy()
        if change is not None:
            table = change(table)
        a_town = town.model_copy(update=of_town or {})
        its_facts = dataclasses.replace(facts, **(of_facts or {}))
        layer = zone_layer(table, a_town.preset.cutoffs_min, its_facts.areas, made_up=its_facts.made_up)
        write_geoparquet(folder / "layers" / f"{a_town.slug}-zones.parquet", layer)
        write_manifest(folder, town=a_town, zones=table, isochrones=isochrones, facts=its_facts)
        return folder

    return write


@pytest.fixture
def edit_manifest():
    """Change what a pack's manifest says."""

    def edit(folder, change):
        content = json.loads((folder / NAME).read_text(encoding="utf-8"))
        change(content)
        (folder / NAME).write_text(json.dumps(content), encoding="utf-8")

    return edit


def after(zones):
    """The first zone 2 minutes later, over a cutoff; the fourth 20 sooner; the third lost, the last won."""
    zones = zones.assign(zone_name=["Ryde 1", HOSTILE, "Llŷn 3", "Ryde 4", "Ryde 5"])
    zones["minutes_p50"] += [2, 0, 0, -20, 0]
    zones.loc[2, ["minutes_p50", "reason"]] = [float("nan"), "no service"]
    zones.loc[4, ["minutes_p50", "reason"]] = [61.0, "reached"]
    return zones


@pytest.fixture
def report(pack):
    def first(zones):
        return zones.assign(zone_name=["Ryde 1", HOSTILE, "Llŷn 3", "Ryde 4", "Ryde 5"])

    return compare_packs(read_pack(pack("before", change=first)), read_pack(pack("after", change=after)))
