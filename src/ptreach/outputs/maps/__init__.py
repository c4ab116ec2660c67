"""Pictures: maps and charts, each drawn on one sheet and described in words."""
