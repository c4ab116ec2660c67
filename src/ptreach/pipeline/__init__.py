"""The order of the stages: what each command does, from files to a pack or a table."""

from ptreach.pipeline.batch import (
    PackMade,
    PackOptions,
    PackPlan,
    TownAsked,
    make_pack,
    make_packs,
    plan_packs,
    processes_for,
)
from ptreach.pipeline.explanations import explain
from ptreach.pipeline.networks import build, cif, clean_feeds, fetch, read_again
from ptreach.pipeline.packs import demo, profile, run
from ptreach.pipeline.times import isochrones, matrix
from ptreach.pipeline.verdicts import AskedDate, FeedFiles, check

__all__ = [
    "AskedDate",
    "FeedFiles",
    "PackMade",
    "PackOptions",
    "PackPlan",
    "TownAsked",
    "build",
    "check",
    "cif",
    "clean_feeds",
    "demo",
    "explain",
    "fetch",
    "isochrones",
    "make_pack",
    "make_packs",
    "matrix",
    "plan_packs",
    "processes_for",
    "profile",
    "read_again",
    "run",
]
