"""``python -m scale_model OUT [--share 0.02] [--seed 1]``, ``tests`` on the path: write the model."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from scale_model.model import write_model


def main() -> None:
    """Write the model and say what it holds."""
    parser = argparse.ArgumentParser(prog="scale_model", description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the files; made if absent")
    parser.add_argument("--share", type=float, default=1.0, help="part of the model, about its middle")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.perf_counter()
    model = write_model(asked.out, share=asked.share, seed=asked.seed)
    print(model.osm, model.gtfs, sep="\n")
    print(", ".join(f"{number:,} {what}" for what, number in model.counts.items()))
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
