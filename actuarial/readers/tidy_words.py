"""Words and numbers of tables of deaths and populations, in English, French and Spanish."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

from actuarial.translation import N_, Told, few

DIMS = {
    "year": ("year", "annee", "an", "ano", "anio", "calendar year", "periode", "period"),
    "sex": ("sex", "sexe", "sexo", "gender", "genero", "genre"),
    "age": ("age", "edad", "age group", "grupo de edad", "groupe d'age", "x"),
}
VALUES = {
    "deaths": ("deaths", "death", "deces", "muertes", "defunciones", "fallecimientos", "fallecidos", "dx"),
    "exposure": ("exposure", "exposures", "exposition", "expositions", "exposicion", "expuestos", "person-years",
                 "personnes-annees", "anos-persona", "annees-personnes", "personas-ano"),
    "population": ("population", "poblacion", "persons", "personnes", "personas", "effectif"),
    "births": ("births", "naissances", "nacimientos"),
}  # fmt: skip
MALE = ("male", "males", "man", "men", "boys", "homme", "hommes", "masculin", "hombre", "hombres", "masculino",
        "varon", "varones", "h", "v")  # fmt: skip
FEMALE = ("female", "females", "woman", "women", "girls", "femme", "femmes", "feminin", "mujer", "mujeres", "femenino",
          "f", "w")  # fmt: skip
SPANISH = ("sexo", "genero", "ano", "anio", "edad", "grupo de edad", "muertes", "defunciones", "fallecimientos",
           "fallecidos", "exposicion", "expuestos", "anos-persona", "personas-ano", "poblacion", "personas",
           "nacimientos")  # fmt: skip
"""Names of columns of which a table is Spanish, where M may be mujer."""
BOTH = ("total", "both", "both sexes", "ensemble", "deux sexes", "ambos", "ambos sexos", "t", "b")
NEAR = 0.82
"""How alike a name and a known word are, from 0 to 1, so that one is taken for the other misspelled."""
BESIDE: dict[str, Callable[[int], tuple[int, int | None] | None]] = {
    "<=": lambda age: (0, age),
    ">=": lambda age: (age, None),
    **dict.fromkeys(("<", "under", "less than", "moins de", "menos de"), lambda age: (0, age - 1) if age else None),
    **dict.fromkeys((">", "over", "more than", "plus de", "mas de"), lambda age: (age + 1, None)),
}
"""Ages of the words before a number."""
LABELLED = {"year": N_("year {label}"), "sex": N_("sex {label}"), "age": N_("age {label}")}
"""How a label is named in a message."""
GAPS = ("", ".", "..", "...", "na", "n/a", "nan", "-")


def plain(word: str) -> str:
    """A word without accents, capitals, and blanks around it."""
    text = unicodedata.normalize("NFKD", word.strip().casefold().replace("’", "'"))
    return "".join(letter for letter in text if not unicodedata.combining(letter)).replace("_", " ")


def dim_of(name: str) -> str | None:
    """The dim that the name of a column means, if any."""
    return next((dim for dim, words in DIMS.items() if plain(name) in words), None)


def value_of(name: str) -> str:
    """The name of the library for a column of numbers, or the name itself."""
    return next((value for value, words in VALUES.items() if plain(name) in words), name.strip())


def near_of(names: Sequence[str], numbers: bool) -> list[Told]:
    """What is wrong with names that are nearly those of dims, or of numbers, of which the table has no column."""
    known = DIMS | (VALUES if numbers else {})
    words = {word: target for target, found in known.items() for word in found if len(word) > 2}
    there = {dim_of(name) or value_of(name) for name in names}
    found = []
    for name in names:
        close = difflib.get_close_matches(plain(name), words, n=1, cutoff=NEAR)
        if close and close[0] != plain(name) and words[close[0]] not in there:
            found.append(_near(name, close[0], as_it_is=words[close[0]] in VALUES))
    return found


def _near(name: str, close: str, *, as_it_is: bool) -> Told:
    """What to say of the name of a column that is nearly a known one."""
    if not as_it_is:
        text = N_("the column {name!r} is not known; did you mean {close}? Rename it")
        return Told(text, name=name, close=close)
    text = N_("the column {name!r} is not known; did you mean {close}? Rename it, or read it as it is: values={values}")
    return Told(text, name=name, close=close, values=repr({name: name}))


def named(dims: Iterable[str], key: Iterable[object]) -> tuple[Told, ...]:
    """Labels of a cell as the values of a message: year 2020, sex male, age 5."""
    return tuple(Told(LABELLED[dim], label=label) for dim, label in zip(dims, key, strict=True))


def sexes(words: Iterable[str], names: Iterable[str]) -> tuple[dict[str, str], dict[str, Told]]:
    """The sex that each word of a table means, by the names of its columns, and what is wrong with the others.

    H is a man in French and Spanish, F a woman in all three languages; M is a man beside F and a woman (mujer) beside H
    or V. Alone it is a man (male, masculin), but cannot be told where a name is Spanish.
    """
    found: dict[str, str] = {}
    wrong: dict[str, Told] = {}
    spanish = any(plain(name) in SPANISH for name in names)
    given = {word: plain(word) for word in words}
    letters = set(given.values())
    for word, text in given.items():
        if text in MALE:
            found[word] = "male"
        elif text in FEMALE:
            found[word] = "female"
        elif text == "m":
            man, woman = letters & {*FEMALE}, letters & {*MALE}
            if (man and woman) or (spanish and not man and not woman):
                beside = N_("{word!r} beside words of both sexes may be male or mujer; write male and female")
                alone = N_("{word!r} alone may be male or mujer; write male and female")
                wrong[word] = Told(beside if man else alone, word=word)
            else:
                found[word] = "female" if woman else "male"
        elif text in BOTH:
            wrong[word] = Told("{word!r} is both sexes together; remove these rows", word=word)
        else:
            wrong[word] = Told("{word!r} is no sex; write male and female", word=word)
    return found, wrong


def wide_of(names: Sequence[str]) -> list[Told]:
    """What is wrong with names of columns that are themselves years, ages or sexes: the table is to be melted."""
    rest = [name for name in names if dim_of(name) is None]
    others = [name for name in names if dim_of(name) is not None]
    kinds = {
        "year": [name for name in rest if re.fullmatch(r"[12]\d{3}", name)],
        "age": [name for name in rest if age_of(name) is not None and not re.fullmatch(r"[12]\d{3}", name)],
        "sex": [name for name in rest if plain(name) in MALE + FEMALE and plain(name) != "v"],
    }
    return [_melted(dim, found, others) for dim, found in kinds.items() if len(found) >= 2]


def _melted(dim: str, found: Sequence[str], others: Sequence[str]) -> Told:
    """What to do with columns that are the labels of one dim."""
    text = N_(
        "the {count} columns {names} are one {dim} each, but a row for each {dim} is needed. Melt it, in pandas by "
        "{code}, or name the columns to read with values="
    )
    code = f"frame.melt(id_vars={others}, var_name={dim!r}, value_name='deaths').to_csv(...)"
    return Told(text, count=len(found), names=few(found), dim=dim, code=code)


def age_of(word: str) -> tuple[int, int | None] | None:
    """First and last age of a label such as 5, 5-9, <5 or 100+; the last one is None where the age is open."""
    text = re.sub(r"\b(years?|ans?|anos?)( old)?\b", "", plain(word)).strip()
    beside = re.fullmatch(rf"({'|'.join(BESIDE)})\s*(\d{{1,3}})", text)
    if beside is not None:
        return BESIDE[beside[1]](int(beside[2]))
    text = re.sub(r"\s*(\+|and over|and more|and older|et plus|et \+|y mas|o mas|ou plus)$", "+", text)
    found = re.fullmatch(r"(\d{1,3})(\.0+)?(\s*(-|–|to|a)\s*(\d{1,3})|\+)?", text)
    if found is None:
        return None
    first = int(found[1])
    if found[3] == "+":
        return first, None
    last = int(found[5]) if found[5] else first
    return (first, last) if last >= first else None


def separator_of(header: str) -> str:
    """What separates the columns of a header."""
    counts = {mark: header.count(mark) for mark in ("\t", ";", ",")}
    return next((mark for mark in ("\t", ";") if counts[mark]), ",")


def decimal_of(cells: Mapping[int, list[str]], separator: str) -> tuple[str, str]:
    """Whether decimals follow a point or a comma, from cells by line; or "" and why it cannot be told.

    A comma here and a point there are refused, and marks that all stand before three digits, as in 1,234, may separate
    thousands; a point is not doubted where commas separate the columns.
    """
    comma, point = (
        [(line, cell.strip()) for line, row in cells.items() for cell in row if mark in cell and cell.strip(" .")]
        for mark in (",", ".")
    )
    if comma and point:
        (first, one), (second, other) = comma[0], point[0]
        text = N_("{one!r} has a comma (line {first}) and {other!r} a point (line {second})")
        return "", Told(text, one=one, first=first, other=other, second=second)
    marked, sign = (comma, ",") if comma else (point, ".")
    thousands = re.compile(rf"[+-]?[1-9]\d{{0,2}}({re.escape(sign)}\d{{3}})+")
    doubtful = comma or separator != ","
    if marked and doubtful and all(thousands.fullmatch(cell) for _, cell in marked):
        line, cell = marked[0]
        return "", Told("{cell!r} (line {line}) may have decimals or thousands", cell=cell, line=line)
    return sign, ""
