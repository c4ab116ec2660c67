"""A small town to write packs of."""

import pytest

from quarter import write_quarter


@pytest.fixture
def quarter(tmp_path):
    """Write the file of a town in that part of the made-up one; each number has a point of its own."""
    config = write_quarter(tmp_path)
    text = config.read_text(encoding="utf-8")

    def town(number):
        config.write_text(text.replace("lon = 1.02", f"lon = 1.02{number:03d}"), encoding="utf-8")
        return config

    assert "lon = 1.02" in text
    return town
