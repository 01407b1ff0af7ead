"""Review of pensions in payment: what must change before they are reviewed."""

from typing import Literal

from actuarial.standards.judging import stated, unanswered
from actuarial.standards.numbers import Number, exact
from actuarial.standards.parameters import find, instruments, raw
from actuarial.standards.verdicts import Verdict, message, with_notes
from actuarial.translation import N_

BY_PRICES = message(N_("Due after substantial changes in earnings that result from substantial changes in prices."))
EITHER = message(N_("Due after substantial changes in earnings or in prices."))
SUBSTANTIAL = N_("What is substantial is a reading: {limit} per cent here; earnings {earnings}, prices {prices}.")
NOT_DUE = message(N_("No review was due."))

Standard = Literal["C102", "C121", "C128"]


def review_due(standard: Standard, earnings: Number, prices: Number, *, substantial: Number) -> bool:
    """Whether pensions in payment had to be reviewed.

    C102 and C121 ask for changes in earnings that result from changes in prices, C128 for either.

    Parameters
    ----------
    standard : {"C102", "C121", "C128"}
    earnings, prices : Number
        Change since the last review, as a share.
    substantial : Number
        Change from which on it counts as substantial; the instruments name none.

    Examples
    --------
    >>> review_due("C102", "0.20", "0.01", substantial="0.10"), review_due("C128", "0.20", "0.01", substantial="0.10")
    (False, True)
    """
    both = find(raw()["calculation"]["rules"]["review_on"], standard, "review of pensions") == "earnings_by_prices"
    limit = exact(substantial, "substantial change")
    large = [abs(exact(one, "change", least=None)) >= limit for one in (earnings, prices)]
    return all(large) if both else any(large)


def review(
    standard: Standard, earnings: Number, prices: Number, *, substantial: Number, reviewed: bool | None
) -> Verdict:
    """Review of pensions in payment, Articles 65(10) and 66(8) of C102, 21(1) of C121 and 29(1) of C128.

    Parameters
    ----------
    standard, earnings, prices, substantial
        As of `review_due`.
    reviewed : bool or None
        Whether rates were reviewed since; None where nobody said.

    Returns
    -------
    Verdict
        Without figures, and marked as interpreted: what is substantial is a reading.

    References
    ----------
    .. [1] International Labour Organization, Convention No. 102 (1952), Articles 65(10) and 66(8); No. 121 (1964),
       Article 21; No. 128 (1967), Article 29.
    """
    rules, rule = raw()["calculation"]["rules"], find(instruments(), standard, "instrument")
    article = find(rules["review"], standard, "review of pensions")
    limit, moved, dearer = (100 * exact(one, "change", least=None) for one in (substantial, earnings, prices))
    reading = message(SUBSTANTIAL, limit=limit, earnings=moved, prices=dearer)
    asked = EITHER if rules["review_on"][standard] == "earnings_or_prices" else BY_PRICES
    if review_due(standard, earnings, prices, substantial=substantial):
        found = stated(rule, reviewed, asked, article=article, subject="review")
    else:
        found = unanswered(rule, "pass", article=article, subject="review", note=(asked, NOT_DUE))
    return with_notes(found, reading, interpreted=True)
