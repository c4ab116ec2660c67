import numpy as np
import pytest
from matplotlib.image import imread

from colours import channels
from legible import assert_legible, words_of
from ptreach.errors import InputError
from ptreach.measures.deprivation import summarise_by_decile
from ptreach.outputs.maps.decile_chart import draw_decile_chart, shares_cutoffs
from ptreach.outputs.maps.pages import LANDSCAPE, SLIDE, SMALLEST_PT
from ptreach.outputs.ramp import band_colours

PAGES = (SLIDE, LANDSCAPE)
# A zone of 100 people a row: decile and minutes. Decile 1: 2 of 4 within 30; all: 3 of 8
ZONES = ((1, 10), (1, 20), (1, 40), (1, np.nan), (2, 50), (3, 70), (10, 29.99), (10, 30))


def table(zones=ZONES, cutoffs=(15, 30, 45, 60)):
    decile, minutes = (np.array(column, dtype=float) for column in zip(*zones, strict=True))
    return summarise_by_decile(decile, minutes, np.full(decile.shape, 100.0), cutoffs)


def draw(path, deciles, **changes):
    arguments = {
        "cutoff_min": 30,
        "subtitle": "From Ryde",
        "deprivation_title": "Indices of Deprivation 2019",
        "edition": "LSOA 2011",
        "source_line": "Sources: somebody",
        "pages": (SLIDE,),
    }
    draw_decile_chart(path, deciles=deciles, **(arguments | changes))
    return path.with_suffix(".txt").read_text(encoding="utf-8")


def test_the_title_sets_the_most_deprived_tenth_beside_everybody(tmp_path):
    text = draw(tmp_path / "d.png", table())
    assert text.startswith("Bar chart: Most deprived tenth: 50% within 30 minutes; all: 38%.\n")
    assert "n = 800 residents of 8 zones (LSOA 2011)" in text
    assert (
        "- 1  most deprived (400 residents): 25% within 15 min, 50% within 30 min, 75% within 45 min, "
        "75% within 60 min" in text
    )
    assert "- 4: no resident" in text
    assert "Most deprived tenth: 75% within 45 minutes" in draw(tmp_path / "d.png", table(), cutoff_min=45)


def test_without_a_most_deprived_tenth_the_title_says_so(tmp_path):
    text = draw(tmp_path / "d.png", table(ZONES[4:]))
    assert text.startswith("Bar chart: 25% live within 30 minutes; none in decile 1.\n")


def test_zones_without_decile_are_counted(tmp_path):
    text = draw(tmp_path / "d.png", table([*ZONES, (np.nan, 5)]))
    assert "Zones without a decile, only in the row of all: 1." in text
    assert "All residents (900 residents): 22% within 15 min, 44% within 30 min" in text


@pytest.mark.parametrize("made_up", [False, True])
@pytest.mark.parametrize(
    "zones",
    [ZONES, ZONES[4:], [(d, m) for d in range(1, 11) for m in range(0, 100, 3)], [(5, np.nan)]],
    ids=["some", "no decile 1", "all", "nobody reached"],
)
def test_everything_can_be_read_on_slide_and_a4(tmp_path, zones, made_up):
    words = words_of(draw, tmp_path / "d.png", deciles=table(zones), made_up=made_up, pages=PAGES)
    assert_legible(words, SMALLEST_PT)


@pytest.mark.parametrize("cutoffs", [(30,), (10, 20, 30), (10, 20, 30, 40, 50, 60), tuple(range(5, 120, 5))])
def test_any_cutoffs_can_be_read(tmp_path, cutoffs):
    words = words_of(draw, tmp_path / "d.png", deciles=table(cutoffs=cutoffs), pages=PAGES)
    assert_legible(words, SMALLEST_PT)


def test_every_share_stands_beside_its_bar(tmp_path):
    words = words_of(draw, tmp_path / "d.png", deciles=table())
    texts = [word.text for word in words]
    # deciles 1, 2, 3, 10 and all: 50, 0, 0, 50 and 38 of 100 within 30 minutes
    assert texts.count("no resident in this decile") == 6
    assert [word.text for word in words if word.size_pt == 14] == ["50%", "0%", "0%", "50%", "38%"]


def test_bars_are_as_long_as_their_shares(tmp_path):
    draw(tmp_path / "d.png", table([(1, 10), (1, 10), (1, 10), (1, 100)], (15,)), cutoff_min=15)
    image = np.rint(imread(tmp_path / "d.png")[:, :, :3] * 255).astype(int)
    near = (np.abs(image - channels(band_colours(1)[0])).max(axis=2) <= 1).sum(axis=1)
    ground = (np.abs(image - channels("#F1EFEA")).max(axis=2) <= 1).sum(axis=1)
    row = int(np.argmax(near))
    rows = slice(row, row + 1)
    assert near[rows].sum() / (near[rows].sum() + ground[rows].sum()) == pytest.approx(0.75, abs=0.02)


def test_the_chart_repeats_byte_for_byte(tmp_path):
    for name in ("one", "two"):
        draw(tmp_path / f"{name}.png", table())
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    assert imread(tmp_path / "one.png").shape[:2] == (1440, 2560)


def test_a_cutoff_that_the_table_lacks_is_refused(tmp_path):
    assert shares_cutoffs(table()) == [15, 30, 45, 60]
    with pytest.raises(InputError, match=r"no shares within 20 minutes.*15, 30, 45, 60"):
        draw(tmp_path / "d.png", table(), cutoff_min=20)
