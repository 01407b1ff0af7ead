"""Properties of a Word file that no page shows and a program may read."""

from collections.abc import Mapping
from typing import Any

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
CUSTOM = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
"""What marks properties that are not those of Word itself."""


def add_properties(package: Any, named: Mapping[str, str]) -> None:
    """Put texts among the properties of a Word file that a program may read; those that a template has stay."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from lxml import etree

    kind = f"{OFFICE}/relationships/custom-properties"
    old = next((one.target_part for one in package.rels.values() if one.reltype == kind), None)
    safe = etree.XMLParser(resolve_entities=False, no_network=True)
    spaces = {None: f"{OFFICE}/custom-properties", "vt": f"{OFFICE}/docPropsVTypes"}
    empty = etree.Element(f"{{{spaces[None]}}}Properties", nsmap=spaces)
    root = empty if old is None else etree.fromstring(old.blob, safe)
    taken = [int(one.get("pid", "1")) for one in root]
    for number, (name, text) in enumerate(named.items(), max([1, *taken]) + 1):
        for older in [one for one in root if one.get("name") == f"actuarial.{name}"]:
            root.remove(older)
        given = {"fmtid": CUSTOM, "pid": str(number), "name": f"actuarial.{name}"}
        one = etree.SubElement(root, f"{{{spaces[None]}}}property", given)
        etree.SubElement(one, f"{{{spaces['vt']}}}lpwstr").text = text
    blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    if old is None:
        mime = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
        package.relate_to(Part(PackURI("/docProps/custom.xml"), mime, blob, package), kind)
    else:
        old._blob = blob
