"""The whole report: what each section says, made from the results and from what people wrote, in its order."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from actuarial.remembered import remembering
from actuarial.report.completeness import checklist
from actuarial.report.content import (
    adequacy,
    annexes,
    assumptions,
    closing,
    context,
    front,
    health,
    methods,
    provisions,
    results,
    studies,
)
from actuarial.report.content.material import Material, part_of
from actuarial.report.content.written import checked_fields, read_fields
from actuarial.report.document import Document, Picture, Section
from actuarial.report.origin import origin_of
from actuarial.translation import language as spoken

SECTIONS = (
    front.letter,
    front.summary,
    provisions.scheme,
    context.changes,
    context.experience,
    context.context,
    context.data,
    assumptions.assumptions,
    methods.methods,
    results.demographic,
    results.financial,
    results.rates,
    health.health,
    studies.balance_sheet,
    adequacy.adequacy,
    adequacy.gender,
    studies.sensitivity,
    studies.reconciliation,
    studies.reforms,
    closing.funding,
    closing.opinion,
)
"""What makes the sections of a report, in their order; each gives a section, or None where there is nothing to say."""


@remembering()
def build(
    result: Any,
    basis: Any,
    scheme: Any,
    *,
    health: Any = None,
    assessment: Any = None,
    sensitivity: Any = None,
    health_sensitivity: Any = None,
    reconciliation: Any = None,
    balance: Any = None,
    reforms: Any = None,
    experience: Any = None,
    previous: Any = None,
    fields: Mapping[str, Any] | str | Path | None = None,
    pictures: Mapping[str, Picture] | None = None,
    manifest: Mapping[str, Any] | None = None,
    language: str = "en",
    locale: str | None = None,
) -> Document:
    """Make the report of a valuation: sections, tables and sentences that follow from the results.

    Parameters
    ----------
    result, basis, scheme : Dataset, Dataset, Scheme or HealthScheme
        What was projected and from what. Of several scenarios the one named central is shown, else the first.
    health : run, optional
        A health scheme besides the pensions: an object with `result`, `basis` and `scheme`, such as `open_run` gives.
    assessment : object with `verdicts`, optional
        Verdicts of international standards, see `actuarial.standards`.
    sensitivity, health_sensitivity, reconciliation, balance, reforms : Dataset, optional
        Results of the studies of these names (`balance_sheet` of the balance).
    experience : Dataset, optional
        Actual over expected numbers, see `actuarial.valuation.experience`.
    previous : Dataset, optional
        Basis of the previous valuation, for the table of assumptions.
    fields : mapping or path of a TOML file, optional
        Texts that people write, by the name of their field.
    pictures : mapping of name to Picture, optional
    manifest : mapping, optional
        Manifest of the run.
    language, locale : str
        Language of the report, and the country whose numbers are written.

    Returns
    -------
    Document
        Its words are in the language. It has no opinion and no recommendation: those are fields of the actuary. Its
        last annex says which items of the checklist are answered.

    Raises
    ------
    BadInput
        Unknown fields, a language that is not spoken, what is no result, basis or scheme.
    MissingVariable
        The result lacks what a table needs.

    References
    ----------
    .. [1] International Actuarial Association (2018), ISAP 2: Financial analysis of social security programs.
    .. [2] International Social Security Association and International Labour Office (2016), Guidelines on actuarial
       work for social security.

    Examples
    --------
    document = build(result, basis, scheme, language="fr")
    """
    first = part_of(result, basis, scheme, "the valuation")
    of_health = hasattr(scheme, "services")
    second = None if health is None else part_of(health.result, health.basis, health.scheme, "the health scheme")
    texts = read_fields(fields) if isinstance(fields, (str, Path)) else checked_fields(fields or {})
    material = Material(
        spoken(language, locale),
        None if of_health else first,
        first if of_health else second,
        assessment,
        sensitivity,
        reconciliation,
        balance,
        reforms,
        experience,
        previous,
        texts,
        pictures or {},
        manifest or {},
        health_sensitivity,
    )
    return _document(material, origin_of(material.manifest, result, basis, scheme, health))


def _document(material: Material, origin: dict[str, str]) -> Document:
    """The document, with the checklist that follows from it."""
    say = material.say
    sections = _there([maker(material) for maker in SECTIONS])
    sections += _there([annexes.figures(material, sections), *annexes.annexes(material)])
    sections += _there([annexes.further(material, sections)])
    title = say("Actuarial valuation")
    names = " · ".join(part.scheme.name for part in material.parts)
    document = Document(title, names, say, front.title_page(material), sections, origin=origin)
    state = annexes.states(material, checklist(document))
    return replace(document, sections=(*sections, *_there([state])))


def _there(sections: list[Section | None]) -> tuple[Section, ...]:
    return tuple(one for one in sections if one is not None)
