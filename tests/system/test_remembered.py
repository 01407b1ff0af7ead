"""Answers are given again inside `remembering` only, and only for the same objects; importing leaves collecting on."""

import gc
import subprocess
import sys
from threading import Thread

import numpy as np
import pytest

import actuarial as ac
from actuarial.remembered import KEPT, meanwhile, remembered, remembering


@pytest.fixture
def counted():
    """A function that counts how often it is asked, and its count."""
    asked = []

    @remembered
    def total(values, *, times=1):
        asked.append(times)
        if times == 0:
            raise ValueError("nothing")
        return float(np.sum(values)) * times

    return total, asked


def test_nothing_is_kept_outside(counted):
    total, asked = counted
    values = np.ones(3)
    assert total(values) == total(values) == 3.0
    with remembering():
        total(values)
    assert KEPT.get() is None
    total(values)
    assert len(asked) == 4


def test_the_same_objects_are_answered_once(counted):
    total, asked = counted
    values = np.ones(3)
    with remembering():
        assert total(values) == total(values) == 3.0
        with remembering():
            assert total(values, times=2) == total(values, times=2) == 6.0
        assert total(values) == 3.0
        assert len(asked) == 2
        assert total(np.ones(3)) == total(2.0 * np.ones(3)) / 2.0 == 3.0
        assert total(values, times=2.0) == 6.0
    assert len(asked) == 5


def test_arguments_stay_in_memory_with_their_answers(counted):
    total, asked = counted
    with remembering():
        assert [total(np.full(1_000, float(k))) for k in range(50)] == [1_000.0 * k for k in range(50)]
    assert len(asked) == 50


def test_errors_are_not_kept(counted):
    total, asked = counted
    with remembering():
        for _ in range(2):
            with pytest.raises(ValueError, match="nothing"):
                total([], times=0)
    assert len(asked) == 2
    assert KEPT.get() is None


def test_threads_keep_nothing(counted):
    total, asked = counted
    values = np.ones(3)
    with remembering():
        total(values)
        thread = Thread(target=total, args=(values,))
        thread.start()
        thread.join()
    assert len(asked) == 2


@pytest.mark.parametrize("collecting", [True, False])
def test_importing_leaves_collecting_as_it_was(collecting):
    before = gc.isenabled()
    (gc.enable if collecting else gc.disable)()
    try:
        ac._imported("actuarial.errors")
        with pytest.raises(ImportError):
            ac._imported("actuarial.nothing")
        assert gc.isenabled() == collecting
    finally:
        (gc.enable if before else gc.disable)()


def test_what_a_program_has_frozen_stays_so():
    """And where nothing was frozen, nothing is."""
    code = """if True:
        import gc
        start = gc.get_freeze_count()
        import actuarial as ac
        ac._imported("actuarial.errors")
        assert gc.get_freeze_count() <= start < 1_000
        gc.freeze()
        before = gc.get_freeze_count()
        ac._imported("actuarial.jit")
        assert gc.get_freeze_count() > 0.9 * before > 0
    """
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_law_is_asked_once_for_all_who_share_its_formula(monkeypatch):
    """Old age, invalidity, widows and orphans of one formula: one evaluation, and the same law to the bit."""
    from actuarial.law import law
    from actuarial.pension import FinalAverage, Invalidity, OldAge, Orphans, Widows
    from actuarial.scheme import Scheme
    from tests.reference.small import small_basis

    asked = []
    award = FinalAverage.award
    monkeypatch.setattr(FinalAverage, "award", lambda *given: asked.append(1) or award(*given))
    old = OldAge(retirement_age=60, qualifying_years=5, formula=FinalAverage(accrual=0.02, years=5))
    sick = Invalidity(qualifying_years=3, of="old_age")
    left = Widows(share=0.6), Orphans(share=0.2, until_age=18, of="invalidity")
    scheme, basis = Scheme(name="S", currency="LTD", benefits=(old, sick, *left)), small_basis()
    once = law(scheme, basis)
    assert len(asked) == 1
    assert KEPT.get() is None
    for part in (OldAge, Invalidity):
        monkeypatch.setattr(part, "pension", part.pension.__wrapped__)
    apart = law(scheme, basis)
    assert len(asked) == 5
    for one, other in zip(once.claims, apart.claims, strict=True):
        for mine, others in zip(one.amounts, other.amounts, strict=True):
            assert np.array_equal(mine.unit.rate.rows, others.unit.rate.rows)
            assert np.array_equal(mine.multiple.values, others.multiple.values)


def test_what_is_answered_meanwhile_is_forgotten(counted):
    total, asked = counted
    values, others = np.ones(3), np.ones(2)
    with remembering():
        total(values)
        with meanwhile():
            assert total(values) + total(others) + total(others) == 7.0
            assert len(asked) == 2
        total(others)
        total(values)
    assert len(asked) == 3
