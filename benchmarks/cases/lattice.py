"""A defined-benefit scheme without limits on the lattice of sex, age and service: open group, or the same one closed.

Active members of both sexes aged 15 to 70 with up to 56 years of service, old-age, invalidity and survivors' pensions,
a hundred years. The numbers are invented; the law and its rates are those of the library, and the other programs are
given the same rates by age.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from actuarial.benefits import kernels as benefit_kernels
from actuarial.benefits.claims import family_of
from actuarial.benefits.family import Family
from actuarial.benefits.staying import before_adjustment, growth_rates
from actuarial.benefits.stock import project_pensions
from actuarial.labour import earnings, kernels, plain, side_by_side
from actuarial.labour.credits import STEP, cells_needed
from actuarial.labour.grid_law import law_on_grid
from actuarial.labour.insured import project_insured
from actuarial.labour.lane_kernels import project_lanes
from actuarial.labour.packing import Inputs
from actuarial.labour.participation import labour_market
from actuarial.labour.side_by_side import WIDTH
from actuarial.labour.staying import staying
from actuarial.pension import FinalAverage, Invalidity, OldAge, Widows
from actuarial.pension.indexation import Indexation
from actuarial.scheme import Scheme
from benchmarks.cases.ready import Ready

FIRST, AGES, YOUNGEST, OLDEST, LONGEST = 2026, 101, 15, 70, 45
NAMES = ("old_age", "invalidity", "widows")
OUTPUTS = ("active", "entrants", "earnings", "awards", *(f"{word}_{name}" for word in ("pensioners", "expenditure")
           for name in NAMES))  # fmt: skip
FLOWS = [kernels.ACTIVE, kernels.NEW, kernels.MONTHS_STAYERS, kernels.MONTHS_ENTRANTS]
SEXES = ("male", "female")


def scheme() -> Scheme:
    """Old age from 60 on, invalidity and survivors' pensions, all in proportion to service and without limits."""
    rising = Indexation(prices=1.0)
    formula = FinalAverage(accrual=0.015, years=1, capped=False)
    old_age = OldAge(
        retirement_age=60.0, qualifying_years=0.0, retirement_rate=0.4, forced_age=70.0, formula=formula,
        indexation=rising,
    )
    invalidity = Invalidity(qualifying_years=5.0, formula=formula, indexation=rising)
    widows = Widows(share=0.5, qualifying_years=5.0, ends_on_remarriage=False, indexation=rising)
    return Scheme(name="Lattice", currency="XXX", benefits=(old_age, invalidity, widows))


def basis(years: int, scenario: int = 0) -> xr.Dataset:
    """Everything that the stages of members and pensions read."""
    ages, months = np.arange(AGES), 12 * np.arange(LONGEST + 1)
    working = ((ages >= YOUNGEST) & (ages <= OLDEST)).astype(float)
    level = 6e-4 + 4e-5 * 1.10 ** (ages + 0.5)
    hazard = np.stack([level, 0.7 * level]) * (1.0 + 0.05 * np.sin(1.0 + scenario))
    mx = hazard * 0.99 ** np.arange(years)[:, np.newaxis, np.newaxis]
    people = 1e5 * np.exp(-np.cumsum(hazard, axis=1))
    entering = np.where((ages >= YOUNGEST) & (ages < 45), np.exp(-(((ages - 22.0) / 6.0) ** 2)), 0.0)
    active = opening(working)
    employed = (people * working).sum(axis=1)
    data: dict[str, Any] = {
        "population_0": (("sex", "age"), people),
        "mx": (("year", "sex", "age"), mx),
        "a0": ((), 0.5),
        "participation_rate": ("age", working),
        "unemployment_rate": ("age", 0.0 * ages),
        "coverage": (("group", "sex"), active.sum(axis=(2, 3)) / employed),
        "density": ("age", np.ones(AGES)),
        "exit_rate": ("age", np.zeros(AGES)),
        "invalidity_rate": ("age", working * np.minimum(0.1, 1e-3 * 1.09 ** (ages - 30.0)) * (ages < 60)),
        "reentry_share": ("age", np.zeros(AGES)),
        "entry_profile": ("age", entering / entering.sum()),
        "salary_0": (("group", "sex", "age"), np.array([[[1.0], [0.9]]]) * working * (8e3 + 2e2 * (ages - YOUNGEST))),
        "earnings_cv": ("age", np.full(AGES, 0.6)),
        "collection_rate": ((), 1.0),
        "wage_growth": ("year", 0.03 + 0.01 * np.sin(np.arange(years) + scenario)),
        "inflation": ("year", np.full(years, 0.02)),
        "interest_rate": ("year", np.full(years, 0.05)),
        "active_0": (("group", "sex", "age", "service"), active),
        "inactive_0": (("group", "sex", "age", "service"), 0.0 * active),
        "pensioners_0": (("benefit", "sex", "age"), pensioners(people)),
        "pension_0": (("benefit", "sex", "age"), np.full((3, 2, AGES), 3e3)),
        "married_share": (("sex", "age"), np.array([[0.8], [0.6]]) * ((ages >= 20) & (ages < 96))),
        "spouse_age_gap": ((), 3.0),
        "spouse_age_sd": ((), 0.0),
    }  # fmt: skip
    coords = {"year": FIRST + np.arange(years), "group": ["all"], "sex": list(SEXES), "age": ages,
              "service": months, "benefit": list(NAMES)}  # fmt: skip
    attrs = {"valuation_date": f"{FIRST - 1}-12-31", "coverage_concept": "status", "currency": "XXX"}
    return xr.Dataset(data, coords, attrs)


def opening(working: np.ndarray) -> np.ndarray:
    """Active members (group, sex, age, service); nobody has more service than years since the youngest age."""
    ages, served = np.arange(AGES), np.arange(LONGEST + 1)
    possible = served <= np.minimum(ages - YOUNGEST, LONGEST)[:, np.newaxis]
    shape = working[:, np.newaxis] * possible * (1.0 + 0.01 * served)
    shape = 1e4 * shape / shape.sum()
    return np.stack([shape, 0.8 * shape])[np.newaxis]


def pensioners(people: np.ndarray) -> np.ndarray:
    """Pensioners (benefit, sex, age) on the valuation date."""
    ages = np.arange(AGES)
    shares = [0.02 * (ages >= 60), 0.002 * ((ages >= 30) & (ages < 75)), 0.004 * (ages >= 40)]
    return np.stack([share * people for share in shares])


def population_of(basis: xr.Dataset) -> xr.Dataset:
    """A population that grows by half a per cent a year, so that members are always needed."""
    years = basis["year"] - FIRST + 1
    return xr.Dataset({"population": (basis["population_0"] * 1.005**years).transpose("year", "sex", "age")})


@dataclass(frozen=True, eq=False)
class Lattice:
    """Arguments of the kernels that `project_insured` and `project_pensions` call; `clean` are the stocks of the active
    before the first year by sex, which the kernels use up, `lanes` the arguments of scenarios side by side. `stocks`
    (benefit, what, year, sex, age) has room for who comes, who is there and who left, as persons and money."""

    packed: tuple[tuple, ...]
    clean: tuple[np.ndarray, ...]
    lanes: tuple[tuple, ...]
    salary: np.ndarray
    exposed: np.ndarray
    stays: np.ndarray
    growth: np.ndarray
    early: float
    family: Family
    number_0: np.ndarray
    mass_0: np.ndarray
    stocks: np.ndarray


def lattice(basis: xr.Dataset, scheme: Scheme, closed: bool) -> Lattice:
    """Pack a basis and a scheme as the stages do; a closed group has no entries."""
    step = STEP["years"]
    market = labour_market(population_of(basis), basis)
    inputs = Inputs(basis, scheme, step, no_entries(basis) if closed else None, "all", "no", None)
    density = inputs.cells("density")
    by_year = (np.moveaxis(part, 1, 0) for part in (density, inputs.entered(), inputs.cells("exit_rate")))
    count = cells_needed((basis["active_0"], basis["inactive_0"]), *by_year, step)
    service = xr.DataArray(np.arange(count) * step, dims="service", name="service")
    rules = law_on_grid(scheme, basis, service.assign_coords(service=service), None)
    pack, _ = inputs.packer(rules, density, count, market)
    by_age = np.zeros((2, len(kernels.BY_AGE), basis.sizes["year"], AGES))
    by_claim = np.zeros((2, len(kernels.BY_CLAIM), basis.sizes["year"], len(rules.claims), AGES))
    rest = np.zeros((0, 2, AGES, count)), float(step)
    packed = tuple((*pack(0, 0, s, by_age[s], by_claim[s]), *rest) for s in range(2))
    clean = tuple(one[0].active.copy() for one in packed)
    side = side_by_side.packer(inputs, rules, density, count, market)
    first = np.zeros(WIDTH, dtype=np.int64)
    lanes = tuple(side((first, first, np.full_like(first, s))) for s in range(2))
    salary = earnings.salary_path(basis).sel(year=basis["year"]).values[:, 0]
    stay = staying(scheme.benefits[0], basis)
    family = family_of(scheme.benefits[2], basis)
    assert family is not None
    grown = growth_rates(scheme.benefits[0], basis, None)
    early = float(1.0 - 2.0 * before_adjustment(scheme.benefits[0], basis)[0])
    number_0 = basis["pensioners_0"].values
    mass_0 = number_0 * basis["pension_0"].values
    stocks = np.zeros((len(NAMES), 6, *stay.stays.shape))
    return Lattice(
        packed, clean, lanes, salary, stay.exposed, stay.stays, grown, early, family, number_0, mass_0, stocks
    )


def no_entries(basis: xr.Dataset) -> xr.Dataset:
    """Entries of a closed group."""
    none = xr.zeros_like(basis["wage_growth"]) * basis["salary_0"]
    return xr.Dataset(dict.fromkeys(("new_entrants", "reentry_rate", "contraction_rate"), none))


def run_kernels(given: Lattice) -> np.ndarray:
    """All years of members and pensions; yearly totals (year, output) in the order of OUTPUTS."""
    for one, start in zip(given.packed, given.clean, strict=True):
        for array in one[0]:
            array.fill(0.0)
        one[0].active[...] = start
        plain.project(one, len(given.growth))
    flows = [one[7] for one in given.packed]
    by_age = [[one.by_age[flow] for flow in FLOWS] for one in flows]
    return totals(given, by_age, pensions(given, [one.by_claim for one in flows]))


@dataclass(frozen=True, eq=False)
class Side:
    """A lattice for scenarios side by side, and memory of a thread for its work and its flows."""

    given: Lattice
    works: tuple[Any, ...]
    found: np.ndarray
    claimed: np.ndarray


def side_of(given: Lattice) -> Side:
    """Memory for as many scenarios as stand side by side."""
    years = len(given.growth)
    works = tuple(type(one[5])(*(array.copy() for array in one[5])) for one in given.lanes)
    found = np.zeros((max(FLOWS) + 1, WIDTH, years, 1, 2, AGES))
    given = replace(given, stocks=np.zeros_like(given.stocks))
    return Side(given, works, found, np.zeros((2, WIDTH, years, 3, 2, AGES)))


def run_lanes(side: Side, hazard: np.ndarray, wages: np.ndarray) -> np.ndarray:
    """As `run_kernels` for scenarios side by side with multiples of the forces of mortality of members and of earnings
    (scenario, year): (scenario, year, output)."""
    given, several, lanes = side.given, len(hazard), np.minimum(np.arange(WIDTH), len(hazard) - 1)
    up = np.ascontiguousarray(wages[lanes].T)
    side.claimed.fill(0.0)
    for s, (stock, rates, entries, earned, answers, _) in enumerate(given.lanes):
        state = type(stock)(*(array.copy() for array in stock))
        q = 1.0 - (1.0 - rates.q) ** hazard[lanes].T[:, np.newaxis]
        paid = earned._replace(reference=earned.reference * up[:, np.newaxis, np.newaxis])
        here = np.array([(lane, 0, s) for lane in range(WIDTH)])
        project_lanes(state, rates._replace(q=q), entries, paid, answers, side.works[s], here, np.arange(3), side.found,
                      side.claimed, given.packed[0][-1])  # fmt: skip
    return np.stack([paid_out(side, i, wages[i]) for i in range(several)])


def paid_out(side: Side, i: int, wages: np.ndarray) -> np.ndarray:
    """Pensions and totals of the scenario at a place, (year, output)."""
    mine = replace(side.given, salary=side.given.salary * wages[:, np.newaxis, np.newaxis])
    by_age = [[side.found[flow, i, :, 0, s] for flow in FLOWS] for s in range(2)]
    return totals(mine, by_age, pensions(mine, [side.claimed[:, i, :, :, s] for s in range(2)]))


def pensions(given: Lattice, claims: list[np.ndarray]) -> np.ndarray:
    """The three stocks of pensions from claims (what, year, claim, age) by sex; the awards (year,) to members and
    survivors."""
    half = 0.5 * (1.0 - given.exposed)
    for s, part in enumerate(claims):
        given.stocks[:, :2, :, s] = part[:2].swapaxes(1, 2).swapaxes(0, 1)
    retired, invalid, orphaned = given.stocks[:, :2]
    awards = by_year(retired[0]) + by_year(invalid[0])
    lost = invalid * half
    invalid -= lost
    for left in (stock(given, 0), stock(given, 1), lost):
        left[1] *= 0.5
        orphaned += left
    widowed = given.family.survivors(orphaned)
    np.multiply(widowed, 1.0 - half, out=orphaned)
    stock(given, 2)
    return awards + by_year(widowed[0])


def stock(given: Lattice, k: int) -> np.ndarray:
    """The kernel of a stock of pensioners with those who came: who left (what, year, sex, age)."""
    came, there, left = given.stocks[k].reshape(3, 2, *given.stays.shape)
    opening = np.stack([given.number_0[k], given.mass_0[k]])
    rises = np.stack([np.zeros_like(given.growth), given.growth])
    benefit_kernels.roll_stock(opening, came, given.stays, rises, there, left)
    return left


def totals(given: Lattice, by_age: list[list[np.ndarray]], awards: np.ndarray) -> np.ndarray:
    """Yearly totals (year, output) from flows (year, age) by sex and what `pensions` leaves in the stocks."""
    salary = np.moveaxis(given.salary, 1, 0) / 12.0
    active, entrants = (sum(one[k].sum(axis=1) for one in by_age) for k in range(2))
    earned = sum(((one[2] + one[3]) * paid).sum(axis=1) for one, paid in zip(by_age, salary, strict=True))
    found = [active, entrants, earned, awards, *map(by_year, given.stocks[:, 2])]
    for k, mass in enumerate(given.stocks[:, 3]):
        ends = by_year(mass)
        starts = np.concatenate([[given.mass_0[k].sum()], ends[:-1]]) * (1.0 + given.early * given.growth)
        found.append((starts + ends) / 2.0)
    return np.stack(found, axis=-1)


def by_year(values: np.ndarray) -> np.ndarray:
    """Sums (year,) of values (year, sex, age)."""
    return values.reshape(len(values), -1).sum(axis=1)


def run_stages(basis: xr.Dataset, scheme: Scheme, population: xr.Dataset, closed: bool) -> np.ndarray:
    """The same by the public functions of the two stages."""
    entries = no_entries(basis) if closed else None
    insured = project_insured(population, basis, scheme, service="years", entries=entries)
    paid = project_pensions(insured, basis, scheme)
    columns = [insured["active"].sum(("group", "sex", "age")), insured["new_entrants"].sum(("group", "sex", "age")),
               insured["assessed_earnings"].sum(("group", "sex")),
               paid["new_awards"].sum(("benefit", "sex", "age"))]  # fmt: skip
    for variable in ("pensioners", "benefit_expenditure"):
        for name in NAMES:
            part = paid[variable].sel(benefit=name)
            columns.append(part.sum([dim for dim in part.dims if dim != "year"]))
    return np.stack([column.values for column in columns], axis=1)


def rates(basis: xr.Dataset, given: Lattice) -> dict[str, np.ndarray]:
    """What another program is told: stocks, annual probabilities and the law per head, active members aged 15 to 70.

    x is the age at the start of a year and y = x + 1 the age reached; the law is met with half a year of credit.
    """
    active = slice(YOUNGEST, OLDEST + 1)
    after = slice(YOUNGEST + 1, OLDEST + 2)
    both = {name: np.stack([getattr(one[2], name) for one in given.packed], axis=1)
            for name in ("q_active", "invalidity", "profile")}  # fmt: skip
    answers = [one[6] for one in given.packed]
    share = np.stack([a.claim_rows[a.claim_index[0, :, 0]] for a in answers], axis=1)  # claim, sex, y, c
    rate = np.stack([a.unit_rows[a.unit_index[:, 0]] for a in answers], axis=1)
    units = answers[0].amount_unit
    level = np.stack([a.amount_multiple * a.unit_scale[units] for a in answers], axis=2)  # amount, year, sex, y
    for a in answers:
        assert (a.claim_index == a.claim_index[:, :, :1]).all()
        assert (a.unit_index == a.unit_index[:, :1]).all()
    reference = np.stack([one[4].reference[:, :, 0] for one in given.packed], axis=1)
    return {
        "active_0": basis["active_0"].values[0][:, active],
        "deaths": both["q_active"][:, :, active], "invalidity": both["invalidity"][:, :, active],
        "profile": both["profile"][:, :, YOUNGEST : OLDEST + 1],
        "target": np.stack([one[3].target for one in given.packed], axis=1),
        "claim": share[:, :, after], "rate": rate[units][:, :, after], "level": (level * reference)[..., after],
        "salary": given.salary, "stays": given.stays, "half": 0.5 * (1.0 - given.exposed),
        "growth": given.growth, "early": np.array(given.early), "number_0": given.number_0, "mass_0": given.mass_0,
        "married": basis["married_share"].values, "gap": np.array([-3, 3]), "share": np.array(0.5),
        "youngest": np.array(YOUNGEST),
    }  # fmt: skip


def ready(years: int, closed: bool) -> Ready:
    """The case: kernels and public functions, and what others are told."""
    given, law = basis(years), scheme()
    if closed:
        given = given.assign(pensioners_0=0.0 * given["pensioners_0"])
    packed, people = lattice(given, law, closed), population_of(given)
    told = rates(given, packed)
    cells = float(2 * (OLDEST - YOUNGEST + 1) * (OLDEST - YOUNGEST + 2) + 3 * 2 * AGES) * years
    if closed:
        told["target"] = np.zeros_like(told["target"])
        cells = float(np.count_nonzero(told["active_0"])) * years
    ways = {"kernel": lambda: run_kernels(packed), "api": lambda: run_stages(given, law, people, closed)}
    return Ready(ways=ways, told=told, cells=cells)


def many(scenarios: int, years: int, threads: int) -> Ready:
    """Scenarios of the mortality of members and of wages through the kernels, side by side and in threads: (scenario,
    year, output)."""
    given, law = basis(years), scheme()
    packed = lattice(given, law, False)
    sides = [side_of(packed) for _ in range(threads)]
    random = np.random.Generator(np.random.Philox(1))
    walks = np.exp(np.cumsum(random.normal(0.0, 0.005, (2, scenarios, years)), axis=2))
    told = rates(given, packed) | {"hazard": walks[0], "wages": walks[1]}
    cells = float(2 * (OLDEST - YOUNGEST + 1) * (OLDEST - YOUNGEST + 2) + 3 * 2 * AGES) * years * scenarios

    tiles = [slice(first, first + WIDTH) for first in range(0, scenarios, WIDTH)]

    def run(thread: int) -> list[np.ndarray]:
        return [run_lanes(sides[thread], *walks[:, tile]) for tile in tiles[thread::threads]]

    def all_() -> np.ndarray:
        found = np.empty((scenarios, years, len(OUTPUTS)))
        with ThreadPoolExecutor(threads) as pool:
            for thread, parts in enumerate(pool.map(run, range(threads))):
                for tile, part in zip(tiles[thread::threads], parts, strict=True):
                    found[tile] = part
        return found

    return Ready(ways={"kernel": all_}, told=told, cells=cells)


def first_result() -> float:
    """Last expenditure on old age, for who times a whole process."""
    return float(run_kernels(lattice(basis(100), scheme(), False))[-1, 7])
