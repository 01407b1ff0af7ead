"""Records of arrays that the kernel of the insured reads and fills; the letters are those of `kernels.py`."""

from typing import NamedTuple

import numpy as np


class State(NamedTuple):
    """Stocks: persons (m, x, c), then reference earnings masses of the inactive (k, x, c), currency/year, and masses of
    accounts of the active and of the inactive (q, x, c). products (p, x, c) are masses of earnings times earnings,
    times floors and times ceilings, one after the other, of the bases of `Earnings.apart`, (currency/year)^2.

    Then persons (m, x, c) who are invalid and may recover, with their earnings and balances as of the inactive; no ages
    where nobody recovers. top (3, x) is the highest cell in use by the active, inactive and invalids of an age, -1 if
    none; the kernel fills it.
    """

    active: np.ndarray
    inactive: np.ndarray
    earnings: np.ndarray
    floors: np.ndarray
    ceilings: np.ndarray
    products: np.ndarray
    active_accounts: np.ndarray
    inactive_accounts: np.ndarray
    invalid: np.ndarray
    invalid_earnings: np.ndarray
    invalid_floors: np.ndarray
    invalid_ceilings: np.ndarray
    invalid_products: np.ndarray
    invalid_accounts: np.ndarray
    top: np.ndarray


class Rates(NamedTuple):
    """Transition rates (t, x) by age at the start; the rest by age reached; tables of limited means and
    of shares below a limit by cv.

    Claims on invalidity whose beneficiaries recover, -1 if none; who stays invalid for a year (t, x) and who of
    those who leave recovers (t, y), the same of those who became invalid in the year, and who converts (t, y).
    Shares (t, y, c) of members who are credited with c cells in a year and in half of it; without cells where all are
    credited with their density.
    """

    q_active: np.ndarray
    q_inactive: np.ndarray
    exit: np.ndarray
    invalidity: np.ndarray
    density: np.ndarray
    profile: np.ndarray
    reentry: np.ndarray
    cv: np.ndarray
    table: np.ndarray
    tables: np.ndarray
    shares: np.ndarray
    full: np.ndarray
    half: np.ndarray
    recovers: np.ndarray
    invalid_stays: np.ndarray
    invalid_back: np.ndarray
    started_stays: np.ndarray
    started_back: np.ndarray
    converts: np.ndarray


class Entries(NamedTuple):
    """How many enter: concept (1,), target (t,), and entries given by age instead of a target (t, x).

    Shares (t,) of the new entrants and of the re-entrants who are let in, and persons (t,) whom other groups sent.
    """

    concept: np.ndarray
    target: np.ndarray
    joins: np.ndarray
    new: np.ndarray
    rho: np.ndarray
    kappa: np.ndarray
    admitted: np.ndarray
    readmitted: np.ndarray
    sent: np.ndarray


class Earnings(NamedTuple):
    """Reference earnings of the active (t, x, k), means of their floors and ceilings (t, x, k), revaluation (t, x, k),
    where x may be one place for all ages; bases (s,) of which it counts how far those of the inactive of a cell lie
    apart."""

    reference: np.ndarray
    floor: np.ndarray
    ceiling: np.ndarray
    growth: np.ndarray
    apart: np.ndarray


class Accounts(NamedTuple):
    """Rules of balances, of which an account has up to four masses q: of all earnings, of their floors and ceilings,
    and of insurable earnings; rows (a, 4) says which, -1 where it has none.

    Growth of the balance of the start of the year (t, x, q): to 31 December, to mid-year, from mid-year to 31 December.
    Credits of a year of twelve contributed months (t, y, q), of stayers and of those who leave or enter at mid-year:
    with their growth to 31 December, of those who leave to mid-year; `credit` is without any. `own` (q,) is 1 where the
    balances of the dead go to the others of their age, `on_exit` (j, q) where a claim on exit pays the balance; without
    claims where none does.

    Masses credited by length of service have nothing in these three, but bands i of it: of the mass `banded` (i,), the
    years of service in a cell that lie in the band `bands` (i, c), and credits of such a year as above (t, y, i).
    """

    rows: np.ndarray
    own: np.ndarray
    on_exit: np.ndarray
    up: np.ndarray
    up_half: np.ndarray
    up_rest: np.ndarray
    stay: np.ndarray
    half: np.ndarray
    credit: np.ndarray
    banded: np.ndarray
    bands: np.ndarray
    band_stay: np.ndarray
    band_half: np.ndarray
    band_credit: np.ndarray


class Answers(NamedTuple):
    """The law per head: claims (status, j, t, y) -> row of (row, c) for who leaves (`claim_index`) and for what is
    recorded of them (`award_index`, another row if benefits are prorated); amounts are multiples (a, t, y) of units
    (u, t, y). Status: 0 active, 1 inactive. Bases are references, then accounts; -1 is money. `amount_part` (a,) is the
    base of the months whose share of service is due, or of which the rest is due (`amount_rest`); -1 for all of it.
    `unit_apart` (u,) is the place of the base of a unit among those of `Earnings.apart`, -1 if it is none. Amounts of
    one option of a claim follow each other (`amount_option` (a,), -1 if it is none), of which the greatest or the least
    is due as `claim_choice` (j,) is 1 or -1, 0 if there are none. Of claims with a `claim_level` (j, t) below UNLIMITED
    the sum of all amounts counts up to it; of those with `claim_short` (j,) above 0 what the sum of all others
    lacks of so many first amounts is due times their offsets and the sign of their multiples."""

    first: np.ndarray
    leaves: np.ndarray
    claim_index: np.ndarray
    award_index: np.ndarray
    claim_rows: np.ndarray
    claim_first_amount: np.ndarray
    amount_unit: np.ndarray
    amount_multiple: np.ndarray
    amount_part: np.ndarray
    amount_rest: np.ndarray
    amount_option: np.ndarray
    claim_choice: np.ndarray
    claim_level: np.ndarray
    claim_short: np.ndarray
    unit_index: np.ndarray
    unit_rows: np.ndarray
    unit_base: np.ndarray
    unit_apart: np.ndarray
    unit_capped: np.ndarray
    unit_scale: np.ndarray
    unit_floor: np.ndarray
    unit_floor_index: np.ndarray
    unit_ceiling: np.ndarray
    unit_ceiling_index: np.ndarray
    unit_kind: np.ndarray
    unit_offset: np.ndarray
    unit_offset_index: np.ndarray


class Flows(NamedTuple):
    """Results: by_age (flow, t, y) in the order of BY_AGE, by_claim (flow, t, j, y) in that of BY_CLAIM, by_account
    (flow, t, q, y) in that of BY_ACCOUNT, by_band (who, t, i, y) the years contributed in bands of service by stayers,
    leavers and entrants."""

    by_age: np.ndarray
    by_claim: np.ndarray
    by_account: np.ndarray
    by_band: np.ndarray


class Work(NamedTuple):
    """Scratch space by c: people, share who retires, the same by the cell before mid-year; (event,): share of people
    who leave by each; by c: those who claim, the part of them that counts, the share of them at any minimum, worth of
    an option, that of the best one, and which it is; (u, 4): rate, mean and limits of earnings in a cell; (u, c):
    amount with and without minimum, share at the minimum, in the cells from the first to the last of known (u, 2);
    (q, c): balances at mid-year; (k, c): mean earnings or balances, limits, means of insurable balances, of accounts
    what of these does not count; (2s, 7, c): what is found by `limit_kernels.two_members`, then by
    `apart_kernels.stand_together`."""

    halfway: np.ndarray
    retire: np.ndarray
    retiring: np.ndarray
    leaving: np.ndarray
    here: np.ndarray
    part: np.ndarray
    raised: np.ndarray
    worth: np.ndarray
    best: np.ndarray
    chosen: np.ndarray
    unit: np.ndarray
    known: np.ndarray
    paid: np.ndarray
    plain: np.ndarray
    least: np.ndarray
    balances: np.ndarray
    means: np.ndarray
    floors: np.ndarray
    ceilings: np.ndarray
    exact: np.ndarray
    below: np.ndarray
    apart: np.ndarray


NOTHING = np.zeros(0)


class Outcome(NamedTuple):
    """Results of all slices, i = scenario: by_age (flow, i, t, g, s, y), by_claim (flow, i, t, benefit, s, y),
    by_account (flow, i, t, account, g, s, y), by cell (status, i, t, g, s, y, c), and of all claims of the law, those
    that are asked a second time among them, amounts and the part of them due to the minimum (2, i, t, j, s, y)."""

    by_age: np.ndarray
    by_claim: np.ndarray
    by_account: np.ndarray
    history: np.ndarray
    money: np.ndarray = NOTHING


class Stock(NamedTuple):
    """Stocks of several lanes side by side: persons, active and inactive (r, c, l), and of the inactive of a cell
    (r, f, c, l) the mean earnings, floor and ceiling of each base, then the mean products; top (2, r) as in `State`.
    """

    active: np.ndarray
    inactive: np.ndarray
    held: np.ndarray
    top: np.ndarray


class LaneRates(NamedTuple):
    """As `Rates`: of each lane (t, x, l) the annual rates of death, leaving and invalidity, by age reached density,
    entry profile, share of re-entrants and table; of all of them the cells (t, y) of which those who are credited with
    half a year and with a year move up at least, and the tables."""

    q: np.ndarray
    exit: np.ndarray
    invalidity: np.ndarray
    density: np.ndarray
    profile: np.ndarray
    reentry: np.ndarray
    table: np.ndarray
    half: np.ndarray
    full: np.ndarray
    tables: np.ndarray
    shares: np.ndarray


class LaneEntries(NamedTuple):
    """As `Entries`: concept (1,), target (t, l), shares (t, l) of new entrants and re-entrants who are let in."""

    concept: np.ndarray
    target: np.ndarray
    admitted: np.ndarray
    readmitted: np.ndarray


class LaneAnswers(NamedTuple):
    """As `Answers`, with rows (row, c, l) of which the lanes have the same ones, multiples (a, t, y, l) and scales and
    limits of units (u, t, y, l), where y may be one place for all ages."""

    first: np.ndarray
    leaves: np.ndarray
    claim_index: np.ndarray
    claim_rows: np.ndarray
    claim_first_amount: np.ndarray
    amount_unit: np.ndarray
    amount_multiple: np.ndarray
    unit_index: np.ndarray
    unit_rows: np.ndarray
    unit_base: np.ndarray
    unit_apart: np.ndarray
    unit_capped: np.ndarray
    unit_scale: np.ndarray
    unit_floor: np.ndarray
    unit_floor_index: np.ndarray
    unit_ceiling: np.ndarray
    unit_ceiling_index: np.ndarray


class Lane(NamedTuple):
    """Scratch space of several lanes side by side, as in `Work`: flows of a year (flow, y, l) and (flow, j, y, l),
    forces and shares who leave by each event (event, l), persons before the year, entrants and contraction (l,),
    (c, l): who retires, people at mid-year, claims, share of them at any minimum, (u, c, l): amounts; index of
    revaluation (k, l), earnings and limits of the active (f, 1, l), which are meant where level (1,) is 1, and these
    with products over the index (f, l)."""

    by_age: np.ndarray
    by_claim: np.ndarray
    forces: np.ndarray
    leaving: np.ndarray
    opening: np.ndarray
    entrants: np.ndarray
    kappa: np.ndarray
    retire: np.ndarray
    halfway: np.ndarray
    here: np.ndarray
    raised: np.ndarray
    known: np.ndarray
    paid: np.ndarray
    plain: np.ndarray
    least: np.ndarray
    grown: np.ndarray
    own: np.ndarray
    joins: np.ndarray
    level: np.ndarray


class Members(NamedTuple):
    """Active members of `plain_kernels`: stock (b, c, l) with margins, the highest cell in use of a block of ages (b,),
    -1 if none, number of members and the sum of their cells (b, l)."""

    stock: np.ndarray
    top: np.ndarray
    number: np.ndarray
    cells: np.ndarray


class Plain(NamedTuple):
    """Scratch space of `plain_kernels`. Of a block of ages: members at mid-year and those who stay (c, l), with
    margins, who retires after and before half a year (c, l), rows that stand side by side (2, c, l) and which is the
    second of two (2, l), cells of a move in half a year and a year and the share that moves by one more (2, l), shares
    who leave by each event (event, l), how many retire, their cells, and how many stay (3, l). First and last cell of
    each row of claims that is not 0 (row, 2). Of a year: flows (flow, y), claims and their cells (j, y), amounts as
    multiples of a level (a, y); by age at its start the shares who die, become invalid and remain, density (x,), and
    rows of the law of claims for who leaves, of claims for what is recorded, and of units (i, x)."""

    halfway: np.ndarray
    stays: np.ndarray
    retire: np.ndarray
    retiring: np.ndarray
    table: np.ndarray
    other: np.ndarray
    whole: np.ndarray
    upper: np.ndarray
    leaving: np.ndarray
    retired: np.ndarray
    used: np.ndarray
    left: np.ndarray
    entered: np.ndarray
    claims: np.ndarray
    months: np.ndarray
    paid: np.ndarray
    dies: np.ndarray
    invalid: np.ndarray
    remains: np.ndarray
    density: np.ndarray
    rows: np.ndarray
