"""What a map has besides streets, and no one walks on: buildings, fields, hedges, streams, ponds, trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ptreach.sources.runs import ranges
from scale_model.streets import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scale_model.streets import MadeStreets

STREET_WAYS = 5_000_000
NAMED = 0.45  # of the streets
ADDRESSED = 0.3  # of the buildings
LAKES = 12_000  # with an island: relations


class Kind(NamedTuple):
    """A kind of way: how many England has, nodes of one on average, whether it is a ring, metres across."""

    ways: int
    nodes: float
    is_ring: bool
    size_m: float
    tags: dict[str, str]


FABRIC = (
    Kind(10_500_000, 5.5, True, 6, {"building": "yes"}),
    Kind(4_500_000, 7.0, True, 8, {"building": "house"}),
    Kind(1_200_000, 14, True, 60, {"landuse": "grass"}),
    Kind(1_600_000, 6, False, 90, {"barrier": "hedge"}),
    Kind(1_000_000, 6, False, 60, {"barrier": "fence"}),
    Kind(500_000, 24, True, 120, {"natural": "wood"}),
    Kind(300_000, 16, True, 40, {"natural": "scrub"}),
    Kind(300_000, 8, True, 25, {"amenity": "parking"}),
    Kind(400_000, 22, False, 500, {"waterway": "stream"}),
    Kind(50_000, 60, False, 1_500, {"waterway": "river", "boat": "yes"}),
    Kind(250_000, 14, True, 30, {"natural": "water"}),
    Kind(100_000, 9, False, 900, {"railway": "rail", "electrified": "contact_line"}),
    Kind(90_000, 12, False, 2_000, {"power": "line", "voltage": "132000"}),
)
POINTS = (
    (6_000_000, {}),  # of no tags: left of what was deleted, or members of routes
    (2_400_000, {"natural": "tree"}),
    (1_100_000, {"addr:housenumber": "1", "addr:postcode": "ZZ1 1ZZ"}),
    (800_000, {"barrier": "gate", "access": "private"}),
    (500_000, {"highway": "crossing", "crossing": "unmarked"}),
    (300_000, {"highway": "bus_stop", "public_transport": "platform"}),
    (300_000, {"power": "tower"}),
    (400_000, {"amenity": "bench"}),
    (200_000, {"entrance": "yes", "access": "private"}),
)
NAMES = 400  # of a tile's strings


class Vocabulary(NamedTuple):
    """Strings of a tile, and the tags of each kind of way or point as numbers of strings, from 1 on."""

    strings: list[str]
    tags: list[list[tuple[int, int]]]
    name_key: int
    house_keys: tuple[int, int]
    first_name: int


class Fabric(NamedTuple):
    """Nodes in metres; ways as runs of node numbers; lakes are two ways that follow each other.

    ``kind`` is a position in `FABRIC`, -1 for the ways of lakes.
    """

    xy_m: NDArray[np.float64]
    start: NDArray[np.int64]
    node: NDArray[np.int64]
    kind: NDArray[np.int64]


def make_fabric(streets: MadeStreets, share: float, dice: np.random.Generator) -> Fabric:
    """Make a share of the country's beside streets."""
    counts = [round(share * kind.ways) for kind in FABRIC]
    lakes_n = max(1, round(share * LAKES))
    kind = np.r_[np.repeat(np.arange(len(FABRIC)), counts), np.full(2 * lakes_n, -1)]
    mean = np.array([each.nodes for each in FABRIC] + [18.0])[kind]
    size_m = np.array([each.size_m for each in FABRIC] + [80.0])[kind]
    is_ring = np.array([each.is_ring for each in FABRIC] + [True])[kind]
    nodes_n = np.where(is_ring, 4, 2) + dice.poisson(np.maximum(mean - np.where(is_ring, 4, 2), 0))
    beside = streets.xy_m[dice.integers(streets.street_nodes, size=kind.size)]
    middle = beside + dice.normal(0, 1, size=beside.shape) * (14 + size_m)[:, None]
    turn = dice.uniform(0, 2 * np.pi, size=kind.size)
    island = np.arange(kind.size) >= kind.size - 2 * lakes_n
    island &= np.arange(kind.size) % 2 == (kind.size - 1) % 2
    middle[island], size_m[island] = middle[np.flatnonzero(island) - 1], 20.0

    way = np.repeat(np.arange(kind.size), nodes_n)
    first = np.r_[0, np.cumsum(nodes_n)]
    along = np.arange(way.size) - first[way]
    angle = turn[way] + np.where(is_ring[way], 2 * np.pi * along / nodes_n[way], 0.2 * np.sin(1.3 * along))
    radius_m = size_m[way] * np.where(
        is_ring[way], 0.8 + 0.2 * dice.random(way.size), along / np.maximum(nodes_n[way] - 1, 1)
    )
    xy_m = middle[way] + radius_m[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    refs_n = nodes_n + is_ring
    start = np.r_[0, np.cumsum(refs_n)].astype(np.int64)
    at = np.arange(start[-1]) - np.repeat(start[:-1], refs_n)
    node = np.repeat(first[:-1], refs_n) + at % np.repeat(nodes_n, refs_n)
    return Fabric(xy_m, start, node, kind)


def make_points(
    streets: MadeStreets, share: float, dice: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Make a share of the country's nodes of no way, and the position in `POINTS` of each."""
    kind = np.repeat(np.arange(len(POINTS)), [round(share * count) for count, _ in POINTS])
    dice.shuffle(kind)
    beside = streets.xy_m[dice.integers(streets.street_nodes, size=kind.size)]
    return beside + dice.normal(0, 25.0, size=beside.shape), kind


def make_vocabulary(number: int) -> Vocabulary:
    """Strings of a tile: words of tags, house numbers, names of its own."""
    sets = [tags for tags, _ in KINDS] + [kind.tags for kind in FABRIC] + [tags for _, tags in POINTS]
    words = sorted({word for tags in sets for pair in tags.items() for word in pair})
    words += ["name", "addr:street", *map(str, range(1, NAMES + 1))]
    number_of = {word: at for at, word in enumerate(words, start=1)}
    return Vocabulary(
        [*words, *(f"Model Street {number}-{k}" for k in range(NAMES))],
        [[(number_of[key], number_of[value]) for key, value in tags.items()] for tags in sets],
        number_of["name"],
        (number_of["addr:housenumber"], number_of["addr:street"]),
        len(words) + 1,
    )


def tags_of(
    words: Vocabulary, kind: NDArray[np.int64], dice: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Tags of objects by their kinds (streets, then fabric, then points; -1 for none), names added.

    Where each object's start, keys and values, as in `pbf.Tags`.
    """
    pairs = [*words.tags, []]
    length = np.array(list(map(len, pairs)))
    first = np.r_[0, np.cumsum(length)]
    flat = np.array([pair for tags in pairs for pair in tags], dtype=np.int64)
    building = len(KINDS)
    named = (kind >= 0) & (kind < building) & (dice.random(kind.size) < NAMED)
    housed = (kind >= building) & (kind < building + 2) & (dice.random(kind.size) < ADDRESSED)
    start = np.r_[0, np.cumsum(length[kind] + named + 2 * housed)].astype(np.int64)
    key, value = (np.empty(start[-1], dtype=np.int64) for _ in range(2))
    to = ranges(start[:-1], length[kind])
    key[to], value[to] = flat[ranges(first[kind], length[kind])].T
    name = words.first_name + dice.integers(NAMES, size=kind.size)
    key[start[1:][named] - 1], value[start[1:][named] - 1] = words.name_key, name[named]
    last = start[1:][housed]
    key[last - 2], key[last - 1] = words.house_keys
    value[last - 2] = words.first_name - NAMES + dice.integers(NAMES, size=last.size)
    value[last - 1] = name[housed]
    return start, key, value
