"""`python -m actuarial`: the command line."""

from actuarial.cli import command

raise SystemExit(command())
