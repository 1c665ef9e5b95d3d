from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, render_template_string
from flask_babel import Babel, Domain, force_locale

from erp_import_plugin import translations
from erp_import_plugin.errors import Sentence
from erp_import_plugin.translations import (
    Catalogues,
    ensure_babel,
    gettext,
    lazy_gettext,
    ngettext,
    say,
    template_functions,
)

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "%(name)s is done."
msgstr "%(name)s er ferdig."

msgid "%(num)s row"
msgid_plural "%(num)s rows"
msgstr[0] "%(num)s rad"
msgstr[1] "%(num)s rader"

msgid "Save"
msgstr "Lagre"
"""


def _compiled(folder: Path, name: str, po: str) -> Path:
    place = folder / "nb" / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / f"{name}.mo").open("wb") as file:
        write_mo(file, read_po(BytesIO(po.encode()), locale="nb"))
    return folder


@pytest.fixture(autouse=True)
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue of ours with known texts."""
    folder = _compiled(tmp_path / "ours", translations.NAME, PO)
    monkeypatch.setattr(translations, "domain", Domain([str(folder)], translations.NAME))


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Flask]:
    """A host with a language and a catalogue of its own."""
    hosts = _compiled(tmp_path / "hosts", "messages", 'msgid "Companies"\nmsgstr "Firmaer"\n')
    app = Flask("host")
    Babel(app, default_translation_directories=str(hosts), locale_selector=lambda: "nb")
    app.context_processor(template_functions)
    with app.test_request_context():
        yield app


def test_without_an_app_texts_are_english() -> None:
    assert gettext("%(name)s is done.", name="Ost") == "Ost is done."
    assert [ngettext("%(num)s row", "%(num)s rows", num) for num in (1, 2)] == ["1 row", "2 rows"]
    assert str(lazy_gettext("Save")) == "Save"


def test_texts_follow_the_hosts_language(host: Flask) -> None:
    assert gettext("%(name)s is done.", name="Ost") == "Ost er ferdig."
    assert [ngettext("%(num)s row", "%(num)s rows", num) for num in (1, 2)] == ["1 rad", "2 rader"]
    with force_locale("fr"):
        assert gettext("Save") == "Save"


def test_a_lazy_text_is_translated_when_it_is_shown(host: Flask) -> None:
    label = lazy_gettext("Save")
    assert str(label) == "Lagre"
    with force_locale("en"):
        assert str(label) == "Save"


def test_a_sentence_of_a_room_without_flask_is_translated_where_it_is_shown(host: Flask) -> None:
    assert say(Sentence("%(name)s is done.", name="50 %")) == "50 % er ferdig."
    assert say("Save") == "Save"


def test_a_sentence_within_a_sentence_is_translated_as_well(host: Flask) -> None:
    assert say(Sentence("%(name)s is done.", name=Sentence("Save"))) == "Lagre er ferdig."


def test_counted_numbers_are_in_the_readers_format(host: Flask) -> None:
    with force_locale("en"):
        assert ngettext("%(num)s row", "%(num)s rows", 12431) == "12,431 rows"
        assert render_template_string("{{ ngettext('%(num)s row', '%(num)s rows', 12431) }}") == "12,431 rows"
    with force_locale("de"):
        assert ngettext("%(num)s row", "%(num)s rows", 12431) == "12.431 rows"


def test_templates_say_our_texts_and_the_hosts_own(host: Flask) -> None:
    page = "{{ _('Companies') }}: {{ ngettext('%(num)s row', '%(num)s rows', 3) }}, {{ _('Save') }}, {{ say(note) }}"
    assert render_template_string(page, note=Sentence("%(name)s is done.", name="A")) == (
        "Firmaer: 3 rader, Lagre, A er ferdig."
    )


def test_values_are_escaped_in_templates(host: Flask) -> None:
    page = "{{ _('%(name)s is done.', name=name) }}{{ say(note) }}"
    shown = render_template_string(page, name="<b>", note=Sentence("%(name)s is done.", name="<i>"))
    assert shown == "&lt;b&gt; er ferdig.&lt;i&gt; er ferdig."


@pytest.mark.parametrize(
    ("accepted", "shown"), [("nb,en;q=0.5", "nb"), ("de", "en"), ("fr", "en"), ("da, nb;q=0.1", "nb"), ("", "en")]
)
def test_a_host_without_babel_gets_one_that_asks_the_browser(
    monkeypatch: pytest.MonkeyPatch, accepted: str, shown: str
) -> None:
    monkeypatch.setattr(translations, "shipped", lambda: ("en", "nb"))
    app = Flask("host")
    ensure_babel(app, ("en", "nb", "da", "de"))
    with app.test_request_context(headers={"Accept-Language": accepted}):
        assert gettext("Save") == {"nb": "Lagre", "en": "Save"}[shown]
    with app.app_context():
        assert gettext("Save") == "Save"


def test_a_hosts_own_babel_is_left_alone() -> None:
    app = Flask("host")
    own = Babel(app)
    ensure_babel(app, ("nb",))
    assert app.extensions["babel"].instance is own


def test_the_shipped_catalogues_can_be_loaded() -> None:
    folder = Path(translations.__file__).parent
    for language in translations.shipped()[1:]:
        assert Translations.load(folder, [language], translations.NAME)._catalog  # type: ignore[attr-defined]


def test_what_is_kept_is_said_in_the_language_of_who_began() -> None:
    kept = Catalogues()
    when = datetime(2026, 11, 22, 14, 5, tzinfo=timezone.utc)
    assert kept.say(Sentence("Companies"), "nb") == "Firmaer"
    assert kept.moment(when, "nb").startswith("22. nov. 2026")
    assert kept.moment(when, "en") == kept.moment(when, "") == kept.moment(when, "nonsense of a form")
    assert kept.moment(when, "en").startswith("22 Nov 2026, ")
