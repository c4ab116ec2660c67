"""Tables of feeds are those that gtfs-kit reads, cell by cell; but nothing in them is taken for missing."""

from __future__ import annotations

from pathlib import Path

import gtfs_kit
import pandas as pd
import pytest

import town
from ptreach.sources.demo import write_demo
from ptreach.sources.gtfs_files import open_feed
from ptreach.sources.gtfs_tables import read_table
from ptreach.sources.repairs import Ledger

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
REAL = sorted([*DATA.glob("isle-of-wight/*.zip"), *DATA.glob("rhein-neckar/*.zip")])


def tables_of(path):
    """All tables of a feed that have rows, as they are read; nothing may have to be mended."""
    ledger = Ledger()
    pages = ledger.of("feed", path)
    with open_feed(path, pages) as files:
        tables = {name: read_table(files, name, pages) for name in files.tables}
    assert ledger.repairs == ()
    return {name: table for name, table in tables.items() if len(table)}


def same_cells(path):
    """Compare all tables of a feed with gtfs-kit's; return the number of cells compared."""
    ours, theirs = tables_of(path), gtfs_kit.read_feed(path, dist_units="m")
    cells_n = 0
    for name, table in ours.items():
        other = getattr(theirs, name)
        assert len(other) == len(table)
        for column in table:
            text, value = table[column].astype(object), other[column]
            assert (text.isna().to_numpy() == value.isna().to_numpy()).all()
            if pd.api.types.is_numeric_dtype(value):
                assert (pd.to_numeric(text).dropna().to_numpy() == value.dropna().to_numpy(float)).all()
            else:
                assert (text.dropna().to_numpy() == value.dropna().astype(str).str.strip().to_numpy()).all()
            cells_n += len(table)
    return cells_n


@pytest.mark.real
@pytest.mark.skipif(not REAL, reason=f"real data absent: {DATA}")
def test_real_feeds_are_read_as_gtfs_kit_reads_them():
    assert sum(same_cells(path) for path in REAL) > 3_000_000


def test_the_made_up_feeds_are_read_as_gtfs_kit_reads_them(tmp_path):
    write_demo(tmp_path)
    feeds = sorted(tmp_path.glob("networks/demo-town/sources/*.zip"))
    assert len(feeds) == 3
    assert sum(map(same_cells, feeds)) > 200_000


def test_ids_that_gtfs_kit_takes_for_missing_are_kept(tmp_path):
    feed = town.write_feed(
        tmp_path / "feed.zip",
        stops=town.stops_text(NA=(0, 0), null=(500, 0), B=(900, 0)),
        **town.trips_texts([("nan", "weekdays", [("NA", "8:00:00"), ("null", "8:05:00")])]),
    )
    assert gtfs_kit.read_feed(feed, dist_units="m").stops["stop_id"].isna().sum() == 2
    ours = tables_of(feed)
    assert list(ours["stops"]["stop_id"]) == ["NA", "null", "B"]
    assert list(ours["trips"]["trip_id"]) == ["nan"]
