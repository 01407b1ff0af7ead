"""Total value of family benefits: Article 44 of C102 and of the European Code."""

from dataclasses import replace
from fractions import Fraction

from actuarial.errors import BadInput
from actuarial.standards.judging import judge
from actuarial.standards.numbers import Number, exact, plain
from actuarial.standards.parameters import find, persons, raw
from actuarial.standards.verdicts import Verdict, any_of
from actuarial.standards.wages import ReferenceWage


def family_benefits(
    standard: str,
    value: Number,
    wage: ReferenceWage | Number,
    *,
    children_of_protected: Number | None,
    children_of_residents: Number | None,
) -> Verdict:
    """Value of all family benefits of a year against the wage of the ordinary labourer for each child.

    Parameters
    ----------
    standard : {"C102", "European_Code"}
        The European Code has the alternative of all residents' children only.
    value : Number, currency per year
        Of all benefits granted, in cash and in kind.
    wage : ReferenceWage or Number, currency per year
        Wage of the ordinary adult male labourer, of a whole year.
    children_of_protected, children_of_residents : Number or None
        Children of persons protected, and of all residents.

    Returns
    -------
    Verdict
        In money, alternatives in `of`.

    Notes
    -----
    (a) 3% W k_protected, (b) 1.5% W k_residents.

    Raises
    ------
    BadInput
        Another instrument, or the wage of a skilled worker.

    References
    ----------
    .. [1] International Labour Organization (1952), Convention No. 102, Article 44.

    Examples
    --------
    >>> found = family_benefits("C102", 75, 6, children_of_protected=400, children_of_residents=1000)
    >>> [one.arithmetic for one in found.of]
    ['0.03 x 6 x 400 = 72', '0.015 x 6 x 1000 = 90']
    """
    if standard not in {"C102", "European_Code"}:
        raise BadInput(f"family benefits: {standard!r} has no Article 44; give 'C102' or 'European_Code'.")
    if isinstance(wage, ReferenceWage) and wage.worker != "labourer":
        raise BadInput(f"family benefits: Article 44 takes the labourer's wage, not that of {wage.article}.")
    rules = raw()["calculation"]["family"]
    yearly = wage.wage if isinstance(wage, ReferenceWage) else exact(wage, "wage")
    evidence = (wage.evidence,) if isinstance(wage, ReferenceWage) else ()
    rows = [("44(a)", rules["protected"], children_of_protected), ("44(b)", rules["residents"], children_of_residents)]
    if standard == "European_Code":
        rows = [("44", rules["residents"], children_of_residents)]
    rule = find(persons(), "C102.VII", "family benefits")
    tried = []
    for article, share, children in rows:
        threshold, shown = None, ""
        if children is not None:
            threshold = Fraction(share) * yearly * exact(children, "children")
            shown = f"{plain(share)} x {plain(yearly)} x {plain(children)} = {plain(threshold)}"
        tried.append(
            judge(
                rule,
                exact(value, "value of family benefits"),
                threshold,
                article=article,
                alternative=article,
                subject="level",
                unit="money",
                arithmetic=shown,
                evidence=evidence,
            )
        )
    return any_of([replace(one, standard=standard) for one in tried])
