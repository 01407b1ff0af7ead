"""Stochastic valuations: many drawn futures of a basis through the ordinary projection, and what they tell of risk."""

from actuarial.ensemble.blocks import Options, run_block
from actuarial.ensemble.draws import Uncertainties, draw_basis
from actuarial.ensemble.economy import EconomicUncertainty, autoregression, draw_economy
from actuarial.ensemble.parts import open_parts
from actuarial.ensemble.quantiles import convergence, distribution, quantiles
from actuarial.ensemble.risk import depletion, tail
from actuarial.ensemble.running import run

__all__ = [
    "EconomicUncertainty",
    "Options",
    "Uncertainties",
    "autoregression",
    "convergence",
    "depletion",
    "distribution",
    "draw_basis",
    "draw_economy",
    "open_parts",
    "quantiles",
    "run",
    "run_block",
    "tail",
]
