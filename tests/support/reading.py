"""Reading a page as a test needs it: elements, what is said, what a form would send."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_SILENT = {"script", "style", "title"}
_VOID = {"input", "meta", "link", "br", "hr", "img", "use"}


@dataclass(eq=False)
class Element:
    """A start tag, the text inside it, and the elements inside it."""

    tag: str
    attributes: dict[str, str | None]
    text: str = ""
    inside: list[Element] = field(default_factory=list, repr=False)

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name) or ""

    def __contains__(self, name: str) -> bool:
        return name in self.attributes


@dataclass(eq=False)
class Page(HTMLParser):
    """A page that was read."""

    html: str
    elements: list[Element] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = self._found(tag, attrs)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._found(tag, attrs)

    def _found(self, tag: str, attrs: list[tuple[str, str | None]]) -> Element:
        element = Element(tag, dict(attrs))
        for around in self._open:
            around.inside.append(element)
        self.elements.append(element)
        return element

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                break

    def handle_data(self, data: str) -> None:
        if not any(element.tag in _SILENT for element in self._open):
            for element in self._open:
                element.text += data

    @property
    def text(self) -> str:
        """All that is said."""
        html = next(element for element in self.elements if element.tag == "html")
        return re.sub(r"\s+", " ", html.text)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements with this tag and these attributes; ``class_`` is one of the classes."""
        return [element for element in self.elements if element.tag == tag and _has(element, attributes)]

    def one(self, tag: str, **attributes: str) -> Element:
        """The only such element."""
        (found,) = self.all(tag, **attributes)
        return found

    def by_id(self, name: str) -> Element:
        """The element with this id."""
        (found,) = [element for element in self.elements if element["id"] == name]
        return found

    def value(self, name: str) -> str:
        """The value of the first input with this name."""
        return next(element["value"] for element in self.elements if element.tag == "input" and element["name"] == name)

    def chosen(self, name: str) -> list[str]:
        """The values of the ticked boxes, or of the radio that is on, with this name."""
        return [box["value"] for box in self.all("input", name=name) if "checked" in box]

    def filled(self, form: str) -> dict[str, list[str]]:
        """What a browser would send of the form with this id, by name, without its buttons."""
        inside = [*self.by_id(form).inside, *(one for one in self.elements if one["form"] == form)]
        sent: dict[str, list[str]] = {}
        for one in inside:
            if one.tag in ("input", "select") and one["name"] and "disabled" not in one:
                sent.setdefault(one["name"], []).extend(_values(one))
        return {name: values for name, values in sent.items() if values}


def _values(one: Element) -> list[str]:
    if one.tag == "input":
        return [] if one["type"] in ("checkbox", "radio") and "checked" not in one else [one["value"]]
    options = [option for option in one.inside if option.tag == "option" and "disabled" not in option]
    chosen = [option["value"] for option in options if "selected" in option]
    return chosen or ([options[0]["value"]] if options and "multiple" not in one else [])


def _has(element: Element, attributes: dict[str, str]) -> bool:
    for name, wanted in attributes.items():
        if name == "class_":
            if wanted not in element["class"].split():
                return False
        elif element[name.rstrip("_").replace("_", "-")] != wanted:
            return False
    return True
