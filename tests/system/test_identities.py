"""Every identity of the library is broken once between two stages of a run, and the run ends with status 3.

`FAULTS` is the list of them; that none is left out is compared with the source.
"""

import ast
import importlib
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial import cli
from actuarial.check.identities import identity
from actuarial.dated import money
from actuarial.errors import IdentityFailed
from actuarial.health.cash import HealthFuneral
from actuarial.pension import AccountPayout, MemberAccount
from tests.reference.full_law import full_law
from tests.reference.health import health_basis, health_scheme
from tests.reference.small import small_basis

PACKAGE = Path(ac.__file__).parent
LAW_FILE = Path(__file__).parents[1] / "smoke" / "small.toml"
PLACE = {"year": 2026, "benefit": "old_age", "sex": "female", "age": 40}
RETIRED = {"age": 70}
LITTLE = 1.00001


@dataclass(frozen=True)
class Fault:
    """One identity, the stage whose result (or whose pensions, `before` it) is wrong, and the cells that are."""

    sentence: str
    stage: str
    cells: tuple[tuple, ...]  # name, factor, addend and, where it is not PLACE, what differs in the place
    before: bool = False


def at(name, times=LITTLE, plus=0.0, **place):
    return name, times, plus, place


FAULTS = [
    Fault(
        "Population by sex is that of the year before plus births, less deaths, plus net migration",
        "project_population", (at("population"),),
    ),
    Fault(
        "Population by age is the cohort of the year before (at age 0 the births) less deaths plus net migration",
        "project_population", (at("deaths", 1, 0.1), at("deaths", 1, -0.1, age=41)),
    ),
    Fault(
        "Population on 1 July is the mean of two 31 December stocks",
        "project_population", (at("population_midyear"),),
    ),
    Fault(
        "The active insured of an age are those of the year before plus those who come, less those who leave",
        "project_insured", (at("active"),),
    ),
    Fault(
        "The inactive insured of an age are those of the year before plus those who come, less those who leave",
        "project_insured", (at("inactive"),),
    ),
    Fault(
        "The credits of an age are those of the year before plus the months contributed, less what is carried away",
        "project_insured", (at("active_credits"),),
    ),
    Fault("Claims on retirement are the retirements", "project_insured", (at("claims_number", age=60),)),
    Fault(
        "Average contributors are at most the average employed, by sex",
        "project_insured", (at("average_contributors", 1, 1e6),),
    ),
    Fault(
        "Average contributors are a twelfth of the months contributed",
        "project_insured", (at("average_contributors", 0.5),),
    ),
    Fault("The employed are at most the labour force", "project_insured", (at("labour_force", 0.9),)),
    Fault("The labour force is at most the population", "project_insured", (at("labour_force", 10),)),
    Fault(
        "Pensioners of a cohort are those of the year before plus new awards less those whose benefit ended",
        "project_pensions", (at("pensioners", **RETIRED),),
    ),
    Fault(
        "Pensions of a cohort are those of the year before, adjusted, plus new awards less the pensions that ended",
        "project_pensions", (at("pension_mass", **RETIRED),),
    ),
    Fault(
        "Pensions in payment are pensioners times the average pension",
        "project_pensions", (at("average_pension"),),
    ),
    Fault(
        "Expenditure of all benefits is that on pensions and lump sums",
        "project_finance", (at("benefit_expenditure"),), before=True,
    ),
    Fault("contribution lines add up to contributions", "project_finance", (at("contributions"),)),
    Fault("contribution lines add up to state_income", "project_finance", (at("state_income"),)),
    Fault("contribution lines add up to other_income", "project_finance", (at("other_income"),)),
    Fault(
        "lines that make good a deficit add up to deficit_income", "project_finance", (at("deficit_income"),),
    ),
    Fault("benefits and administration add up to outgo", "project_finance", (at("administration"),)),
    Fault("total income is the sum of its parts", "project_finance", (at("total_income"),)),
    Fault("the reserve rolls forward", "project_finance", (at("reserve"),)),
    Fault(
        "income less outgo is the change of the reserve",
        "project_finance", (at("investment_income", 1, 1e5), at("total_income", 1, 1e5)),
    ),
    Fault("income less outgo is the balance", "project_finance", (at("balance"),)),
    Fault("the cost rate is the sum of its factors", "project_finance", (at("total_pensioners", 0),)),
    Fault("Who converts leaves one pension and joins another", "project_pensions", (at("conversions", age=60),)),
    Fault("Beneficiaries who recover are members again", "project_pensions", (at("pension_recoveries", 2, 1.0,
                                                                                benefit="invalidity"),)),
    Fault("Who moves leaves one group and joins another", "project_insured", (at("transfers_in"),)),
    Fault(
        "Balances of accounts are those of the year before plus credits and growth, less what is released",
        "project_insured", (at("account_balance"),),
    ),
]  # fmt: skip

OF_STUDIES = [
    Fault("administration of present and future participants is that of all", "groups._flows", (at("administration"),)),
    Fault(
        "The deficit of the open group is its unfunded obligation and the target reserve",
        "balance._summarized", (at("unfunded_obligation"),),
    ),
]  # fmt: skip
"""Identities of studies, which no command reaches: the stage is a function of a module of `actuarial.studies`."""

WORKERS = {"health_group": "workers", "service_type": "visits", "receiving_group": "poor"}
OF_HEALTH = [
    Fault(
        "Members of all groups are at most the population",
        "project_membership", (at("health_members", 1, 1e5, **WORKERS),),
    ),
    Fault(
        "Members of the groups and the remainder are the population",
        "project_membership", (at("health_members", 0.9, **WORKERS),),
    ),
    Fault(
        "Expenditure on a service is what providers are due less what patients pay",
        "project_health_cost", (at("provider_cost", **WORKERS),),
    ),
    Fault(
        "What patients pay and are spared is their share of the reference cost of contacts",
        "project_health_cost", (at("out_of_pocket", 1, 1e5, **WORKERS), at("health_expenditure", 1, -1e5, **WORKERS)),
    ),
    Fault(
        "Claims outstanding are those of the year before plus what is incurred, less what is paid",
        "project_health_finance", (at("claims_outstanding"),),
    ),
    Fault(
        "Cash benefits are those of all groups and kinds",
        "project_cash", (at("cash_expenditure", benefit="funeral", **WORKERS),), before=True,
    ),
    Fault(
        "Income of a line is that of its groups",
        "project_health_finance", (at("contribution_by_group", contribution="employees", **WORKERS),),
    ),
    Fault("What a group gives is its surplus", "value_health", (at("cross_subsidy", **WORKERS),)),
]  # fmt: skip
"""Identities of health schemes, broken in `actuarial.projection_health`."""

NATIONALS = {"year": 2026, "group": "private", "age": 40}
OF_GROUPS = [
    Fault(
        "Who changes the group of the population leaves one and joins another",
        "_projected", (at("population_transfers_in", **NATIONALS),),
    ),
    Fault(
        "Persons of a group and age are the cohort of the year before less deaths, plus migrants and transfers",
        "_projected", (at("population", **NATIONALS),),
    ),
]  # fmt: skip
"""Identities of a population by groups: the stage is a function of `actuarial.demography.groups`."""

BROKEN = FAULTS + OF_STUDIES + OF_HEALTH + OF_GROUPS


WITH_SENTENCE = ("identity", "_at_most", "rolls_forward")


def sentences():
    """Every sentence that the source gives to an identity, as a pattern, with its place."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(call, "func", None), "attr", getattr(getattr(call, "func", None), "id", ""))
            if name in WITH_SENTENCE:
                first = call.args[0]
                if isinstance(first, ast.Constant):
                    yield re.escape(first.value), path.name
                elif isinstance(first, ast.JoinedStr):
                    parts = (re.escape(p.value) if isinstance(p, ast.Constant) else r"\w+" for p in first.values)
                    yield "".join(parts), path.name
                else:
                    inside = (name, path.name, first.id)
                    assert inside in {("identity", place, "name") for place in ("insured.py", "rolling.py")}


def test_every_identity_of_the_source_is_broken_below():
    found = list(sentences())
    assert len(found) >= 21
    for pattern, place in found:
        assert any(re.fullmatch(pattern, fault.sentence) for fault in BROKEN), f"{place}: {pattern}"
    for fault in BROKEN:
        assert any(re.fullmatch(pattern, fault.sentence) for pattern, _ in found), fault.sentence


def wrong(dataset, cells):
    """A copy with some cells changed."""
    changed = dataset.copy(deep=True)
    for name, times, plus, place in cells:
        array = changed[name]
        spot = {dim: label for dim, label in (PLACE | place).items() if dim in array.dims}
        spot |= {dim: array[dim].values[0] for dim in ("group", "account") if dim in array.dims}
        assert float(array.loc[spot]) != 0.0, name
        array.loc[spot] = array.loc[spot] * times + plus
    return changed


def broken(monkeypatch, fault):
    """The stage of a fault, made wrong where the projection calls it."""
    projection = importlib.import_module("actuarial.projection")
    if not hasattr(projection, fault.stage):
        projection = importlib.import_module("actuarial.valuation.feedback")
    stage = getattr(projection, fault.stage)

    def run(*arguments, **options):
        if fault.before:
            first, second, *others = arguments
            return stage(first, wrong(second, fault.cells), *others, **options)
        return wrong(stage(*arguments, **options), fault.cells)

    monkeypatch.setattr(projection, fault.stage, run)


@pytest.fixture(autouse=True)
def silence(monkeypatch):
    """Nothing is said about a run that takes long."""
    monkeypatch.setattr(cli.progress, "PATIENCE", 600.0)


@pytest.fixture
def small(monkeypatch):
    """The embedded country is the small basis for two years, with a reserve that does not last."""
    basis = small_basis().isel(year=slice(0, 2))
    basis = basis.assign(reserve_0=0.2 * basis["reserve_0"])
    to_public = (("group", "to_group"), [[0.0, 0.01], [0.004, 0.0]])
    basis = basis.assign_coords(to_group=basis["group"].values).assign(transfer_rate=to_public, recovery_rate=0.02)
    law = full_law().amend("invalidity", converts_to="old_age", converts_at=60)
    refund = AccountPayout(name="refund", on="exit", accounts=("saved",))
    accounts = (MemberAccount(name="saved", rate=0.02, growth="wages"),)
    law = law.amend("scheme", accounts=accounts, benefits=(*law.benefits, refund))
    monkeypatch.setattr(importlib.import_module("actuarial.datasets"), "open", lambda _: (basis, law))
    monkeypatch.setattr(importlib.import_module("actuarial.readers.open"), "open_basis", lambda _: basis)


DEMO = ["demo", "--service", "years", "--out"]
VALUE = ["value", str(LAW_FILE), "--basis", "basis", "--service", "years", "--out"]


def test_a_run_without_a_fault_ends_well(small, tmp_path, capsys):
    assert cli.main([*VALUE, str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "result.nc").exists()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.sentence)
def test_a_fault_between_two_stages_ends_the_run(small, tmp_path, monkeypatch, capsys, fault):
    broken(monkeypatch, fault)
    assert cli.main([*DEMO, str(tmp_path / "out")]) == 3
    printed = capsys.readouterr()
    assert printed.err.startswith(f"actuarial: {fault.sentence}: the two sides differ in ")
    assert "year=2026" in printed.err
    assert printed.err.endswith("The result must not be used; a stage was given numbers that do not belong together.\n")
    assert printed.out == ""
    assert not any(tmp_path.rglob("*.*"))


@pytest.mark.parametrize("fault", [FAULTS[0], FAULTS[5], FAULTS[11], FAULTS[20]], ids=lambda fault: fault.stage)
def test_a_fault_ends_the_valuation_of_a_scheme_file(small, tmp_path, monkeypatch, capsys, fault):
    broken(monkeypatch, fault)
    assert cli.main([*VALUE, str(tmp_path / "out")]) == 3
    assert capsys.readouterr().err.startswith(f"actuarial: {fault.sentence}")


@pytest.mark.parametrize("fault", [FAULTS[4], FAULTS[12]], ids=lambda fault: fault.stage)
def test_a_fault_ends_the_run_of_the_embedded_country(tmp_path, monkeypatch, capsys, fault):
    broken(monkeypatch, fault)
    assert cli.main([*DEMO, str(tmp_path / "out"), "--to", "2026"]) == 3
    assert capsys.readouterr().err.startswith(f"actuarial: {fault.sentence}")


@pytest.mark.parametrize("fault", OF_STUDIES, ids=lambda fault: fault.sentence)
def test_a_fault_ends_a_study(monkeypatch, fault):
    name, function = fault.stage.split(".")
    module = importlib.import_module(f"actuarial.studies.{name}")
    right = getattr(module, function)
    monkeypatch.setattr(module, function, lambda *arguments: wrong(right(*arguments), fault.cells))
    basis = small_basis().isel(year=slice(0, 2))
    with pytest.raises(IdentityFailed, match=f"^{fault.sentence}: the two sides differ in "):
        ac.studies.balance_sheet(basis, full_law(), until=2026, service="years")


@pytest.mark.parametrize("fault", OF_HEALTH, ids=lambda fault: fault.sentence)
def test_a_fault_ends_the_projection_of_a_health_scheme(monkeypatch, fault):
    stages = importlib.import_module("actuarial.projection_health")
    stage = getattr(stages, fault.stage)
    if fault.before:  # the finance stage is given what is right, its identities what is wrong
        right = []
        monkeypatch.setattr(stages, fault.stage, lambda *a: right.append(stage(*a)) or wrong(right[0], fault.cells))
        finance = stages.project_health_finance
        monkeypatch.setattr(stages, "project_health_finance", lambda *a, **b: finance(*a, **b | {"cash": right[0]}))
    else:
        monkeypatch.setattr(stages, fault.stage, lambda *a, **b: wrong(stage(*a, **b), fault.cells))
    funeral = HealthFuneral(name="funeral", amount=money(5_000.0, per="once"))
    with pytest.raises(IdentityFailed, match=f"^{fault.sentence}: the two sides differ in "):
        ac.project_health(health_basis(2), health_scheme(benefits=(funeral,)))


@pytest.mark.parametrize("fault", OF_GROUPS, ids=lambda fault: fault.sentence)
def test_a_fault_ends_the_projection_of_a_population_by_groups(monkeypatch, fault):
    module = importlib.import_module("actuarial.demography.groups")
    right = module._projected
    monkeypatch.setattr(module, fault.stage, lambda *arguments: wrong(right(*arguments), fault.cells))
    basis = small_basis().isel(year=slice(0, 2))[["population_0", "mx", "asfr", "srb", "net_migration"]]
    groups = {"group": ["private", "public"], "to_group": ["private", "public"]}
    share = xr.DataArray([0.7, 0.3], {"group": groups["group"]}, dims="group")
    basis = basis.assign({name: basis[name] * share for name in ("population_0", "net_migration")})
    rate = xr.DataArray([[0.0, 0.1], [0.2, 0.0]], groups, dims=("group", "to_group"))
    with pytest.raises(IdentityFailed, match=f"^{fault.sentence}: the two sides differ in "):
        ac.demography.project_groups(basis, transfer_rate=rate)


def test_what_an_identity_says():
    years = {"year": [2025, 2026, 2027]}
    left = xr.DataArray([1.0, 2.0, 3.0], years, dims="year")
    right = xr.DataArray([1.0, 2.0 + 1e-8, 3.1], years, dims="year")
    with pytest.raises(IdentityFailed) as caught:
        identity("both sides agree", left, right, right)
    assert str(caught.value) == (
        "both sides agree: the two sides differ in 2 of 3 cells.\n"
        "  the first: year=2026: 2.0 against 2.00000001\n"
        "  The result must not be used; a stage was given numbers that do not belong together."
    )
    identity("both sides agree", left, left + 5e-10, left)
    with pytest.raises(IdentityFailed, match=r"in 1 of 1 cells\.\n  the first: the only one: 1.0 against nan"):
        identity("both sides agree", left[0].drop_vars("year"), xr.DataArray(np.nan), xr.DataArray(1.0))
    with pytest.raises(IdentityFailed, match="in 3 of 3 cells"):
        identity("both sides agree", left, left, left * np.nan)
