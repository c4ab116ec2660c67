"""Figures of zones beside deprivation: the census, claimants, school results, a user's own tables."""
