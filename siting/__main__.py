"""Run the command as `python -m siting`."""

from siting.cli import main

main()
