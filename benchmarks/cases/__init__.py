"""Cases that are timed: inputs, ways to the answer, what other programs are told."""
