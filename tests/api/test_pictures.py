"""Maps as figures: what is drawn in which colour, what is said at head and foot."""

import io

import geopandas as gpd
import matplotlib as mpl
import matplotlib.image
import numpy as np
import pytest
from shapely.geometry import LineString, Point, box

import ptreach as pt
from ptreach.errors import InputError
from ptreach.outputs.ramp import band_colours

ZONES = gpd.GeoDataFrame(
    {"minutes_p50": [10.0, 50.0, np.nan]},
    geometry=[box(x, 90_000, x + 5_000, 95_000) for x in (450_000, 455_000, 460_000)],
    crs=27700,
)


def pixels(figure):
    """The picture as it is shown in a notebook, colours as ``#RRGGBB``."""
    image = matplotlib.image.imread(io.BytesIO(figure._repr_png_()), format="png")[..., :3]
    return np.round(image * 255).astype(int)


def colour_at(figure, x_m, y_m):
    axes = figure.axes[0]
    x, y = axes.transData.transform((x_m, y_m))
    image = pixels(figure)
    return "#{:02X}{:02X}{:02X}".format(*image[image.shape[0] - 1 - round(y), round(x)])


def words(figure):
    return [text.get_text() for text in figure.findobj(mpl.text.Text) if text.get_text()]


@pytest.mark.parametrize("crs", [27700, 4326])
def test_areas_have_the_colours_of_their_bands_in_any_coordinates(crs):
    figure = pt.plot(ZONES.to_crs(crs), "minutes_p50")
    near, *_, far = band_colours(4)
    assert colour_at(figure, 452_600, 92_600) == near
    assert colour_at(figure, 457_600, 92_600) == far
    assert "not reached" in words(figure)


def test_lines_and_points_are_drawn_too():
    shapes = [LineString([(450_000, 90_000), (455_000, 90_000)]), Point(453_000, 93_000)]
    figure = pt.plot(gpd.GeoDataFrame({"kind": ["bus", "rail"]}, geometry=shapes, crs=27700), "kind")
    first, last = band_colours(2)
    assert colour_at(figure, 452_000, 90_000) == first
    assert colour_at(figure, 453_000, 93_000) == last


def test_head_and_foot_say_what_they_are_told(zones):
    zones.attrs |= {"source_line": "Sources: somebody.", "made_up": True}
    said = words(pt.plot(zones, "imd_decile", title="Deprivation", subtitle="Everywhere"))
    assert {"Deprivation", "Everywhere", "Sources: somebody.", "MADE-UP DATA", "not known"} <= set(said)
    assert "Mine." in words(pt.plot(zones, source="Mine."))


def test_the_same_frame_gives_the_same_picture_whatever_the_settings(zones):
    first = pt.plot(zones, "imd_decile")._repr_png_()
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        assert pt.plot(zones, "imd_decile")._repr_png_() == first


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (ZONES.iloc[:0], r"^frame: no row"),
        (ZONES.set_crs(None, allow_override=True), r"^frame: no coordinate system"),
        (ZONES.drop(columns="geometry"), r"^frame: a DataFrame, no GeoDataFrame with a geometry. Make one"),
        (gpd.GeoDataFrame({"a": [1]}), r"^frame: a GeoDataFrame, no GeoDataFrame with a geometry"),
        (ZONES.geometry, r"^frame: a GeoSeries, no GeoDataFrame with a geometry"),
        (gpd.GeoDataFrame(geometry=[None, Point()], crs=27700), r"^frame: no row has a place"),
        (
            gpd.GeoDataFrame(geometry=[Point(50.7, 451_000)], crs=4326),
            r"^frame: coordinates that are no longitude and latitude. Set theirs with set_crs",
        ),
        (
            gpd.GeoDataFrame(geometry=[Point(np.inf, 90_000)], crs=27700),
            r"^frame: coordinates that are no place in EPSG:27700",
        ),
    ],
)
def test_what_can_not_be_drawn_is_refused(frame, says):
    with pytest.raises(InputError, match=says):
        pt.plot(frame)
    with pytest.raises(InputError, match=says):
        pt.explore(frame)
