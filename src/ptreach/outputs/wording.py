"""What maps, notes and slides say of a run, in plain words, said one way everywhere."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.config import format_clock
from ptreach.measures.bands import band_index, band_labels
from ptreach.measures.far_and_deprived import DEPRIVED_TO
from ptreach.measures.stability import unstable_zones

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from ptreach.config import Town
    from ptreach.model import SourceRecord
    from ptreach.outputs.facts import Sunset

MADE_UP_NOTICE: Final = "MADE-UP DATA: this pack describes no real place. Do not use its numbers."
SUNSET_RULE: Final = (
    "The sunset is the last day of full service of the feed that ends first, of those with a trip on the "
    "date; where a feed's full service is over by then, the last day on which any of it runs."
)
TITLE_WORDS: Final = 10
"""The most words a title may have."""
TITLE_LETTERS: Final = 64
"""The most letters of a title that names the town, which must fit one line."""
NOBODY: Final = "No residents are counted here"
NAME_LETTERS: Final = 28
"""Letters in a line of a town's name on a map."""
_KINDS: Final = {"osm": 0, "gtfs": 1}
# Written out, for strftime speaks the language of the machine
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


_LICENCE_ADDRESSES: Final = {
    "Open Government Licence v3.0": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "ODbL 1.0": "https://www.openstreetmap.org/copyright",
    "CC BY 2.0 UK": "https://creativecommons.org/licenses/by/2.0/uk/",
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
}
"""Where the licences of recipes can be read, as these licences ask to be told."""


class BandShare(NamedTuple):
    """People whose median travel time lies in one band; ``share`` is 0 to 1, NaN where nobody lives."""

    label: str
    people: float
    share: float


def map_title(town: Town) -> str:
    """Return a title of at most ten words, such as *Journey time from Ryde by public transport*.

    A name too long for any title loses what stands in brackets, and then its last words.
    """
    way = town.preset.direction
    short = _without_brackets(town.name)
    titles = (
        f"Journey time {way} {town.name} by public transport",
        f"Public transport time {way} {town.name}",
        f"Journey time {way} {short} by public transport",
        f"Public transport time {way} {short}",
    )
    cut = f"Public transport time {way} {' '.join(short.split()[: TITLE_WORDS - 4])} …"
    return next((title for title in titles if len(title.split()) <= TITLE_WORDS), cut.replace(" …", "…"))


def in_even_lines(name: str) -> str:
    """Return a name in lines of about the same length, as maps write it; brackets stay in a line."""
    bound = re.sub(r"\([^)]*\)", _in_one_line, name)
    lines_n = len(textwrap.wrap(bound, NAME_LETTERS))
    widths = range(len(name) // lines_n, NAME_LETTERS + 1)
    wrapped = (textwrap.wrap(bound, width) for width in widths)
    return "\n".join(next(lines for lines in wrapped if len(lines) <= lines_n)).replace("\u00a0", " ")


def _in_one_line(brackets: re.Match[str]) -> str:
    """Return words in brackets with spaces that no line ends at, where they fit one line."""
    words = brackets.group()
    return words.replace(" ", "\u00a0") if len(words) <= NAME_LETTERS else words


def first_short_title(*titles: str) -> str:
    """Return the first of `titles` that has at most ten words; the last one has."""
    return next(title for title in titles if len(title.split()) <= TITLE_WORDS)


def long_date(date: dt.date) -> str:
    """Return ``Tuesday 16 June 2020``, whatever the machine's language."""
    return f"{_DAYS[date.weekday()]} {date.day} {_MONTHS[date.month - 1]} {date.year}"


def window_phrase(town: Town) -> str:
    """Return when people set off or arrive: ``leaving 07:15 to 09:15``, ``arriving by 09:00``."""
    verb = "leaving" if town.preset.direction == "from" else "arriving"
    if town.query.departures_n == 1:
        return f"{verb} {'at' if verb == 'leaving' else 'by'} {format_clock(town.preset.window[0])}"
    return f"{verb} {town.window_text}"


def statistic_phrase(town: Town) -> str:
    """Return what the minutes are: the median over the window, or one journey."""
    count = town.query.departures_n
    if count == 1:
        return "one journey"
    return (
        f"median of {count} {'departures' if town.preset.direction == 'from' else 'arrivals'}, one a minute"
    )


def subtitle(town: Town) -> str:
    """Return day, window, statistic and preset in one line."""
    when = f"{long_date(town.date)}, {window_phrase(town)}"
    return f"{when}  ·  {statistic_phrase(town)}  ·  preset {town.preset_name}"


def journey_subtitle(town: Town) -> str:
    """Return what the map of journey times shows, with day, window and statistic, in one line."""
    when = f"{long_date(town.date)}, {window_phrase(town)}"
    return f"{map_title(town)}  ·  {when}  ·  {statistic_phrase(town)}"


def journey_line(town: Town) -> str:
    """Return place, day, window and statistic in one line, for pictures whose title has no place."""
    way = "From" if town.preset.direction == "from" else "To"
    return f"{way} {town.name}  ·  {long_date(town.date)}, {window_phrase(town)}  ·  {statistic_phrase(town)}"


def run_line(town: Town, engine: str, version: str) -> str:
    """Return the sentence at the foot of pictures of travel times: date, window, preset, engine."""
    return (
        f"Timetable of {long_date(town.date)}, {window_phrase(town)}; preset {town.preset_name}; engine "
        f"{engine} (ptreach {version})."
    )


def district_phrase(zones: pd.DataFrame) -> str:
    """Return the names of the zones' districts, or their number where there are more than three."""
    names = sorted({str(name) for name in zones["district_name"].dropna()})
    if not names:
        return "the area"
    return f"{len(names)} districts" if len(names) > 3 else listed(names)


def listed(names: Sequence[str]) -> str:
    """Return ``one``, ``one and two``, ``one, two and three``."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def people_by_band(zones: pd.DataFrame, cutoffs_min: Sequence[int]) -> tuple[BandShare, ...]:
    """Return people and share of each band, nearest first, and last of those beyond it or not reached.

    Uses the columns ``minutes_p50`` and ``population`` of `zones`; people unknown count as nobody.
    """
    people = np.nan_to_num(zones["population"].to_numpy(dtype=np.float64))
    bands = band_index(zones["minutes_p50"].to_numpy(dtype=np.float64), cutoffs_min)
    total = float(people.sum())
    labels = (*band_labels(cutoffs_min), f"{cutoffs_min[-1]} min or more, or not reached")
    sums = [float(people[bands == index].sum()) for index in (*range(len(cutoffs_min)), -1)]
    return tuple(
        BandShare(label, number, number / total if total else float("nan"))
        for label, number in zip(labels, sums, strict=True)
    )


def within_phrase(town: Town, zones: pd.DataFrame) -> tuple[str, str]:
    """Return the share of residents within the middle cutoff, and the words that go on from it.

    The words give the number of residents counted, for the zones may be a part of their districts.
    """
    cutoffs = town.preset.cutoffs_min
    index = (len(cutoffs) - 1) // 2
    bands = people_by_band(zones, cutoffs)
    total = sum(row.people for row in bands)
    # Of people, not of shares: shares of everybody may add up to a hair under 1, which reads >99%
    share = sum(row.people for row in bands[: index + 1]) / total if total else float("nan")
    reach = "can be reached from" if town.preset.direction == "from" else "can reach"
    counted = f"the {total:,.0f} residents counted in {district_phrase(zones)}"
    return percent(share), f"of {counted} {reach} {town.name} in under {cutoffs[index]} minutes"


def percent(share: float) -> str:
    """Return a share as a whole per cent; ``<1%`` and ``>99%`` keep some from looking like none or all."""
    if np.isnan(share):
        return "n/a"
    if 0 < share < 0.005:
        return "<1%"
    if 0.995 <= share < 1:
        return ">99%"
    return f"{share:.0%}"


def far_rule(cutoff_min: int, limit_min: float, deprived_to: int = DEPRIVED_TO) -> str:
    """Return which zones `far_and_deprived` calls so, and in which order it names them."""
    return (
        f"Deciles 1 to {deprived_to}, not within {cutoff_min} minutes. Order: residents times minutes beyond "
        f"{cutoff_min}; not reached counts as {limit_min:.0f}."
    )


def none_far(cutoff_min: int, deprived_to: int = DEPRIVED_TO) -> str:
    """Return that `far_and_deprived` finds no zone."""
    return (
        f"No zone of deciles 1 to {deprived_to} takes {cutoff_min} minutes or more, and none is out of reach."
    )


def middle_cutoff(town: Town) -> int:
    """Return the cutoff in minutes that headlines are about."""
    cutoffs = town.preset.cutoffs_min
    return cutoffs[(len(cutoffs) - 1) // 2]


def share_finding(town: Town, share: float) -> str:
    """Return the title that says which share of residents is within the middle cutoff, 0 to 1.

    It names the town where ten words and `TITLE_LETTERS` letters are enough.
    """
    cutoff = middle_cutoff(town)
    if np.isnan(share):
        return NOBODY
    people = (f"{percent(share)} of residents", percent(share)) if share else ("No resident", "Nobody")
    outward = town.preset.direction == "from"
    ends = "" if share else "s" if outward else "es"
    of_town = [
        f"{who} live{ends} within {cutoff} minutes of {name}"
        if outward
        else f"{who} reach{ends} {name} within {cutoff} minutes"
        for name in (town.name, _without_brackets(town.name))
        for who in people
    ]
    short = f"{people[0]} {'are' if share else 'is'} within {cutoff} minutes"
    fits = (title for title in of_town if len(title.split()) <= TITLE_WORDS and len(title) <= TITLE_LETTERS)
    return next(fits, short)


def _without_brackets(name: str) -> str:
    """Return a name without what stands in brackets, whole where nothing else is in it."""
    return " ".join(re.sub(r"\([^)]*\)", " ", name).split()) or name


def unstable_phrase(town: Town, unstable_n: int, zones_n: int) -> str:
    """Return what dots on a map say of zones, and of how many."""
    event = "departures" if town.preset.direction == "from" else "arrivals"
    return f"unstable, most {event} give another band ({unstable_n:,} of {zones_n:,} zones)"


def share_within(zones: pd.DataFrame, cutoff_min: float) -> float:
    """Return the share (0 to 1) of residents whose zone's median is under a cutoff; NaN without residents."""
    people = np.nan_to_num(zones["population"].to_numpy(dtype=np.float64))
    within = zones["minutes_p50"].to_numpy(dtype=np.float64) < cutoff_min
    return float(people[within].sum() / people.sum()) if people.sum() else float("nan")


def journey_finding(town: Town, zones: pd.DataFrame) -> str:
    """Return the title of the map: which share of residents is within the middle cutoff."""
    return share_finding(town, share_within(zones, middle_cutoff(town)))


def journey_description(town: Town, zones: pd.DataFrame, title: str, *, made_up: bool) -> list[str]:
    """Return the lines that describe the map for those who cannot see it, with the people of each band."""
    cutoffs = town.preset.cutoffs_min
    shares = people_by_band(zones, cutoffs)
    total = sum(row.people for row in shares)
    unstable, without = int(unstable_zones(zones, cutoffs).sum()), int(zones["minutes_p50"].isna().sum())
    when = f"{long_date(town.date)}, {window_phrase(town)}; {statistic_phrase(town)}"
    return [
        f"Map: {title}.",
        *(["The data are made up; they describe no real place."] if made_up else []),
        f"{map_title(town)}. {when}. Walking included.",
        f"Share of the {total:,.0f} residents counted in {district_phrase(zones)}, by travel time:",
        *(f"- {row.label}: {percent(row.share)} ({row.people:,.0f} people)" for row in shares),
        f"Dotted: {unstable_phrase(town, unstable, len(zones))}.",
        f"Hatched: no journey in most minutes ({without:,} of {len(zones):,} zones).",
    ]


def source_line(sources: Iterable[SourceRecord]) -> str:
    """Return attributions and licences of all sources for the foot of a picture, streets first.

    A licence that its attribution has in it is not said again.
    """
    said = [text if licence in text else f"{text} ({licence})" for text, licence in _attributions(sources)]
    return f"Sources: {'. '.join(said)}. Titles and dates: README.txt."


def place_line(version: str, sources: Iterable[SourceRecord]) -> str:
    """Return the foot of pictures without travel times: what drew them, and whose data they are made of."""
    return f"Drawn by ptreach {version}. {source_line(sources)}"


def licence_address(licence: str) -> str:
    """Return the address of a licence, whatever is said behind its name; empty where it is not known."""
    found = (address for name, address in _LICENCE_ADDRESSES.items() if licence.startswith(name))
    return next(found, "")


def credit_line(sources: Iterable[SourceRecord]) -> str:
    """Return ``Sources:`` and each attribution that no other contains, streets and timetables first."""
    return f"Sources: {'. '.join(text for text, _ in _attributions(sources))}."


def _attributions(sources: Iterable[SourceRecord]) -> list[tuple[str, str]]:
    """Return each attribution that no other contains, streets and timetables first, with its licence."""
    words: dict[str, str] = {}
    for record in sorted(sources, key=lambda record: _KINDS.get(record.kind, len(_KINDS))):
        text = record.attribution.removeprefix("Source: ").strip().rstrip(".")
        words.setdefault(text, record.licence.removesuffix(" (inferred)"))
    return [
        pair for pair in words.items() if not any(pair[0] in other for other in words if other != pair[0])
    ]


def number_words(value: str | float) -> str:
    """Return ``6,371,008.8`` for 6371008.8, ``60`` for 60.0, at most two decimals; text as it is."""
    if isinstance(value, str):
        return value
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"


def sunset_phrase(town: Town, sunset: Sunset) -> str:
    """Return how long figures may be quoted without another run."""
    first = f" ({sunset.feed} is the first of {sunset.feeds_n} feeds to end)" if sunset.feeds_n > 1 else ""
    when = f"which holds to {long_date(sunset.last_day)}{first}"
    return (
        f"These figures describe the timetable of {long_date(town.date)}, {when}: do not quote them for "
        "later days without running again."
    )


def ordinal(number: int) -> str:
    """Return ``1st``, ``2nd``, ``60th``."""
    ending = "th" if 10 < number % 100 < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def joined(words: Iterable[object]) -> str:
    """Return ``15, 30 and 45``."""
    *head, last = map(str, words)
    return f"{', '.join(head)} and {last}" if head else last


def printable(text: str) -> str:
    """Return text on one line for a terminal: control characters as blanks, runs of blanks as one."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())


def engine_name(engine: str) -> str:
    """Return what an engine is called beside another: ``ptreach`` for our own, ``R5``."""
    return {"raptor": "ptreach", "r5": "R5"}.get(engine, engine)


def engine_title(engine: str, version: str, software: Mapping[str, str]) -> str:
    """Return an engine with its releases: ``ptreach 0.1.0 (engine raptor)``, or R5 with what drives it."""
    if "r5" not in software:
        return f"ptreach {version} (engine {engine})"
    return f"R5 {software['r5']} (r5py {software['r5py']}, Java {software['java']})"
