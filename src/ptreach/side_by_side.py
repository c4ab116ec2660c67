"""Towns of one run side by side: what is written beside their packs once all of these are."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ptreach.outputs.index.write import write_index
from ptreach.outputs.places import left_out_words, write_places

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from ptreach.model import Progress
    from ptreach.outputs.index.failures import Failure
    from ptreach.outputs.scenes import PlaceScene

_log = logging.getLogger(__name__)


def places(scenes: Sequence[PlaceScene], *, out: Path, progress: Progress) -> Path | None:
    """Write the picture of several towns into the folder of their packs; return its slide.

    None where nothing can be compared; a warning says which towns are not in it. Raises InputError as
    `write_places` does.
    """
    progress("places", 0, 1)
    picture, left_out = write_places(out, scenes)
    if left_out:
        _log.warning("%s", left_out_words(left_out, drawn=picture is not None))
    progress("places", 1, 1)
    return picture


def index(
    out: Path, *, failures: Sequence[Failure], ran: Collection[str], several: bool, progress: Progress
) -> Path | None:
    """Write the index of all packs in a folder; return its page, None where there is none to write.

    Arguments are those of `write_index`, which says what is written and what it raises.
    """
    progress("index", 0, 1)
    page = write_index(out, failures=failures, ran=ran, several=several)
    progress("index", 1, 1)
    return page
