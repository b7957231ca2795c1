"""`python -m threesixty` is `threesixty`."""

from threesixty.cli import main

main()
