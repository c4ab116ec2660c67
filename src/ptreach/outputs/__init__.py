"""Outputs: layers, tables, maps and the words of a pack."""
