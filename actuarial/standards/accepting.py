"""Ratification: which Parts must be accepted, what later Conventions stand for, and clauses open by declaration."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from fractions import Fraction

from actuarial.errors import BadInput
from actuarial.standards.judging import judge, stated, unanswered
from actuarial.standards.parameters import PARTS, exceptions, find, instruments, raw
from actuarial.standards.verdicts import Verdict, all_of, message
from actuarial.translation import N_

REPLACED = N_("Part {part} of C102 is held to be accepted through {standard}.")
SUSPENDED = N_("{standard} stands for no Part of C102 as long as its declaration on agriculture is in force.")
UNREAD = N_("{standard} may stand for Part {part} of C102; its text was not read, and it is not counted.")
ONE_OF = N_("At least one of these Parts is needed: {parts}.")
SUPERVISED = message(N_("Voluntary insurance counts if it is supervised by authorities or run jointly by both sides."))
SUBSTANTIAL = message(N_("It counts if it covers a substantial part of those who earn no more than the skilled wage."))
TOGETHER = message(N_("It counts if it complies together with other forms of protection."))


def accepted_parts(
    parts: Collection[str],
    later: Mapping[str, Collection[str]] | None = None,
    *,
    agriculture: Collection[str] = (),
) -> dict[str, str]:
    """Parts of C102 that are accepted or held to be accepted, each with the instrument that governs it.

    Parameters
    ----------
    parts : collection of str
        Parts of C102 accepted, such as {"II", "V"}.
    later : mapping of instrument to collection of its Parts, optional
        Later Conventions in force, such as {"C128": ["III"], "C121": []}.
    agriculture : collection of str
        Those of them with a declaration on agriculture in force: they stand for no Part of C102 until it is renounced.

    Returns
    -------
    dict of Part of C102 to instrument
        In the order of the Convention; an instrument whose text was not read is not counted.

    Raises
    ------
    BadInput
        A Part or an instrument that there is not.

    References
    ----------
    .. [1] International Labour Organization (1952), Convention No. 102, Articles 2, 4 and 75.
    .. [2] International Labour Organization, Convention No. 121 (1964), Article 29; No. 128 (1967), Article 45;
       No. 130 (1969), Article 36.

    Examples
    --------
    >>> accepted_parts(["II", "VIII"], {"C128": ["III"]})
    {'II': 'C102', 'V': 'C128', 'VIII': 'C102'}
    """
    found = {_part(part): "C102" for part in parts}
    for standard, its_parts in (later or {}).items():
        if find(instruments(), standard, "instrument").seen and standard not in agriculture:
            found |= dict.fromkeys(_stands_for(standard, its_parts), standard)
    return {part: found[part] for part in PARTS if part in found}


def ratification(
    parts: Collection[str],
    later: Mapping[str, Collection[str]] | None = None,
    *,
    agriculture: Collection[str] = (),
) -> Verdict:
    """Parts accepted against the least of Article 2(a) of C102: three, one of them of IV, V, VI, IX and X.

    Parameters
    ----------
    parts, later, agriculture
        As of `accepted_parts`.

    Returns
    -------
    Verdict
        A count. `value` is the number of Parts held to be accepted.

    Raises
    ------
    BadInput
        A Part or an instrument that there is not.

    Examples
    --------
    >>> ratification(["II", "III", "VIII"]).verdict, ratification(["II", "V", "VI"]).verdict
    ('fail', 'pass')
    """
    held = accepted_parts(parts, later, agriculture=agriculture)
    found = _accepted("C102", held)
    notes = [message(REPLACED, part=part, standard=one) for part, one in held.items() if one != "C102"]
    unread = False
    for standard, its_parts in (later or {}).items():
        if standard in agriculture:
            notes.append(message(SUSPENDED, standard=standard))
        elif not instruments()[standard].seen:
            missing = [part for part in _stands_for(standard, its_parts) if part not in held]
            notes += [message(UNREAD, standard=standard, part=part) for part in missing]
            unread = unread or bool(missing)
    word = "not_verified" if unread and found.verdict == "fail" else found.verdict
    return replace(found, verdict=word, note=(*found.note, *notes))


def acceptance(standard: str, parts: Collection[str]) -> Verdict:
    """Parts accepted against the least that an instrument asks for.

    Parameters
    ----------
    standard : {"C102", "C128", "European_Code", "European_Code_Protocol"}
        The European Code counts Part II twice and Part V three times.
    parts : collection of str

    Returns
    -------
    Verdict
        A count of Parts, or of their weights.

    Examples
    --------
    >>> acceptance("European_Code", ["II", "V", "VIII"]).arithmetic
    '2 + 3 + 1 = 6'
    """
    return _accepted(standard, {_part(part): standard for part in parts})


def open_clause(standard: str, article: str, declaration: bool) -> bool:
    """Whether a clause may be used: those of temporary exceptions only while the declaration is in force.

    Examples
    --------
    >>> open_clause("C102", "27(d)", False), open_clause("C102", "27(d)", True), open_clause("C102", "27(a)", False)
    (False, True, True)
    """
    return declaration or not any(article.startswith(clause) for clause in exceptions(standard))


def voluntary_insurance(
    part: str, *, supervised: bool | None, substantial: bool | None, complies: bool | None
) -> Verdict:
    """Whether voluntary insurance may be counted for a Part, Article 6 of C102: three findings.

    Parameters
    ----------
    part : str
        Part of C102; for maternity only medical care.
    supervised, substantial, complies : bool or None
        Whether it is supervised or run jointly, covers a substantial part of those who earn no more than the skilled
        wage, and complies with the Convention together with other forms of protection; None where nobody said.
    """
    rules, rule = raw()["accept"]["C102"], find(instruments(), "C102", "instrument")
    article = rules["voluntary_insurance_article"]
    if not any(name.split(" ")[0] == _part(part) for name in rules["voluntary_insurance"]):
        return unanswered(rule, "fail", article=article, subject="persons")
    answers = ((supervised, SUPERVISED), (substantial, SUBSTANTIAL), (complies, TOGETHER))
    return all_of([stated(rule, answer, needed, article=article, subject="persons") for answer, needed in answers])


def _accepted(standard: str, held: Mapping[str, str]) -> Verdict:
    rules, rule = find(raw()["accept"], standard, "instrument"), find(instruments(), standard, "instrument")
    weights = [rules.get("weights", {}).get(part, 1) for part in held if part in rules["parts"]]
    number, least = sum(weights), rules["least"]
    sign = ">=" if number >= least else "<"
    counted = judge(
        rule,
        Fraction(number),
        Fraction(least),
        article=rules["article"],
        subject="ratification",
        unit="count",
        arithmetic=f"{' + '.join(str(one) for one in weights)} = {number}" if weights else f"0 {sign} {least}",
    )
    if "one_of" not in rules:
        return counted
    core = [part for part in held if part in rules["one_of"]]
    needed = judge(
        rule,
        Fraction(len(core)),
        Fraction(1),
        article=rules["article"],
        subject="ratification",
        unit="count",
        arithmetic=f"{len(core)} {'>=' if core else '<'} 1",
        note=(message(ONE_OF, parts=", ".join(rules["one_of"])),),
    )
    return replace(counted, verdict=all_of((counted, needed)).verdict, of=(counted, needed), note=needed.note)


def _stands_for(standard: str, its_parts: Collection[str]) -> list[str]:
    replaces = find(instruments(), standard, "instrument").replaces
    if not replaces:
        raise BadInput(f"ratification: {standard} stands for no Part of C102.")
    if "*" in replaces:
        return [replaces["*"]]
    return [find(replaces, part, f"Part of {standard}") for part in its_parts]


def _part(part: str) -> str:
    if part not in PARTS:
        raise BadInput(f"ratification: {part!r} is no Part with a benefit; there are {', '.join(PARTS)}.")
    return part
