"""From labelled arrays by year to columns of a table."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.audited import span_audited
from actuarial.check.period import YEAR_END, day_of, last_day
from actuarial.errors import BadDimensions, MissingVariable
from actuarial.quick import broadcast, labelled
from actuarial.translation import N_
from actuarial.vocabulary import variables

KEYS = ("scenario", "sex", "year")
KINDS = {"health_group": "group", "service_type": "service"}
"""What parts of a scheme are called in the columns of tables, where it is not the name of their dim."""


def by_year(columns: Mapping[str, tuple[str, xr.DataArray]]) -> pd.DataFrame:
    """A table with one row per year, or per scenario, sex and year; what is the same in all scenarios is repeated.

    Columns are given with their units, which the table carries in its attribute `units`.

    Raises
    ------
    BadDimensions
        A column with another dimension than scenario, sex and year.
    """
    for name, (_, value) in columns.items():
        extra = [str(dim) for dim in value.dims if dim not in KEYS]
        if extra:
            raise BadDimensions(f"the column {name} has the dimension {', '.join(extra)}; select or sum it.")
    plain = [value.drop_vars([key for key in value.coords if key not in value.dims]) for _, value in columns.values()]
    aligned = broadcast(plain)
    dims = [key for key in KEYS if key in aligned[0].dims]
    labels = [aligned[0][dim].values.tolist() for dim in dims]
    index = pd.MultiIndex.from_product(labels, names=dims) if len(dims) > 1 else pd.Index(labels[0], name="year")
    values = {name: array.transpose(*dims).values.ravel() for name, array in zip(columns, aligned, strict=True)}
    return with_units(pd.DataFrame(values, index=index), {name: units for name, (units, _) in columns.items()})


def with_units(table: pd.DataFrame, units: Mapping[str, str]) -> pd.DataFrame:
    """The table with the units of its columns in its attribute `units`."""
    table.attrs["units"] = dict(units)
    return table


def with_period(table: pd.DataFrame, result: xr.Dataset) -> pd.DataFrame:
    """The table with the attribute `note` where the first year is the rest of one after a valuation date."""
    if "year_fraction" not in result or float(result["year_fraction"].values[0]) == 1.0:
        return table
    year, date = int(result["year"].values[0]), day_of(result.attrs.get("valuation_date"))
    if date is None:
        return noted(table, N_("{year}: the part of the year after the valuation date."), year=year)
    begins, ends = date + timedelta(days=1), last_day(year, result.attrs.get("year_end", YEAR_END))
    text = N_("{year}: the part of the year after the valuation date, {begins} to {ends}.")
    return noted(table, text, year=year, begins=begins, ends=ends)


def with_audited(table: pd.DataFrame, result: xr.Dataset) -> pd.DataFrame:
    """The table whose attribute `note` names the years in which income, outgo and reserve are audited ones."""
    span = span_audited(result)
    if span:
        first, _, last = span.partition(" to ")
        if last:
            text = N_("Income, outgo and reserve of {first} to {last} are those of audited accounts.")
            return noted(table, text, first=first, last=last)
        return noted(table, N_("Income, outgo and reserve of {year} are those of audited accounts."), year=first)
    return table


def noted(table: pd.DataFrame, text: str, *, before: bool = False, **values: object) -> pd.DataFrame:
    """The table with one more sentence in its attribute `note`, and its message and values in `notes`."""
    notes, one = tuple(table.attrs.get("notes", ())), ((text, values),)
    table.attrs["notes"] = (*one, *notes) if before else (*notes, *one)
    table.attrs["note"] = " ".join(message.format(**given) for message, given in table.attrs["notes"])
    return table


def split(
    value: xr.DataArray, dim: str, units: str, taken: Iterable[str] = ()
) -> dict[str, tuple[str, xr.DataArray]]:
    """A column for each label of a dim, with its units; labels that are `taken` are told apart by the dim."""
    labels = labels_of([str(label) for label in value[dim].values], taken, KINDS.get(dim, dim))
    parts = zip(labels.values(), value[dim].values, strict=True)
    return {label: (units, value.sel({dim: name}, drop=True)) for label, name in parts}


def labels_of(names: Iterable[str], taken: Iterable[str], kind: str) -> dict[str, str]:
    """Columns of the parts of a scheme by their names; one that the table itself has is told apart by its kind."""
    others = {*taken, *KEYS, "figures"}
    return {name: f"{kind}: {name}" if name in others else name for name in names}


def with_total(value: xr.DataArray) -> xr.DataArray:
    """Both sexes and their sum, labelled `total`."""
    return with_label(value, "sex", "total", value.sum("sex"))


def with_label(value: xr.DataArray, dim: str, label: str, one: xr.DataArray, *, first: bool = False) -> xr.DataArray:
    """An array with one more label of a dim, behind its own or before them: the numbers of another array."""
    rest, axis = [kept for kept in value.dims if kept != dim], value.get_axis_num(dim)
    parts, words = [value.values, np.expand_dims(one.transpose(*rest).values, axis)], [*value[dim].values, label]
    if first:
        parts, words = parts[::-1], [label, *value[dim].values]
    labels = {kept: value[kept] for kept in rest} | {dim: np.array(words, dtype=str)}
    return labelled(np.concatenate(parts, axis=axis), value.dims, labels)


def needed(result: xr.Dataset, *names: str, of: str = "actuarial.project") -> None:
    """Raise MissingVariable, naming what a table needs and a result `of` a function lacks."""
    absent = [name for name in names if name not in result]
    if absent:
        known = variables()
        listed = "\n".join(f"  {name}: {known[name].meaning}" if name in known else f"  {name}" for name in absent)
        raise MissingVariable(
            f"the result lacks {len(absent)} of the variables of this table:\n{listed}\n"
            f"  Give the Dataset of {of}, which has those of all stages."
        )
