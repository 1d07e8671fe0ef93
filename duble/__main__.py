"""`python -m duble`."""

from duble.cli import main

main()
