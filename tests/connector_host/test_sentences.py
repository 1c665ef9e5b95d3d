from __future__ import annotations

import copy
import pickle

from erp_import_plugin.connector_host.sentences import Sentence, excerpt


def test_a_sentence_is_its_text_and_remembers_how_it_was_made() -> None:
    sentence = Sentence("%(count)s of 100 %% from %(name)s", count=3, name="50 % Inc")
    assert sentence == "3 of 100 % from 50 % Inc"
    assert sentence.template % sentence.params == sentence
    assert Sentence("100 % plain") == "100 % plain"


def test_a_sentence_survives_copying_and_pickling() -> None:
    sentence = Sentence("%(a)s %%", a="5 %")
    for twin in (copy.deepcopy(sentence), pickle.loads(pickle.dumps(sentence))):  # noqa: S301 - our own bytes
        assert (twin, twin.template, twin.params) == (sentence, sentence.template, sentence.params)


def test_an_excerpt_is_printable_short_and_on_one_line() -> None:
    assert excerpt("a\nb\x00\ud800\u2028 c") == "a b\ufffd\ufffd\ufffd c"
    assert excerpt("x" * 600) == "x" * 499 + "…"
