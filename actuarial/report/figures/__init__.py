"""Figures of a pension valuation, as wide as the text of a page, in the language of its reader."""
