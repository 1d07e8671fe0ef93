"""A run of the suite: how it begins, spreads over processes, repeats itself, and what it keeps."""
