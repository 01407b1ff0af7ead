"""From groups of ages to single ages."""
