"""Feeds damaged at random: each is read, or refused by an error that names it; none takes long.

``python tests/sources/test_gtfs_fuzz.py FIRST LAST`` runs any number of cases by hand.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

import town
from ptreach.errors import InputError
from ptreach.sources.cover import Cover
from ptreach.sources.gtfs import Scope, read_timetables
from ptreach.sources.gtfs_write import write_cleaned
from ptreach.sources.repairs import RULES

TABLES = {
    "agency": "agency_id,agency_name,agency_url,agency_timezone\na,Buses,http://example.org,Europe/London\n",
    "stops": (
        "stop_id,stop_code,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "A,1,Aye,51,-2,,S\nB,2,Bee,51.01,-2,,\nC,3,Sea,51.02,-2,0,S\nS,,Station,51.01,-2.01,1,\n"
    ),
    "routes": "route_id,agency_id,route_short_name,route_long_name,route_type\nr,a,1,,3\nq,a,,To the sea,2\n",
    "trips": "trip_id,route_id,service_id,block_id\nt,r,week,1\nu,q,dates,1\nv,r,week,\nf,r,week,\n",
    "stop_times": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
        "t,8:00:00,8:00:00,A,0,0,1\nt,,,B,1,0,0\nt,8:10:00,8:11:00,C,2,1,0\n"
        "u,23:50:00,23:50:00,C,1,,\nu,24:10:00,24:10:00,A,2,,\n"
        "v,9:00:00,9:00:00,A,5,,\nv,9:10:00,9:10:00,B,6,,\nf,7:00:00,7:00:00,A,1,,\nf,7:05:00,7:05:00,B,2,,\n"
    ),
    "calendar": town.CALENDAR.replace("weekdays", "week"),
    "calendar_dates": "service_id,date,exception_type\ndates,20261013,1\nweek,20261014,2\n",
    "frequencies": "trip_id,start_time,end_time,headway_secs,exact_times\nf,7:00:00,8:00:00,1200,1\n",
    "transfers": "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nA,B,2,120\nS,S,3,\n",
}
CELLS = (
    *(
        "",
        " ",
        "0",
        "1",
        "-1",
        "3",
        "51,5",
        "1e309",
        "NaN",
        "inf",
        "-inf",
        "٣",
        "0x10",
        "1_000",
        "1e9",
        "2.5",
    ),
    *("99999999999999999999", "-2147483649", "1e-320", "True", "null", "NA", "None", "A", "t", "r", "week"),
    *(
        "99:99:99",
        "24:00:00",
        "-08:00:00",
        "8:00",
        "800:00:00",
        "٠٨:00:00",
        "00000000",
        "20260230",
        "99991231",
    ),
    *(
        "19000101",
        "21000101",
        "20261013",
        "\x00",
        "\ufeff",
        "\u200b",
        "é" * 50,
        "x" * 5_000,
        '"',
        "'",
        ";",
        "\t",
    ),
    *(
        "=1+1",
        "../../etc/passwd",
        "/abs",
        "\\",
        "Europe/Nowhere",
        "UTC",
        "a\x1fb",
        "\u2028",
        "\x85",
        "\r",
        "\n",
    ),
)
NAMES = (
    *("Stops.txt", "STOPS.TXT", "../stops.txt", "/stops.txt", "a/b/stops.txt", "stops.txt", "trips.txt", "x"),
    *(
        "STOP_TIMES.TXT",
        "a\\stops.txt",
        "stops.txt ",
        "feed.zip",
        "\u2028.txt",
        "stop_times.csv",
        "agency.txt",
    ),
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1", "utf-32")


def packed(tables, rng):
    """A zip of tables under names, some of them odd."""
    target = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if rng.random() < 0.7 else zipfile.ZIP_STORED
    with zipfile.ZipFile(target, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, content in tables:
            archive.writestr(name, content)
    return target.getvalue()


def pick(rng, choices):
    """One of some choices."""
    return choices[int(rng.integers(len(choices)))]


def with_odd_cells(text, rng):
    """A table with some cells, rows or marks changed."""
    rows = [line.split(",") for line in text.splitlines()] or [[""]]
    for _ in range(int(rng.integers(1, 6))):
        at = int(rng.integers(len(rows)))
        kind = rng.integers(9)
        if kind < 4:
            rows[at][int(rng.integers(len(rows[at])))] = pick(rng, CELLS)
        elif kind == 4:
            rows.insert(at, list(pick(rng, rows)))
        elif kind == 5 and len(rows) > 1:
            del rows[at]
        elif kind == 6:
            rows[at] = rows[at][: int(rng.integers(len(rows[at]) + 1))] or [""]
        elif kind == 7:
            rows[at] += [pick(rng, CELLS)] * int(rng.integers(1, 3))
        else:
            rows[at] = [cell.upper() for cell in rows[at]]
    mark = pick(rng, [","] * 12 + [";", "\t", "|", ", ", "^"])
    end = pick(rng, ["\n"] * 12 + ["\r\n", "\r", "\n\n", ""])
    return end.join(mark.join(row) for row in rows) + pick(rng, ["\n"] * 12 + ["", '"', "\x00"])


def damaged_bytes(content, rng):
    """Bytes with some changed, cut out, put in or repeated."""
    content = bytearray(content)
    for _ in range(int(rng.integers(1, 6))):
        if not content:
            break
        at = int(rng.integers(len(content)))
        kind = rng.integers(5)
        if kind < 2:
            content[at] = int(rng.integers(256))
        elif kind == 2:
            del content[at : at + int(rng.integers(1, 40))]
        elif kind == 3:
            content[at:at] = rng.bytes(int(rng.integers(1, 20)))
        else:
            content[at : at + 4] = pick(rng, [b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff"])
    return bytes(content)


def case(seed):
    """The bytes of a damaged feed, and what is asked of it."""
    rng = np.random.default_rng(seed)
    texts = dict(TABLES)
    for _ in range(int(rng.integers(0, 4))):
        name = pick(rng, list(texts))
        texts[name] = with_odd_cells(texts[name], rng)
    if rng.random() < 0.1:
        one, other = pick(rng, list(texts)), pick(rng, list(texts))
        texts[one], texts[other] = texts[other], texts[one]
    if rng.random() < 0.15:
        texts[pick(rng, list(texts))] = pick(rng, ["", "\n", "x", "stop_id\n", ",,,\n,,,\n", '"', "\ufeff"])
    tables = []
    for name, text in texts.items():
        encoding = pick(rng, ENCODINGS) if rng.random() < 0.03 else "utf-8"
        data = text.encode(encoding, "replace")
        tables.append((f"{name}.txt", damaged_bytes(data, rng) if rng.random() < 0.03 else data))
    if rng.random() < 0.1:
        del tables[int(rng.integers(len(tables)))]
    if rng.random() < 0.15:
        at = int(rng.integers(len(tables)))
        tables.insert(at, (pick(rng, NAMES), tables[at][1]))
    if rng.random() < 0.1:
        tables = [(f"gtfs/{name}", data) for name, data in tables]
    content = packed(tables, rng)
    if rng.random() < 0.1:
        content = packed([("inner.zip", content)], rng)
    if rng.random() < 0.2:
        content = damaged_bytes(content, rng)
    scope = Scope(
        Cover.of_box(-2.1, 50.9, -1.9, 51.015) if rng.random() < 0.2 else None,
        (town.TUESDAY, town.TUESDAY) if rng.random() < 0.2 else None,
    )
    off = frozenset(pick(rng, list(RULES)) for _ in range(int(rng.integers(0, 3))))
    return content, scope, off


def ended(seed, folder):
    """How the reading of a damaged feed ended: what was refused, or an empty text."""
    content, scope, off = case(seed)
    path = folder / "bus.zip"
    path.write_bytes(content)
    try:
        t = read_timetables([path], scope, off)
    except InputError as error:
        refused = error
    else:
        refused = None
    if refused:
        assert "bus.zip" in refused.where, refused
        assert refused.remedy, refused
        return refused.what
    sound(t)
    if not off and seed % 4 == 0:
        again = read_timetables(write_cleaned(t, folder / "cleaned"))
        assert again.repairs == ()
        assert again.trip_ids == t.trip_ids
        assert again.stop_ids == t.stop_ids
        assert np.array_equal(again.call_arrival_s, t.call_arrival_s)
        assert np.array_equal(again.service_days, t.service_days)
    return ""


def sound(t):
    """Hold what later stages build on."""
    calls, trips, stops = t.call_stop.size, len(t.trip_ids), len(t.stop_ids)
    assert t.trip_start[0] == 0
    assert t.trip_start[-1] == calls
    assert (np.diff(t.trip_start) >= 2).all()
    assert len(set(t.trip_ids)) == trips > 0
    assert len(set(t.stop_ids)) == stops
    assert t.call_stop.min() >= 0
    assert t.call_stop.max() < stops
    assert (t.call_arrival_s >= 0).all()
    assert (t.call_departure_s >= t.call_arrival_s).all()
    ahead = t.call_arrival_s[1:] >= t.call_departure_s[:-1]
    ahead[t.trip_start[1:-1] - 1] = True
    assert ahead.all()
    assert np.isfinite(t.stop_lon).all()
    assert np.isfinite(t.stop_lat).all()
    assert len(t.route_names) == t.route_mode.size == t.route_agency.size
    assert 0 <= t.trip_route.min() <= t.trip_route.max() < len(t.route_names)
    assert t.trip_service.max() < t.service_days.shape[0]
    assert t.service_days.any()
    assert all(repair.count > 0 and repair.example.startswith("bus.zip, ") for repair in t.repairs)


@pytest.mark.parametrize("part", range(4))
def test_damaged_feeds_are_read_or_refused(tmp_path, part):
    ends = [ended(seed, tmp_path) for seed in range(part, 400, 4)]
    # neither all refused nor all read
    assert 10 < ends.count("") < 90


def main():
    """Run cases and print those that end in a fault or take long."""
    warnings.simplefilter("error")
    first, last = map(int, sys.argv[1:])
    read_n = 0
    with tempfile.TemporaryDirectory() as name:
        for seed in range(first, last):
            began = time.process_time()
            try:
                read_n += not ended(seed, Path(name))
            except Exception:  # noqa: BLE001  whatever it is, it is what is looked for
                print(f"FAULT in case {seed}\n{traceback.format_exc()}", flush=True)
            if seed % 5_000 == 0:
                print(f"case {seed}, {read_n} read so far", flush=True)
            if time.process_time() - began > 5:
                print(f"SLOW case {seed} took {time.process_time() - began:.1f} s", flush=True)
    print(f"cases {first} to {last}: {read_n} read, the others refused")


if __name__ == "__main__":
    main()
