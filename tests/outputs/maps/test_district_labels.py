import numpy as np
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from shapely.geometry import LineString, Point, box

from ptreach.outputs.maps.district_labels import DistrictName, name_districts
from ptreach.outputs.maps.labels import Labels

VIEW = (0, 0, 2000, 1000)
"""On axes of 1000 by 500 pixels: 2 metres a pixel."""


@pytest.fixture
def axes():
    figure = Figure(figsize=(10, 5), dpi=100)
    FigureCanvasAgg(figure)
    made = figure.add_axes((0, 0, 1, 1))
    made.set(xlim=(0, 2000), ylim=(0, 1000))
    return made


def name(words, area, *, must=False, more=()):
    return DistrictName([(words, 10.0), *more], area, "normal", 1.0, must)


def write(axes, names, land=()):
    return name_districts(axes, Labels(axes, VIEW), VIEW, names, [one.area for one in names] + list(land))


def boxes(axes):
    """The white box of each label in metres, by its words."""
    axes.figure.canvas.draw()
    to_m = axes.transData.inverted()
    found = {}
    for text in axes.texts:
        corners = to_m.transform(text.get_bbox_patch().get_window_extent().corners())
        found[text.get_text()] = box(*corners.min(axis=0), *corners.max(axis=0))
    return found


def feet(axes):
    """Leaders in metres, from the foot on."""
    return [LineString(np.column_stack(line.get_data())) for line in axes.lines]


def test_a_name_stands_in_its_own_district_without_a_leader(axes):
    west, east = box(0, 0, 900, 1000), box(900, 0, 2000, 1000)
    assert write(axes, [name("West", west), name("East", east)]) == []
    found = boxes(axes)
    assert west.contains(found["West"])
    assert east.contains(found["East"])
    assert not axes.lines


def test_a_name_that_its_widest_place_has_no_room_for_moves_along_its_district(axes):
    # Widest at the foot, where the map ends: a box in the middle of it would lie outside
    area = box(0, 0, 60, 60).union(box(0, 0, 1000, 50))
    assert write(axes, [name("Shore", area)]) == []
    assert box(*VIEW).contains(boxes(axes)["Shore"])


def test_names_of_small_districts_stand_on_the_sea_and_cover_no_other(axes):
    small = [box(900 + 40 * n, 480, 930 + 40 * n, 520) for n in range(3)]
    land = box(0, 520, 2000, 1000)
    names = [name(f"District {n}", area) for n, area in enumerate(small)]
    assert write(axes, names, [land]) == []
    found = boxes(axes)
    for number, area in enumerate(small):
        covered = found[f"District {number}"]
        assert not any(covered.intersects(other) for other in small if other != area)
        assert not any(covered.intersects(found[one]) for one in found if one != f"District {number}")
        assert not covered.intersects(land)
    assert len(feet(axes)) == 3
    for leader in feet(axes):
        foot = Point(leader.coords[0])
        assert sum(area.contains(foot) for area in small) == 1
        assert not any(covered.intersects(foot) for covered in found.values())
        assert sum(area.intersects(leader) for area in small) == 1


def test_the_first_form_that_fits_is_written(axes):
    tall = box(800, 100, 920, 900)
    others = box(0, 0, 2000, 1000).difference(tall)
    long, short = "Newcastle-under-Lyme", "New-\ncas-\ntle"
    assert write(axes, [name(long, tall, more=[(short, 8.0)]), name("Sea of others", others)]) == []
    found = boxes(axes)
    assert tall.contains(found[short])
    assert [text.get_fontsize() for text in axes.texts if text.get_text() == short] == [8.0]


def test_where_there_is_no_room_it_is_left_out_and_said_unless_it_must_be(axes):
    sliver = box(999, 0, 1001, 1000)
    around = box(0, 0, 2000, 1000).difference(sliver)
    for must in (False, True):
        left_out = write(axes, [name("Sliver", sliver, must=must), name("Around", around)])
        assert left_out == ([] if must else ["Sliver"])
        assert ("Sliver" in boxes(axes)) == must


def test_a_district_out_of_view_is_left_out(axes):
    assert write(axes, [name("Far", shapely.box(5000, 0, 6000, 900))]) == ["Far"]
    assert not axes.texts
