"""Pages of docs/ that are made from the program: kept as it is now, and leaving nothing out."""

import re
from pathlib import Path

import pytest
import typer

import doc_pages
from ptreach.cli.main import app

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("file", doc_pages.FILES)
def test_a_page_is_that_of_the_program(file):
    kept = (ROOT / file).read_text(encoding="utf-8")
    assert kept == doc_pages.FILES[file](), "run make docs"


def test_every_option_of_every_command_has_its_words():
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    chapters = dict(re.findall(r"(?ms)^## ptreach (\w+)\n(.*?)(?=^## |\Z)", page))
    group = typer.main.get_command(app)
    assert list(chapters) == list(group.commands)
    for name, command in group.commands.items():
        said = re.sub(r"\s+", " ", chapters[name])
        for param in command.params:
            assert param.help, (name, param.name)
            assert re.sub(r"\s+", " ", param.help) in said, (name, param.name)
            options = [option for option in param.opts if option.startswith("-")]
            assert all(re.search(rf"(?m)^ +(-\w, )?{option}\b", chapters[name]) for option in options), (
                options
            )


def test_nothing_is_left_to_be_filled_in_but_numbers_and_names():
    page = (ROOT / "docs" / "pack.md").read_text(encoding="utf-8")
    columns, _, _ = page.partition("## `manifest.json`")
    assert set(re.findall(r"\{\w*\}", columns)) == {"{n}", "{name}"}
