"""Names of train operators; no file of a delivery has them.

The names are those of the companies that run under a code since 2020; one not here is shown by its code.
"""

from __future__ import annotations

from typing import Final

_NAMES: Final = {
    "AW": "Transport for Wales",
    "CC": "c2c",
    "CH": "Chiltern Railways",
    "CS": "Caledonian Sleeper",
    "EM": "East Midlands Railway",
    "ES": "Eurostar",
    "GC": "Grand Central",
    "GN": "Great Northern",
    "GR": "London North Eastern Railway",
    "GW": "Great Western Railway",
    "GX": "Gatwick Express",
    "HT": "Hull Trains",
    "HX": "Heathrow Express",
    "IL": "Island Line",
    "LD": "Lumo",
    "LE": "Greater Anglia",
    "LM": "West Midlands Trains",
    "LO": "London Overground",
    "LT": "London Underground",
    "ME": "Merseyrail",
    "NT": "Northern",
    "NY": "North Yorkshire Moors Railway",
    "QC": "Caledonian MacBrayne",
    "QH": "Hovertravel",
    "QR": "Red Funnel",
    "SE": "Southeastern",
    "SN": "Southern",
    "SR": "ScotRail",
    "SW": "South Western Railway",
    "TL": "Thameslink",
    "TP": "TransPennine Express",
    "TW": "Tyne and Wear Metro",
    "VT": "Avanti West Coast",
    "WR": "West Coast Railways",
    "XC": "CrossCountry",
    "XR": "Elizabeth line (TfL Rail before 2022)",
}
NO_CODE: Final = "none"
"""Id of the operator of schedules that name none."""


def operator_name(code: str) -> str:
    """Return the name of an operator, else its code."""
    return "operator not named" if code == NO_CODE else _NAMES.get(code, code)
