"""Two matrices or packs beside each other: read from packs, told as text, JSON and one page."""
