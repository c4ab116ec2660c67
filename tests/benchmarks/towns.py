"""Packs of several towns, measured: what a further town costs, and what processes side by side gain.

``python towns.py [--towns 20] [--workers 2] [--home HOME]``: the made-up town, the Isle of Wight where its
files are fetched, and with --home, made by ``make scale-model`` with a recipe and a town's file, towns spread
over its network, each with the zones of the district it lies in, as those of the project have. All is warm:
networks are built, kernels compiled and access to schools found by a run that is not counted.

Seconds tell little on a machine that is busy, seconds of processor more: those of all processes. ``a further
town``: what all towns in one process take beyond the first alone, shared out. ``gain``: seconds in one
process over those by several.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ptreach.config import load_town
from ptreach.matrix.zones import to_grid
from ptreach.measures.editions import carry
from ptreach.model import no_progress
from ptreach.network.build import open_network
from ptreach.pipeline import build
from ptreach.sources.areas import load_areas
from ptreach.sources.demo import write_demo
from ptreach.sources.recipe import load_areas_recipe, recipe_folder

ROOT = Path(__file__).resolve().parents[2]
RUN = "import sys; from ptreach.cli.main import main; sys.exit(main())"


class Took(NamedTuple):
    """What a run took: seconds, seconds of processor, and the most memory that one of its processes held."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def run(home: Path, configs: list[Path], workers: int) -> Took:
    """Make packs as the command does, in a process of its own; all must be made."""
    out = Path(tempfile.mkdtemp())
    words = ["-q", "--home", str(home), "run", *map(str, configs), "--out", str(out)]
    began_s = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, *words, "--workers", str(workers)], stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)  # what those took that it has waited for is in it
    wall_s = time.perf_counter() - began_s
    shutil.rmtree(out)
    if status:
        raise SystemExit(f"{configs[0]}: not all packs were made")
    return Took(wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def spread(home: Path, config: Path, count: int, folder: Path) -> list[Path]:
    """Write files of towns like one of a home, at stops of its network, each far from those before."""
    town = load_town(config)
    stops = open_network(build(town.network, home=home, progress=no_progress)).stops
    linked = np.flatnonzero(stops.linked)
    east = np.cos(np.radians(town.origin.lat))
    xy = np.stack([stops.lon[linked] * east, stops.lat[linked]], axis=1)
    middle = np.array([town.origin.lon * east, town.origin.lat])
    near = np.hypot(*(xy - middle).T)
    inner = np.flatnonzero(near <= np.quantile(near, 0.8))  # where towns are, not the edge of the map
    chosen = [int(inner[np.argmin(near[inner])])]
    while len(chosen) < count:
        apart = np.min([np.hypot(*(xy[inner] - xy[one]).T) for one in chosen], axis=0)
        chosen.append(int(inner[np.argmax(apart)]))
    text = config.read_text(encoding="utf-8")
    homes = districts_of(home, town.areas, stops.lon[linked[chosen]], stops.lat[linked[chosen]])
    for preset in config.parent.glob("presets.toml"):
        shutil.copy(preset, folder)
    paths = []
    for number, at in enumerate(linked[chosen], 1):
        path = folder / f"centre-{number:02}.toml"
        changed = re.sub(r"(?m)^lon = .*$", f"lon = {stops.lon[at]:.6f}", text)
        changed = re.sub(r"(?m)^lat = .*$", f"lat = {stops.lat[at]:.6f}", changed)
        changed = re.sub(r"(?m)^districts = .*$", f'districts = ["{homes[number - 1]}"]', changed)
        path.write_text(re.sub(r"(?m)^name = .*$", f'name = "Centre {number}"', changed), encoding="utf-8")
        paths.append(path)
    return paths


def districts_of(home: Path, areas: str, lon: np.ndarray, lat: np.ndarray) -> list[str]:
    """Name the district of the zone whose centre is nearest to each point."""
    recipe, folder = load_areas_recipe(areas, home), recipe_folder(areas, home)
    frame = load_areas(recipe, folder, carry=carry).frame
    centres = to_grid(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    nearest = [int(np.argmin(np.hypot(*(centres - point).T))) for point in to_grid(lon, lat)]
    return frame["district_name"].iloc[nearest].tolist()


def measure(name: str, home: Path, configs: list[Path], workers: int) -> None:
    """Print what a set of towns takes, line by line as it is known."""

    def told(towns: int, processes: int, took: Took, further: str = "", gain: str = "") -> None:
        print(
            f"{name:16} {towns:5} {processes:9} {took.wall_s:9.1f} {took.cpu_s:9.1f} {took.peak_mb:9,.0f} "
            f"{further:>14} {gain:>5}",
            flush=True,
        )

    run(home, configs, workers)
    first = run(home, configs[:1], 1)
    told(1, 1, first)
    if len(configs) < 2:
        return
    one = run(home, configs, 1)
    told(len(configs), 1, one, f"{(one.cpu_s - first.cpu_s) / (len(configs) - 1):.1f}")
    several = run(home, configs, workers)
    told(len(configs), workers, several, gain=f"{one.wall_s / several.wall_s:.2f}")


def main() -> None:
    """Measure all sets of towns there are."""
    parser = argparse.ArgumentParser(prog="towns.py", description=__doc__)
    parser.add_argument("--towns", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--home", type=Path)
    asked = parser.parse_args()
    print(f"load of this machine before: {os.getloadavg()[0]:.1f}")
    print("network          towns processes   seconds processor   peak MB a further town  gain")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        demo, centres = folder / "demo", folder / "centres"
        centres.mkdir()
        made_up = write_demo(demo)
        measure("made-up town", demo, spread(demo, made_up, 4, made_up.parent), asked.workers)
        if (ROOT / "networks" / "isle-of-wight" / "sources").is_dir():
            isle = [ROOT / "config" / f"{town}.toml" for town in ("ryde", "newport-iow")]
            measure("Isle of Wight", ROOT, isle, asked.workers)
        else:
            print("Isle of Wight: its files are not fetched")
        if asked.home is not None:
            config = next(path for path in sorted((asked.home / "config").glob("*.toml")))
            towns = spread(asked.home, config, asked.towns, centres)
            measure(asked.home.resolve().name, asked.home, towns, asked.workers)


if __name__ == "__main__":
    main()
