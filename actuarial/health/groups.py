"""Forms of groups of members: from the insured, the employed, pensioners, families, the population, refugees."""

from typing import ClassVar

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.dated import evaluate
from actuarial.demography.families import children, spouses
from actuarial.demography.mortality import basis_life_table, member_survival
from actuarial.errors import BadInput, BadScheme
from actuarial.fields import Age, Count, Fraction, Ratio, Word, rule
from actuarial.health.contract import Sources
from actuarial.person import Person, make_grid

PERSONS = ("year", "sex", "age")
OWN, FAMILY, OTHERS, REST = 1, 2, 3, 9
CATCHING_UP = "Force at which new members catch up with the use of others (per year)"
SELECTION = "More use by those who enrol freely: 1 + selection (1 - enrolment) (ratio)"
FIRST_USE = "Use of new members over that of others in their first moment (fraction)"


@rule
class _Group:
    """What groups have in common: a window of ages, enrolment, use that differs."""

    name: Word = Field(description="Name of the group, unique in the scheme")
    from_age: Age = Field(default=0.0, description="Least age (years)")
    to_age: Age = Field(default=120.0, description="Greatest age (years)")
    enrolment: Fraction = Field(default=1.0, description="Share of the eligible who are enrolled (fraction)")
    effective: Fraction = Field(default=1.0, description="Share of members who can use services (fraction)")
    selection: Ratio = Field(default=0.0, description=SELECTION)
    first_use: Fraction = Field(default=1.0, description=FIRST_USE)
    catching_up: Ratio = Field(default=0.5, description=CATCHING_UP)
    law: str = Field(default="", description="Article of the law")

    order: ClassVar[int] = OWN

    def within(self, sources: Sources) -> xr.DataArray:
        """1 for persons whose age lies in the window of the group, else 0, by sex and age."""
        grid = grid_of(sources)
        age = grid.age
        chosen = (age >= evaluate(self.from_age, grid)) & (age <= evaluate(self.to_age, grid))
        return xr.DataArray(chosen).astype("float64")

    def shaped(self, persons: xr.DataArray, sources: Sources) -> xr.DataArray:
        """Persons of the window, by year, sex and age."""
        return (persons * self.within(sources)).transpose(*PERSONS)


def grid_of(sources: Sources) -> Person:
    """The years (from the base year on), sexes and ages that dated numbers of a group are asked for."""
    return make_grid(sources.basis, None, years=sources.population["year"].values)


@rule
class Insured(_Group):
    """Active members of the pension scheme, by the groups of its basis."""

    name: Word = Field(default="insured", description="Name of the group, unique in the scheme")
    of: tuple[Word, ...] = Field(default=(), description="Groups of the insured; all if empty")
    share: Fraction = Field(default=1.0, description="Share of them who belong to the group (fraction)")

    def eligible(self, sources: Sources) -> xr.DataArray:
        if sources.insured is None:
            raise BadInput(
                f"{self.name}: the group is made of insured persons, but none were projected.\n"
                "  Give insured= (or the pension scheme), or use the form employed."
            )
        opening, later = sources.basis["active_0"].sum("service"), sources.insured["active"]
        chosen = _chosen(self.name, self.of, later["group"].values, "group")
        stock = _joined(opening.sel(group=chosen).sum("group"), later.sel(group=chosen).sum("group"))
        return self.shaped(stock * evaluate(self.share, grid_of(sources)), sources)


@rule
class Employed(_Group):
    """A share of the employed."""

    name: Word = Field(default="employed", description="Name of the group, unique in the scheme")
    share: Fraction = Field(description="Share of the employed who belong to the group (fraction)")

    def eligible(self, sources: Sources) -> xr.DataArray:
        if sources.employed is None:
            raise BadInput(
                f"{self.name}: the group is a share of the employed, but the basis has no labour market.\n"
                "  Give participation_rate and unemployment_rate, or use the form population."
            )
        return self.shaped(sources.employed * evaluate(self.share, grid_of(sources)), sources)


@rule
class Pensioners(_Group):
    """Beneficiaries of pensions; who has two of them is counted once."""

    name: Word = Field(default="pensioners", description="Name of the group, unique in the scheme")
    of: tuple[Word, ...] = Field(default=(), description="Pensions whose beneficiaries are members; all if empty")
    overlap: Fraction = Field(default=0.0, description="Share of pensions paid to persons counted already (fraction)")

    def eligible(self, sources: Sources) -> xr.DataArray:
        if sources.pensions is None:
            raise BadInput(
                f"{self.name}: the group is made of pensioners, but none were projected.\n"
                "  Give pensions= (or the pension scheme), or use the form population with a least age."
            )
        later = sources.pensions["pensioners"]
        chosen = _chosen(self.name, self.of, later["benefit"].values, "benefit")
        opening = sources.basis["pensioners_0"].reindex(benefit=chosen, fill_value=0.0)
        stock = _joined(opening.sum("benefit"), later.sel(benefit=chosen).sum("benefit"))
        return self.shaped(stock * (1.0 - evaluate(self.overlap, grid_of(sources))), sources)


@rule
class Dependants(_Group):
    """Spouses and children of members of other groups who are not members in their own right.

    Notes
    -----
    Seen from the dependant, so that nobody is counted twice and no age has more dependants than people. With own[s, x]
    the share of the population that is enrolled in the groups `of`, phi the distribution of the age of the spouse:

    spouses[s, y] = (N - enrolled)[s, y] married[s, y] sum_x phi(x | s, y) own[s', x]

    children[s, z] = (N - enrolled)[s, z] sum_x w(x | z) (own[f, x] + (1 - own[f, x]) married[f, x] own husband)

    w the ages of the mothers of children aged z. With `ratio` instead: a number of dependants for each member, spread
    over the ages as the population that is not enrolled.
    """

    name: Word = Field(default="dependants", description="Name of the group, unique in the scheme")
    of: tuple[Word, ...] = Field(min_length=1, description="Groups whose families are members")
    spouses: bool = Field(default=True, description="Whether spouses are members")
    children_below: int = Field(default=18, ge=0, le=30, description="Age below which children are members")
    ratio: Count | None = Field(default=None, description="Dependants for each member, instead of families (persons)")
    order: ClassVar[int] = FAMILY
    refers_to_groups: ClassVar[bool] = True

    def eligible(self, sources: Sources) -> xr.DataArray:
        members = sum(sources.enrolled[name] for name in self.of)
        assert isinstance(members, xr.DataArray)
        outside = sources.population - sum(sources.enrolled.values())
        if self.ratio is not None:
            outside = outside * self.within(sources)
            number = members.sum(["sex", "age"]) * evaluate(self.ratio, grid_of(sources))
            total = outside.sum(["sex", "age"])
            return (outside * (number / total.where(total > 0, np.inf))).transpose(*PERSONS)
        own = (members / sources.population.where(sources.population > 0, np.inf)).clip(max=1.0)
        partner = spouse_enrolled(own, sources.basis)
        share = xr.zeros_like(members)
        if self.spouses:
            share = share + sources.basis["married_share"] * partner
        if self.children_below:
            below = share["age"] < self.children_below
            share = xr.where(below, _parent_enrolled(own, partner, sources, self.children_below), share)
        return self.shaped(outside * share, sources)


def spouse_enrolled(own: xr.DataArray, basis: xr.Dataset) -> xr.DataArray:
    """Probability that the spouse of a married person is enrolled (year, sex, age), `own` the enrolled share."""
    ages = spouses(basis)
    other = own.rename(sex="sex_of_survivor", age="age_of_survivor")
    return xr.dot(ages, other, dim=["sex_of_survivor", "age_of_survivor"]).transpose(*PERSONS)


def _parent_enrolled(own: xr.DataArray, partner: xr.DataArray, sources: Sources, below: int) -> xr.DataArray:
    """Probability that a child has an enrolled parent (year, sex, age), children of the ages below the limit."""
    basis, base = sources.basis, int(sources.population["year"][0])
    born = children(basis, below).sel(sex="female", drop=True)
    born = xr.concat([born.isel(year=[0]).assign_coords(year=[base]), born], dim="year")
    weight = sources.population.sel(sex="female", drop=True) * born
    mother, father = own.sel(sex="female", drop=True), partner.sel(sex="female", drop=True)
    either = mother + (1.0 - mother) * basis["married_share"].sel(sex="female", drop=True) * father
    total = weight.sum("age")
    found = xr.dot(weight, either, dim="age") / total.where(total > 0, np.inf)
    found = found.rename(sex_of_survivor="sex", age_of_survivor="age")
    return found.reindex(age=own["age"].values, fill_value=0.0).transpose(*PERSONS)


@rule
class Population(_Group):
    """A share of the population, or of those whom no group in their own right and no family holds."""

    name: Word = Field(default="population", description="Name of the group, unique in the scheme")
    share: Fraction = Field(default=1.0, description="Share of the persons who belong to the group (fraction)")
    of_remaining: bool = Field(default=True, description="Whether it is a share of those who are no members otherwise")
    order: ClassVar[int] = OTHERS

    def eligible(self, sources: Sources) -> xr.DataArray:
        people = sources.population
        if self.of_remaining:
            people = people - sum(sources.enrolled.values())
        return self.shaped(people * evaluate(self.share, grid_of(sources)), sources)


@rule
class Refugees(_Group):
    """Refugees and asylum-seekers: those of the valuation date, who age and die as the population does, and arrivals.

    Notes
    -----
    R_t[x+1] = p_x R_{t-1}[x] + arrivals_t[x+1]; newborn children, where they are counted, are those of refugee women at
    the fertility of the population. They are part of the population of the basis.
    """

    name: Word = Field(default="refugees", description="Name of the group, unique in the scheme and in the basis")
    births: bool = Field(default=True, description="Whether children born to refugees are refugees")

    def eligible(self, sources: Sources) -> xr.DataArray:
        return self.shaped(refugee_path(sources, self.name, self.births), sources)


@rule
class Remainder(_Group):
    """Everybody who is a member of no other group: the uninsured, as reference or as members."""

    name: Word = Field(default="uninsured", description="Name of the group, unique in the scheme")
    enrolment: Fraction = Field(default=0.0, description="Share of the eligible who are enrolled (fraction)")
    order: ClassVar[int] = REST

    def eligible(self, sources: Sources) -> xr.DataArray:
        return self.shaped(sources.population - sum(sources.enrolled.values()), sources)


def refugee_path(sources: Sources, name: str, births: bool) -> xr.DataArray:
    """Refugees of a group on 31 December (year from the base year on, sex, age)."""
    basis, years = sources.basis, sources.population["year"].values
    for variable in ("refugees_0", "refugee_arrivals"):
        if variable not in basis or name not in basis[variable]["health_group"].values:
            raise BadInput(
                f"{name}: the basis has no {variable} of the group {name!r} (by health_group, sex, age).\n"
                "  Give it, or use the form population."
            )
    opening = basis["refugees_0"].sel(health_group=name, drop=True).transpose("sex", "age")
    arrivals = basis["refugee_arrivals"].sel(health_group=name, drop=True)
    stays = member_survival(basis)
    shape = xr.zeros_like(sources.population.isel(year=slice(1, None)))
    coming, alive, fertile = (
        (shape + part).transpose(*PERSONS).values for part in (arrivals, stays, basis["asfr"] if births else 0.0)
    )
    newborn = _newborn_survival(basis, len(years) - 1)
    boys = np.broadcast_to((xr.zeros_like(shape.isel(sex=0, age=0)) + basis["srb"]).values, len(years) - 1)
    stock = np.zeros((len(years), *opening.shape))
    stock[0] = opening.values
    for t in range(len(years) - 1):
        left = stock[t] * alive[t]
        stock[t + 1, :, 1:] = left[:, :-1]
        stock[t + 1, :, -1] += left[:, -1]
        stock[t + 1] += coming[t]
        mothers = 0.5 * (stock[t, 1] + stock[t + 1, 1])
        born = float((mothers * fertile[t, 1]).sum())
        infant = np.array([boys[t], 1.0]) / (1.0 + boys[t]) * born
        stock[t + 1, :, 0] += infant * newborn[t]
    if stock.min() < 0:
        place = np.unravel_index(int(stock.argmin()), stock.shape)
        raise BadScheme(
            f"{name}: more refugees leave than there are: {stock.min():,.0f} persons in {years[place[0]]}, "
            f"{sources.population['sex'].values[place[1]]}, age {place[2]}.\n  Correct refugee_arrivals."
        )
    return sources.population.copy(data=stock)


def _newborn_survival(basis: xr.Dataset, years: int) -> np.ndarray:
    """Share of those born in a year who are alive on its 31 December, (year, sex): L_0/l_0."""
    table = basis_life_table(basis)
    share = (table["Lx"] / table["lx"]).sel(age=0, drop=True)
    return np.broadcast_to(share.transpose(..., "sex").values, (years, 2))


def _joined(opening: xr.DataArray, later: xr.DataArray) -> xr.DataArray:
    """Stock of the valuation date before those of the projected years."""
    base = int(later["year"][0]) - 1
    first = opening.drop_attrs().expand_dims(year=[base])
    return xr.concat([first, later.drop_attrs()], dim="year").transpose(*PERSONS)


def _chosen(name: str, wanted: tuple[str, ...], known: np.ndarray, what: str) -> list[str]:
    names = [str(label) for label in known]
    wrong = [label for label in wanted if label not in names]
    if wrong:
        raise BadScheme(f"{name}.of: {', '.join(wrong)} is no {what} of the projection; they are {', '.join(names)}.")
    return list(wanted) or names

