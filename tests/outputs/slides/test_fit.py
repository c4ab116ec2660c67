import re
import string
from pathlib import Path

import matplotlib as mpl
import pytest

from ptreach.outputs.slides.fit import largest_size, shortened, width_pt, wrapped

TEXTS = (
    "Half of residents are 58 minutes or more away",
    "Most deprived tenth: 31% within 30 minutes; least: 12%",
    "WEST MIDLANDS MMWW @ 100%",
    "Open Government Licence v3.0. Contains OS data, Crown copyright and database right 2025",
    "illicit till fjord, il; i.l: tis",
)


def arial_pt(text, size_pt, *, bold):
    """The width of a text in Helvetica, which Arial was made to have, by the tables that matplotlib ships."""
    name = "phvb8a.afm" if bold else "phvr8a.afm"
    table = (Path(mpl.get_data_path()) / "fonts" / "afm" / name).read_text(encoding="latin-1")
    widths = {
        chr(int(code)): int(width)
        for code, width in re.findall(r"^C (\d+) ; WX (\d+) ;", table, re.MULTILINE)
    }
    return sum(widths[letter] for letter in text) * size_pt / 1000


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("text", TEXTS)
def test_words_are_thought_at_least_as_wide_as_arial_and_not_much_wider(text, bold):
    true_pt = arial_pt(text, 20, bold=bold)
    assert true_pt <= width_pt(text, 20, bold=bold) <= 1.3 * true_pt


@pytest.mark.parametrize("bold", [False, True])
def test_no_common_letter_is_thought_narrower_than_it_is(bold):
    for letter in string.ascii_letters + string.digits + " .,:;!?()[]/-+=&%@#*<>":
        assert width_pt(letter, 100, bold=bold) >= 0.94 * arial_pt(letter, 100, bold=bold), letter


def test_lines_break_between_words_and_within_words_that_are_too_long():
    room = width_pt("aaaa bbbb", 10)
    assert wrapped("aaaa bbbb cccc", room, 10) == ["aaaa bbbb", "cccc"]
    pieces = wrapped("x" * 30, room, 10)
    assert "".join(pieces) == "x" * 30
    assert all(width_pt(piece, 10) <= room for piece in pieces)


def test_a_size_is_taken_at_which_the_text_fits():
    room = width_pt("aaaa", 20)
    assert largest_size("aaaa", room, 1, (40, 20, 10)) == 20
    assert largest_size("aaaa", room, 1, (40, 30)) == 30  # the last, where none fits


def test_a_text_is_cut_only_where_it_must_be():
    room = width_pt("aaaa bb", 10)
    assert shortened("aaaa bb", room, 10) == "aaaa bb"
    cut = shortened("aaaa bbbb cccc", room, 10)
    assert cut.endswith("…")
    assert width_pt(cut, 10) <= room
    assert shortened("wide", 0.1, 10) == "…"


def test_letters_of_other_scripts_are_not_thought_narrow():
    assert width_pt("東京", 10) >= 20
    assert width_pt("Llŷn", 10) >= width_pt("Llyn", 10)


def test_a_text_without_end_is_cut_at_once():
    endless = "x" * 2_000_000
    assert len(shortened(endless, 100, 10)) < 30
    assert len(wrapped(endless[:20_000], 500, 10)) > 100
