from __future__ import annotations

from erp_import_plugin.connector_host.excerpts import excerpt


def test_an_excerpt_is_printable_short_and_on_one_line() -> None:
    assert excerpt("a\nb\x00\ud800\u2028 c") == "a b\ufffd\ufffd\ufffd c"
    assert excerpt("x" * 600) == "x" * 499 + "…"
    assert excerpt("abcdef", 4) == "abc…"
