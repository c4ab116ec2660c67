"""A reader of the page's paths, which shares nothing with what writes them."""

from __future__ import annotations

import re

import numpy as np


def lines_of(path, sheet):
    """Lines of a path in metres: after ``m`` come steps; ``z`` goes back to where its line began."""
    x = y = 0
    lines = []
    assert re.fullmatch(r"(m-?\d+( |(?=-))-?\d+(( |(?=-))-?\d+( |(?=-))-?\d+)+z?)*", path)
    for numbers, close in re.findall(r"m([-\d ]+)(z?)", path):
        steps = np.array([int(number) for number in re.findall(r"-?\d+", numbers)]).reshape(-1, 2)
        line = steps.cumsum(axis=0) + np.array([x, y])
        x, y = line[0] if close else line[-1]
        lines.append(np.vstack([line, line[:1]]) if close else line)
    return [line * [sheet.unit_m, -sheet.unit_m] + [sheet.west_m, sheet.north_m] for line in lines]
