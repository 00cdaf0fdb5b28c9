"""`python -m cli`: the same as the installed `sailcloth`."""

from cli.main import main

main()
