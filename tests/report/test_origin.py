"""A report file on its own says what it was made of, also after a person has edited it."""

import json
import zipfile
from dataclasses import replace
from types import SimpleNamespace

import docx
import pytest

from actuarial import __version__, cli
from actuarial.cli.stale import tell_stale
from actuarial.errors import BadInput
from actuarial.provenance import digest, result_digest
from actuarial.report import write_docx, write_html, write_pdf
from actuarial.report.docx_template import write_template
from actuarial.report.origin import origin_of, read_origin
from actuarial.translation import language
from tests.report.content_data import health_run, pensions, report
from tests.report.paper import HOSTILE, whole

WRITERS = {"docx": write_docx, "html": write_html, "pdf": write_pdf}
TOLD = {"library": "0.1.0", "written": "2026-01-31T00:00:00+00:00", "basis": "ab" * 32, "scheme": "cd" * 32}


@pytest.mark.parametrize("ending", WRITERS)
def test_each_format_tells_the_digests_of_its_inputs(tmp_path, ending):
    document = replace(whole("fr"), origin=TOLD)
    path = WRITERS[ending](document, tmp_path / f"report.{ending}")
    assert read_origin(path) == TOLD


def test_a_report_without_manifest_tells_what_is_known():
    basis, scheme, result = pensions()
    assert report().origin == {
        "library": __version__,
        "result": result_digest(result),
        "basis": digest(basis),
        "scheme": digest(scheme),
    }


def test_the_manifest_is_believed_and_the_health_scheme_is_told():
    basis, scheme, result = pensions()
    run = health_run()
    health = SimpleNamespace(**vars(run), manifest={"basis": {"digest": "b"}, "pension_scheme": {"digest": "p"}})
    told = {"library": {"actuarial": "9"}, "written": "2026", "scheme": {"digest": "s"}, "basis": {"digest": "x"}}
    found = origin_of(told, result, basis, scheme, health)
    assert (found["library"], found["written"], found["scheme"], found["basis"]) == ("9", "2026", "s", "x")
    assert (found["health_basis"], found["health_pension_scheme"]) == ("b", "p")
    assert found["health_scheme"] == digest(run.scheme)


def test_a_word_file_that_was_edited_still_tells_it(tmp_path):
    path = write_docx(replace(whole(), origin=TOLD), tmp_path / "report.docx")
    word = docx.Document(path)
    word.add_paragraph("Edited by the actuary")
    word.save(tmp_path / "edited.docx")
    assert read_origin(tmp_path / "edited.docx") == TOLD


def test_properties_of_a_template_stay(tmp_path):
    plain = write_template(tmp_path / "template.docx")
    first = write_docx(replace(whole(hostile=False), origin={"house": "Ministry", "basis": "old"}), tmp_path / "a.docx")
    mine = tmp_path / "t.docx"
    with zipfile.ZipFile(first) as old, zipfile.ZipFile(plain) as new, zipfile.ZipFile(mine, "w") as made:
        for name in new.namelist():
            made.writestr(name, (old if name in ("_rels/.rels", "[Content_Types].xml") else new).read(name))
        made.writestr("docProps/custom.xml", old.read("docProps/custom.xml"))
    path = write_docx(replace(whole(hostile=False), origin=TOLD), tmp_path / "b.docx", template=mine)
    assert read_origin(path) == TOLD | {"house": "Ministry"}


@pytest.mark.parametrize("ending", ["docx", "html"])
def test_words_that_wish_harm_stay_words(tmp_path, ending):
    told = TOLD | {"written": HOSTILE[0] + HOSTILE[4]}
    path = WRITERS[ending](replace(whole(), origin=told), tmp_path / f"report.{ending}")
    assert read_origin(path)["written"] == told["written"]


def test_other_files_are_refused(tmp_path):
    for name, content in (("a.txt", ""), ("b.docx", "no archive"), ("c.html", "<html></html>"), ("d.pdf", "%PDF")):
        (tmp_path / name).write_text(content, encoding="utf-8")
        with pytest.raises(BadInput, match=name):
            read_origin(tmp_path / name)
    with pytest.raises(BadInput, match="no report"):
        read_origin(tmp_path / "a.txt")


def test_verify_compares_a_report_with_the_run_beside_it(tmp_path, capsys):
    parts = {name: {"digest": TOLD[name]} for name in ("basis", "scheme")} | {"result": {"digest": "e"}}
    document = replace(whole(hostile=False), origin=TOLD | {"result": "e"})
    path = write_html(document, tmp_path / "report.html")
    assert cli.main(["verify", str(path)]) == 0
    assert "No run lies beside it" in capsys.readouterr().out
    manifest = parts | {"library": {"actuarial": "0.1.0"}, "files": {}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert cli.main(["verify", str(path)]) == 0
    printed = capsys.readouterr().out
    assert f"basis   {'ab' * 32}" in printed
    assert f"{path}: the report of a run written {TOLD['written']} by actuarial {TOLD['library']}\n" in printed
    assert "are those of the run" in printed
    manifest["basis"] = {"digest": "other"}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert cli.main(["verify", str(path)]) == cli.BAD_INPUT
    assert "of another run than the one beside it: other basis" in capsys.readouterr().err


def test_reports_of_another_run_are_told(tmp_path, capsys):
    def told(result, *reports):
        manifest = {name: {"digest": name} for name in ("library", "basis", "scheme", "files")}
        manifest |= {"result": {"digest": result}, "reports": dict.fromkeys(reports, "digest")}
        (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        tell_stale(tmp_path, language("en"))
        return capsys.readouterr().err

    page = write_html(replace(whole(hostile=False), origin=TOLD | {"result": "e"}), tmp_path / "report_es.html")
    assert told("e") == ""
    (tmp_path / "report_notes.docx").write_bytes(b"of somebody")
    book = tmp_path / "report_es.xlsx"
    book.write_bytes(b"says nothing")
    assert told("e", book.name) == ""
    assert told("other", book.name).startswith(f"actuarial: {page}: not made of the run that is now in {tmp_path}.\n")
    again = f"  Make them again (actuarial report {tmp_path} --format html,xlsx --language es), or remove them.\n"
    assert told("other") == f"actuarial: {page}, {book}: not made of the run that is now in {tmp_path}.\n{again}"
