"""Labour market and insured population."""
