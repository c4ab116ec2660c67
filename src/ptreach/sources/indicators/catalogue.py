"""Which columns of the publishers' tables, as they were in 2025, become which indicator.

One place to read what is in a matrix of correlations and why. Of shares that add up to a whole not all are
taken, for the last would only say again what the others do; where two tables say nearly the same, one is
taken. A recipe that names ``columns`` of a file takes those instead.

Labels are those of Census 2021 in England and Wales, without the topic before them, upper and lower case
alike. One that ends in ``*`` is the beginning of the publisher's.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Share(NamedTuple):
    """A share of a census table, in per cent: what its ``parts`` add up to, of the whole table.

    ``among`` are the parts that add up to the whole where that is not the table's own total. ``unless``
    names a share that says the same more closely, where the table has it. ``note`` is for the reader.
    """

    name: str
    title: str
    parts: tuple[str, ...]
    among: tuple[str, ...] = ()
    unless: str = ""
    note: str = ""


class CensusTable(NamedTuple):
    """A table of Census 2021: its topic, what its parts are parts of, and the shares that are taken.

    ``parts`` add up to the whole: they tell the table, and stand for its total where that is left out.
    """

    table: str
    topic: str
    theme: str
    part_of: str
    parts: tuple[str, ...]
    shares: tuple[Share, ...]
    note: str = ""


class SchoolResult(NamedTuple):
    """A column of the school performance tables; ``unit`` is ``%`` or ``score``."""

    name: str
    title: str
    column: str
    unit: str


class Score(NamedTuple):
    """A score of the Indices of Deprivation: its column of `read_deprivation`, and its factor."""

    name: str
    title: str
    column: str
    unit: str = "score"
    factor: float = 1.0


DEPRIVATION: Final = (
    Score("imd_score", "Multiple deprivation (IMD)", "imd_score"),
    Score("income_deprived", "Income deprived", "income_score", "%", 100.0),
    Score("employment_deprived", "Employment deprived", "employment_score", "%", 100.0),
    Score("education_deprivation", "Education and skills deprivation", "education_score"),
    Score("health_deprivation", "Health deprivation", "health_score"),
    Score("crime", "Crime", "crime_score"),
    Score("barriers", "Barriers to housing and services", "barriers_score"),
    Score("living_environment", "Living environment", "environment_score"),
    Score("children_income_deprived", "Children in income deprivation (IDACI)", "idaci_score", "%", 100.0),
)
"""Higher is more deprived. IDACI is left out where the table has ranks only."""

_LOCKDOWN: Final = "Census day, 21 March 2021, fell in a lockdown: work and travel were not as usual."
_ACTIVE: Final = (
    "economically active (excluding full-time students)",
    "economically active and a full-time student",
)

CENSUS: Final = (
    CensusTable(
        "TS067",
        "highest level of qualification",
        "education",
        "highest qualification",
        (
            "no qualifications",
            "level 1 and entry level qualifications",
            "level 2 qualifications",
            "apprenticeship",
            "level 3 qualifications",
            "level 4 qualifications and above",
            "other qualifications",
        ),
        (
            Share("no_qualifications", "No qualifications", ("no qualifications",)),
            Share("level_4_plus", "Degree level (level 4 or above)", ("level 4 qualifications and above",)),
        ),
    ),
    CensusTable(
        "TS021",
        "ethnic group",
        "ethnicity",
        "ethnic group",
        (
            "asian, asian british or asian welsh",
            "black, black british, black welsh, caribbean or african",
            "mixed or multiple ethnic groups",
            "white",
            "other ethnic group",
        ),
        (
            Share("asian", "Asian", ("asian, asian british or asian welsh",)),
            Share("black", "Black", ("black, black british, black welsh, caribbean or african",)),
            Share("mixed", "Mixed or multiple ethnic groups", ("mixed or multiple ethnic groups",)),
            Share(
                "white_british",
                "White British",
                ("white: english, welsh, scottish, northern irish or british",),
            ),
            Share("white", "White", ("white",), unless="white_british"),
        ),
    ),
    CensusTable(
        "TS030",
        "religion",
        "religion",
        "religion",
        (
            "no religion",
            "christian",
            "buddhist",
            "hindu",
            "jewish",
            "muslim",
            "sikh",
            "other religion",
            "not answered",
        ),
        (
            Share("no_religion", "No religion", ("no religion",)),
            Share("christian", "Christian", ("christian",)),
            Share("muslim", "Muslim", ("muslim",)),
            Share("hindu", "Hindu", ("hindu",)),
            Share("sikh", "Sikh", ("sikh",)),
            Share("jewish", "Jewish", ("jewish",)),
        ),
    ),
    CensusTable(
        "TS062",
        "national statistics socio-economic classification (ns-sec)",
        "occupation",
        "occupation class",
        (
            "l1, l2 and l3 higher managerial*",
            "l4, l5 and l6 lower managerial*",
            "l7 intermediate*",
            "l8 and l9 small employers*",
            "l10 and l11 lower supervisory*",
            "l12 semi-routine*",
            "l13 routine*",
            "l14.1 and l14.2 never worked*",
            "l15 full-time students",
        ),
        (
            Share(
                "higher_managerial", "Higher managerial, professional", ("l1, l2 and l3 higher managerial*",)
            ),
            Share("routine", "Routine occupations", ("l13 routine*",)),
            Share("never_worked", "Never worked, long-term unemployed", ("l14.1 and l14.2 never worked*",)),
        ),
    ),
    CensusTable(
        "TS066",
        "economic activity status",
        "work",
        "economic activity",
        (*_ACTIVE, "economically inactive"),
        (
            Share(
                "unemployed",
                "Unemployed, of the economically active",
                tuple(f"{status}: unemployed" for status in _ACTIVE),
                _ACTIVE,
            ),
            Share("inactive", "Economically inactive", ("economically inactive",)),
            Share(
                "long_term_sick",
                "Long-term sick or disabled",
                ("economically inactive: long-term sick or disabled",),
                note="They are among the economically inactive.",
            ),
        ),
        _LOCKDOWN,
    ),
    CensusTable(
        "TS060",
        "industry (current)",
        "industry",
        "industry",
        tuple(
            f"{section}*"
            for section in (
                "a agriculture",
                "b mining",
                "c manufacturing",
                "d electricity",
                "e water",
                "f construction",
                "g wholesale",
                "h transport",
                "i accommodation",
                "j information",
                "k financial",
                "l real estate",
                "m professional",
                "n administrative",
                "o public administration",
                "p education",
                "q human health",
                "r,",
            )
        ),
        (
            Share("manufacturing", "Work in manufacturing", ("c manufacturing*",)),
            Share("construction", "Work in construction", ("f construction*",)),
            Share("wholesale_retail", "Work in wholesale and retail", ("g wholesale*",)),
            Share("transport_storage", "Work in transport and storage", ("h transport*",)),
            Share("accommodation_food", "Work in accommodation and food", ("i accommodation*",)),
            Share(
                "professional_services",
                "Work in IT, finance, professional",
                ("j information*", "k financial*", "m professional*"),
            ),
            Share("education_sector", "Work in education", ("p education*",)),
            Share("health_care", "Work in health and social care", ("q human health*",)),
        ),
        _LOCKDOWN,
    ),
    CensusTable(
        "TS061",
        "method of travel to workplace",
        "travel to work",
        "travel to work",
        (
            "work mainly at or from home",
            "underground, metro, light rail, tram",
            "train",
            "bus, minibus or coach",
            "taxi",
            "motorcycle, scooter or moped",
            "driving a car or van",
            "passenger in a car or van",
            "bicycle",
            "on foot",
            "other method of travel to work",
        ),
        (
            Share(
                "work_by_public_transport",
                "To work by bus, train, tram or metro",
                ("underground, metro, light rail, tram", "train", "bus, minibus or coach"),
            ),
            Share("work_by_car", "To work as driver of a car or van", ("driving a car or van",)),
            Share("work_from_home", "Work at or from home", ("work mainly at or from home",)),
        ),
        _LOCKDOWN,
    ),
    CensusTable(
        "TS038",
        "disability",
        "health",
        "",
        ("disabled under the equality act", "not disabled under the equality act"),
        (Share("disabled", "Disabled under the Equality Act", ("disabled under the equality act",)),),
    ),
    CensusTable(
        "TS011",
        "household deprivation",
        "households",
        "household deprivation",
        (
            "household is not deprived in any dimension",
            "household is deprived in one dimension",
            "household is deprived in two dimensions",
            "household is deprived in three dimensions",
            "household is deprived in four dimensions",
        ),
        (
            Share(
                "households_not_deprived",
                "Households deprived in no dimension",
                ("household is not deprived in any dimension",),
            ),
            Share(
                "households_deprived_2_plus",
                "Households deprived in 2+ dimensions",
                (
                    "household is deprived in two dimensions",
                    "household is deprived in three dimensions",
                    "household is deprived in four dimensions",
                ),
            ),
        ),
    ),
    CensusTable(
        "TS045",
        "number of cars or vans",
        "households",
        "",
        (
            "no cars or vans in household",
            "1 car or van in household",
            "2 cars or vans in household",
            "3 or more cars or vans in household",
        ),
        (Share("no_car", "Households without a car or van", ("no cars or vans in household",)),),
    ),
    CensusTable(
        "TS054",
        "tenure of household",
        "households",
        "tenure",
        ("owned", "shared ownership", "social rented", "private rented", "lives rent free"),
        (
            Share("social_rented", "Households renting socially", ("social rented",)),
            Share("private_rented", "Households renting privately", ("private rented",)),
        ),
    ),
)
"""Which tables of Census 2021 are known, and the shares of each."""

RESULTS: Final = (
    SchoolResult("ks2_expected", "KS2 expected in reading, writing, maths", "ptrwm_exp", "%"),
    SchoolResult("ks4_attainment_8", "KS4 Attainment 8", "att8scr", "score"),
    SchoolResult("ks4_grade_5", "KS4 grade 5+ in English and maths", "ptl2basics_95", "%"),
    SchoolResult("ks4_progress_8", "KS4 Progress 8", "p8mea", "score"),
)
"""School results, by plain header. Progress 8 is blank where no baseline exists."""

CLAIMANT_RATE: Final = ("claimant_rate", "Claimants, of people aged 16-64")
CLAIMANTS: Final = ("claimants", "Claimants")

AGES: Final = (("children", "Aged 0-15", "children"), ("older_people", "Aged 65 or over", "pensioners"))
"""Shares of all people: name, title, and the column of `people_by_age`."""

THEMES: Final = (
    "deprivation",
    "education",
    "schools",
    "work",
    "occupation",
    "industry",
    "travel to work",
    "ethnicity",
    "religion",
    "age",
    "health",
    "households",
)
"""The order of themes; those of a user's own tables come after."""
