import dataclasses
import io
import zipfile

import numpy as np
import openpyxl
import pytest
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.util import Emu

from ptreach.outputs.slides.slides import write_slides
from ptreach.outputs.tables.frames import decile_table, zone_table
from ptreach.outputs.wording import MADE_UP_NOTICE, TITLE_WORDS

CUTOFFS = (15, 30)


@pytest.fixture(scope="module")
def path(deck, tmp_path_factory):
    path = tmp_path_factory.mktemp("slides") / "ryde.pptx"
    write_slides(path, **deck)
    return path


@pytest.fixture(scope="module")
def slides(path):
    return list(Presentation(path).slides)


def shape(slide, name):
    return next(shape for shape in slide.shapes if shape.name == name)


def description(shape):
    return next(element.get("descr") for element in shape.element.iter() if element.tag.endswith("}cNvPr"))


def text_of(slide):
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def test_titles_say_the_findings_in_ten_words_at_most(slides):
    titles = [slide.shapes.title.text for slide in slides]
    assert titles == [
        "Journey time from Ryde high street by public transport",
        "20% live within 15 minutes of Ryde high street",
        "Half of residents are 29 minutes or more away",
        "Most deprived tenth: 50% within 15 minutes; least: 0%",
        "2 deprived zones: 33 minutes or more away, or unreached",
        "Journeys by timetable, every minute from 07:15 to 09:15",
        "Sources and licences",
    ]
    assert all(len(title.split()) <= TITLE_WORDS for title in titles)


def test_the_deck_is_wide_and_every_slide_has_notes(path, slides):
    presentation = Presentation(path)
    assert presentation.slide_width / presentation.slide_height == pytest.approx(16 / 9, abs=1e-3)
    for slide in slides:
        assert slide.has_notes_slide
        assert slide.notes_slide.notes_text_frame.text.strip()


def test_pictures_charts_and_tables_are_described(slides, deck):
    described = {
        name: description(shape(slides[number], name))
        for number, name in ((1, "Map"), (3, "Chart"), (4, "Table"))
    }
    assert described["Map"] == deck["map_path"].with_suffix(".txt").read_text(encoding="utf-8").strip()
    assert "decile 1: 50% of 200" in described["Chart"]
    assert "Ryde 5: decile 10, 100 residents, off network." in described["Table"]
    for slide in slides:
        for part in slide.shapes:
            if part.has_chart or part.has_table or part.shape_type == 13:
                assert description(part)


def test_the_chart_holds_the_shares_of_the_table_and_can_be_edited(slides, deck):
    chart = shape(slides[3], "Chart").chart
    plot = chart.plots[0]
    assert list(plot.categories)[:3] == ["1", "2: nobody", "3: nobody"]
    expected = deck["deciles"]["share_within_15"].iloc[:10].tolist()
    assert plot.series[0].values == tuple(None if np.isnan(share) else share for share in expected)
    workbook = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert workbook.active["B2"].value == 0.5
    assert plot.data_labels.number_format == '[=0]0%;[<0.005]"<1%";0%'  # some is not none


def test_the_table_lists_the_zones_that_are_far(slides):
    table = shape(slides[4], "Table").table
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows == [
        ["Zone", "IMD decile", "Residents", "Median minutes"],
        ["Ryde 4", "8", "100", "33.3"],
        ["Ryde 5", "10", "100", "off network"],
    ]
    assert table.first_row


def test_the_map_keeps_its_proportions_without_its_heading(slides):
    picture = shape(slides[1], "Map")
    shown = picture.width / picture.height
    assert shown == pytest.approx(160 / (90 * (1 - picture.crop_top)), rel=1e-3)
    assert 0.1 < picture.crop_top < 0.2


def test_three_sentences_stand_under_the_finding(slides):
    paragraphs = [p.text for p in shape(slides[2], "Findings").text_frame.paragraphs]
    assert len(paragraphs) == 3
    assert paragraphs[0].startswith("20% of the 500 residents")


def test_every_source_is_named_with_its_licence_and_attribution(slides, facts):
    text = text_of(slides[6])
    for record in facts.sources:
        assert record.title in text
        assert f"{record.licence}. {record.attribution}" in text


def test_many_sources_take_more_slides_and_none_is_lost(deck, facts, tmp_path):
    records = tuple(dataclasses.replace(facts.sources[0], title=f"Source number {n:02d}") for n in range(40))
    write_slides(tmp_path / "x.pptx", **deck | {"facts": dataclasses.replace(facts, sources=records)})
    slides = list(Presentation(tmp_path / "x.pptx").slides)[6:]
    count = len(slides)
    assert count > 1
    assert [slide.shapes.title.text for slide in slides] == [
        f"Sources and licences ({number} of {count})" for number in range(1, count + 1)
    ]
    text = "\n".join(map(text_of, slides))
    assert [text.index(record.title) for record in records] == sorted(
        text.index(record.title) for record in records
    )


def test_footers_and_numbers_stand_in_their_placeholders(slides):
    for slide in slides[2:]:
        kinds = {holder.placeholder_format.type: holder for holder in slide.placeholders}
        assert kinds[PP_PLACEHOLDER.FOOTER].text_frame.text == (
            "Ryde high street: Tuesday 16 June 2020, leaving 07:15 to 09:15"
        )
        assert PP_PLACEHOLDER.SLIDE_NUMBER in kinds


def test_shapes_lie_on_their_slides(path, slides):
    presentation = Presentation(path)
    for slide in slides:
        for part in slide.shapes:
            assert part.left >= 0
            assert part.top >= 0
            assert part.left + part.width <= presentation.slide_width + Emu(1)
            assert part.top + part.height <= presentation.slide_height + Emu(1)


def test_the_font_is_arial_everywhere(path):
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".xml") and name.startswith("ppt/"):
                assert b'typeface="Calibri' not in archive.read(name), name
        assert b'<a:latin typeface="Arial"' in archive.read("ppt/theme/theme1.xml")


def test_made_up_data_are_called_so_on_every_slide(deck, facts, slides, tmp_path):
    assert not any(MADE_UP_NOTICE in text_of(slide) for slide in slides)
    made_up = dataclasses.replace(facts, made_up=True)
    write_slides(tmp_path / "x.pptx", **deck | {"facts": made_up})
    assert all(MADE_UP_NOTICE in text_of(slide) for slide in Presentation(tmp_path / "x.pptx").slides)


def test_a_town_that_reaches_nobody_and_has_no_far_zone_has_its_slides(deck, zones, areas, tmp_path):
    none = zones.assign(minutes_p50=np.nan, imd_decile=np.nan, reason="no service")
    changes = {
        "zones": none,
        "deciles": decile_table(none, CUTOFFS, areas, made_up=False),
        "far": zone_table(none, CUTOFFS, areas, made_up=False).head(0),
    }
    write_slides(tmp_path / "x.pptx", **deck | changes)
    slides = list(Presentation(tmp_path / "x.pptx").slides)
    assert [slide.shapes.title.text for slide in slides][1:5] == [
        "No resident lives within 15 minutes of Ryde high street",
        "All residents are beyond reach",
        "No resident's decile of deprivation is known",
        "No deprived zone is far away",
    ]
    assert not any(part.has_table for part in slides[4].shapes)
    assert deck["far_rule"] in text_of(slides[4])


def test_more_zones_than_a_slide_lists_are_counted_and_said_to_be_more(deck, zones, areas, tmp_path):
    table = zone_table(zones, CUTOFFS, areas, made_up=False)
    write_slides(tmp_path / "x.pptx", **deck | {"far": table.iloc[[3] * 12]})
    slide = Presentation(tmp_path / "x.pptx").slides[4]
    assert slide.shapes.title.text == "12 deprived zones are 33 minutes or more away"
    assert len(shape(slide, "Table").table.rows) == 11
    assert f"The first 10 of 12. {deck['far_rule']}" in text_of(slide)


def test_control_signs_of_names_do_not_spoil_the_file(deck, zones, areas, tmp_path):
    far = zone_table(zones.assign(zone_name="a\x07\x0b<&>"), CUTOFFS, areas, made_up=False).head(1)
    write_slides(tmp_path / "x.pptx", **deck | {"far": far})
    table = shape(list(Presentation(tmp_path / "x.pptx").slides)[4], "Table").table
    assert table.cell(1, 0).text == "a\ufffd\ufffd<&>"


def test_properties_name_the_town_and_no_day(path):
    properties = Presentation(path).core_properties
    assert properties.title == "Journey time from Ryde high street by public transport"
    assert properties.author == properties.last_modified_by == "ptreach 0.1.0"
    assert properties.created.year == properties.modified.year == 2000


def test_the_same_inputs_give_the_same_bytes(path, deck, tmp_path):
    write_slides(tmp_path / "again.pptx", **deck)
    assert (tmp_path / "again.pptx").read_bytes() == path.read_bytes()


def test_no_entry_of_the_zips_bears_a_date(path):
    with zipfile.ZipFile(path) as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        (name,) = (name for name in archive.namelist() if name.endswith(".xlsx"))
        with zipfile.ZipFile(io.BytesIO(archive.read(name))) as inner:
            assert {item.date_time for item in inner.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert inner.read("docProps/core.xml").count(b">2000-01-01T00:00:00Z<") == 2
