"""README.md does what it says: its Python runs from top to bottom, its scheme is read, its commands exist."""

import re
from pathlib import Path

import pytest

import actuarial as ac
from actuarial import cli, datasets, project_insured, project_population
from actuarial.forms import parse_scheme
from tests.system.tables import block, demo_output

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Code blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def until_2075(monkeypatch):
    """The embedded country ends with the last year that the README asks for, which saves a third of the time."""
    whole = datasets.open

    def shorter(name="demo"):
        country = whole(name)
        return country._replace(basis=country.basis.sel(year=slice(None, 2075)))

    monkeypatch.setattr(datasets, "open", shorter)


@pytest.fixture
def by_years(monkeypatch):
    """Past credit by years where the README names no grid, in which months take most of the time."""
    for stage in (ac.project, project_insured):
        monkeypatch.setitem(stage.__kwdefaults__, "service", "years")


@pytest.mark.slow  # all code of the README, five projections of three scenarios
def test_python_runs_from_top_to_bottom(tmp_path, monkeypatch, until_2075, by_years):
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for code in blocks("python"):
        if "read_wpp" not in code:
            exec(compile(code, "README.md", "exec"), names)
    assert float(names["run"].reserve_ratio.isel(year=0)) > 2.0
    assert 0.0 < float(names["employers"]) < 0.2
    assert float(names["care"].payg_cost_rate.isel(year=0)) > 0.05
    assert list(names["owed"].measure.values)[-1] == "open_group"
    assert names["result"].general_average_premium.sizes == {"scenario": 3}
    after = names["rates"].replacement_rate.sel(run="after", career=30, earnings_level=1.0, sex="male")
    by_hand = [(0.2 + 15 * accrual) * 13 / 12 for accrual in (0.0133, 0.0133 - 0.75 * 0.0033, 0.010)]
    assert after.values.tolist() == pytest.approx(by_hand)
    reform, now = (names[name].payg_cost_rate.isel(year=-1).sel(scenario="central") for name in ("then", "now"))
    assert float(reform) < float(now)


def test_population_of_the_united_nations(shared, monkeypatch):
    monkeypatch.chdir(shared / "data")
    (code,) = (code for code in blocks("python") if "read_wpp" in code)
    names: dict = {}
    exec(compile("import actuarial as ac\n" + code, "README.md", "exec"), names)
    assert int(names["ghana"].year[-1]) == 2060


def test_the_output_of_the_demo_is_what_it_prints():
    assert block("demo", README) == demo_output(), "run `python -m tests.system.tables`"


def test_the_scheme_is_read():
    service, pension, more, *formulas = blocks("toml")
    assert parse_scheme(pension).name == "National Pension Scheme"
    whole = pension[: pension.index("formula = ")]
    named = [type(parse_scheme(whole + one).benefits[0].formula).__name__ for one in formulas]
    assert named == ["Greatest", "Banded", "ByEarnings", "FinalAverage"]
    tiers = parse_scheme(pension.split("[[benefit]]")[0] + more)
    assert [benefit.together_with for benefit in tiers.benefits] == [None, "old_age", None]
    basis = datasets.open("demo").basis.sel(year=slice(None, 2027))
    insured = project_insured(project_population(basis), basis, tiers, service="years")
    drawn = insured["claims_number"].sum(["sex", "age"])
    assert 0.0 < float(drawn.sel(benefit="second_tier").sum()) <= float(drawn.sel(benefit="old_age").sum())
    group = '[[member_group]]\nform = "population"\nname = "poor"\n'
    health = parse_scheme(f'name = "H"\ncurrency = "LTD"\n{group}{service}')
    assert health.service("inpatient").sharing.exempt == ("poor",)


@pytest.mark.parametrize("line", re.findall(r"^actuarial (.+)$", "\n".join(blocks("sh")), re.MULTILINE))
def test_commands_exist(line):
    assert callable(cli.parser().parse_args(line.split()).run)
