"""Content of reports: tables hold the numbers of the result, in every language, with units, sources and dashes."""

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from actuarial.dated import by_cohort, by_group, by_sex, money, ramp, step
from actuarial.errors import BadInput
from actuarial.forms import open_scheme
from actuarial.pension import MemberAccount
from actuarial.projection_health import project_health
from actuarial.report.content.annexes import greek
from actuarial.report.content.building import build
from actuarial.report.content.cells import cell, unit_of, units_words
from actuarial.report.content.labels import variable_word
from actuarial.report.content.material import Material, part_of, stations
from actuarial.report.content.provisions import Speaker, described, short
from actuarial.report.content.results import income
from actuarial.report.content.since_last import beside_present_law, since_last
from actuarial.report.content.words import CAUSES, CHANGES, ITEMS
from actuarial.report.document import Bullets, Field, Paragraph, Picture, Table, Terms
from actuarial.report.figures.quantities import PARAMETERS
from actuarial.report.premium_tables import premium_flows, premium_series
from actuarial.sheets.law_words import FORMS
from actuarial.standards.verdicts import Verdict
from actuarial.studies import health_catalogue, health_sensitivity, sensitivity
from actuarial.studies.balance import ITEMS as SHEET
from actuarial.studies.causes import LABELS
from actuarial.studies.reconcile import LIBRARY, ROLLED, STATE, UNEXPLAINED
from actuarial.studies.shocks import catalogue
from actuarial.translation import language
from actuarial.valuation import experience, level_rate
from actuarial.vocabulary import variables
from tests.report.content_data import health_run, pensions, report, table

EN = language("en")


def figures(document, name):
    """Numbers of a table by row and column, per cents as shares; NaN for dashes."""
    found = {}
    for row in table(document, name).rows:
        cells = [text.replace(",", "") for text in row[1:]]
        numbers = [float(x.rstrip("%")) / (100 if x.endswith("%") else 1) if x != "–" else np.nan for x in cells]
        found[row[0]] = np.array(numbers)
    return found


def heads(document, name):
    return [text for text, _ in table(document, name).head[-1]]


def close(shown, value, digits):
    assert shown == pytest.approx(float(value), abs=0.5000001 * 10.0**-digits)


def test_income_and_outgo_are_those_of_the_result():
    _, _, result = pensions()
    document = report()
    assert table(document, "income").units == "millions of LTD"
    for year in result["year"].values:
        shown = figures(document, "income")[str(year)]
        names = ("total_insurable_earnings", "contributions", "state_income", "other_income", "investment_income")
        for number, name in zip(shown, (*names, "total_income"), strict=True):
            close(number, result[name].sel(year=year) / 1e6, 1)
        shown = figures(document, "outgo")[str(year)]
        for number, benefit in zip(shown, result["benefit"].values, strict=False):
            close(number, result["benefit_expenditure"].sel(year=year, benefit=benefit) / 1e6, 1)
        count = result.sizes["benefit"]
        close(shown[count], result["benefit_expenditure"].sel(year=year).sum() / 1e6, 1)
        others = ("administration", "outgo", "balance", "reserve")
        for number, name in zip(shown[count + 1 :], others, strict=False):
            close(number, result[name].sel(year=year) / 1e6, 1)
        close(shown[-1], result["reserve_ratio"].sel(year=year), 2)


def test_constant_prices_are_money_over_the_growth_of_prices():
    basis, _, result = pensions()
    level = 1.0
    for year in result["year"].values:
        level *= 1 + float(basis["inflation"].sel(year=year))
        real = float(result["outgo"].sel(year=year)) / level
        close(figures(report(), "constant_prices")[str(year)][3], real / 1e6, 1)
    assert table(report(), "constant_prices").title == "Main flows in prices of 2024"


def test_shares_of_earnings_add_up_to_the_cost_rate():
    _, _, result = pensions()
    for year, shown in figures(report(), "share_of_earnings").items():
        close(shown[-1], result["payg_cost_rate"].sel(year=int(year)), 3)
        assert sum(shown[3:-1]) == pytest.approx(shown[-1], abs=4e-3)


def test_payers_have_all_of_the_income():
    _, _, result = pensions()
    lines = result["contribution_income"].sel(year=2025)
    shown = figures(report(), "payers")["2025"]
    assert sum(shown) == pytest.approx(1.0, abs=2e-3)
    employee = float(lines.sel(contribution="employees") / lines.sum())
    close(shown[heads(report(), "payers").index("Employees") - 1], employee, 3)


def test_rates_and_the_difference_between_them():
    _, _, result = pensions()
    for year, shown in figures(report(), "rates").items():
        close(shown[0], result["payg_cost_rate"].sel(year=int(year)), 4)
        close(shown[1], result["contribution_rate"].sel(year=int(year)), 4)
        assert shown[2] == pytest.approx(shown[1] - shown[0], abs=1.1e-4)


def test_the_level_rate_of_the_whole_period_is_that_of_the_result():
    basis, scheme, result = pensions()
    part = part_of(result, basis, scheme, "it")
    goal = {"target": float(result["target_reserve"])}
    series, flows = premium_series(part.result), premium_flows(part.result)
    net = float(level_rate(*series, **flows, **goal))
    gross = float(level_rate(*series, **(flows | {"other_income": 0.0}), **goal))
    assert net == pytest.approx(float(result["general_average_premium_net"]), rel=1e-12)
    assert gross == pytest.approx(float(result["general_average_premium"]), rel=1e-12)
    assert table(report(), "level_rates").rows[-3][1:] == (EN.percent(gross, 2), EN.percent(net, 2))


def test_members_and_pensioners():
    _, _, result = pensions()
    shown = figures(report(), "insured")["2030"]
    count = result["average_contributors"].sel(year=2030)
    close(shown[0], count.sum(), 0)
    close(shown[1] + shown[2], count.sum(), 0)
    close(shown[6], (count * count["age"]).sum() / count.sum(), 1)
    shown = figures(report(), "pensioners")["2030"]
    close(shown[0], result["pensioners"].sel(year=2030, benefit="old_age").sum(), 0)
    assert shown[-2] + shown[-1] == pytest.approx(shown[-3], abs=1)
    mass, heads_ = (result[name].sel(year=2030, benefit="widows").sum() for name in ("pension_mass", "pensioners"))
    column = heads(report(), "averages").index("Widows’ and widowers’ pension") - 1
    close(figures(report(), "averages")["2030"][column], mass / heads_, 0)


def test_health_tables_are_those_of_the_result():
    run = health_run()
    document = report(health=True)
    members = run.result["health_members"].sum(["health_group", "sex", "age"])
    shown = figures(document, "health_members")["2027"]
    close(shown[heads(document, "health_members").index("All members") - 1], members.sel(year=2027), 0)
    flows = figures(document, "health_flows")["2027"]
    for title, name in (("Services", "service_expenditure"), ("Balance", "balance"), ("Reserve", "reserve")):
        close(flows[heads(document, "health_flows").index(title) - 1], run.result[name].sel(year=2027) / 1e6, 1)
    alone = build(run.result, run.basis, run.scheme)
    assert figures(alone, "health_flows")["2027"] == pytest.approx(flows)
    assert "months" in table(document, "key_results_health").units
    assert "months" not in table(document, "key_results").units
    assert "demographic" not in [section.name for section in alone.walk()]


def test_every_table_has_units_a_source_and_full_rows():
    run = health_run()
    for document in (report(), report(health=True), build(run.result, run.basis, run.scheme)):
        names = [block.name for block in document.blocks() if isinstance(block, Table)]
        assert len(names) == len(set(names))
        sections = [section.name for section in document.walk()]
        assert len(sections) == len(set(sections))
        for block in document.blocks():
            if isinstance(block, Table):
                width = sum(span for _, span in block.head[0])
                assert all(sum(span for _, span in row) == width for row in block.head), block.name
                assert {len(row) for row in block.rows} <= {width}, block.name
                assert block.units, block.name
                assert block.source, block.name
                assert not any(text.lower() in ("nan", "inf", "none") for row in block.rows for text in row), block.name


def words_of(document):
    """Texts of a document that are words of the library: titles, heads, units, notes, sentences, questions."""
    texts = {section.title for section in document.walk()}
    for block in document.blocks():
        if isinstance(block, Table):
            texts |= {block.title, block.units, *block.notes, *(text for row in block.head for text, _ in row)}
        elif isinstance(block, Field):
            texts.add(block.asked)
        elif isinstance(block, Paragraph):
            texts.add(block.text)
        elif isinstance(block, Terms):
            texts |= {label for label, _ in block.rows}
    return {text for text in texts if " " in text.strip()}


@pytest.mark.parametrize("code", ["fr", "es"])
def test_nothing_is_left_in_english(code):
    there, english = words_of(report(code, health=True)), words_of(report(health=True))
    own = {text for text in there & english if "Full" not in text and not re.fullmatch(r"[\w ()|/τ·×-]+", text)}
    assert own == set()
    short = {text for text in there & english if re.search(r"\b(the|of|and|year|years|share)\b", text)}
    assert short == set()


@pytest.mark.parametrize("code", ["en", "fr", "es"])
def test_no_raw_name_is_shown(code):
    document = report(code, health=True)
    for text in words_of(document):
        assert not re.search(r"\b[a-z]+_[a-z]+(_[a-z0-9]+)*\b", text), text
    assert len([*document.walk()]) == len([*report(health=True).walk()])


def test_units_have_the_semicolons_of_the_language():
    assert units_words(language("fr"), ("persons", "percent"), "AVD", None) == "personnes\u202f; pour cent"


def test_numbers_are_written_as_in_the_country():
    basis, scheme, result = pensions()
    for locale, pattern in (("es_ES", r"[\d.]+,\d"), ("es_MX", r"[\d,]+\.\d")):
        it = part_of(result, basis, scheme, "it")
        shown = income(Material(language("es", locale), it, None), it).rows[0][1]
        assert re.fullmatch(pattern, shown)


@pytest.mark.parametrize(
    ("values", "words"),
    [([9_999.0], "LTD"), ([1.2e7], "thousands of LTD"), ([-3e10, 1.0], "millions of LTD"), ([1e13], "billions of LTD"),
     ([float("nan")], "LTD"), ([], "LTD")],
)  # fmt: skip
def test_the_unit_of_money(values, words):
    assert unit_of(EN, "LTD", values).words == words


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [(float("nan"), "percent", "–"), (float("inf"), "ratio", "–"), (-0.00001, "percent", "0.0%"),
     (0.12346, "percent2", "12.35%"),
     (2031.0, "year", "2031"), (-1e-9, "persons", "0"), (1234.5678, "ratio", "1,234.57")],
)  # fmt: skip
def test_cells(value, kind, text):
    assert cell(EN, value, kind) == text


def test_years_that_are_shown():
    assert stations(2026, 2048) == [*range(2026, 2036), 2040, 2045, 2048]
    assert stations(2026, 2028) == [2026, 2027, 2028]
    assert [row[0] for row in table(report(), "income_by_year").rows] == [str(year) for year in range(2025, 2035)]


SPEAKER = Speaker(EN, type("Law", (), {"currency": "LTD"}))


@pytest.mark.parametrize(
    ("value", "settings", "text"),
    [
        (0.0133, {"share": True}, "1.33%"),
        (60.0, {}, "60"),
        (True, {}, "yes"),
        (money(230.0, "month", "none"), {}, "230 LTD a month"),
        (money(step({2025: 100, 2030: 120}), "year", "wages"), {},
         "100 LTD (from 2025); 120 LTD (from 2030) a year, following wages"),
        (step({2025: 0.02, 2030: 0.03}), {"share": True}, "2% (from 2025); 3% (from 2030)"),
        (ramp({2025: 60, 2045: 65}), {}, "60 (from 2025); 65 (from 2045), in equal steps between these"),
        (
            money(ramp({2025: 18, 2036: 0}), per="year"),
            {},
            "18 LTD (from 2025); 0 LTD (from 2036) a year, in equal steps between these",
        ),
        (by_sex(male=65, female=60), {}, "men 65, women 60"),
        (by_group({"private": 0.05, "my_own": 0.06}), {"share": True}, "Private sector 5%; My own 6%"),
        (by_cohort({1960: 60, 1970: 65}), {}, "60 (born from 1960); 65 (born from 1970)"),
        ("insurable_earnings", {}, "insurable earnings"),
        (("prices", "wages"), {}, "prices, wages"),
    ],
)  # fmt: skip
def test_values_of_the_law_in_words(value, settings, text):
    assert SPEAKER.value(value, **settings) == text


def test_provisions_say_what_differs_from_what_is_left_out():
    _, scheme, _ = pensions()
    told = described(SPEAKER, scheme.benefit("old_age"))
    rows = {label: text for label, text, _ in told}
    assert rows["Age (years) from which the pension is paid"] == "60"
    assert rows["Reduction for each year before the retirement age"] == "5%"
    assert "Age (years) from which all those entitled start it" not in rows
    assert ("Least pension", "30,000 LTD a year, following wages", 1) in told
    funeral = described(SPEAKER, scheme.benefit("funeral_grant"))
    assert next(text for label, text, _ in funeral if "enefit" in label) == (
        "Old-age pension, Invalidity pension, Widows’ and widowers’ pension"
    )


def test_rates_by_length_of_service_are_told_band_by_band():
    """The label of the list ends before the brackets in which its first clause ends."""
    account = MemberAccount(name="a", rate=[{"above": 0, "rate": 0.05}, {"above": 5, "rate": 0.10}])
    rows = described(SPEAKER, account)
    assert {label[-16:] for label, _, depth in rows if depth == 0} == {"that is credited"}
    assert [text for _, text, depth in rows if depth == 1] == ["0", "5%", "5", "10%"]


@pytest.mark.parametrize(
    ("code", "said"),
    [("en", "or the share of it that is collected"), ("fr", "qui en est recouvrée"), ("es", "que se recauda")],
)
def test_labels_of_provisions_have_no_names_of_other_fields(code, said):
    """In brackets or in a condition: collection_rate of the basis, where child_share of the pension is less."""
    account = MemberAccount(name="a", rate=0.1, paid="collected")
    speaker = Speaker(language(code), type("Law", (), {"currency": "LTD"}))
    labels = [label for label, _, _ in described(speaker, account)]
    assert any(label.endswith(said) for label in labels), labels
    condition = "Least amount for each child, where child_share of the pension is less (money)"
    assert short(language("en"), condition) == "Least amount for each child"


LAWS = sorted((Path(__file__).parents[2] / "examples" / "schemes").glob("*/scheme.toml"))


@pytest.mark.parametrize("code", ["en", "fr", "es"])
@pytest.mark.parametrize("law", LAWS, ids=lambda path: path.parent.name)
def test_the_laws_of_the_examples_are_told_in_words(law, code):
    scheme, say = open_scheme(law), language(code)
    for part in (*scheme.accounts, *scheme.benefits):
        rows = described(Speaker(say, scheme), part)
        assert rows
        for label, value, _ in rows:
            assert label, part.name
            assert not re.search(r"[a-z]_[a-z]|[<>{}`\"]|None|Any", f"{label} {value}"), (label, value)


def test_there_are_laws_to_tell():
    assert len(LAWS) >= 4


def test_every_form_of_the_library_has_a_name():
    from actuarial.form_table import HEALTH, PENSION

    forms = PENSION.forms() | HEALTH.forms()
    assert {word for word, form in forms.items() if form.__module__.startswith("actuarial.")} == set(FORMS)


def test_the_words_of_the_studies_are_known():
    known = {change.words for change in (catalogue() | health_catalogue()).values()}
    assert known | {change.words for change in catalogue().values()} == set(CHANGES)
    parameters = {change.parameter for change in (*catalogue().values(), *health_catalogue().values())}
    assert parameters == set(PARAMETERS)
    assert set(SHEET) == set(ITEMS)
    assert {LIBRARY, ROLLED, STATE, UNEXPLAINED, *LABELS.values()} == set(CAUSES)


def test_names_of_users_stay_as_they_are_and_a_first_year_that_is_a_part_of_one_is_told():
    basis, scheme, result = pensions()
    half = result.assign(year_fraction=result["year_fraction"].where(result["year"] > 2025, 0.5))
    evil = scheme.amend("scheme", law="<script>x</script> {year} %s")
    document = build(half, basis, evil)
    assert table(document, "income").notes == ("2025: the part of the year after the valuation date",)
    laws = [value for block in document.blocks() if isinstance(block, Terms) for _, value in block.rows]
    assert "<script>x</script> {year} %s" in laws


def test_what_lines_are_due_on_says_their_own_limits_and_benefits():
    basis, scheme, result = pensions()
    first, *others = scheme.contributions
    limits = {"above": money(6_000, per="month"), "ceiling": money(step({2025: 90_000, 2030: 96_000}), per="year")}
    benefits = replace(first, name="half", base="benefit", rate=0.5, payer="state", of=("old_age",))
    law = replace(scheme, contributions=(replace(first, **limits), *others, benefits))
    rows = table(build(result, basis, law), "contributions_pension").rows
    assert rows[0][2] == (
        "insurable earnings; ceiling of earnings: 90,000 LTD (from 2025); 96,000 LTD (from 2030) a year; earnings "
        "above which it is due, up to the ceiling: 6,000 LTD a month"
    )
    assert rows[-1][2].endswith(": Old-age pension")
    assert rows[1][2] == "insurable earnings; ceiling of earnings: 350,000 LTD a year, following wages"


def test_sensitivities_that_are_given():
    basis, scheme, result = pensions()
    found = sensitivity(basis, scheme, ["interest_down", "assets_fall"], service="years")
    document = build(result, basis, scheme, sensitivity=found, language="es")
    shown = table(document, "sensitivity")
    assert shown.rows[0][0] == "Base"
    assert shown.rows[1][0].startswith("Interés 1 punto")
    value = float(found["general_average_premium"].sel(change="assets_fall"))
    assert shown.rows[2][1] == language("es").percent(value, 2)


def chapter(document):
    """The section of the sensitivity of health care."""
    (uncertainty,) = [one for one in document.sections if one.name == "uncertainty"]
    return next(one for one in uncertainty.sections if one.name == "health_sensitivities")


@pytest.mark.parametrize(
    ("code", "title"), [("en", "Sensitivity of health care"), ("fr", "Sensibilité du régime de santé")]
)
def test_sensitivities_of_health_care_stand_after_those_of_pensions(code, title):
    """The table and the first line have the numbers of the study; the checklist has it in a report of health alone."""
    basis, scheme, result = pensions()
    care, say = health_run(), language(code)
    found = health_sensitivity(care.basis, care.scheme, ["use_down", "use_up"])
    both = build(result, basis, scheme, health=care, health_sensitivity=found, language=code)
    assert chapter(both).title == title
    shown = table(both, "health_sensitivity")
    rates = [say.percent(float(rate), 2) for rate in found["level_rate"].isel(horizon=-1)]
    assert [row[1] for row in shown.rows] == rates
    assert shown.head[-1][1][0] == say("Level rate over {years} years", years=5)
    lead = chapter(both).blocks[0].lines[0]
    assert all(rate in lead for rate in rates)
    alone = build(care.result, care.basis, care.scheme, health_sensitivity=found, language=code)
    assert chapter(alone).title == say("Sensitivity of the results")


def test_balance_sheet_reconciliation_and_reforms_that_are_given():
    basis, scheme, result = pensions()
    numbers = np.arange(1.0, len(SHEET) + 1) * 1e6
    sheet = xr.Dataset(dict.fromkeys(("open_group_balance", "closed_group_balance"), ("item", numbers)),
                       {"item": list(SHEET)})  # fmt: skip
    names = ["general_average_premium", "reserve_ratio 2034", "year_reserve_exhausted"]
    causes = [LIBRARY, "my own step", UNEXPLAINED]
    parts = xr.Dataset(
        {
            "reconciliation": (("quantity", "cause"), [[0.001, 0.002, 0.0], [0.1, np.nan, 0.0], [1.0, 2.0, 0.0]]),
            "reconciled_previous": ("quantity", [0.1, 2.0, 2040.0]),
            "reconciled_current": ("quantity", [0.103, 2.1, 2043.0]),
        },
        {"quantity": names, "cause": causes},
    )
    kept = ["payg_cost_rate", "reserve_ratio", "general_average_premium_net", "year_reserve_exhausted"]
    runs = xr.concat([result[kept], result[kept] * 1.0], dim="run").assign_coords(run=["current law", "later"])
    document = build(result, basis, scheme, balance=sheet, reconciliation=parts, reforms=runs)
    shown = table(document, "balance_sheet")
    assert shown.rows[0] == ("Reserve", "1,000.0", "1,000.0")
    assert shown.strong == {6, 12, 13}
    rows = table(document, "reconciliation").rows
    assert rows[0] == ("Previous valuation", "10.00%", "2.00", "2040")
    assert rows[2] == ("my own step", "+0.20", "–", "+2")
    assert rows[-1] == ("Current valuation", "10.30%", "2.10", "2043")
    said = since_last(language(), parts)
    assert said == (
        "Since the previous valuation the general average premium has risen from 10.00% to 10.30%. "
        "The greatest causes, in percentage points: my own step +0.20, change of the calculation program +0.10.",
        "The reserve is used up in 2043; in the previous valuation it was used up in 2040.",
    )
    for name in ("summary", "reconciliation"):
        (part,) = [one for one in document.walk() if one.name == name]
        assert any(set(said) <= set(block.lines) for block in part.blocks if isinstance(block, Bullets))
    assert heads(document, "reforms") == ["Indicator", "Present law", "later"]
    dearer = xr.Dataset({"general_average_premium": ("run", [0.1, 0.1125, 0.1])}, {"run": ["current law", "a", "b"]})
    assert beside_present_law(language("es"), dearer) == (
        "a: la prima media general es de 11,25\xa0% en lugar de 10,00\xa0% (+1,25 puntos porcentuales).",
        "b: la prima media general se mantiene en 10,00\xa0%.",
    )


def test_scenarios_stand_beside_each_other():
    basis, scheme, result = pensions()
    both = xr.concat([result * 1.0, result * 1.0], dim="scenario", coords="minimal", compat="override")
    both = both.assign_coords(scenario=["pessimistic", "central"], payer=result["payer"]).assign_attrs(result.attrs)
    for name in ("flow_timing",):
        both[name] = result[name]
    both["payg_cost_rate"] = both["payg_cost_rate"] * xr.DataArray([2.0, 1.0], dims="scenario")
    document = build(both, basis, scheme)
    assert heads(document, "key_results") == ["Indicator", "pessimistic", "central"]
    assert table(document, "rates").source == "Projection of Full, scenario central"
    rows = figures(document, "rates_by_scenario")
    assert rows["2025"][0] == pytest.approx(2 * rows["2025"][1], abs=2e-3)
    close(figures(document, "rates")["2025"][0], result["payg_cost_rate"].sel(year=2025), 4)


def test_figures_and_the_previous_basis_that_are_given():
    basis, scheme, result = pensions()
    drawn = {name: Picture(name, name, name, "<svg/>", b"") for name in ("rates", "something new")}
    before = basis.assign(inflation=basis["inflation"] + 0.01)
    counted = {"decrement": ["deaths", "my_event"], "sex": ["male", "female"]}
    actual = xr.DataArray([[4, 6], [0, 9]], counted)
    events = experience(actual, xr.DataArray([[5.0, 5.0], [0.0, 8.0]], counted))
    document = build(result, basis, scheme, pictures=drawn, previous=before, experience=events)
    shown = table(document, "actual_to_expected").rows
    assert shown[0] == ("Men", "Deaths", "4", "5", "0.80", "0.22", "2.05")
    assert shown[1] == ("Men", "My event", "0", "0", "–", "–", "–")
    pairs = [(block, section.name) for section in document.walk() for block in section.blocks]
    places = {block.name: name for block, name in pairs if isinstance(block, Picture)}
    assert places == {"rates": "rates", "something new": "figures"}
    rows = figures(document, "assumptions")
    assert rows["Inflation"][2] - rows["Inflation"][0] == pytest.approx(0.01, abs=1e-9)


def test_what_cannot_be_reported_is_refused():
    basis, scheme, result = pensions()
    with pytest.raises(BadInput, match="the result of the valuation must be a Dataset"):
        build(None, basis, scheme)
    with pytest.raises(BadInput, match="the scheme of the valuation must be a Scheme"):
        build(result, basis, "law")
    with pytest.raises(BadInput, match="'de' is none that reports are written in"):
        build(result, basis, scheme, language="de")


@pytest.mark.parametrize("code", ["en", "fr", "es"])
def test_what_a_variable_is_has_no_open_bracket(code):
    for name in variables():
        text = variable_word(language(code), name)
        assert text
        assert text.count("(") == text.count(")"), text
        assert not text.endswith((";", ":", ",", "(")), text


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", {"Steps of past credit": "years", "Migrants move": "at the end of the year", "Processor": "X"}),
        ("es", {"Pasos de los períodos acreditados": "años", "Movimiento de los migrantes": "al final del año"}),
    ],
)
def test_an_annex_says_how_it_was_projected_in_words(code, said):
    basis, scheme, result = pensions()
    told = {"service_grid": "years", "migration_timing": "end", "cpu": "X" if code == "en" else None, "command": ["a"]}
    document = build(result, basis, scheme, manifest=told, language=code)
    lines, digests = next(one for one in document.sections if one.name == "provenance").blocks
    assert isinstance(lines, Terms)
    assert said.items() <= dict(lines.rows).items()
    assert isinstance(digests, Table)
    assert len(digests.rows) == 3


def test_times_of_standards_have_their_units():
    one = Verdict("C102", "III", "18(1)", "", Fraction(180, 7), Fraction(26), "fail", unit="weeks", subject="duration")
    found = SimpleNamespace(verdicts=(replace(one, verdict="pass"), one))
    basis, scheme, result = pensions()
    rows = table(build(result, basis, scheme, assessment=found, language="es"), "standards_others").rows
    assert [row[2:4] for row in rows] == [("25,71 semanas", "26 semanas")] * 2


def test_a_health_report_has_its_own_figures_in_its_chapter_and_no_assets_of_pensions():
    run = health_run()
    drawn = {name: Picture(name, name, "a line", "", b"") for name in ("reserve", "rates")}
    assets = xr.Dataset({"assets_book_0": ("asset_class", [5.0]), "reserve_0": 5.0}, {"asset_class": ["bonds"]})
    document = build(run.result, run.basis.assign(assets), run.scheme, pictures=drawn)
    parts = {one.name: one.blocks for section in document.sections for one in section.sections}
    assert [one for one in parts["health_finance"] if isinstance(one, Picture)] == [drawn["reserve"]]
    assert [one for one in parts["health_rates"] if isinstance(one, Picture)] == [drawn["rates"]]
    assert not any(isinstance(one, Table) for one in parts["assets"])


def test_greek_letters_of_symbols():
    assert greek("(1+i)^(1-tau) pi_s kappa") == "(1+i)^(1-τ) π_s κ"
    assert greek("rhombus tau1 capital kap") == "rhombus tau1 capital kap"


def test_key_results_end_with_what_holds_for_all_years():
    _, _, result = pensions()
    rows = {row[0]: row[1:] for row in table(report(), "key_results").rows}
    assert heads(report(), "key_results")[-1] == "All years"
    rate = rows["General average premium (level rate for all outgo)"]
    assert rate[-1] == f"{100 * float(result.general_average_premium):.2f}%"
    assert set(rate[:-1]) == {""}
    assert rows["Contributors"][-1] == ""


def test_health_care_beside_pensions_has_its_own_figures_of_rates_and_reserve():
    basis, scheme, result = pensions()
    names = ("rates", "reserve", "health_rates", "health_reserve", "population")
    shown = {name: Picture(name, name, "alt", "<svg/>", b"") for name in names}
    both = build(result, basis, scheme, health=health_run(), pictures=shown)
    (care,) = [one for one in both.sections if one.name == "health"]
    drawn = [block.name for one in care.sections for block in one.blocks if isinstance(block, Picture)]
    assert drawn == ["health_reserve", "health_rates"]
    every = [block.name for block in both.blocks() if isinstance(block, Picture)]
    assert sorted(every) == sorted(names)


def test_sensitivities_of_a_health_scheme_without_contributions_on_earnings_are_those_of_its_reserve():
    care, say = health_run(), language("es")
    lines = tuple(line for line in care.scheme.contributions if line.base in ("budget", "head"))
    scheme = replace(care.scheme, contributions=lines)
    found = health_sensitivity(care.basis, scheme, ["use_up"])
    result = project_health(care.basis, scheme)
    shown = table(build(result, care.basis, scheme, health_sensitivity=found, language="es"), "health_sensitivity")
    months = [say.number(float(value), 1) for value in found["reserve_months"].isel(year=-1)]
    assert [row[1] for row in shown.rows] == months
    assert shown.units == "meses, años"
    kept = [word for word in found.data_vars if not word.startswith("payg_cost_rate")]
    few = build(result, care.basis, scheme, health_sensitivity=found[kept], language="es")
    assert table(few, "health_sensitivity").rows == shown.rows
    none = build(result, care.basis, scheme, health_sensitivity=found[["payg_cost_rate"]], language="es")
    assert "health_sensitivity" not in [getattr(block, "name", "") for block in none.blocks()]
