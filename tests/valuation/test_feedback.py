"""Rules that look back at the finances: passes against a loop that goes from year to year once."""

from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal

from actuarial.basis import scenarios
from actuarial.check.benefits import check_pensions
from actuarial.contract import Benefit
from actuarial.dated import step
from actuarial.errors import BadInput, BadScheme
from actuarial.pension import FinalAverage, Indexation, OldAge
from actuarial.projection import project
from actuarial.report.summary import summary
from actuarial.scheme import Administration, Contribution, Scheme
from actuarial.studies import roll_forward
from actuarial.studies.liability import liabilities
from actuarial.studies.parameters import parameter_of
from actuarial.studies.recompute import stage_of
from actuarial.studies.solve import solve
from actuarial.valuation.assets import with_and_without
from actuarial.valuation.constituent import constituent_capitals
from actuarial.valuation.feedback import looks_back
from tests.oracle import looking_back as oracle
from tests.reference.small import small_basis

YEARS = 10
RATES = {2025: 0.08, 2030: 0.25}
BASIS = small_basis().sel(benefit=["old_age"]).assign(reserve_ratio_0=3.0)
BASIS = BASIS.assign(
    inflation=("year", 0.02 + 0.005 * np.arange(YEARS)),
    pensioners_0=2.0 * BASIS["pensioners_0"],
)
run = partial(project, service="years")


def law(**rule):
    formula = FinalAverage(accrual=0.015, years=3, revaluation="wages")
    indexation = Indexation(**rule)
    old_age = OldAge(retirement_age=60, qualifying_years=10, formula=formula, indexation=indexation, payments=13)
    return Scheme(
        name="Looks back",
        currency="LTD",
        contributions=(Contribution(name="members", payer="employee", rate=step(RATES)),),
        benefits=(old_age,),
        administration=Administration(share_of_benefits=0.02),
    )


def given(result, scheme, basis):
    """What does not depend on the adjustment."""
    (old_age,) = scheme.benefits
    stays = old_age.continuance(basis).transpose("year", "sex", "age")
    people = basis["pensioners_0"].sel(benefit="old_age").transpose("sex", "age")
    new = result.sel(benefit="old_age")
    return {
        "number_0": people.values.tolist(),
        "mass_0": (people * basis["pension_0"].sel(benefit="old_age")).transpose("sex", "age").values.tolist(),
        "reserve_0": float(basis["reserve_0"]),
        "stays": stays.values.tolist(),
        "new_number": new["new_awards"].transpose("year", "sex", "age").values.tolist(),
        "new_amount": new["new_awards_amount"].transpose("year", "sex", "age").values.tolist(),
        "earnings": result["total_insurable_earnings"].values.tolist(),
        "rate": [RATES[max(year for year in RATES if year <= t)] for t in basis["year"].values],
        "interest": basis["interest_rate"].values.tolist(),
        "payments": 13,
        "administration": 0.02,
    }


def prices(basis):
    return basis["inflation"].values.tolist()


def compared(result, scheme, basis, adjust):
    rises, outgo, reserves, ratios = oracle.together(given(result, scheme, basis), adjust)
    assert_allclose(result["pension_indexation"].sel(benefit="old_age"), rises, rtol=1e-9, atol=1e-12)
    for name, expected in (("outgo", outgo), ("reserve", reserves), ("reserve_ratio", ratios)):
        assert_allclose(result[name], expected, rtol=1e-9)
    return rises


PLAIN = run(BASIS, law(prices=1.0))


def test_a_trigger_equals_the_loop_from_year_to_year():
    """The ratio falls under the limit, pensions stand still, and it rises over it again."""
    above = float(np.quantile(PLAIN["reserve_ratio"], 0.4))
    scheme = law(prices=1.0, only_if={"reserve_ratio_above": above})
    result = run(BASIS, scheme)
    rises = compared(result, scheme, BASIS, oracle.condition(above, prices(BASIS), 3.0))
    assert 0 < sum(rise == 0 for rise in rises) < YEARS
    assert rises[-1] > 0
    assert 2 < result.attrs["passes"] <= YEARS + 1
    check_pensions(result, BASIS)


BALANCES = [
    {"below": 1.0, "floor": 0.0},
    {"below": 1.0, "floor": -0.10, "restore": False},
    {"below": 1.0, "floor": None, "share": 0.3},
]


@pytest.mark.parametrize("rule", BALANCES, ids=["floor", "not restored", "share"])
def test_balancing_equals_the_loop_from_year_to_year(rule):
    below = float(np.quantile(PLAIN["reserve_ratio"], 0.5))
    rule = rule | {"below": below}
    scheme = law(prices=1.0, balancing={"by": "reserve_ratio"} | {k: v for k, v in rule.items() if v is not None})
    result = run(BASIS, scheme)
    rises = compared(result, scheme, BASIS, oracle.balance(base=prices(BASIS), ratio_0=3.0, **rule))
    level = result["balancing_index"].sel(benefit="old_age").values
    base = np.array(prices(BASIS))
    assert_allclose(level, np.cumprod((1 + np.array(rises)) / (1 + base)), rtol=1e-9)
    assert level.min() < 1
    assert (level[-1] > level.min() + 1e-6) == rule.get("restore", True)
    assert (np.array(rises) > base + 1e-6).any() == rule.get("restore", True)


def test_every_scenario_by_itself_and_in_its_own_time():
    above = float(np.quantile(PLAIN["reserve_ratio"], 0.4))
    scheme = law(prices=1.0, only_if={"reserve_ratio_above": above})
    many = scenarios(
        BASIS.isel(year=slice(0, 6)),
        central=lambda b: b,
        rich=lambda b: b.assign(reserve_0=30 * b["reserve_0"]),
        poor=lambda b: b.assign(reserve_0=0.5 * b["reserve_0"]),
    )
    result = run(many, scheme)
    passes = []
    for label in ("central", "rich", "poor"):
        alone = run(many.sel(scenario=label, drop=True), scheme)
        passes.append(alone.attrs["passes"])
        for name, array in alone.data_vars.items():
            here = result[name].sel(scenario=label, drop=True) if "scenario" in result[name].dims else result[name]
            assert_array_equal(here.values, array.transpose(*here.dims).values, err_msg=str(name))
    assert result.attrs["passes"] == max(passes)
    assert passes[1] < passes[0]
    assert result["scenario"].values.tolist() == ["central", "rich", "poor"]


def test_a_rule_that_never_acts_gives_the_law_without_it():
    result = run(BASIS, law(prices=1.0, only_if={"reserve_ratio_above": 0.0}))
    assert result.attrs["passes"] >= 2
    assert_array_equal(result["reserve"], PLAIN["reserve"])
    assert "passes" not in PLAIN.attrs
    assert "balancing_index" not in PLAIN


def owned(scheme, rule):
    return replace(scheme, benefits=(replace(scheme.benefits[0], indexation=rule),))


def test_a_function_of_ones_own_is_given_the_finances():
    def half_above_two(basis, finance=None):
        if finance is None:
            return 0.0 * basis["inflation"]
        before = (finance["reserve"] / finance["outgo"]).shift(year=1, fill_value=9.0)
        return 0.5 * basis["inflation"] * (before > 2.0)

    result = run(BASIS, owned(law(), half_above_two))
    found = result["pension_indexation"].sel(benefit="old_age").values
    above = np.concatenate([[True], result["reserve_ratio"].values[:-1] > 2.0])
    assert_allclose(found, 0.5 * BASIS["inflation"] * above)
    assert 0 < above.sum() < YEARS


def test_a_rule_that_reads_its_own_year_is_refused():
    def same_year(basis, finance=None):
        return 0.0 * basis["inflation"] + (0.0 if finance is None else 1e-3 * finance["reserve"] / finance["outgo"])

    with pytest.raises(BadScheme, match=r"old_age: its indexation of .* changes with the finances of that year"):
        run(BASIS, owned(law(), same_year))


def test_passes_that_do_not_end_are_refused():
    def to_and_fro(basis, finance=None):
        flat = 0.0 * basis["inflation"]
        last = None if finance is None else float(finance["outgo"][-1])
        return flat + (0.05 if last is None or last < LIMIT else 0.0)

    LIMIT = float(PLAIN["outgo"][-1])
    with pytest.raises(BadScheme, match="old_age: the finances still change after 11 passes, in 2025 to 2034"):
        run(BASIS, owned(law(), to_and_fro))


@dataclass(frozen=True)
class Paid(Benefit):
    """A benefit of one's own whose claims look back."""

    name: str = "paid"
    needs_finance: bool = True


def test_where_the_passes_begin():
    assert looks_back(law(prices=1.0, average_over=3)) is None
    looking = law(balancing={"by": "reserve_ratio"})
    assert looks_back(looking) == "pensions"
    assert looks_back(replace(looking, benefits=(*looking.benefits, Paid()))) == "insured"

    def free(basis, finance=None):
        return 0.0

    assert looks_back(owned(law(), free)) == "pensions"
    free.needs_finance = False
    assert looks_back(owned(law(), free)) is None


@cache
def triggered():
    return run(BASIS, TRIGGER)


TRIGGER = law(prices=1.0, only_if={"reserve_ratio_above": float(np.quantile(PLAIN["reserve_ratio"], 0.4))})


def test_the_number_of_passes_is_printed():
    result = triggered()
    assert f"look back at the finances: {result.attrs['passes']} passes" in summary(result)
    assert "passes" not in summary(PLAIN)


def test_liabilities_by_participant_follow_the_path_of_all():
    found = liabilities(BASIS, TRIGGER, until=2031, service="years")
    plain = liabilities(BASIS, law(prices=1.0), until=2031, service="years")
    owed = [float(one["liability"].sel(measure="pensions_in_payment")) for one in (found, plain)]
    assert owed[0] < owed[1]
    result = triggered().sel(year=slice(None, 2031))
    worth = np.cumprod(1 / 1.05 ** np.ones(7)) * 1.05**0.5
    expected = float((result["benefit_expenditure"].sum("benefit") * worth).sum())
    assert float(found["participants_benefits"].sum()) == pytest.approx(expected, rel=1e-9)


def test_liabilities_of_slices_add_up():
    basis, years = BASIS.isel(year=slice(0, 5)).assign(pension_cv=0.6), 5
    bands = [{"prices": 1.0}, {"above": {"2025": 50_000, "per": "year"}, "prices": 0.2}]
    found = liabilities(basis, law(bands=bands), until=2029, service="years")
    result = run(basis, law(bands=bands))
    worth = np.cumprod(1 / 1.05 ** np.ones(years)) * 1.05**0.5
    expected = float((result["benefit_expenditure"].sum("benefit") * worth).sum())
    assert float(found["participants_benefits"].sum()) == pytest.approx(expected, rel=1e-9)


def test_solve_projects_the_benefits_anew():
    assert stage_of(parameter_of("members.rate", BASIS, TRIGGER), BASIS, TRIGGER) == "all"
    assert stage_of(parameter_of("members.rate", BASIS, law(prices=1.0)), BASIS, law(prices=1.0)) == "rate"
    assert stage_of(parameter_of("basis.reserve_0", BASIS, TRIGGER, change="multiply"), BASIS, TRIGGER) == "all"
    returns = law(interest=0.5)
    assert stage_of(parameter_of("basis.interest_rate", BASIS, returns, change="add"), BASIS, returns) == "all"
    balanced = law(prices=1.0, balancing={"by": "reserve_ratio", "below": 3.0, "share": 0.2})
    short = {"basis": BASIS.isel(year=slice(0, 3)), "scheme": balanced, "service": "years", "tolerance": 1e-4}
    found = solve("members.rate", lambda r: r.reserve_ratio[..., -1] - 2.5, bounds=(0.05, 0.25), **short)
    again = run(short["basis"], balanced.amend("members", rate=float(found)))
    assert float(again["reserve_ratio"][-1]) == pytest.approx(2.5, abs=1e-2)


def test_rolling_forward_keeps_what_rules_look_back_at():
    balanced = law(prices=1.0, balancing={"by": "reserve_ratio", "below": 3.0, "floor": 0.0})
    whole = run(BASIS, balanced)
    rolled = roll_forward(BASIS, balanced, 2028, service="years")
    assert float(rolled["reserve_ratio_0"]) == pytest.approx(float(whole["reserve_ratio"].sel(year=2028)))
    assert float(rolled["balancing_index_0"]) == pytest.approx(float(whole["balancing_index"].sel(year=2028)[0]))
    later = run(rolled, balanced)
    name = "pension_indexation"
    assert_allclose(later[name].sel(year=2029), whole[name].sel(year=2029), rtol=1e-9, atol=1e-12)


def test_studies_that_cannot_follow_say_so():
    assets = BASIS.assign_coords(asset_class=["bonds"]).assign(
        assets_book_0=("asset_class", [float(BASIS["reserve_0"])])
    )
    result = triggered()
    with pytest.raises(BadInput, match="with_and_without: old_age looks back at the finances, and its benefits are"):
        with_and_without(result, assets, TRIGGER)
    with pytest.raises(BadInput, match="old_age: its indexation looks back at the finances; give finance="):
        constituent_capitals(result, BASIS, TRIGGER)
    finance = result[["reserve", "outgo"]]
    assert isinstance(constituent_capitals(result, BASIS, TRIGGER, finance=finance), xr.Dataset)
