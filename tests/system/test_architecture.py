"""ARCHITECTURE.md against the disk, the vocabulary and the import contracts."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.system.tables import ARCHITECTURE, ROOT, basis_table, block, dims_listed, folders, package

TEXT = ARCHITECTURE.read_text(encoding="utf-8")
OF_THE_PACKAGE = {f"actuarial.{name}" for name in ("elementary_kernels", "jit", "lanes", "numeric", "references")}
ALLOWED_IN_KERNELS = {"numpy", "typing", "math"} | OF_THE_PACKAGE


def drawn() -> dict[str, str]:
    """Paths of the tree with their meaning; a folder ends with a slash, and two spaces are one step down."""
    found, above = {}, [""]
    for line in block("tree", TEXT).splitlines():
        match = re.fullmatch(r"( *)(\S+)(?: +(.+))?", line)
        if match is None or line.startswith("```"):
            assert line.startswith("```"), f"not a line of the tree: {line!r}"
            continue
        depth, name = len(match[1]) // 2, match[2]
        path = above[depth] + name
        above[depth + 1 :] = [path]
        found[path] = match[3] or ""
    return found


def test_every_file_of_the_package_is_in_the_tree():
    assert sorted(package() - set(drawn())) == [], "run `python -m tests.system.tables`"


def test_every_folder_is_in_the_tree():
    assert sorted(folders() - set(drawn())) == [], "run `python -m tests.system.tables`"


def test_everything_in_the_tree_is_on_the_disk():
    assert [path for path in drawn() if not (ROOT / path).exists()] == [], "run `python -m tests.system.tables`"


def test_every_file_of_the_tree_has_its_line():
    assert [path for path, meaning in drawn().items() if not path.endswith("/") and not meaning] == []


def test_the_table_of_the_basis_is_that_of_the_vocabulary():
    remedy = "run `python -m tests.system.tables`"
    assert block("basis", TEXT) == basis_table(), remedy
    assert block("health", TEXT) == basis_table("health_basis"), remedy
    assert block("dims", TEXT) == dims_listed(), remedy


def test_the_layers_are_those_of_the_contract():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(c for c in settings["tool"]["importlinter"]["contracts"] if c["id"] == "layers")
    wanted = [re.findall(r"[a-z_]+", layer) for layer in contract["layers"]]
    told = [re.findall(r"`([a-z_]+)`", line.split("|")[1]) for line in block("layers", TEXT).splitlines()[2:]]
    assert told == wanted


@pytest.mark.parametrize(
    "path", sorted((ROOT / "actuarial").rglob("*kernels.py")), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_kernels_import_numbers_only(path: Path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    beside = {name for name in imported if name.startswith("actuarial.") and name.endswith("kernels")}
    assert imported - beside <= ALLOWED_IN_KERNELS


@pytest.mark.parametrize("document", sorted(ROOT.glob("*.md")), ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_no_module_is_longer_than_500_lines():
    long = {
        path.relative_to(ROOT).as_posix(): count
        for path in (ROOT / "actuarial").rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 500
    }
    assert long == {}


def test_no_function_is_longer_than_70_lines():
    long = []
    for path in (ROOT / "actuarial").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                start = node.body[1 if ast.get_docstring(node) and len(node.body) > 1 else 0].lineno
                if (node.end_lineno or start) - start >= 70:
                    long.append(f"{path.relative_to(ROOT).as_posix()}: {node.name}")
    assert long == []
