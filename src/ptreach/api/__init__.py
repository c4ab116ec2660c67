"""What Python programs and notebooks call: ``import ptreach as pt``.

Geometry comes in and goes out as geopandas has it; the engine, its rules and its conventions are those of the
command line. A fault of what is given is an `InputError` that names the argument and a remedy.
"""

from ptreach.api.asking import isochrones, travel_times
from ptreach.api.exploring import MapPage, explore
from ptreach.api.networks import Network, build_network, open_network
from ptreach.api.packs import demo, explain, run_town
from ptreach.api.pictures import Picture, plot
from ptreach.api.zones import centroids, join_times, load_areas
from ptreach.errors import InputError
from ptreach.outputs.explanation import Explanation

__all__ = [
    "Explanation",
    "InputError",
    "MapPage",
    "Network",
    "Picture",
    "build_network",
    "centroids",
    "demo",
    "explain",
    "explore",
    "isochrones",
    "join_times",
    "load_areas",
    "open_network",
    "plot",
    "run_town",
    "travel_times",
]
