"""Single figures of textbooks, manuals and laws, each with its source; the inputs are written out here."""

import math

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography import (
    annuity,
    brass,
    cause_deleted_table,
    crude_rates,
    deaths_by_cause,
    dependent_rates,
    full_credibility,
    insurance,
    joint_annuity,
    life_expectancy_difference,
    life_expectancy_interval,
    life_table,
    reproduction,
    rogers_castro,
    select_table,
)

GROUPS = (0, 1, *range(5, 90, 5))


def table_of(force, first, last):
    """Survivors by single ages under a force of mortality, by quadrature; nobody outlives the last age."""
    points, weights = np.polynomial.legendre.leggauss(12)
    ages = np.arange(first, last + 1)
    hazard = [(weights / 2 * force(age + (points + 1) / 2)).sum() for age in ages[:-1]]
    return xr.DataArray(np.exp(-np.append(0.0, np.cumsum(hazard))), dims="age", coords={"age": ages}, name="lx")


def am92(age):
    """Continuous Mortality Investigation Report 17 (1999): AM92 ultimate, graduated by the formula GM(2, 3)."""
    t = (age - 70) / 50
    return 0.00005887 - 0.0004988 * t + np.exp(-4.363378 + 5.544956 * t - 0.620345 * (2 * t * t - 1))


@pytest.fixture(scope="module")
def british():
    return table_of(am92, 17, 120)


@pytest.fixture(scope="module")
def makeham():
    """Standard Ultimate Survival Model, mu = 0.00022 + 2.7e-6 x 1.124^x."""
    return table_of(lambda age: 0.00022 + 2.7e-6 * 1.124**age, 20, 131)


AM92 = [
    (annuity, 0.04, {"age": 30}, "21.834"),
    (annuity, 0.04, {"age": 50}, "17.444"),
    (annuity, 0.04, {"age": 60}, "14.134"),
    (annuity, 0.04, {"age": 65}, "12.276"),
    (annuity, 0.06, {"age": 40}, "15.491"),
    (annuity, 0.06, {"age": 60}, "11.891"),
    (annuity, 0.04, {"age": 50, "term": 10}, "8.314"),
    (annuity, 0.04, {"age": 60, "term": 5}, "4.550"),
    (annuity, 0.04, {"age": 50, "increase": 1.0}, "231.007"),
    (insurance, 0.04, {"age": 40}, "0.23056"),
    (insurance, 0.04, {"age": 60}, "0.45640"),
    (insurance, 1.04**2 - 1, {"age": 60}, "0.23723"),
    (insurance, 0.06, {"age": 60}, "0.32692"),
    (insurance, 0.04, {"age": 40, "term": 20, "endowment": True}, "0.46433"),
    (insurance, 0.04, {"age": 50, "term": 10, "endowment": True}, "0.68024"),
    (insurance, 0.04, {"age": 40, "increase": 1.0}, "7.95699"),
    (insurance, 0.04, {"age": 60, "increase": 1.0}, "8.36234"),
]


def within_last_digit(found, printed):
    """Within half a unit of the last printed digit."""
    assert float(found) == pytest.approx(float(printed), abs=0.5 * 10.0 ** -len(printed.partition(".")[2]), rel=0)


@pytest.mark.parametrize(("value", "interest", "options", "printed"), AM92)
def test_am92(value, interest, options, printed, british):
    """Faculty and Institute of Actuaries (2002), Formulae and tables for examinations, pages 78 to 111."""
    within_last_digit(value(british, interest, **options), printed)


SELECTED = [
    (40, annuity, {}, "20.009"),
    (60, annuity, {}, "14.167"),
    (40, annuity, {"term": 20}, "13.930"),
    (40, insurance, {}, "0.23041"),
    (40, insurance, {"increase": 1.0}, "7.95835"),
]


@pytest.mark.parametrize(("age", "value", "options", "printed"), SELECTED)
def test_am92_selected(age, value, options, printed, british):
    """The same, of lives selected at 40 or 60: q_[x] and q_[x]+1 as printed, 4%."""
    q = xr.DataArray([[0.000788, 0.000962], [0.005774, 0.008680]], {"age": [40, 60]}, ["age", "duration"])
    table = select_table(q, british, age=age)
    within_last_digit(value(table, 0.04, age=age, **options), printed)


MAKEHAM = [
    (annuity, 0.05, {"age": 20}, "19.9664"),
    (annuity, 0.05, {"age": 40}, "18.4578"),
    (annuity, 0.05, {"age": 60}, "14.9041"),
    (annuity, 0.05, {"age": 65}, "13.5498"),
    (annuity, 0.05, {"age": 80}, "8.5484"),
    (annuity, 0.05, {"age": 60, "term": 10}, "7.9555"),
    (insurance, 0.05, {"age": 40}, "0.12106"),
    (insurance, 0.05, {"age": 60}, "0.29028"),
    (insurance, 0.1025, {"age": 60}, "0.10834"),
    (insurance, 0.05, {"age": 80}, "0.59293"),
    (insurance, 0.05, {"age": 60, "term": 10, "endowment": True}, "0.62116"),
]


@pytest.mark.parametrize(("value", "interest", "options", "printed"), MAKEHAM)
def test_standard_ultimate_survival_model(value, interest, options, printed, makeham):
    """Dickson, Hardy and Waters (2013), Actuarial mathematics for life contingent risks, appendix D."""
    within_last_digit(value(makeham, interest, **options), printed)


@pytest.mark.parametrize(
    ("age", "printed"),
    [
        (20, [99995.08, 99973.75, 99949.71]),
        (21, [99970.04, 99948.40, 99923.98]),
        (22, [99944.63, 99922.65, 99897.79]),
        (23, [99918.81, 99896.43, 99871.08]),
    ],
)
def test_standard_select_survival_model(age, printed, makeham):
    """The same, section 3.9: for two years since the selection the force is 0.9^(2 - s) of the ultimate one."""
    points, weights = np.polynomial.legendre.leggauss(12)
    since = np.arange(2)[:, None] + (points + 1) / 2
    force = 0.9 ** (2 - since) * (0.00022 + 2.7e-6 * 1.124 ** (age + since))
    dying = -np.expm1(-(weights / 2 * force).sum(axis=1))
    table = select_table([dying], makeham, age=age, ages=[age])
    later = 1e5 * float(makeham.sel(age=age + 2) / makeham.sel(age=20))
    assert_allclose(later / table.lx[2] * table.lx[:3], printed, atol=0.005, rtol=0)


@pytest.mark.parametrize(
    ("age", "other", "printed"), [(50, 50, "15.8195"), (50, 60, "14.2699"), (60, 60, "13.2497"), (65, 65, "11.6831")]
)
def test_two_lives_of_the_standard_ultimate_survival_model(age, other, printed, makeham):
    """Society of Actuaries (2018), Long-term actuarial mathematics, tables for the examination, at 5%."""
    within_last_digit(joint_annuity(makeham, makeham, 0.05, age=age, other_age=other), printed)


@pytest.mark.parametrize(("age", "pairs", "later"), [(85, 163_315, 276_918), (90, 14_910, 17_010), (92, 4_050, 5_085)])
def test_two_lives_of_the_carlisle_table(age, pairs, later):
    """Jones (1843), On the value of annuities and reversionary payments, volume 2: pairs of lives a year apart, and the
    sum of those at higher ages; their curtate expectation is an annuity without interest, less the first payment."""
    living = [445, 367, 296, 232, 181, 142, 105, 75, 54, 40, 30, 23, 18, 14, 11, 9, 7, 5, 3, 1]
    carlisle = xr.DataArray(np.array(living, dtype=float), {"age": np.arange(85, 105)}, ["age"], name="lx")
    assert living[age - 85] * living[age - 84] == pairs
    found = joint_annuity(carlisle, carlisle, 0.0, age=age, other_age=age + 1)
    assert float(found) == pytest.approx(1.0 + later / pairs, rel=1e-13)


def test_men_of_the_united_nations_model():
    """United Nations (1982), Unabridged model life tables, page 34: life expectancies from central rates."""
    rates = [0.23669, 0.04672, 0.00982, 0.00511, 0.00697, 0.01036, 0.01169, 0.01332, 0.01528, 0.01757, 0.02092, 0.02517]
    rates += [0.03225, 0.04241, 0.06056, 0.08574, 0.11840, 0.16226, 0.23745]
    printed = [35.000, 42.901, 47.190, 44.438, 40.523, 36.868, 33.691, 30.567, 27.500, 24.485, 21.504, 18.599, 15.758]
    printed += [13.080, 10.584, 8.466, 6.729, 5.312, 4.211]
    found = life_table(rates, ages=GROUPS, sex="male", ax="coale-demeny-west")
    assert_allclose(found.ex, printed, atol=0.0035, rtol=0)


def test_men_of_the_census_bureau():
    """Arriaga (1994), Population analysis with microcomputers, sheet LTPOPDTH: North, infant mortality of 0.1."""
    deaths = [8674, 1592, 618, 411, 755, 1098, 1100, 1357, 1335, 3257, 2200, 4023, 2167, 4578, 2956, 4212, 2887, 2351]
    people = [100958, 466275, 624134, 559559, 446736, 370653, 301862, 249409, 247473, 223014, 172260, 149338, 127242]
    people += [105715, 79614, 53660, 31021, 16805, 8000, 4000, 2000, 1000]
    printed = [61.53, 58.35, 53.63, 48.81, 44.21, 39.83, 35.52, 31.43, 27.22, 24.09, 20.52, 18.12, 14.51, 12.42, 9.45]
    printed += [7.85, 6.09, 4.95, 4.28, 3.85, 3.33]
    ages = [0, 1, *range(5, 105, 5)]
    rates = np.divide([*deaths, 1500, 900, 500, 300], people)
    north = life_table([0.12, *rates[1:]], ages=ages, sex="male", ax="coale-demeny-north").ax[:2]
    assert north.values.tolist() == [0.33, 1.558]
    found = life_table(rates, ages=ages, ax=[*north.values, *[2.5] * 20])
    assert_allclose(found.ex[1:], printed, atol=0.0052, rtol=0)


AMERICAN = np.array(
    [
        [15758, 63, 100000, 0.152], [3169, 275, 99217, 1.605], [1634, 268, 99050, 2.275], [1573, 217, 98959, 2.843],
        [3955, 318, 98870, 2.657], [4948, 467, 98637, 2.547], [6491, 856, 98379, 2.550], [9428, 1924, 98070, 2.616],
        [12027, 3532, 97653, 2.677], [15543, 5958, 97083, 2.685], [19264, 8434, 96289, 2.681],
        [25384, 11673, 95008, 2.655], [37211, 17078, 93018, 2.647], [59431, 25263, 89882, 2.646],
        [88087, 33534, 85249, 2.631], [114693, 36695, 78711, 2.628], [143554, 36571, 69618, 2.618],
        [164986, 30220, 57486, 2.570], [320578, 32739, 41756, 6.539],
    ]
)  # fmt: skip
"""Women of the United States in 1991: deaths, deaths from neoplasms, survivors, time lived by those who die."""


def test_neoplasms_of_american_women():
    """Preston, Heuveline and Guillot (2001), Demography, boxes 4.1 and 4.2."""
    dead, neoplasms, living, lived = AMERICAN.T
    qx = np.append(1 - living[1:] / living[:-1], 1.0)
    table = life_table(qx=qx, ages=GROUPS, ax=lived, radix=100_000)
    deaths = np.array([neoplasms, dead - neoplasms])
    by_cause = deaths_by_cause(table, deaths, causes=["neoplasms", "other"]).sel(cause="neoplasms")
    assert_allclose(by_cause.qx[[0, 7, 18]], [0.00003, 0.00087, 0.10212], atol=5e-6)
    assert_allclose(by_cause.dx[[9, 17]], [304, 2881], atol=0.5)
    assert float(by_cause.dx.sum()) == pytest.approx(21_205, abs=0.5)
    without = cause_deleted_table(table, deaths, causes=["neoplasms", "other"], ax="preston").sel(cause="neoplasms")
    assert float(without.ex[0]) == pytest.approx(82.46, abs=0.005)
    assert float(without.gain[0]) == pytest.approx(82.46 - 78.92, abs=0.01)
    assert without.ax[[3, 16, 18]].values.tolist() != table.ax[[3, 16, 18]].values.tolist()


@pytest.mark.parametrize(
    ("lived", "daughters", "first", "net", "growth", "mean"),
    [
        (
            [4.66740, 4.63097, 4.58518, 4.53206, 4.46912, 4.39135, 4.28969],
            [0.00567, 0.06627, 0.11204, 0.07889, 0.05075, 0.01590, 0.00610],
            15, 1.527414, 0.01424406, 29.4725,
        ),
        (
            [4.94603, 4.93804, 4.92552, 4.91138, 4.89356, 4.86941, 4.83577, 4.78475],
            [0.0007, 0.0303, 0.0566, 0.0578, 0.0388, 0.0157, 0.0027, 0.0001],
            10, 0.995602, -0.00016648, 26.4789,
        ),
    ],
    ids=["Egypt 1997", "United States 1991"],
)  # fmt: skip
def test_stable_populations(lived, daughters, first, net, growth, mean):
    """Preston, Heuveline and Guillot (2001), Demography, boxes 7.1 and 7.2."""
    ages = first + 5 * np.arange(len(lived))
    found = reproduction(2.05 * np.array(daughters), lived, 1.05, ages=ages)
    assert float(found.net_reproduction) == pytest.approx(net, abs=5e-7)
    assert float(found.intrinsic_growth) == pytest.approx(growth, abs=5e-9)
    assert float(found.stable_mean_age) == pytest.approx(mean, abs=5e-5)


def test_logits_of_the_seychelles():
    """Rodriguez (2006), Demographic methods, Princeton University: men of 1971 to 1975 on the general standard."""
    living = [0.9641, 0.9409, 0.9366, 0.9343, 0.9227, 0.9108, 0.8981, 0.8843, 0.8655, 0.8424, 0.8045, 0.7584, 0.6967]
    standard = [0.8499, 0.7691, 0.7502, 0.7362, 0.7130, 0.6826, 0.6525, 0.6223, 0.5898, 0.5534, 0.5106, 0.4590, 0.3965]
    found = brass([*living, 0.6028, 0.4770, 0.3451], [*standard, 0.3221, 0.2380, 0.1521])
    assert float(found.alpha) == pytest.approx(-0.6851507, abs=5e-8)
    assert float(found.beta) == pytest.approx(1.193756, abs=5e-7)


@pytest.mark.parametrize(
    ("probability", "closeness", "printed"),
    [
        (0.90, 0.05, 1082),
        (0.90, 0.10, 271),
        (0.90, 0.01, 27_055),
        (0.95, 0.05, 1537),
        (0.95, 0.10, 384),
        (0.95, 0.01, 38_415),
        (0.99, 0.05, 2654),
    ],
)
def test_full_credibility(probability, closeness, printed):
    """Longley-Cook (1962), An introduction to credibility theory."""
    assert full_credibility(probability, closeness) == pytest.approx(printed, abs=0.5)


@pytest.mark.parametrize(
    ("deaths", "lower", "upper"),
    [
        (0, 0.0, 3.689),
        (1, 0.025, 5.572),
        (5, 1.623, 11.668),
        (10, 4.795, 18.390),
        (20, 12.217, 30.888),
        (50, 37.111, 65.919),
        (100, 81.364, 121.627),
    ],
)
def test_limits_of_numbers_of_deaths(deaths, lower, upper):
    """Pearson and Hartley (1966), Biometrika tables for statisticians, volume 1, table 40, at 95%."""
    found = crude_rates([deaths], [1.0])
    assert_allclose([found.lower[0], found.upper[0]], [lower, upper], atol=5.1e-4)


@pytest.mark.parametrize(
    ("alone", "together"), [([0.2, 0.3], [0.17, 0.27]), ([0.1, 0.2, 0.3], [0.077, 0.162, 0.257])]
)
def test_decrements_evenly_spread(alone, together):
    """Bowers et al. (1997), Actuarial mathematics, chapter 10: q1 (1 - q2/2), q1 (1 - (q2 + q3)/2 + q2 q3/3)."""
    assert_allclose(dependent_rates(alone, method="udd"), together, rtol=1e-13)


def test_peak_of_the_labour_force():
    """Rogers and Castro (1981), Model migration schedules: the standard peaks at mu2 - ln(alpha2/lambda2)/lambda2."""
    level = rogers_castro(shares=False)
    assert 20 - math.log(0.1 / 0.4) / 0.4 == pytest.approx(23.47, abs=0.005)
    assert int(level.values.argmax()) == 23
    assert float(level[0]) == pytest.approx(0.02 + 0.003, abs=1e-9)


@pytest.mark.parametrize(
    ("sex", "rates", "printed"),
    [
        ("male", "1459632 300577 110207 116932 337675 544867 635552 712168 792143 826173 880079 955464 1014369 1128424 "
                 "1299472 1579604 1981397 2546538 3282128 4141779 5190249 6042258", 22.9598),
        ("female", "1281361 287510 103854 104153 199786 283899 353469 432010 478982 529761 549081 629671 682689 790677 "
                   "956831 1250662 1669750 2248693 3025413 3988772 5150275 6428012", 28.8322),
        ("male", "19560 1785 794 938 2636 4790 5040 6062 7777 11598 18935 31017 49648 80582 130858 208091 338583 "
                 "608669 1126085 1958245 3163887 4765228", 81.1440),
        ("female", "18300 1655 638 704 1352 2078 2466 3180 4562 7085 11262 17227 24239 34834 53768 86536 154016 308054 "
                   "638797 1289683 2383941 4110598", 87.2913),
    ],
)  # fmt: skip
def test_abridged_tables_of_the_united_nations(sex, rates, printed):
    """World Population Prospects 2024, Rwanda 1990-1995 and Japan 2015-2020: rates per ten million to 100 and over."""
    table = life_table([float(rate) / 1e7 for rate in rates.split()], ages=[0, 1, *range(5, 105, 5)], sex=sex)
    assert float(table.ex[0]) == pytest.approx(printed, abs=2e-3)


def test_limits_of_life_expectancies_of_a_district():
    """Public Health England, life expectancy calculator: Chiang's variances and, of the open age, those of Silcocks."""
    people = [7060, 35059, 46974, 48489, 43219, 38561, 46009, 57208, 61435, 55601, 50209, 56416, 46411, 39820, 37978]
    people += [37039, 33288, 23306, 11936, 11936]
    deaths = [17, 9, 4, 8, 20, 15, 24, 33, 50, 71, 100, 163, 263, 304, 536, 872, 1390, 1605, 1936, 1937]
    ages = [0, 1, *range(5, 95, 5)]
    lived = [0.1, 2.0, *[2.5] * 17, 1.0]
    found = life_expectancy_interval(deaths, people, ax=lived, coords={"age": ages}).sel(age=[0, 20, 65, 90])
    assert_allclose(found.ex, [80.16960813, 60.67510088, 18.76856852, 6.16210635], atol=1e-8, rtol=0)
    assert_allclose(found.lower, [79.88268548, 60.41876577, 18.57570352, 5.887683386], atol=1e-5, rtol=0)


def test_american_women_of_1935_and_1995_by_age():
    """Preston, Heuveline and Guillot (2001), box 3.4; survivors and life expectancies in Ponnapalli (2005), Demographic
    Research 12, appendix 1."""
    columns = np.array([
        [100000, 63.32, 100000, 79.00, 3.06], [95458, 65.32, 99321, 78.54, 1.11], [93887, 62.39, 99179, 74.65, 0.46],
        [93174, 57.85, 99096, 69.71, 0.32], [92613, 53.19, 98999, 64.78, 0.45], [91681, 48.70, 98772, 59.92, 0.64],
        [90341, 44.38, 98524, 55.06, 0.69], [88746, 40.14, 98206, 50.23, 0.65], [86997, 35.89, 97769, 45.45, 0.69],
        [84847, 31.74, 97152, 40.72, 0.67], [82368, 27.61, 96298, 36.06, 0.78], [79012, 23.67, 95048, 31.49, 0.84],
        [74539, 19.94, 93085, 27.10, 0.87], [68688, 16.41, 90071, 22.92, 0.95], [60779, 13.21, 85504, 19.00, 0.93],
        [50757, 10.31, 78775, 15.40, 0.96], [38276, 7.82, 69655, 12.07, 0.89], [23930, 6.03, 57275, 9.12, 0.48],
        [12281, 4.49, 41424, 6.62, 0.26],
    ]).T  # fmt: skip
    tables = []
    for living, left in (columns[:2], columns[2:4]):
        died, lived, width = -np.diff(living), -np.diff(living * left), np.diff(GROUPS)
        a = np.clip((lived - width * living[1:]) / died, 0.0, width)
        tables.append(life_table([*(died / lived), 1.0 / left[-1]], ages=GROUPS, ax=[*a, 1.0]))
    found = life_expectancy_difference(*tables)
    assert_allclose(found.contribution, columns[4], atol=0.013, rtol=0)
    assert float(found.contribution.sum()) == pytest.approx(15.68, abs=0.005)


def test_men_of_india_and_china_by_cause():
    """The same, box 4.3 (1990): communicable and other diseases, injuries; the printed parts of all causes together."""
    ages, together = [0, 5, 15, 30, 45, 60, 70], np.array([5.6, 0.8, 0.3, 0.6, 0.8, 0.3, -0.3])
    india = [0.882, 0.504, 0.382, 0.429, 0.304, 0.248, 0.247], [0.073, 0.188, 0.223, 0.315, 0.592, 0.722, 0.728]
    china = [0.677, 0.174, 0.068, 0.101, 0.095, 0.070, 0.084], [0.174, 0.337, 0.380, 0.573, 0.796, 0.879, 0.877]
    shares = [np.array([*one, 1.0 - np.sum(one, axis=0)]) for one in (india, china)]
    rates = [26.7, 2.5, 2.1, 4.3, 13.9, 38.8, 92.9], [8.4, 0.9, 1.5, 2.8, 10.2, 34.2, 100.3]
    lived = [1.0, 5.0, 7.5, 7.5, 7.5, 5.0, 1.0]
    tables = [life_table(np.array(one) / 1000, ages=ages, ax=lived) for one in rates]
    found = life_expectancy_difference(*tables, first_deaths=shares[0], second_deaths=shares[1], causes=["a", "b", "c"])
    assert_allclose(found.contribution[1:], together[1:], atol=0.07, rtol=0)
    printed = [5.5, 0.6, 0.4, 0.6, 0.7, 0.5, 0.7], [0.1, 0.1, -0.1, -0.1, 0, -0.1, -0.9], [0, 0.2, 0, 0.1, 0.1, 0, -0.1]
    by_cause = found.by_cause / found.contribution * together
    assert_allclose(by_cause, printed, atol=0.12, rtol=0)
