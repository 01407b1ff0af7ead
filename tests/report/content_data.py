"""A small valuation of pensions and of health care, projected once, and its reports."""

from functools import cache
from types import SimpleNamespace

from actuarial.projection import project
from actuarial.projection_health import project_health
from actuarial.report.content.building import build
from tests.reference.full_law import full_law
from tests.reference.health import health_basis, health_scheme
from tests.reference.small import small_basis


@cache
def pensions():
    """Basis, scheme and result of ten years; the money is that of large amounts."""
    basis = small_basis()
    scheme = full_law()
    return basis, scheme, project(basis, scheme, service="years")


@cache
def health_run():
    """A health scheme over few years."""
    basis, scheme = health_basis(), health_scheme()
    return SimpleNamespace(basis=basis, scheme=scheme, result=project_health(basis, scheme))


@cache
def report(language="en", locale=None, health=False):
    """The report of the small valuation."""
    basis, scheme, result = pensions()
    both = {"health": health_run()} if health else {}
    return build(result, basis, scheme, language=language, locale=locale, **both)


def table(document, name):
    """A table of a document by its name."""
    return next(block for block in document.blocks() if getattr(block, "name", "") == name and hasattr(block, "rows"))
