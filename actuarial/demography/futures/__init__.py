"""Many drawn futures of a population."""
