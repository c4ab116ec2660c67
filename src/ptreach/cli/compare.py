"""The command that sets two matrices, or two packs, beside each other."""

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from ptreach.cli.console import say
from ptreach.cli.options import option_error, out_file

if TYPE_CHECKING:
    from ptreach.matrix.shapes import Unit
    from ptreach.measures.comparison import Floored

_SIDE = "Matrix (.parquet, .csv or .parts of ptreach, r5py, r5r or TravelTime), or folder of a pack."


class FlooredSide(enum.StrEnum):
    """Which side can be said to hold whole minutes only."""

    A = "a"
    B = "b"
    BOTH = "both"
    NEITHER = "neither"


def compare(
    a: Annotated[Path, typer.Argument(metavar="A", exists=True, help=_SIDE)],
    b: Annotated[Path, typer.Argument(metavar="B", exists=True, help=_SIDE)],
    unit: Annotated[
        list[str] | None,
        typer.Option(
            metavar="UNIT",
            help="Unit of a matrix's travel times where names tell none or a wrong one: s or min for both, "
            "a=s or b=min for one; may be repeated.",
        ),
    ] = None,
    floored: Annotated[
        FlooredSide | None,
        typer.Option(help="Which side holds whole minutes only, cut down; default: looked for in the times."),
    ] = None,
    cutoffs: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="Minutes that bands end at; default: those of both packs, else 15,30,45,60.",
        ),
    ] = None,
    points: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Where the destinations of matrices are (id, lon, lat), for the map of --html.",
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the comparison as a page too.")
    ] = None,
    *,
    common: Annotated[
        bool,
        typer.Option(
            "--common", help="Leave out origins and destinations of which one matrix has no row at all."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Print how two matrices, or two packs, agree.

    Percentile by percentile: who reaches what, how far times are apart, whether bands agree, what is most
    apart. Differences are B less A. Of packs also what their runs have differently, and who moves between
    bands.
    """
    units = _units(unit or [])
    bands = _cutoffs(cutoffs) if cutoffs else None
    of_packs = _are_packs(a, b)
    if of_packs:
        given = {"--unit": unit, "--points": points, "--common": common}
        for option in (name for name, value in given.items() if value):
            raise option_error(option, "is for matrices, and these are packs", "leave it out")
    if html is not None:
        out_file(html, "--html")

    from ptreach import comparisons
    from ptreach.outputs.comparison.as_json import comparison_json
    from ptreach.outputs.comparison.page import write_page
    from ptreach.outputs.comparison.text import comparison_text

    side: Floored | None = floored.value if floored else None
    if of_packs:
        report = comparisons.compare_pack_folders(a, b, bands, side)
    else:
        report = comparisons.compare_matrix_files(
            a, b, units=units, floored=side, cutoffs_min=bands, points=points, common=common
        )
    if html is not None:
        write_page(html, report)
    say(comparison_json(report) if as_json else comparison_text(report))


def _are_packs(a: Path, b: Path) -> bool:
    """Return whether both are folders of packs; refuse one of each kind."""
    from ptreach.matrix.parts import in_parts

    packs = [side.is_dir() and not in_parts(side) for side in (a, b)]
    if packs[0] != packs[1]:
        pack, matrix = (a, b) if packs[0] else (b, a)
        what = f"'{pack}' is a pack's folder and '{matrix}' a matrix"
        raise option_error("A and B", what, "name two packs, or two matrices")
    return packs[0]


def _units(texts: list[str]) -> "tuple[Unit | None, Unit | None]":
    """Return the units of A and B as ``s``, ``min``, ``a=s`` or ``b=min`` name them."""
    found: dict[str, str] = {}
    for text in texts:
        sides, _, unit = text.rpartition("=")
        if unit not in {"s", "min"} or sides not in {"", "a", "b"}:
            raise option_error("--unit", f"'{text}' is no unit", "say s or min, or a=s or b=min for one side")
        found |= dict.fromkeys([sides] if sides else ["a", "b"], unit)
    return cast("tuple[Unit | None, Unit | None]", (found.get("a"), found.get("b")))


def _cutoffs(text: str) -> tuple[int, ...]:
    """Return the minutes of ``15,30,45,60``."""
    try:
        minutes = [int(part) for part in text.split(",")]
    except ValueError:
        minutes = []
    if not minutes or minutes != sorted({minute for minute in minutes if minute > 0}):
        remedy = "write whole minutes, ascending, such as 15,30,45,60"
        raise option_error("--cutoffs", f"'{text}' is no list of cutoffs", remedy)
    return tuple(minutes)
