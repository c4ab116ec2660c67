"""A matrix in parts from its question to its last part, by this process or by a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptreach.matrix.build import require_links, write_parts
from ptreach.matrix.parts import begin_parts
from ptreach.matrix.question import Question, written_by
from ptreach.network.build import open_network
from ptreach.network.calendar import require_service

if TYPE_CHECKING:
    from pathlib import Path

    from ptreach.engine.base import Engine
    from ptreach.model import Points, Progress, Query


def write_in_parts(
    engine: Engine,
    network: Path,
    origins: Points,
    destinations: Points,
    query: Query,
    *,
    out: Path | str,
    cluster: str,
    workers: int,
    progress: Progress,
) -> int:
    """Write the parts that are missing of the travel times between points; return the rows of all parts.

    Parameters
    ----------
    network
        Folder of the built network that the engine is opened on.
    out
        ``NAME.parts``, or the address of a folder in an object store.
    cluster
        Whose workers write them, as `write_on_cluster` takes it; this process where empty.

    Raises
    ------
    InputError
        As `write_matrix`, and where the folder holds another matrix, or the cluster fails.
    """
    opened = open_network(network)
    require_service(opened.calendar, opened.patterns.trip_service, query.date, "query, date")
    require_links(engine, origins, destinations)
    question = Question(
        engine.name, opened.digest, dict(engine.rules), origins, destinations, query, written_by()
    )
    matrix = begin_parts(out, question)
    if not cluster:
        return write_parts(engine, matrix, progress)
    from ptreach.matrix.cluster import write_on_cluster

    return write_on_cluster(matrix, network, cluster, workers=workers, progress=progress)
