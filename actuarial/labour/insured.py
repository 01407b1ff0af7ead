"""The insured population: persons by age and past credit, and the claims that leave it."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.audited import scaling
from actuarial.bridge import doubles, over_scenarios, threads
from actuarial.calibration import calibration_factor
from actuarial.check.basis import check_entries
from actuarial.check.groups import TRANSFERS, check_groups
from actuarial.check.period import first_period, year_fraction
from actuarial.check.population import stock_before
from actuarial.errors import BadInput
from actuarial.labour import account_flows, earnings, kernels, plain, records, side_by_side
from actuarial.labour.accrued import apart
from actuarial.labour.credits import STEP, cells_needed
from actuarial.labour.dispersion import most_density
from actuarial.labour.grid_law import law_on_grid
from actuarial.labour.levels import AWARDED, award_levels, with_levels
from actuarial.labour.packing import CELL, HELD, WHOLE, Inputs
from actuarial.labour.participation import labour_market
from actuarial.labour.recovery import check_invalids
from actuarial.labour.reported import ACCOUNT_NAMES, BY_SERVICE, CLAIM_NAMES, FLOW_NAMES, ONLY_WITH
from actuarial.labour.retiring import claims_of_period
from actuarial.labour.together import together
from actuarial.labour.transfers import MOVED, links, project_coupled
from actuarial.labour.unreduced import UNREDUCED, asked_again
from actuarial.labour.withdrawals import accrued_withdrawals, check_withdrawals, drawing, with_withdrawals
from actuarial.law import Law
from actuarial.quick import dataset, labelled, quick_set, union
from actuarial.scheme import Benefit, Scheme, require_scheme
from actuarial.vocabulary import annotate

MEMBERS = ("all", "present", "future")
ACCRUED = ("no", "projected", "frozen")
NEEDED = (
    "population_0",
    "mx",
    "participation_rate",
    "unemployment_rate",
    "coverage",
    "density",
    "exit_rate",
    "invalidity_rate",
    "reentry_share",
    "entry_profile",
    "salary_0",
    "earnings_cv",
    "collection_rate",
    "wage_growth",
    "active_0",
    "inactive_0",
)


def project_insured(
    population: xr.Dataset,
    basis: xr.Dataset,
    scheme: Scheme,
    *,
    service: str = "months",
    entries: xr.Dataset | None = None,
    members: str = "all",
    accrued: str = "no",
    keep: tuple[str, ...] = (),
    finance: xr.Dataset | None = None,
) -> xr.Dataset:
    """Project active and inactive insured by group, sex, age and past credit, and send them through the law.

    In year t the stock A[x, c] of the year before is decremented by constant forces; stayers accrue 12 dens months,
    those who die, leave, become invalid or retire 6 dens, and eligibility and awards look at c + 6 dens and age x + 1.
    Entries are the residual against the coverage target; a share of them is drawn from the inactive [1]_.

    Parameters
    ----------
    population : Dataset of `project_population`
    basis : Dataset with the variables that ARCHITECTURE.md lists for a pension basis
    scheme : Scheme
    service : "months" or "years", grid of past credit
    entries : Dataset of an open run (`new_entrants`, `reentry_rate`, `contraction_rate`), used instead of the residual
    members : "all", or "present" (members on the valuation date, who may re-enter) or "future" (who enter later)
    accrued : "no" for whole benefits; "projected" or "frozen" for the part of them that the present members have earned
        by the valuation date, with their projected earnings or with those of the base year; of benefits that are a
        share of a balance what the balances of that date have grown to
    keep : ("service",) also returns `active_by_service`, `inactive_by_service` and, where invalids recover,
        `invalid_by_service` (one scenario only)
    finance : Dataset of `project_finance` of the projection before, for accounts whose growth looks back at it

    Returns
    -------
    Dataset
        By (scenario,) year, sex, age: `labour_force`, `employed`, persons. By (scenario,) year, group, sex, age: stocks
        on 31 December (`active`, `inactive`, persons; `active_credits`, `inactive_credits`, person-months), flows of
        the year by age reached (`new_entrants`, `reentrants`, `reentry_shortfall`, `exits`, `deaths_active`,
        `deaths_inactive`, `new_invalids`, `retirements_active`, `retirements_inactive`, persons/year;
        `contribution_months_stayers`, `contribution_months_entrants`, `credits_removed`, person-months/year), rates of
        re-entry and contraction (`reentry_rate`, `contraction_rate`), `average_contributors` (persons), where groups
        are closed `entries_refused` (persons/year), where members move between groups `transfers_in`, `transfers_out`,
        `transfers_in_inactive`, `transfers_out_inactive` (persons/year), `transferred_credits` (person-months/year),
        where invalids recover `recoveries` (persons/year), `credits_restored` (person-months/year), `salary`
        (currency/year), `insurable_share`; without age `contributors_any` (persons), `assessed_earnings` and
        `insurable_earnings` (currency/year). By (scenario,) year, benefit, sex, age: `claims_number` (persons/year),
        `claims_amount`, `claims_topup` (currency/year), `claims_credits` (person-months/year), `claims_at_minimum`
        (persons/year), where survivors have a share of pensions before reductions `claims_unreduced` and
        `claims_unreduced_topup` (currency/year). Where benefits read accounts, by (scenario,) year, account, group,
        sex, age `account_balance` on 31 December, `account_credits`, `account_growth` and `account_released`, what left
        with retirement, invalidity and death or was paid on exit (`account_restored`: what came back with those who
        recover; `account_transferred`: what came with those who move between groups; `account_withdrawn`: what members
        took out in service), for all members alone but for credits that contributions are due on.
        With `accrued` the claims only, each claim in the proportion of credits on the valuation date to credits at the
        claim, and shares of balances without credits after that date.

    Raises
    ------
    MissingVariable, BadDimensions, OutOfBounds
        A variable of the basis is absent, on other dims, NaN or outside its bounds.
    BadInput
        Another word for the grid, the members, what is accrued or what is kept; stocks by service of several scenarios;
        accrued benefits without the entries of an open run, of other than present members, or with stocks by service.
    BadBasis
        Entries of a year that are no distribution over the ages, an unknown concept of coverage.
    BadScheme
        An answer of a benefit that cannot be meant, see `law`.

    Notes
    -----
    `claims_at_minimum` counts those of whom any amount that is due is raised to its minimum; amounts whose multiple or
    part of service is 0 do not count, nor what is missing to a guarantee. A person has the same place in the
    distribution of every amount, so that of several the greatest share counts: exact where they have one base and
    where their bases rise together. Lengths of periods abroad are those of different persons, all of
    whom are counted by the share of the length with the greatest one: with several lengths the number is an upper
    bound, exact where one length has limits or all have the same share.

    With independent annual rates q_j (death, invalidity, leaving), forces mu_j = -ln(1 - q_j) and their sum mu, the
    dependent probabilities are aq_j = mu_j/mu (1 - exp(-mu)), and ap = exp(-mu) remain::

        A_t[x+1, c + 12 dens] = ap A_{t-1}[x, c] (1 - claim[x+1, c + 6 dens]) + those who enter
        I_t[x+1, c] = (1 - q) I_{t-1}[x, c] (1 - claim[x+1, c]) + those who leave - those who enter again
        claims = event x claim(c + 6 dens) x E[amount], event: retirement, invalidity, death or exit
        W = collected x declared x sum sal kappa (months of stayers and entrants)/12

    A closed group lets in the shares `admitted_share` of its new entrants (0: none) and `readmitted_share` of its
    re-entrants (0 too: in run-off); the others are refused, and the contraction is multiplied by `admitted_share`: a
    closed group is not forced out by its target, which it need not reach. The target still says who wants to come back,
    so the coverage of a closed group should fall with it. Of those refused the share `successor_share` is added to the
    target of another group, which then exceeds its own by them.

    Members move between groups on 1 January (`transfer_rate` of the active, `transfer_rate_inactive`), from the stock
    of the day before, with credits, balances and the earnings that the inactive left with; the year is then one in
    the new group, and targets are met after the moves. An account goes on by the rules for the new group.

    With `recovery_rate` those who draw the pension on invalidity, or one that totals it, keep credits, balances and
    earnings (revalued as those of the inactive) and stay in it as the benefit says (`continuance`, `survival`,
    `conversion`); who recovers is inactive on 31 December, and may be among those who enter again in the year. Invalids
    without a pension do not return. Of the pensioners of the valuation date those of `invalid_0` may return, with the
    reference earnings of the active of their age and the balances that `account_0` gives the insured of their age for
    so many months.

    With `density_dispersion` rho members of a cell contribute 0 to 12 months of a year, a beta-binomial distribution
    drawn anew each year, and 0 to 6 in half of it; on the grid of years nothing changes. Balances of accounts move with
    members by the mean: those with more months take no greater part of the balance of their cell along.

    A credit between two cells of the grid is split between them in proportion, so that its mean is kept.

    Reference earnings that wages do not revalue differ among the inactive of an age and credit, who left at different
    times: amounts between limits, or beyond an offset, know their mean and their variance.

    After a valuation date inside the first year, phi of which is left, the opening stocks are by the age on the last
    day of the year before, q_j becomes 1 - (1 - q_j)^phi and dens phi dens in that year. Of the claims on retirement of
    the year those after the date are left: who turned the age before has retired already and is not among the stocks,
    and a share c becomes phi c/(1 - (1-phi) c), see `claims_of_period`. Average contributors: the mean of the period.

    Accrued benefits are prorated person by person [2]_: who had c_0 months on the valuation date and claims with c is
    recorded with c_0/c of the claim. The recursion is linear in persons, so months (persons x c_0) are moved instead,
    and a claim in cell c is divided by c; the rates, and the earnings of the inactive, are those of all members. With
    "frozen" a member aged y in year t has the salary of age y - t of the base year (t years after it) in the reference
    earnings; revaluation, indexation and amounts of the law go on.

    References
    ----------
    .. [1] Plamondon, P. et al. (2002), Actuarial practice in social security, International Labour Office, chapter 6.
    .. [2] Winklevoss, H. E. (1993), Pension mathematics with numerical illustrations, 2nd edition, University of
       Pennsylvania Press.
    """
    if service not in STEP:
        raise BadInput(f"service: {service!r} is not a grid; write \"months\" or \"years\".")
    if members not in MEMBERS:
        raise BadInput(f"members: {members!r} is not known; write one of {', '.join(map(repr, MEMBERS))}.")
    if keep not in ((), ("service",)):
        raise BadInput(f"keep: {keep!r} is not known; write (\"service\",) or leave it out.")
    if keep and any("scenario" in part.dims for part in (population, basis, entries) if part is not None):
        raise BadInput("keep: stocks by service are kept for one scenario only; select it with .sel(scenario=...).")
    _check_accrued(accrued, members, entries, keep)
    check.require(population, "population")
    require_scheme(scheme)
    check.require(basis, *NEEDED, *(name for name in ("invalid_0", "recovery_rate") if name in basis))
    check_invalids(basis)
    check_entries(basis)
    check_groups(basis)
    basis = doubles(basis)

    def one(
        population: xr.Dataset, basis: xr.Dataset, entries: xr.Dataset | None, finance: xr.Dataset | None
    ) -> xr.Dataset:
        run = _Run(basis, scheme, STEP[service], entries, members, accrued, finance, population, "service" in keep)
        return run.result()

    given = (population, basis, entries, finance)
    if accrued == "no" and finance is None and together(scheme, basis, population, entries):
        joint = [None if part is None else quick_set(part) for part in given]
        return annotate(one(*joint))  # type: ignore[arg-type]
    return annotate(over_scenarios(one, *given))


def _check_accrued(accrued: str, members: str, entries: xr.Dataset | None, keep: tuple[str, ...]) -> None:
    """BadInput where accrued benefits are asked for in another word or of a run that cannot have them."""
    if accrued not in ACCRUED:
        raise BadInput(f"accrued: {accrued!r} is not known; write one of {', '.join(map(repr, ACCRUED))}.")
    if accrued == "no":
        return
    if members != "present":
        raise BadInput(f'accrued: only present members have accrued benefits, not {members!r}; add members="present".')
    if entries is None:
        raise BadInput(
            "accrued: present members re-enter at the rates of an open run; project it first and give it as entries=."
        )
    if keep:
        raise BadInput("keep: a run of accrued benefits counts months instead of persons; leave it out.")


def _event(benefit: Benefit) -> str:
    return "beside" if benefit.together_with is not None else benefit.on or "none"


def _outcome(
    given: tuple, opening: np.ndarray, moved: np.ndarray, drawn: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Flows of accounts and history among the arguments of the kernel, of each account the insurable balance.

    `opening` are balances on the valuation date (mass, age), `moved` those that came from other groups (year, mass,
    age), `drawn` what is withdrawn of balances (year, mass, age).
    """
    rates, accounts, flows, history = given[2], given[5], given[7], given[9]
    insured = np.where(accounts.rows[:, 3] >= 0, accounts.rows[:, 3], accounts.rows[:, 0])
    flows = account_flows.with_credits(flows, rates, accounts, opening, moved, drawn)
    return flows.by_account[:, :, insured], history


@dataclass(frozen=True)
class _Run(Inputs):
    """Runs the kernel for every scenario, group and sex, and labels the result."""

    population: xr.Dataset
    history: bool

    def result(self) -> xr.Dataset:
        basis, market = self.basis, labour_market(self.population, self.basis)
        density = self.cells("density").copy()
        density[:, 0] *= first_period(basis)
        idle = basis["inactive_0"] + basis["invalid_0"] if "invalid_0" in basis else basis["inactive_0"]
        stocks = (basis["active_0"], idle)
        rates, enters, exits = (
            np.moveaxis(part, 1, 0) for part in (density, self.entered(), self.cells("exit_rate"))
        )
        count = cells_needed(stocks, most_density(rates, basis, self.step), enters, exits, self.step)
        months = np.arange(count) * self.step
        service: xr.DataArray = labelled(months, ("service",), {"service": months}).rename("service")
        rules = law_on_grid(self.scheme, basis, service, self.finance)
        rules = claims_of_period(rules, first_period(basis))
        check_withdrawals(self, rules)
        levels = award_levels(self.scheme, basis, rules.grid, self.finance)
        rules = with_levels(rules, levels, self.accrued != "no") if levels else rules
        salary = earnings.salary_path(basis).isel(year=slice(1, None))  # without the base year
        if self.accrued != "no":
            return self.accrued_claims(rules, density, count, market, service)
        if side_by_side.fits(self, rules, density):
            found, moved = side_by_side.project(self, rules, density, count, market), None
        else:
            found, moved = self.slices(rules, density, count, market)
        insured = quick_set(self.label(found, rules, service, moved))
        if moved is not None and any(name in basis for name in TRANSFERS):
            flows = zip(MOVED, moved, strict=True)
            insured = insured.assign({name: self.own(CELL, flow) for name, flow in flows})
        return union(market, insured, self.payroll(insured, salary, rules))

    def own(self, dims: tuple[str, ...], values: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
        """Dims and values of a result, of arrays with the scenarios in front; without them where the basis has none."""
        return (("scenario", *dims), values) if "scenario" in self.basis.dims else (dims, values[0])

    def kept(self) -> tuple[str, ...]:
        """Stocks by service that a run may keep, in the order of the kernel."""
        return BY_SERVICE if "recovery_rate" in self.basis else BY_SERVICE[:2]

    def accrued_claims(
        self, rules: Law, density: np.ndarray, count: int, market: xr.Dataset, service: xr.DataArray
    ) -> xr.Dataset:
        """Claims in the proportion of credits; amounts of balances are those without credits after the valuation date.

        Such amounts are linear in balances, of which future entrants have none, so that they are found for everybody.
        """
        drawn = bool(drawing(self.scheme.benefits))
        by_service, held = apart(rules, drawn)
        counted = replace(self, history=drawn).slices(by_service, density, count, market)[0]
        claims = self.label(counted, by_service, service)
        claims = claims[[name for name in (*CLAIM_NAMES.values(), *AWARDED, *UNREDUCED) if name in claims]]
        if held is None:
            return claims
        everybody = replace(self, members="all", accrued=HELD)
        found = everybody.label(everybody.slices(held, density, count, market)[0], held, service)
        shares = [name for name in ("claims_amount", *UNREDUCED) if name in claims]
        claims = claims.assign({name: claims[name] + found[name] for name in shares})
        if drawn:
            claims["claims_number"].values += self.own((), accrued_withdrawals(counted, self, rules))[1]
        return claims

    def slices(
        self, rules: Law, density: np.ndarray, count: int, market: xr.Dataset
    ) -> tuple[records.Outcome, np.ndarray | None]:
        """Run the kernel for every scenario, group and sex, in threads: flows, history, and who moved between groups.

        Groups that depend on each other run together, a sex in a thread.
        """
        pack, withdrawn = self.packer(rules, density, count, market)
        scenarios, groups, sexes = self.shape()
        linked = links(self.basis)
        years, ages = self.basis.sizes["year"], self.basis.sizes["age"]
        by_age = np.zeros((*self.shape(), len(kernels.BY_AGE), years, ages))
        by_claim = np.zeros((*self.shape(), len(kernels.BY_CLAIM), years, len(rules.claims), ages))

        def arguments(*place: int) -> tuple:
            history = np.zeros((years if self.history else 0, len(self.kept()), ages, count))
            return (*pack(*place, by_age[place], by_claim[place]), history, float(self.step))

        def alone(place: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
            given = arguments(*place)
            opening = account_flows.held(given[0])
            plain.project(given, years)
            return _outcome(given, opening, np.zeros(()), withdrawn(*place[1:]))

        def together(place: tuple[int, ...]) -> tuple[list, np.ndarray]:
            assert linked is not None
            i, s = place
            given = [arguments(i, g, s) for g in range(groups)]
            opening = [account_flows.held(one[0]) for one in given]
            moved, brought = project_coupled(given, linked, s)
            drawn = [withdrawn(g, s) for g in range(groups)]
            return [_outcome(*one) for one in zip(given, opening, brought, drawn, strict=True)], moved

        with ThreadPoolExecutor(max_workers=threads()) as pool:
            if linked is None:
                parts = list(pool.map(alone, np.ndindex(scenarios, groups, sexes)))
                return self.gathered(by_age, by_claim, parts, rules), None
            found = list(pool.map(together, np.ndindex(scenarios, sexes)))
        by_sex = [found[i : i + sexes] for i in range(0, len(found), sexes)]
        parts = [one[s][0][g] for one in by_sex for g in range(groups) for s in range(sexes)]
        moved = np.stack([np.stack([moved for _, moved in one], axis=1) for one in by_sex])
        return self.gathered(by_age, by_claim, parts, rules), np.moveaxis(moved, (3, 4), (0, 2))

    def gathered(self, by_age: np.ndarray, by_claim: np.ndarray, parts: list, rules: Law) -> records.Outcome:
        """Flows and history of the slices in the order of the results."""

        def several(values: Iterable[np.ndarray]) -> np.ndarray:
            stacked = np.stack(list(values))
            return stacked.reshape(*self.shape(), *stacked.shape[1:])

        of_groups = by_claim.transpose(1, 3, 0, 4, 5, 2, 6)
        _, flows, scenarios, years, claims, sexes, ages = of_groups.shape
        totals = np.sum(of_groups, axis=0, out=np.empty((flows, scenarios, years, claims, sexes, ages)))
        benefits, places = len(self.scheme.benefits), list(self.places(rules))
        full = totals
        if not (places == list(range(benefits)) and claims == benefits):
            full = np.zeros((flows, scenarios, years, benefits, sexes, ages))
            full[:, :, :, places] = totals[:, :, :, rules.paid]
        return records.Outcome(
            by_age=by_age.transpose(3, 0, 4, 1, 2, 5),
            by_claim=full,
            by_account=several(part[0] for part in parts).transpose(3, 0, 4, 5, 1, 2, 6),
            history=several(part[1] for part in parts).transpose(4, 0, 3, 1, 2, 5, 6),
            money=totals[kernels.BY_CLAIM.index("amounts") :][:2],
        )

    def places(self, rules: Law) -> np.ndarray:
        """Places of the benefits of the claims of a law in the scheme."""
        names = [benefit.name for benefit in self.scheme.benefits]
        return np.array([names.index(rules.claims[i].benefit) for i in rules.paid], dtype=np.int64)

    def shape(self) -> tuple[int, int, int]:
        """Numbers of scenarios (1 where the basis has none), groups and sexes."""
        return self.basis.sizes.get("scenario", 1), self.basis.sizes["group"], self.basis.sizes["sex"]

    def label(
        self, found: records.Outcome, rules: Law, service: xr.DataArray, moved: np.ndarray | None = None
    ) -> xr.Dataset:
        """Give the flows and the history their names."""
        with_accounts = bool(rules.accounts) and self.members == "all"
        data: dict[str, tuple[tuple[str, ...], np.ndarray]] = {
            FLOW_NAMES[field]: self.own(CELL, np.ascontiguousarray(found.by_age[i]))
            for i, field in enumerate(kernels.BY_AGE)
            if self.reported(field)
        }
        found = with_withdrawals(found, self, rules, moved) if with_accounts else found
        for i, field in enumerate(kernels.BY_CLAIM):
            data[CLAIM_NAMES[field]] = self.own(("year", "benefit", "sex", "age"), found.by_claim[i])
        lines = self.scheme.contributions if rules.accounts and self.accrued == "no" else ()
        on_credits = any(line.base == "account_credits" for line in lines)
        for i, field in enumerate(account_flows.BY_YEAR[: len(found.by_account)]):
            wanted = with_accounts or (on_credits and field == "credits")
            if wanted and field in ACCOUNT_NAMES and self.reported(field):
                data[ACCOUNT_NAMES[field]] = self.own(("year", "account", *CELL[1:]), found.by_account[i])
        for i, name in enumerate(self.kept() if self.history else ()):
            data[name] = self.own((*CELL, "service"), found.history[i])
        coords: dict[str, Any] = {dim: labels for dim, labels in self.coords().items() if dim in self.basis.dims}
        coords = coords | {"benefit": [benefit.name for benefit in self.scheme.benefits]}
        coords = coords | ({"service": service} if self.history else {})
        if with_accounts or on_credits:
            coords["account"] = [account.name for account in rules.accounts]
        result = dataset(data, coords)
        if found.money.size:
            result = union(result, *asked_again(result, rules, found.money[:, 0]))
        result["claims_number"].attrs["events"] = " ".join(_event(benefit) for benefit in self.scheme.benefits)
        return result

    def reported(self, field: str) -> bool:
        """Whether a flow of the kernel is part of the result."""
        return any(name in self.basis for name in ONLY_WITH.get(field, self.basis))

    def payroll(self, insured: xr.Dataset, salary: xr.DataArray, rules: Law) -> xr.Dataset:
        """Contribution time times salaries: stayers and entrants apart, assessed and collected."""
        basis = self.basis
        floor, ceiling = earnings.limits(self.scheme, rules.grid)
        share = earnings.insurable_share(salary, basis["earnings_cv"], floor, ceiling)
        declared = basis.get("declared_share", 1.0)
        worked = (insured["contribution_months_stayers"] + insured["contribution_months_entrants"]) / 12
        factor = calibration_factor(basis, "insurable_earnings")
        assessed = (salary * share * declared * worked).sum("age") * factor
        opening = basis["active_0"].sum(["age", "service"]) * (1.0 if self.members != "future" else 0.0)
        before = stock_before(insured["active"].sum("age"), opening)
        if "transfers_in" in insured:
            before = before + (insured["transfers_in"] - insured["transfers_out"]).sum("age")
        collected = assessed * basis["collection_rate"]
        if self.members == "all":
            collected = collected * scaling(collected.sum(["group", "sex"]), basis, "insurable_earnings")
        entrants = (insured["new_entrants"] + insured["reentrants"]).sum("age")
        found = {
            "salary": salary,
            "insurable_share": share,
            "average_contributors": worked / year_fraction(basis),
            "contributors_any": before + entrants,
            "assessed_earnings": assessed,
            "insurable_earnings": collected,
        }
        present = {dim: labels for dim, labels in self.coords().items() if dim in basis.dims}
        return dataset(found, present).transpose(*WHOLE, missing_dims="ignore")
