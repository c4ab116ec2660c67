"""HTML of the pages that open from disk, without scripts or a network: the page, and its tables."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib import resources
from typing import TYPE_CHECKING

from ptreach.outputs.wording import MADE_UP_NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def html_page(
    title: str,
    intro: str,
    sections: Sequence[tuple[str, str]],
    *,
    above: str = "",
    made_up: bool,
    footer: str,
    style: str = "",
    listed: bool = False,
) -> str:
    """Return a page: plain texts `title`, `intro` and `footer`; of each section a heading and its markup.

    `above` is markup that stands before the sections, `style` CSS that comes after that of all pages. With
    `listed` a list of the sections leads to each. The page's policy allows that CSS and pictures within the
    page, and no more, whatever the names in it say.
    """
    shared = (resources.files("ptreach.outputs.paperwork") / "qa.css").read_text(encoding="utf-8")
    css = f"\n{shared}{style}"
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    body = [
        f'<section id="s{number}">\n<h2>{escape(heading)}</h2>\n{content}\n</section>'
        for number, (heading, content) in enumerate(sections, 1)
    ]
    contents = f"{_list_of(sections)}\n" * listed
    notice = f'<p class="made-up">{escape(MADE_UP_NOTICE)}</p>\n' if made_up else ""
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{css}</style>
</head>
<body>
{notice}<header>
<h1>{escape(title)}</h1>
<p>{escape(intro)}</p>
</header>
<main>
{above}
{contents}{chr(10).join(body)}
</main>
<footer>{escape(footer)}</footer>
</body>
</html>
"""


def _list_of(sections: Sequence[tuple[str, str]]) -> str:
    """Return the list of a page's sections, each a link."""
    links = "".join(
        f'<li><a href="#s{number}">{escape(heading)}</a></li>'
        for number, (heading, _) in enumerate(sections, 1)
    )
    return f'<nav aria-label="On this page"><ol>{links}</ol></nav>'


def paragraph(words: str) -> str:
    """Return plain text as a paragraph."""
    return f"<p>{escape(words)}</p>"


def html_table(
    caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Iterable[int]
) -> str:
    """Return a table; the first cell of a row is its header, columns `numbers` stand to the right."""
    right = set(numbers)

    def classed(column: int) -> str:
        return ' class="number"' if column in right else ""

    heads = "".join(
        f'<th scope="col"{classed(column)}>{escape(name)}</th>' for column, name in enumerate(header)
    )
    lines = []
    for first, *rest in rows:
        cells = "".join(f"<td{classed(column)}>{escape(cell)}</td>" for column, cell in enumerate(rest, 1))
        lines.append(f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>')
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption, quote=True)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>\n{chr(10).join(lines)}\n</tbody></table></div>"
    )
