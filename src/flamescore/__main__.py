"""`python -m flamescore`."""

from flamescore.cli.main import main

main()
