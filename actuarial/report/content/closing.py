"""Funding, investments and cost of administration; the opinion and the signature, which are the actuary's."""

import numpy as np
import xarray as xr

from actuarial.report.content.blocks import asked_for, if_written, section
from actuarial.report.content.cells import Column, by_year, cell, listed, unit_of
from actuarial.report.content.material import Material
from actuarial.report.document import Section, Table
from actuarial.sheets.usual_names import names_in

OPINION = ("opinion.text", "statement.signature")


def funding(material: Material) -> Section | None:
    """Funding policy, assets, investments and administration."""
    say = material.say
    assets = section(
        "assets",
        say("Assets on the valuation date"),
        (_assets(material), *if_written(material, "assets.basis"))
        if _has_assets(material)
        else asked_for(material, "assets.basis"),
        covers=("assets.basis",) if _has_assets(material) else (),
    )
    cost = section("administration", say("Cost of administration and return"), (_administration(material),))
    fields = asked_for(material, "method.funding_policy", "method.investment")
    return section("funding", say("Funding policy, assets and administration"), fields, (assets, cost))


def _has_assets(material: Material) -> bool:
    """Whether assets of the pension scheme are told; those of a health fund are not in a basis."""
    return material.pension is not None and not {"assets_book_0", "assets_market_0"}.isdisjoint(material.main.basis)


def _assets(material: Material) -> Table:
    """Assets by class at book and market value, without and with what is disputed."""
    say, basis = material.say, material.main.basis
    words = {"assets_book_0": say("Book value"), "assets_market_0": say("Market value")}
    names = [name for name in words if name in basis]
    classes = [str(one) for one in basis["asset_class"].values]
    money = unit_of(say, material.main.currency, [float(basis[name].sum()) for name in names])
    disputed = basis.get("assets_disputed_0")
    rows = []
    for one in classes:
        figures = [cell(say, float(basis[name].sel(asset_class=one)), "money", money) for name in names]
        share = [cell(say, float(disputed.sel(asset_class=one)), "percent")] if disputed is not None else []
        rows.append((names_in(say, one.replace("_", " ")), *figures, *share))
    total = [cell(say, float(basis[name].sum()), "money", money) for name in names]
    rows.append((say("Total"), *total, *([""] if disputed is not None else [])))
    head = (say("Class"), *(words[name] for name in names), *([say("In dispute")] if disputed is not None else []))
    opening = cell(say, float(basis["reserve_0"]), "money", money)
    note = say("Reserve that the projection starts from: {amount} {unit}.", amount=opening, unit=money.words)
    return listed(
        material,
        "assets",
        say("Assets by class"),
        head,
        rows,
        units=money.words,
        notes=(note,),
        source=say("Accounts of the scheme"),
        strong=(len(rows) - 1,),
    )


def _administration(material: Material) -> Table:
    """Cost of administration in relation to income and benefits, and the interest that the reserve earns."""
    say, part = material.say, material.main
    result = part.result
    cost = result["administration"]
    benefits = result["outgo"] - cost
    columns = [
        Column(say("Cost of administration"), cost, "money"),
        Column(say("of contributions"), _over(cost, result["contributions"]), "percent", say("Share")),
        Column(say("of benefits"), _over(cost, benefits), "percent", say("Share")),
        Column(say("of insurable earnings"), _over(cost, result["total_insurable_earnings"]), "percent2", say("Share")),
        Column(say("Interest"), part.basis["interest_rate"], "percent"),
    ]
    return by_year(material, part, "administration", say("Cost of administration"), columns)


def _over(part: xr.DataArray, whole: xr.DataArray) -> xr.DataArray:
    return part / whole.where(np.abs(whole) > 0)


def opinion(material: Material) -> Section | None:
    """The actuarial opinion and the signature; nothing of it is written by the library."""
    return section("opinion", material.say("Actuarial opinion"), asked_for(material, *OPINION))
