"""Parts of ARCHITECTURE.md and README.md made from the code; `python -m tests.system.tables` writes them again."""

import ast
import re
import textwrap
from pathlib import Path

from actuarial.vocabulary import DIMS, variables

ROOT = Path(__file__).resolve().parents[2]
ARCHITECTURE = ROOT / "ARCHITECTURE.md"
README = ROOT / "README.md"
PLACES = ("actuarial", "tests", "examples", "benchmarks")
TOP_LEVEL = ("*.md", "*.toml", "LICENSE", ".gitignore", ".ci/*")
NOT_DRAWN = {"__pycache__", ".hypothesis"}
GROUPED = ("actuarial/datasets/demo/basis/",)
MEANINGS = {
    "actuarial/vocabulary.csv": "every variable: symbol, dims, units, kind, timing, bounds, formula, parents, meaning",
    "actuarial/datasets/demo/": "Avania, an invented country",
    "actuarial/datasets/demo/SOURCE.md": "where its numbers come from and why they are plausible",
    "actuarial/datasets/demo/basis/": "its assumptions and stocks, one file per variable",
    "actuarial/datasets/demo/scheme.toml": "the law of its pensions",
    "actuarial/datasets/demo/health.toml": "the law of its health insurance",
    "tests/run.py": "all checks in one command, leg by leg",
    "tests/skips.txt": "tests that may be skipped where the reference data are present",
    "pyproject.toml": "metadata, versions, settings of every tool, import contracts",
    "README.md": "what it is and how to start",
    "ARCHITECTURE.md": "this file",
    "CHANGELOG.md": "what changed, and which results moved",
    "LICENSE": "BSD 3-Clause",
    ".gitignore": "what is not committed",
    ".ci/run": "what the build server runs on a clean checkout",
    "tests/": "the same folders as the package, and these",
    "examples/": "scripts that run by themselves; `python tests/run.py examples` runs them",
    "benchmarks/": "measured times and accuracy",
    "tests/oracle/": "kernels once more, slow and obvious, in plain Python",
    "tests/reference/": "simulations, steady states and small inputs that several tests compare with",
    "tests/kernels/": "kernels against their second versions, on generated arrays; also run uncompiled",
    "tests/smoke/": "one test per stage; also run with the lowest versions that are allowed",
    "tests/system/": "documents, public names, imports and packaging",
    "tests/cases/": "persons through the law",
    "tests/benefits/": "stocks and expenditure",
    "tests/check/": "texts of the errors, identities broken on purpose",
    "tests/demography/": "life tables and projections, also against published ones",
    "tests/labour/": "insured persons and credits",
    "tests/pension/": "forms, formulas and scheme files",
    "tests/readers/": "files read and written",
    "tests/valuation/": "finance, premiums, ratios, published balances",
}


NEEDED_FOR_HEALTH = ("use_rate_0", "unit_cost_0", "health_reserve_0")


def basis_table(role: str = "basis") -> str:
    """Every variable of a basis of one role: name, dims, units, whether it may be left out, meaning."""
    rows = ["| variable | dims | units | may be left out | meaning |", "|---|---|---|---|---|"]
    for row in variables().values():
        if row.role == role:
            left_out = "yes" if row.may_be_missing and row.name not in NEEDED_FOR_HEALTH else ""
            cells = (f"`{row.name}`", ", ".join(row.dims), row.units or "1", left_out, row.meaning)
            rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def dims_listed() -> str:
    """All dims in their order, wrapped."""
    return "\n".join(textwrap.wrap(", ".join(f"`{dim}`" for dim in DIMS), 124, break_on_hyphens=False))


def block(name: str, text: str) -> str:
    """What stands between the two marks of a block."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- end -->", text, re.DOTALL)
    if found is None:
        raise LookupError(f"there is no block <!-- {name} --> ... <!-- end -->")
    return found.group(1).rstrip("\n")


def files(folder: str) -> list[Path]:
    """Files below a folder of the project, without what tools leave behind."""
    inside = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return sorted(path for path in inside if not NOT_DRAWN & set(path.relative_to(ROOT).parts))


def package() -> set[str]:
    """Files of the package and of the top level; a folder stands for its __init__.py, some for all their files."""
    inside = {path.relative_to(ROOT).as_posix() for path in files("actuarial")}
    inside = {name for name in inside if not name.startswith(GROUPED)}
    inside |= {path.relative_to(ROOT).as_posix() for pattern in TOP_LEVEL for path in ROOT.glob(pattern)}
    return {name for name in inside if not (name.count("/") > 1 and name.endswith("__init__.py"))}


def folders() -> set[str]:
    """Folders of the package, the tests, the examples and the benchmarks that hold a file."""
    found = {".ci/"}
    for place in PLACES:
        depth = 9 if place == "actuarial" else 2
        for path in files(place):
            parts = path.parent.relative_to(ROOT).parts[:depth]
            found |= {"/".join(parts[:length]) + "/" for length in range(1, len(parts) + 1)}
    return found


def first_line(path: Path) -> str:
    """First sentence of the docstring of a module."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.split("\n")[0].split(": `python -m")[0].rstrip(".")


def meaning(name: str) -> str:
    """What a file or folder is for."""
    if name in MEANINGS:
        return MEANINGS[name]
    path = ROOT / name / "__init__.py" if name.endswith("/") else ROOT / name
    if path.suffix == ".py" and path.exists():
        return first_line(path)
    return f"data: {path.suffix[1:]}" if not name.endswith("/") else ""


def tree() -> str:
    """The tree, two spaces a step; folders of the package first, then the rest."""
    names = sorted(package() | folders(), key=lambda name: [part.lower() for part in name.rstrip("/").split("/")])
    names.sort(key=lambda name: PLACES.index(top) if (top := name.split("/")[0]) in PLACES else len(PLACES))
    lines = []
    for name in names:
        step = "  " * name.rstrip("/").count("/")
        leaf = name.rstrip("/").rsplit("/", 1)[-1] + ("/" if name.endswith("/") else "")
        lines.append(f"{step + leaf:27} {meaning(name)}".rstrip())
    return "\n".join(["```", *lines, "```"])


def demo_output(lines: int = 11) -> str:
    """The first lines that the demo prints."""
    from actuarial import datasets, project
    from actuarial.report.summary import summary

    printed = summary(project(*datasets.open("demo"))).splitlines()
    return "\n".join(["```text", *printed[:lines], "  ...", "```"])


def write(document: Path, **blocks: str) -> None:
    """Replace blocks of a document."""
    text = document.read_text(encoding="utf-8")
    for name, content in blocks.items():
        block(name, text)
        written = f"<!-- {name} -->\n{content}\n<!-- end -->"
        text = re.sub(rf"<!-- {name} -->\n.*?<!-- end -->", lambda _, new=written: new, text, flags=re.DOTALL)
    document.write_text(text, encoding="utf-8")


def main() -> None:
    """Write the table of the basis and the tree into ARCHITECTURE.md, and what the demo prints into README.md."""
    health, dims = basis_table("health_basis"), dims_listed()
    write(ARCHITECTURE, basis=basis_table(), health=health, dims=dims, tree=tree())
    write(README, demo=demo_output())


if __name__ == "__main__":
    main()
