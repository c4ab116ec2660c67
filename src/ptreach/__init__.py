"""Public-transport accessibility of towns: travel times, isochrones, deprivation.

``import ptreach as pt`` takes no time: what `ptreach.api` offers is loaded when it is first asked for.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "Explanation",
    "InputError",
    "MapPage",
    "Network",
    "Picture",
    "__version__",
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

if TYPE_CHECKING:
    from ptreach.api import (
        Explanation,
        InputError,
        MapPage,
        Network,
        Picture,
        build_network,
        centroids,
        demo,
        explain,
        explore,
        isochrones,
        join_times,
        load_areas,
        open_network,
        plot,
        run_town,
        travel_times,
    )
else:  # hidden from type checkers, which would take any name for one that is there

    def __getattr__(name: str) -> object:
        """Load the interface for Python when a name of it is first asked for."""
        if name in __all__:
            from ptreach import api

            return getattr(api, name)
        raise AttributeError(f"module 'ptreach' has no attribute '{name}'")

    def __dir__() -> list[str]:
        """Return what there is, loaded or not."""
        return sorted({*globals(), *__all__})
