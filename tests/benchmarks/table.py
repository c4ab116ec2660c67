"""Print the figures that `make bench` has written: one table of places, one of growth."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def places(results: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a place."""
    rows: dict[str, dict[str, Any]] = {}
    for result in results:
        info, least_s = result["extra_info"], result["stats"]["min"]
        if "grows" in info:
            continue
        row = rows.setdefault(info["place"], {"place": info["place"]})
        kind = result["name"].split("[")[0].removeprefix("test_")
        if kind == "query":
            each_s = least_s / info["origins"]
            row |= {
                "origins": info["origins"],
                "threads": info["workers"],
                "ms an origin": 1e3 * each_s,
                "times R5": info["r5_ms"] / (1e3 * each_s),
                "ns a departure and pattern-stop": 1e9 * each_s / info["departures_and_pattern_stops"],
                **{f"{name} an origin": number for name, number in info["work"].items()},
                "peak MB, query": info["peak MB"],
            }
        elif kind == "build":
            row |= {"build, s": least_s, "peak MB, build": info["peak MB"]}
        elif kind == "open":
            row["open what was built, s"] = least_s
        else:
            row["compile all kernels, s"] = info["cold_s"] - least_s
    return list(rows.values())


def growth(results: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Rows for each size that grows."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for result in results:
        info, least_s = result["extra_info"], result["stats"]["min"]
        if "grows" in info:
            row = {info["grows"]: float(info["value"]), "ms": 1e3 * least_s}
            tables.setdefault(info["grows"], []).append(
                row | {"ms an origin": 1e3 * least_s / info["origins"]}
            )
    return tables


def shown(value: object) -> str:
    """A number with three digits that matter."""
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return str(value)


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as text, one column a row's."""
    cells = [[name, *(shown(row[name]) for row in rows)] for name in rows[0]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells
    )


def main(path: Path) -> None:
    """Print both tables."""
    results = json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
    if not results:
        print("skipped: the real data are not there")
        return
    for rows in (places(results), *growth(results).values()):
        print(f"\n{table(rows)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
