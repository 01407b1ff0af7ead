"""Tables of studies: balance sheet, sensitivities, reconciliation, observed over expected numbers, assumptions."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.report.columns import noted, with_units
from actuarial.report.content.assumptions import lines_of
from actuarial.report.content.words import ITEMS
from actuarial.report.reconciliation import METHODS, reconciliation_table
from actuarial.report.tables import CRITICAL, LEVELS, RATES
from actuarial.translation import N_, Language
from actuarial.vocabulary import variable

OF_HEALTH = {
    "level_rate": "level rate",
    "payg_rate_with_reserve": "PAYG cost rate with the reserve of the law",
    "reserve_months": "reserve in months",
}
LABELS = {**LEVELS, **RATES, "reserve_ratio": "reserve ratio", **OF_HEALTH, **CRITICAL}
"""Words of quantities, without their year."""
SIDES = {
    "open_group_balance": "present and future participants",
    "closed_group_balance": "present participants",
}
NUMBERS = {
    "actual": ("persons", "actual_number"),
    "expected": ("persons", "expected_number"),
    "actual over expected": ("ratio", "actual_to_expected"),
    "lower limit": ("ratio", "actual_to_expected_lower"),
    "upper limit": ("ratio", "actual_to_expected_upper"),
}
DIMS = ("decrement", "benefit", "group", "year", "sex", "age_band", "age")
"""Order of the keys of an experience analysis."""
TOTALS = {"total_assets": "assets", "total_obligations": "obligations"}
KINDS = {"percent": "fraction", "percent2": "fraction", "ratio": "ratio", "years": "years", "persons": "persons"}
BALANCE_NOTE = N_("The deficit is obligations less assets; a negative one is a surplus.")
HORIZON_NOTE = N_("Present values on the valuation date of flows until {year}.")
SENSITIVITY_NOTE = N_("A dash: the change does not apply, or the reserve is not used up within the projection.")
RECONCILIATION_NOTE = N_("The lines between the two valuations add up to the whole change.")
EXPERIENCE_NOTE = N_(
    "Limits of the ratio of observed to expected numbers with a probability of {level} per cent; where 1 lies outside "
    "them, the assumption did not hold."
)


def quantity_label(quantity: str) -> str:
    """Words of a quantity such as `payg_cost_rate 2045`; itself where it is none of the library's."""
    name, _, year = quantity.partition(" ")
    return f"{LABELS[name]} {year}".strip() if name in LABELS else quantity


def balance_table(found: xr.Dataset, first_row: int = 4) -> pd.DataFrame:
    """Assets and obligations of all participants, and of present ones.

    Parameters
    ----------
    found : Dataset of `actuarial.studies.balance_sheet`
    first_row : row of a sheet in which the first figure will stand, counted from 1, for its formulas

    Returns
    -------
    DataFrame
        Indexed by (scenario and) item, currency of the valuation date; the attribute `formulas` has those of totals
        and of the deficit, by the place of their rows, which `strong` names too.
    """
    keys = [dim for dim in ("scenario", "item") if dim in found.dims]
    arrays = xr.Dataset({label: found[name].drop_vars("side", errors="ignore") for name, label in SIDES.items()})
    table = arrays.to_dataframe(dim_order=keys)[list(SIDES.values())]
    items, sides = [str(one) for one in found["item"].values], [str(one) for one in found["side"].values]
    formulas = {}
    for start in range(0, len(table), len(items)):
        row = {name: first_row + start + place for place, name in enumerate(items)}
        for total, side in TOTALS.items():
            summed = [row[name] for name, of in zip(items, sides, strict=True) if of == side and name != total]
            formulas[row[total] - first_row] = f"=SUM(COLUMN{min(summed)}:COLUMN{max(summed)})"
        formula = f"=COLUMN{row['total_obligations']}-COLUMN{row['total_assets']}"
        formulas[row["deficit"] - first_row] = formula
    table = table.rename(index=dict(ITEMS), level="item" if len(keys) > 1 else None)
    table.attrs["formulas"], table.attrs["strong"] = formulas, tuple(formulas)
    table = noted(with_units(table, dict.fromkeys(SIDES.values(), "currency")), BALANCE_NOTE)
    return noted(table, HORIZON_NOTE, year=int(found.attrs["last_year"])) if "last_year" in found.attrs else table


def sensitivity_table(found: xr.Dataset) -> pd.DataFrame:
    """Level premiums, cost rates, reserve ratios and the exhaustion of the reserve under single changes.

    Parameters
    ----------
    found : Dataset of `actuarial.sensitivity` or `studies.health_sensitivity`

    Returns
    -------
    DataFrame
        Indexed by `change` in words, the base first: every quantity, and then, as `difference: QUANTITY`, what it is
        more than that of the base; `sign as expected` (yes, no, empty where either may be) of the level premium.
    """
    columns: dict[str, np.ndarray] = {}
    units: dict[str, str] = {}
    differences = []
    for suffix in ("", "_difference"):
        for name, label, place in _quantities(found):
            if f"{name}{suffix}" not in found:
                continue
            array = found[f"{name}{suffix}"].sel(place)
            column = f"difference: {label}" if suffix else label
            columns[column] = array.values.astype(float)
            units[column] = variable(name).units
            differences += [column] if suffix else []
    if "sign_as_expected" in found:
        words = {1.0: "yes", 0.0: "no"}
        columns["sign as expected"] = np.array([words.get(float(one), "") for one in found["sign_as_expected"].values])
        units["sign as expected"] = ""
    names = [str(one) for one in found["change"].values]
    told = [str(one) for one in found["words"].values] if "words" in found.coords else names
    labels = [name if name == "base" else text or name for name, text in zip(names, told, strict=True)]
    table = with_units(pd.DataFrame(columns, index=pd.Index(labels, name="change")), units)
    table.attrs["differences"] = tuple(differences)
    return noted(table, SENSITIVITY_NOTE)


def _quantities(found: xr.Dataset) -> Iterator[tuple[str, str, dict[str, int]]]:
    """Name, words and place of every quantity; those by year for each of their years."""
    for name in LABELS:
        if name not in found:
            continue
        years = found["year"].values.tolist() if "year" in found[name].dims else [None]
        if "horizon" in found[name].dims:
            for years_over in found["horizon"].values.tolist():
                yield name, f"level rate over {years_over} years", {"horizon": int(years_over)}
            continue
        for year in years:
            place = {} if year is None else {"year": int(year)}
            yield name, quantity_label(f"{name} {year}" if year else name), place


def steps_table(found: xr.Dataset, method: str = "sequential") -> pd.DataFrame:
    """From the previous valuation to the current one, cause by cause, see `reconciliation_table`.

    Returns
    -------
    DataFrame
        Indexed by `cause`; the attribute `difference_rows` says which rows are changes. Years are calendar years in
        the rows of the valuations.
    """
    table = reconciliation_table(found, method)
    quantities, units = ([str(one) for one in table.columns.get_level_values(level)] for level in (0, 1))
    kinds = ["year" if kind == "years" else kind for kind in units]
    plain = table.copy()
    plain.columns = pd.Index([quantity_label(name) for name in quantities])
    plain = with_units(plain, dict(zip(plain.columns, kinds, strict=True)))
    plain.attrs["named"] = {name: name for name in quantities if name in plain.columns}
    plain.attrs["difference_rows"] = tuple(range(1, len(plain) - 1))
    return noted(plain, RECONCILIATION_NOTE)


def methods_of(found: xr.Dataset) -> list[str]:
    """Methods whose contributions a reconciliation has."""
    return [method for method, name in METHODS.items() if name in found]


def experience_table(found: xr.Dataset) -> pd.DataFrame:
    """Observed beside expected numbers, their ratio and its limits.

    Parameters
    ----------
    found : Dataset of `actuarial.valuation.experience`

    Returns
    -------
    DataFrame
        Indexed by the dims of the analysis (decrement, year, group, sex, age or age band, benefit); `assumption held`
        is yes where 1 lies within the limits, no where it does not, empty where nothing was expected.
    """
    order = [dim for dim in DIMS if dim in found.dims] + [str(dim) for dim in found.dims if dim not in DIMS]
    arrays = {label: found[name] for label, (_, name) in NUMBERS.items()}
    if not order:
        arrays = {label: array.expand_dims(entry=["total"]) for label, array in arrays.items()}
        order = ["entry"]
    table = xr.Dataset(arrays).to_dataframe(dim_order=order)[list(NUMBERS)]
    within = (table["lower limit"] <= 1.0) & (table["upper limit"] >= 1.0)
    known = table["actual over expected"].notna()
    table["assumption held"] = np.where(known, np.where(within, "yes", "no"), "")
    units = {label: unit for label, (unit, _) in NUMBERS.items()} | {"assumption held": ""}
    return noted(with_units(table, units), EXPERIENCE_NOTE, level=f"{100 * float(found.attrs['level']):g}")


def compared_assumptions(
    say: Language, bases: Sequence[tuple[str, xr.Dataset]], years: Sequence[int]
) -> pd.DataFrame:
    """Assumptions of several bases in some years.

    Parameters
    ----------
    say : the language of the words of the assumptions
    bases : what each basis is called, and the basis, without scenarios
    years : years that are shown

    Returns
    -------
    DataFrame
        Indexed by `assumption`, in words of the language, and `units`; a column `NAME YEAR` for each basis and year,
        NaN where a basis lacks the assumption or the year.
    """
    found = [dict(lines_of(say, basis, tuple(years))) for _, basis in bases]
    labels = list(dict.fromkeys(label for lines in found for label in lines))
    kinds = [next(lines[label][0] for lines in found if label in lines) for label in labels]
    nothing = ("", *[float("nan")] * len(years))
    columns = {
        f"{name} {year}": [lines.get(label, nothing)[1 + place] for label in labels]
        for (name, _), lines in zip(bases, found, strict=True)
        for place, year in enumerate(years)
    }
    rows = list(zip(labels, [KINDS[kind] for kind in kinds], strict=True))
    table = pd.DataFrame(columns, index=pd.MultiIndex.from_tuples(rows, names=["assumption", "units"]))
    table.attrs["heads"] = {name: name for name in columns}
    return with_units(table, dict.fromkeys(columns, ""))
