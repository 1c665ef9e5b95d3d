from __future__ import annotations

import base64

from hypothesis import assume, given
from hypothesis import strategies as st

from erp_import_plugin.connector_api import ConfigField, ConfigType
from erp_import_plugin.connector_host.redacting import MASK, Redactor, redactor_for


@given(st.text(min_size=4).filter(str.strip), st.text(), st.text())
def test_no_secret_survives(secret: str, before: str, after: str) -> None:
    assume(secret not in MASK * 3)
    assert secret not in Redactor([secret])(f"{before} {secret} {after}").replace(MASK, "\x00\x01")


def test_usual_spellings_are_found() -> None:
    secret = 'p@ss wörd"1'
    encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
    text = f'p%40ss%20w%C3%B6rd%221 p%40ss+w%C3%B6rd%221 p@ss w\\u00f6rd\\"1 {encoded}'
    assert Redactor([secret])(text) == f"{MASK} {MASK} {MASK} {MASK}"


def test_a_short_secret_does_not_mangle_the_sentence() -> None:
    assert Redactor(["a"])("a bad password: a") == f"{MASK} bad password: {MASK}"


def test_user_and_password_in_an_address() -> None:
    assert Redactor([])("http://joe:pw@erp.example/x") == f"http://{MASK}@erp.example/x"


def test_only_secret_fields_are_hidden() -> None:
    fields = [ConfigField("user", "User"), ConfigField("pw", "Password", ConfigType.PASSWORD)]
    assert redactor_for(fields, {"user": "joseph", "pw": "sesame"})("joseph sesame") == f"joseph {MASK}"
    assert redactor_for(fields, {"pw": None})("None") == "None"
