"""The parameters of the reference data are all in the library, with equal values; texts stand in our own words."""

import tomllib
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from actuarial.errors import BadInput
from actuarial.standards import (
    LABELS,
    ages,
    duration,
    durations,
    exceptions,
    instruments,
    level,
    levels,
    persons,
    qualifying,
    subject,
)
from actuarial.standards.parameters import PARTS, Record, _record, raw, texts
from actuarial.translation import catalogues, language

CODE = [f"European_Code.{part}" for part in PARTS]
"""Ids of tables that are those of C102, not compared with the text of the European Code."""
GROUPS = {
    "employees": "employees",
    "economically active": "active",
    "residents": "residents",
    "all women in classes of employees": "employees",
    "all women in classes of the economically active": "active",
    "wives and children of breadwinners who are employees in classes": "employees",
    "wives and children of breadwinners in active classes": "active",
    "economically active, wives and children": "active",
    "employees incl. public employees and apprentices": "employees",
    "all employed women incl. atypical dependent work": "employed_women",
}
DENOMINATORS = {
    "all employees": "employees",
    "all employees (the classes, both sexes)": "employees",
    "all residents": "residents",
    "employees in industrial workplaces with 20 or more persons": "industrial_20",
    "employees in industrial undertakings": "industrial",
    "the whole economically active population": "active",
}
FAMILIES = {
    "wives and children": "all",
    "wives and children for survivors": "survivors",
    "wives of men in the classes, medical care only": "wives_care",
    "wives, medical care only": "wives_care",
}
BENEFICIARIES = {
    "man, wife, two children": "man, wife and two children",
    "man, wife, two children (Art 1(h))": "man, wife and two children",
    "man with wife of pensionable age": "man with a wife of pensionable age",
    "widow, two children": "widow and two children",
    "woman": "woman",
    "none defined": "",
}


@pytest.fixture(scope="module")
def given(shared) -> dict[str, Any]:
    return tomllib.loads((shared / "normative" / "parameters.toml").read_text(encoding="utf-8"))


def compared(given: dict[str, Any], name: str, ours: dict[str, Record]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Entries of the reference data beside ours of the same id; the marks of having been read are equal."""
    for entry in given[name]:
        for one in [ours[key] for key in ours if key == entry["id"] or key.startswith(f"{entry['id']}.")]:
            assert one.seen is entry["seen"], one.id
            yield entry, one


def test_every_entry_is_there(given):
    for name, ours in (
        ("instrument", instruments()),
        ("benefit_level", levels()),
        ("persons_protected", persons()),
        ("qualifying", qualifying()),
        ("duration", durations()),
        ("pensionable_age", ages()),
    ):
        missing = [
            entry["id"] for entry in given[name] if not any(f"{key}.".startswith(f"{entry['id']}.") for key in ours)
        ]
        assert missing == [], name
    assert [one["id"] for one in raw()["care"]] == [one["id"] for one in given["medical_care"]]


def test_instruments(given):
    for entry, one in compared(given, "instrument", instruments()):
        assert one.year == entry["year"]
        assert one.in_force == entry.get("in_force", "")
        assert one.binding is entry.get("binding", True)
        assert sorted((one.replaces or {}).values()) == sorted(entry.get("replaces_c102_parts", []))
        assert one.title.replace("’", "'") == entry["title"].split(" (Schedule")[0]
        if "condition" in entry:
            assert one.article in entry["condition"]
            assert one.suspended_by.split()[-1] in entry["condition"]


def test_levels(given):
    for entry, one in compared(given, "benefit_level", levels()):
        assert one.rate == Fraction(entry["min_rate"]), one.id
        assert one.article == entry["article"].split(" (")[0].split("; ")[0], one.id
        asked = entry["standard_beneficiary"]
        assert one.beneficiary == BENEFICIARIES.get(asked, one.beneficiary)
        assert asked in BENEFICIARIES or asked.startswith("as C1")
        if "method" in entry:
            assert list(one.methods.values()) == [method.split(" ")[0] for method in entry["method"]]
        if "with_art5_declaration" in entry:
            assert one.rate_with_declaration == Fraction(entry["with_art5_declaration"])
        assert bool(one.average) is ("averaging" in entry)
        if "partial" in entry:
            assert f"({one.partial})" in entry["partial"]
            assert f"({one.lump_sum})" in entry["partial"]
        if "net_comparison" in entry:
            assert one.net in entry["net_comparison"]
        for article in one.other_methods:
            assert article in entry.get("other_methods", "") + f" 6{entry.get('developing', '')[-3:]}" or article == "7"
    assert levels()["R121"].lump_sum_below == Fraction(25, 100)


def test_persons_protected(given):
    for entry in given["persons_protected"]:
        for key, row in entry.items():
            if isinstance(row, dict):
                for one, article in targets(entry["id"], key, row["article"]):
                    same_alternative(one, row, article)
                    assert one.declaration is ("requires" in row or key.startswith("declaration")), article


def targets(name: str, key: str, articles: str) -> list[tuple[Any, str]]:
    """Our alternatives of an entry: one that serves several Parts is several of ours, by its articles."""
    found = []
    for article in articles.split(", ") if name != "C168" else [articles]:
        for ours in persons().values():
            if ours.standard == name.split(".")[0] and (ours.id == name or "." not in name):
                found += [(row, article) for row in ours.rows if row.article == article]
    assert found, (name, key, articles)
    return found


def same_alternative(one: Any, row: dict[str, Any], article: str) -> None:
    assert one.article == article
    if "under a means limit" in row["class"]:
        assert one.group == "means_tested"
        assert one.means == (row["class"].split("complying with ")[1] if "complying with" in row["class"] else "")
    elif row["class"].startswith("all employees"):
        assert (one.group, one.of, one.share) == ("all_employees", "employees", None)
    else:
        assert one.group == GROUPS[row["class"]]
    if "min" in row:
        assert one.share == Fraction(row["min"])
        assert one.of == DENOMINATORS[row["of"]]
    asked = row.get("plus") or ("wives and children" if "wives and children" in row["class"] else "")
    survivors = row["class"].startswith("wives and children of breadwinners")
    assert one.families == ("survivors" if survivors else FAMILIES.get(asked, ""))
    assert one.women is row["class"].startswith("all women")


def test_exceptions_of_a_tenth(given):
    texts_ = {entry["id"]: entry["exceptions"] for entry in given["persons_protected"] if "exceptions" in entry}
    for name, article in (("C121", "4(2)"), ("C128.II", "37"), ("C128.III", "37"), ("C128.IV", "37")):
        row = persons()[name].rows[0]
        assert row.exceptions == Fraction(10, 100)
        assert row.exceptions_article == article
        assert f"({article})" in texts_[name.split(".")[0]]
        assert "10 per cent" in texts_[name.split(".")[0]]
    assert f"({persons()['C183'].rows[0].exceptions_article})" in texts_["C183"]


def test_qualifying_periods(given):
    for entry, one in compared(given, "qualifying", qualifying()):
        assert bool(one.rule) is ("rule" in entry and "full" not in entry), one.id
        if "article" in entry and one.rule:
            assert one.article == entry["article"]
        for ours, theirs in (
            ("full", "full"),
            ("universal", "full_universal_active"),
            ("reduced", "reduced"),
            ("reduced_universal", "reduced_universal_active"),
            ("lower", "alternative"),
        ):
            row = entry.get(theirs)
            if theirs == "full" and "contribution_or_employment_months" in entry:
                row = entry
            same_period(getattr(one, ours), row, one.id)
        same_grades(one, entry)
        if "age_graded" in entry:
            assert one.rising_with_age.contribution == entry["age_graded"]["max_years_at_minimum_age"]
            assert one.rising_with_age.article == entry["age_graded"]["article"]
        if "transitional" in entry:
            assert one.transitional == entry["transitional"]["article"]
        if "marriage_duration" in entry:
            assert f"({one.marriage})" in entry["marriage_duration"]


def same_period(ours: Any, row: dict[str, Any] | None, name: str) -> None:
    assert (ours is None) is (row is None), name
    if ours is None or row is None:
        return
    either = row.get("contribution_employment_or_residence_years")
    years = row.get("contribution_or_employment_years", row.get("contribution_years", either))
    assert ours.contribution == years, name
    assert ours.residence == row.get("residence_years", either), name
    assert ours.months == row.get("contribution_or_employment_months")
    assert ours.points == Fraction(row.get("points_lower", 0), 100)
    assert ours.article == row.get("article", "R131")


def same_grades(one: Any, entry: dict[str, Any]) -> None:
    row = entry.get("interpolation")
    assert (one.graded is None) is (row is None)
    if row is not None:
        assert one.graded.contribution == (row["from_years"], row["to_years"])
        assert one.graded.article == row["article"]
        residence = row.get("to_residence_years")
        assert one.graded.residence == (residence and (row.get("from_residence_years", row["from_years"]), residence))


def test_durations(given):
    """Each number of weeks or days of the reference data is one of ours; ours are no more than theirs."""
    for entry, one in compared(given, "duration", durations()):
        weeks = sorted(value for key, value in entry.items() if "weeks" in key)
        ours = [span.weeks for span in one.spans]
        ours += [span.weeks for span in (one.care_after_leaving, one.after_birth) if span is not None]
        assert sorted(set(ours) - ({13} if one.id == "C102.III" else set())) == sorted(set(weeks)), one.id
        days = sorted(value for key, value in entry.items() if key.startswith("waiting_days"))
        assert sorted({row.days for row in one.waiting}) == days, one.id
        assert one.article == entry["article"] or one.id.startswith("C128.")
        assert one.throughout is ("throughout" in entry.get("rule", "") or bool(one.spans)) or one.standard in {
            "C168",
            "C183",
            "R191",
        }
    third = next(entry for entry in given["duration"] if entry["id"] == "C102.III")
    assert "at least 10 times" in third["exception"]
    assert "13 weeks" in third["exception"]
    assert (durations()["C102.III"].days_per_person.days, durations()["C102.III"].spans[1].weeks) == (10, 13)
    assert [durations()[f"C128.{part}"].article for part in ("II", "III", "IV")] == ["12", "19", "25"]


def test_ages(given):
    for entry, one in compared(given, "pensionable_age", ages()):
        assert one.most == entry["max"]
        assert one.share == (Fraction(entry["min_ratio"]) if "min_ratio" in entry else None)
        assert one.article.startswith(entry["article"].split(",")[0].split("(")[0])
        assert bool(one.lower_for_arduous) is ("lower_age" in entry)
        if "reduction_cap" in entry:
            assert f"({one.reduction})" in entry["reduction_cap"]


def test_ratification_and_exceptions(given):
    for name, entry in given["ratification"].items():
        ours = raw()["accept"][name]
        assert ours["least"] == entry["min_parts"]
        assert ours["parts"] == entry.get("from", list(PARTS))
        assert ours.get("one_of") == entry.get("at_least_one_of")
        assert ours.get("weights") == entry.get("weights")
        assert ours["article"] == entry["article"]
        assert ours["seen"] is entry["seen"]
    own, theirs = raw()["accept"]["C102"], given["ratification"]["C102"]
    assert own["later_acceptance"] == theirs["later_acceptance"]
    assert own["figures_before_acceptance"] == theirs["percentages_checked_before_acceptance"]
    assert own["voluntary_insurance"] == theirs["voluntary_insurance_counts_for"]
    assert own["voluntary_insurance_article"] == theirs["voluntary_insurance_article"]
    assert len(own["always"]) == len(theirs["always"])
    assert f"({own['exclusions']})" in theirs["exclusions"]
    for name, entry in given["temporary_exceptions"].items():
        assert list(exceptions(name)) == entry["articles"]
        assert raw()["exceptions"][name]["seen"] is entry["seen"]


def test_calculation(given):
    own, theirs = raw()["calculation"], given["calc"]
    assert own["ratio"]["article"].replace(" ", "") == theirs["formula"]["article"].replace(" ", "")
    for ours, name in (("skilled", "skilled_manual_male_employee"), ("labourer", "ordinary_adult_male_labourer")):
        for one, entry in zip(own[ours], theirs[name], strict=True):
            assert (one["option"], one["article"], one["seen"]) == (entry["id"], entry["article"], entry["seen"])
            for key in ("quantile", "factor", "in_european_code", "isic_1948_major_group"):
                assert one.get(key) == entry.get(key)
    rules = own["rules"]
    assert rules["means_aggregate"] == theirs["rules"]["means_tested_aggregate"]
    assert rules["means_aggregate_against"] == theirs["rules"]["means_tested_aggregate_refs"]
    assert theirs["rules"]["means_tested_article"].startswith(rules["means_aggregate_article"])
    for article in (rules["previous_earnings"], rules["ceiling"], rules["means"], *rules["review"].values()):
        assert article in " ".join(str(value) for value in theirs["rules"].values())
    assert rules["review_on"] == {
        "C102": "earnings_by_prices",
        "C121": "earnings_by_prices",
        "C128": "earnings_or_prices",
    }
    family = own["family"]
    assert (family["protected"], family["residents"]) == (
        theirs["family_benefit"]["a_rate"],
        theirs["family_benefit"]["b_rate"],
    )
    assert family["article"] == theirs["family_benefit"]["article"]


def test_other_tables(given):
    own, theirs = raw()["financing"], given["financing"]["C102"]
    assert own["employees_most"] == theirs["employee_share_max"]
    for article in (own["collective"], own["employees"], own["studies"], own["representation"]):
        assert f"({article})" in " ".join(str(value) for value in theirs.values())
    elsewhere = given["financing"]["others"]
    for name in ("C121", "C128", "C130", "R191"):
        assert elsewhere[name].startswith(raw()["financing_elsewhere"][name])
    assert raw()["financing_elsewhere"]["actuarial_duty"] in elsewhere["actuarial_clause"]
    equality = raw()["equality"]
    for number, words in ((6, "6 months"), (5, "5 consecutive years"), (10, "10 years after age 18"), (5, "last 5")):
        assert words in given["equality"]["C118"]
        assert number in {*equality["residence_months"].values(), *equality["residence_years"].values()}
    assert raw()["suspension"]["C102"] == [text.split(" ")[0] for text in given["suspension"]["C102"]]
    assert f"({raw()['appeal']['C102']})" in given["appeal"]["C102"]
    assert f"({raw()['temporal']['C102']})" in given["temporal"]["C102"]
    report = given["reporting"]["C102"]
    ours = raw()["reporting"]
    for key in ("article", "persons", "rates", "sickness_duration", "unemployment_duration"):
        assert ours[key] == report[key]
    assert ours["employees"] == report["employee_share"]
    alone = given["european_code_revised"]
    assert raw()["european_code_revised"]["alone"] == alone["beneficiary_alone"]
    assert raw()["european_code_revised"]["with_dependants"] == alone["with_dependants"]
    derogations = raw()["derogations"]
    for words, number in (
        ("10 points above 75 per cent", derogations["C128_41"]["coverage_points_above"]),
        ("5 points above", derogations["C128_41"]["level_points_above"]),
        ("5 years instead of 3", derogations["C128_41"]["years"]),
    ):
        assert words in given["derogations"]["C128_41"]
        assert words.startswith(str(number))
    assert "110 per cent" in given["derogations"]["C128_42"]
    assert Fraction(derogations["C128_42"]["total_benefits"]) == Fraction(110, 100)
    assert "4 per cent of national income" in given["derogations"]["C130_33"]
    assert Fraction(derogations["C130_33"]["national_income"]) == Fraction(4, 100)
    assert raw()["floors"]["guarantees"] == [text[text.rindex("(5") + 1 : -1] for text in given["R202"]["guarantees"]]
    for entry, one in zip(given["medical_care"], raw()["care"], strict=True):
        assert one["article"] == entry["article"]
        assert one["seen"] is entry["seen"]
        lines = entry.get("items") or entry.get("morbid_condition")
        count = len(one.get("morbid_condition") or one["pregnancy"])
        assert count == len(lines), one["id"]


def test_marks_of_what_was_not_read(given):
    """Fourteen entries; the tables of ours that stand for them bear the same mark."""
    unseen = []
    for name, entries in given.items():
        rows = entries if isinstance(entries, list) else [entries] if isinstance(entries, dict) else []
        unseen += [(name, row.get("id", name)) for row in rows if row.get("seen") is False]
    assert len(unseen) == 14
    tables = {
        "instrument": instruments(),
        "benefit_level": levels(),
        "persons_protected": persons(),
        "qualifying": qualifying(),
        "duration": durations(),
    }
    for name, key in unseen:
        if name == "R202":
            assert raw()["floors"]["seen"] is False
        else:
            assert tables[name][key].seen is False
    ours = [one.id for table in tables.values() for one in table.values() if not one.seen and one.id not in CODE]
    recommendations = {"R121", "R131", "R134"}
    assert len([name for name in ours if name not in recommendations]) + 1 + 2 == 14


@pytest.mark.parametrize("code", ["fr", "es"])
def test_texts_of_the_file_are_translated(code):
    known = {message.id for message in catalogues(code)["standards_data"] if message.id}
    assert known == set(texts())
    say = language(code)
    assert say(subject("C102", "V")) != subject("C102", "V")
    assert {say(label) for label in LABELS.values()}.isdisjoint(LABELS.values())


def test_the_european_code_has_the_schedule_of_c102():
    for name, one in levels().items():
        if one.standard == "European_Code":
            assert one.rate == levels()[name.replace("European_Code", "C102")].rate


def test_tables_of_the_european_code_that_nobody_compared_give_no_verdict():
    """Persons protected and durations are those of C102; sickness alone was read, and drops a condition on waiting."""
    for table, read in ((persons(), []), (durations(), ["European_Code.III"])):
        theirs = {name: one for name, one in table.items() if one.standard == "European_Code"}
        assert {name.replace("European_Code", "C102") for name in theirs} == {
            name for name, one in table.items() if one.standard == "C102"
        }
        assert [name for name, one in theirs.items() if one.seen] == read
    assert persons()["European_Code.V"].rows == persons()["C102.V"].rows


def test_unknown_names_say_what_there_is():
    with pytest.raises(BadInput, match=r"level: there is no 'C102\.XI'; there are C102\.III, C102\.IV"):
        level("C102.XI", 1, 1)
    with pytest.raises(BadInput, match="duration: there is no 'C102'"):
        duration("C102", 1)
    with pytest.raises(BadInput, match=r"instruments\.toml: Record has no rate; it has id, seen"):
        _record(Record, {"id": "C1", "seen": True, "rate": "1/2"})
