"""Income, outgo and reserve of a scheme year by year."""

import functools
import operator
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.audited import audited_years, replaced, scaling
from actuarial.bridge import doubles, exact_labels
from actuarial.check.period import first_period, year_fraction
from actuarial.check.population import stock_before
from actuarial.dated import evaluate
from actuarial.errors import BadBasis, BadDimensions
from actuarial.labelled import as_array
from actuarial.person import Person, make_grid
from actuarial.quick import bare, gathered, quick, quick_set, where, without_attrs
from actuarial.scheme import Scheme, require_scheme
from actuarial.translation import N_, Told, few
from actuarial.valuation.contributions import income_of_lines, of_the_year
from actuarial.valuation.reserve import accumulate, before, net_value
from actuarial.valuation.returns import implied_returns
from actuarial.valuation.series import align, of_period, timings, year_end_factors
from actuarial.vocabulary import annotate

SHARED = ("scenario", "year", "benefit", "group", "sex", "age")
OTHER_PAYERS = ("state", "donor", "other")
BENEFITS = ("pension_expenditure", "lump_sum_expenditure")
NEEDED_OF_INSURED = ("salary", "insurable_share", "average_contributors", "insurable_earnings")
NEEDED_OF_PENSIONS = ("benefit_expenditure", "topup_expenditure", "pensioners")
NEEDED_OF_BASIS = ("interest_rate", "reserve_0", "pensioners_0", "earnings_cv")


def project_finance(insured: xr.Dataset, pensions: xr.Dataset, basis: xr.Dataset, scheme: Scheme) -> xr.Dataset:
    """Project income by contribution line, administration, investment income and the reserve.

    Parameters
    ----------
    insured : Dataset
        `salary`, `insurable_share`, `average_contributors`, `insurable_earnings` (collected).
    pensions : Dataset
        `benefit_expenditure`, `topup_expenditure`, `pensioners`, by benefit.
    basis : Dataset
        `interest_rate`, `reserve_0`, `pensioners_0`, `earnings_cv`.
    scheme : Scheme
        Contributions, administration, funding (timing of flows, target reserve).

    Returns
    -------
    Dataset by (scenario,) year, currency/year
        `contribution_income` (contribution); `contributions` (members and employers), `state_income` (with what the
        State pays of a deficit), `other_income`, `deficit_income`, `administration`, `outgo`, `investment_income`,
        `total_income`, `balance`, `reserve`; the totals that a valuation needs: `total_insurable_earnings`,
        `total_contributors`, `total_pensioners` (mean of two 31 December stocks), `pension_expenditure`,
        `lump_sum_expenditure`, `interest_rate` (annual), `reserve_0`, `target_reserve`, `flow_timing`, and
        `year_fraction`, the length of every period (years).

    Raises
    ------
    MissingVariable, BadDimensions, BadScheme, BadInput, IdentityFailed

    Notes
    -----
    Contributions are rates times collected insurable earnings. A line with its own floor or ceiling takes the expected
    clip of the lognormal distribution of earnings between them. A line whose base is the deficit pays, at the timing of
    other income, what the reserve lacks on 31 December to be not negative, times its rate. Administration is computed
    on the earnings, contributions (without what makes good a deficit) and benefits of the same year.

    V_t = (1 + i_t) V_{t-1} + sum over flows of +/- F_t (1 + i_t)^(1 - timing)

    In a first year that begins on a valuation date inside it, all flows are those after the date, fixed amounts for the
    part phi of the year, timing is a fraction of the period, and its interest is (1 + i)^phi - 1.

    References
    ----------
    .. [1] Plamondon et al. (2002), Actuarial practice in social security, chapters 8 and 9.

    Examples
    --------
    finance = project_finance(insured, pensions, basis, scheme)
    """
    for dataset, names in ((insured, NEEDED_OF_INSURED), (pensions, NEEDED_OF_PENSIONS), (basis, NEEDED_OF_BASIS)):
        check.require(dataset, *names)
    require_scheme(scheme)
    same_labels(SHARED, basis=basis.drop_vars("benefit", errors="ignore"), insured=insured, pensions=pensions)
    insured, pensions, basis = (quick_set(given) for given in (insured, pensions, doubles(basis)))
    with exact_labels():
        grid = make_grid(basis, scheme)
        income, guaranteed = _as_audited(*income_of_lines(insured, pensions, basis, scheme, grid), basis)
        totals = _totals(insured, pensions, basis, scheme)
        totals["administration"] = administration_cost(scheme, totals, members_part(income), grid)
        totals["outgo"] = totals["benefits"] + totals["administration"]
        finance = roll_fund(income, guaranteed, totals, basis, scheme.funding, basis["reserve_0"])
        finance["target_reserve"] = xr.DataArray(float(scheme.funding.target_reserve))
    finance = annotate(finance)
    check_finance(finance)
    return finance


def same_labels(dims, **stages):
    """BadDimensions where stages of one run, None apart, have other labels along a dimension.

    A basis names only the benefits that somebody receives on the valuation date, in its own order: leave them out.
    """
    owners: dict[str, tuple[str, np.ndarray]] = {}
    for owner, dataset in ((owner, dataset) for owner, dataset in stages.items() if dataset is not None):
        for dim in (dim for dim in dims if dim in dataset.coords):
            here = np.atleast_1d(dataset[dim].values)
            first, labels = owners.setdefault(dim, (owner, here))
            if not np.array_equal(labels, here):
                raise BadDimensions(
                    f"{owner}: the labels of {dim} differ from those of {first}: {few(here)} against {few(labels)}.\n"
                    "  Give the stages of one run of one basis."
                )


def _totals(insured, pensions, basis, scheme):
    """Totals by year of what the earlier stages found."""
    lump_sums = [benefit.name for benefit in scheme.benefits if benefit.lump_sum]
    expenditure, number = pensions["benefit_expenditure"], pensions["pensioners"]
    supplements = [benefit.name for benefit in scheme.benefits if benefit.accompanies]
    number = (number.drop_sel(benefit=supplements) if supplements else number).sum(["benefit", "sex", "age"])
    one_off = expenditure.sel(benefit=[name for name in expenditure["benefit"].values if name in lump_sums])
    previous = stock_before(number, basis["pensioners_0"].sum(["benefit", "sex", "age"]))
    return {
        "total_insurable_earnings": insured["insurable_earnings"].sum(["group", "sex"]),
        "total_contributors": insured["average_contributors"].sum(["group", "sex", "age"]),
        "total_pensioners": (previous + number) / 2,
        "benefits": expenditure.sum("benefit"),
        "lump_sum_expenditure": one_off.sum("benefit"),
        "pension_expenditure": expenditure.sum("benefit") - one_off.sum("benefit"),
    }


def members_part(income):
    """Lines that members and employers pay, without those that make good a deficit."""
    return income.where(~_of_others(income), 0.0).sum("contribution")


def administration_cost(scheme: Any, totals: Mapping[str, xr.DataArray], contributions: xr.DataArray, grid: Person):
    """a_1 W + a_2 C + a_3 E + fixed amount, by year; of a pension scheme or a health scheme."""
    rules = scheme.administration

    def share(name):
        return of_the_year(as_array(evaluate(getattr(rules, name), grid)), f"administration.{name}")

    assert grid.basis is not None, "a grid of a basis"
    cost = share("share_of_earnings") * totals["total_insurable_earnings"]
    cost = cost + share("share_of_contributions") * contributions + share("share_of_benefits") * totals["benefits"]
    if rules.fixed is not None:
        fixed = of_the_year(as_array(rules.fixed.evaluate(grid)), "administration.fixed")
        cost = cost + fixed * year_fraction(grid.basis)
    return replaced(cost, grid.basis, "administration")


def _as_audited(income, guaranteed, basis):
    """Lines of income that add up to the audited accounts, in years that have them; nobody makes good a deficit then.

    What guarantors paid in those years is part of the audited income of the State or of others.
    """
    years = audited_years(basis)
    if not years:
        return income, guaranteed
    if first_period(basis) < 1.0:
        text = N_(
            "audited_accounts: those of {year} are of a whole year, but the projection begins on the valuation date "
            "{date}.\n  Leave the projected years out of the accounts, or move the valuation date to the end of a year."
        )
        raise BadBasis(Told(text, year=years[0], date=basis.attrs["valuation_date"]))
    payer = income["payer"]
    for line, chosen in kinds_of(payer).items():
        factor = scaling(income.where(chosen, 0.0).sum("contribution"), basis, line)
        income = income * xr.where(chosen, factor, 1.0)
    within = income["year"].isin(years)
    return income.transpose(..., "year", "contribution"), guaranteed.where(~within, 0.0)


def roll_fund(
    income: xr.DataArray,
    guaranteed: xr.DataArray,
    totals: Mapping[str, xr.DataArray],
    basis: xr.Dataset,
    funding: Any,
    reserve: xr.DataArray,
) -> xr.Dataset:
    """Roll a reserve, let the guarantors of a deficit pay, and gather the variables of a finance stage.

    Parameters
    ----------
    income, guaranteed : DataArrays by (scenario,) year, contribution, as of `income_of_lines`
    totals : mapping of name to DataArray by (scenario,) year
        `outgo`, which flows out of the fund; all but `benefits` become variables of the result.
    basis : Dataset with `interest_rate`
    funding : object with `timing` and `within_year`
    reserve : DataArray by (scenario), currency
        Reserve on the valuation date.

    Returns
    -------
    Dataset by (scenario,) year, as of `project_finance`, not yet annotated
    """
    kind = flow_of(income)
    flows = {flow: income.where(kind == flow, 0.0).sum("contribution") for flow in ("contributions", "other_income")}
    yearly = {**flows, "outgo": totals["outgo"], "interest": basis["interest_rate"]}
    guarantee = guaranteed.sum("contribution")
    series = align({**yearly, "guarantee": guarantee}, {"reserve": reserve})
    interest = implied_returns(series, basis, funding.timing, funding.within_year)
    earned = of_period(interest, first_period(basis))
    worth = year_end_factors(earned, funding.timing, funding.within_year)
    level, paid = accumulate(series["reserve"], earned, net_value(series, worth), series["guarantee"])
    deficit = series.by_year(paid / worth["other_income"], "deficit_income")
    income = income + deficit * (guaranteed / guarantee.where(guarantee > 0)).fillna(0.0)
    income = income.transpose(..., "year", "contribution")
    change = series.by_year(level - before(series["reserve"], level), "balance")
    found = _by_payer(income) | {"deficit_income": deficit, "balance": change}
    found["reserve"] = series.by_year(level, "reserve")
    net = found["contributions"] + found["state_income"] + found["other_income"] - totals["outgo"]
    found["investment_income"] = change - net
    found["total_income"] = net + totals["outgo"] + found["investment_income"]
    found |= {"contribution_income": income, "reserve_0": reserve}
    found["interest_rate"] = series.by_year(interest, "interest_rate")
    found["audited"], found["year_fraction"] = _marked(basis), year_fraction(basis)
    found |= {name: value for name, value in totals.items() if name != "benefits"}
    fractions = timings(funding.timing)
    found["flow_timing"] = xr.DataArray(list(fractions.values()), dims="flow", coords={"flow": list(fractions)})
    finance = gathered({name: _tidy(value) for name, value in found.items()})
    finance["flow_timing"].attrs["within_year"] = funding.within_year
    return finance


def _marked(basis):
    """1 in years whose flows are those of audited accounts, 0 in others."""
    return without_attrs(basis["year"].isin(audited_years(basis)).astype("float64"))


def flow_of(income):
    """Which timing a line has: contributions, or other income (State, others, whoever makes good a deficit)."""
    return where(_of_others(income), "other_income", "contributions")


def _of_others(income):
    """Which lines the State and others pay, or whoever makes good a deficit."""
    return _among(income["payer"], OTHER_PAYERS) | (quick(income["base"]) == "deficit")


def _among(payer, words):
    """Which lines are paid by one of some."""
    return functools.reduce(operator.or_, (quick(payer) == word for word in words))


def _by_payer(income):
    """Income of members and employers, of the State, and of others."""
    lines, kinds = bare(income), kinds_of(income["payer"])
    return {name: lines.where(bare(chosen), 0.0).sum("contribution") for name, chosen in kinds.items()}


def kinds_of(payer):
    """Which lines are income of the State, of others (donors among them), and of members and employers."""
    payer, others = quick(payer), _among(payer, OTHER_PAYERS)
    return {"state_income": payer == "state", "other_income": others & (payer != "state"), "contributions": ~others}


def _tidy(value):
    """Dims in the order of the vocabulary; labels of the law's grid do not travel along."""
    keep = {"scenario", "year", "contribution", "payer", "base", "flow"}
    dropped = [name for name in value.coords if name not in keep]
    order = [dim for dim in ("scenario", "year", "contribution", "flow") if dim in value.dims]
    value = value.drop_vars(dropped) if dropped else value
    return value if list(value.dims) == order else value.transpose(*order)


def check_finance(finance: xr.Dataset, benefits: tuple[str, ...] = BENEFITS) -> None:
    """Identities of the stage: lines add up to income, outgo to its parts, and the reserve rolls forward.

    Parameters
    ----------
    finance : Dataset of `project_finance` or `project_health_finance`
    benefits : names of the variables that are, with administration, the outgo

    Raises
    ------
    IdentityFailed
        With the cells that fail.
    """
    finance = quick_set(finance)
    lines = finance["contribution_income"]
    noninterest = finance["contributions"] + finance["state_income"] + finance["other_income"]
    size = abs(noninterest) + finance["outgo"]
    for name, part in _by_payer(lines).items():
        check.identity(f"contribution lines add up to {name}", part, finance[name], size)
    deficit = lines.where(lines["base"] == "deficit", 0.0).sum("contribution")
    check.identity("lines that make good a deficit add up to deficit_income", deficit, finance["deficit_income"], size)
    parts = sum((finance[name] for name in benefits), start=0.0) + finance["administration"]
    check.identity("benefits and administration add up to outgo", parts, finance["outgo"], size)
    income = noninterest + finance["investment_income"]
    check.identity("total income is the sum of its parts", income, finance["total_income"], size + abs(income))
    series, expected = _rolled(finance)
    reserve = finance["reserve"]
    scale = abs(reserve) + series.by_year(np.abs(before(series["reserve"], expected)), "scale") + size
    check.identity("the reserve rolls forward", reserve, series.by_year(expected, "reserve"), scale)
    previous = series.by_year(before(series["reserve"], series["level"]), "previous")
    balance = income - finance["outgo"]
    check.identity("income less outgo is the change of the reserve", reserve - previous, balance, scale)
    check.identity("income less outgo is the balance", balance, finance["balance"], scale)


def _rolled(finance):
    """Each reserve from the one before it and the flows of its year."""
    contributions = members_part(finance["contribution_income"])
    everything = finance["contributions"] + finance["state_income"] + finance["other_income"]
    yearly = {
        "contributions": contributions,
        "other_income": everything - contributions,
        "outgo": finance["outgo"],
        "interest": finance["interest_rate"],
        "level": finance["reserve"],
    }
    series = align(yearly, {"reserve": finance["reserve_0"]}, first_period_of(finance))
    worth = year_end_factors(series["interest"], **convention_of(finance))
    carried = (1 + series["interest"]) * before(series["reserve"], series["level"])
    return series, carried + net_value(series, worth)


def first_period_of(finance: xr.Dataset) -> float:
    """Length of the first period of projected finances, years; a whole year where they do not say otherwise."""
    return float(finance["year_fraction"].values[0]) if "year_fraction" in finance else 1.0


def convention_of(finance: xr.Dataset) -> dict[str, object]:
    """Timing of flows and kind of interest within the year that a finance Dataset was projected with."""
    timing = finance["flow_timing"]
    fractions = dict(zip(map(str, timing["flow"].values), timing.values.tolist(), strict=True))
    return {"timing": fractions, "within_year": timing.attrs["within_year"]}
