"""The index of packs: what it tells of each, what it leaves out, and that nobody can write into it."""

import base64
import csv
import dataclasses
import hashlib
import io
import json
import re
import shutil
import warnings
from html.parser import HTMLParser
from urllib.parse import unquote

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from csvw import CSVW
from PIL import Image
from playwright.sync_api import sync_playwright

from ptreach.errors import InputError
from ptreach.model import Decision
from ptreach.outputs.index.failures import Failure, without_folders
from ptreach.outputs.index.found import packs_in
from ptreach.outputs.index.table import failures_table, places_table
from ptreach.outputs.index.thumbnail import thumbnail
from ptreach.outputs.index.write import write_index
from ptreach.outputs.paperwork.manifest import NAME
from ptreach.outputs.tables.dictionary import describe_beside
from ptreach.outputs.tables.place_columns import PLACE_COLUMNS, is_difference

FILES = ["index.html", "places.csv", "places.csv-metadata.json", "places.ods", "places.xlsx"]
LISTS = ["places-failures.csv", "places-failures.csv-metadata.json"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HULL = Failure("hull", "Hull", "nothing runs on Sunday", "hull.toml, date", "take a Tuesday")


class Parsed(HTMLParser):
    """Elements as (tag, attributes), and all that is said."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.said = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.said.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Where packs are kept that several tests ask for."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def packs(store, tmp_path, drawn, write, town, zones, facts):
    """Write packs of towns by their folder: name, network, how many minutes later; return where they are."""
    folder = tmp_path / "packs"

    def make(**towns):
        for slug, (name, network, later_min) in towns.items():
            digest = hashlib.sha256(repr((slug, name, network, later_min)).encode()).hexdigest()
            kept = store / digest / slug
            if not kept.is_dir():
                there = zones.assign(minutes_p50=zones["minutes_p50"] + later_min)
                one = town.model_copy(update={"slug": slug, "name": name})
                kept.parent.mkdir()
                write(kept, town=one, zones=there, facts=dataclasses.replace(facts, network=network))
            shutil.copytree(kept, folder / slug)
        return folder

    return make


@pytest.fixture
def three(packs):
    """Ryde, and Cowes 15 minutes farther away, on one network; Hull as Ryde on another."""
    return packs(ryde=("Ryde", "isle", 0), cowes=("Cowes", "isle", 15), hull=("Hull", "north", 0))


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {row["folder"]: row for row in csv.DictReader(stream)}


def names_in(folder):
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def test_it_is_written_beside_the_packs_the_same_byte_for_byte(three):
    assert write_index(three) == three / "index.html"
    assert names_in(three) == FILES
    before = {name: (three / name).read_bytes() for name in FILES}
    write_index(three)
    assert {name: (three / name).read_bytes() for name in FILES} == before


def test_the_table_has_each_place_beside_its_region_and_all(three):
    """Medians of Ryde are 899, 900, 1799, 2000 s and none, of 100 people each; deciles 1, 1, 5, 8, 10."""
    write_index(three)
    rows = rows_of(three / "places.csv")
    assert list(rows) == ["cowes", "hull", "ryde"]  # by name
    ryde, cowes = rows["ryde"], rows["cowes"]
    assert (ryde["residents"], ryde["median_min"]) == ("500", "29.9833")
    assert [ryde[f"share_within_{cutoff}"] for cutoff in (15, 30, 45, 60)] == ["0.2", "0.6", "0.8", "0.8"]
    assert [cowes[f"share_within_{cutoff}"] for cutoff in (15, 30, 45, 60)] == ["0.0", "0.2", "0.6", "0.8"]
    assert (ryde["most_deprived"], ryde["most_deprived_within_30"]) == ("200", "1.0")
    assert float(ryde["most_deprived_ratio"]) == pytest.approx(1 / 0.6, abs=1e-4)
    assert (ryde["places_region"], ryde["places_all"], rows["hull"]["places_region"]) == ("2", "3", "1")
    # together: 4 of 10 within 30 minutes in the region, 7 of 15 in all; half and two thirds of the deprived
    assert float(ryde["share_within_30_less_region"]) == pytest.approx(60 - 40)
    assert float(cowes["share_within_30_less_region"]) == pytest.approx(20 - 40)
    assert float(ryde["share_within_30_less_all"]) == pytest.approx(60 - 700 / 15, abs=1e-4)
    assert float(cowes["most_deprived_within_30_less_region"]) == pytest.approx(50 - 75)
    assert rows["hull"]["share_within_30_less_region"] == ""  # alone on its network
    # the middle of ten in the region: 14:59, 15:00, 29:59, 29:59, 30:00, then 33:20
    assert float(ryde["median_min_less_region"]) == pytest.approx(29.9833 - 30, abs=1e-4)
    assert ryde["verdict"] == "go with warnings"


def test_places_of_another_question_are_not_compared(packs, town, write, zones):
    folder = packs(ryde=("Ryde", "isle", 0), cowes=("Cowes", "isle", 15))
    preset = town.preset.model_copy(update={"max_walk_min": 10})
    write(folder / "ventnor", town=town.model_copy(update={"slug": "ventnor", "preset": preset}))
    write_index(folder)
    rows = rows_of(folder / "places.csv")
    assert [rows[slug]["places_all"] for slug in ("ryde", "cowes", "ventnor")] == ["2", "2", "1"]
    assert rows["ventnor"]["share_within_30_less_all"] == ""


def test_the_sidecars_describe_the_tables(three):
    write_index(three, failures=[HULL], ran={"hull"})
    for name in ("places.csv", "places-failures.csv"):
        path = three / f"{name}-metadata.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        content["dialect"]["encoding"] = "utf-8-sig"  # which the csvw package has to be told
        path.write_text(json.dumps(content), encoding="utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            checked = CSVW(str(path), validate=True)
            assert checked.is_valid, [str(warning.message) for warning in checked.warnings]


def test_every_entry_of_the_dictionary_is_of_a_column_that_there_is(three, write, town, facts):
    made_up = town.model_copy(update={"slug": "nowhere"})
    write(three / "nowhere", town=made_up, facts=dataclasses.replace(facts, made_up=True))
    found, _ = packs_in(three)
    tables = [places_table(found), failures_table([HULL], frozenset())]
    for table in tables:
        own = {column.name for column in PLACE_COLUMNS[table.name]}
        assert own | {"edition", "deprivation"} == set(table.frame.columns) | {"edition", "deprivation"}
        headings = [column.heading for column in describe_beside(table.name, table.frame.columns)]
        assert len(set(headings)) == len(headings)
    assert sum(map(is_difference, tables[0].frame.columns)) == 2 * 7


def test_the_workbook_has_every_row_and_explains_every_column(three):
    write_index(three, failures=[HULL], ran={"hull"})
    book = openpyxl.load_workbook(three / "places.xlsx")
    assert book.sheetnames == ["Cover", "Contents", "Notes", "Columns", "Places", "Failures"]
    names = [row[2].value for row in book["Columns"].iter_rows(min_row=4) if row[0].value == "Places"]
    assert names == (three / "places.csv").read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    cells = {cell.value for row in book["Places"].iter_rows() for cell in row}
    assert {"Ryde", "Cowes", "Hull", "[z]"} <= cells
    assert None not in {cell.value for cell in book["Places"][book["Places"].max_row]}


def test_one_pack_has_no_index_unless_it_is_wanted(packs):
    folder = packs(ryde=("Ryde", "isle", 0))
    assert write_index(folder, ran={"ryde"}) is None
    assert names_in(folder) == []
    assert write_index(folder, failures=[HULL], ran={"ryde", "hull"}, several=True)
    assert names_in(folder) == sorted([*FILES, *LISTS])
    assert write_index(folder, ran={"ryde"})  # once there is one, it is kept up


def test_failures_stand_until_their_places_are_run_again(three):
    lost = Failure("=lost", "=Lost", "no such file", "=lost.toml", "")
    write_index(three, failures=[HULL, lost], ran={"hull", "=lost"})
    rows = rows_of(three / "places-failures.csv")
    assert rows["hull"]["older_pack"] == "True"
    assert rows["'=lost"]["older_pack"] == "False"
    assert "of an earlier run, above" in (three / "index.html").read_text(encoding="utf-8")
    write_index(three, ran={"hull"})
    assert list(rows_of(three / "places-failures.csv")) == ["'=lost"]  # an apostrophe is not put twice
    write_index(three, ran={"=lost"})
    assert names_in(three) == FILES


def test_a_list_of_failures_that_cannot_be_read_is_told_of(three, caplog):
    (three / "places-failures.csv").write_text("a,b\n1,2,3\n", encoding="utf-8")
    write_index(three, failures=[HULL], ran={"hull"})
    assert "failures of earlier runs are not listed" in caplog.text
    assert list(rows_of(three / "places-failures.csv")) == ["hull"]


def test_only_packs_of_towns_are_told_of(three):
    (three / ".ryde.part").mkdir()
    shutil.copy(three / "ryde" / NAME, three / ".ryde.part")
    (three / "notes").mkdir()
    profile = three / "wight"
    profile.mkdir()
    (profile / NAME).write_text('{"ptreach": {}, "files": {}, "area": "Wight"}', encoding="utf-8")
    found, unread = packs_in(three)
    assert [pack.slug for pack in found] == ["cowes", "hull", "ryde"]
    assert unread == []
    assert found[0].decision is Decision.WARNINGS


def test_a_file_that_has_changed_is_neither_read_nor_linked(three):
    (three / "ryde" / "methods.md").write_text("Made better.", encoding="utf-8")
    (three / "cowes" / "tables" / "cowes-zones.csv").write_text("minutes_p50\n1\n", encoding="utf-8")
    (three / "hull" / NAME).write_text(
        (three / "hull" / NAME)
        .read_text(encoding="utf-8")
        .replace('"max_time_min": 120', '"max_time_min": "x"'),
        encoding="utf-8",
    )
    write_index(three)
    page = (three / "index.html").read_text(encoding="utf-8")
    links = {attrs["href"] for attrs in Parsed(page).all("a")}
    assert "ryde/qa.html" in links
    assert "ryde/methods.md" not in links
    assert rows_of(three / "places.csv").keys() == {"ryde"}
    assert rows_of(three / "places.csv")["ryde"]["files_changed"] == "1"
    assert "tables/cowes-zones.csv is missing, or not as it was written" in page
    assert "its manifest is not as ptreach writes it" in page


def test_every_link_leads_to_a_file_and_none_to_the_network_or_a_machine(packs):
    folder = packs(**{"Ŵyr & co#1": ("Ŵyr", "isle", 0), "ryde": ("Ryde", "isle", 0)})
    write_index(folder)
    text = (folder / "index.html").read_text(encoding="utf-8")
    assert str(folder) not in text
    links = [attrs["href"] for attrs in Parsed(text).all("a")]
    licences = [link for link in links if link.startswith("https://")]
    assert {link.split("/")[2] for link in licences} <= {
        "www.openstreetmap.org",
        "www.nationalarchives.gov.uk",
    }
    for link in set(links) - set(licences):
        assert link.startswith("#s") or (folder / unquote(link)).is_file(), link
    assert sum("web/index.html" in link for link in links) == 2


def test_nothing_that_a_pack_says_becomes_markup(packs):
    evil = '<script>alert("1")</script>'
    folder = packs(ryde=(evil, evil, 0), cowes=("=1+1", "isle", 0))
    bad = Failure(evil, evil, evil, evil, evil)
    page = write_index(folder, failures=[bad], ran={evil}).read_text(encoding="utf-8")
    parsed = Parsed(page)
    assert parsed.all("script") == []
    assert page.count("&lt;script&gt;") >= 5
    assert not [name for _, attrs in parsed.elements for name in attrs if name.startswith("on")]
    (policy,) = [attrs["content"] for attrs in parsed.all("meta") if "http-equiv" in attrs]
    style = re.search(r"(?s)<style>(.*?)</style>", page).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert "\n'=1+1," in (folder / "places.csv").read_text(encoding="utf-8-sig")


def test_texts_that_no_file_can_hold_are_spelled_out(three):
    path = three / "ryde" / NAME
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["town"]["name"] = "Ry\ud800de\nhigh"
    manifest["inputs"][0]["title"] = "\udfff"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    page = write_index(three).read_text(encoding="utf-8")
    assert "Ry\\ud800de high" in page


def test_pictures_are_within_the_page_and_say_what_they_are(three):
    write_index(three)
    pictures = Parsed((three / "index.html").read_text(encoding="utf-8")).all("img")
    assert len(pictures) == 3
    assert pictures[2]["alt"] == "Map in small: bands of journey time from Ryde"
    head, _, data = pictures[0]["src"].partition(",")
    assert head == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        assert picture.size == (2 * int(pictures[0]["width"]), 2 * int(pictures[0]["height"]))


def test_what_is_no_picture_has_no_thumbnail(tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x89PNG no more")
    assert thumbnail(tmp_path / "a.png") is None
    assert thumbnail(tmp_path / "nosuch.png") is None


def test_made_up_places_are_marked_among_real_ones(packs, write, town, zones, facts):
    folder = packs(ryde=("Ryde", "isle", 0))
    made_up = dataclasses.replace(facts, made_up=True, network="isle")
    write(
        folder / "nowhere", town=town.model_copy(update={"slug": "nowhere", "name": "Nowhere"}), facts=made_up
    )
    page = write_index(folder).read_text(encoding="utf-8")
    assert "describes no real place" not in page
    assert page.count("Made-up data</span>") == 1
    assert "Nowhere (made-up)" in page
    rows = rows_of(folder / "places.csv")
    assert (rows["nowhere"]["made_up"], rows["ryde"]["made_up"]) == ("made-up", "")
    shutil.rmtree(folder / "ryde")
    assert "MADE-UP DATA" in write_index(folder).read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_to_is_one_line(three, monkeypatch):
    write_index(three)
    before = (three / "places.xlsx").read_bytes()

    def full(path, book):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ptreach.outputs.index.write.write_opendocument", full)
    with pytest.raises(InputError, match="the index can't be written: No space left on device"):
        write_index(three)
    assert (three / "places.xlsx").read_bytes() == before
    assert not [path for path in three.iterdir() if path.name.startswith(".")]


def test_lists_that_are_handed_on_name_no_folder_of_a_user(tmp_path):
    home, out = tmp_path / "home", tmp_path / "home" / "packs"
    text = f"{out / 'ryde'}: not as {home / 'config' / 'a.toml'}, below {home}"
    said = without_folders(text, [home, out])
    assert str(tmp_path) not in said
    assert said.startswith("ryde: not as ")
    assert said.endswith(", below home")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("width", [1280, 400])
def test_it_asks_for_nothing_fits_its_window_and_can_be_used_by_everybody(three, width):
    path = write_index(three, failures=[HULL], ran={"hull"})
    heard = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_context(viewport={"width": width, "height": 800}, offline=True).new_page()
        page.on("request", lambda request: heard.append(f"asked for {request.url[:40]}"))
        page.on("console", lambda message: heard.append(f"wrote {message.text}"))
        page.goto(path.as_uri())
        assert [line for line in heard if "data:" not in line] == [f"asked for {path.as_uri()[:40]}"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("img").first.evaluate("picture => picture.naturalWidth") == 400
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        page.locator("h3 a").first.click()
        assert page.url.endswith("/web/index.html")
        browser.close()
