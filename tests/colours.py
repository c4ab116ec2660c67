"""What colours are to readers: contrast by WCAG 2.2, and how far apart they lie, for the colour-blind too.

Formulas are those of WCAG 2.2 (relative luminance, contrast ratio), CIE 1976 (L*a*b*, white D65), and
Machado, Oliveira and Fernandes 2009 (matrices of full protanopia, deuteranopia, tritanopia, on linear RGB).
"""

import numpy as np

BLINDNESS = {
    "none": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(rgb):
    """Linear RGB of channels 0 to 255, any shape that ends in three."""
    shares = np.asarray(rgb, dtype=float) / 255
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def channels(colour):
    """Channels, 0 to 255, of ``#RRGGBB``."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def luminance(rgb):
    return linear(rgb) @ XYZ[1]


def contrast(one, other):
    """Contrast ratio, 1 to 21, of channels 0 to 255; shapes may differ as numpy allows."""
    a, b = luminance(one) + 0.05, luminance(other) + 0.05
    return np.maximum(a, b) / np.minimum(a, b)


def contrast_of(one, other):
    """Contrast ratio of two colours as ``#RRGGBB``."""
    return float(contrast(channels(one), channels(other)))


def apart(one, other, kind="none"):
    """Distance in L*a*b* of two colours as ``#RRGGBB``, as an eye of that kind sees them."""
    a, b = (lab(np.clip(np.asarray(BLINDNESS[kind]) @ linear(channels(c)), 0, 1)) for c in (one, other))
    return float(np.linalg.norm(a - b))


def lab(rgb_linear):
    x, y, z = (XYZ @ rgb_linear) / (XYZ @ np.ones(3))
    fx, fy, fz = (v ** (1 / 3) if v > (6 / 29) ** 3 else v * (29 / 6) ** 2 / 3 + 4 / 29 for v in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])
