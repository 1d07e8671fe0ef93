"""The tests themselves, one module for each part; run them with `duble check` or with pytest."""
