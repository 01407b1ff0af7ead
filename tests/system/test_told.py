"""Messages that know what they tell: the same text in English, said again in other languages where they are printed."""

import copy
import pickle

import pytest

from actuarial import cli
from actuarial.advice import ONCE, by_year
from actuarial.check.variables import require
from actuarial.errors import ActuarialError, BadScheme
from actuarial.forms import parse_scheme
from actuarial.report.summary import summary
from actuarial.sheets.told import in_columns
from actuarial.translation import Meaning, Told, few, language, message_of, told
from actuarial.valuation.accounts import compare_accounts
from tests.report.content_data import pensions

FRENCH, SPANISH = language("fr"), language("es")
LAW = 'name = "x"\ncurrency = "LTD"\n[[benefit]]\nform = "old_age"\nretirement_age = 600\nqualifying_years = 10\n'


def test_a_message_is_its_english_text():
    one = Told("{number} of {count} cells", number=3, count=20)
    both = Told("{first} and {last}", first=one, last=("a", 0.5, one))
    assert both == "3 of 20 cells and a, 0.5, 3 of 20 cells"
    assert f"{both}." == "3 of 20 cells and a, 0.5, 3 of 20 cells."
    assert Told("{listed}", listed=["a", one]) == "a\n3 of 20 cells"
    assert Told("in braces {so}") == "in braces {so}"
    assert Told("{x!r} {y:.1%}", x="a", y=0.123) == "'a' 12.3%"


def test_it_is_said_with_the_numbers_of_the_country():
    one = Told("must be >= {bound:g} (got {number})", bound=0.5, number=1000.0)
    assert one == "must be >= 0.5 (got 1000.0)"
    assert one.said(FRENCH) == "valeur attendue ≥ 0,5 (et non 1000)"
    share = Told("{cost:,.0f} ({share:.1%} of them)", cost=1234567.0, share=0.0625)
    assert share.said(SPANISH) == "1.234.567 (6,2\xa0% de su total)"
    assert share.said(language("es", "es_MX")) == "1,234,567 (6.2% de su total)"
    assert told("plain", FRENCH) == "plain"
    assert Meaning("what a user registered").said(FRENCH) == "what a user registered"


def test_many_labels_are_told_by_some_of_them():
    assert few([2024, 2025]) == "2024, 2025"
    assert few(range(2024, 2031)).said(SPANISH) == "2024 a 2030 (7 en total)"
    assert few(["wages", "care", "means", "persons", "studies"]).said(FRENCH) == "wages, care, means et 2 autres"


def test_it_survives_copies():
    one = by_year(350.0)
    for again in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one)):
        assert (again, again.text, again.values, again.cells) == (one, one.text, one.values, one.cells)


def test_advice_about_files_becomes_advice_about_cells():
    message = Told("an amount of money needs its unit; {advice}", advice=ONCE)
    assert message.endswith('write { value = ..., per = "once" }')
    assert in_columns(message) == 'an amount of money needs its unit; write once in the column "Per"'
    assert in_columns("plain") == "plain"


def refused(make):
    with pytest.raises(ActuarialError) as caught:
        make()
    return message_of(caught.value)


def test_a_law_and_a_basis_refuse_in_the_language():
    law = refused(lambda: parse_scheme(LAW))
    assert "scheme.toml:5: old_age.retirement_age: must be <= 120 (got 600.0)" in law
    assert "old_age.retirement_age\u202f: valeur attendue ≤ 120 (et non 600)" in told(law, FRENCH)
    basis = pensions()[0]
    rates = refused(lambda: require(basis.assign(inflation=30.0 + 0.0 * basis["inflation"]), "inflation"))
    assert "Rates are fractions: did you mean 0.3?" in rates
    assert "Las tasas son fracciones: ¿quiso decir 0,3?" in told(rates, SPANISH)
    assert told(rates, language()) == rates


def test_all_lines_of_a_refusal_stay():
    text = LAW.replace("qualifying_years = 10", 'formula = { form = "fla" }')
    with pytest.raises(BadScheme) as caught:
        parse_scheme(text)
    english = str(caught.value).splitlines()
    assert len(english) > 2
    assert len(told(message_of(caught.value), SPANISH).splitlines()) == len(english)


def test_a_command_refuses_in_its_language(capsys, tmp_path):
    folder = str(tmp_path / "out")
    assert cli.main(["demo", "--out", folder, "--language", "fr", "--to", "3000"]) == cli.BAD_INPUT
    assert "--to 3000\u202f: la base a les années 2026 à 2100." in capsys.readouterr().err
    assert cli.main(["report", "--language", "es"]) == cli.BAD_INPUT
    assert "no se da ninguna valuación" in capsys.readouterr().err
    assert cli.main(["report", "--language", "de"]) == cli.BAD_INPUT
    known = "they are en, fr, es (English, français, español)."
    assert f"'de' is none that reports are written in; {known}" in capsys.readouterr().err


def test_what_a_valuation_prints_is_in_its_language():
    basis, _, result = pensions()
    accounts = compare_accounts(result, basis)
    english, spanish = (summary(result, accounts=accounts, say=say) for say in (language(), SPANISH))
    assert summary(result, accounts=accounts) == english
    assert len(spanish.splitlines()) == len(english.splitlines())
    assert "Resultados principales\n" in spanish
    assert "Ninguna advertencia." in spanish
    assert not any(word in spanish for word in ("rate", "reserve", "year", "line"))
