"""The command line: what it prints, where it writes, how it ends."""

import argparse
import io
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr

import actuarial
from actuarial import cli
from actuarial.cli import progress, reporting, valuing, warmup
from actuarial.errors import BadBasis, BadInput, IdentityFailed
from actuarial.health.groups import Insured
from actuarial.projection_health import project_health
from actuarial.provenance import digest, file_digest
from actuarial.readers.rerun import recompute
from actuarial.report import financial_table
from actuarial.translation import language
from tests.reference.full_law import full_law
from tests.reference.health import health_basis, health_scheme
from tests.report.made import YEARS, basis_by_hand, result_by_hand, two_scenarios
from tests.system.test_provenance import LAW

HEAVY = ("numba", "pandas", "scipy", "xarray", "pydantic", "openpyxl", "xlsxwriter", "matplotlib")
FILES = ["basis.nc", "manifest.json", "result.nc", "result.xlsx", "scheme.toml"]


@pytest.fixture
def calls():
    """What the projection was asked for."""
    return []


@pytest.fixture
def place(tmp_path, monkeypatch, calls):
    """A folder with a scheme file; reading a basis and projecting are replaced by results made by hand."""

    def project(basis, scheme, *, service, progress):
        progress("population")
        calls.append((basis, scheme, service))
        result = result_by_hand().sel(year=basis["year"])
        return result.assign_attrs(warnings="density is low\nwages are high", service_grid=service)

    monkeypatch.setitem(sys.modules, "actuarial.projection", SimpleNamespace(project=project))
    monkeypatch.setitem(sys.modules, "actuarial.readers.open", SimpleNamespace(open_basis=lambda _: basis_by_hand()))
    (tmp_path / "scheme.toml").write_text(LAW, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


OUTSIDE = "the basis has the years 2025 to 2065.\n  Give one of them, or prolong the basis."
VALUE = ["value", "scheme.toml", "--basis", "basis", "--out", "out"]


def fails(monkeypatch, error, module="actuarial.projection", name="project"):
    def stop(*_, **__):
        raise error

    monkeypatch.setattr(sys.modules[module], name, stop)


def test_nothing_heavy_is_loaded_before_it_is_needed():
    code = (
        "import sys, actuarial\n"
        "from actuarial import cli\n"
        "try:\n    cli.main(['--help'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "usage: actuarial" in done.stdout


def test_explain_loads_nothing_heavy():
    code = f"import sys\nfrom actuarial import cli\ncli.main(['explain'])\nprint({{*{HEAVY}}} & {{*sys.modules}} or [])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_run_writes_five_files_and_tells_what_they_hold(place, capsys):
    assert cli.main(VALUE) == 0
    assert sorted(path.name for path in (place / "out").iterdir()) == FILES
    printed = capsys.readouterr()
    assert printed.err == ""
    rate = 100 * float(result_by_hand()["payg_cost_rate"].sel(year=2055))
    for text in (
        "National Pension Scheme: 2025 to 2065",
        "Warnings: 2\n  - density is low\n  - wages are high",
        "Files\n  result.nc      out/result.nc\n  result.xlsx    out/result.xlsx\n  basis.nc       out/basis.nc\n"
        "  scheme.toml    out/scheme.toml\n  manifest.json  out/manifest.json\n",
    ):
        assert text in printed.out
    figures = {
        "PAYG cost rate 2055": f"{rate:.2f}%",
        "reserve falls for the first time in": "2050",
        "reserve is exhausted in": "not within the projection",
    }
    for label, value in figures.items():
        assert any(line.startswith(f"  {label} ") and line.endswith(f" {value}") for line in printed.out.splitlines())
    manifest = json.loads((place / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"] == ["actuarial", *VALUE]
    assert manifest["warnings"] == ["density is low", "wages are high"]


def test_the_accounts_are_compared_line_by_line(place, monkeypatch, capsys):
    accounts = basis_by_hand().assign(accounts_0=("line", [5e8, 3000.0]))
    accounts = accounts.assign_coords(line=["contributions", "number:old_age"])
    monkeypatch.setattr(sys.modules["actuarial.readers.open"], "open_basis", lambda _: accounts)
    assert cli.main(VALUE) == 0
    lines = capsys.readouterr().out.splitlines()
    start = lines.index("Model year 1 against the accounts of the base year")
    assert [line.split()[0] for line in lines[start + 1 : start + 4]] == ["line", "contributions", "number:old_age"]
    manifest = json.loads((place / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert [line["line"] for line in manifest["accounts"]] == ["contributions", "number:old_age"]


def test_a_console_without_the_letters_of_a_name_is_no_error(place, monkeypatch):
    console = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", console)
    named = result_by_hand().assign_attrs(scheme="Caisse de s\u00e9curit\u00e9")
    monkeypatch.setattr(sys.modules["actuarial.projection"], "project", lambda *_, **__: named)
    assert cli.main(VALUE) == 0
    assert console.buffer.getvalue().startswith(b"Caisse de s?curit?: 2025 to 2065")


def test_scenarios_stand_side_by_side(place, monkeypatch, capsys):
    monkeypatch.setattr(sys.modules["actuarial.projection"], "project", lambda *_, **__: two_scenarios())
    assert cli.main(VALUE) == 0
    printed = capsys.readouterr().out
    gap = next(line for line in printed.splitlines() if "(GAP)" in line)
    assert gap.split()[-2:] == ["12.34%", "18.51%"]
    assert "No warnings." in printed


def test_the_grid_and_the_last_year_reach_the_projection(place, calls):
    assert cli.main([*VALUE, "--service", "years", "--from", "2025", "--to", "2040"]) == 0
    (basis, scheme, service), = calls
    assert (int(basis["year"][-1]), scheme.name, service) == (2040, "National Pension Scheme", "years")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--from", "2030"],
            "--from 2030: the stocks of the basis are those of 31 December 2024, so the projection begins in 2025.\n"
            "  Leave --from out, or give a basis whose stocks are those of 31 December 2029.",
        ),
        (["--to", "2090"], f"--to 2090: {OUTSIDE}"),
        (["--to", "2024"], f"--to 2024: {OUTSIDE}"),
    ],
)
def test_years_that_the_basis_does_not_have(place, calls, capsys, words, message):
    assert cli.main([*VALUE, *words]) == 2
    assert capsys.readouterr().err == f"actuarial: {message}\n"
    assert calls == []


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (BadBasis("mx is negative."), 2, "actuarial: mx is negative.\n"),
        (IdentityFailed("the reserve rolls forward: no."), 3, "actuarial: the reserve rolls forward: no.\n"),
        (KeyboardInterrupt(), 130, "actuarial: interrupted; no file is half-written.\n"),
        (FileNotFoundError(2, "No such file", "mx.csv"), 2, "actuarial: mx.csv: No such file.\n"),
    ],
)
def test_a_refusal_is_a_sentence_and_writes_nothing(place, monkeypatch, capsys, error, status, message):
    fails(monkeypatch, error)
    assert cli.main(VALUE) == status
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", message)
    assert not (place / "out").exists()


def test_an_interruption_while_writing_leaves_nothing(place, monkeypatch, capsys):
    import_module("actuarial.report.files")
    fails(monkeypatch, KeyboardInterrupt(), "actuarial.report.files", "write_workbook")
    assert cli.main(VALUE) == 130
    assert not (place / "out").exists()


def test_a_folder_that_cannot_be_written_is_told_before_the_projection(place, calls, capsys):
    (place / "out").write_text("a file")
    assert cli.main(VALUE) == 2
    assert "out: the folder cannot be written: out is a file.\n  Give another folder" in capsys.readouterr().err
    assert calls == []


def test_a_scheme_is_not_replaced_by_that_of_a_run(place, calls, capsys):
    assert cli.main([*VALUE[:-1], "."]) == 2
    assert "the folder holds scheme.toml, which no run wrote there" in capsys.readouterr().err
    assert calls == []


def test_a_mistake_in_the_scheme_names_its_line(place, capsys):
    (place / "scheme.toml").write_text(LAW.replace("0.0175", "17.5"), encoding="utf-8")
    assert cli.main(VALUE) == 2
    assert capsys.readouterr().err.startswith("actuarial: scheme.toml:16: old_age.formula.accrual: ")


def test_check_prints_the_warnings(place, monkeypatch, capsys):
    asked = []
    stub = SimpleNamespace(
        check_basis=lambda basis, scheme: ["inflation is above wages in 3 years"],
        check_answers=lambda basis, scheme: asked.append(scheme.name),
    )
    monkeypatch.setitem(sys.modules, "actuarial.readiness", stub)
    assert cli.main(["check", "scheme.toml", "--basis", "basis"]) == 0
    assert capsys.readouterr().out == (
        "National Pension Scheme: scheme and basis can be valued, 2025 to 2065.\n"
        "Warnings: 1\n  - inflation is above wages in 3 years\n"
    )
    assert [path.name for path in place.iterdir()] == ["scheme.toml"]
    assert asked == ["National Pension Scheme"]


def test_check_asks_for_the_pension_scheme_that_a_health_scheme_needs(capsys):
    law = actuarial.datasets.law("demo health")
    assert cli.main(["check", str(law), "--basis", str(law.parent / "basis")]) == 2
    assert "none is given.\n  Name it with --pension." in capsys.readouterr().err


def test_the_demo_needs_no_input(place, monkeypatch, calls, capsys):
    basis, asked = health_basis(2), []

    def covered(basis, scheme, *, service, progress, **given):
        asked.append((scheme.name, service, sorted(given)))
        return project_health(basis, health_scheme())

    monkeypatch.setitem(sys.modules, "actuarial.projection_health", SimpleNamespace(project_health=covered))
    stub = SimpleNamespace(open=lambda name: (basis, SimpleNamespace(name=name)), law=actuarial.datasets.law)
    monkeypatch.setattr(actuarial, "datasets", stub, raising=False)
    monkeypatch.setitem(sys.modules, "jinja2", None)  # what is no Scheme has no report
    assert cli.main(["demo", "--out", "out"]) == 0
    assert calls[0][1].name == "demo"
    assert asked == [("National Health Insurance of Avania", "months", ["insured", "pensions", "population"])]
    assert sorted(path.name for path in (place / "out").iterdir()) == sorted([*FILES[:-1], "health"])
    assert sorted(path.name for path in (place / "out" / "health").iterdir()) == FILES, "what is no Scheme has no file"
    printed = capsys.readouterr().out
    of_health = printed.index("Fund: 2025 to 2026\n\nKey results\n  members")
    assert printed.index("National Pension Scheme: 2025") < of_health
    assert "  health/result.nc      out/health/result.nc\n" in printed


def test_every_kernel_is_found():
    from numba.core import config

    expected = 0 if config.DISABLE_JIT else 29
    assert len(dict(warmup.kernels())) >= expected


def test_a_kernel_that_is_not_reached_is_an_error(monkeypatch, capsys):
    missed = SimpleNamespace(signatures=[], py_func=SimpleNamespace(
        __module__="actuarial.labour.kernels", __name__="forgotten", __code__=SimpleNamespace(co_firstlineno=1)
    ))
    for part in ("compile_run", "_by_years", "_by_slices", "compile_draws"):
        monkeypatch.setattr(warmup, part, lambda: None)
    monkeypatch.setattr(warmup, "kernels", lambda: [("labour.kernels.forgotten", missed)])
    assert cli.main(["warmup"]) == 2
    assert capsys.readouterr().err == "actuarial: warmup: 1 of 1 kernels were not compiled: labour.kernels.forgotten.\n"


def test_warmup_tells_how_long_it_took(monkeypatch, capsys):
    monkeypatch.setattr(warmup, "compile_kernels", lambda half: half() or 29)
    assert cli.main(["warmup"]) == 0
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith("Compiling all kernels")
    assert second.startswith("Those of one run are compiled (")
    assert third.startswith("29 kernels are compiled (")


def test_explain_a_variable(capsys):
    assert cli.main(["explain", "reserve_ratio"]) == 0
    assert capsys.readouterr().out.startswith("reserve_ratio (RR): Reserve over the outgo of the year\n")


def test_explain_lists_all_variables(capsys):
    from actuarial.vocabulary import variables

    assert cli.main(["explain"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(variables())


def test_explain_a_form_and_list_all_forms(capsys):
    assert cli.main(["explain", "old_age"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith('old_age, of pension schemes; benefit: [[benefit]] with form = "old_age"\n')
    assert cli.main(["explain", "--forms"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert {"old_age", "final_average", "account", "capitation"} <= {line[0] for line in lines if line}


def test_explain_an_unknown_variable(capsys):
    assert cli.main(["explain", "reserve_rati"]) == 2
    start = "actuarial: there is neither a variable nor a form 'reserve_rati'; did you mean reserve_ratio, "
    assert capsys.readouterr().err.startswith(start)


def test_schema_is_json(capsys):
    assert cli.main(["schema"]) == 0
    assert "contributions" in json.loads(capsys.readouterr().out)["properties"]
    assert cli.main(["schema", "--health"]) == 0
    assert "member_group" in json.loads(capsys.readouterr().out)["properties"]


def test_version(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"actuarial {actuarial.__version__}\n"


@pytest.mark.parametrize("words", [[], ["value"], ["demo"], ["value", "s.toml", "--basis", "b"], ["nonsense"]])
def test_words_that_are_missing(words, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    assert end.value.code == 2
    assert "usage: actuarial" in capsys.readouterr().err


def test_a_reader_that_stops_reading_is_no_error():
    code = "import sys; from actuarial.cli import main; sys.exit(main(['explain']))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait() == cli.PIPE_CLOSED


class Terminal:
    """Stands for a stderr that is a terminal."""

    def __init__(self):
        self.text = ""

    def isatty(self):
        return True

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def test_a_terminal_is_told_each_stage(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress.stage("projecting", language()) as tell:
        tell("insured")
    assert sys.stderr.text == "projecting ...\nprojecting: insured ...\n"


def test_a_log_is_told_only_what_takes_long(monkeypatch, capsys):
    class Clock(progress.threading.Timer):
        def start(self):
            self.now = self.function

        def cancel(self):
            pass

    started = []
    monkeypatch.setattr(progress.threading, "Timer", lambda *a: started.append(Clock(*a)) or started[-1])
    with progress.stage("projecting", language()) as tell:
        tell("population")
        assert capsys.readouterr().err == ""
        started[0].now()
        tell("insured")
    assert capsys.readouterr().err == "projecting: population ...\nprojecting: insured ...\n"


def test_the_demo_goes_on_without_jinja2_in_another_language(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    words = ["demo", "--out", str(tmp_path), "--to", "2028", "--service", "years", "--language", "fr"]
    assert cli.main(words) == 0
    printed = capsys.readouterr()
    assert "report_" not in printed.out
    assert "\nFichiers\n  result.nc " in printed.out
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*FILES, "health"])
    (line,) = (line for line in printed.err.splitlines() if "jinja2" in line)
    assert "aucun rapport n’a été écrit" in line
    assert "pip install 'actuarial[report]'" in line
    assert cli.main(["verify", str(tmp_path)]) == 0


def test_the_demo_refuses_a_language_before_it_projects(place, capsys, calls):
    assert cli.main(["demo", "--out", "out", "--language", "de"]) == 2
    assert "de" in capsys.readouterr().err
    assert calls == []
    assert not (place / "out").exists()


def test_the_demo_tells_all_that_it_has_to_tell_in_another_language(tmp_path, capsys):
    arguments = ["demo", "--out", str(tmp_path), "--to", "2028", "--service", "years", "--language", "es"]
    assert cli.main(arguments) == 0
    printed = capsys.readouterr()
    assert "\nArchivos\n  result.nc " in printed.out
    assert "translation" not in printed.err


def test_the_projection_is_cut_at_the_end_only():
    assert list(valuing.cut(basis_by_hand(), None, 2030)["year"].values) == list(YEARS[:6])


def test_the_embedded_country_is_valued(tmp_path, capsys):
    out = tmp_path / "out"
    assert cli.main(["demo", "--out", str(out), "--to", "2040", "--service", "years"]) == 0
    printed = capsys.readouterr().out
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    basis, scheme = actuarial.datasets.open("demo")
    assert manifest["basis"]["digest"] == digest(basis.sel(year=slice(None, 2040)))
    assert manifest["scheme"]["digest"] == digest(scheme)
    assert manifest["files"] == {name: file_digest(out / name) for name in ("result.nc", "basis.nc", "scheme.toml")}
    assert manifest["service_grid"] == "years"
    with xr.open_dataset(out / "result.nc", engine="h5netcdf") as result:
        assert manifest["result"]["digest"] == digest(result.load().drop_attrs())
        assert result["reserve"].attrs["units"] == "currency"
    table = financial_table(result)
    assert table["figures"].tolist() == ["accounts"] * 5 + ["projected"] * 15
    assert table.loc[2025, "reserve"] == float(basis["reserve_0"])
    rolled = table["reserve"].shift() + table["result"]
    pd.testing.assert_series_equal(rolled.loc[2026:], table.loc[2026:, "reserve"], check_names=False, rtol=1e-9)
    np.testing.assert_allclose(rolled.loc[2022:2025], table.loc[2022:2025, "reserve"], rtol=1e-3)
    sheet = openpyxl.load_workbook(out / "result.xlsx")["Financial"]
    reserve = next(column for column in sheet.iter_cols(min_row=3) if str(column[0].value).startswith("reserve ("))
    assert [cell.value for cell in reserve[6:]] == pytest.approx(result["reserve"].values.tolist(), rel=1e-14)
    gap = next(line for line in printed.splitlines() if "(GAP)" in line)
    assert gap.split()[-1] == f"{100 * float(result['general_average_premium']):.2f}%"
    assert [line["line"] for line in manifest["accounts"]] == basis["line"].values.tolist()
    page = (out / "report_en.html").read_bytes()
    assert f"  report_en.html              {out / 'report_en.html'}\n" in printed
    assert manifest["reports"] == {"report_en.html": file_digest(out / "report_en.html")}
    for name in (scheme.name, actuarial.datasets.open("demo health").scheme.name):
        assert name.encode() in page
    assert cli.main(["report", str(out), "--no-figures"]) == 0
    capsys.readouterr()
    assert (out / "report_en.html").read_bytes() == page, "the report of a run in memory is that of its files"
    health_of_the_demo(out / "health", printed, capsys)


def health_of_the_demo(folder, printed, capsys):
    """The health scheme lies in a run of its own, which can be computed again with the pension scheme beside it."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    scheme = actuarial.datasets.open("demo health").scheme
    files = ("result.nc", "basis.nc", "scheme.toml", "pension_scheme.toml")
    assert manifest["files"] == {name: file_digest(folder / name) for name in files}
    assert manifest["scheme"]["digest"] == digest(scheme)
    pension = actuarial.datasets.open("demo").scheme
    assert manifest["pension_scheme"] == {"name": pension.name, "digest": digest(pension), "stored": True}
    assert manifest["accounts"] == [], "the accounts of the basis are those of pensions"
    run = actuarial.open_run(folder)
    assert manifest["result"]["digest"] == digest(run.result.drop_attrs())
    rate = float(run.result["payg_rate_with_reserve"].sel(year=2040))
    shown = next(line for line in printed.splitlines() if "with the reserve of the law 2040" in line)
    assert shown.split()[-1] == f"{100 * rate:.2f}%"
    members = openpyxl.load_workbook(folder / "result.xlsx")["Members"]
    total = next(column for column in members.iter_cols(min_row=3) if str(column[0].value).startswith("total members"))
    counted = run.result["health_members"].sum(["health_group", "sex", "age"])
    assert [cell.value for cell in total[1:]] == pytest.approx(counted.values.tolist(), rel=1e-12)
    assert cli.main(["verify", str(folder), "--recompute"]) == 0
    assert "are equal to the last bit" in capsys.readouterr().out
    with pytest.raises(BadInput, match="the pension scheme of the run is not given"):
        recompute(run)
    law = folder / "pension_scheme.toml"
    law.write_text(law.read_text(encoding="utf-8").replace("0.0133", "0.0143"), encoding="utf-8")
    assert cli.main(["verify", str(folder)]) == 2
    assert "pension_scheme.toml: changed" in capsys.readouterr().err


@pytest.fixture(scope="module")
def health(tmp_path_factory):
    """A folder with a health scheme, a pension scheme and the basis of both."""
    folder = tmp_path_factory.mktemp("health")
    actuarial.save_basis(health_basis(2), folder / "basis")
    actuarial.save_scheme(health_scheme(), folder / "health.toml")
    actuarial.save_scheme(full_law(), folder / "pension.toml")
    return folder


def test_a_health_scheme_is_valued_and_computed_again(health, tmp_path, capsys):
    words = ["value", str(health / "health.toml"), "--basis", str(health / "basis"), "--out", str(tmp_path)]
    assert cli.main(words) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Fund: 2025 to 2026\n\nKey results\n  members 2025 ")
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert "pension_scheme" not in manifest
    assert cli.main(["verify", str(tmp_path), "--recompute"]) == 0
    reserve = actuarial.open_run(tmp_path).result["reserve"]
    expected = project_health(health_basis(2), health_scheme())["reserve"]
    np.testing.assert_array_equal(reserve, expected)


def test_a_health_scheme_is_checked_with_its_pension_scheme(health, capsys):
    words = ["check", str(health / "health.toml"), "--basis", str(health / "basis")]
    assert cli.main(words) == 0
    alone = capsys.readouterr().out
    assert alone == (
        "Fund: scheme and basis can be valued, 2025 to 2026.\nWarnings: 1\n"
        "  - expenditure_by_service_0, expenditure_by_group_0: not given; unit costs are used as they are.\n"
    )
    assert cli.main([*words, "--pension", str(health / "pension.toml")]) == 0
    both = capsys.readouterr().out
    assert both.startswith(alone.replace("Warnings: 1", "Warnings: 2")), "what is unusual for pensions comes after it"
    assert "  - minimum: pays what minimum pensions cost, but of the pensions in payment on the valuation date" in both
    actuarial.save_scheme(full_law().amend("scheme", currency="ABC"), health / "other.toml")
    assert cli.main([*words, "--pension", str(health / "other.toml")]) == 2
    assert "the amounts of the scheme are in ABC" in capsys.readouterr().err


def test_a_health_scheme_of_insured_persons_asks_for_the_pension_scheme(health, capsys):
    law = health_scheme(groups=(Insured(name="workers"), *health_scheme().groups[1:]))
    actuarial.save_scheme(law, health / "insured.toml")
    words = ["value", str(health / "insured.toml"), "--basis", str(health / "basis"), "--out", str(health / "none")]
    assert cli.main(words) == 2
    assert "--pension on the command line" in capsys.readouterr().err
    assert not (health / "none").exists()


@pytest.mark.parametrize("kind", ["pension", "health"])
def test_pension_names_the_pension_scheme_of_a_health_scheme(health, capsys, kind):
    words = ["value", f"{health / kind}.toml", "--pension", f"{health / kind}.toml"]
    assert cli.main([*words, "--basis", str(health / "basis"), "--out", str(health / "out")]) == 2
    assert f" is a {kind} scheme.\n  --pension names the pension scheme" in capsys.readouterr().err
    assert not (health / "out").exists()


@pytest.mark.parametrize(("there", "calls"), [(True, 0), (False, 1)])
def test_kernels_of_a_run_are_compiled_in_another_process_before_it(monkeypatch, capsys, there, calls):
    from actuarial import jit

    called = []
    other = SimpleNamespace(wait=lambda *_: None, poll=lambda: 0)
    monkeypatch.setattr(jit, "compiled", lambda: there)
    monkeypatch.setattr(jit.config, "DISABLE_JIT", 0)
    monkeypatch.setattr(warmup.subprocess, "Popen", lambda words, **_: called.append(words[2]) or other)
    warmup.compile_first(language())
    assert [words.splitlines()[-1] for words in called] == ["warmup.compile_run()"] * calls
    assert capsys.readouterr().err.count("actuarial: compiling kernels") == calls


@pytest.mark.parametrize("option", ["balance-sheet", "previous"])
def test_studies_of_pensions_are_refused_of_a_health_scheme(option):
    asked = {"sensitivity": False, "balance_sheet": False, "previous": None} | {option.replace("-", "_"): "yes"}
    run = SimpleNamespace(manifest={}, scheme=SimpleNamespace(name="Care", services=()))
    with pytest.raises(BadInput, match=f"--{option}: Care is a health scheme.*\n  Leave the option out"):
        reporting._studies(argparse.Namespace(**asked), [run])


def test_sensitivities_of_a_report_are_those_of_each_run_with_the_pension_scheme_of_its_folder(monkeypatch):
    """A run of pensions with one of health care beside it, whose stored pension scheme makes its members."""
    from actuarial import studies
    from actuarial.readers import runs

    told = []
    monkeypatch.setattr(studies, "sensitivity", lambda basis, scheme, **how: told.append((basis, how)) or "of pensions")
    monkeypatch.setattr(
        studies, "health_sensitivity", lambda basis, scheme, **how: told.append((basis, how)) or "of health"
    )
    monkeypatch.setattr(runs, "open_pension_scheme", lambda home: f"law of {home}")
    asked = argparse.Namespace(sensitivity=True, balance_sheet=False, previous=None, folder="run", say=language())
    several = [
        SimpleNamespace(manifest={"service_grid": "years"}, scheme=SimpleNamespace(name="Law"), basis="first"),
        SimpleNamespace(manifest={}, scheme=SimpleNamespace(name="Care", services=()), basis="second"),
    ]
    found = reporting._studies(asked, several)
    assert found == {"sensitivity": "of pensions", "health_sensitivity": "of health"}
    (first, how), (second, more) = told
    assert (first, how["service"], second, more["service"]) == ("first", "years", "second", "months")
    assert more["pension_scheme"] == f"law of {Path('run') / 'health'}"
