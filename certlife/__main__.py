"""`python -m certlife`: the command, for where no script is on the path."""

from certlife.cli import main

main()
