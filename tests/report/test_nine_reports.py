"""The report of the embedded country in three languages and three formats: nothing untranslated, missing or broken."""

import re
import tomllib
from types import SimpleNamespace

import docx
import pypdf
import pytest

import actuarial as ac
from actuarial.forms import open_scheme
from actuarial.report import build, pictures, write_docx, write_html, write_pdf
from actuarial.report.document import Bullets, Field, Paragraph, Picture, Table, Terms
from actuarial.vocabulary import variables
from tests.report.test_renderers import Page, squeezed, walk_tags

WRITERS = {"html": write_html, "docx": write_docx, "pdf": write_pdf}
LOCALES = {"en": None, "fr": "fr_CA", "es": "es_MX"}
ENGLISH = re.compile(r"\b(the|of|and|year|years|with|from|which|who|by|for|rate|rates|benefit|benefits|earnings)\b")
RAW = re.compile(r"\b[a-z0-9]{3,}(_[a-z0-9]+)+\b")
ALIKE = {"European Code", "Nominal", "Invented"}
"""Words that are the same in all languages: titles of texts of others."""


@pytest.fixture(scope="module")
def runs():
    """Both schemes of the country by years of credit, until the reserve of pensions is used up, and the assessment of
    their laws."""
    country = ac.datasets.open("demo")
    basis, scheme = country.basis.sel(year=slice(None, 2075)), country.scheme
    health = open_scheme(ac.datasets.law("demo health"))
    first = ac.project(basis, scheme, service="years")
    known = {"insured": first, "pensions": first, "population": first}
    second = ac.project_health(basis, health, service="years", **known)
    assessment = ac.standards.assess(scheme, basis, health=health, result=first, health_result=second)
    return basis, (scheme, health), (first, second), assessment


@pytest.fixture(scope="module")
def english(runs):
    return document(runs, "en")


@pytest.fixture(scope="module", params=LOCALES)
def report(request, runs, english, tmp_path_factory):
    """A document and its three files."""
    made = english if request.param == "en" else document(runs, request.param)
    folder = tmp_path_factory.mktemp(request.param)
    return made, {suffix: write(made, folder / f"report.{suffix}") for suffix, write in WRITERS.items()}


def document(runs, code):
    basis, laws, results, assessment = runs
    words = {"language": code, "locale": LOCALES[code]}
    figures = {}
    for law, result in zip(laws, results, strict=True):
        figures |= pictures(result, basis, law, without=figures, **words)
    health = SimpleNamespace(result=results[1], basis=basis, scheme=laws[1])
    return build(results[0], basis, laws[0], health=health, assessment=assessment, pictures=figures, **words)


def texts(document):
    """All words of a document but those of people: the manifest, and warnings that are shown as they were given."""
    for section in document.walk():
        yield section.title
        if section.name in ("provenance", "warnings"):
            continue
        for block in section.blocks:
            if isinstance(block, Table):
                yield from (block.title, block.units, block.source, *block.notes)
                yield from (text for row in block.head for text, _ in row)
                yield from (text for row in block.rows for text in row[: block.labels])
            elif isinstance(block, Picture):
                yield from (block.title, block.alt, block.source)
            elif isinstance(block, Terms):
                yield from (text for row in block.rows for text in row)
            elif isinstance(block, Bullets):
                yield from block.lines
            elif isinstance(block, Paragraph):
                yield block.text
            elif isinstance(block, Field):
                yield block.asked


def of_people(runs):
    """Words of the laws and of the basis, which are not translated."""
    basis, _, results, _ = runs
    files = "".join(ac.datasets.law(name).read_text(encoding="utf-8") for name in ("demo", "demo health"))
    names = [str(name) for dim in basis.dims if dim in basis.coords for name in basis[dim].values]
    return " ".join([files, *names, *map(str, basis.attrs.values()), *map(str, results[0].attrs.values())])


def test_nothing_is_left_in_english(runs, english, report):
    made, _ = report
    if made is english:
        return
    people, known = of_people(runs), set(texts(english))
    lines = [line.name.replace("_", " ") for law in runs[1] for line in law.contributions]
    names = re.compile("|".join(["National (Pension Scheme|Health Insurance) of Avania", *lines]))
    for text in set(texts(made)):
        if text in people or any(word in text for word in ALIKE) or not re.search("[a-zA-Z]{3} ", text):
            continue
        own = names.sub("", text)
        assert text not in known or not ENGLISH.search(own), text
        assert not ENGLISH.search(own), text


def test_the_title_page_says_that_the_country_is_invented(report):
    said = {"en": "Avania (invented)", "fr": "Avania (pays inventé)", "es": "Avania (país inventado)"}
    assert report[0].front[0][1] == said[report[0].language.code]


def test_classes_of_assets_are_named_in_the_language(report):
    (table,) = [block for block in report[0].blocks() if isinstance(block, Table) and block.name == "assets"]
    said = {"en": "Government bonds", "fr": "Obligations d’État", "es": "Bonos del Estado"}
    due = {"en": "Contributions due", "fr": "Cotisations dues", "es": "Cotizaciones adeudadas"}
    code = report[0].language.code
    assert table.rows[0][0] == said[code]
    assert table.rows[4][0].startswith(due[code])


def laws_in(table):
    """Words on the law of every part of a file of law."""
    for key, value in table.items():
        if key == "law":
            yield value
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield from laws_in(one)


@pytest.mark.parametrize("name", ["demo", "demo health"])
def test_laws_of_the_country_name_articles_and_nothing_in_english(name):
    act, *articles = laws_in(tomllib.loads(ac.datasets.law(name).read_text(encoding="utf-8")))
    assert re.fullmatch(r"National \w+( \w+)? Act \d{4}", act)
    assert len(articles) >= 10
    assert all(re.fullmatch(r"art\. \d+[-\d,() a-z]{0,12}", one) for one in articles), articles


def test_no_name_of_a_variable_is_shown(report):
    symbols = {row.symbol.split("_")[0] for row in variables().values()}
    for text in texts(report[0]):
        raw = {name.group().split("_")[0] for name in RAW.finditer(re.sub(r"[\w/]+\.(py|md)", "", text))}
        assert raw <= symbols, text


def test_every_figure_speaks_in_every_format(report):
    made, files = report
    figures = [block for block in made.blocks() if isinstance(block, Picture)]
    assert len(figures) >= 8
    page = Page(files["html"].read_text(encoding="utf-8"))
    drawn = [dict(attrs) for tag, attrs, _ in page.elements if tag == "svg"]
    assert len(drawn) == len(figures)
    assert all(one.get("role") == "img" for one in drawn)
    words = squeezed("".join(page.texts("title", "desc")) + "".join(one.get("aria-label", "") for one in drawn))
    body = docx.Document(files["docx"]).element.body
    told = [one.get("descr") for one in body.iter() if one.tag.endswith("}docPr")]
    alts = []
    paper = pypdf.PdfReader(files["pdf"])
    walk_tags(paper.trailer["/Root"]["/StructTreeRoot"], alts, [], set(), passed=("/Table",))
    spoken = [alt for kind, alt in alts if kind == "/Figure"]
    for figure in figures:
        assert len(figure.alt) > 40
        assert squeezed(figure.alt) in words
        assert figure.alt in told
        assert figure.alt in spoken


def test_links_of_the_page_lead_somewhere_and_nowhere_else(report):
    page = Page(report[1]["html"].read_text(encoding="utf-8"))
    places = {attrs["id"] for _, attrs, _ in page.elements if "id" in attrs}
    assert len(places) == sum("id" in attrs for _, attrs, _ in page.elements)
    links = {attrs[name] for _, attrs, _ in page.elements for name in ("href", "src", "xlink:href") if name in attrs}
    assert links
    inside = {link for link in links if link.startswith("data:image/png;base64,")}
    assert {link for link in links - inside if not link.startswith("#")} == set()
    assert {link for link in links - inside if link[1:] not in places} == set()
