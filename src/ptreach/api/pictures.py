"""Maps as matplotlib's figures, in the style of the pack's."""

from __future__ import annotations

import io
import textwrap
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ptreach.api.classes import NOT_KNOWN, classify
from ptreach.errors import InputError
from ptreach.outputs.maps.choropleth import draw_areas
from ptreach.outputs.maps.labels import Labels
from ptreach.outputs.maps.marks import draw_scale
from ptreach.outputs.maps.view import Z_BANDS, draw_ground, draw_lines, view_bounds
from ptreach.outputs.ramp import GROUND, INK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from ptreach.api.classes import Classes
    from ptreach.api.networks import Network
    from ptreach.outputs.maps.view import Bounds

_SIZE_IN: Final = (12.8, 7.2)
_DPI: Final = 100
_MAP_BOX: Final = (0.022, 0.085, 0.735, 0.80)
"""Left, bottom, width and height as shares of the figure; the legend is to its right."""
_LEGEND_BOX: Final = (0.775, 0.085, 0.205, 0.80)
_GREY: Final = "#4A4A4A"
_NOTICE: Final = "MADE-UP DATA"


class Picture(Figure):
    """A figure of matplotlib that a notebook shows where it is the last thing of a cell."""

    def savefig(self, fname: Any, **options: Any) -> None:  # noqa: ANN401
        """Write the picture, as matplotlib's figures do, in the style of its own."""
        with _style():
            super().savefig(fname, **options)

    def _repr_png_(self) -> bytes:
        """Return the picture as PNG."""
        out = io.BytesIO()
        self.savefig(out, format="png", dpi=self.dpi)
        return out.getvalue()


def plot(
    frame: gpd.GeoDataFrame,
    column: str | None = None,
    *,
    network: Network | None = None,
    land: gpd.GeoDataFrame | gpd.GeoSeries | None = None,
    cutoffs_min: Sequence[int] = (15, 30, 45, 60),
    title: str = "",
    subtitle: str = "",
    source: str | None = None,
) -> Picture:
    """Draw a map of areas, points or lines, coloured by a column; return a figure of matplotlib.

    Minutes (``minutes_p50``) are in bands of `cutoffs_min`, and zones that are not reached are hatched;
    deciles and few values have a colour each, other numbers are in fifths. Isochrones need no column.

    Parameters
    ----------
    frame
        In any coordinate system; it is drawn in that of British maps, or in its own where it is in metres.
    column
        What is coloured by; without one, ``cutoff_min`` where there is one.
    network
        Draw its streets and water below or above the areas; of a British recipe.
    land
        What is land; all that is in view without.
    cutoffs_min
        Bands of minutes.
    title, subtitle
        Above the map.
    source
        At its foot; those of frame and network where None.

    Raises
    ------
    InputError
        For what is no GeoDataFrame, one without rows, places or coordinate system, coordinates that are no
        place in it, and for a column that can't be drawn.
    """
    shown = in_metres(frame, network)
    classes = classify(shown, column, cutoffs_min)
    with _style():
        figure = Picture(figsize=_SIZE_IN, dpi=_DPI, facecolor="white")
        FigureCanvasAgg(figure)
        axes = figure.add_axes(_MAP_BOX)
        aspect = _MAP_BOX[2] * _SIZE_IN[0] / (_MAP_BOX[3] * _SIZE_IN[1])
        view = _view(shown, aspect)
        axes.set(xlim=(view[0], view[2]), ylim=(view[1], view[3]), xticks=[], yticks=[], aspect=1)
        _draw_below(axes, view, network, land, str(shown.crs))
        _draw_rows(axes, shown, classes, view)
        draw_scale(axes, Labels(axes, view), 9)
        figure.text(0.022, 0.955, title, fontsize=20, fontweight="bold", va="center")
        figure.text(0.022, 0.911, subtitle, fontsize=11, color=_GREY, va="center")
        _draw_legend(figure, classes)
        made_up = bool(frame.attrs.get("made_up")) or bool(network and network.made_up)
        _draw_foot(figure, sources_of(frame, network) if source is None else source, made_up=made_up)
    return figure


@contextmanager
def _style() -> Iterator[None]:
    """Draw as the pack does: the user's settings of matplotlib must not change the picture."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update({"font.family": "DejaVu Sans", "text.color": INK, "text.parse_math": False})
        yield


def in_metres(frame: gpd.GeoDataFrame, network: Network | None) -> gpd.GeoDataFrame:
    """Return a frame in metres: those of the network, its own, British ones in Britain, else UTM."""
    _require_shapes(frame)
    if frame.crs is None:
        raise InputError("no coordinate system", where="frame", remedy="set it with set_crs")
    shown = frame if network is None and frame.crs.is_projected else frame.to_crs(_crs_of(frame, network))
    if not np.isfinite(shown.total_bounds).all():
        raise InputError(
            f"coordinates that are no place in {frame.crs.to_string()}",
            where="frame",
            remedy="mend them, or name their coordinate system with set_crs",
        )
    return shown


def _require_shapes(frame: object) -> None:
    """Raise InputError for what has no rows with a place."""
    import geopandas as gpd

    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        raise InputError(
            f"a {type(frame).__name__}, no GeoDataFrame with a geometry",
            where="frame",
            remedy="make one with geopandas.GeoDataFrame(…, geometry=…, crs=…)",
        )
    if frame.empty:
        raise InputError("no row", where="frame", remedy="give at least one")
    if not placed(frame).any():
        raise InputError("no row has a place", where="frame", remedy="give at least one a geometry")


def placed(frame: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Return which rows have a geometry that is somewhere, shape (n,)."""
    shapes = frame.geometry.to_numpy()
    return np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))


def _crs_of(frame: gpd.GeoDataFrame, network: Network | None) -> Any:  # noqa: ANN401  name, or pyproj's CRS
    """Return the coordinate system a frame in degrees is drawn in, or that of the network."""
    if network is not None:
        return network.crs
    west, south, east, north = frame.to_crs("EPSG:4326").total_bounds
    in_britain = west >= -9 and south >= 49 and east <= 2.1 and north <= 61.1
    if in_britain:
        return "EPSG:27700"
    try:
        return frame.estimate_utm_crs()
    except (RuntimeError, ValueError) as error:  # no zone: infinite, or beyond the poles
        raise InputError(
            "coordinates that are no longitude and latitude", where="frame", remedy="set theirs with set_crs"
        ) from error


def _view(frame: gpd.GeoDataFrame, aspect: float) -> Bounds:
    """Return what is in view, metres."""
    box = shapely.box(*frame.total_bounds)
    middle = box.centroid
    return view_bounds(box, (middle.x, middle.y), [box], aspect)


def _draw_below(
    axes: Axes,
    view: Bounds,
    network: Network | None,
    land: gpd.GeoDataFrame | gpd.GeoSeries | None,
    crs: str,
) -> None:
    """Draw land, and the streets and water of a network."""
    axes.set_facecolor(GROUND)
    if network is None:
        return
    shown = shapely.box(*view) if land is None else land.to_crs(crs).geometry.to_numpy()
    draw_ground(
        axes, network.ground(progress=False), shapely.union_all(shown), view, by_the_sea=network.by_the_sea
    )


def _draw_rows(axes: Axes, frame: gpd.GeoDataFrame, classes: Classes, view: Bounds) -> None:
    """Draw areas, then lines, then points."""
    shapes, colours = frame.geometry.to_numpy(), np.array(classes.row_colours)
    kinds = shapely.get_dimensions(shapes)
    pixel_m = (view[2] - view[0]) / axes.bbox.width
    areas = kinds == 2
    unknown = classes.of_row[areas] == NOT_KNOWN
    draw_areas(axes, shapes[areas], colours[areas].tolist(), unknown, pixel_m=pixel_m, width_pt=0.6)
    for line, colour in zip(shapes[kinds == 1], colours[kinds == 1], strict=True):
        draw_lines(axes, line, colour, 1.6, Z_BANDS)
    points = kinds == 0
    if points.any():
        spots = shapely.centroid(shapes[points])
        x, y = shapely.get_x(spots), shapely.get_y(spots)
        axes.scatter(x, y, s=26, c=colours[points], edgecolors=INK, linewidths=0.7, zorder=Z_BANDS + 4)


def _draw_legend(figure: Figure, classes: Classes) -> None:
    """Draw a swatch and its words for each class that there is."""
    if not classes.title:
        return
    height_in = _LEGEND_BOX[3] * _SIZE_IN[1]
    panel = figure.add_axes(_LEGEND_BOX)
    panel.set(xlim=(0, 1), ylim=(height_in, 0))
    panel.set_axis_off()
    panel.text(0, 0.15, classes.title, fontsize=12.5, fontweight="bold", va="center")
    rows = list(zip(classes.labels, classes.colours, strict=True))
    hatches = [""] * len(rows)
    if (classes.of_row == NOT_KNOWN).any():
        rows.append((classes.not_known, GROUND))
        hatches.append("////")
    for at, ((label, colour), hatch) in enumerate(zip(rows, hatches, strict=True)):
        y = 0.48 + 0.36 * at
        panel.add_patch(
            Rectangle((0, y - 0.12), 0.17, 0.24, facecolor=colour, edgecolor=INK, linewidth=0.9, hatch=hatch)
        )
        panel.text(0.22, y, label, fontsize=11.5, va="center")


def sources_of(frame: gpd.GeoDataFrame, network: Network | None) -> str:
    """Return the attributions of what is drawn."""
    lines = [frame.attrs.get("source_line", ""), network.source_line if network else ""]
    first, *more = dict.fromkeys(line for line in lines if line) or [""]
    return " ".join([first, *(line.removeprefix("Sources: ") for line in more)])


def _draw_foot(figure: Figure, source: str, *, made_up: bool) -> None:
    """Write sources at the foot, and the notice of made-up data where it is due."""
    lines = textwrap.wrap(source, 205, max_lines=4, placeholder=" …")
    figure.text(0.022, 0.07, "\n".join(lines), fontsize=7.5, color=_GREY, va="top", linespacing=1.25)
    if made_up:
        figure.text(
            0.975, 0.945, _NOTICE, fontsize=13, fontweight="bold", color="white", ha="right", va="center",
            bbox={"boxstyle": "square,pad=0.4", "facecolor": "#B00020", "edgecolor": "none"},
        )  # fmt: skip
