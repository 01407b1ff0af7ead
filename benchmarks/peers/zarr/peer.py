"""Populations by this library in a zarr store, a part for each block of scenarios, not compressed."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from benchmarks.cases import population
from benchmarks.peers.protocol import serve


def stored(told: Mapping[str, np.ndarray]) -> Callable[[], Any]:
    """Every age of every year of all scenarios on the disk; the answer is what is read back of the last one."""
    drawn = told["fertility"]

    def run() -> Any:
        shape = (*drawn.shape, 2, 101)
        with tempfile.TemporaryDirectory() as folder:
            array = zarr.create_array(
                store=Path(folder) / "population.zarr", shape=shape, chunks=(population.BLOCK, *shape[1:]), dtype="f8",
                compressors=None,
            )  # fmt: skip
            population.keep(drawn, array)
            return array[-1]

    return run


if __name__ == "__main__":
    serve({"stored": stored}, "zarr", "numpy")
