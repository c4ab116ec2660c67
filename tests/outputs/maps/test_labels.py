import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib_scalebar.scalebar import ScaleBar
from shapely.geometry import MultiPolygon, Point, Polygon, box

from ptreach.outputs.maps.labels import Labels, widest_places
from ptreach.outputs.maps.marks import draw_scale, draw_star


@pytest.fixture
def axes():
    figure = Figure(figsize=(10, 5), dpi=100)
    FigureCanvasAgg(figure)
    made = figure.add_axes((0, 0, 1, 1))
    made.set(xlim=(0, 2000), ylim=(0, 1000), aspect=1)
    return made


def test_labels_keep_out_of_each_other(axes):
    labels = Labels(axes, (0, 0, 2000, 1000))
    before = len(axes.texts)
    assert all(labels.place(f"label {i}", 1000, 500, size_pt=12) for i in range(6))
    boxes = [text.get_window_extent() for text in axes.texts[before:]]
    assert len(boxes) == 6
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_a_label_without_room_is_left_out_unless_it_must_be(axes):
    labels = Labels(axes, (0, 0, 2000, 1000))
    labels.reserve(1000, 500, 2000)
    assert not labels.place("no room", 1000, 500, size_pt=12)
    assert not axes.texts
    assert labels.place("the town", 1000, 500, size_pt=12, must=True)
    assert [text.get_text() for text in axes.texts] == ["the town"]


def test_labels_are_written_off_the_scale_bar(axes):
    labels = Labels(axes, (0, 0, 2000, 1000))
    draw_scale(axes, labels, 10)
    (bar,) = axes.findobj(ScaleBar)
    room = bar.info.window_extent
    assert room.x0 > 700
    assert room.y1 < 100
    assert labels.place("in its place", room.x0 + room.x1, room.y0 + room.y1, size_pt=8)
    assert not axes.texts[0].get_window_extent().overlaps(room)


@pytest.mark.parametrize(("x_m", "left"), [(1900, True), (1700, True), (1500, False), (100, False)])
def test_the_scale_bar_goes_to_the_other_side_of_a_town(axes, x_m, left):
    labels = Labels(axes, (0, 0, 2000, 1000))
    draw_star(axes, labels, (x_m, 50), size_pt=17, edge_pt=1, clear_pt=10)
    draw_scale(axes, labels, 10)
    axes.figure.canvas.draw()
    (bar,) = axes.findobj(ScaleBar)
    assert (bar.info.window_extent.x1 < 500) == left
    assert (bar.info.window_extent.x0 > 500) != left


def test_each_band_is_named_inside_itself_or_led_to(axes):
    labels = Labels(axes, (0, 0, 2000, 1000))
    near, far = box(200, 200, 900, 800), box(100, 100, 1900, 900)
    labels.place_bands({15: MultiPolygon([near]), 30: MultiPolygon([far])}, size_pt=12)
    to_m = axes.transData.inverted()
    places = {}
    for text in axes.texts:
        extent = text.get_window_extent()
        centre = to_m.transform(((extent.x0 + extent.x1) / 2, (extent.y0 + extent.y1) / 2))
        places.setdefault(text.get_text(), []).append(Point(centre))
    assert set(places) == {"under 15 min", "15 to 30 min"}
    assert near.contains(places["under 15 min"][0])
    assert far.difference(near).contains(places["15 to 30 min"][0])


def test_widest_places_lie_in_the_widest_parts_first():
    ring = box(0, 0, 1000, 1000).difference(box(300, 300, 1000, 1000))
    big, small = box(5000, 0, 8000, 3000), box(9000, 0, 9100, 100)
    places = widest_places(MultiPolygon([small, big, *shapely.get_parts(ring)]))
    x, y, radius = places[0]
    assert (x, y, radius) == pytest.approx((6500, 1500, 1500), abs=30)
    assert [r for *_, r in places] == sorted((r for *_, r in places), reverse=True)
    assert any(small.contains(Point(x, y)) for x, y, _ in places)
    assert all(ring.contains(Point(x, y)) for x, y, _ in places if x < 1000)


def test_widest_places_of_nothing_are_none():
    assert widest_places(MultiPolygon()) == []
    assert widest_places(Polygon()) == []
