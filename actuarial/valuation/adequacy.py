"""What a scheme pays its new beneficiaries and to whom: awards, replacement and benefit ratios, coverage."""

from collections.abc import Sequence

import xarray as xr

from actuarial import check
from actuarial.benefits.paying import by_benefit
from actuarial.errors import BadInput
from actuarial.quick import gathered, quick_set, without_attrs
from actuarial.remembered import remembered
from actuarial.vocabulary import annotate

INSURED = ("average_contributors", "salary", "claims_number", "claims_amount", "claims_credits", "claims_at_minimum")
PENSIONS = ("pensioners", "pension_mass", "new_awards", "new_awards_amount")
PEOPLE = ("population", "labour_force", "employed")
NEEDED = (*PEOPLE, *INSURED, *PENSIONS)
"""Variables of a result that adequacy is made of."""
OLD = 65


@remembered
def adequacy(
    result: xr.Dataset, basis: xr.Dataset, *, pensionable_age: int | None = None, by_sex: bool = True
) -> xr.Dataset:
    """Adequacy of a projected scheme: new awards, replacement and benefit ratios, coverage.

    Parameters
    ----------
    result : Dataset of `project`
    basis : Dataset
        Its `overlap`, if it has any, keeps those with several pensions from being counted twice.
    pensionable_age : years
        Age on 31 December from which the population ought to have a pension; by default 65, or the last age of a
        population whose ages end before.
    by_sex : bool
        False answers for both sexes together.

    Returns
    -------
    Dataset by (scenario,) year, benefit, sex
        Of new beneficiaries `new_awards_age` (years, reached on 31 December) and `new_awards_pension` (currency/year
        of twelve monthly payments; of a lump sum, currency); of the insured persons whose benefits start (for
        survivors' benefits the deceased, whomever they leave) `new_awards_service` (years), `share_at_minimum`
        (fraction), `replacement_rate_new` and `award_ratio`. By year and sex `benefit_ratio`,
        `coverage_of_labour_force`, `coverage_of_employed`, `coverage_of_old`. By year `average_salary` (currency/year),
        `women_of_contributors`, `women_of_pensioners`, and by benefit `women_of_awards`. NaN where nobody is.

    Raises
    ------
    MissingVariable
        With what the result lacks.
    BadInput
        A pensionable age that the population does not have.

    Notes
    -----
    replacement_rate_new = sum_x CA_x / sum_x CN_x sal_x with CA the pensions awarded and sal_x the average earnings of
    twelve contributed months of the contributors of the same sex and age in the year, over the ages at which anybody
    contributes. award_ratio = (sum CA / sum CN) / sal_m and benefit_ratio = (sum TB / sum P) / sal_m with sal_m the
    average earnings of all contributors of both sexes, before floor and ceiling. All pensions are gross and of twelve
    monthly payments. Supplements add to the pensions that they accompany and not to the beneficiaries.

    References
    ----------
    .. [1] Plamondon et al. (2002), Actuarial practice in social security, International Labour Office, part II.
    .. [2] International Labour Office, Social Security (Minimum Standards) Convention, 1952 (No. 102), part XI.

    Examples
    --------
    found = adequacy(result, basis)
    found.new_awards_age.sel(benefit="old_age", sex="female")
    """
    check.require(result, *NEEDED)
    oldest = int(result["age"][-1])
    if pensionable_age is None:
        pensionable_age = min(OLD, oldest)
    if not 0 <= pensionable_age <= oldest:
        raise BadInput(f"pensionable_age: must be an age of the population, 0 to {oldest} (got {pensionable_age}).")
    dims = ["age"] if by_sex else ["sex", "age"]
    result = quick_set(result)
    wage = _average_salary(result)
    found = _awards(result, dims) | _ratios(result, wage, dims) | _coverage(result, basis, pensionable_age, dims)
    found |= {"average_salary": wage, **_women(result)}
    made = annotate(without_attrs(gathered(found)))
    return made.assign_attrs(pensionable_age=pensionable_age, currency=str(result.attrs.get("currency", "")))


def over(part: xr.DataArray, whole: xr.DataArray) -> xr.DataArray:
    """Part over whole, NaN where there is nothing."""
    return part / whole.where(whole > 0)


def counted(result: xr.Dataset) -> xr.DataArray:
    """1 for benefits whose beneficiaries count (by benefit): 0 for supplements, which accompany a pension."""
    if "accompanying" in result:
        return 1.0 - result["accompanying"]
    return xr.ones_like(result["benefit"], dtype=float)


def is_pension(result: xr.Dataset) -> xr.DataArray:
    """Whether a benefit (by benefit) is ever in payment at the end of a year: lump sums are not."""
    return (result["pensioners"] > 0).any([dim for dim in result["pensioners"].dims if dim != "benefit"])


def _average_salary(result: xr.Dataset) -> xr.DataArray:
    people, everybody = result["average_contributors"], ["group", "sex", "age"]
    return over((people * result["salary"]).sum(everybody), people.sum(everybody))


def _awards(result: xr.Dataset, dims: Sequence[str]) -> dict[str, xr.DataArray]:
    """Mean age, service and amount of new awards, and the share at the minimum."""
    new, claims = result["new_awards"], result["claims_number"].sum(dims)
    return {
        "new_awards_age": over((new * new["age"]).sum(dims), new.sum(dims)),
        "new_awards_service": over(result["claims_credits"].sum(dims), claims) / 12.0,
        "new_awards_pension": over(result["new_awards_amount"].sum(dims), new.sum(dims)),
        "share_at_minimum": over(result["claims_at_minimum"].sum(dims), claims),
    }


def _ratios(result: xr.Dataset, wage: xr.DataArray, dims: Sequence[str]) -> dict[str, xr.DataArray]:
    """Awards over earnings at their age and over the average wage, and pensions in payment over it."""
    people, claims, paid = result["average_contributors"], result["claims_number"], result["claims_amount"]
    contributing = people.sum("group")
    earned = over((people * result["salary"]).sum("group"), contributing)
    there, kept = contributing > 0, is_pension(result)
    before = (claims * earned).where(there, 0.0).sum(dims)
    in_payment = result["pension_mass"].where(kept, 0.0).sum(["benefit", *dims])
    persons = (result["pensioners"] * counted(result)).sum(["benefit", *dims])
    return {
        "replacement_rate_new": over(paid.where(there, 0.0).sum(dims), before).where(kept),
        "award_ratio": (over(paid.sum(dims), claims.sum(dims)) / wage).where(kept),
        "benefit_ratio": over(in_payment, persons) / wage,
    }


def _coverage(
    result: xr.Dataset, basis: xr.Dataset, pensionable_age: int, dims: Sequence[str]
) -> dict[str, xr.DataArray]:
    """Contributors over the labour market, pensioners over the old."""
    contributors = result["average_contributors"].sum(["group", *dims])
    old = result["age"] >= pensionable_age
    drawing = persons_drawing(result, basis)
    return {
        "coverage_of_labour_force": over(contributors, result["labour_force"].sum(dims)),
        "coverage_of_employed": over(contributors, result["employed"].sum(dims)),
        "coverage_of_old": over(drawing.where(old, 0.0).sum(dims), result["population"].where(old, 0.0).sum(dims)),
    }


def persons_drawing(result: xr.Dataset, basis: xr.Dataset) -> xr.DataArray:
    """Persons who draw a pension by year, sex and age, those with several once as far as the basis knows."""
    people = result["pensioners"] * counted(result)
    names = [str(name) for name in result["benefit"].values]
    twice = {name: by_benefit(basis, "overlap", name) for name in names}
    total = people.isel(benefit=0, drop=True) * 0.0
    for name, share in twice.items():
        total = total + people.sel(benefit=name, drop=True) * (1.0 - (0.0 if share is None else share))
    return total


def _women(result: xr.Dataset) -> dict[str, xr.DataArray]:
    """Women's shares of contributors, pensioners and new beneficiaries."""
    pensioners = (result["pensioners"] * counted(result)).sum(["benefit", "age"])
    by_sex = {
        "women_of_contributors": result["average_contributors"].sum(["group", "age"]),
        "women_of_pensioners": pensioners,
        "women_of_awards": result["new_awards"].sum("age"),
    }
    return {name: over(people.sel(sex="female", drop=True), people.sum("sex")) for name, people in by_sex.items()}
