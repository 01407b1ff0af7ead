"""From deaths and persons to rates: exposure, crude rates, graduation, relation to a standard."""
