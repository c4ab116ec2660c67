"""Recipes: which files a network or a set of areas is made of, where they come from, under which licence.

A *home* folder holds ``networks/``; ``networks/<name>/network.toml`` or ``areas.toml`` is the recipe, the
files themselves lie in ``networks/<name>/sources/``.
"""

from __future__ import annotations

import datetime as dt
import difflib
import os
import re
import zoneinfo
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar

from pydantic import BeforeValidator, Field, field_validator, model_validator

from ptreach.config import Frozen, checked, read_toml
from ptreach.errors import InputError
from ptreach.sources.address import public_address, variables_of
from ptreach.sources.repairs import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HOME_VARIABLE: Final = "PTREACH_HOME"
NETWORK_FILE: Final = "network.toml"
AREAS_FILE: Final = "areas.toml"
SOURCES_FOLDER: Final = "sources"

_NAME: Final = r"^[a-z0-9][a-z0-9-]*$"
_PLAIN_FILE: Final = r"^[^\\/:*?\"<>|\x00-\x1f]+$"
_Text = Annotated[str, Field(min_length=1)]
_Address = Annotated[str, Field(pattern=r"^https?://\S+$")]

Kind = Literal[
    "osm",
    "gtfs",
    "boundaries",
    "centroids",
    "deprivation",
    "population",
    "lookup",
    "editions",
    "districts",
    "regions",
    "district_deprivation",
    "indicators",
    "schools",
]
_NETWORK_KINDS: Final = {"osm", "gtfs"}
# Without these, zones can not be loaded.
_NEEDED_KINDS: Final = ("boundaries", "deprivation")
_HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "boundaries": ("zone_id", "zone_name"),
    "centroids": ("zone_id", "zone_name", "easting", "northing", "lon", "lat"),
    "deprivation": (
        *("zone_id", "zone_name", "district_code", "district_name", "imd_score", "imd_rank", "imd_decile"),
        *("idaci_score", "idaci_rank", "idaci_decile", "population_iod", "children_iod", "older_iod"),
    ),
    "population": ("zone_id", "population", "children", "working_age", "pensioners"),
    "lookup": (
        *("zone_id", "ward_code", "ward_name", "district_code", "district_name"),
        *("region_code", "region_name"),
    ),
    "districts": ("district_code", "district_name", "region_code", "region_name"),
    "regions": ("region_code", "region_name"),
}
"""Columns of ours for which a recipe may give the header in a file, by the kind of the file."""
# Of these, areas may have many.
_MANY_KINDS: Final = {"indicators"}


class IndicatorColumn(Frozen):
    """One column of a table of kind ``indicators``, and what it is called on pictures and in tables.

    ``column`` is the header in the file. Cells are multiplied by ``factor`` (100 makes percentages of shares
    of 1); with ``share_of``, the header of another column, they become percentages of its cells. ``name``,
    ``title`` and ``unit`` are taken from the header where they are empty. ``adds_up`` says of what is no
    percentage whether the parts of a zone share it, as people and things (or keep it, as scores and means),
    which a table of the other edition needs.
    """

    column: _Text
    name: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$")] = ""
    title: Annotated[str, Field(max_length=40)] = ""
    theme: str = "other"
    unit: str = ""
    part_of: str = ""
    note: str = ""
    factor: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    share_of: str = ""
    adds_up: bool | None = None


class Source(Frozen):
    """One file of a recipe.

    ``url`` is empty where no address is published, ``sha256`` where none is pinned: then ``date`` may be
    ``latest``. ``fallback_urls`` are tried in order where the address before them has no such file. In an
    address, ``${NAME}`` stands for a variable of the environment. ``optional`` files may be absent. A file
    with ``instead_of`` is an alternative to the file of that name: exactly one of them is used.
    ``how_to_get`` tells what a person has to do first, as an imperative clause. Of files of areas,
    ``headers`` gives the header in the file for columns of ours, such as ``imd_rank = "SIMD2020v2_Rank"``,
    and ``sheet`` the sheet of a workbook. ``columns`` choose from a
    table of kind ``indicators``, and name what they choose; without, all its numbers are taken.
    """

    kind: Kind
    file: Annotated[str, Field(pattern=_PLAIN_FILE)]
    title: _Text
    publisher: _Text
    licence: _Text
    attribution: _Text
    date: Annotated[
        _Text,
        BeforeValidator(
            lambda v: v.isoformat() if isinstance(v, dt.date) else v, json_schema_input_type=_Text
        ),
    ]
    url: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    fallback_urls: tuple[_Address, ...] = ()
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    optional: bool = False
    instead_of: str = ""
    how_to_get: str = ""
    note: str = ""
    headers: Annotated[dict[str, _Text], Field(default_factory=dict)]
    sheet: str = ""
    columns: tuple[IndicatorColumn, ...] = ()

    @field_validator("file")
    @classmethod
    def _no_dots(cls, file: str) -> str:
        """Refuse names that would leave the folder or clash with a download under way."""
        if file.startswith(".") or file.endswith((".", ".part")):
            raise ValueError(f"'{file}' may not start with a dot or end in .part")
        return file

    @field_validator("url", "fallback_urls")
    @classmethod
    def _whole_variables(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        """Refuse an address that is none, or that would be asked for with a variable's name in it."""
        for url in (value,) if isinstance(value, str) else value:
            variables_of(url)
            public_address(url)
        return value

    @model_validator(mode="after")
    def _first_address_first(self) -> Source:
        """Refuse further addresses without a first one."""
        if self.fallback_urls and not self.url:
            raise ValueError("fallback_urls stand behind url, which is missing")
        return self

    @model_validator(mode="after")
    def _known_headers(self) -> Source:
        """Refuse headers for columns that a file of this kind has not."""
        known = _HEADERS.get(self.kind, ())
        for name in self.headers:
            if name not in known:
                close = difflib.get_close_matches(name, known, 1)
                hint = f"did you mean '{close[0]}'?" if close else f"they are {', '.join(known) or 'none'}"
                raise ValueError(f"no column '{name}' is looked for in a file of kind '{self.kind}'; {hint}")
        return self

    @model_validator(mode="after")
    def _columns_of_indicators(self) -> Source:
        """Refuse columns of a file that is no table of indicators."""
        if self.columns and self.kind != "indicators":
            raise ValueError(f"columns are for files of kind 'indicators', not '{self.kind}'")
        return self

    @property
    def urls(self) -> tuple[str, ...]:
        """All addresses, in the order in which they are tried."""
        return (self.url, *self.fallback_urls) if self.url else ()

    @property
    def public_url(self) -> str:
        """The address as it may be shown and stored."""
        return public_address(self.url)


class CleaningRecipe(Frozen):
    """Which rules of cleaning the feeds are switched off, by name."""

    off: tuple[str, ...] = ()

    @field_validator("off")
    @classmethod
    def _known_rules(cls, off: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse names that no rule has."""
        for name in off:
            if name not in RULES:
                close = difflib.get_close_matches(name, RULES, 1)
                hint = f"; did you mean '{close[0]}'?" if close else f"; the rules are {', '.join(RULES)}"
                raise ValueError(f"no cleaning rule '{name}'{hint}")
        return off


class NetworkRecipe(Frozen):
    """What a walk and public-transport network is built from: OpenStreetMap extracts and GTFS feeds.

    There are one or more extracts; they may overlap, as those of neighbouring counties do. ``by_the_sea``
    says that there is sea where no zone lies, so that maps may draw it. Of large files a part is taken: what
    lies within ``bounds`` (west, south, east, north in degrees), or, with ``clip = "reach"``, for each town
    what its run can reach.
    """

    name: Annotated[str, Field(pattern=_NAME)]
    title: _Text
    crs: Annotated[str, Field(pattern=r"^EPSG:\d{4,6}$")] = "EPSG:27700"
    timezone: str = "Europe/London"
    made_up: bool = False
    by_the_sea: bool = False
    bounds: tuple[float, float, float, float] | None = None
    clip: Literal["", "reach"] = ""
    cleaning: CleaningRecipe = CleaningRecipe()
    sources: tuple[Source, ...]

    @field_validator("bounds")
    @classmethod
    def _box(
        cls, bounds: tuple[float, float, float, float] | None
    ) -> tuple[float, float, float, float] | None:
        """Refuse bounds that are no box on earth."""
        if bounds is not None:
            west, south, east, north = bounds
            if not (-180 <= west < east <= 180 and -89 <= south < north <= 89):
                raise ValueError("bounds are west, south, east and north in degrees")
        return bounds

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, timezone: str) -> str:
        """Refuse a time zone that the time-zone database does not have."""
        try:
            zoneinfo.ZoneInfo(timezone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"'{timezone}' is no time zone; write one such as Europe/London") from error
        return timezone

    @model_validator(mode="after")
    def _complete(self) -> NetworkRecipe:
        """Refuse a recipe without streets, with files of areas, or naming a file twice."""
        _refuse_doubles(self.sources)
        if self.bounds and self.clip:
            raise ValueError("bounds and clip both say what part is taken; give one of them")
        kinds = {source.kind for source in self.sources}
        if not any(source.kind == "osm" and not source.optional for source in self.sources):
            raise ValueError(
                "sources has no file of kind 'osm' that is not optional; a network needs streets"
            )
        for source in self.sources:
            _check_alternative(source, self.sources)
        if alien := sorted(kinds - _NETWORK_KINDS):
            raise ValueError(f"sources of kind '{alien[0]}' belong in {AREAS_FILE}")
        return self


class AreasRecipe(Frozen):
    """What zones are made of: boundaries and deprivation; and, where given, the other kinds of files.

    ``id_column`` is what packs call the codes of zones, and their column in files that say nothing else.
    Of tables of ``indicators`` there may be many.
    """

    name: Annotated[str, Field(pattern=_NAME)]
    title: _Text
    edition: _Text
    id_column: Annotated[str, Field(pattern=r"^[A-Za-z]\w*$")]
    deprivation_title: _Text
    population_title: _Text
    made_up: bool = False
    sources: tuple[Source, ...]

    @model_validator(mode="after")
    def _complete(self) -> AreasRecipe:
        """Refuse a recipe that lacks a table, has two of a kind, or files of networks."""
        _refuse_doubles(self.sources)
        count = Counter(source.kind for source in self.sources if not source.instead_of)
        for kind in _NEEDED_KINDS:
            if not count[kind]:
                raise ValueError(f"sources has no file of kind '{kind}'; areas need one")
        for kind, number in sorted(count.items()):
            if kind in _NETWORK_KINDS:
                raise ValueError(f"sources of kind '{kind}' belong in {NETWORK_FILE}")
            if number > 1 and kind not in _MANY_KINDS:
                raise ValueError(f"sources has {number} files of kind '{kind}'; areas take one")
        for source in self.sources:
            _check_alternative(source, self.sources)
            if source.optional and source.kind in _NEEDED_KINDS:
                raise ValueError(f"'{source.file}' is optional; areas need their {source.kind}")
        return self

    def source(self, kind: Kind) -> Source | None:
        """Return the one file of `kind`, alternatives left aside; None where the recipe has none."""
        return next((s for s in self.sources if s.kind == kind and not s.instead_of), None)


Recipe = NetworkRecipe | AreasRecipe
_RecipeT = TypeVar("_RecipeT", NetworkRecipe, AreasRecipe)


def _refuse_doubles(sources: Iterable[Source]) -> None:
    """Raise ValueError where two sources would lie in one file, on Windows too."""
    for file, number in Counter(source.file.casefold() for source in sources).items():
        if number > 1:
            raise ValueError(f"sources names the file '{file}' {number} times")


def _check_alternative(source: Source, sources: Sequence[Source]) -> None:
    """Raise ValueError where a source stands for a file that is unknown, or itself an alternative."""
    if not source.instead_of:
        return
    main = next((other for other in sources if other.file == source.instead_of), None)
    if main is None or main.kind != source.kind or main.instead_of:
        raise ValueError(
            f"'{source.file}' is instead_of '{source.instead_of}', which is no file of kind '{source.kind}' "
            "in these sources, or an alternative itself"
        )
    if source.optional:
        raise ValueError(f"'{source.file}' is an alternative; optional is said of '{main.file}', for both")


def find_home(near: Path) -> Path:
    """Return the home folder: ``PTREACH_HOME``, else the nearest at or above `near` that holds networks/.

    Raises
    ------
    InputError
        Where there is none, or ``PTREACH_HOME`` names a folder without networks/.
    """
    given = os.environ.get(HOME_VARIABLE, "")
    if given:
        home = Path(given)
        if not (home / "networks").is_dir():
            raise InputError(
                f"{HOME_VARIABLE} names a folder without networks/",
                where=given,
                remedy=f"correct or unset {HOME_VARIABLE}",
            )
        return home
    start = near.absolute()
    for folder in (start, *start.parents):
        if (folder / "networks").is_dir():
            return folder
    raise InputError(
        "no folder networks/ here or above",
        where=str(start),
        remedy=f"work inside a folder that holds networks/, or set {HOME_VARIABLE}",
    )


def recipe_folder(name: str, home: Path) -> Path:
    """Return the folder of a recipe: ``home/networks/name``.

    Raises
    ------
    InputError
        Where `name` is no plain name: capitals, blanks, slashes.
    """
    if not re.fullmatch(_NAME, name):
        remedy = "use small letters, digits and hyphens"
        if name.endswith(".toml"):
            remedy = "name a folder that is there; a town's file has it as network or areas"
        raise InputError(f"'{name}' is no name of a recipe", where=str(home / "networks"), remedy=remedy)
    return home / "networks" / name


def load_recipe(name: str, home: Path) -> Recipe:
    """Return the recipe `name`, of a network or of areas.

    Raises
    ------
    InputError
        Where there is none (naming those there are) or its file is at fault (naming file, key and remedy).
    """
    folder = recipe_folder(name, home)
    if (folder / NETWORK_FILE).is_file():
        return _load(NetworkRecipe, folder / NETWORK_FILE)
    if (folder / AREAS_FILE).is_file():
        return _load(AreasRecipe, folder / AREAS_FILE)
    raise _unknown(name, home, (NETWORK_FILE, AREAS_FILE))


def load_network_recipe(name: str, home: Path) -> NetworkRecipe:
    """Return the network recipe `name`; raise InputError as `load_recipe` does."""
    path = recipe_folder(name, home) / NETWORK_FILE
    if not path.is_file():
        raise _unknown(name, home, (NETWORK_FILE,))
    return _load(NetworkRecipe, path)


def load_areas_recipe(name: str, home: Path) -> AreasRecipe:
    """Return the areas recipe `name`; raise InputError as `load_recipe` does."""
    path = recipe_folder(name, home) / AREAS_FILE
    if not path.is_file():
        raise _unknown(name, home, (AREAS_FILE,))
    return _load(AreasRecipe, path)


def _unknown(name: str, home: Path, files: tuple[str, ...]) -> InputError:
    """Return the error for a recipe that is not there, naming those that are."""
    folder = home / "networks"
    there = sorted({path.parent.name for file in files for path in folder.glob(f"*/{file}")})
    what = " or ".join("network" if file == NETWORK_FILE else "areas" for file in files)
    close = difflib.get_close_matches(name, there, 1)
    if close:
        remedy = f"did you mean '{close[0]}'? There are: {', '.join(there)}"
    elif there:
        remedy = f"take one of {', '.join(there)}"
    else:
        remedy = f"write {name}/{files[0]} there"
    return InputError(f"no recipe of {what} '{name}'", where=str(folder), remedy=remedy)


def _load(model: type[_RecipeT], path: Path) -> _RecipeT:
    """Return the checked recipe of one file; its name is that of its folder."""
    data: dict[str, Any] = read_toml(path)
    folder_name = path.parent.name
    if data.setdefault("name", folder_name) != folder_name:
        raise InputError(
            f"name is '{data['name']}', the folder's is '{folder_name}'",
            where=f"{path}, name",
            remedy="leave name out, or make the two the same",
        )
    sources = data.get("sources")
    if not isinstance(sources, list) or not all(isinstance(table, dict) for table in sources):
        raise InputError(
            "no list of sources", where=f"{path}, sources", remedy="give each file a [[sources]] table"
        )
    # One at a time, so that a misspelt key is answered with the keys of a source, not of the recipe.
    for number, table in enumerate(sources, 1):
        checked(
            Source,
            table,
            f"{path}, [[sources]] {number}" + (f" ({table['file']})" if "file" in table else ""),
        )
    return checked(model, data, str(path))
