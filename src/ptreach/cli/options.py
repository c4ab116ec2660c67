"""Options that several commands share, and their checks; every error names the option."""

import datetime as dt
import enum
import tempfile
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from ptreach.config import BRITAIN, parse_window
from ptreach.cores import cores
from ptreach.errors import InputError


class Settings(NamedTuple):
    """What stands before the command: the home folder, where given, and whether to be quiet."""

    home: Path | None = None
    quiet: bool = False


class EngineName(enum.StrEnum):
    """Engines that can be asked for."""

    RAPTOR = "raptor"
    R5 = "r5"


class RulesName(enum.StrEnum):
    """Rules that can be asked for."""

    OURS = "ours"
    R5 = "r5"


Workers = Annotated[
    int,
    typer.Option(min=1, metavar="N", default_factory=cores, show_default="the cores", help="Cores to use."),
]
Engine = Annotated[
    EngineName, typer.Option(help="Engine that computes the travel times: ours, or R5, which needs Java.")
]
R5Jar = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="R5's jar, where R5 is asked; default: PTREACH_R5_JAR, else it is downloaded."
    ),
]


def option_error(option: str, what: str, remedy: str = "") -> InputError:
    """Return the error for the value of an option."""
    return InputError(what, where=option, remedy=remedy)


def require_r5_asked(r5_jar: Path | None, *engines: EngineName | None) -> None:
    """Refuse a jar of R5 that nothing would be asked of."""
    if r5_jar is not None and EngineName.R5 not in engines:
        raise option_error("--r5-jar", "is R5's, which is not asked", "leave it out, or take --engine r5")


def window_s(text: str, option: str = "--window") -> tuple[int, int]:
    """Return start and end of ``HH:MM-HH:MM`` in seconds after midnight."""
    try:
        return parse_window(text)
    except ValueError as error:
        raise option_error(option, str(error)) from error


def percentile_list(text: str, option: str = "--percentiles") -> tuple[int, ...]:
    """Return the whole numbers of ``5,25,50``."""
    return whole_numbers(text, option, "5,25,50,75,95")


def whole_numbers(text: str, option: str, such_as: str) -> tuple[int, ...]:
    """Return the whole numbers of a list with commas."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise option_error(
            option, f"'{text}' is no list of whole numbers", f"write them as {such_as}"
        ) from error


def service_date(text: str, option: str = "--date") -> dt.date:
    """Return the date of ``YYYY-MM-DD``."""
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  a service date has no time zone
    except ValueError as error:
        raise option_error(option, f"'{text}' is no date", "write YYYY-MM-DD, such as 2020-06-16") from error


def lon_lat(text: str, option: str) -> tuple[float, float]:
    """Return longitude and latitude of ``LON,LAT``, degrees; refuse what looks like the other order."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        remedy = "write LON,LAT in degrees, such as -1.99686,52.52018"
        raise option_error(option, f"'{text}' is no point", remedy) from error
    (west, east), (south, north) = BRITAIN
    if west <= lat <= east and south <= lon <= north:
        what = f"'{text}' looks swapped: the other way round it lies in Great Britain"
        raise option_error(option, what, f"write the longitude first: {lat},{lon}")
    return lon, lat


def home_folder(settings: Settings, near: Path) -> Path:
    """Return the home folder: --home where given, else the one found from `near`."""
    from ptreach.sources.recipe import find_home

    if settings.home is None:
        return find_home(near)
    if not (settings.home / "networks").is_dir():
        raise option_error(
            "--home", f"'{settings.home}' holds no folder networks/", "name the folder that does"
        )
    return settings.home


def out_folder(path: Path, option: str = "--out") -> Path:
    """Return `path`, made where it was missing; refuse a file in its place, and a folder closed to us."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):  # the one sure test, on Windows above all
            pass
    except (FileExistsError, NotADirectoryError) as error:
        raise option_error(option, f"'{path}' is or lies in a file", "name a folder") from error
    except OSError as error:
        raise option_error(
            option, f"'{path}' can't be written to: {error.strerror}", "name another folder"
        ) from error
    return path


def out_matrix(out: str, option: str = "--out") -> Path | str:
    """Return the path, or address, of a matrix to write; refuse what can't be written, as `out_file` does."""
    from ptreach.matrix.folders import is_address
    from ptreach.matrix.parts import in_parts
    from ptreach.matrix.store import SUFFIXES

    if is_address(out):
        return out
    path = Path(out)
    if in_parts(path):
        return out_folder(path, option)
    if path.suffix.lower() not in SUFFIXES:
        raise option_error(
            option,
            f"'{path}' is no kind of matrix file",
            "end the name in .parquet or .csv, or in .parts for a folder of parts",
        )
    return out_file(path, option)


def out_file(path: Path, option: str = "--out") -> Path:
    """Return `path`, its folder made where it was missing; refuse what can't be written."""
    if path.is_dir():
        raise option_error(option, f"'{path}' is a folder", "name a file")
    out_folder(path.parent, option)
    if path.exists():
        try:
            path.open("ab").close()
        except OSError as error:
            remedy = "close the program that has it open, or name another file"
            raise option_error(option, f"'{path}' can't be written: {error.strerror}", remedy) from error
    return path
