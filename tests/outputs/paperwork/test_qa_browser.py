"""The quality page in a real browser, from disk and without a network, wide and narrow."""

import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from ptreach.outputs.opinion import opinion_section
from ptreach.outputs.paperwork.qa import qa_page
from ptreach.outputs.paperwork.qa_run import run_sections

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.mark.parametrize("width", [1280, 400])
def test_it_asks_for_nothing_fits_its_window_and_can_be_used_by_everybody(
    tmp_path, town, zones, facts, verdict, opinion, width
):
    path = tmp_path / "qa.html"
    second = opinion_section(zones, facts, opinion, (459_154.0, 92_600.0))
    sections = run_sections(town, zones, facts, None, second)
    path.write_text(qa_page(verdict, "Ryde", of_run=sections, sunset="To be quoted until then."), "utf-8")
    heard = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        context = browser.new_context(viewport={"width": width, "height": 800}, offline=True)
        page = context.new_page()
        page.on("request", lambda request: heard.append(f"asked for {request.url}"))
        page.on("console", lambda message: heard.append(f"wrote {message.text}"))
        page.goto(path.as_uri())
        assert heard == [f"asked for {path.as_uri()}"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for link in page.locator("nav a").all():
            link.click()
            place = link.get_attribute("href")
            assert -1 <= page.locator(place).evaluate("e => e.getBoundingClientRect().top") < 800
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        browser.close()
