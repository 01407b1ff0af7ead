"""Measure the library: `python -m benchmarks`, see --help."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys

from benchmarks.command import main

sys.exit(main())
