"""Marks that all maps of a town bear: its star, and the scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib_scalebar.scalebar import ScaleBar

from ptreach.outputs.maps.view import Z_LABELS
from ptreach.outputs.ramp import INK, STAR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ptreach.outputs.maps.labels import Labels


def draw_scale(axes: Axes, labels: Labels, size_pt: float) -> None:
    """Draw the scale bar of a metric map in its lower right, kept clear of labels."""
    bar = ScaleBar(
        1, location="lower right", length_fraction=0.16, box_alpha=0.85, color=INK, pad=0.5, border_pad=0.6,
        sep=4, width_fraction=0.006, font_properties={"size": size_pt},
    )  # fmt: skip
    bar.set_zorder(Z_LABELS)
    axes.add_artist(bar)
    labels.keep_clear(bar)


def draw_star(
    axes: Axes, labels: Labels, xy_m: tuple[float, float], *, size_pt: float, edge_pt: float, clear_pt: float
) -> None:
    """Mark the town's point by a star, with room around it that labels keep off."""
    axes.plot(
        [xy_m[0]], [xy_m[1]], marker="*", markersize=size_pt, markerfacecolor=STAR, markeredgecolor=INK,
        markeredgewidth=edge_pt, zorder=Z_LABELS + 2,
    )  # fmt: skip
    labels.reserve(*xy_m, clear_pt)
