"""Births and migrants by age from totals and patterns."""
