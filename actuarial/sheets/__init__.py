"""Workbooks of inputs as a program sees them: cells with their addresses, and the rows of a law."""
