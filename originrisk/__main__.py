"""`python -m originrisk`: the command."""

from originrisk.cli import main

main()
