"""A town's run, stage by stage: seconds, seconds of processor, the most memory held meanwhile.

``python stages.py HOME CONFIG OUT``: as ``ptreach --home HOME run CONFIG --out OUT``, told on stdout. A stage
within another counts for both. Memory is that of this process, what it maps of files included.
"""

from __future__ import annotations

import argparse
import threading
import time
from pathlib import Path

from ptreach import pipeline


class Watch:
    """Watches memory all the time, and notes what each stage took."""

    def __init__(self) -> None:
        self._began: dict[str, tuple[float, float]] = {}
        self._peaks_mb: dict[str, float] = {}
        self._lock = threading.Lock()
        self.begin("all")
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        """Note the memory now, ten times a second."""
        while True:
            now_mb = held_mb()
            with self._lock:
                for stage, peak_mb in self._peaks_mb.items():
                    self._peaks_mb[stage] = max(peak_mb, now_mb)
            time.sleep(0.1)

    def begin(self, stage: str) -> None:
        """Begin to watch a stage."""
        with self._lock:
            self._began[stage] = time.perf_counter(), time.process_time()
            self._peaks_mb[stage] = held_mb()

    def end(self, stage: str) -> None:
        """Print what a stage took."""
        with self._lock:
            wall_s, cpu_s = self._began.pop(stage)
            peak_mb = max(self._peaks_mb.pop(stage), held_mb())
        wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
        print(f"{wall_s:7.1f} s {cpu_s:7.1f} s of processor {peak_mb:6,.0f} MB  {stage}", flush=True)

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note of progress."""
        if stage not in self._began:
            self.begin(stage)
        if done >= total:
            self.end(stage)


def held_mb() -> float:
    """Memory that this process holds now."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(dict(line.split(":", 1) for line in status.splitlines())["VmRSS"].split()[0]) / 1024


def main() -> None:
    """Run a town under watch."""
    parser = argparse.ArgumentParser(prog="stages.py", description=__doc__)
    for name in ("home", "config", "out"):
        parser.add_argument(name, type=Path)
    asked = parser.parse_args()
    watch = Watch()
    pack = pipeline.run(
        asked.config, home=asked.home, out=asked.out, engine="raptor", workers=2, progress=watch
    )
    watch.end("all")
    print(pack)


if __name__ == "__main__":
    main()
