"""Health care: who is covered, what they use, what it costs, who pays it."""
