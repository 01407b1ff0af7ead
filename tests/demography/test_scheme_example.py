"""The invented experience of the example of a scheme's table: it is what its script makes, and has what it is for."""

import runpy
from pathlib import Path

from numpy.testing import assert_allclose

from actuarial.readers import read_tidy

FOLDER = Path(__file__).parents[2] / "examples/scheme_life_table"


def test_the_experience_is_what_the_script_makes():
    made = list(runpy.run_path(str(FOLDER / "make_data.py"))["rows"]())
    data = read_tidy(FOLDER / "experience.csv")
    for name, place in (("deaths", 3), ("exposure", 4)):
        assert data[name].dims == ("year", "sex", "age")
        assert_allclose(data[name].values.ravel(), [row[place] for row in made], atol=1e-9)


def test_the_experience_is_small():
    data = read_tidy(FOLDER / "experience.csv")
    assert 500 < float(data.deaths.sum()) < 1000
    together = data.sum("year")
    assert int((together.deaths == 0).sum()) > 20, "ages without deaths in all years"
    assert float(together.exposure.min()) == 0.0, "an age that nobody has"
