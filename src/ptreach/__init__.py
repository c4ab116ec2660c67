"""Public-transport accessibility of towns: travel times, isochrones, deprivation."""

__version__ = "0.1.0"
