"""What the columns of a pack's layers are, those of the zones apart: these are the columns of their table."""

from __future__ import annotations

from typing import Final

from ptreach.outputs.tables.columns import NOT_REACHED, Absence, Column, Kind

ISOCHRONES: Final = "isochrones"
ISOCHRONES_ALWAYS: Final = "isochrones_p95_always"
ISOCHRONES_BEST: Final = "isochrones_p5_best"
STREETS: Final = "streets"
ROUTES: Final = "routes"
STOPS: Final = "stops"
ORIGIN: Final = "origin"

_TOWN: Final = Column("town", "Town", "Name of the town's point.")
_LEFT_OUT: Final = (Absence(NOT_REACHED, "fewer than {n}% of the window's minutes have a journey"),)

_ISOCHRONE: Final = (
    _TOWN,
    Column(
        "percentile",
        "Percentile",
        "Of the window's travel times: 50 is the median; under the 95th, 95% of the minutes are as quick.",
        Kind.WHOLE,
    ),
    Column("cutoff_min", "Within", "Cutoff of travel time; strictly less counts.", Kind.WHOLE, "minutes"),
    Column("label", "Label", "The cutoff in words."),
    Column("area_km2", "Area", "Area of the isochrone, holes left out.", Kind.NUMBER, "square km", 3),
)

LAYER_COLUMNS: Final = {
    ISOCHRONES: _ISOCHRONE,
    ISOCHRONES_ALWAYS: _ISOCHRONE,
    ISOCHRONES_BEST: _ISOCHRONE,
    STREETS: (
        Column(
            "minutes_p50",
            "Median travel time",
            "Median over the window of the travel time between the town's point and the street's middle.",
            Kind.NUMBER,
            "minutes",
            2,
        ),
        Column("length_m", "Length", "Length of the stretch of street.", Kind.NUMBER, "metres", 1),
    ),
    ROUTES: (
        Column("route", "Route", "What is written on the vehicle, else the route's long name."),
        Column("mode", "Mode", "Kind of vehicle."),
        Column("agency", "Operator", "Who runs it."),
        Column("trips", "Trips", "Trips with a departure in the window.", Kind.WHOLE, "in the window"),
        Column("stops_n", "Number of stops", "Stops on the way, both ends included.", Kind.WHOLE),
        Column("first_stop", "From", "Name of the first stop."),
        Column("last_stop", "To", "Name of the last stop."),
        Column(
            "line",
            "How it is drawn",
            "Where the line on the map is from.",
            codes=(
                ("shapes.txt", "the course that the timetable gives"),
                ("stop to stop", "straight from stop to stop, for the timetable gives no course that fits"),
            ),
        ),
        Column("stop_ids", "Stops", "Codes of the stops in their order, parted by semicolons."),
    ),
    STOPS: (
        Column("stop_id", "Stop code", "Name of the timetable's file and code of the stop in it."),
        Column("stop_name", "Stop", "Name of the stop."),
        Column("modes", "Modes", "Kinds of vehicles that leave in the window."),
        Column("routes", "Routes", "Routes that leave in the window."),
        Column(
            "departures", "Departures", "Departures of all routes.", Kind.WHOLE, "in the window"
        ),
        Column(
            "minutes_p50",
            "Median travel time",
            "Median over the window of the travel time between the town's point and the stop's place.",
            Kind.NUMBER,
            "minutes",
            2,
        ),
        Column(
            "minutes_p{n}",
            "Travel time, {nth} percentile",
            "The {nth} percentile over the window of the travel time between the town's point and the stop's "
            "place. Minutes without a journey come last.",
            Kind.NUMBER,
            "minutes",
            2,
            absences=_LEFT_OUT,
        ),
    ),
    ORIGIN: (
        _TOWN,
        Column("direction", "Direction", "Journeys are from the point, or to it."),
        Column("date", "Date", "Day of the timetable."),
        Column("window", "Window", "Departures, or arrivals, that are counted."),
        Column("preset", "Preset", "Name of the set of parameters."),
        Column("source", "Source", "Where the point is from, where that is known."),
        Column("lon", "Longitude", "Of the town's point, WGS 84.", Kind.NUMBER, "degrees", 6),
        Column("lat", "Latitude", "Of the town's point, WGS 84.", Kind.NUMBER, "degrees", 6),
    ),
}  # fmt: skip
"""Columns by the name of their layer; ``{n}`` stands for a number, as in the dictionary."""
