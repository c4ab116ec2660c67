"""What a parser of hostile files is here, and the dice of a case."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Parser(NamedTuple):
    """A reader of what people bring, and how files for it are made up and damaged.

    ``write`` puts the files of a case into an empty folder: all that ``read`` needs to read it again.
    ``read`` returns how many repairs were counted, and raises InputError for what it refuses.
    """

    write: Callable[[random.Random, Path], None]
    read: Callable[[Path], int]


class Case(NamedTuple):
    """One case by its parser's name, seed and number; as text ``gtfs-0-17``."""

    parser: str
    seed: int
    number: int

    def __str__(self) -> str:
        return f"{self.parser}-{self.seed}-{self.number}"

    @classmethod
    def of(cls, text: str) -> Case:
        """The case of a text; raises ValueError where it is none."""
        parser, seed, number = text.rsplit("-", 2)
        return cls(parser, int(seed), int(number))

    def dice(self) -> random.Random:
        """The chances of the case, the same on any machine."""
        return random.Random(str(self))
