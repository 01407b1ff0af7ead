"""The embedded country against the international standards: which figures its laws meet, and what a reform changes.

    python examples/standards/run.py

The schemes answer for standard beneficiaries by their own formulas; facts.toml says what a valuation cannot know.
"""

from pathlib import Path

import actuarial as ac

YEAR = 2026
HERE = Path(__file__).parent


def main():
    """Assess both schemes, print a line for each article of C102, and what five years for widows change."""
    basis, scheme = ac.datasets.open("demo")
    health = ac.open_scheme(ac.datasets.law("demo health"))
    facts = ac.standards.read_facts(HERE / "facts.toml")
    years = basis.sel(year=slice(YEAR, YEAR + 5))
    result = ac.project(years, scheme, service="years")
    members = ac.project_health(years, health, insured=result, pensions=result, population=result, service="years")
    runs = {"health": health, "result": result, "health_result": members, "year": YEAR, "facts": facts}
    found = ac.standards.assess(scheme, basis, **runs)
    table = found.to_frame()
    print(table[table.standard == "C102"][["part", "article", "verdict", "arithmetic"]].to_string(index=False))
    reform = ac.standards.assess(scheme.amend("widows", qualifying_years=5), basis, **runs)
    print("\nParts of C102 all of whose figures are met, of three at least")
    for name, one in (("law", found), ("widows after five years", reform)):
        print(f"  {name}: {one.ratification().value}, {one.ratification().verdict}")
    changed = [(old, new) for old, new in zip(found, reform, strict=True) if old.verdict != new.verdict]
    for old, new in changed:
        print(f"  {old.standard} {old.place}: {old.verdict} -> {new.place}: {new.verdict}, {new.arithmetic}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
