from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tosprog.pipeline.clauses import split_long


def test_cuts_at_the_best_place() -> None:
    text = "Vi gik hjem, og det regnede; senere kom solen, og vi gik ud"
    assert split_long(text, lambda part: len(part) <= 40) == (
        "Vi gik hjem, og det regnede;",
        "senere kom solen, og vi gik ud",
    )


def test_a_word_that_does_not_fit_stands_alone() -> None:
    assert split_long("a " + "x" * 30 + " b", lambda part: len(part) <= 10) == ("a", "x" * 30, "b")


@given(
    st.text(alphabet="ab,;: og", max_size=120).map(lambda text: " ".join(text.split())), st.integers(1, 30)
)
def test_nothing_is_lost(text: str, limit: int) -> None:
    parts = split_long(text, lambda part: len(part) <= limit)
    assert " ".join(parts) == text
    assert all(len(part) <= limit or not re.search(r"\s", part) for part in parts)


def test_twenty_thousand_words() -> None:
    text = "ord " * 20_000 + "slut"
    parts = split_long(text, lambda part: len(part) <= 400)
    assert " ".join(parts) == text
