"""The outside world: recipes and the files they name, read and checked."""
