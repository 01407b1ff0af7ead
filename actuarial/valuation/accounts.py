"""The first projected year against the audited accounts of the base year, line by line."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import xarray as xr

from actuarial.audited import audited_line
from actuarial.calibration import calibration_factors, can_be_multiplied
from actuarial.check.period import first_period
from actuarial.errors import BadBasis
from actuarial.fields import ended, suggestion
from actuarial.quick import quick_set
from actuarial.remembered import remembered
from actuarial.translation import N_, InFile, Told
from actuarial.warned import Warned

WARN_BEYOND = 0.02
NOTHING = Warned(
    "accounts: the basis carries no accounts of the base year; year 1 of the model was compared with nothing.",
    "There are no accounts of the base year; the first projected year was compared with nothing.",
)
REFUSE_BEYOND = 0.20
HEAD = ("line", "base-year accounts", "carried forward", "model year 1", "calibration", "ratio")
"""Headings of the comparison."""
COUNTS = ("number", "new_awards", "average_contributors")
SOURCES = {"expenditure": "benefit_expenditure", "number": "pensioners", "new_awards": "new_awards"}
TOTALS = (
    "insurable_earnings",
    "average_contributors",
    "contributions",
    "state_income",
    "other_income",
    "administration",
    "outgo",
)
STATES = ("number", "average_contributors")  # counts of a date or means of a period, not flows


@dataclass(frozen=True)
class AccountLine:
    """One line of the comparison; money in currency/year, counts in persons."""

    line: str
    accounts: float
    carried_forward: float
    model: float
    calibration: float
    ratio: float


@remembered
def compare_accounts(result: xr.Dataset, basis: xr.Dataset) -> tuple[AccountLine, ...]:
    """Put model year 1 beside the accounts of the base year.

    A line is carried forward by its own growth in the base year where `audited_accounts` (of new awards:
    `observed_awards`) have the year before it too: pensioners of a scheme that is not yet mature are more every year.
    Else money is carried forward by the growth of wages in year 1, and counts are left as they are. Of several
    scenarios the first one is compared. Lines of which year 1 is itself audited are left out. Where year 1
    begins on a valuation date inside it, its flows are compared at the pace of a whole year.

    Parameters
    ----------
    result : Dataset
        Variables of the insured, pension and finance stages together.
    basis : Dataset
        `accounts_0` by `line` (NaN where a line is not known), `wage_growth`, and `calibration`, `audited_accounts`
        and `observed_awards` if there are any.

    Returns
    -------
    tuple of AccountLine
        In the order of `accounts_0`; empty where the basis carries no accounts. `ratio` is model over carried forward.

    Raises
    ------
    BadBasis
        A line that the model does not have, or a calibration that cannot be applied.

    Examples
    --------
    >>> first = {"year": [2024]}
    >>> result = xr.Dataset({"contributions": ("year", [105.0])}, first)
    >>> basis = xr.Dataset({"accounts_0": ("line", [100.0]), "wage_growth": ("year", [0.04])},
    ...                    {"line": ["contributions"], **first})
    >>> [round(row.ratio, 4) for row in compare_accounts(result, basis)]
    [1.0096]
    """
    result, basis = quick_set(result), quick_set(basis)
    factors = calibration_factors(basis)
    for line in factors:
        _model_value(result, line)
    if "accounts_0" not in basis:
        return ()
    wages = 1 + float(_first(basis["wage_growth"]))
    given = basis["accounts_0"]
    rows = []
    for line, value in zip(given["line"].values, _one_scenario(given).values, strict=True):
        name = str(line)
        if math.isnan(value) or _is_audited(basis, name):
            continue
        model = _model_value(result, name) / (1.0 if name.split(":")[0] in STATES else first_period(basis))
        expected = float(value) * (own_growth(basis, name) or (1.0 if name.split(":")[0] in COUNTS else wages))
        rows.append(AccountLine(name, float(value), expected, model, factors.get(name, 1.0), _ratio(model, expected)))
    return tuple(rows)


def own_growth(basis: xr.Dataset, line: str) -> float | None:
    """Growth of a line from the year before the base year to the base year; None where these years are not known, or
    one of them has nothing."""
    kind, _, benefit = line.partition(":")
    if kind == "new_awards":
        place, known = {"award_line": "number", "benefit": benefit}, basis.get("observed_awards")
    else:
        place, known = {"account_line": line}, basis.get("audited_accounts")
    if known is None:
        return None
    base = int(basis["year"].values[0]) - 1
    labels = {dim: known[dim].values.tolist() for dim in ("account_year", *place)}
    wanted = [{"account_year": year, **place} for year in (base - 1, base)]
    if any(one[dim] not in labels[dim] for one in wanted for dim in labels):
        return None
    values = _one_scenario(known).transpose(*labels, ...).values
    before, after = (values[tuple(labels[dim].index(one[dim]) for dim in labels)].sum() for one in wanted)
    return float(after / before) if before > 0.0 and after > 0.0 else None


def check_lines(basis: xr.Dataset, benefits: Iterable[str]) -> None:
    """Whether a scheme with these benefits has the lines of the accounts of the base year and of the calibration.

    Raises
    ------
    BadBasis
        Lines that are none, all at once; of `accounts_0` those count that are known.
    """
    lines: dict[str, str] = dict.fromkeys(calibration_factors(basis), "calibration")
    if "accounts_0" in basis:
        given = basis["accounts_0"]
        known = given.notnull().any([dim for dim in given.dims if dim != "line"]).values
        lines |= {str(line): "accounts_0" for line, told in zip(given["line"].values, known, strict=True) if told}
    model = _lines(list(benefits))
    found = [(name, line) for line, name in lines.items() if line not in model]
    if found:
        hints = [ended(suggestion(line, model, N_("the lines are {names}"))) for _, line in found]
        listed = [
            Told("  {line} ({name}): {hint}", line=line, name=name, hint=hint)
            for (name, line), hint in zip(found, hints, strict=True)
        ]
        one = N_(
            "{names}: the scheme has no such line:\n{listed}\n"
            "  Correct the name, add the benefit to the scheme, or leave the line out (a blank cell is not compared)."
        )
        many = N_(
            "{names}: the scheme has no such lines:\n{listed}\n"
            "  Correct the name, add the benefit to the scheme, or leave the line out (a blank cell is not compared)."
        )
        names = " and ".join(dict.fromkeys(name for name, _ in found))
        raise BadBasis(Told(many if len(found) > 1 else one, names=names, listed=listed))


def judge_accounts(rows: Sequence[AccountLine], basis: xr.Dataset) -> list[str]:
    """Warn where the model leaves the accounts by more than 2%, refuse where by more than 20%.

    A line beyond 20% is accepted if the basis carries a calibration of it with a reason (1 accepts the difference).

    Returns
    -------
    list of str
        Warnings, to be shown with the result.

    Raises
    ------
    BadBasis
        Lines beyond 20%, all at once, with the factors that would close the differences.
    """
    explained = calibration_factors(basis)
    refused = [row for row in rows if not abs(row.ratio - 1) <= REFUSE_BEYOND and row.line not in explained]
    if refused:
        listed = [
            Told(
                "  {line}: model {model}, accounts carried forward {accounts}, ratio {ratio:.3f}{remedy}",
                line=row.line,
                model=_number(row.model),
                accounts=_number(row.carried_forward),
                ratio=row.ratio,
                remedy=_remedy(row),
            )
            for row in refused
        ]
        raise BadBasis(
            Told(
                "accounts_0: year 1 of the model differs by more than {band:.0%} from the accounts in {number} of "
                "{count} lines:\n{listed}\n"
                "  Correct the basis; or give a calibration of insurable_earnings or expenditure:NAME; or accept the "
                "difference of a line\n  by a calibration of 1 for it; each with its reason in the attribute "
                "calibration_reason. Where the law changes in year 1,\n"
                "  the accounts of the law before cannot be compared: leave them out{how}.",
                band=REFUSE_BEYOND,
                number=len(refused),
                count=len(rows),
                listed=listed,
                how=InFile(', basis.drop_vars("accounts_0")', Told(": empty their cells")),
            )
        )
    if not rows:
        return [NOTHING]
    away = [row for row in rows if not abs(row.ratio - 1) <= WARN_BEYOND]
    if not away:
        return []
    accepted = {row: Told(" (accepted with a written reason)") if row.line in explained else "" for row in away}
    lines = [
        Told("{line} {away:+.1%}{note}", line=row.line, away=row.ratio - 1, note=note) for row, note in accepted.items()
    ]
    return [
        Warned(
            "accounts: {number} of {count} lines of year 1 are more than {band:.0%} away from the accounts of the base "
            "year carried forward: {lines}.",
            "{number} of {count} lines of the first year are more than {band} away from the accounts of the base year "
            "carried forward: {lines}.",
            number=len(away),
            count=len(rows),
            band=WARN_BEYOND,
            lines=tuple(lines),
        )
    ]


def format_accounts(rows: Sequence[AccountLine]) -> str:
    """The comparison as a table in plain text."""
    return aligned([HEAD, *map(account_cells, rows)])


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """A table as plain text: words to the left, numbers to the right; marks behind them stay."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for cells in rows:
        numbers = "  ".join(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
        lines.append(f"{cells[0].ljust(widths[0])}  {numbers}".rstrip())
    return "\n".join(lines)


def account_cells(row: AccountLine) -> tuple[str, ...]:
    """A line of the comparison as words."""
    money = [_number(value) for value in (row.accounts, row.carried_forward, row.model)]
    return (row.line, *money, f"{row.calibration:.4f}", f"{row.ratio:.4f}")


def _is_audited(basis: xr.Dataset, line: str) -> bool:
    """Whether year 1 shows audited accounts of a line, so that nothing of the model is left to compare."""
    audited = audited_line(basis, line)
    return audited is not None and bool(audited.isel(year=0).notnull().any())


def _model_value(result: xr.Dataset, line: str) -> float:
    """Year 1 of a line of the model, first scenario, summed over everything else."""
    kind, _, benefit = line.partition(":")
    names = [str(name) for name in result["benefit"].values] if "benefit" in result.coords else []
    known = _lines(names)
    if line not in known:
        if kind in SOURCES and benefit:
            known = [one for one in known if one.startswith(f"{kind}:")]
        hint = ended(suggestion(line, known, N_("the lines are {names}")))
        raise BadBasis(Told("accounts_0 and calibration: the model has no line {line!r}; {hint}", line=line, hint=hint))
    values = result[SOURCES[kind]].sel(benefit=benefit) if benefit else result[line]
    return float(_first(values).sum())


def _lines(benefits: Sequence[str]) -> list[str]:
    """All lines of a model with these benefits."""
    return [*TOTALS, *(f"{source}:{name}" for source in SOURCES for name in benefits)]


def _one_scenario(values: xr.DataArray) -> xr.DataArray:
    return values.isel(scenario=0) if "scenario" in values.dims else values


def _first(values: xr.DataArray) -> xr.DataArray:
    values = _one_scenario(values)
    return values.isel(year=0) if "year" in values.dims else values


def _ratio(model: float, expected: float) -> float:
    if expected == 0:
        return 1.0 if model == 0 else float("inf")
    return model / expected


def _remedy(row: AccountLine) -> str:
    if can_be_multiplied(row.line) and 0 < row.ratio < float("inf"):
        return Told(" (a calibration of {factor:.4f} would close it)", factor=row.calibration / row.ratio)
    return ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.2f}"
