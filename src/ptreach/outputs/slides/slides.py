"""The slides of a pack: an editable deck, each title the finding, each number from the run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from ptreach.outputs.maps.pages import SLIDE
from ptreach.outputs.slides import words as slide_words
from ptreach.outputs.slides.deck import BODY_BOX, HEIGHT_IN, Deck
from ptreach.outputs.slides.fit import LINE_EM, shortened, wrapped
from ptreach.outputs.slides.shapes import (
    GREY,
    INSET_PT,
    MARGIN_IN,
    WIDTH_IN,
    Cells,
    Words,
    add_bars,
    add_picture,
    add_table,
    add_text,
)
from ptreach.outputs.wording import (
    district_phrase,
    long_date,
    map_title,
    middle_cutoff,
    statistic_phrase,
    subtitle,
    window_phrase,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from ptreach.config import Town
    from ptreach.model import SourceRecord
    from ptreach.outputs.facts import PackFacts

_ROOM_IN: Final = WIDTH_IN - 2 * MARGIN_IN
_HEIGHT_PT: Final = BODY_BOX[3] * 72 - 8
"""Height of the body of a slide, without what its box keeps free."""
_SOURCE_PT: Final = 14


def write_slides(
    path: Path,
    *,
    town: Town,
    zones: pd.DataFrame,
    deciles: pd.DataFrame,
    far: pd.DataFrame,
    far_rule: str,
    map_path: Path,
    facts: PackFacts,
) -> None:
    """Write the deck: title, map, findings, deprivation, who is far, method, sources.

    The same inputs give the same bytes.

    Parameters
    ----------
    path
        The PPTX to write.
    town
        What was asked.
    zones
        Columns ``minutes_p50`` (minutes, NaN where not reached), ``population``, ``district_name``.
    deciles
        What `decile_table` returns.
    far
        All zones that are deprived and far, the first to be listed first; ten are shown. Columns
        ``zone_name, imd_decile, population, minutes_p50, reason``, as in `zone_table`.
    far_rule
        Which zones those are, as a sentence: ``Zones of deciles 1 to 3, farthest first.`` Where there are
        none, that there are none.
    map_path
        The picture that `draw_journey_time_map` wrote; its description lies beside it as ``.txt``.
    facts
        What is said of sources, edition and version.

    Raises
    ------
    OSError
        Where a file can't be read or written.
    """
    footer = f"{town.name}: {long_date(town.date)}, {window_phrase(town)}"
    deck = Deck(
        map_title(town), f"ptreach {facts.version}", _one_line(footer, 10.5, 12), made_up=facts.made_up
    )
    deck.add_cover(
        map_title(town),
        (
            f"{long_date(town.date)}, {window_phrase(town)}",
            f"{statistic_phrase(town).capitalize()}, on foot and by public transport",
            f"Residents of {district_phrase(zones)}, {facts.areas.edition}",
        ),
        f"{slide_words.made_by(facts)} Preset {town.preset_name}: {town.preset.title}.",
    )
    _add_map(deck, town, deciles, map_path)
    _add_sentences(deck, town, zones, deciles, facts)
    _add_deprivation(deck, town, zones, deciles, facts)
    _add_far(deck, far, far_rule)
    _add_method(deck, town, facts)
    _add_sources(deck, facts.sources)
    deck.save(path)


def _add_map(deck: Deck, town: Town, deciles: pd.DataFrame, map_path: Path) -> None:
    """Show the map without its heading, which the slide's title and the line below it replace."""
    words = map_path.with_suffix(".txt").read_text(encoding="utf-8")
    slide = deck.add_slide(slide_words.map_finding(town, deciles), words, (0.28, 0.36, _ROOM_IN, 0.5))
    line = _one_line(subtitle(town), WIDTH_IN - 0.4, 14)
    add_text(slide, (0.28, 0.82, WIDTH_IN - 0.4, 0.34), "When", [Words(line, 14, colour=GREY)])
    heading = SLIDE.body[0] / SLIDE.height_in - 0.01  # all but a little of what is above the map
    add_picture(slide, map_path, (0.1, 1.18, WIDTH_IN - 0.2, HEIGHT_IN - 1.2), words, crop_top=heading)


def _add_sentences(
    deck: Deck, town: Town, zones: pd.DataFrame, deciles: pd.DataFrame, facts: PackFacts
) -> None:
    """Say what the map shows in three sentences."""
    sentences = slide_words.three_sentences(town, zones, deciles, facts)
    slide = deck.add_slide(slide_words.middle_finding(town, zones, deciles), "\n".join(sentences))
    size_pt = _fitting_size(sentences, (28, 26, 24, 22, 20, 18), after_pt=30)
    add_text(slide, BODY_BOX, "Findings", [Words(text, size_pt, after_pt=30) for text in sentences])


def _add_deprivation(
    deck: Deck, town: Town, zones: pd.DataFrame, deciles: pd.DataFrame, facts: PackFacts
) -> None:
    """Show the share within the middle cutoff by decile, as a chart that can be edited."""
    words = slide_words.deprivation_notes(town, zones, deciles)
    slide = deck.add_slide(slide_words.deprivation_finding(town, deciles), words)
    shares = slide_words.decile_shares(town, deciles)
    bars = [
        (f"{name}: nobody" if math.isnan(share) else name, share)
        for name, share in shares.items()
        if name != "all"
    ]
    left, top, width, height = BODY_BOX
    add_bars(
        slide,
        (left, top, width, height - 0.45),
        bars,
        words,
        of_x="Decile of deprivation, 1 the most deprived",
        of_y=f"Residents within {middle_cutoff(town)} minutes",
    )
    line = f"Share of residents by national decile. {facts.areas.deprivation_title}."
    note = [Words(_one_line(line, width, 14), 14, colour=GREY)]
    add_text(slide, (left, top + height - 0.4, width, 0.36), "Note", note)


def _add_far(deck: Deck, far: pd.DataFrame, rule: str) -> None:
    """List up to ten zones that are deprived and far, in a table that can be edited."""
    shown = far.head(slide_words.FAR_ZONES)
    if len(shown) < len(far):
        rule = f"The first {len(shown)} of {len(far):,}. {rule}"
    columns = (
        Cells("Zone", 5.4, is_right=False, texts=tuple(shown["zone_name"].astype(str))),
        Cells("IMD decile", 1.7, is_right=True, texts=_whole(shown["imd_decile"])),
        Cells("Residents", 1.7, is_right=True, texts=_whole(shown["population"])),
        Cells(
            "Median minutes",
            3.1,
            is_right=True,
            texts=tuple(
                slide_words.minutes_or_reason(float(minutes), str(reason))
                for minutes, reason in zip(shown["minutes_p50"], shown["reason"], strict=True)
            ),
        ),
    )
    rows = list(zip(*(column.texts for column in columns), strict=True))
    notes = [
        rule,
        *(f"{zone}: decile {decile}, {people} residents, {time}." for zone, decile, people, time in rows),
    ]
    slide = deck.add_slide(slide_words.far_finding(far), "\n".join(notes))
    left, top, width, height = BODY_BOX
    if not rows:
        add_text(slide, BODY_BOX, "Which zones", [Words(rule, _fitting_size((rule,), (28, 24, 20), 0))])
        return
    fitted = [
        column._replace(texts=tuple(_one_line(value, column.width_in, 16) for value in column.texts))
        for column in columns
    ]
    add_table(slide, top, 0.41, fitted, " ".join(notes))
    below = top + 0.41 * (len(rows) + 1) + 0.12
    rule_words = [Words(rule, 16, colour=GREY)]
    add_text(slide, (left, below, width, top + height - below), "Which zones", rule_words)


def _add_method(deck: Deck, town: Town, facts: PackFacts) -> None:
    """Say how it was computed, from the run's settings."""
    points = slide_words.method_points(town, facts)
    slide = deck.add_slide(slide_words.method_finding(town), slide_words.made_by(facts))
    size_pt = _fitting_size(points, (20, 18, 16, 14, 12), after_pt=10)
    add_text(slide, BODY_BOX, "Method", [Words(point, size_pt, after_pt=10, bullet=True) for point in points])


def _fitting_size(texts: Sequence[str], sizes_pt: Sequence[int], after_pt: int) -> int:
    """Return the first size at which paragraphs fit the body of a slide, their bullets too, else the last."""
    for size_pt in sizes_pt:
        room_pt = _ROOM_IN * 72 - INSET_PT - 1.1 * size_pt
        lines = sum(len(wrapped(text, room_pt, size_pt)) for text in texts)
        if lines * size_pt * LINE_EM + len(texts) * after_pt <= _HEIGHT_PT:
            return size_pt
    return sizes_pt[-1]


def _add_sources(deck: Deck, sources: Sequence[SourceRecord]) -> None:
    """List sources, licences and attributions as they stand, on as many slides as they need."""
    pages = _pages([_source_words(record) for record in sources], _HEIGHT_PT)
    for number, page in enumerate(pages, 1):
        more = f" ({number} of {len(pages)})" if len(pages) > 1 else ""
        notes = "Whose data the numbers are made of, and under which licences. Digests: manifest.json."
        slide = deck.add_slide(f"Sources and licences{more}", notes)
        add_text(slide, BODY_BOX, "Sources", page)


def _source_words(record: SourceRecord) -> list[Words]:
    """Return the paragraphs of a source."""
    mark = " [made up]" if record.made_up else ""
    return [
        Words(f"{record.title}, {record.publisher}, {record.date}{mark}", _SOURCE_PT, bold=True),
        Words(f"{record.licence}. {record.attribution}", _SOURCE_PT, colour=GREY, after_pt=8),
    ]


def _pages(items: Sequence[list[Words]], room_pt: float) -> list[list[Words]]:
    """Return paragraphs in pages of a height in points, no item cut in two."""
    pages: list[list[Words]] = [[]]
    used_pt = 0.0
    for item in items:
        height_pt = sum(
            len(wrapped(words.text, _ROOM_IN * 72 - INSET_PT, words.size_pt, bold=words.bold))
            * words.size_pt * LINE_EM + words.after_pt
            for words in item
        )  # fmt: skip
        if pages[-1] and used_pt + height_pt > room_pt:
            pages.append([])
            used_pt = 0.0
        pages[-1] += item
        used_pt += height_pt
    return pages


def _whole(numbers: pd.Series) -> tuple[str, ...]:
    """Return whole numbers as texts; what is not known is told as such."""
    values = numbers.astype("float64").tolist()
    return tuple("not known" if math.isnan(value) else f"{value:,.0f}" for value in values)


def _one_line(text: str, width_in: float, size_pt: int) -> str:
    """Return a text that fits one line of a box, cut where it must be."""
    return shortened(text, width_in * 72 - INSET_PT, size_pt)
