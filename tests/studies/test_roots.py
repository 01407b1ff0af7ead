"""Roots of functions of one number, against roots that are known."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actuarial.studies.roots import Failed, Found, find_roots, search


def root(function, low=0.0, high=1.0, first=0.3, second=0.35, tolerance=1e-9):
    """Outcome of one search, and the places that were asked for."""
    asked = []

    def evaluate(places):
        asked.extend(places.values())
        return {number: function(x) for number, x in places.items()}

    (found,) = find_roots([search(low, high, first, second, tolerance)], evaluate)
    return found, asked


@given(st.floats(-50, 50).filter(lambda slope: abs(slope) > 1e-3), st.floats(0.001, 0.999))
def test_a_straight_line_takes_three_evaluations(slope, target):
    found, asked = root(lambda x: slope * (x - target))
    assert isinstance(found, Found)
    assert found.x == pytest.approx(target, rel=1e-12, abs=1e-15)
    assert len(asked) <= 3
    assert found.affine or found.residual == 0


@given(st.floats(0.01, 0.99), st.floats(0.05, 3.0), st.floats(-2.0, 2.0), st.booleans())
def test_rising_and_falling_curves(target, linear, cubic, falls):
    sign = -1.0 if falls else 1.0

    def curve(x):
        gap = x - target
        return sign * (linear * gap + 0.9 * abs(cubic) * gap**3 + 0.01 * (math.exp(cubic * gap) - 1) / (abs(cubic) + 1))

    found, asked = root(curve)
    assert found.x == pytest.approx(target, abs=1e-8 * max(target, 0.01) + 1e-11)
    assert all(0 <= x <= 1 for x in asked)
    assert len(asked) <= 14


@pytest.mark.parametrize(
    ("function", "target"),
    [
        (lambda x: max(x - 0.8, 0.05 * (x - 0.8)), 0.8),
        (lambda x: abs(x - 0.5) - 0.3, None),
        (lambda x: math.copysign(abs(x - 0.7) ** 0.2, x - 0.7), 0.7),
        (lambda x: 1 / (1.2 - x) - 5, 1.0),
        (lambda x: 0.0 if x < 0.5 else x - 0.5, None),
        (lambda x: -1.0 if x < 0.5 else (x - 0.9) * 10, 0.9),
        (lambda x: min(max((x - 0.9) * 100, -1.0), 1.0), 0.9),
    ],
)
def test_kinks_steep_places_and_plateaus(function, target):
    found, asked = root(function)
    assert isinstance(found, Found)
    assert function(found.x) == pytest.approx(0, abs=2e-2)
    if target is not None:
        assert found.x == pytest.approx(target, abs=1e-8)
    assert all(0 <= x <= 1 for x in asked)


def test_a_curve_that_keeps_its_sign_names_both_bounds():
    found, _ = root(lambda x: 1 + (x - 0.4) ** 2)
    assert isinstance(found, Failed)
    assert not found.jumps
    assert (found.low[0], found.high[0]) == (0.0, 1.0)
    assert found.low[1] == pytest.approx(1.16)
    assert found.high[1] == pytest.approx(1.36)


def test_a_root_at_a_bound_is_found_and_nothing_beyond_it_is_tried():
    found, asked = root(lambda x: x * x - 1.0)
    assert found.x == pytest.approx(1.0, rel=1e-9)
    assert max(asked) == 1.0


@given(st.floats(0.01, 0.99), st.floats(0.01, 10.0))
def test_a_jump_over_zero_is_no_root(place, height):
    found, asked = root(lambda x: height if x > place else -1.0, tolerance=1e-6)
    assert isinstance(found, Failed)
    assert found.jumps
    assert found.low[0] <= place <= found.high[0]
    assert found.high[0] - found.low[0] < 2e-3
    assert len(asked) < 30


def test_a_curve_that_jumps_over_zero():
    found, asked = root(lambda x: x + (1.0 if x > 0.6 else -1.0), tolerance=1e-6)
    assert isinstance(found, Failed)
    assert found.jumps
    assert found.low[0] <= 0.6 <= found.high[0] < found.low[0] + 1e-6
    assert len(asked) < 80


def test_many_steps_are_no_root():
    found, _ = root(lambda x: math.floor(12 * 40 * x) / 480 - 0.6001, tolerance=1e-6)
    assert isinstance(found, Failed)
    assert found.jumps
    assert found.low[1] < 0 < found.high[1]


def test_without_an_upper_bound_the_search_widens():
    found, _ = root(lambda x: math.sqrt(x) - 1000.0, high=math.inf, first=1.0, second=1.1)
    assert found.x == pytest.approx(1e6, rel=1e-8)


def test_searches_advance_side_by_side():
    rounds = []

    def evaluate(places):
        rounds.append(set(places))
        return {number: (x - 0.5 if number == 0 else x**3 - 0.1) for number, x in places.items()}

    found = find_roots([search(0, 1, 0.3, 0.35, 1e-9), search(0, 1, 0.3, 0.35, 1e-9)], evaluate)
    assert found[0].x == pytest.approx(0.5)
    assert found[1].x == pytest.approx(0.1 ** (1 / 3))
    assert rounds[:3] == [{0, 1}] * 3
    assert set.union(*rounds[3:]) == {1}
