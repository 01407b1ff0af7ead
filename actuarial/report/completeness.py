"""What a report should hold, item by item, and what of it is there: content, a text of the actuary, or nothing."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from actuarial.report.document import Bullets, Document, Field, Paragraph, Picture, Section, Table, Terms
from actuarial.translation import N_, Language

TREATED, MISSING = "treated", "missing"
ASKED, WRITTEN = "to be written by the actuary", "written by the actuary"
LABELS = {
    TREATED: N_("treated"),
    MISSING: N_("missing"),
    ASKED: N_("to be written by the actuary"),
    WRITTEN: N_("written by the actuary"),
}
"""What the reader sees for each state; said with `say`."""
GUIDELINES = N_("ISSA-ILO Guidelines 2016")
"""The source whose name is translated; the others have the same one in every language."""


@dataclass(frozen=True)
class Requirement:
    """An item of the checklist.

    Attributes
    ----------
    id, source, ref : where it comes from
    requirement : what is asked
    report_field : field of a report that answers it
    auto : the library can answer it, wholly or in part
    seen : the wording of the source was read; False where only the heading is known
    """

    id: str
    source: str
    ref: str
    requirement: str
    report_field: str
    auto: bool
    seen: bool

    def placed(self, say: Language) -> str:
        """The source and the place in it, in the words of a language."""
        return f"{say(self.source) if self.source == GUIDELINES else self.source} {self.ref}"


@dataclass(frozen=True)
class Item:
    """An item of the checklist and its state in a report: "treated", "missing", or a text of the actuary alone."""

    requirement: Requirement
    status: str

    @property
    def id(self) -> str:
        """Short name of the item."""
        return self.requirement.id

    def row(self, say: Language) -> tuple[str, str, str, str]:
        """Name, source, what is asked and the state, in the words of a language."""
        asked = self.requirement
        return self.id, asked.placed(say), say(asked.requirement), say(LABELS[self.status])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("checklist.toml").read_text(encoding="utf-8"))


@cache
def requirements() -> tuple[Requirement, ...]:
    """All items, in the order of their sources."""
    return tuple(Requirement(**row) for row in _data()["item"])


@cache
def fields() -> dict[str, tuple[str, ...]]:
    """Fields that a person may write, by name in the order of the template, each with what is asked for.

    What a field asks for in words of its own stands instead of the requirements of its items.
    """
    own = {row["name"]: (row["requirement"],) for row in _data()["field"]}
    asked: dict[str, tuple[str, ...]] = {}
    for row in requirements():
        if row.report_field not in composite():
            known = asked.get(row.report_field, ())
            asked[row.report_field] = (*known, *(() if row.requirement in known else (row.requirement,)))
    asked |= own
    return dict(sorted(asked.items(), key=lambda pair: pair[0].split(".")[0]))


def composite() -> dict[str, list[str]]:
    """Fields that are answered when all the fields are that belong to them."""
    return dict(_data()["composite"])


def only_actuary(name: str) -> bool:
    """Whether a field is one that only the actuary who signs can write."""
    return name in _data()["actuary"]


def by_assumption() -> tuple[str, ...]:
    """Fields that may have a text for each assumption."""
    return tuple(_data()["by_assumption"])


def asked(say: Language, name: str) -> str:
    """What a field asks for, in the language of the report."""
    return " · ".join(say(text) for text in fields()[name])


class Checklist(list[Item]):
    """Items of a checklist; a notebook shows them as a table in the language of the report."""

    def __init__(self, items: Iterable[Item], say: Language) -> None:
        super().__init__(items)
        self.language = say

    def __repr__(self) -> str:
        return checklist_text(self, self.language)

    def _repr_html_(self) -> str:
        from actuarial.report.notebook import checklist_html

        return checklist_html(self, self.language, LABELS)


def checklist(document: Document) -> Checklist:
    """The state of every item of the checklist in a report.

    Parameters
    ----------
    document : Document of `build`

    Returns
    -------
    Checklist, a list of Item
        "treated" where a section that answers the field has content, or somebody wrote the text of the field;
        "missing" where neither is; of what only the actuary who signs can say, "to be written by the actuary" or
        "written by the actuary", never "treated". Whether what is there says what is asked, a reader must judge.

    Examples
    --------
    [item.id for item in checklist(document) if item.status == "missing"]
    """
    answered = _answered(document)
    items = (Item(row, _status(row.report_field, answered)) for row in requirements())
    return Checklist(items, document.language)


def _status(name: str, answered: Mapping[str, bool]) -> str:
    there = all(answered.get(one, False) for one in composite().get(name, [name]))
    if only_actuary(name):
        return WRITTEN if there else ASKED
    return TREATED if there else MISSING


def _answered(document: Document) -> dict[str, bool]:
    """Fields that the document answers: by a section with content, or by what somebody wrote."""
    found = {name: True for section in document.walk() if _has_content(section) for name in section.covers}
    written: dict[str, list[bool]] = {}
    for block in document.blocks():
        if isinstance(block, Field):
            written.setdefault(_of(block.name), []).append(bool(block.text.strip()))
    return {name: True for name, texts in written.items() if all(texts)} | {
        name: True for name in found if not only_actuary(name)
    }


def _of(name: str) -> str:
    """The field that a text for one assumption belongs to."""
    return next((field for field in by_assumption() if name.startswith(f"{field}.")), name)


def _has_content(section: Section) -> bool:
    return any(_is_content(block) for block in section.blocks) or any(_has_content(one) for one in section.sections)


def _is_content(block: Any) -> bool:
    """Whether a block says anything by itself; what a person has still to write does not."""
    if isinstance(block, Paragraph):
        return block.kind != "note" and bool(block.text.strip())
    if isinstance(block, Bullets):
        return bool(block.lines)
    if isinstance(block, (Terms, Table)):
        return bool(block.rows)
    return isinstance(block, Picture)


def checklist_text(items: Sequence[Item], say: Language) -> str:
    """The checklist as plain text: a line for each item, and how many are in which state."""
    words = {status: say(label) for status, label in LABELS.items()}
    width = max(map(len, words.values()))
    lines = [
        f"  {one.id:<4} {words[one.status]:<{width}}  {one.requirement.report_field:<34} "
        f"{one.requirement.placed(say)}"
        for one in items
    ]
    count = Counter(one.status for one in items)
    total = ", ".join(f"{words[status]} {count[status]}" for status in LABELS if count[status])
    return "\n".join([say("Checklist of the report: {total}", total=total), *lines])
