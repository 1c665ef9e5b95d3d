"""What the preview says about a row, read off its page as a person would: old → new, field by field."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

Values = tuple[str, ...]

_NEW_ITEM = " (new in the list)"


@dataclass(frozen=True)
class Promised:
    """What one row promises for one entity. ``fields``: label → old and new values; unticked ones are left out."""

    kind: str
    entity: int | None
    """None where it is to be created."""
    fields: dict[str, tuple[Values, Values]]


def promises(page: Page) -> list[Promised]:
    """What the row on this page, or in the side panel, would write."""
    link = page.locator("[data-panel-body] > p a[href*='/companies/'], [data-panel-body] > p a[href*='/contacts/']")
    entity = int(re.findall(r"\d+", link.first.get_attribute("href") or "")[-1]) if link.count() else None
    return [_section(section, entity) for section in page.locator("[data-panel-body] form section").all()]


def _section(section: Locator, entity: int | None) -> Promised:
    mark = section.locator(".erp-chip").inner_text()
    kind = {"company": "company", "contact": "person", "project": "project"}[mark.split()[0].lower()]
    is_new = "new" in mark.lower()
    own = section.locator("h2 a")
    if own.count():
        entity = int(re.findall(r"\d+", own.get_attribute("href") or "")[-1])
    return Promised(kind, None if is_new else entity, ticked_fields(section))


def ticked_fields(section: Locator) -> dict[str, tuple[Values, Values]]:
    """The old and new values of the fields, by the labels they have in the reader's language."""
    fields = [_field(field) for field in section.locator(".erp-diff__field").all()]
    return {label: values for label, values, is_ticked in fields if is_ticked}


def _field(field: Locator) -> tuple[str, tuple[Values, Values], bool]:
    box = field.locator("input[type=checkbox]")
    label = field.locator(".erp-diff__name").inner_text()
    values = field.locator(".erp-diff__values")
    many = values.locator(".erp-kept, .erp-removed").count() > 0
    return label, _many(values) if many else _one(values), not box.count() or box.is_checked()


def _many(values: Locator) -> tuple[Values, Values]:
    kept, removed, added = (_texts(values, css) for css in (".erp-kept", ".erp-removed del", ".erp-added ins"))
    return tuple(sorted(kept + removed)), tuple(sorted(kept + added))


def _one(values: Locator) -> tuple[Values, Values]:
    if values.locator(".erp-word, .erp-unseen").count():
        return _worded(values)
    return _texts(values, "del"), _texts(values, "ins")


def _worded(values: Locator) -> tuple[Values, Values]:
    """A text that is shown in parts: those of the old, those of the new, and those of both."""
    parts: list[list[str]] = values.evaluate(
        "node => [...node.childNodes].map(part => [part.className || part.nodeName, part.nodeName, part.textContent])"
    )
    old, new, unseen_of = "", "", ""
    for name, tag, text in parts:
        if name == "erp-unseen":
            old, new = (old + _character(text), new) if unseen_of == "DEL" else (old, new + _character(text))
        elif text in ("−", "+") and tag in ("DEL", "INS"):  # noqa: RUF001
            unseen_of = tag
        else:
            old, new = old + text * (tag != "INS"), new + text * (tag != "DEL")
    return (old.strip(),), (new.strip(),)


def _character(text: str) -> str:
    named = re.match(r"U\+([0-9A-F]{4,})", text)
    return chr(int(named[1], 16)) if named else " " if text == "␣" else text


def _texts(values: Locator, css: str) -> Values:
    """The texts without what is only said to who cannot see."""
    script = "nodes => nodes.map(node => [...node.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join(''))"
    found: list[str] = values.locator(css).evaluate_all(script)
    return tuple(text.strip().removesuffix(_NEW_ITEM) for text in found)
