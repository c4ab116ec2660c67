"""R5 at work, in a process of its own: ``python -m ptreach.engine.r5 FOLDER``. Nothing else names r5py.

r5py starts Java when it is imported, reads the command line of whoever imports it, and keeps files under
their base names in a cache; so it gets a process, a command line and a cache of its own. What is asked lies
in the folder, as `r5_ask.write_ask` left it; the answers are written beside it, part by part.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import sys
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ptreach.aside import written_aside
from ptreach.engine.r5_ask import DESTINATIONS, MARK, ORIGINS, part_name, read_ask
from ptreach.sources.records import digest_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from ptreach.engine.r5_ask import Ask, Task

PACKAGE: Final = "r5py"
"""Its name as a distribution, as a module and in folders of caches."""
JAVA_FEATURE: Final = 21
"""The release of Java that R5 as r5py brings it is compiled for."""
_ORPHANED: Final = 3


def arguments_of(ask: Ask, task: Task) -> dict[str, Any]:
    """Return a task as r5py's keyword arguments of a travel-time matrix."""
    return {
        "departure": dt.datetime.fromisoformat(task.departure),
        "departure_time_window": dt.timedelta(minutes=task.window_min),
        "percentiles": list(task.percentiles),
        "transport_modes": ["TRANSIT"],
        "access_modes": ["WALK"],
        "speed_walking": ask.walk_speed_kph,
        "max_time": dt.timedelta(minutes=ask.max_time_min),
        # a longer walk than journey would make r5py lengthen the journey
        "max_time_walking": dt.timedelta(minutes=min(ask.max_walk_min, ask.max_time_min)),
        "max_public_transport_rides": ask.max_rides,
    }


def command_line(ask: Ask, folder: Path) -> list[str]:
    """Return the command line that r5py is to find: heap, folder for temporary files, jar."""
    temporary = folder / "tmp"
    line = [PACKAGE, "--max-memory", f"{ask.heap_mb}M", "--temporary-directory", str(temporary)]
    return [*line, "--r5-classpath", ask.jar] if ask.jar else line


def keep_jars(cache: Path, kept: Path) -> None:
    """Copy a jar that was downloaded to where it is found the next time, for any network."""
    for jar in cache.rglob("*.jar"):
        kept.mkdir(parents=True, exist_ok=True)
        with written_aside(kept / jar.name) as part:
            shutil.copyfile(jar, part)


def answer(folder: Path) -> None:
    """Answer what is asked in a folder, part by part; where nothing is, tell only what runs here."""
    ask = read_ask(folder)
    sys.argv = command_line(ask, folder)
    (folder / "tmp").mkdir(exist_ok=True)
    import r5py
    from r5py.util.classpath import R5_CLASSPATH

    if not ask.jar:
        keep_jars(Path(os.environ["XDG_CACHE_HOME"]), Path(ask.keep_jar))
    _tell(stage="started", software=_software(r5py.__version__, Path(R5_CLASSPATH)))
    if not ask.tasks:
        return
    network = r5py.TransportNetwork(ask.streets, ask.feeds)
    if ask.feeds and not network.transit_layer.trip_patterns:
        raise RuntimeError("R5 found no trips in the feeds")
    _tell(stage="network")
    origins, destinations = _points(folder / ORIGINS), _points(folder / DESTINATIONS)
    for number, task in enumerate(ask.tasks):
        rows = origins.iloc[task.first : task.last]
        arguments = arguments_of(ask, task)
        _write(r5py.TravelTimeMatrix(network, origins=rows, destinations=destinations, **arguments),
               folder / part_name(number))  # fmt: skip
        _tell(part=number)


def _software(release: str, jar: Path) -> dict[str, str]:
    """Return the releases of r5py, of the Java and the R5 that run, and the digest of `jar`, R5's."""
    import jpype

    system, r5 = jpype.JClass("java.lang.System"), jpype.JClass("com.conveyal.r5.SoftwareVersion")
    return {
        "r5": str(r5.instance.version).removeprefix("v"),
        "r5_jar_sha256": digest_file(jar),
        PACKAGE: release,
        "java": str(system.getProperty("java.version")),
    }


def _points(path: Path) -> gpd.GeoDataFrame:
    """Return points as r5py takes them: ``id`` and a geometry in degrees."""
    import geopandas as gpd
    import pandas as pd

    table = pd.read_parquet(path)
    return gpd.GeoDataFrame(
        {"id": table["id"]}, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs="EPSG:4326"
    )


def _write(matrix: gpd.GeoDataFrame, path: Path) -> None:
    """Write an answer; it has its name only when it is whole."""
    import pandas as pd

    part = path.with_suffix(".part")
    pd.DataFrame({name: matrix[name] for name in matrix.columns}).to_parquet(part)
    part.replace(path)


def _tell(**news: object) -> None:
    """Tell the parent something, in one line, past whatever buffers Java and Python have."""
    os.write(1, f"\n{MARK}{json.dumps(news)}\n".encode())


def _end_with_parent() -> None:
    """End at once when the parent does, whatever Java is at: standard input is then at its end."""

    def wait() -> None:
        while os.read(0, 64):
            pass
        os._exit(_ORPHANED)

    threading.Thread(target=wait, daemon=True).start()


def main(arguments: Sequence[str]) -> int:
    """Answer what is asked in the folder named; return the exit code."""
    _end_with_parent()
    try:
        answer(Path(arguments[0]))
    except Exception as error:  # noqa: BLE001  whatever it is, the parent says it in a line
        text = traceback.format_exc()
        stack = getattr(error, "stacktrace", None)  # an exception of Java's knows more
        os.write(2, f"{text}{stack() if callable(stack) else ''}\n".encode(errors="replace"))
        return 1
    return 0


if __name__ == "__main__":
    # Java's own threads must not keep the process
    os._exit(main(sys.argv[1:]))
