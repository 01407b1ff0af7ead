"""The example notebook is a script that jupytext turns into a valid notebook."""

from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "examples/first_valuation/notebook.py"


def test_the_script_becomes_a_valid_notebook(tmp_path):
    jupytext, nbformat = pytest.importorskip("jupytext"), pytest.importorskip("nbformat")
    made = tmp_path / "notebook.ipynb"
    jupytext.write(jupytext.read(SCRIPT), made, fmt="ipynb")
    notebook = nbformat.read(made, as_version=4)
    nbformat.validate(notebook)
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[0] == "markdown"
    assert kinds.count("code") >= 10
    assert kinds.count("markdown") >= 6
    for cell in notebook.cells:
        if cell.cell_type == "code":
            compile(cell.source, str(SCRIPT), "exec")
