"""The findings as slides whose text, charts and tables can be edited."""
