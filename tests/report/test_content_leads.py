"""First lines of chapters: results that make each of them happen, and where a list before a table stands."""

from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from actuarial.report.content import leads
from actuarial.report.content.material import part_of
from actuarial.report.flow import runs
from actuarial.report.shown import Grid, Lines
from actuarial.translation import language

EN = language("en")
NAN = float("nan")
LAW = SimpleNamespace(name="It", currency="LTD", contributions=())
YEARS = [2025, 2026]


def part(**figures):
    data = {name: ("year", values) for name, values in figures.items()}
    return part_of(xr.Dataset(data, {"year": YEARS}), xr.Dataset(coords={"year": YEARS}), LAW, "it")


def by_year(values):
    return xr.DataArray(values, {"year": YEARS})


@pytest.mark.parametrize(
    ("open_group", "closed_group", "lines"),
    [
        ([60e6, 80e6, 20e6], [30e6, 50e6, 20e6],
         ("Assets cover 75.0% of the obligations to present and future participants; 20,000.0 thousands of LTD are "
          "lacking.", "For present participants alone they cover 60.0%.")),
        ([90.0, 60.0, -30.0], [0.0, 0.0, 0.0],
         ("Assets cover 150.0% of the obligations to present and future participants; the surplus is 30 LTD.",)),
    ],
)  # fmt: skip
def test_what_the_assets_cover(open_group, closed_group, lines):
    item = ["total_assets", "total_obligations", "deficit"]
    sides = {"open_group_balance": ("item", open_group), "closed_group_balance": ("item", closed_group)}
    found = leads.balance(EN, part(), xr.Dataset(sides, {"item": item}))
    assert found.lines == lines


def test_the_strongest_single_changes_are_named_and_those_together_are_not():
    changes = ["base", "interest", "own", "none", "combined_adverse"]
    words = ["base", "Interest 1 percentage point lower", "Our Fund closes", "No net migration", "Adverse: all"]
    premium = ("change", [0.16, 0.18, 0.15, NAN, 0.25])
    found = xr.Dataset({"general_average_premium": premium}, {"change": changes, "words": ("change", words)})
    assert leads.sensitivity(EN, found).lines == (
        "With single changes the general average premium lies between 15.00% (Our Fund closes) and 18.00% (interest 1 "
        "percentage point lower); that of the base is 16.00%.",
    )
    assert leads.sensitivity(EN, found.isel(change=[0, 1, 3, 4])) is None


def test_women_and_men():
    both = xr.DataArray([[0.3, 0.4], [0.2, 0.25]], {"sex": ["male", "female"], "year": YEARS})
    shares = {"women_of_contributors": by_year([0.4, 0.5]), "women_of_pensioners": by_year([NAN, 0.6])}
    found = xr.Dataset({**shares, "benefit_ratio": both})
    assert leads.gender(EN, part(), found).lines == (
        "The average pension of women is 20.0% of the average wage in 2025 and that of men 30.0%; in 2026 they are "
        "25.0% and 40.0%.",
    )


def test_nothing_is_said_of_pensioners_where_there_are_none_nor_of_more_pensions_than_old_people():
    words = {"total_contributors": [10.0, 20.0], "total_pensioners": [0.0, 5.0]}
    ratios = ([0.0, 0.0], [0.0, 0.25])
    nobody, some = (leads.demographic(EN, part(demographic_ratio=ratio, **words)) for ratio in ratios)
    assert [len(one.lines) for one in (nobody, some)] == [1, 2]
    assert some.lines[1] == "For every 100 contributors there are 0.0 pensioners in 2025 and 25.0 in 2026."
    nothing = xr.Dataset({"benefit_ratio": by_year([0.0, 0.0]), "coverage_of_old": by_year([0.9, 1.1])})
    assert leads.adequacy(EN, part(), nothing) is None
    first = part(outgo_to_gdp=[0.01, 0.02])
    first = first._replace(result=first.result.isel(year=[0]))
    assert leads.health_spending(EN, first) is None
    assert leads.adequacy(EN, part(), nothing.assign(coverage_of_old=by_year([0.9, 1.0]))).lines == (
        "Of persons aged 65 and over 90.0% have a pension in 2025 and 100.0% in 2026.",
    )


def test_nothing_is_said_of_what_is_not_known():
    nothing = part(outgo_to_gdp=[NAN, 0.1])
    assert leads.health_spending(EN, nothing) is None
    assert leads.health_spending(EN, part(outgo_to_gdp=[0.01, 0.024], out_of_pocket_share=[0.063, 0.1])).lines == (
        "Outgo is 1.0% of the gross domestic product in 2025 and 2.4% in 2026.",
        "Patients pay 6.3% of the cost of the covered services in 2025 and 10.0% in 2026.",
    )
    assert leads.economy(EN, nothing, by_year(np.array([0.01, NAN]))) is None


def test_a_list_between_a_heading_and_a_table_across_stands_on_its_page():
    def parts(*items):
        return [SimpleNamespace(heading="H", level=1, anchor="h", new_page=True, items=items, parts=())]

    lines, grid = Lines(("first words",)), Grid("n", "a", "Table 1", "T", "", (), (), 1, (), ())
    lead, alone = (runs(parts(*items), lambda _: True) for items in ((lines, grid), (grid, lines)))
    assert [(run.across, [item.kind for item in run.items]) for run in lead] == [(True, ["heading", "lines", "table"])]
    assert [(run.across, [item.kind for item in run.items]) for run in alone] == [
        (True, ["heading", "table"]),
        (False, ["lines"]),
    ]
