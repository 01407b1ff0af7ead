"""What the sheets of a basis hold: the numbers of a basis, or room for those that a valuation needs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from actuarial.basis.saving import tidy, without_idle_labels
from actuarial.check.attributes import MEANINGS
from actuarial.errors import BadInput
from actuarial.pension.families import OF_SPOUSES
from actuarial.readers.basis_faults import inputs, unknown_variable
from actuarial.readers.workbook_tables import Content
from actuarial.translation import N_, Told
from actuarial.vocabulary import SEXES, ordered, variable

if TYPE_CHECKING:
    import xarray as xr

EMPTY_ATTRIBUTES = ("name", "country", "source", *MEANINGS, "a0_rule")
BENEFITS = ("old_age", "invalidity", "widows", "orphans")
CAREER = 45
"""Years of service that a new table by service has columns for."""
STEPS = {"months": 1, "years": 12}
MANY = 4
"""Dims from which on a new table leaves the year out: the numbers hold for all years."""


def content_of(basis: "xr.Dataset") -> Content:
    """The content of a basis; errors as `save_basis`."""
    clean = tidy(without_idle_labels(basis))
    tables: dict[tuple[str, ...], dict[str, Any]] = {}
    own: dict[str, dict[str, Any]] = {}
    for name, array in clean.data_vars.items():
        word = str(name)
        attributes = variable(word).attributes()
        extra = {key: value for key, value in array.attrs.items() if key not in attributes}
        if extra:
            own[word] = {str(key): value.item() if hasattr(value, "item") else value for key, value in extra.items()}
        if array.dims:
            dims = ordered(array.dims)
            tables.setdefault(dims, {})[word] = array.transpose(*dims).values
    scalars = {str(name): float(array) for name, array in clean.data_vars.items() if not array.dims}
    labels = {str(dim): clean[dim].values.tolist() for dim in clean.dims}
    attributes = {str(k): v.item() if hasattr(v, "item") else v for k, v in clean.attrs.items()}
    return Content(attributes, scalars, labels, tables, own, [str(name) for name in clean.data_vars])


def blank_content(
    kind: str, years: tuple[int, int], groups: Sequence[str], oldest: int, service: str, further: Sequence[str]
) -> Content | None:
    """Room for the variables that a basis of pension schemes needs, for those of families, and for further ones.

    Raises
    ------
    BadInput
        Years or ages that do not follow each other, no group, a variable that no basis has.
    """
    first, last = years
    if not 1900 <= first <= last <= 2300:
        text = N_("write_template: {first} to {last} are no years of a projection. Give the first and the last.")
        raise BadInput(Told(text, first=first, last=last))
    if not groups or len(set(groups)) != len(groups):
        raise BadInput(Told("write_template: give the groups of insured, each once."))
    if not 60 <= oldest <= 130:
        raise BadInput(f"write_template: the open age must be between 60 and 130 (got {oldest}).")
    if service not in STEPS:
        raise BadInput(f"write_template: service: {service!r} is neither months nor years.")
    for name in further:
        if name not in inputs():
            raise BadInput(Told("write_template: {name!r}: {wrong}", name=name, wrong=unknown_variable(name)))
    needed: list[str] = []
    if kind == "pension":
        needed = [name for name, row in inputs().items() if not row.may_be_missing or name in OF_SPOUSES]
    names = list(dict.fromkeys([*needed, *further]))
    if not names:
        return None
    labels: dict[str, list[Any]] = {
        "year": list(range(first, last + 1)),
        "group": list(groups),
        "sex": list(SEXES),
        "age": list(range(oldest + 1)),
        "benefit": list(BENEFITS),
        "service": list(range(0, 12 * CAREER + 1, STEPS[service])),
        "past_year": list(range(first - 30, first)),
    }
    strange = [(name, dim) for name in names for dim in variable(name).dims if dim not in labels]
    if strange:
        name, dim = strange[0]
        text = N_(
            "write_template: {name} is by {dim}, whose labels an empty workbook does not know.\n"
            "  Make the workbook from a basis that has it: actuarial template FILE.xlsx --basis BASIS."
        )
        raise BadInput(Told(text, name=name, dim=dim))
    tables: dict[tuple[str, ...], dict[str, Any]] = {}
    for name in names:
        dims = variable(name).dims
        if dims:
            few = tuple(dim for dim in dims if dim != "year") if len(dims) >= MANY else dims
            tables.setdefault(few, {})[name] = None
    used = {dim for dims in tables for dim in dims}
    scalars = {name: None for name in names if not variable(name).dims}
    attributes = dict.fromkeys(EMPTY_ATTRIBUTES, "")
    return Content(attributes, scalars, {d: v for d, v in labels.items() if d in used}, tables, {}, names)
