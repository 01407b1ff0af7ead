"""Other programs that compute the same, each with its exact versions and in its own style."""
