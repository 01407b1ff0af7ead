"""Population: life tables and the cohort-component projection."""
