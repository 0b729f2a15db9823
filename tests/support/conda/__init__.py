"""A conda channel of real programs for the tests: how packages are written, what the channel has, how it is served."""
