"""Columns of the logs that a pack keeps of itself: its data and its assumptions."""

from __future__ import annotations

from typing import Final

from ptreach.outputs.tables.columns import NOT_APPLICABLE, NOT_KNOWN, Absence, Column, whole_column

DATA_LOG: Final = "data-log"
ASSUMPTIONS: Final = "assumptions-log"

_NO_TIMETABLE: Final = Absence(NOT_APPLICABLE, "the file is no timetable, or has no trip")


def _day(name: str, title: str, about: str) -> Column:
    return Column(name, title, f"{about} Year, month and day.", absences=(_NO_TIMETABLE,))


LOG_COLUMNS: Final = {
    DATA_LOG: (
        Column("id", "Input", "What the input is called here, in the order in which they are read."),
        Column("file", "File", "Name of the file, without its folder."),
        Column("title", "Title", "What the file is called."),
        Column("publisher", "Publisher", "Who answers for it."),
        Column("purpose", "What for", "What the file decides in this pack."),
        Column("date", "Date of the data", "Edition, or the day of publication where it has none."),
        _day("first_day", "First day", "First day of the timetable with any trip."),
        _day("last_day", "Last day", "Last day of the timetable with any trip."),
        _day("full_first_day", "First day of full service", "A few trips often run long before."),
        _day("full_last_day", "Last day of full service", "A few trips often go on for years."),
        Column("licence", "Licence", "Terms of use; inferred where the publisher does not say so."),
        Column(
            "licence_address",
            "Licence, address",
            "Where the licence can be read.",
            absences=(Absence(NOT_KNOWN, "no address of the licence is known"),),
        ),
        Column("attribution", "Attribution", "The words that the publisher asks for."),
        Column(
            "address",
            "Address",
            "Where the file can be had, keys left out.",
            absences=(Absence(NOT_APPLICABLE, "it is published under no address"),),
        ),
        Column("sha256", "SHA-256", "Digest of the file: the same digest is the same file."),
        whole_column("size_bytes", "Size", "Size of the file.", "bytes"),
        Column("checks", "Checks and their results", "What was checked of the file, and what came of it."),
        Column(
            "caveat",
            "Caveat",
            "What the recipe says of the file that a reader should know.",
            absences=(Absence(NOT_APPLICABLE, "the recipe says nothing of the kind"),),
        ),
    ),
    ASSUMPTIONS: (
        Column("id", "Assumption", "What it is called, the same in every pack: settings, rules, method."),
        Column("assumption", "In words", "What is assumed, with the run's value."),
        Column(
            "value",
            "Value",
            "The value of this run; yes or no where it holds or not; none where there is none.",
        ),
        Column(
            "set_by",
            "Set by",
            "Who chose the value.",
            codes=(
                ("default", "as ptreach has it unless told otherwise"),
                ("preset or town's file", ""),
                ("town's file", ""),
                ("rules of the engine", ""),
                ("method", "fixed, or counted from the inputs"),
            ),
        ),
        Column("why", "Why", "What speaks for it."),
        Column("source", "Source", "Where it is from, or where its effect can be seen."),
        Column(
            "pull",
            "Pull on the minutes",
            "Which way it pulls the minutes, against those of real journeys.",
            codes=(
                ("shorter", "minutes are less than in life"),
                ("longer", "minutes are more than in life"),
                ("either", "either way, by zone"),
                ("none", "not at all, or it is not about minutes"),
            ),
        ),
        Column(
            "quality",
            "Quality",
            "How well founded it is.",
            codes=(("good", ""), ("fair", ""), ("poor", "nothing in the inputs speaks for it")),
        ),
        Column(
            "impact",
            "Impact",
            "How much it can move minutes or shares.",
            codes=(("low", "seconds, or few zones"), ("medium", ""), ("high", "minutes, for many zones")),
        ),
        Column(
            "rating",
            "Rating",
            "Quality and impact together.",
            codes=(
                ("green", "well founded, or of little weight"),
                ("amber", "fair of more than low impact, good of high, or poor of low"),
                ("red", "poor and of more than low impact: say it beside the figures"),
            ),
        ),
        Column("change", "Where it can be changed", "Setting, recipe or code that holds it."),
    ),
}
