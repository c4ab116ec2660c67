"""A matrix written: to one file, or to a folder of parts by this process or by a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ptreach.matrix.build import require_links, write_matrix, write_parts
from ptreach.matrix.parts import begin_parts, in_parts
from ptreach.matrix.question import Question, written_by
from ptreach.network.build import open_network
from ptreach.network.calendar import require_service

if TYPE_CHECKING:
    from ptreach.engine.base import Engine
    from ptreach.model import Points, Progress, Query


class Target(NamedTuple):
    """Where a matrix goes, and who writes it.

    ``out`` is a file, or a folder of parts: ``NAME.parts``, or an address in an object store. Parts are
    written by the workers of a ``cluster`` where one is named, as `write_on_cluster` takes it.
    """

    out: Path | str
    cluster: str
    workers: int


def write_to(
    engine: Engine,
    network: Path,
    origins: Points,
    destinations: Points,
    query: Query,
    target: Target,
    progress: Progress,
) -> int:
    """Write the travel times between points, parts as far as they are missing; return the number of rows.

    `network` is the folder of the built network that the engine is opened on.

    Raises
    ------
    InputError
        As `write_matrix`, and where the folder holds another matrix, or the cluster fails.
    """
    if not in_parts(target.out):
        return write_matrix(engine, origins, destinations, query, Path(target.out), progress)
    opened = open_network(network)
    require_service(opened.calendar, opened.patterns.trip_service, query.date, "query, date")
    require_links(engine, origins, destinations)
    question = Question(
        engine.name,
        opened.digest,
        dict(engine.rules),
        origins,
        destinations,
        query,
        written_by(),
        dict(engine.software),
    )
    matrix = begin_parts(target.out, question)
    if not target.cluster:
        return write_parts(engine, matrix, progress)
    from ptreach.matrix.cluster import write_on_cluster

    return write_on_cluster(matrix, network, target.cluster, workers=target.workers, progress=progress)
