"""Streams of random numbers, one for each seed and number: no stream depends on how many others are drawn."""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator, Philox

from actuarial.errors import BadInput

MOST = 2**64 - 1
MORTALITY, COHORTS, SAMPLES = 2**62, 2**62 + 2**61, 2**63
"""First numbers of the scenarios of a mortality model, of its cohorts and of bootstrap samples; those of assumptions
begin at 0."""


def random_stream(seed: int, number: int) -> Generator:
    """Random numbers of the Philox generator, whose key is the seed and a number, both whole, from 0 to 2^64 - 1.

    The key is made of unsigned integers: as plain numbers from 2^63 on it would be rounded, and streams would be alike.
    """
    for name, value in (("seed", seed), ("number of a stream", number)):
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.bool_))
        if not whole or not 0 <= value <= MOST:
            raise BadInput(f"{name}: a whole number between 0 and 2^64 - 1 is needed (got {value!r}).")
    return Generator(Philox(key=np.array([int(seed), int(number)], dtype=np.uint64)))


def normal_numbers(seed: int, numbers: Sequence[int] | np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Standard normal numbers (number, ...) of several streams, those of `random_stream(seed, number)`.

    One generator is moved from stream to stream, which takes less time than the numbers; a new one takes more.
    """
    found = np.empty((len(numbers), *shape))
    random = random_stream(seed, 0)
    start = random.bit_generator.state
    for row, number in zip(found, numbers, strict=True):
        start["state"]["key"][1] = number
        random.bit_generator.state = start
        random.standard_normal(out=row)
    return found
