"""Whether scenarios go through a stage together, or one after the other.

Together the law is asked once for all of them, which takes little more than asking it for one.
"""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.check.period import first_period
from actuarial.fitting import all_parts
from actuarial.scheme import Scheme

TOGETHER = frozenset({
    "asfr", "coverage", "gdp", "government_expenditure", "inflation", "interest_rate", "mx", "net_migration",
    "participation_rate", "salary_growth", "unemployment_rate", "wage_growth",
})
"""Variables of a basis that may differ between scenarios that go together."""
ALONE = ("recovery_rate", "density_dispersion", "transfer_rate", "transfer_rate_inactive", "successor_share")
"""Variables of a basis with which scenarios go one after the other."""
PARTS = frozenset({
    "dated.ByAge", "dated.ByCohort", "dated.ByGroup", "dated.BySex", "dated.ByYear", "dated.Money",
    "earned.Reference", "pension.account_formulas.ProRata", "pension.by_earnings.Bracket",
    "pension.by_earnings.ByEarnings", "pension.combined.AtAge", "pension.combined.Banded", "pension.combined.Greatest",
    "pension.combined.Least", "pension.conditions.Condition", "pension.early.AgeBand", "pension.formulas.Band",
    "pension.formulas.EarningsBand",
    "pension.formulas.FinalAverage", "pension.formulas.Flat", "pension.formulas.OtherYears", "pension.formulas.Phased",
    "pension.grants.FuneralGrant", "pension.grants.Gratuity", "pension.grants.OldAgeGrant",
    "pension.indexation.rule.Indexation", "pension.invalidity.Invalidity", "pension.old_age.OldAge",
    "pension.survivors.Orphans", "pension.survivors.Widows", "scheme.Administration", "scheme.Contribution",
    "scheme.Funding", "scheme.InsurableEarnings", "scheme.Scheme",
})
"""Parts of a law that answer for all scenarios at once."""
NOT_WITH = ("full_share", "share_before")
"""Fields of theirs with which they do not, nor with the word "actuarial"."""
LIBRARY = __name__.split(".")[0]


def together(scheme: Scheme, basis: xr.Dataset, *others: xr.Dataset | None) -> bool:
    """Whether all scenarios can go together: the law is of parts that answer for all of them at once, without accounts,
    and scenarios differ in what every part of it knows to differ; the other Datasets have the same scenarios or none.

    A law with rules of one's own may do anything with its arrays, so that it meets one scenario at a time.
    """
    if "scenario" not in basis.dims or any(not _same(basis, one) for one in others if one is not None):
        return False
    moved = {name for name in basis.data_vars if "scenario" in basis.variables[name].dims}
    alone = not moved <= TOGETHER or any(name in basis for name in ALONE) or first_period(basis) < 1.0
    return not (alone or scheme.accounts) and all(map(_knows_scenarios, all_parts(scheme)))


def _same(basis: xr.Dataset, other: xr.Dataset) -> bool:
    """Whether a Dataset has the scenarios of a basis, or none."""
    return "scenario" not in other.dims or np.array_equal(other["scenario"].values, basis["scenario"].values)


def _knows_scenarios(part: Any) -> bool:
    """Whether a part of the law is a plain value, or one of those that answer for all scenarios at once."""
    kind = type(part)
    if kind.__module__ == "builtins":
        return not callable(part) and part != "actuarial"
    known = f"{kind.__module__.removeprefix(LIBRARY + '.')}.{kind.__qualname__}" in PARTS
    return known and all(getattr(part, name, None) is None for name in NOT_WITH)
