"""Forms of groups of members: from the insured, the employed, pensioners, families, the population, refugees."""

from typing import Any, ClassVar, Literal

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.bridge import align
from actuarial.check.benefits import without_supplements
from actuarial.dated import evaluate
from actuarial.demography.families import births, spouses
from actuarial.demography.mortality import basis_life_table
from actuarial.demography.population import whole_years
from actuarial.errors import BadInput, BadScheme
from actuarial.fields import Age, Count, Fraction, Ratio, Word, rule
from actuarial.health.contract import Sources
from actuarial.health.given_families import given_families
from actuarial.quick import like
from actuarial.translation import N_, Told

PERSONS = ("year", "sex", "age")
OWN, FAMILY, OTHERS, REST = 1, 2, 3, 9
CATCHING_UP = "Force at which new members catch up with the use of others (per year)"
SELECTION = "More use by those who enrol freely: 1 + selection (1 - enrolment) (ratio)"
FAMILIES = "Whether spouses and children follow from marriage and fertility, or are given by the ages of both"
FIRST_USE = "Use of new members over that of others in their first moment (fraction)"
NO_GROUP = N_("{group}.of: {names} is no group of the projection; they are {known}.")
NO_BENEFIT = N_("{group}.of: {names} is no benefit of the projection; they are {known}.")


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

    def within(self, sources: Sources) -> Any:
        """1 for persons whose age lies in the window of the group, else 0, by year, sex and age."""
        age = sources.population["age"].values
        chosen = (age >= dated(self.from_age, sources)) & (age <= dated(self.to_age, sources))
        return chosen.astype("float64")

    def shaped(self, persons: np.ndarray, sources: Sources) -> xr.DataArray:
        """Persons of the window, by year, sex and age."""
        return like(sources.population, persons * self.within(sources))


def dated(value: Any, sources: Sources) -> Any:
    """A dated number of a group: one for all, or by year (from the base year on), sex and age."""
    number = evaluate(value, sources.grid)
    return align(number, PERSONS, sources.population.coords) if isinstance(number, xr.DataArray) else number


def since_base(opening: xr.DataArray, later: xr.DataArray) -> xr.DataArray:
    """Stock of the valuation date before those of the projected years, by year, sex and age."""
    later = later.transpose(*PERSONS)
    labels = {dim: later[dim].values for dim in PERSONS}
    values = np.concatenate([align(opening, PERSONS[1:], labels)[np.newaxis], later.values])
    labels["year"] = np.concatenate([labels["year"][:1] - 1, labels["year"]])
    return xr.DataArray(values, dims=PERSONS, coords=labels)


def _outside(sources: Sources) -> np.ndarray:
    """Persons who are enrolled in no group so far, by year, sex and age."""
    return sources.population.values - sum(part.values for part in sources.enrolled.values())


@rule
class Insured(_Group):
    """Active members of the pension scheme, by the groups of its basis."""

    name: Word = Field(default="insured", description="Name of the group, unique in the scheme")
    of: tuple[Word, ...] = Field(default=(), description="Groups of the insured; all if empty")
    share: Fraction = Field(default=1.0, description="Share of them who belong to the group (fraction)")

    def eligible(self, sources: Sources) -> xr.DataArray:
        if sources.insured is None:
            raise BadInput(
                Told(
                    "{group}: the group is made of insured persons, but none were projected.\n"
                    "  Give insured= (or the pension scheme; --pension on the command line), or use the form employed.",
                    group=self.name,
                )
            )
        opening, later = sources.basis["active_0"], sources.insured["active"]
        chosen = _chosen(self.name, self.of, later["group"].values, NO_GROUP)
        before = opening.sel(group=chosen).sum("service", skipna=False)
        stock = since_base(before.sum("group"), later.sel(group=chosen).sum("group"))
        return self.shaped(stock.values * dated(self.share, sources), sources)


@rule
class Employed(_Group):
    """A share of the employed."""

    name: Word = Field(default="employed", description="Name of the group, unique in the scheme")
    share: Fraction = Field(description="Share of the employed who belong to the group (fraction)")

    def eligible(self, sources: Sources) -> xr.DataArray:
        if sources.employed is None:
            raise BadInput(
                Told(
                    "{group}: the group is a share of the employed, but the basis has no labour market.\n"
                    "  Give participation_rate and unemployment_rate, or use the form population.",
                    group=self.name,
                )
            )
        return self.shaped(sources.employed.values * dated(self.share, sources), sources)


@rule
class Pensioners(_Group):
    """Beneficiaries of pensions; who has two of them is counted once."""

    name: Word = Field(default="pensioners", description="Name of the group, unique in the scheme")
    of: tuple[Word, ...] = Field(default=(), description="Pensions whose beneficiaries are members; all if empty")
    overlap: Fraction = Field(default=0.0, description="Share of pensions paid to persons counted already (fraction)")

    def eligible(self, sources: Sources) -> xr.DataArray:
        if sources.pensions is None:
            raise BadInput(
                Told(
                    "{group}: the group is made of pensioners, but none were projected.\n"
                    "  Give pensions= (or the pension scheme; --pension on the command line), or use the form "
                    "population with a least age.",
                    group=self.name,
                )
            )
        later = without_supplements(sources.pensions)["pensioners"]
        chosen = _chosen(self.name, self.of, later["benefit"].values, NO_BENEFIT)
        opening = sources.basis["pensioners_0"].reindex(benefit=chosen, fill_value=0.0)
        stock = since_base(opening.sum("benefit"), later.sel(benefit=chosen).sum("benefit"))
        return self.shaped(stock.values * (1.0 - dated(self.overlap, sources)), sources)


@rule
class Dependants(_Group):
    """Spouses and children of members of other groups who are not members in their own right.

    Notes
    -----
    Seen from the dependant, so that nobody is counted twice and no age has more dependants than people. With own[s, x]
    the share of the population that is enrolled in the groups `of`, phi the distribution of the age of the spouse:

    spouses[s, y] = (N - enrolled)[s, y] married[s, y] sum_x phi(x | s, y) own[s', x]

    children[s, z] = (N - enrolled)[s, z] sum_x w(x | z) (own[f, x] + (1 - own[f, x]) married[f, x] own husband)

    w the ages of the mothers of children aged z. With `families = "given"` the spouses and children of a person are
    those of the basis, by the ages of both (`spouses_given`, `children_given`), and what is left is the same: nobody is
    counted twice. With `ratio` instead: a number of dependants for each member, which
    may differ by the sex and year of birth of the member, spread over sexes and ages as the population that is not
    enrolled.
    """

    name: Word = Field(default="dependants", description="Name of the group, unique in the scheme")
    of: tuple[Word, ...] = Field(min_length=1, description="Groups whose families are members")
    spouses: bool = Field(default=True, description="Whether spouses are members")
    children_below: int = Field(default=18, ge=0, le=30, description="Age below which children are members")
    families: Literal["demography", "given"] = Field(default="demography", description=FAMILIES)
    ratio: Count | None = Field(default=None, description="Dependants for each member, instead of families (persons)")
    order: ClassVar[int] = FAMILY
    refers_to_groups: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.ratio is not None and self.families == "given":
            raise ValueError(Told('ratio has no meaning with families = "given"; remove one of them'))

    def eligible(self, sources: Sources) -> xr.DataArray:
        members = np.sum([sources.enrolled[name].values for name in self.of], axis=0)
        outside = _outside(sources)
        if self.ratio is not None:
            outside = outside * self.within(sources)
            total = outside.sum(axis=(1, 2))
            number = (members * dated(self.ratio, sources)).sum(axis=(1, 2))
            share = number / np.where(total > 0, total, np.inf)
            return like(sources.population, outside * share[:, np.newaxis, np.newaxis])
        people = sources.population.values
        own = np.minimum(members / np.where(people > 0, people, np.inf), 1.0)
        if self.families == "given":
            given = given_families(own, sources, spouses=self.spouses, below=min(self.children_below, own.shape[-1]))
            return self.shaped(outside * given, sources)
        basis, coords = sources.basis, sources.population.coords
        married = align(basis["married_share"], PERSONS, coords)
        partner = spouse_enrolled(own, basis)
        share = married * partner if self.spouses else np.zeros_like(own)
        if self.children_below:
            below = min(self.children_below, share.shape[-1])
            share[..., :below] = _parent_enrolled(own, married * partner, sources, below)
        return self.shaped(outside * share, sources)


def spouse_enrolled(own: np.ndarray, basis: xr.Dataset) -> np.ndarray:
    """Probability that the spouse of a married person is enrolled (year, sex, age), `own` the enrolled share."""
    ages = spouses(basis).values
    return np.stack([own[:, 1 - sex] @ ages[sex, :, 1 - sex].T for sex in (0, 1)], axis=1)


def _parent_enrolled(own: np.ndarray, husband: np.ndarray, sources: Sources, below: int) -> np.ndarray:
    """Probability that a child has an enrolled parent (year, 1, age of the child), children below an age.

    Of the children born to women of an age as many are alive as of those born to others, so that births are enough.
    `husband` is the share of persons who are married to somebody enrolled.
    """
    born = births(sources.basis, below, before=1).transpose("year", "age", "age_of_survivor").values
    weight = sources.population.values[:, 1, :, np.newaxis] * born
    either = own[:, 1] + (1.0 - own[:, 1]) * husband[:, 1]
    total = weight.sum(axis=1)
    found = (either[:, np.newaxis] @ weight)[:, 0] / np.where(total > 0, total, np.inf)
    return found[:, np.newaxis]


@rule
class Population(_Group):
    """A share of the population, or of those whom no group in their own right and no family holds."""

    name: Word = Field(default="population", description="Name of the group, unique in the scheme")
    share: Fraction = Field(default=1.0, description="Share of the persons who belong to the group (fraction)")
    of_remaining: bool = Field(default=True, description="Whether it is a share of those who are no members otherwise")
    order: ClassVar[int] = OTHERS

    def eligible(self, sources: Sources) -> xr.DataArray:
        people = _outside(sources) if self.of_remaining else sources.population.values
        return self.shaped(people * dated(self.share, sources), sources)


@rule
class Refugees(_Group):
    """Refugees and asylum-seekers: those of the valuation date, who age and die as the population does, and arrivals.

    Notes
    -----
    R_t[x+1] = p_x R_{t-1}[x] + arrivals_t[x+1]; newborn children, where they are counted, are those of refugee women at
    the fertility of the population. Who arrives bears no children and does not die in that year, as migrants of the
    population do not. They are part of the population of the basis.
    """

    name: Word = Field(default="refugees", description="Name of the group, unique in the scheme and in the basis")
    births: bool = Field(default=True, description="Whether children born to refugees are refugees")

    def eligible(self, sources: Sources) -> xr.DataArray:
        return self.shaped(refugee_path(sources, self.name, self.births).values, sources)


@rule
class Remainder(_Group):
    """Everybody who is a member of no other group: the uninsured, as reference or as members."""

    name: Word = Field(default="uninsured", description="Name of the group, unique in the scheme")
    enrolment: Fraction = Field(default=0.0, description="Share of the eligible who are enrolled (fraction)")
    order: ClassVar[int] = REST

    def eligible(self, sources: Sources) -> xr.DataArray:
        return self.shaped(_outside(sources), sources)


def refugee_path(sources: Sources, name: str, births: bool) -> xr.DataArray:
    """Refugees of a group on 31 December (year from the base year on, sex, age)."""
    basis, years = sources.basis, sources.population["year"].values
    for variable in ("refugees_0", "refugee_arrivals"):
        if variable not in basis or name not in basis[variable]["health_group"].values:
            raise BadInput(
                Told(
                    "{group}: the basis has no {variable} of the group {group!r} (by health_group, sex, age).\n"
                    "  Give it, or use the form population.",
                    group=name,
                    variable=variable,
                )
            )
    opening, arrivals = (basis[word].sel(health_group=name, drop=True) for word in ("refugees_0", "refugee_arrivals"))
    labels = {dim: sources.population[dim] for dim in PERSONS[1:]} | {"year": sources.population["year"][1:]}
    people = xr.Dataset(
        {
            "population_0": (PERSONS[1:], align(opening, PERSONS[1:], labels)),
            "net_migration": (PERSONS, align(arrivals, PERSONS, labels)),
            "asfr": basis["asfr"] if births else 0.0 * basis["asfr"],
            "srb": basis["srb"],
        },
        coords=labels,
    )
    later, _ = whole_years(people, basis_life_table(basis)["survival_ratio"], 0.0, 0.0)
    stock = since_base(opening, later["population"]).values
    if stock.min() < 0:
        place = np.unravel_index(int(stock.argmin()), stock.shape)
        raise BadScheme(
            Told(
                "{group}: more refugees leave than there are: {number:,.0f} persons in {year}, {sex}, age {age}.\n"
                "  Correct refugee_arrivals.",
                group=name,
                number=float(stock.min()),
                year=str(years[place[0]]),
                sex=str(sources.population["sex"].values[place[1]]),
                age=int(place[2]),
            )
        )
    return sources.population.copy(data=stock)


def _chosen(name: str, wanted: tuple[str, ...], known: np.ndarray, refusal: str) -> list[str]:
    names = [str(label) for label in known]
    wrong = [label for label in wanted if label not in names]
    if wrong:
        raise BadScheme(Told(refusal, group=name, names=tuple(wrong), known=tuple(names)))
    return list(wanted) or names

