"""Exponential and normal distribution function against decimal arithmetic and other libraries."""

from decimal import Decimal, localcontext

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import ndtr

from actuarial.elementary_kernels import decay, exp_all, normal_all
from actuarial.jit import lean

PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")


def through(kernel, x):
    found = np.full(len(x), 9.0)
    kernel(np.asarray(x, dtype=float), found)
    return found


def units(found, exact):
    """Errors in units of the last place of the exact result."""
    last = [Decimal(float(np.spacing(float(one)))) for one in exact]
    return [abs(Decimal(float(a)) - b) / unit for a, b, unit in zip(found, exact, last, strict=True)]


def exact_exp(x):
    with localcontext() as context:
        context.prec = 40
        return [Decimal(float(one)).exp() for one in x]


def exact_tail(z):
    """Phi(-abs(z)): the series of the distribution function below 5, the continued fraction of Laplace above it."""
    with localcontext() as context:
        context.prec = 60
        a = abs(Decimal(float(z)))
        density = (-a * a / 2).exp() / (2 * PI).sqrt()
        if a > 5:
            below = a
            for k in range(400, 0, -1):
                below = a + k / below
            return density / below
        term, total, k = a, a, 1
        while abs(term) > Decimal("1e-45"):
            k += 2
            term *= a * a / k
            total += term
        return Decimal("0.5") - density * total


def test_exp_is_within_a_unit_of_the_last_place():
    random = np.random.default_rng(3)
    halves = np.log(2) * np.arange(-99, 99.5, 0.5)
    x = np.concatenate([random.uniform(-745, 709.7, 1500), random.uniform(-2, 2, 1500), halves])
    assert max(units(through(exp_all, x), exact_exp(x))) < 1.0
    many = random.uniform(-745, 709.7, 100_000)
    assert_allclose(through(exp_all, many), np.exp(many), rtol=3e-16, atol=5e-324)


@lean
def decay_all(x, result):
    for i in range(x.shape[0]):
        result[i] = decay(x[i])


def test_decay_is_exp_to_the_bit_and_nothing_beside_one_below():
    drawn = -np.random.default_rng(5).exponential(20.0, 20_000)
    x = np.concatenate([drawn, np.linspace(-700, -1e-3, 1000), [0.0, -0.0]])
    assert_array_equal(through(decay_all, x), through(exp_all, x))
    assert_array_equal(1.0 - through(decay_all, [-np.inf, -1e300, -746.0, -701.0]), 1.0)


def test_exp_at_its_ends():
    x = [np.inf, -np.inf, 0.0, -0.0, 709.782712893384, 709.7827128933841, 1e308, -745.1332, -745.14, -1e308, 5e-324]
    with np.errstate(over="ignore"):
        assert_array_equal(through(exp_all, x), np.exp(x))
    assert np.isnan(through(exp_all, [np.nan])[0])


def test_normal_in_both_tails():
    random = np.random.default_rng(4)
    z = np.concatenate([random.uniform(-38.4, 0, 300), random.uniform(-1, 0, 150), [-1e-300, -5.303, -5.304]])
    exact = [exact_tail(one) for one in z]
    assert max(units(through(normal_all, z), exact)) < 5
    assert max(units(through(normal_all, -z), [1 - one for one in exact])) < 3
    assert_allclose(np.float64(exact), ndtr(z), rtol=1e-12, atol=1e-307)  # it ends at -37.67


def test_normal_at_its_ends():
    z = [np.inf, -np.inf, 0.0, -0.0, -39.0, 9.0, 1e300, -1e300]
    assert_array_equal(through(normal_all, z), [1, 0, 0.5, 0.5, 0, 1, 1, 0])
    assert np.isnan(through(normal_all, [np.nan])[0])
