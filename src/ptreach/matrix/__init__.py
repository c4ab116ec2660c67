"""Matrices: points in, travel times between them out, in memory or as tables."""
