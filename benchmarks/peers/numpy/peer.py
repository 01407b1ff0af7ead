"""The cases once more in NumPy: loops over years, arrays over everything else, scenarios in front."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Told = Mapping[str, np.ndarray]


def population(told: Told) -> Callable[[], np.ndarray]:
    """One projection: totals (year, output)."""
    scaled = {"hazard": np.ones((1, len(told["srb"]))), "fertility": np.ones((1, len(told["srb"]))),
              "moves": np.ones((1, len(told["srb"])))}  # fmt: skip
    return lambda: projected({**told, **scaled}, exact=True)[0]


def populations(told: Told) -> Callable[[], np.ndarray]:
    """Many projections in one batch: totals (scenario, year, output)."""
    return lambda: projected(told, exact=False)


def projected(told: Told, exact: bool) -> np.ndarray:
    """Totals (scenario, year, output); survival is used as it is where `exact`."""
    scenarios, years = told["hazard"].shape
    stock = np.broadcast_to(told["population_0"], (scenarios, *told["population_0"].shape))
    hazard = np.log(told["survival"])
    found = np.empty((scenarios, years, 8))
    for t in range(years):
        factor = told["hazard"][:, t, np.newaxis, np.newaxis]
        survival = told["survival"][t] if exact else np.exp(hazard[t] * factor)
        moved = told["migration"][t] * told["moves"][:, t, np.newaxis, np.newaxis]
        start = stock + 0.5 * moved
        exposed = np.concatenate([np.zeros_like(start[..., :1]), start[..., :-2],
                                  start[..., -2:].sum(axis=-1, keepdims=True)], axis=-1)  # fmt: skip
        end = exposed * survival
        women = 0.5 * (start[:, 1, 1:-1] + end[:, 1, 1:-1] + 0.5 * moved[:, 1, 1:-1])
        born = (women * told["asfr"][t, 1:-1]).sum(axis=-1) * told["fertility"][:, t]
        babies = born[:, np.newaxis] * np.array([told["srb"][t], 1.0]) / (1.0 + told["srb"][t])
        exposed[..., 0] = babies
        end[..., 0] = babies * (survival[..., 0])
        deaths = exposed - end
        stock = end + 0.5 * moved
        by_age = stock.sum(axis=1)
        young, old = by_age[:, :15].sum(axis=-1), by_age[:, 65:].sum(axis=-1)
        working = by_age[:, 15:65].sum(axis=-1)
        columns = [young + working + old, young, working, old, old / working, born, deaths.sum(axis=(1, 2)),
                   moved.sum(axis=(1, 2))]  # fmt: skip
        found[:, t] = np.stack(columns, axis=-1)
    return found


def lattice(told: Told) -> Callable[[], np.ndarray]:
    """The scheme on the lattice of sex, age and service: totals (year, output)."""
    return lambda: schemed(told, np.ones((1, len(told["growth"]))), np.ones((1, len(told["growth"]))))[0]


def lattices(told: Told) -> Callable[[], np.ndarray]:
    """The same for many scenarios of mortality of members and of wages: totals (scenario, year, output)."""
    return lambda: schemed(told, told["hazard"], told["wages"])


def schemed(told: Told, hazard: np.ndarray, wages: np.ndarray) -> np.ndarray:
    """Totals (scenario, year, output): active, entrants, earnings, awards, then pensioners and expenditure of three."""
    years, first = len(told["growth"]), int(told["youngest"])
    ages, reached = slice(first, first + told["deaths"].shape[2]), slice(first + 1, first + told["deaths"].shape[2] + 1)
    cells = used_cells(told)
    claim, paid = halfway(told["claim"])[..., :cells], halfway(told["claim"] * told["rate"])[..., :cells]
    shape = (len(hazard), *told["active_0"].shape[:2], cells)
    active = np.zeros(shape)
    active[..., : told["active_0"].shape[2]] = told["active_0"]
    scenarios, top = len(hazard), told["stays"].shape[2]
    number = np.broadcast_to(told["number_0"][:, np.newaxis], (3, scenarios, 2, top))
    mass = np.broadcast_to(told["mass_0"][:, np.newaxis], (3, scenarios, 2, top))
    found = np.zeros((scenarios, years, 10))
    for t in range(years):
        stays, dies, falls = forces(told["deaths"][t], told["invalidity"][t], hazard[:, t])
        heads = active.sum(axis=-1)
        came, award = np.zeros((2, 3, scenarios, 2, top))
        for j, leaving in enumerate((stays, falls, dies)):
            came[j, ..., reached] = leaving * np.einsum("nsxc,sxc->nsx", active, claim[j])
            level = told["level"][j, t] * wages[:, t, np.newaxis, np.newaxis]
            award[j, ..., reached] = leaving * level * np.einsum("nsxc,sxc->nsx", active, paid[j])
        staying = active * (stays[..., np.newaxis] * (1.0 - claim[0]))
        active = np.zeros(shape)
        active[:, :, 1:, 1:] = staying[:, :, :-1, :-1]
        stayers = active.sum(axis=-1)
        entrants = np.maximum(told["target"][t] - stayers.sum(axis=-1), 0.0) * (told["target"][t] > 0)
        fresh = entrants[..., np.newaxis] * told["profile"][t]
        active[..., 0] += 0.5 * fresh
        active[..., 1] += 0.5 * fresh
        worked = np.zeros((scenarios, 2, top))
        worked[..., reached] += 0.5 * (heads + staying.sum(axis=-1))
        worked[..., ages] += 0.5 * fresh
        earned = (worked * told["salary"][t]).sum(axis=(1, 2)) * wages[:, t]
        number, mass, started, spent = paying(told, t, number, mass, came, award)
        found[:, t, 0], found[:, t, 1] = active.sum(axis=(1, 2, 3)), entrants.sum(axis=-1)
        found[:, t, 2], found[:, t, 3] = earned, started
        found[:, t, 4:7], found[:, t, 7:] = number.sum(axis=(2, 3)).T, spent.T
    return found


def paying(told: Told, t: int, number: np.ndarray, mass: np.ndarray, came: np.ndarray, award: np.ndarray) -> Any:
    """One year of the stocks of pensioners (benefit, scenario, sex, age): stocks, awards and expenditure."""
    half, stays, rise = told["half"][t], told["stays"][t], 1.0 + told["growth"][t]
    kept_number, kept_mass = number * stays, mass * stays * rise
    gone, gone_mass = older(number - kept_number), older(mass * rise - kept_mass)
    lost, lost_mass = came * half, award * half
    lost[0], lost_mass[0] = 0.0, 0.0
    left = came[2] + (gone[:2] + lost[:2]).sum(axis=0)
    left_mass = award[2] + told["share"] * (gone_mass[:2] + lost_mass[:2]).sum(axis=0)
    came[2], award[2] = widowed(told, left), widowed(told, left_mass)
    lost[2], lost_mass[2] = came[2] * half, award[2] * half
    after, after_mass = older(kept_number) + came - lost, older(kept_mass) + award - lost_mass
    before = mass.sum(axis=(2, 3)) * (1.0 + told["early"] * told["growth"][t])
    spent = 0.5 * (before + after_mass.sum(axis=(2, 3)))
    return after, after_mass, came.sum(axis=(0, 2, 3)), spent


def widowed(told: Told, dead: np.ndarray) -> np.ndarray:
    """Spouses of the dead (scenario, sex, age): a fixed gap of ages, the other sex."""
    married = dead * told["married"]
    gap, found = int(told["gap"][1]), np.zeros_like(dead)
    found[:, 1, 15:-gap] = married[:, 0, 15 + gap :]
    found[:, 1, 15] += married[:, 0, : 15 + gap].sum(axis=-1)
    found[:, 0, 15 + gap :] = married[:, 1, 15:-gap]
    return found


def older(stock: np.ndarray) -> np.ndarray:
    """A year later; the last age is open."""
    moved = np.zeros_like(stock)
    moved[..., 1:] = stock[..., :-1]
    moved[..., -1] += stock[..., -1]
    return moved


def forces(deaths: np.ndarray, invalidity: np.ndarray, hazard: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Dependent probabilities (scenario, sex, age) of staying, dying, falling invalid from independent ones."""
    dying, falling = -np.log1p(-deaths) * hazard[:, np.newaxis, np.newaxis], -np.log1p(-invalidity)
    both = dying + falling
    leaving = -np.expm1(-both)
    return 1.0 - leaving, leaving * dying / both, leaving * falling / both


def halfway(rows: np.ndarray) -> np.ndarray:
    """A function of service half a year later: half of the members are credited with a year, half with none."""
    after = np.concatenate([rows[..., 1:], rows[..., -1:]], axis=-1)
    return 0.5 * (rows + after)


def used_cells(told: Told) -> int:
    """Cells of service that members reach: a year more for every year of age."""
    first = told["active_0"].shape[2]
    return min(told["claim"].shape[-1], max(first, told["active_0"].shape[1] + 1))


TASKS = {"population": population, "populations": populations, "lattice": lattice, "lattices": lattices,
         "points": lattice}  # fmt: skip

if __name__ == "__main__":
    from benchmarks.peers.protocol import serve

    serve(TASKS, "numpy")
