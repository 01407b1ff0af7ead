"""The cases that are timed, by name, with their peers and gates."""

from functools import partial

from benchmarks.cases import lattice, population, processes, stages
from benchmarks.cases.ready import Case, CellsPerExp, Faster, OfFill, Within

THREADS = 2
YEARS = 100
MANY = (Faster("kernel", "numpy", 10.0), Faster("kernel", "jax", 10.0), CellsPerExp("kernel", 0.40))

CASES = (
    Case(
        name="population",
        title="Population, 101 ages, 2 sexes, 100 years",
        make=partial(population.one, YEARS),
        task="population",
        peers=("numpy", "jax"),
        gates=(Faster("kernel", "numpy", 30.0), Within("kernel", 0.15e-3), Within("api", 2e-3)),
    ),
    Case(
        name="population-1000",
        title="Population, 1,000 scenarios, 8 totals",
        make=partial(population.many, 1_000, YEARS, THREADS),
        quick=partial(population.many, 200, YEARS, THREADS),
        task="populations",
        peers=("numpy", "jax"),
        gates=(CellsPerExp("kernel", 0.40),),
        clock="wall",
        threads=THREADS,
    ),
    Case(
        name="population-10000",
        title="Population, 10,000 scenarios, 8 totals",
        make=partial(population.many, 10_000, YEARS, THREADS),
        quick=partial(population.many, 400, YEARS, THREADS),
        task="populations",
        peers=("numpy", "jax"),
        gates=(*MANY, Within("kernel", 0.20), Faster("kernel", "one thread", 1.7)),
        clock="wall",
        threads=THREADS,
        rounds=3,
    ),
    Case(
        name="population-states",
        title="Population, births, deaths and means, 400 scenarios, every age kept",
        make=partial(population.states, 400, YEARS),
        quick=partial(population.states, 40, YEARS),
        gates=(OfFill("api", 0.15, numbers=4, stretch=0.40),),
        clock="wall",
        threads=THREADS,
        rounds=3,
    ),
    Case(
        name="population-stored",
        title="Population, 10,000 scenarios, every age kept on the disk",
        make=partial(population.stored, 10_000, YEARS),
        quick=partial(population.stored, 400, YEARS),
        task="stored",
        peers=("zarr",),
        gates=(Within("zarr", 2.0),),
        clock="wall",
        threads=THREADS,
        rounds=3,
    ),
    Case(
        name="scheme",
        title="Open group: members [2, 56, 57], pensioners [3, 2, 101], 100 years",
        make=partial(lattice.ready, YEARS, False),
        task="lattice",
        peers=("numpy",),
        gates=(Faster("kernel", "numpy", 8.0), Within("kernel", 2e-3), Within("api", 10e-3)),
    ),
    Case(
        name="scheme-100",
        title="Open group, 100 scenarios of mortality and wages",
        make=partial(lattice.many, 100, YEARS, THREADS),
        quick=partial(lattice.many, 20, YEARS, THREADS),
        task="lattices",
        peers=("numpy",),
        gates=(Faster("kernel", "numpy", 8.0), Within("kernel", 0.1, stretch=0.04)),
        clock="wall",
        threads=THREADS,
        rounds=5,
    ),
    Case(
        name="closed-group",
        title="The same scheme as a closed group, 3,082 model points",
        make=partial(lattice.ready, YEARS, True),
        task="points",
        peers=("numpy", "modelx", "heavylight"),
        gates=(Faster("kernel", "modelx", 40.0), Faster("kernel", "heavylight", 30.0)),
    ),
    Case(
        name="closed-group-by-point",
        title="The same against a program that takes one model point after the other",
        make=partial(lattice.ready, YEARS, True),
        task="points",
        peers=("cashflower",),
        gates=(Faster("kernel", "cashflower", 3000.0),),
        rounds=1,
    ),
    Case(
        name="pensions-years",
        title="Members and pensions of the demo, 3 groups, 6 benefits, 100 years, checked",
        make=partial(stages.pension, "years"),
        gates=(Within("stage", 80e-3),),
    ),
    Case(
        name="pensions-months",
        title="Members and pensions of the demo on the grid of months",
        make=partial(stages.pension, "months"),
        gates=(Within("stage", 1.0),),
        clock="wall",
        threads=THREADS,
        rounds=3,
    ),
    Case(
        name="health",
        title="Health scheme, 10 groups, 20 services, 50 years",
        make=stages.health,
        gates=(Within("stages", 0.3), Within("whole", 0.3)),
        rounds=5,
    ),
    Case(
        name="premium",
        title="General average premium of 1,000 scenarios, 75 years",
        make=stages.premium,
        gates=(Within("api", 10e-3),),
    ),
    Case(
        name="solve",
        title="Contribution rate for a reserve ratio, demo",
        make=stages.solving,
        gates=(Within("given", 20e-3),),
        rounds=5,
    ),
    Case(
        name="ensemble",
        title="Stochastic valuation of the demo, 75 years, per scenario",
        make=partial(stages.ensemble, 32),
        quick=partial(stages.ensemble, 4),
        gates=(Within("api", 12e-3, stretch=6e-3),),
        clock="wall",
        threads=THREADS,
        rounds=3,
    ),
    Case(
        name="import",
        title="import actuarial, whole process",
        make=processes.importing,
        gates=(Within("process", 0.25, "numpy alone"),),
    ),
    Case(
        name="start",
        title="Process start to the first result of the open group",
        make=processes.starting,
        gates=(
            Within("process", 1.2, "numpy alone"),
            Within("with all that is installed", 1.2, "numpy alone"),
        ),
        rounds=5,
    ),
)


def cases(names: list[str] | None = None) -> tuple[Case, ...]:
    """All cases, or those of some names; KeyError for a name that is not known."""
    known = {case.name: case for case in CASES}
    if names is None:
        return CASES
    unknown = [name for name in names if name not in known]
    if unknown:
        raise KeyError(f"{', '.join(unknown)}: the cases are {', '.join(known)}")
    return tuple(known[name] for name in names)
