"""Real servers for tests: what a vendor does, by a script."""
