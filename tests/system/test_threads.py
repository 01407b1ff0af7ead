"""Two valuations in threads: the same numbers as one after the other, and no option of the process left changed."""

from concurrent.futures import ThreadPoolExecutor

import xarray as xr

from actuarial.valuation.finance import project_finance
from tests.valuation import scheme_data as made


def finance(_):
    return project_finance(made.insured(), made.pensions(), made.basis(), made.scheme(made.member()))


def test_finances_in_threads_leave_arithmetic_as_it_was():
    before, alone = xr.get_options()["arithmetic_join"], finance(0)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(finance, range(24)))
    assert xr.get_options()["arithmetic_join"] == before
    assert all(alone.identical(one) for one in found)
