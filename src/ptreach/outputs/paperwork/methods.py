"""methods.md of a pack: how its numbers were computed and what limits them, filled in from the run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ptreach.config import format_clock
from ptreach.measures.access import CATCHMENT_MIN, HALF_MIN
from ptreach.measures.place_figures import LEVEL
from ptreach.model import MAP_NODES
from ptreach.outputs.paperwork.agreement_words import HEADER
from ptreach.outputs.paperwork.assumptions import Rating, assumptions
from ptreach.outputs.paperwork.manifest import reason_counts
from ptreach.outputs.wording import (
    MADE_UP_NOTICE,
    SUNSET_RULE,
    engine_title,
    joined,
    long_date,
    ordinal,
    sunset_phrase,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd
    from shapely.geometry import MultiPolygon

    from ptreach.config import Town
    from ptreach.model import Repair
    from ptreach.outputs.facts import PackFacts
    from ptreach.outputs.layers.files import Surroundings
    from ptreach.outputs.paperwork.agreement_words import AgreementWords


def methods_text(
    town: Town,
    zones: gpd.GeoDataFrame,
    isochrones: Mapping[int, MultiPolygon],
    facts: PackFacts,
    surroundings: Surroundings | None = None,
    agreement: AgreementWords | None = None,
    second: Sequence[str] = (),
) -> str:
    """Return methods.md: a paragraph to quote, definitions, network, zones, isochrones, limits, inputs.

    `second` are sentences on a second engine, where one was asked.
    """
    sections = (
        ("In one paragraph", [_paragraph(town, zones, facts)]),
        ("What is measured", _measure(town, facts)),
        ("Limits of a journey", _journey(town, facts)),
        ("Network", _network(facts)),
        ("Zones", _zones(zones, facts)),
        ("Isochrones", _isochrones(isochrones, facts, surroundings)),
        *((("Map and table", _agreement(agreement)),) if agreement else ()),
        *((("Stops, routes and streets", _around(surroundings, facts)),) if surroundings else ()),
        *((("Second opinion", _bullets(*((words,) for words in second))),) if second else ()),
        ("Deprivation and reach", _deprivation(facts)),
        ("Assumptions", _assumptions(town, facts)),
        ("Limits", _limits(town, facts, second=bool(second))),
        ("Inputs", _inputs(facts)),
    )
    lines = [f"# Methods: {_plain(town.name)}", ""]
    if facts.made_up:
        lines += [f"**{MADE_UP_NOTICE}**", ""]
    for name, body in sections:
        lines += [f"## {name}", "", *map(_plain, body), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _plain(line: str) -> str:
    """Return a line of which nothing is HTML or a link: we write neither, so what looks like it is data's."""
    return " ".join(line.splitlines()).replace("<", "&lt;").replace("[", "&#91;")


def _paragraph(town: Town, zones: gpd.GeoDataFrame, facts: PackFacts) -> str:
    """Return the method in a paragraph for a report, from the run's settings and inputs."""
    preset, areas = town.preset, facts.areas
    there = f"the {areas.point}s of {len(zones):,} zones ({areas.edition})"
    ends = f"from {town.name} to {there}" if preset.direction == "from" else f"from {there} to {town.name}"
    stands = (
        "" if town.query.departures_n == 1 else f" The median over the {_event(town)}s stands for each zone."
    )
    used = [f"{one.title} ({one.date})" for one in facts.sources if one.kind in {"osm", "gtfs"}]
    return (
        f"Travel times {ends}, on foot and by public transport, were computed with ptreach {facts.version} "
        f"(engine {facts.engine}) by the timetables of {long_date(town.date)}: {_window(town)}; walks of "
        f"less than {preset.max_walk_min:g} minutes each at {preset.walk_speed_kph:g} km/h, at most "
        f"{preset.max_rides} rides, less than {preset.max_time_min:g} minutes in all.{stands} Streets and "
        f"timetables: {'; '.join(used)}. Deprivation: {areas.deprivation_title}. Residents: "
        f"{areas.population_title}. {sunset_phrase(town, facts.sunset) if facts.sunset else ''}"
    ).rstrip()


def _measure(town: Town, facts: PackFacts) -> list[str]:
    """Define travel time, window, percentiles and cutoffs."""
    point = f"the point {town.origin.lon}, {town.origin.lat} (longitude, latitude)"
    point += f" of {town.name}" + (f", from {town.origin.source}" if town.origin.source else "")
    centroid = f"the {facts.areas.point} of each zone ({facts.areas.edition})"
    outward = town.preset.direction == "from"
    ends = (point, centroid) if outward else (centroid, point)
    counted = (
        "from the minute of departure, the wait for the first vehicle included"
        if outward
        else "to the minute of arrival, the wait after an early arrival included"
    )
    return _bullets(
        (
            f"Travel time from {ends[0]} to {ends[1]}, on foot and by public transport,",
            f"by the timetable of {long_date(town.date)}.",
        ),
        (
            f"Window: {_window(town)} (preset {town.preset_name}: {town.preset.title}).",
            f"Travel time counts {counted}.",
        ),
        _percentiles(town),
        (
            f"A zone or place is within a cutoff ({joined(town.preset.cutoffs_min)} minutes)",
            f"if its median is strictly under it. Times are whole {_unit(facts)}.",
        ),
    )


def _unit(facts: PackFacts) -> str:
    """Return what times are whole multiples of."""
    return "seconds" if facts.resolution_s == 1 else "minutes, rounded down"


def _window(town: Town) -> str:
    """Return when people depart or arrive, the end excluded."""
    start, end = (format_clock(second) for second in town.preset.window)
    if town.query.departures_n == 1:
        return f"one {_event(town)}, at {start}"
    return f"{town.query.departures_n} {_event(town)}s, one a minute from {start}, {end} excluded"


def _percentiles(town: Town) -> tuple[str, ...]:
    """Define the percentiles by their ranks among the window's times."""
    count, event = town.query.departures_n, _event(town)
    if count == 1:
        return (f"With one {event}, every percentile is the time of that one journey, empty where none is.",)
    ranks = ", ".join(f"p{p} the {ordinal(math.ceil(p * count / 100))}" for p in town.preset.percentiles)
    return (
        f"Percentiles are nearest ranks, never interpolated: of the {count} times in ascending order,",
        f"{ranks}. Minutes without a journey come last: the median is empty where fewer than",
        f"{math.ceil(count / 2)} of the {count} {event}s have one.",
    )


def _event(town: Town) -> str:
    """Return what the window is made of."""
    return "departure" if town.preset.direction == "from" else "arrival"


def _journey(town: Town, facts: PackFacts) -> list[str]:
    """State walking, time and ride limits, and the engine's rules."""
    preset, rules = town.preset, facts.rules
    items: list[tuple[str, ...]] = [
        (
            f"Walking along streets at {preset.walk_speed_kph:g} km/h. Each walk (to the first stop,",
            "between stops, from the last stop, or all the way)",
            f"takes less than {preset.max_walk_min:g} minutes.",
        ),
        (f"A journey takes less than {preset.max_time_min:g} minutes and at most {preset.max_rides} rides.",),
    ]
    if "board_slack_s" in rules:
        slack = f"{rules['board_slack_s']} s"
        items.append((f"A vehicle is caught if it departs more than {slack} after the arrival at its stop.",))
    if rules.get("transfers_txt"):
        items.append(
            ("Least times to change, and changes ruled out, hold as the feeds give them (transfers.txt).",)
        )
    if rules.get("stays_seated"):
        items.append(("Who is on a vehicle that goes on as another trip (block_id) may stay on board.",))
    if {"link_near_m", "link_far_m"} <= set(rules):
        near, far = (f"{rules[name]:g} m" for name in ("link_near_m", "link_far_m"))
        items.append(
            (
                f"A point joins the nearest point of a street within {near}, failing that within {far},",
                "else it is off the network.",
            )
        )
    items += [(note,) for note in facts.engine_notes]
    if facts.software:
        title = engine_title(facts.engine, facts.version, facts.software)
        items.append((f"Computed by {title}; the digest of its jar is in manifest.json.",))
    items.append((f"Every rule of the engine ({facts.engine}), by name and value, is in manifest.json.",))
    return _bullets(*items)


def _network(facts: PackFacts) -> list[str]:
    """Name the network and what was mended in it."""
    lines = [f"Network {facts.network}, digest `{facts.network_digest}`, built by ptreach {facts.version}."]
    if facts.rows:
        rows = [
            (row.feed, row.table, *(f"{count:,}" for count in (row.read, row.outside, row.kept)))
            for row in facts.rows
        ]
        header = ("feed", "table", "rows read", "of other places or days", "kept")
        cut = any(row.table == MAP_NODES for row in facts.rows)
        title = "Rows of the timetables" + ", and nodes of maps cut to what was needed" * cut + ":"
        lines += ["", title, "", *_table(header, rows)]
    lines += ["", *_found("Mended or left out while reading the inputs:", facts.repairs)]
    if not facts.repairs:
        lines += ["Nothing in the inputs had to be mended or left out."]
    if facts.oddities:
        lines += ["", *_found("Odd in the inputs, and kept as it is:", facts.oddities)]
    return lines


def _found(title: str, repairs: Sequence[Repair]) -> list[str]:
    """Return a table of what rules found, nothing where that is nothing."""
    rows = [
        (repair.rule, f"{repair.what}: {repair.done}", f"{repair.count:,}", repair.example, repair.remedy)
        for repair in repairs
    ]
    header = ("rule", "what was found and done", "count", "example", "what its publisher should do")
    return [title, "", *_table(header, rows)] if rows else []


def _zones(zones: gpd.GeoDataFrame, facts: PackFacts) -> list[str]:
    """Say which zones and people are counted, and why some have no minutes."""
    people = zones["population"].to_numpy(dtype=np.float64)
    distance_m = zones["link_distance_m"].to_numpy(dtype=np.float64)
    items: list[tuple[str, ...]] = [
        (
            f"{len(zones):,} zones of {facts.areas.title} ({facts.areas.edition});",
            f"{np.nansum(people):,.0f} residents ({facts.areas.population_title});",
            f"deprivation: {facts.areas.deprivation_title}, decile 1 the most deprived.",
            "Shares are of residents, not of zones.",
        )
    ]
    items += [(note,) for note in facts.areas.notes]
    if unknown := int(np.isnan(people).sum()):
        items.append((f"{unknown} zones have no population estimate and count as nobody.",))
    if not np.isnan(distance_m).all():
        items.append(
            (
                f"Their points lie up to {np.nanmax(distance_m):,.0f} m from the street that they join",
                f"(median {np.nanmedian(distance_m):,.0f} m); the column link_distance_m has each.",
            )
        )
    rows = [(reason, f"{count:,}") for reason, count in reason_counts(zones).items()]
    return [*_bullets(*items), "", *_table(("reason", "zones"), rows)]


def _isochrones(
    isochrones: Mapping[int, MultiPolygon], facts: PackFacts, surroundings: Surroundings | None
) -> list[str]:
    """Say how areas were drawn, and give their sizes."""
    items: list[tuple[str, ...]] = [
        (f"Median travel times of the nodes of a grid of {facts.surface_step_m:g} m, contoured.",),
        (f"A node farther than {facts.surface_street_m:g} m from a street is not reached.",),
        (
            "Areas are cumulative and nested (that of a smaller cutoff lies within that of a larger),",
            "keep their holes, and are cut to land: the zones without lakes and wide rivers.",
        ),
        ("Nodes within a cutoff, and no others, lie inside its area before it is cut to land.",),
    ]
    if facts.resolution_s == 60:
        items.append(("As times are whole minutes, areas are drawn through the middle of the minute.",))
    header: tuple[str, ...] = ("within", "area in km²")
    rows: list[tuple[str, ...]] = [
        (f"under {cutoff} min", f"{isochrones[cutoff].area / 1e6:,.2f}") for cutoff in sorted(isochrones)
    ]
    if surroundings is not None:
        items += [
            (
                "The node nearest to each zone's point is moved there, with the zone's own time,",
                "where the point lies near a street: map and table then agree on it.",
            ),
            (
                f"Islands and holes under one cell of the grid ({facts.surface_step_m**2 / 1e4:g} ha) are",
                "merged with what is around them, unless a zone's point lies in them; the table counts them.",
            ),
            (
                "Two more layers are drawn likewise: at best, by the 5th percentile, and nearly always, by",
                "the 95th: what is within a cutoff there is so on 5, and on 95, of 100 departures.",
            ),
        ]
        header += ("at best", "nearly always", "islands merged", "holes merged")
        more = [
            (
                *(f"{areas[cutoff].area / 1e6:,.2f}" for areas in (surroundings.best, surroundings.always)),
                *map(str, surroundings.merged[cutoff]),
            )
            for cutoff in sorted(isochrones)
        ]
        rows = [(*row, *others) for row, others in zip(rows, more, strict=True)]
    return [*_bullets(*items), "", *_table(header, rows)]


def _agreement(agreement: AgreementWords) -> list[str]:
    """Say on how many zones map and table agree, and list the others."""
    table = ["", *_table(HEADER, agreement.rows)] if agreement.rows else []
    return [agreement.sentence, *table]


def _around(surroundings: Surroundings, facts: PackFacts) -> list[str]:
    """Say how stops, routes and streets of the GeoPackage were come by."""
    streets = (
        "each is searched for"
        if surroundings.streets_exact
        else f"read off the surface, between nodes {facts.surface_step_m:g} m apart, for there are many"
    )
    drawn = surroundings.routes["line"] if len(surroundings.routes) else []
    along = sum(one == "shapes.txt" for one in drawn)
    return _bullets(
        (
            f"{len(surroundings.stops):,} stops with a median under the last cutoff. Their minutes are",
            "those of their place on the map, the walk from the street to it included.",
        ),
        (
            f"{len(surroundings.routes):,} rows of routes, one a sequence of stops: what has a departure in",
            f"the window and calls at one of these stops. {along:,} follow the course that the feed gives",
            "(shapes.txt); the others run straight from stop to stop.",
        ),
        (
            f"{len(surroundings.streets):,} stretches of street, from corner to corner or stop, with the",
            f"median at their middle: {streets}.",
        ),
    )


def _deprivation(facts: PackFacts) -> list[str]:
    """Say how people, intervals, correlations and averages of authorities are come by."""
    older = facts.areas.pensioners_from
    pensioners = f"Pensioners are of {older} years and over." if older else "Pensioners are not counted."
    return _bullets(
        (
            f"Deciles and ranks are those of {facts.areas.deprivation_title} for the whole country, 1 the",
            "most deprived. By deciles of IDACI children alone are counted. Children are of 0 to 15 years.",
            pensioners,
        ),
        (
            "Departures: the share that reach a zone, the best and the worst minute to leave (the first",
            "of equals), how long one can put off leaving and still arrive as soon, in the window.",
        ),
        (
            "A zone is unstable, and dotted on maps, where fewer than half of the window's minutes lie in",
            "the band of its median; minutes without a journey lie beyond the last cutoff.",
        ),
        (
            f"Intervals hold {LEVEL:.0%}: bootstraps (bias-corrected and accelerated) of compact blocks",
            "of zones, with a fixed seed. They say how much a figure owes to which zones the place",
            "happens to have.",
        ),
        (
            "Inequality is of median minutes between people, each with the minutes of their zone. Zones not",
            "reached are left out, and share_counted says how many people stay. A positive concentration",
            "index says that the less deprived travel longer.",
        ),
        (
            "Correlations are of ranks (Spearman). p_spatial is the modified t-test of Clifford, Richardson",
            "and Hémon as corrected by Dutilleul, on effective_zones; q_spatial is what Benjamini and",
            "Hochberg leave of it. Shares of one whole are marked: they push each other down.",
        ),
        (
            "Averages of authorities weigh IMD by people and IDACI by children: worked out from zones or,",
            "where these have no scores, as published; the table of authorities says which.",
        ),
        (
            "Access to places that people travel to is by medians of journeys from each zone. The",
            f"column gravity counts a place half at {HALF_MIN:g} minutes; a_head shares what is within",
            f"{CATCHMENT_MIN:g} minutes among all who reach it (two-step floating catchment).",
        ),
    )


def _assumptions(town: Town, facts: PackFacts) -> list[str]:
    """List the assumptions to look at first; all of them are in their log."""
    rows = assumptions(town, facts)
    first = [row for row in rows if row.rating is not Rating.GREEN]
    order = sorted(first, key=lambda row: row.rating is Rating.AMBER)
    lead = (
        f"{len(rows)} assumptions, each with this run's value, what speaks for it and where it can be "
        f"changed, are in tables/{town.slug}-assumptions-log.csv. Those of weight, or not well founded:"
    )
    header = ("rating", "assumption", "pulls the minutes", "quality", "impact")
    return [lead, "", *_table(header, [(r.rating, r.assumption, r.pull, r.quality, r.impact) for r in order])]


def _limits(town: Town, facts: PackFacts, *, second: bool) -> list[str]:
    """Say what the numbers cannot bear: of the method, then of each input as its record notes."""
    notes = (
        (f"{record.title} ({record.path.name}):", record.note) for record in facts.sources if record.note
    )
    return _bullets(
        *(((sunset_phrase(town, facts.sunset), SUNSET_RULE),) if facts.sunset else ()),
        *(
            (("A second engine reads the same files: it can tell of faults of the first, not of theirs.",),)
            if second
            else ()
        ),
        ("Timetables, not what ran: no delays, crowding or cancellations. No fares.",),
        ("One day stands for all; another date or a new timetable may give other numbers.",),
        ("One point stands for a zone; in large rural zones few people may live near it.",),
        (
            "All people walk at one speed, by any street that may be walked;",
            "gradients, crossings, lighting and steps count for nothing.",
        ),
        (
            "Services that are in none of the input files do not exist here;",
            "nor do streets outside the extract, so that zones near its edge may seem farther than they are.",
        ),
        *((f"Left out, for the file was not there: {title}.",) for title in facts.left_out),
        ("Boundaries and coast are those of the boundary file, as simplified as its title says.",),
        *notes,
    )


def _inputs(facts: PackFacts) -> list[str]:
    """List the input files by digest."""
    rows = [
        (record.kind, record.title, record.date, f"{record.size_bytes:,}", f"`{record.sha256}`")
        for record in facts.sources
    ]
    return _table(("kind", "title", "date", "bytes", "sha256"), rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return a Markdown table."""
    lines = [tuple(map(str, header)), tuple("---" for _ in header)]
    lines += [tuple(str(cell).replace("|", "\\|") for cell in row) for row in rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def _bullets(*items: Iterable[str]) -> list[str]:
    """Return a Markdown list; each item is given in parts."""
    return [f"- {' '.join(parts)}" for parts in items]
