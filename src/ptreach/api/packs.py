"""Packs from Python: of a town's file, of the made-up town, and why a zone is as near or far as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ptreach import pipeline
from ptreach.api.networks import home_of
from ptreach.api.progress import told
from ptreach.cores import cores
from ptreach.sources.recipe import find_home

if TYPE_CHECKING:
    import os

    from ptreach.model import Progress
    from ptreach.outputs.explanation import Explanation


def demo(
    out: str | os.PathLike[str] = "demo", *, workers: int | None = None, progress: bool | Progress = True
) -> Path:
    """Write a made-up town and its pack below a folder, offline; return the pack's folder.

    The folder is a home then: ``open_network("demo-town", home=out)``, ``load_areas("demo-lsoa", home=out)``.

    Parameters
    ----------
    out
        The folder; made where it is missing.
    workers, progress
        As in `travel_times`.
    """
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    with told(progress) as tell:
        return pipeline.demo(folder, workers=workers or cores(), progress=tell)


def run_town(
    config: str | os.PathLike[str],
    *,
    out: str | os.PathLike[str] = "packs",
    home: str | os.PathLike[str] | None = None,
    engine: str = "raptor",
    against: str = "",
    workers: int | None = None,
    progress: bool | Progress = True,
) -> Path:
    """Write the pack of a town, as ``ptreach run`` does; return its folder.

    Parameters
    ----------
    config
        The town's file, such as ``"config/ryde.toml"``.
    out
        The folder that receives the pack; made where it is missing.
    home
        As in `open_network`; by default found from the town's file.
    engine, workers, progress
        As in `travel_times`.
    against
        Another engine, such as ``"r5"``, to be asked the same: the pack says how the two agree.

    Raises
    ------
    InputError
        For a fault of the town's file, of a recipe or of any file they name.
    """
    path, folder = Path(config), Path(out)
    base = find_home(path.parent) if home is None else home_of(home)
    folder.mkdir(parents=True, exist_ok=True)
    with told(progress) as tell:
        return pipeline.run(
            path,
            home=base,
            out=folder,
            engine=engine,
            against=against,
            workers=workers or cores(),
            progress=tell,
        )


def explain(
    of: str | os.PathLike[str],
    zone: str,
    *,
    home: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    progress: bool | Progress = True,
) -> Explanation:
    """Return why a zone of a town takes as long as it does, as ``ptreach explain`` says it.

    ``print(explain(...))`` shows it as text. Its fields hold the same in seconds: what binds, the journeys
    behind the percentiles leg by leg, and the routes over the window.

    Parameters
    ----------
    of
        The town's file, such as ``"config/ryde.toml"``, or the folder of its pack by our engine.
    zone
        Code or name of a zone of the pack.
    home
        As in `open_network`; by default found from the town's file.
    workers, progress
        As in `travel_times`.

    Raises
    ------
    InputError
        For a fault of the town's file, of a recipe or of any file they name, for a zone that is none, and
        where the pack is no longer that of its town's file.
    """
    path = Path(of)
    near = Path.cwd() if path.is_dir() else path.parent
    base = find_home(near) if home is None else home_of(home)
    with told(progress) as tell:
        return pipeline.explain(path, zone, home=base, workers=workers or cores(), progress=tell)
