"""Exponential and normal distribution function without branches, so that loops over cells take several at a time.

The library functions of C are called for one number after the other. These are polynomials between selections, which
the compiler turns into instructions on whole registers where they stand in the innermost loop over contiguous arrays.
"""

import numpy as np

from actuarial.jit import fused, lean

SHIFT = 6755399441055744.0  # 1.5 x 2^52: a number of up to 2^51 added to it is rounded to a whole one, in its last bits
LOWEST, HIGHEST = -746.0, 710.0  # exp is 0 below and infinite above
SMALLEST = -700.0  # of `decay`
LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 0.693147180369123816490, 1.90821492927058770002e-10  # the first has 21 zeros at its end
HALF = np.int64(1023)  # exponent of 1.0
HEAD = np.int64(-134217728)  # keeps the first 26 bits of a number
ROOT_2 = 1.4142135623730951
MIDDLE = 5.303300858899107  # 3.75 sqrt(2): arguments below it use one half of the polynomial, those above the other


@fused
def _polynomial(r):
    """exp(r) for abs(r) <= ln(2)/2."""
    p = 2.091471777418097e-09
    p = p * r + 2.510042484899939e-08
    p = p * r + 2.755727356893223e-07
    p = p * r + 2.75572683770202e-06
    p = p * r + 2.4801587325606378e-05
    p = p * r + 0.00019841269863107218
    p = p * r + 0.001388888888888373
    p = p * r + 0.008333333333330051
    p = p * r + 0.04166666666666667
    p = p * r + 0.16666666666666669
    p = p * r + 0.5
    return 1.0 + (r + r * r * p)


@fused
def exp(x):
    """Exponential function, error below 1 unit in the last place; 0 at -inf, infinite from 709.79 on, NaN at NaN.

    With x = n ln 2 + r and abs(r) <= ln(2)/2 a polynomial in r times 2^n, in two factors so that results below 2e-308
    are rounded and not lost [1]_.

    .. [1] Cody, W. J., Waite, W. (1980), Software manual for the elementary functions, Prentice-Hall.
    """
    x = LOWEST if x < LOWEST else x
    x = HIGHEST if x > HIGHEST else x
    whole = x * LOG2_E + SHIFT
    n = whole - SHIFT
    half = n * 0.5 + SHIFT
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    p = _polynomial(r)
    bits, first = np.float64(whole).view(np.int64), np.float64(half).view(np.int64)
    one = np.int64((first + HALF) << np.int64(52)).view(np.float64)
    other = np.int64((bits - first + HALF) << np.int64(52)).view(np.float64)
    return p * one * other


@fused
def decay(x):
    """`exp` of numbers of 0 or less, to the same bit down to -700, and 1e-304 below: nothing beside 1.

    One power of two is enough where the result is no number too small to be normal.
    """
    x = SMALLEST if x < SMALLEST else x
    whole = x * LOG2_E + SHIFT
    n = whole - SHIFT
    power = np.int64((np.float64(whole).view(np.int64) + HALF) << np.int64(52)).view(np.float64)
    return _polynomial((x - n * LN2_HIGH) - n * LN2_LOW) * power


@fused
def normal(z):
    """Standard normal distribution function, error below 5 units in the last place in both tails; NaN at NaN.

    Phi(-a) = exp(-a^2/2) h / (1 + sqrt(2) a) with h a polynomial in (a - m)/(a + m), whose argument covers all a from 0
    on [1]_. The square is taken exactly, because the exponential multiplies its error.

    .. [1] Shepherd, M. M., Laframboise, J. G. (1981), Chebyshev approximation of (1 + 2x) exp(x^2) erfc x in
       0 <= x < infinity, Mathematics of Computation 36(153), 249-253.
    """
    a = abs(z)
    a = 40.0 if a > 40.0 else a
    head = np.int64(np.float64(a).view(np.int64) & HEAD).view(np.float64)
    tail = a - head
    square = a * a
    missing = (head * head - square) + (2.0 * head * tail + tail * tail)
    t = (a - MIDDLE) / (a + MIDDLE)
    h = -5.453978476619062e-10
    h = h * t - 2.119562548526211e-09
    h = h * t + 2.2586878192152037e-09
    h = h * t + 1.8619889411472984e-08
    h = h * t - 9.329585078429545e-09
    h = h * t - 1.227890961858291e-07
    h = h * t + 9.553225040036073e-08
    h = h * t + 7.827641143524542e-07
    h = h * t - 1.2698701206232883e-06
    h = h * t - 4.453517697521674e-06
    h = h * t + 1.5645587586188944e-05
    h = h * t + 1.0179403947391973e-05
    h = h * t - 0.00015525638788071162
    h = h * t + 0.0003021131254341298
    h = h * t + 0.0005756997846235121
    h = h * t - 0.005448989550797973
    h = h * t + 0.019630128262660012
    h = h * t - 0.0489768275584961
    h = h * t + 0.09512898813850781
    h = h * t - 0.14953095320934046
    h = h * t + 0.19066932245441887
    h = h * t - 0.18887661471168732
    h = h * t + 0.1187563154189138
    h = 0.5 + 2.0 * a / (a + MIDDLE) * h
    below = exp(-0.5 * square) * (1.0 - 0.5 * missing) * (h / (1.0 + ROOT_2 * a))
    return 1.0 - below if z > 0.0 else below


@lean
def exp_all(x, result):
    """`exp` over flat arrays."""
    for i in range(x.shape[0]):
        result[i] = exp(x[i])


@lean
def normal_all(z, result):
    """`normal` over flat arrays."""
    for i in range(z.shape[0]):
        result[i] = normal(z[i])
