"""Text files of the Human Mortality Database: deaths, exposures, death rates, populations, births, life tables."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from actuarial.errors import BadBasis, BadInput
from actuarial.readers.basis_faults import path_of, refuse
from actuarial.readers.hmd_rows import KINDS, Cells, Title, holes, read_row, start, title_of
from actuarial.translation import N_, Told, few
from actuarial.vocabulary import SEXES

if TYPE_CHECKING:
    import xarray as xr

COLUMNS = ("mx", "qx", "ax", "lx", "dx", "Lx", "Tx", "ex")
BY_SEX = ("Female", "Male", "Total")
UNITS = {"mx": "1/year", "qx": "1", "ax": "years", "lx": "persons", "dx": "persons"}
SOURCE = "Human Mortality Database, Max Planck Institute for Demographic Research, University of California, INED"


def read_hmd(
    path: str | Path,
    *,
    read: Sequence[str] = ("deaths", "exposure"),
    steps: str = "1x1",
    missing: str = "refuse",
    territory: str | None = None,
) -> Any:
    """Numbers of a file of the Human Mortality Database, or of several files of one country in a folder.

    Parameters
    ----------
    path : file, such as Deaths_1x1.txt, Exposures_1x1.txt, Mx_1x1.txt, Population.txt, Births.txt, mltper_1x1.txt; or
        folder
    read : names, for a folder
        Which to read of "deaths", "exposure", "mx", "population", "births".
    steps : str, for a folder
        Width of the ages and of the years, such as "1x1", "5x1" or "5x5", of deaths, exposures and death rates.
    missing : "refuse" (default) or "nan"
        What to do where a file has a point in place of a number: BadBasis, or NaN.
    territory : "before" or "after", optional
        Which of two populations to take where the territory changed: that of 31 December of the year before
        (in the file "1990-") or that of 1 January ("1990+"). Needed where a file has such years.

    Returns
    -------
    DataArray, or Dataset
        A file by sex gives `deaths`, `exposure`, `mx` or `population` by year, sex, age, `births` or `e0` by year, sex;
        persons, person-years and rates as in the file, which splits deaths into fractions. A life table gives a Dataset
        of `mx`, `qx`, `ax`, `lx`, `dx`, `Lx`, `Tx`, `ex` by year, age, whose radix is 100 000; a folder a Dataset of
        what was asked for, over the years that all its files have. Labels of ages and years are the first of each
        group; the last age is open. Attributes: `country`, `title`, `source`, `steps`.

    Raises
    ------
    BadBasis
        Another file or a web page, wrong or missing cells, all with their lines at once; years of a changed territory
        where `territory` does not say which; none or several files for what is asked of a folder.
    BadInput
        Other words.

    Notes
    -----
    A file has a title, an empty line, names of columns, and rows of columns with blanks between them. Totals of both
    sexes are not read.

    References
    ----------
    .. [1] Wilmoth, J. R. et al. (2021), Methods Protocol for the Human Mortality Database, version 6.

    Examples
    --------
    data = read_hmd("SWE", read=("deaths", "exposure"))
    women = read_hmd("SWE/fltper_1x1.txt").qx
    """
    _require_words(read, missing, territory)
    place = path_of(path)
    if place.is_dir():
        return _folder(place, read, steps, missing, territory)
    return _file(place, missing, territory)


def _require_words(read: Sequence[str], missing: str, territory: str | None) -> None:
    names = [name for name, _, _ in KINDS.values() if name != "life_table"]
    wrong = [name for name in read if name not in names]
    if isinstance(read, str) or wrong:
        raise BadInput(Told("read: write names out of {names} (got {read!r}).", names=tuple(names), read=read))
    if missing not in ("refuse", "nan"):
        raise BadInput(Told('missing: write "refuse" or "nan" (got {missing!r}).', missing=missing))
    if territory not in (None, "before", "after"):
        raise BadInput(Told('territory: write "before" or "after" (got {territory!r}).', territory=territory))


def _folder(place: Path, read: Sequence[str], steps: str, missing: str, territory: str | None) -> "xr.Dataset":
    """The variables asked for, over the years that all of them have."""
    import xarray as xr

    files = [(path, title_of(path, start(path, 1))) for path in sorted(place.glob("*.txt"))]
    names = {name: kind for kind, (name, _, _) in KINDS.items()}
    chosen = {}
    for name in read:
        fits = [path for path, title in files if title and title.kind == names[name] and title.steps in ("", steps)]
        if len(fits) != 1:
            text = N_(
                "{place}: {count} files have {name} ({steps}): {there}. One is needed; read one file at a time, or "
                "keep one country in a folder. Files of the database there: {have}."
            )
            there, have = _listed(fits), _listed([path for path, title in files if title])
            raise BadBasis(Told(text, place=place, count=len(fits), name=name, steps=steps, there=there, have=have))
        chosen[name] = _file(fits[0], missing, territory)
    countries = {array.attrs["country"] for array in chosen.values()}
    if len(countries) > 1:
        text = N_("{place}: the files are of {count} countries: {countries}; keep one country in a folder.")
        raise BadBasis(Told(text, place=place, count=len(countries), countries=tuple(sorted(countries))))
    common = set.intersection(*(set(array["year"].values.tolist()) for array in chosen.values()))
    if not common:
        spans = [Told("  {name}: {years}", name=name, years=few(one["year"].values)) for name, one in chosen.items()]
        raise BadBasis(Told("{place}: no year is in all files. The years of each:\n{spans}", place=place, spans=spans))
    years = sorted(common)
    result = xr.Dataset({name: array.sel(year=years) for name, array in chosen.items()})
    return result.assign_attrs(country=countries.pop(), source=SOURCE, steps=steps)


def _listed(paths: Sequence[Path]) -> str:
    return few(path.name for path in paths) if paths else Told("none")


def _file(path: Path, missing: str, territory: str | None) -> Any:
    lines = start(path, 0)
    title = title_of(path, lines)
    where = next((i for i, line in enumerate(lines[:6]) if line.split()[:1] == ["Year"]), None)
    if title is None or where is None:
        text = N_("{file} is no file of the Human Mortality Database: {looks}.")
        raise BadBasis(Told(text, file=path, looks=_looks(lines)))
    header = lines[where].split()
    labels = header[:2] if header[1:2] == ["Age"] else header[:1]
    columns = header[len(labels) :]
    expected = list(COLUMNS) if title.kind == "life tables" else list(BY_SEX)
    if "Cohort" in header or "cohort" in title.text.lower():
        text = N_("{file} has cohorts ({title}); give the file by year of the event (period).")
        raise BadBasis(Told(text, file=path, title=title.text))
    if columns != expected:
        text = N_("{file}: the columns must be {columns} (line {line} has {header}). Download the file again.")
        needed = " ".join([*labels, *expected])
        raise BadBasis(Told(text, file=path, columns=needed, line=where + 1, header=" ".join(header)))
    cells = Cells(path, missing, territory)
    for number, line in enumerate(lines[where + 1 :], where + 2):
        if line.strip():
            read_row(cells, line.split(), number, len(labels), len(expected))
    return _labelled(cells, title, len(labels), expected)


def _looks(lines: Sequence[str]) -> Told:
    text = " ".join(lines[:5]).lower()
    if "<html" in text or "<!doctype" in text:
        return Told("it is a web page; log in to the database and download the file again")
    if "popname" in text:
        return Told("it has many countries (PopName); give the files of one")
    if lines and ("," in lines[0] and lines[0].lower().startswith(("year", '"year'))):
        return Told("it looks like CSV; read_tidy reads that")
    return Told("it has no title and no line of columns that begins with Year")


def _labelled(cells: Cells, title: Title, heads: int, columns: list[str]) -> Any:
    """The labelled numbers, after the mistakes are told."""
    import xarray as xr

    if cells.changed and cells.territory is None:
        text = N_(
            "{file}: the territory changed in {years}: two populations stand there.\n"
            '  Write territory="before" (31 December of the year before) or "after" (1 January).'
        )
        raise BadBasis(Told(text, file=cells.path, years=tuple(sorted(cells.changed))))
    years, ages = (sorted({key[place] for key in cells.values}) for place in (0, 1))
    refuse(cells.path, cells.found + holes(cells, years, ages, heads))
    numbers = np.array([[cells.values[year, age] for age in ages] for year in years])
    attrs = {"country": title.country, "title": title.text, "source": SOURCE, "steps": title.steps}
    coords = {"year": years, "age": ages}
    if title.kind == "life tables":
        table = xr.Dataset({name: (("year", "age"), numbers[:, :, i]) for i, name in enumerate(columns)}, coords)
        for name in table:
            table[name].attrs["units"] = UNITS.get(str(name), "years" if name == "ex" else "person-years")
        return (table.assign_coords(sex=title.sex) if title.sex else table).assign_attrs(attrs)
    name, units, meaning = KINDS[title.kind]
    by_sex = numbers[:, :, [columns.index(sex.capitalize()) for sex in SEXES]]
    array = xr.DataArray(by_sex, coords | {"sex": list(SEXES)}, ("year", "age", "sex"), name)
    array = array.transpose("year", "sex", "age") if heads == 2 else array.isel(age=0, drop=True)
    return array.assign_attrs(attrs | {"units": units, "long_name": meaning})
