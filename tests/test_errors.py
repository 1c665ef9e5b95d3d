"""A sentence is its text, and remembers how it was made so that it can be translated later."""

from __future__ import annotations

import copy
import pickle

from erp_import_plugin.errors import Sentence


def test_a_sentence_is_its_text_and_remembers_how_it_was_made() -> None:
    sentence = Sentence("%(count)s of 100 %% from %(name)s", count=3, name="50 % Inc")
    assert sentence == "3 of 100 % from 50 % Inc"
    assert sentence.template % sentence.params == sentence
    assert Sentence("100 % plain") == "100 % plain"


def test_a_sentence_survives_copying_and_pickling() -> None:
    sentence = Sentence("%(a)s %%", a="5 %")
    for twin in (copy.deepcopy(sentence), pickle.loads(pickle.dumps(sentence))):  # noqa: S301 - our own bytes
        assert (twin, twin.template, twin.params) == (sentence, sentence.template, sentence.params)
