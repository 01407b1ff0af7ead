"""Sentences of the summary: results that make each of them happen."""

from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from actuarial.report.content import sentences
from actuarial.report.content.material import part_of
from actuarial.translation import LANGUAGES, language

EN = language("en")
NAN = float("nan")
LAW = SimpleNamespace(name="It", currency="LTD", contributions=())
YEARS = [2025, 2026, 2027]


def part(**changes):
    """A projection of three years with the figures that the sentences read."""
    figures = {
        "payg_cost_rate": [0.05, 0.07, 0.09],
        "contribution_rate": [0.06, 0.06, 0.08],
        "state_income": [0.0, 0.0, 0.0],
        "other_income": [0.0, 0.0, 0.0],
        "total_insurable_earnings": [100e6, 110e6, 120e6],
        "outgo": [5e6, 7.7e6, 10.8e6],
        "reserve_ratio": [3.0, 2.0, 1.0],
        "total_contributors": [1000.0, 1100.0, 1200.0],
        "total_pensioners": [100.0, 150.0, 200.0],
        "year_outgo_exceeds_contributions": 2026.0,
        "year_reserve_falls": NAN,
        "year_reserve_exhausted": NAN,
        "general_average_premium_net": 0.07,
        "target_reserve": 0.0,
    } | changes
    data = {name: ("year", value) if np.ndim(value) == 1 else ((), value) for name, value in figures.items()
            if not isinstance(value, xr.DataArray)}  # fmt: skip
    arrays = {name: value for name, value in figures.items() if isinstance(value, xr.DataArray)}
    result = xr.Dataset(data, {"year": YEARS}).assign(arrays)
    return part_of(result, xr.Dataset({"inflation": ("year", [0.0] * 3)}, {"year": YEARS}), LAW, "it")


@pytest.mark.parametrize(
    ("changes", "ending"),
    [
        ({}, "outgo of the year is 5.0% of them: contributions pay for the year."),
        ({"contribution_rate": [0.05, 0, 0]}, "contributions pay for the year."),
        ({"contribution_rate": [0.04, 0, 0], "state_income": [0.9e6, 0, 0], "other_income": [0.1e6, 0, 0]},
         "contributions pay for the year together with 1.0% from the State and others."),
        ({"contribution_rate": [0.04, 0, 0], "state_income": [0.9e6, 0, 0]},
         "with 0.9% from the State and others they do not pay for the year."),
        ({"payg_cost_rate": [NAN, NAN, NAN]},
         "In 2025 outgo is 5,000.0 thousands of LTD; the scheme has no contributions on earnings that it could be "
         "measured against."),
    ],
)  # fmt: skip
def test_the_rate_of_today(changes, ending):
    assert sentences.rate_now(EN, part(**changes)).endswith(ending)


@pytest.mark.parametrize(
    ("rates", "text"),
    [
        ([0.05, 0.07, 0.09], "The pay-as-you-go cost rate rises from 5.0% in 2025 to 9.0% in 2027."),
        ([0.09, 0.07, 0.05], "The pay-as-you-go cost rate falls from 9.0% in 2025 to 5.0% in 2027."),
        ([0.05, 0.05, 0.0504], "The pay-as-you-go cost rate is 5.0% in 2025 and 5.0% in 2027."),
        ([0.05, 0.11, 0.09], "rises from 5.0% in 2025 to 9.0% in 2027. It is highest in 2026, at 11.0%."),
        ([NAN, 0.1, 0.1], ""),
    ],
)
def test_the_path_of_the_cost_rate(rates, text):
    assert sentences.cost_path(EN, part(payg_cost_rate=rates)).endswith(text)


@pytest.mark.parametrize(
    ("year", "text"),
    [
        (NAN, "Until 2027, the end of the projection, outgo does not exceed contributions and other current income."),
        (2025.0, "Outgo exceeds contributions and other current income from the first year on, 2025."),
        (2026.0, "Outgo exceeds contributions and other current income for the first time in 2026."),
    ],
)
def test_when_outgo_exceeds_income(year, text):
    assert sentences.outgo_exceeds(EN, part(year_outgo_exceeds_contributions=year)) == text


@pytest.mark.parametrize(
    ("falls", "gone", "text"),
    [
        (NAN, NAN, "The reserve is not used up within the projection, which ends in 2027."),
        (2026.0, NAN, "The reserve falls for the first time in 2026. The reserve is not used up within the projection, "
         "which ends in 2027."),
        (2026.0, 2027.0, "The reserve falls for the first time in 2026. At unchanged rules it is used up in 2027."),
        (NAN, 2025.0, "At unchanged rules the reserve is used up in 2025."),
    ],
)  # fmt: skip
def test_when_the_reserve_is_used_up(falls, gone, text):
    assert sentences.exhausted(EN, part(year_reserve_falls=falls, year_reserve_exhausted=gone)) == text


@pytest.mark.parametrize(
    ("ratios", "text"),
    [
        ([3.0, 2.0, 1.0], "is 3.0 times the outgo of the year at the end of 2025 and 1.0 times at the end of 2027."),
        ([3.0, 0.0, -1.5], "at the end of 2027 what is lacking is 1.5 times the outgo of the year."),
        ([0.64, 2.0, 1.0], "is 0.64 times the outgo of the year at the end of 2025 and 1.00 times at the end of 2027."),
        ([NAN, 0.0, 1.0], ""),
    ],
)
def test_the_reserve_ratio(ratios, text):
    assert sentences.reserve_ratio(EN, part(reserve_ratio=ratios)).endswith(text)


def test_a_scheme_that_pays_its_way_has_no_reserve_that_could_be_used_up():
    nothing, little = part(reserve_ratio=[0.0, -1e-15, 1e-15]), part(reserve_ratio=[0.0, 0.01, 0.0])
    assert sentences.exhausted(EN, nothing) == "The scheme has no reserve."
    assert sentences.reserve_ratio(EN, nothing) == ""
    assert sentences.exhausted(EN, little).startswith("The reserve is not used up within the projection")


@pytest.mark.parametrize(
    ("level", "words"),
    [
        (0.09, "that is more than the contribution rates of 6.0% in 2025 and 8.0% in 2027."),
        (0.05, "that is less than the contribution rates of 6.0% in 2025 and 8.0% in 2027."),
        (0.07, "; the contribution rates are 6.0% in 2025 and 8.0% in 2027."),
        (NAN, ""),
    ],
)
def test_the_level_rate_against_the_law(level, words):
    said = sentences.level_against_law(EN, part(general_average_premium_net=level))
    assert said.endswith(words)
    assert "would have to be" in said or not words


def test_the_reserve_that_the_level_rate_leaves():
    assert sentences.level_against_law(EN, part(target_reserve=2.0)).endswith(
        "It leaves a reserve of 2.0 times the annual outgo at the end."
    )


def test_the_level_rates_of_a_health_scheme_say_what_they_count():
    horizon = {"horizon": [3, 5]}
    rates = xr.DataArray([0.06, NAN], dims="horizon", coords=horizon)
    said = list(sentences._level_rates(EN, part(level_rate=rates)))
    assert said == [
        "One level rate over the first 3 years would have to be 6.0% of insurable earnings.",
        sentences.on_earnings(EN),
    ]
    assert list(sentences._level_rates(EN, part(level_rate=rates * NAN))) == []


def test_the_range_of_the_scenarios():
    levels = xr.DataArray([0.08, 0.07, 0.12], dims="scenario", coords={"scenario": ["low", "central", "my_worst"]})
    said = sentences.scenario_range(EN, part(general_average_premium_net=levels))
    assert said == "In the 3 scenarios the level rate lies between 7.0% (central) and 12.0% (my worst)."
    assert sentences.scenario_range(EN, part()) == ""


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_sentence_of_the_summary_gives_advice(code):
    say = language(code)
    material = SimpleNamespace(say=say)
    said = " ".join(sentences.pension_sentences(material, part())).lower()
    advice = ("recommend", "should", "must", "sound", "sustainable", "recommand", "doit", "viable", "recomend", "debe")
    assert [word for word in advice if word in said] == []
    assert len(sentences.pension_sentences(material, part())) == 7
