"""Putting sections together from what there is."""

from collections.abc import Iterable

from actuarial.report.completeness import by_assumption
from actuarial.report.content.material import Material
from actuarial.report.content.written import field
from actuarial.report.document import Block, Field, Section


def section(
    name: str,
    title: str,
    blocks: Iterable[Block | None] = (),
    sections: Iterable[Section | None] = (),
    *,
    covers: Iterable[str] = (),
    annex: bool = False,
) -> Section | None:
    """A section of the blocks and sections that there are; None where there are none."""
    kept = tuple(block for block in blocks if block is not None)
    inner = tuple(one for one in sections if one is not None)
    return Section(name, title, kept, inner, tuple(covers), annex) if kept or inner else None


def asked_for(material: Material, *names: str) -> tuple[Field, ...]:
    """The fields of these names, each with its text or still empty."""
    return tuple(field(material.say, material.written, name) for name in names)


def if_written(material: Material, *names: str) -> tuple[Field, ...]:
    """Those of the fields that somebody wrote: what the library answers itself needs no text."""
    return tuple(one for one in asked_for(material, *names) if one.text)


def for_each(material: Material, name: str, assumptions: Iterable[tuple[str, str]]) -> tuple[Field, ...]:
    """A field with one text for all assumptions, or one for each of them as soon as one of them is written.

    Parameters
    ----------
    assumptions : names of variables and what they are called
    """
    assert name in by_assumption(), "a field with texts by assumption"
    own = [one for one in material.written if one.startswith(f"{name}.")]
    if name in material.written or not own:
        return asked_for(material, name)
    rows = [(f"{name}.{key}", words) for key, words in assumptions]
    shown = [Field(full, words, material.written.get(full, "")) for full, words in rows]
    others = [one for one in own if one not in dict(rows)]
    return (*shown, *(Field(one, one.removeprefix(f"{name}."), material.written[one]) for one in others))
