"""National files made up on where England's people live, to show that a town's run on them fits a laptop."""
