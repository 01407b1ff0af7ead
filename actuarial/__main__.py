"""`python -m actuarial`: the command line."""

from actuarial.cli import main

raise SystemExit(main())
