"""`python -m flamescore`."""

from flamescore.cli.start import main

main()
