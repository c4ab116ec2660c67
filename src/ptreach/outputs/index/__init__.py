"""What is written beside several packs: an index of them, and a table that sets them beside each other."""
