"""What lies on slides: words, pictures, charts and tables that can be edited, each with its description."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ptreach.outputs.ramp import INK, RAMP
from ptreach.outputs.tables.sheets import printable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pptx.slide import Slide
    from pptx.text.text import TextFrame

Box = tuple[float, float, float, float]
"""Left, top, width and height in inches."""
WIDTH_IN: Final = 13.333
MARGIN_IN: Final = 0.6
FONT: Final = "Arial"
"""A font that every office program has, or one of the same widths."""
GREY: Final = "#4A4A4A"
RED: Final = "#B00020"
INSET_PT: Final = 14.4
"""What a text box keeps free at its sides, left and right together."""
_EMU_IN: Final = 914_400


class Words(NamedTuple):
    """A paragraph."""

    text: str
    size_pt: int
    bold: bool = False
    colour: str = "#1A1A1A"
    after_pt: int = 0
    """Room below it."""
    bullet: bool = False


class Cells(NamedTuple):
    """A column of a table on a slide."""

    heading: str
    width_in: float
    is_right: bool
    """Whether it is aligned to the right, as numbers are."""
    texts: tuple[str, ...]


def emu(inches: float) -> int:
    """Return a length in the unit of slides."""
    return round(inches * _EMU_IN)


def place(shape: Any, box: Box) -> None:  # noqa: ANN401 -- any shape of python-pptx
    """Move a shape into a box."""
    shape.left, shape.top, shape.width, shape.height = map(emu, box)


def describe_shape(shape: Any, name: str, words: str) -> None:  # noqa: ANN401
    """Give a shape a name, and the description that screen readers read."""
    from pptx.oxml.ns import qn

    shape.name = name
    next(shape.element.iter(qn("p:cNvPr"))).set("descr", printable(words).strip())


def add_text(slide: Slide, box: Box, name: str, paragraphs: Sequence[Words], fill: str = "") -> None:
    """Add a box of words, filled with a colour if one is given."""
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR

    shape = slide.shapes.add_textbox(*map(emu, box))
    shape.name = name
    if fill:
        shape.fill.solid()
        shape.fill.fore_color.rgb = RGBColor.from_string(fill[1:])
        shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    write_words(shape.text_frame, paragraphs)


def write_words(frame: TextFrame, paragraphs: Sequence[Words]) -> None:
    """Write paragraphs into a frame in place of what is there."""
    from pptx.dml.color import RGBColor
    from pptx.util import Pt

    frame.clear()
    frame.word_wrap = True
    for number, words in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        if words.bullet:
            _add_bullet(paragraph, words.size_pt)
        paragraph.space_after = Pt(words.after_pt)
        run = paragraph.add_run()
        run.text = printable(words.text)
        run.font.size, run.font.bold = Pt(words.size_pt), words.bold
        run.font.color.rgb = RGBColor.from_string(words.colour[1:])
        run.font.language_id = _language()


def _language() -> Any:  # noqa: ANN401
    from pptx.enum.lang import MSO_LANGUAGE_ID

    return MSO_LANGUAGE_ID.ENGLISH_UK


def _add_bullet(paragraph: Any, size_pt: int) -> None:  # noqa: ANN401
    """Make a paragraph one of a list, as PowerPoint's own button does."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 -- python-pptx has no bullets
    hang = emu(size_pt * 1.1 / 72)
    properties.set("marL", str(hang))
    properties.set("indent", str(-hang))
    properties.append(parse_xml(f'<a:buChar {nsdecls("a")} char="•"/>'))


def add_picture(slide: Slide, path: Path, box: Box, words: str, *, crop_top: float = 0.0) -> None:
    """Add a picture as large as fits in a box, in its middle, without the share `crop_top` of its height."""
    picture = slide.shapes.add_picture(str(path), 0, 0)
    picture.crop_top = crop_top
    left, top, width, height = box
    shape = picture.width / (picture.height * (1 - crop_top))
    wide = min(width, height * shape)
    place(picture, (left + (width - wide) / 2, top + (height - wide / shape) / 2, wide, wide / shape))
    describe_shape(picture, "Map", words)


SHARE_FORMAT: Final = '[=0]0%;[<0.005]"<1%";0%'
"""How programs of slides write a share, as `percent` does: some is not none."""


def add_bars(
    slide: Slide, box: Box, bars: Sequence[tuple[str, float]], words: str, *, of_x: str, of_y: str
) -> None:
    """Add a bar chart of shares (0 to 1; NaN: no bar) that can be edited; `of_x` and `of_y` name its axes."""
    from pptx.chart.data import CategoryChartData
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
    from pptx.util import Pt

    data = CategoryChartData(number_format="0%")
    data.categories = [printable(name) for name, _ in bars]
    data.add_series(printable(of_y), [None if math.isnan(share) else share for _, share in bars])
    frame = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *map(emu, box), data)
    describe_shape(frame, "Chart", words)
    chart = frame.chart
    chart.has_title = chart.has_legend = False
    chart.font.size, chart.font.name = Pt(14), FONT
    chart.font.color.rgb = RGBColor.from_string(GREY[1:])
    plot = chart.plots[0]
    plot.gap_width = 45
    plot.series[0].format.fill.solid()
    plot.series[0].format.fill.fore_color.rgb = RGBColor.from_string(RAMP[1][1:])
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = SHARE_FORMAT, False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    labels.font.size, labels.font.bold = Pt(16), True
    labels.font.color.rgb = RGBColor.from_string(INK[1:])
    values, names = chart.value_axis, chart.category_axis
    values.minimum_scale, values.maximum_scale, values.major_unit = 0, 1, 0.25
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = "0%", False
    values.major_gridlines.format.line.color.rgb = RGBColor.from_string("D9D9D9")
    values.format.line.fill.background()
    for axis, title in ((values, of_y), (names, of_x)):
        axis.has_title = True
        axis.axis_title.text_frame.text = printable(title)
        run = axis.axis_title.text_frame.paragraphs[0].runs[0]
        run.font.size, run.font.bold = Pt(14), False


def add_table(slide: Slide, top_in: float, row_in: float, columns: Sequence[Cells], words: str) -> None:
    """Add a table that can be edited, its headings marked as such; at least one row."""
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN

    rows_n = len(columns[0].texts) + 1
    box = (MARGIN_IN + INSET_PT / 144, top_in, sum(column.width_in for column in columns), row_in * rows_n)
    frame = slide.shapes.add_table(rows_n, len(columns), *map(emu, box))
    describe_shape(frame, "Table", words)
    table = frame.table
    table.first_row, table.horz_banding = True, True
    for place_x, column in enumerate(columns):
        table.columns[place_x].width = emu(column.width_in)
        for place_y, text in enumerate((column.heading, *column.texts)):
            cell = table.cell(place_y, place_x)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            colour = "#FFFFFF" if place_y == 0 else "#1A1A1A"
            write_words(cell.text_frame, [Words(text, 16, bold=place_y == 0, colour=colour)])
            cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT if column.is_right else PP_ALIGN.LEFT
    for row in table.rows:
        row.height = emu(row_in)
