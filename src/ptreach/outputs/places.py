"""What is written beside the packs of several places: a picture of them on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ptreach.outputs.folder import replacing_files
from ptreach.outputs.scenes import MOST, on_one_scale, place_scene

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ptreach.outputs.pack import PackContent
    from ptreach.outputs.scenes import PlaceScene

NAME: Final = "places-journey-time"


def scene_of(content: PackContent) -> PlaceScene:
    """Return what is kept of a pack's content for the picture of several places."""
    return place_scene(
        town=content.town,
        zones=content.zones,
        isochrones=content.isochrones,
        land=content.land,
        origin_xy_m=content.origin_xy_m,
        facts=content.facts,
    )


def write_places(folder: Path, scenes: Sequence[PlaceScene]) -> tuple[Path | None, tuple[str, ...]]:
    """Write the picture of places on one scale into `folder`, in place of an older one.

    Return the slide's PNG, None where fewer than two places have rules in common, and the names of the
    places that are not on it.

    Raises
    ------
    InputError
        Where the folder can't be written to, or an older file is open in another program.
    """
    from ptreach.outputs.maps.places_picture import draw_places

    shown, left_out = on_one_scale(scenes)
    names = tuple(scene.town.name for scene in left_out)
    if len(shown) < 2:
        return None, tuple(sorted(scene.town.name for scene in scenes)) if len(scenes) > 1 else ()
    with replacing_files(folder, NAME, "the picture of places") as part:
        draw_places(part / f"{NAME}.png", shown)
    return folder / f"{NAME}.png", names


def left_out_words(names: Sequence[str], *, drawn: bool) -> str:
    """Say which places are not on the picture, and why."""
    what = "not on the picture of places" if drawn else "no picture of places on one scale"
    return f"{what}: {', '.join(names)} (one preset and engine, {MOST} places at most)"
