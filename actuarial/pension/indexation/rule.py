"""Adjustment of pensions in payment."""

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
import xarray as xr
from pydantic import BeforeValidator, Field, TypeAdapter, WithJsonSchema, WrapValidator

from actuarial.advice import MIX
from actuarial.check.period import twelfths_before
from actuarial.dated import Misstated, Money
from actuarial.errors import BadScheme
from actuarial.fields import Reads, Shape, money_schema, read_money, rule
from actuarial.pension.indexation.balancing import Balanced, Balancing
from actuarial.pension.indexation.conditions import FINANCES, Alternative, OnlyIf
from actuarial.pension.indexation.growth import SOURCES, Mix
from actuarial.person import make_grid
from actuarial.translation import N_, Told

WORDS = ("none", "prices", "wages")
SAME_DAY = 1e-9  # years: an adjustment on the day after the valuation date is still to come


def _limit(raw: Any) -> Money | None:
    """An amount of money, or nothing for 0."""
    if raw is None or (not isinstance(raw, bool) and raw == 0):
        return None
    return read_money(raw)


def _words(raw: Any) -> Any:
    """One alternative or a list of them; a word stands for one as it does for an adjustment."""
    return tuple(_weights(one) for one in (raw if isinstance(raw, (list, tuple)) else [raw]))


def _weights(raw: Any) -> Any:
    """Fields that a word stands for; anything else as it is."""
    if not isinstance(raw, str):
        return raw
    if raw not in WORDS:
        raise Misstated(
            Told(
                "must be one of {names}, {mix} (got {value!r})",
                names=tuple(WORDS),
                mix=MIX,
                value=raw,
            )
        )
    return {} if raw == "none" else {raw: 1.0}


Limit = Annotated[
    Money | None,
    Reads(_limit),
    WithJsonSchema({"anyOf": [{"const": 0}, money_schema("week", "month", "year")]}),
]


@rule
class Band(Mix):
    """The adjustment of the slice of each pension above a limit, up to the limit of the next band."""

    above: Limit = Field(default=None, description="Where the slice begins (money); 0 if absent")


@rule
class Indexation(Mix):
    """Yearly adjustment: a mix of growth rates, by condition, by amount of the pension, or balanced.

    adj_t = fixed + a infl_{t-lag} + b gam_{t-lag} + ..., see `Mix`; where `only_if` does not hold, that of the first of
    the alternatives in `otherwise` that is due, else none. With `bands` each slice of a pension between two limits has
    an adjustment of its own. `balancing` multiplies 1 + adj_t.

    What looks at the finances of a year looks at those of years before; see `actuarial.project` for the passes.

    Examples
    --------
    Indexation(prices=0.5, wages=0.5, lag=1, month=7)
    """

    month: int = Field(default=1, ge=1, le=12, description="Month of the adjustment, on its first day")
    only_if: OnlyIf | None = Field(default=None, description="What must hold for it; always if absent")
    otherwise: Annotated[tuple[Alternative, ...], BeforeValidator(_words)] = Field(
        default=(), description="Adjustments where it is not due, the first one that is due; none if absent"
    )
    bands: tuple[Band, ...] = Field(default=(), description="Adjustments of slices of each pension by amount")
    balancing: Balancing | None = Field(default=None, description="Cut while a ratio of the finances is too low")

    def __post_init__(self) -> None:
        Mix.__post_init__(self)
        if self.otherwise and self.only_if is None:
            raise Misstated(Told("has no meaning without only_if; state the condition, or remove it"), ("otherwise",))
        if self.bands:
            _check_bands(self)

    def __call__(self, basis: xr.Dataset, finance: xr.Dataset | None = None) -> xr.DataArray:
        """Adjustment by year, 1/year; BadScheme with bands, where it depends on the pension (see `slices`)."""
        if self.bands:
            raise BadScheme(
                Told(
                    "indexation: the adjustment by bands depends on the amount of each pension, so that it is known "
                    "for pensions in payment only.\n  Use an adjustment without bands here."
                )
            )
        if self.only_if is None and self.balancing is None:
            return self.growth(basis)
        growth, _ = self.slices(basis, finance)
        return xr.DataArray(growth[0], dims="year", coords={"year": basis["year"].values})

    def before_projection(self, basis: xr.Dataset, years: Any) -> xr.DataArray:
        """Growth of balances of accounts in years before the projection: as if it was due and nothing was balanced."""
        return self.growth(basis, years)

    def slices(self, basis: xr.Dataset, finance: xr.Dataset | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Adjustment of each slice (band, year), 1/year, and where it begins (band, year), currency/year."""
        base = self._base(basis, finance)
        if self.balancing is not None:
            factor = self.balancing.balanced(base[0], basis, finance, begun=self._begun(basis)).factor
            base = np.where(factor == 1.0, base, (1.0 + base) * factor - 1.0)
        return base, self._limits(basis)

    def balanced(self, basis: xr.Dataset, finance: xr.Dataset | None = None) -> Balanced | None:
        """Factors of balancing and the level they lead to by year; None without balancing."""
        if self.balancing is None:
            return None
        return self.balancing.balanced(self._base(basis, finance)[0], basis, finance, begun=self._begun(basis))

    @property
    def time(self) -> float:
        """Fraction of the year before the adjustment."""
        return (self.month - 1) / 12

    @property
    def needs_finance(self) -> bool:
        """Whether it looks back at the finances, so that the benefits are projected in passes."""
        return self.balancing is not None or any(one.reads(*FINANCES) for one in self._conditions())

    @property
    def needs_balance(self) -> bool:
        """Whether it looks back at the balance ratio."""
        return self.balancing is not None and self.balancing.by == "balance_ratio"

    @property
    def needs_interest(self) -> bool:
        """Whether it looks at the return on the reserve."""
        return any(mix.reads("interest") for mix in (self, *self.otherwise, *self.bands))

    def needs(self) -> list[str]:
        """Variables that a basis may lack and the rule cannot do without."""
        mixes, conditions = (self, *self.otherwise, *self.bands), self._conditions()
        product = any(mix.reads("gdp", "real_gdp") for mix in mixes)
        product = product or any(one.reads("gdp_growth", "real_gdp_growth") for one in conditions)
        ratios: set[str] = {self.balancing.by} if self.balancing is not None else set()
        ratios |= {name for name in FINANCES if any(one.reads(name) for one in conditions)}
        return ["gdp"] * product + [f"{name}_0" for name in sorted(ratios)]

    def looks_far_back(self) -> bool:
        """Whether it reads finances two years before or more, or the product of years before its own."""
        mixes = (self, *self.otherwise, *self.bands)
        back = [mix.lag + mix.average_over - 1 for mix in mixes if mix.reads("gdp", "real_gdp")]
        back += [one.lag for one in self._conditions() if one.reads("gdp_growth", "real_gdp_growth")]
        far = [one.lag for one in self._conditions() if one.reads(*FINANCES)]
        far += [self.balancing.lag] if self.balancing is not None else []
        return any(lag > 0 for lag in back) or any(lag > 1 for lag in far)

    def _conditions(self) -> list[OnlyIf]:
        stated = (self.only_if, *(one.only_if for one in self.otherwise))
        return [one for one in stated if one is not None]

    def _base(self, basis: xr.Dataset, finance: xr.Dataset | None) -> np.ndarray:
        """Adjustment of each slice without balancing (band, year)."""
        years = basis.sizes["year"]
        mixes: tuple[Mix, ...] = self.bands or (self,)
        due = [_values(mix, basis) for mix in mixes]
        found = np.zeros((len(due), years))
        left = np.ones(years, dtype=bool)
        alternatives = [(one.only_if, [_values(one, basis)] * len(due)) for one in self.otherwise]
        for condition, values in [(self.only_if, due), *alternatives]:
            holds = left if condition is None else left & condition.holds(basis, finance)
            found = np.where(holds, np.stack(values), found)
            left = left & ~holds
        return found

    def _limits(self, basis: xr.Dataset) -> np.ndarray:
        """Where each slice begins (band, year), currency/year; BadScheme where they do not increase."""
        grid, years = make_grid(basis, None), basis.sizes["year"]
        bounds = [0.0 if band.above is None else band.above.evaluate(grid) for band in self.bands or (Band(),)]
        found = np.stack([np.broadcast_to(np.asarray(bound, dtype=float), (years,)) for bound in bounds])
        bad = (np.diff(found, axis=0) <= 0).any(axis=0)
        if bad.any():
            text = N_(
                "bands: the limits must increase from band to band in every year; in {count} of {whole} years they do "
                "not, the first is {year}."
            )
            first = int(basis["year"].values[bad][0])
            raise BadScheme(Told(text, count=int(bad.sum()), whole=years, year=first))
        return found

    def _begun(self, basis: xr.Dataset) -> bool:
        """Whether the adjustment of the first year lies before the valuation date, whose pensions hold it."""
        return self.time < twelfths_before(basis) - SAME_DAY


def _values(mix: Mix, basis: xr.Dataset) -> np.ndarray:
    """Growth of a mix by year; BadScheme where it changes with more than the year."""
    growth = mix.growth(basis)
    if growth.dims != ("year",):
        others = tuple(str(dim) for dim in growth.dims if dim != "year")
        text = N_("indexation: an adjustment with conditions, bands or balancing must not change with {dims}.")
        raise BadScheme(Told(text, dims=others))
    return growth.values


def _check_bands(rule: Indexation) -> None:
    """Bands begin at 0, and the adjustment outside them says nothing beside them."""
    if rule.bands[0].above is not None:
        raise Misstated(Told("must begin with above = 0, or without above, for the lowest slice"), ("bands",))
    if any(band.above is None for band in rule.bands[1:]):
        raise Misstated(Told("have each a limit of their own after the first; give above"), ("bands",))
    plain = Mix()
    words = (*SOURCES, "fixed", "norm", "floor", "cap", "lag", "average_over")
    beside = [name for name in words if getattr(rule, name) != getattr(plain, name)]
    if beside:
        raise Misstated(
            Told("say what {names} would; write it inside each band instead", names=tuple(beside)), ("bands",)
        )


def _validate(raw: Any, check: Callable[[Any], Indexation]) -> Any:
    """A word, a mix, or any object that answers as `Indexation` does when called."""
    if isinstance(raw, str):
        return Indexation(**_weights(raw))
    return raw if callable(raw) else check(raw)


def _inlined(part: Any, known: dict[str, Any]) -> Any:
    """A JSON Schema with the parts that it refers to at their places."""
    if isinstance(part, list):
        return [_inlined(one, known) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        rest = {key: value for key, value in part.items() if key != "$ref"}
        return _inlined(known[part["$ref"].rsplit("/", 1)[1]], known) | rest
    return {key: _inlined(value, known) for key, value in part.items()}


def _shape() -> dict[str, Any]:
    """JSON Schema of an adjustment, without definitions of its own: a word or a table."""
    schema = TypeAdapter(Indexation).json_schema()
    whole = _inlined(schema, schema.pop("$defs", {}))
    one = whole["properties"]["otherwise"]["items"]
    words = {"enum": list(WORDS)}
    whole["properties"]["otherwise"] |= {"anyOf": [words, one, {"type": "array", "items": {"anyOf": [words, one]}}]}
    for key in ("type", "items"):
        del whole["properties"]["otherwise"][key]
    return {"anyOf": [words, whole]}


IndexationRule = Annotated[Indexation, WrapValidator(_validate), Shape(_shape)]
