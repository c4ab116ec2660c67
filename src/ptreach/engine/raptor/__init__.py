"""The embedded engine: range-RAPTOR over flat arrays, compiled by numba."""
