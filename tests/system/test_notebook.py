"""The example notebooks are scripts that jupytext turns into valid notebooks."""

from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parents[2] / "examples").glob("*/notebook.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.parent.name)
def test_a_script_becomes_a_valid_notebook(script, tmp_path):
    jupytext, nbformat = pytest.importorskip("jupytext"), pytest.importorskip("nbformat")
    made = tmp_path / "notebook.ipynb"
    jupytext.write(jupytext.read(script), made, fmt="ipynb")
    notebook = nbformat.read(made, as_version=4)
    nbformat.validate(notebook)
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[0] == "markdown"
    assert kinds.count("code") >= 10
    assert kinds.count("markdown") >= 6
    for cell in notebook.cells:
        if cell.cell_type == "code":
            compile(cell.source, str(script), "exec")
