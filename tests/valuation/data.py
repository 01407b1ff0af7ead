"""The worked example of the valuation tests, and random series for hypothesis."""

import math

from hypothesis import strategies as st

YEARS = range(1, 61)
EARNINGS = [1000 * 1.03 ** (t - 0.5) for t in YEARS]
PAYG = [0.04 + 0.16 / (1 + math.exp(-(t - 28) / 8)) for t in YEARS]
OUTGO = [rate * w for rate, w in zip(PAYG, EARNINGS, strict=True)]
INTEREST = 0.05

timings = st.sampled_from([0.0, 0.25, 0.5, 1.0])


def parts(low: float, high: float, of: int):
    """Numbers of a few decimals between two bounds."""
    return st.integers(round(low * of), round(high * of)).map(lambda k: k / of)


@st.composite
def histories(draw, low: float = -0.5, high: float = 0.3):
    """Contributions, outgo, earnings and interest over the same years, and an opening reserve."""
    years = draw(st.integers(2, 15))

    def series(element):
        return draw(st.lists(element, min_size=years, max_size=years))

    return {
        "contributions": series(parts(0, 1e4, 100)),
        "outgo": series(parts(0, 1e4, 100)),
        "earnings": series(parts(1, 1e4, 100)),
        "interest": series(parts(low, high, 1000)),
        "reserve": draw(parts(-1e4, 1e4, 100)),
    }


@st.composite
def rising_schemes(draw):
    """Outgo and earnings of a scheme whose cost rate rises every year, with its interest."""
    years = draw(st.integers(5, 60))
    wages, interest = draw(st.floats(0.0, 0.06)), draw(st.floats(0.02, 0.08))
    steps = draw(st.lists(st.floats(1e-4, 0.02), min_size=years, max_size=years))
    rate, outgo, earnings = draw(st.floats(0.005, 0.08)), [], []
    for t, step in enumerate(steps):
        earnings.append(100 * (1 + wages) ** t)
        outgo.append(rate * earnings[-1])
        rate += step
    return outgo, earnings, interest
