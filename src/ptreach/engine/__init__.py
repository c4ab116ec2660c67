"""Engines: what computes travel times on a network."""
