"""The language of the command line: which one it is, and that nothing of what it tells stays in English."""

import errno

import pytest

from actuarial import cli, jit
from actuarial.cli import progress
from actuarial.cli.commands import parser
from actuarial.cli.parsing import FAULTS, fault, language_of_words
from actuarial.errors import ActuarialError, BadInput
from actuarial.form_pages import entries, explain, form_page, forms_listed
from actuarial.translation import ENVIRONMENT, Told, language, language_of_environment, message_of, told, why
from actuarial.vocabulary import variables

FRENCH, SPANISH = language("fr"), language("es")


@pytest.fixture
def environment(monkeypatch):
    """Sets the variables that name a language, and no others of them."""

    def state(**values):
        for name in ENVIRONMENT:
            monkeypatch.delenv(name, raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return state


@pytest.mark.parametrize(
    ("values", "locale"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "fr_CH.UTF-8"}, "fr_CH"),
        ({"LANG": "es"}, "es"),
        ({"LANG": "fr_XX.UTF-8"}, "fr"),
        ({"LANG": "fr_FR@euro", "LC_ALL": ""}, "fr_FR"),
        ({"LANG": "fr_FR", "LC_ALL": "C"}, "en"),
        ({"LANG": "fr_FR", "LC_MESSAGES": "es_MX"}, "es_MX"),
        ({"ACTUARIAL_LANGUAGE": "es", "LC_ALL": "fr_FR"}, "es"),
    ],
)
def test_the_environment_names_a_language(environment, values, locale):
    environment(**values)
    assert language_of_environment() == language(locale.partition("_")[0], locale)


@pytest.mark.parametrize(("given", "named"), [("de", "'de'"), ("fr_XX", "'fr_XX'"), ("de_DE.UTF-8", "'de'")])
def test_a_language_that_only_this_library_was_told_must_be_meant(environment, given, named, capsys):
    environment(ACTUARIAL_LANGUAGE=given)
    with pytest.raises(BadInput, match=f"ACTUARIAL_LANGUAGE: .*{named}"):
        language_of_environment()
    assert cli.main(["explain"]) == cli.BAD_INPUT
    assert named in capsys.readouterr().err


def test_words_go_before_the_environment(environment):
    environment(LANG="fr_CH")
    assert language_of_words(["demo", "--out", "x"]).locale == "fr_CH"
    assert language_of_words(["demo", "--language", "es"]).locale == "es"
    assert language_of_words(["demo", "--language=en"]).locale == "en"
    assert language_of_words(["demo", "--language"]).locale == "fr_CH"


COMMANDS = "demo value check compare report standards verify explain warmup template schema".split()


@pytest.mark.parametrize("say", [FRENCH, SPANISH], ids=lambda say: say.code)
def test_help_is_in_the_language(say, capsys):
    """No word of the English help that is not a word of the command line or a name."""
    for words in ([], *([one] for one in COMMANDS)):
        texts = []
        for one in (language(), say):
            with pytest.raises(SystemExit):
                parser(one).parse_args([*words, "--help"])
            texts.append(capsys.readouterr().out)
        english, other = texts
        assert english.startswith("usage: ")
        assert other.startswith(say("usage: "))
        assert not {" the ", " of ", " and ", " by ", " folder ", " show "} & {
            f" {word} " for word in other.replace("\n", " ").split()
        }
        assert sorted(set(english.split()) & {"--out", "--basis", "--language"}) == sorted(
            set(other.split()) & {"--out", "--basis", "--language"}
        )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["valu"], "argument COMMANDE\u202f: choix impossible\u202f: 'valu' (choisir parmi "),
        (["demo"], "il manque les arguments suivants\u202f: --out."),
        (["explain", "x", "y"], "arguments inconnus\u202f: y."),
        (["demo", "--out"], "argument --out\u202f: il faut une valeur."),
        (["demo", "--out", "x", "--to", "soon"], "'soon' n’est pas une année\u202f; écrire un nombre entier, "),
        (["schema", "--helath"], "l’option --helath est inconnue\u202f; vouliez-vous dire --health\u202f?"),
        (["demo", "--ouut=x"], "l’option --ouut est inconnue\u202f; vouliez-vous dire --out\u202f?"),
        (["--verson"], "l’option --verson est inconnue\u202f; vouliez-vous dire --version\u202f?"),
        (["--locale", "fr"], "l’option --locale est inconnue ici\u202f; les options d’une commande "),
        (["schema", "--xyz"], "l’option --xyz est inconnue\u202f; les options sont --help, --health."),
        (["demo", "--out", "x", "--figures=3"], "argument --figures\u202f: cette option ne prend pas de valeur ('3')."),
        (["demo", "--l", "x"], "option ambiguë\u202f: --l peut être --language, --locale."),
        (["template", "x.xlsx", "--years", "3"], "argument --years\u202f: il faut 2 valeurs."),
        (["template", "x.xlsx", "--groups"], "argument --groups\u202f: il faut au moins une valeur."),
    ],
)
def test_wrong_words_are_told_in_the_language(environment, words, told, capsys):
    environment(LANG="fr_FR")
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    assert end.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("utilisation\u202f: actuarial")
    assert told in lines[-1]


def test_the_file_of_a_template_may_stand_behind_names(environment, tmp_path, capsys):
    target = tmp_path / "vide.xlsx"
    words = ["template", "--language", "fr", "--years", "2026", "2027", "--groups", "prive", "public", str(target)]
    assert cli.main(words) == 0
    assert target.exists()
    assert cli.main(["template", "--language", "fr", "--groups", "prive"]) == 2
    assert "aucun fichier n’est nommé" in capsys.readouterr().err


def test_what_the_parser_may_tell_besides_stays_as_it_is():
    assert fault("something new", FRENCH) == "something new"
    assert all(fault(text, language()) == text for text in FAULTS)


def test_what_is_being_done_is_told_in_the_language(monkeypatch, capsys):
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: True)
    with progress.stage("projecting", FRENCH) as tell:
        tell("population")
        tell(Told("{done} of {count} are valued; now {names}", done=1, count=3, names=("a", "b")))
        tell("report_fr.html")
    assert capsys.readouterr().err == (
        "projection ...\nprojection\u202f: population ...\n"
        "projection\u202f: 1 sur 3 évalués\u202f; à présent a, b ...\nprojection\u202f: report_fr.html ...\n"
    )


@pytest.mark.parametrize("say", [FRENCH, SPANISH], ids=lambda say: say.code)
def test_variables_and_forms_are_explained_in_the_language(say, capsys):
    assert cli.main(["explain", "payg_cost_rate", "--language", say.code]) == 0
    text = capsys.readouterr().out
    assert text == explain("payg_cost_rate", language=say.code) + "\n"
    assert say(variables()["payg_cost_rate"].meaning) in text.splitlines()[0]
    assert "\n  PAYG = O/W\n" in text
    english = {"Keys", "needed", "default", "Example", "number", "money", "word", "where", "given:", "units:"}
    pages = [form_page(entry, say) for entry in entries()]
    assert [page for page in pages if english & set(page.split("\n  form")[0].split())] == []
    assert len(forms_listed(say).splitlines()) == len(forms_listed(language()).splitlines())
    assert cli.main(["explain", "reserve_rati", "--language", say.code]) == cli.BAD_INPUT
    assert "reserve_ratio" in capsys.readouterr().err


def test_what_the_system_tells_is_told_in_the_language(environment, monkeypatch, capsys):
    environment(ACTUARIAL_LANGUAGE="fr")
    assert told(why(PermissionError(errno.EACCES, "Permission denied")), SPANISH) == "permiso denegado"
    assert told(why(OSError(errno.EIO, "what nobody has heard of")), SPANISH) == "what nobody has heard of"
    assert cli.main(["compare", "a", "nowhere/b"]) == cli.BAD_INPUT
    assert capsys.readouterr().err == (
        "actuarial: a\u202f: ce dossier n’existe pas.\n  Donner le dossier où une évaluation a été écrite.\n"
    )


def test_a_disk_without_room_for_compiled_kernels_is_told_with_the_remedy(tmp_path, monkeypatch):
    kept = jit.Kept(why, tmp_path)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(jit.FunctionCache, "save_overload", full)
    monkeypatch.setattr(kept, "_open", lambda: None)
    with pytest.raises(ActuarialError) as caught:
        kept.save_overload(None, None)
    assert str(caught.value) == (
        f"{tmp_path}: compiled kernels cannot be stored: No space left on device.\n"
        "  They take up to 30 MB. Free space, or name another folder in the environment variable NUMBA_CACHE_DIR."
    )
    assert "NUMBA_CACHE_DIR" in told(message_of(caught.value), FRENCH)
