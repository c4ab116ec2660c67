"""A deck of slides as a file: 16:9, Arial, titles and footers where PowerPoint looks for them, no dates.

It starts from python-pptx's own empty deck, which is 4:3 and in Calibri: its layouts are moved and its themes
changed, so that slides added by hand look like ours.
"""

from __future__ import annotations

import copy
import io
import re
from typing import TYPE_CHECKING, Any, Final

from ptreach.outputs.ramp import INK, RAMP
from ptreach.outputs.slides.fit import largest_size
from ptreach.outputs.slides.shapes import (
    FONT,
    GREY,
    INSET_PT,
    MARGIN_IN,
    RED,
    WIDTH_IN,
    Box,
    Words,
    add_text,
    emu,
    place,
    write_words,
)
from ptreach.outputs.tables.sheets import printable
from ptreach.outputs.wording import MADE_UP_NOTICE
from ptreach.zips import WRITTEN, without_dates

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pptx.slide import Slide, SlideLayout

HEIGHT_IN: Final = 7.5
TITLE_BOX: Final[Box] = (MARGIN_IN, 0.42, WIDTH_IN - 2 * MARGIN_IN, 0.86)
BODY_BOX: Final[Box] = (MARGIN_IN, 1.45, WIDTH_IN - 2 * MARGIN_IN, 5.4)
FOOTER_BOX: Final[Box] = (MARGIN_IN, 7.04, 10.5, 0.34)
NUMBER_BOX: Final[Box] = (WIDTH_IN - MARGIN_IN - 1.2, 7.04, 1.2, 0.34)
TITLE_SIZES_PT: Final = (30, 28, 26, 24, 22, 20, 18)
_COVER_SIZES_PT: Final = (44, 40, 36, 32, 28, 24)
_KEPT: Final = ("Title Slide", "Title and Content", "Title Only", "Blank")
"""Layouts of the template that are kept; the others are of 4:3 through and through."""
_SCHEME: Final = {
    "dk2": INK,
    "accent1": RAMP[1],
    "accent2": RAMP[2],
    "accent3": RAMP[3],
    "accent4": INK,
    "accent5": GREY,
    "accent6": RED,
}


class Deck:
    """Slides on their way into a file."""

    def __init__(self, title: str, author: str, footer: str, *, made_up: bool) -> None:
        from pptx import Presentation

        self._slides = Presentation()
        self._footer, self._made_up = printable(footer), made_up
        self._describe(printable(title), author)
        self._reshape()

    def _describe(self, title: str, author: str) -> None:
        """Set the document's properties, all that the template has of its own among them."""
        written = WRITTEN.replace(tzinfo=None)
        properties = self._slides.core_properties
        properties.title = title
        properties.author = properties.last_modified_by = author
        properties.created = properties.modified = properties.last_printed = written
        properties.language = "en-GB"
        properties.subject = properties.keywords = properties.comments = properties.category = ""
        properties.revision = 1

    def _reshape(self) -> None:
        """Make the template 16:9, in our font and colours, with titles to the left."""
        from pptx.enum.shapes import PP_PLACEHOLDER as KIND

        slides = self._slides
        slides.slide_width, slides.slide_height = emu(WIDTH_IN), emu(HEIGHT_IN)
        for layout in list(slides.slide_layouts):
            if layout.name not in _KEPT:
                slides.slide_layouts.remove(layout)
        boxes = {
            KIND.TITLE: TITLE_BOX,
            KIND.BODY: BODY_BOX,
            KIND.FOOTER: FOOTER_BOX,
            KIND.SLIDE_NUMBER: NUMBER_BOX,
        }
        for holder in list(slides.slide_master.placeholders):
            kind = holder.placeholder_format.type
            if kind == KIND.DATE:
                holder.element.getparent().remove(holder.element)
            else:
                place(holder, boxes[kind])
                _align(holder.element, "r" if kind == KIND.SLIDE_NUMBER else "l")
                for tint in list(holder.element.iter(_name("a:tint"))):
                    tint.getparent().remove(tint)  # too pale to read
        for layout in slides.slide_layouts:
            for holder in list(layout.placeholders):
                if holder.placeholder_format.type == KIND.DATE:
                    holder.element.getparent().remove(holder.element)
        style = slides.slide_master.element.find(f".//{_name('p:titleStyle')}/{_name('a:lvl1pPr')}")
        style.set("algn", "l")
        letters = style.find(_name("a:defRPr"))
        letters.set("sz", str(100 * TITLE_SIZES_PT[0]))
        letters.set("b", "1")
        letters.find(f".//{_name('a:schemeClr')}").set("val", "tx2")
        self._reshape_cover()

    def _reshape_cover(self) -> None:
        """Make the layout of the title slide dark, its words white."""
        from pptx.dml.color import RGBColor

        layout = self._layout("Title Slide")
        fill = layout.background.fill
        fill.solid()
        fill.fore_color.rgb = RGBColor.from_string(INK[1:])
        title, lines = layout.placeholders[0], layout.placeholders[1]
        place(title, (MARGIN_IN, 1.6, WIDTH_IN - 2 * MARGIN_IN, 1.9))
        place(lines, (MARGIN_IN, 3.75, WIDTH_IN - 2 * MARGIN_IN, 2.4))
        for holder in (title, lines):
            _align(holder.element, "l")

    def _layout(self, name: str) -> SlideLayout:
        return next(layout for layout in self._slides.slide_layouts if layout.name == name)

    def add_cover(self, title: str, lines: Sequence[str], notes: str) -> Slide:
        """Add the title slide."""
        slide = self._slides.slides.add_slide(self._layout("Title Slide"))
        room_pt = (WIDTH_IN - 2 * MARGIN_IN) * 72 - INSET_PT
        size_pt = largest_size(title, room_pt, 2, _COVER_SIZES_PT, bold=True)
        write_words(slide.shapes.title.text_frame, [Words(title, size_pt, bold=True, colour="#FFFFFF")])
        write_words(
            slide.placeholders[1].text_frame,
            [Words(line, 20, colour="#FFFFFF", after_pt=8) for line in lines],
        )
        self._finish(slide, notes)
        return slide

    def add_slide(self, title: str, notes: str, title_box: Box | None = None) -> Slide:
        """Add a slide with a title, a footer and speaker notes.

        With a `title_box` the title stands there, in one line, and the slide has no footer.
        """
        slide = self._slides.slides.add_slide(self._layout("Title Only"))
        holder = slide.shapes.title
        if title_box:
            place(holder, title_box)
        room_pt = (title_box or TITLE_BOX)[2] * 72 - INSET_PT
        size_pt = largest_size(title, room_pt, 1, TITLE_SIZES_PT, bold=True)
        write_words(holder.text_frame, [Words(title, size_pt, bold=True, colour=INK)])
        if not title_box:
            self._add_footer(slide)
        self._finish(slide, notes)
        return slide

    def _add_footer(self, slide: Slide) -> None:
        """Add footer and number as the placeholders of the layout, which python-pptx leaves out."""
        from pptx.enum.shapes import PP_PLACEHOLDER as KIND

        for holder in slide.slide_layout.placeholders:
            kind = holder.placeholder_format.type
            if kind not in {KIND.FOOTER, KIND.SLIDE_NUMBER}:
                continue
            element = copy.deepcopy(holder.element)
            slide.shapes.element.append(element)
            if kind == KIND.FOOTER:
                added = slide.placeholders[holder.placeholder_format.idx]
                write_words(added.text_frame, [Words(self._footer, 12, colour=GREY)])

    def _finish(self, slide: Slide, notes: str) -> None:
        """Add speaker notes, and the notice of made-up data where it is due."""
        slide.notes_slide.notes_text_frame.text = printable(notes)
        if self._made_up:
            box = (0.0, 0.0, WIDTH_IN, 0.34)
            words = Words(MADE_UP_NOTICE, 13, bold=True, colour="#FFFFFF")
            add_text(slide, box, "Notice of made-up data", [words], fill=RED)

    def save(self, path: Path) -> None:
        """Write the file; the same slides give the same bytes."""
        data = io.BytesIO()
        self._slides.save(data)
        path.write_bytes(without_dates(data.getvalue(), _finished))


def _theme(blob: bytes) -> bytes:
    """Return a theme in our font and colours."""
    text = blob.decode("utf-8")
    text = re.sub(r'<a:latin typeface="[^"+]*"', f'<a:latin typeface="{FONT}"', text)
    for name, colour in _SCHEME.items():
        text = re.sub(rf'(<a:{name}>\s*<a:srgbClr val=")[0-9A-Fa-f]{{6}}', rf"\g<1>{colour[1:]}", text)
    return text.encode("utf-8")


def _finished(name: str, content: bytes) -> bytes:
    """Return a file of the deck; a theme in our font and colours, a chart's workbook without dates."""
    if name.startswith("ppt/theme/"):
        return _theme(content)
    if name.startswith("ppt/embeddings/") and name.endswith(".xlsx"):
        return without_dates(content, _finished)
    if name == "docProps/core.xml":
        date = WRITTEN.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
        return re.sub(rb"(<dcterms:(?:created|modified)\b[^>]*>)[^<]*", rb"\g<1>" + date, content)
    return content


def _align(element: Any, side: str) -> None:  # noqa: ANN401 -- lxml has no types
    """Align the first level of a placeholder's words: ``l`` or ``r``."""
    for level in element.iter(_name("a:lvl1pPr")):
        level.set("algn", side)


def _name(tag: str) -> str:
    """Return a tag as lxml has it."""
    from pptx.oxml.ns import qn

    return str(qn(tag))
