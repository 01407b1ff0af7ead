# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # From a first valuation to the debate of a reform
#
# The country is invented and comes with the package. Yearly steps of past credit (`service="years"`) are used
# throughout: they are quicker than months and nearly as exact. A valuation that is published takes months, the default.
# The files are written into the folder `first_valuation` where the notebook runs.

# %%
import actuarial as ac

basis, scheme = ac.datasets.open("demo")
scheme

# %% [markdown]
# The basis holds the assumptions, and the stocks on the valuation date. The law and the basis are checked before the
# projection; identities of persons, credit and money are checked after each stage. What is implausible is told.

# %%
result = ac.project(basis, scheme, service="years")
print(result.attrs["warnings"])

# %%
ac.report.key_results(result)

# %% [markdown]
# ## Figures

# %%
ac.report.draw_rates(result).figure

# %% [markdown]
# With the inflation of the basis amounts are at prices of the valuation date.

# %%
ac.report.draw_reserve(result, inflation=basis.inflation).figure

# %% [markdown]
# ## What if
#
# Scenarios are a dimension: one call values all of them.

# %%
alternatives = ac.scenarios(
    basis,
    central=lambda b: b,
    low_fertility=lambda b: b.assign(asfr=0.85 * b.asfr),
    low_return=lambda b: b.assign(interest_rate=b.interest_rate - 0.01),
)
valued = ac.project(alternatives, scheme, service="years")
valued.general_average_premium.to_series()

# %%
tested = ac.sensitivity(basis, scheme, ["interest_down", "interest_up", "retirement_age_later"], service="years")
ac.studies.tornado(tested)

# %% [markdown]
# ## A reform
#
# A reform is another scheme. Behaviour does not follow by itself: participation and exits that go with it belong
# in the basis.

# %%
reform = scheme.amend("old_age", retirement_age=ac.ramp({2026: 60, 2045: 68}))
reformed = ac.project(basis, reform, service="years")
(reformed.payg_cost_rate - result.payg_cost_rate).to_series().loc[2030::10]

# %% [markdown]
# The rate of employers from 2030 on with which the reserve is two years of expenditure in 2075, under the present law.

# %%
found = ac.solve(
    "employers.rate", lambda r: r.reserve_ratio.sel(year=2075) - 2.0,
    basis=basis, scheme=scheme, result=result, from_year=2030, service="years",
)
f"{found.item():.2%}"

# %% [markdown]
# ## International standards
#
# The law answers for the standard beneficiaries of the Conventions by its own formulas. It is no legal opinion.

# %%
assessed = ac.standards.assess(scheme, basis, result=result)
assessed

# %% [markdown]
# ## What others read
#
# The report needs the extra `report`; `language="fr"` or `"es"` says it in French or Spanish.

# %%
ac.report.write_result(result, "first_valuation", basis=basis, scheme=scheme)
document = ac.report.build(result, basis, scheme, assessment=assessed)
ac.report.write_html(document, "first_valuation/valuation.html")
ac.report.write_docx(document, "first_valuation/valuation.docx")
ac.report.write_pdf(document, "first_valuation/valuation.pdf")
