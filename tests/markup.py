"""What a file of markup holds: elements, their attributes and where its links lead, as parsers see it."""

from __future__ import annotations

import html.parser
import xml.etree.ElementTree as ET
from typing import NamedTuple


class Markup(NamedTuple):
    """Elements with their attributes' names, how many scripts there are, and where links lead."""

    elements: set[tuple[str, str]]
    scripts_n: int
    addresses: set[str]
    words: str


class _Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.elements, self.scripts_n, self.addresses, self.words = set(), 0, set(), []

    def handle_starttag(self, tag, attrs):
        self.elements |= {(tag, ""), *((tag, name) for name, _ in attrs)}
        self.scripts_n += tag == "script"
        self.addresses |= {
            value or "" for name, value in attrs if name in {"href", "src", "action", "xlink:href"}
        }

    def handle_data(self, data):
        self.words.append(data)


def of_html(text: str) -> Markup:
    """Read a page as a browser does, errors and all."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return Markup(reader.elements, reader.scripts_n, reader.addresses, "".join(reader.words))


def of_xml(text: str | bytes) -> Markup:
    """Read XML; raises ParseError where it is none."""
    root = ET.fromstring(text)
    elements, addresses, words = set(), set(), []
    for node in root.iter():
        elements |= {(node.tag, ""), *((node.tag, name) for name in node.attrib)}
        addresses |= {value for name, value in node.attrib.items() if name.endswith(("href", "Target"))}
        words += [node.text or "", node.tail or ""]
    return Markup(
        elements, sum(tag.endswith("script") for tag, name in elements if not name), addresses, "".join(words)
    )
