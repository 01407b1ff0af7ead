"""Figures inside a page: SVG without scripts, styles or addresses, whose names no other figure of the page has."""

import re
from xml.etree import ElementTree

from actuarial.errors import BadInput

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
DRAWN = frozenset(
    {"svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text"}
    | {"tspan", "image", "clipPath", "mask", "pattern", "linearGradient", "radialGradient", "stop"}
)
"""Elements of a drawing."""
LEFT_OUT = frozenset({"metadata", "title", "desc"})
"""What says where a drawing comes from; its title and description are those of the report."""
EVERYWHERE = re.compile(r"\s*\*\s*\{([^{}]*)\}\s*")
ADDRESS = re.compile(r"url\(\s*['\"]?(?!#)", re.IGNORECASE)


def inline(svg: str, name: str, title: str, alt: str) -> str:
    """A drawing as an element of a page, with a title and a description for who cannot see it.

    Declarations of `style` become attributes, so that a page may forbid styles of elements.

    Raises
    ------
    BadInput
        It is no SVG; or it has a script, an event, an address outside itself or another thing that is no drawing.
    """
    root = _parsed(svg, name)
    shared = _drop(root, name)
    for element in root.iter():
        _rewrite(element, name)
    for key, value in shared.items():
        root.attrib.setdefault(key, value)
    for key in ("width", "height"):
        root.attrib.pop(key, None)
    root.attrib |= {"role": "img", "aria-labelledby": f"{name}-title {name}-desc", "focusable": "false"}
    for place, (tag, text) in enumerate((("title", title), ("desc", alt))):
        words = ElementTree.Element(f"{{{SVG}}}{tag}", {"id": f"{name}-{tag}"})
        words.text = text
        root.insert(place, words)
    for element in root.iter():
        element.tag = _local(element.tag)
        element.tail = element.tail if (element.tail or "").strip() else None
        element.text = element.text if (element.text or "").strip() else None
    return ElementTree.tostring(root, encoding="unicode")


def _parsed(svg: str, name: str) -> ElementTree.Element:
    if "<!ENTITY" in svg:
        raise BadInput(f"{name}: the drawing declares entities, which a report does not take over.")
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise BadInput(f"{name}: the drawing is no SVG: {error}.") from error
    if root.tag != f"{{{SVG}}}svg" or "viewBox" not in root.attrib:
        raise BadInput(f"{name}: the drawing is no SVG with a viewBox.")
    return root


def _drop(parent: ElementTree.Element, name: str) -> dict[str, str]:
    """Remove what is not drawn; the declarations that held for all elements."""
    shared: dict[str, str] = {}
    for child in list(parent):
        tag = _local(child.tag)
        if tag == "style":
            found = EVERYWHERE.fullmatch(child.text or "")
            if found is None:
                raise BadInput(f"{name}: the drawing has styles that name elements; write them at the elements.")
            shared |= _declarations(found.group(1))
        elif tag not in DRAWN | LEFT_OUT:
            raise BadInput(f"{name}: the drawing has an element <{tag}>, which a report does not take over.")
        if tag in DRAWN:
            shared |= _drop(child, name)
        else:
            parent.remove(child)
    return shared


def _rewrite(element: ElementTree.Element, name: str) -> None:
    """Attributes of an element with names of this figure alone."""
    attributes = dict(element.attrib)
    attributes |= _declarations(attributes.pop("style", ""))
    element.attrib.clear()
    for key, value in attributes.items():
        plain = _local(key)
        if plain.lower().startswith("on") or plain == "font" or ADDRESS.search(value):
            raise BadInput(f"{name}: the drawing has {plain}={value[:40]!r}, which a report does not take over.")
        if plain == "id":
            value = f"{name}-{value}"
        elif plain == "href":
            value = _own(value, name)
        value = re.sub(r"url\(\s*['\"]?#([^)'\"]+)['\"]?\s*\)", rf"url(#{name}-\1)", value)
        element.attrib[plain if plain == "href" else key] = " ".join(value.split())


def _own(value: str, name: str) -> str:
    if value.startswith("#"):
        return f"#{name}-{value[1:]}"
    if value.startswith("data:image/png;base64,"):
        return value
    raise BadInput(f"{name}: the drawing points to {value[:40]!r}; it may hold what it shows, and nothing else.")


def _declarations(style: str) -> dict[str, str]:
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return {key.strip(): value.strip() for key, value in pairs}


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]
