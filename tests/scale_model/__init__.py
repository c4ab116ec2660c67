"""A network of the size of the West Midlands, made up on its real stops, to measure with."""
