"""Dependent probabilities of decrements with constant forces, several at a time: of scenarios or ages side by side."""

from actuarial.jit import absorbed
from actuarial.lanes import choose

LARGEST = 0.25
"""Annual rate up to which the series of the logarithm ends below a digit of it."""


@absorbed
def force(q):
    """-ln(1 - q) of rates up to `LARGEST`: 2 artanh s with s = q/(2 - q), and artanh s = s + s^3/3 + s^5/5 ..."""
    s = q / (2.0 - q)
    z = s * s
    p = 1.0 / 17.0 + z * (1.0 / 19.0)
    p = 1.0 / 13.0 + z * (1.0 / 15.0 + z * p)
    p = 1.0 / 9.0 + z * (1.0 / 11.0 + z * p)
    p = 1.0 / 5.0 + z * (1.0 / 7.0 + z * p)
    return 2.0 * s * (1.0 + z * (1.0 / 3.0 + z * p))


@absorbed
def dependent(q_1, q_2, q_3):
    """As `numeric.constant_force`, of rates up to `LARGEST`."""
    m_1, m_2, m_3 = force(q_1), force(q_2), force(q_3)
    total = m_1 + m_2 + m_3
    share = (q_1 + (1.0 - q_1) * (q_2 + (1.0 - q_2) * q_3)) / choose(total > 0.0, total, 1.0)
    first = choose(q_2 + q_3 > 0.0, m_1 * share, q_1)
    return first, m_2 * share, m_3 * share, (1.0 - q_1) * (1.0 - q_2) * (1.0 - q_3)
