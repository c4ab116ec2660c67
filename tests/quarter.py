"""A kilometre about the made-up town's market place: few zones, a small surface, a pack in seconds."""

from ptreach.sources.demo import write_demo

BOUNDS = "bounds = [1.015, 53.634, 1.033, 53.644]\n\n"


def write_quarter(folder):
    """Write the made-up town into a folder, its network cut to that part; return its file."""
    config = write_demo(folder)
    recipe = folder / "networks" / "demo-town" / "network.toml"
    text = recipe.read_text(encoding="utf-8")
    recipe.write_text(text.replace("[[sources]]", f"{BOUNDS}[[sources]]", 1), encoding="utf-8")
    return config
