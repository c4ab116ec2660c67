"""``python -m national_model OUT [--scale 0.01] [--seed 1]``, ``tests`` on the path: write the model."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from national_model.model import write_model


def main() -> None:
    """Write the model and say what it holds."""
    parser = argparse.ArgumentParser(prog="national_model", description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the files; made if absent")
    parser.add_argument("--scale", type=float, default=1.0, help="part of England, about West Bromwich")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.perf_counter()
    model = write_model(asked.out, scale=asked.scale, seed=asked.seed)
    for path in (model.osm, model.buses, model.trains):
        print(f"{path} ({path.stat().st_size / 1e6:,.1f} MB)")
    print(", ".join(f"{number:,} {what}" for what, number in model.counts.items()))
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
