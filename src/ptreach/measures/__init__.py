"""Measures: pure functions of travel times and zones, one subject a module."""
