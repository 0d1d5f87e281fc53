"""What becomes of data at each vendor, which licence a model has, and what the team accepts of both."""
