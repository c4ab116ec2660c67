import io

import numpy as np
import pytest
from PIL import Image

from ptreach.outputs.maps.png import png_bytes


@pytest.mark.parametrize("values_n", [3, 4])
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (5, 1), (40, 33)])
def test_another_reader_finds_the_pixels_that_were_written(shape, values_n):
    pixels = np.random.default_rng(1).integers(0, 256, (*shape, values_n), dtype=np.uint8)
    image = Image.open(io.BytesIO(png_bytes(pixels, 200)))
    image.load()  # checks what each chunk says of itself
    assert (image.format, image.mode) == ("PNG", "RGB" if values_n == 3 else "RGBA")
    assert np.array_equal(np.asarray(image), pixels)
    assert image.info["dpi"] == pytest.approx((200, 200), abs=0.1)


def test_pixels_that_are_part_of_more_are_written_too_and_repeat():
    whole = np.random.default_rng(2).integers(0, 256, (20, 30, 4), dtype=np.uint8)
    part = whole[..., :3]
    first = png_bytes(part)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(first))), part)
    assert "dpi" not in Image.open(io.BytesIO(first)).info
    assert png_bytes(part.copy()) == first


def test_a_chart_is_not_much_larger_than_the_best_that_a_library_finds():
    pixels = np.full((600, 800, 3), 255, dtype=np.uint8)
    for at in range(40, 560, 40):
        pixels[at : at + 25, 100 : 100 + at] = (20, 97 + at // 5, 144)
    best = io.BytesIO()
    Image.fromarray(pixels).save(best, "png", compress_level=9)
    assert len(png_bytes(pixels)) < 4 * len(best.getvalue()) < pixels.size / 100
