"""Cohort-component projections in JAX: scan over years, vmap over scenarios, compiled for the processor."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.peers.protocol import serve

jax.config.update("jax_enable_x64", True)
Told = Mapping[str, np.ndarray]


def year(stock: Any, given: Any) -> tuple[Any, Any]:
    """One year: the stock of its end and its totals."""
    survival, asfr, srb, moved = given
    start = stock + 0.5 * moved
    older = jnp.concatenate([start[:, :-2], start[:, -2:].sum(axis=1, keepdims=True)], axis=1)
    after = older * survival[:, 1:]
    women = 0.5 * (start[1, 1:-1] + after[1, :-1] + 0.5 * moved[1, 1:-1])
    born = (women * asfr[1:-1]).sum()
    babies = born * jnp.stack([srb, 1.0]) / (1.0 + srb)
    exposed = jnp.concatenate([babies[:, jnp.newaxis], older], axis=1)
    end = jnp.concatenate([babies[:, jnp.newaxis] * survival[:, :1], after], axis=1)
    deaths = (exposed - end).sum()
    end = end + 0.5 * moved
    by_age = end.sum(axis=0)
    young, working, old = by_age[:15].sum(), by_age[15:65].sum(), by_age[65:].sum()
    people = [young + working + old, young, working, old, old / working]
    return end, jnp.stack([*people, born, deaths, moved.sum()])


@jax.jit
def one(population_0: Any, survival: Any, asfr: Any, srb: Any, migration: Any) -> Any:
    """Totals (year, output)."""
    return jax.lax.scan(year, population_0, (survival, asfr, srb, migration))[1]


@jax.jit
def many(population_0: Any, hazard: Any, asfr: Any, srb: Any, migration: Any, f: Any, g: Any, h: Any) -> Any:
    """Totals (scenario, year, output)."""

    def scenario(f: Any, g: Any, h: Any) -> Any:
        def step(stock: Any, given: Any) -> tuple[Any, Any]:
            hazard, asfr, srb, moved, f, g, h = given
            return year(stock, (jnp.exp(hazard * f), asfr * g, srb, moved * h))

        return jax.lax.scan(step, population_0, (hazard, asfr, srb, migration, f, g, h))[1]

    return jax.vmap(scenario)(f, g, h)


def population(told: Told) -> Callable[[], Any]:
    """One projection."""
    given = [jnp.asarray(told[name]) for name in ("population_0", "survival", "asfr", "srb", "migration")]
    return lambda: one(*given).block_until_ready()


def populations(told: Told) -> Callable[[], Any]:
    """Many projections."""
    given = [jnp.asarray(told["population_0"]), jnp.log(told["survival"])]
    names = ("asfr", "srb", "migration", "hazard", "fertility", "moves")
    given += [jnp.asarray(told[name]) for name in names]
    return lambda: many(*given).block_until_ready()


TASKS = {"population": population, "populations": populations}

if __name__ == "__main__":
    serve(TASKS, "jax", "jaxlib", "numpy")
