"""A profile: pictures and tables of an area that need no timetable, in a folder of their own."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ptreach.outputs.folder import replacing, write_text
from ptreach.outputs.maps.place import PlaceWords, draw_authorities, draw_correlations
from ptreach.outputs.paperwork.manifest import write_profile_manifest
from ptreach.outputs.paperwork.readme import SIDECARS, licence_lines
from ptreach.outputs.tables.csvw import SUFFIX, write_tables
from ptreach.outputs.tables.pack_tables import place_tables
from ptreach.outputs.wording import MADE_UP_NOTICE, place_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ptreach.model import Authorities, CorrelationMatrix, SourceRecord
    from ptreach.outputs.facts import AreasFacts

_WIDTH: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileContent:
    """What a profile is written from.

    ``marked`` are codes of the area's own authorities; pictures of these are `kept` in a folder, if any.
    """

    words: PlaceWords
    areas: AreasFacts
    zones_n: int
    authorities: Authorities | None
    marked: Sequence[str]
    correlations: CorrelationMatrix | None
    sources: Sequence[SourceRecord]
    version: str
    kept: Path | None = None

    @property
    def made_up(self) -> bool:
        """Whether any of the data are made up."""
        return self.words.made_up


def write_profile(target: Path, content: ProfileContent) -> Path:
    """Write the profile of an area into the folder `target` and return it.

    The folder holds ``README.txt, manifest.json`` and the folders ``maps`` and ``tables``; an older one is
    replaced when the new one is complete. Raises InputError as `write_pack` does.
    """
    words = content.words
    with replacing(target) as folder:
        for name in ("maps", "tables"):
            (folder / name).mkdir()
        draw_authorities(folder / "maps", words, content.authorities, content.marked, content.kept)
        of_all = replace(words, source_line=place_line(content.version, content.sources))
        draw_correlations(folder / "maps", of_all, content.correlations)
        tables = place_tables(content.authorities, content.correlations, content.areas, made_up=words.made_up)
        write_tables(folder / "tables", words.slug, tables, content.areas, (), content)
        files = sorted(path.name for path in folder.glob("*/*") if not path.name.endswith(SUFFIX))
        write_text(folder / "README.txt", _readme(content, files))
        write_profile_manifest(
            folder,
            version=content.version,
            area=words.area,
            zones_n=content.zones_n,
            areas=content.areas,
            sources=content.sources,
            made_up=words.made_up,
        )
    return target


def _readme(content: ProfileContent, files: Sequence[str]) -> str:
    """Return what the folder is, what is in it and whose data it is made of."""
    words = content.words
    title = f"{words.area}: profile without travel times"
    lines = [title, "=" * len(title), "", *([MADE_UP_NOTICE, ""] if words.made_up else [])]
    lines += [f"{content.zones_n:,} zones ({words.edition}); {words.deprivation_title}."]
    lines += [line for note in content.areas.notes for line in textwrap.wrap(note, _WIDTH)] + [""]
    if content.authorities is not None:
        how = [_how(content.authorities, index) for index in ("imd", "idaci")]
        lines += [
            f"Average scores of local authorities: of IMD {how[0]}, weighted by people; of IDACI {how[1]},",
            "weighted by children. Rank 1 is the most deprived.",
            "",
        ]
    lines += ["Files", "-----", *files, "  ".join(SIDECARS), ""]
    lines += ["Licences and attributions", "-------------------------"]
    return "\n".join([*lines, *licence_lines(content.sources)]) + "\n"


def _how(authorities: Authorities, index: str) -> str:
    """Return how the averages of an index came about."""
    known = [how for how in authorities.scores[f"{index}_how"] if how]
    return str(known[0]) if known else "not known"
