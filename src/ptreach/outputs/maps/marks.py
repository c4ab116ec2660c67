"""Marks that all maps of a town bear: its star, and the scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matplotlib_scalebar.scalebar import ScaleBar

from ptreach.outputs.maps.view import Z_LABELS
from ptreach.outputs.ramp import INK, STAR

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Bbox

    from ptreach.outputs.maps.labels import Labels

SCALE_CLEAR_PT: Final = 30.0
"""Room that the scale bar leaves around the town's star, for its name."""


def draw_scale(axes: Axes, labels: Labels, size_pt: float) -> None:
    """Draw the scale bar of a metric map, which labels keep off: lower right, or left where that is taken."""
    bar = ScaleBar(
        1, location="lower right", length_fraction=0.16, box_alpha=0.85, color=INK, pad=0.5, border_pad=0.6,
        sep=4, width_fraction=0.006, font_properties={"size": size_pt},
    )  # fmt: skip
    bar.set_zorder(Z_LABELS)
    axes.add_artist(bar)
    if not labels.is_clear(_room(bar), SCALE_CLEAR_PT):
        bar.location = "lower left"
    labels.keep_clear(_room(bar))


def _room(bar: ScaleBar) -> Bbox:
    """Return where a scale bar is, in pixels: it knows only once it is drawn."""
    bar.draw(bar.figure.canvas.get_renderer())
    room: Bbox = bar.info.window_extent
    return room


def draw_star(
    axes: Axes, labels: Labels, xy_m: tuple[float, float], *, size_pt: float, edge_pt: float, clear_pt: float
) -> None:
    """Mark the town's point by a star, with room around it that labels keep off."""
    axes.plot(
        [xy_m[0]], [xy_m[1]], marker="*", markersize=size_pt, markerfacecolor=STAR, markeredgecolor=INK,
        markeredgewidth=edge_pt, zorder=Z_LABELS + 2,
    )  # fmt: skip
    labels.reserve(*xy_m, clear_pt)
