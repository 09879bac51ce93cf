"""Numbers of a new source in a known translation: right, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.models.languages import Direction, parse_direction
from tosprog.pipeline.protect import numbers_of
from tosprog.pipeline.renumber import renumbered, shape_of

TO_ENGLISH, TO_DANISH = Direction("da", "en"), Direction("en", "da")


@pytest.mark.parametrize(
    ("source", "target", "new", "expected"),
    [
        ("Side 3", "Page 3", "Side 12", "Page 12"),
        ("Fra 2 til 7 år", "Ages 2 to 7", "Fra 3 til 9 år", "Ages 3 to 9"),
        ("Fra 2 af 7", "Of 7, 2", "Fra 3 af 9", "Of 9, 3"),
        ("Fra 2 af 7", "Of 7, 2", "Fra 7 af 2", "Of 2, 7"),
        ("Fra 2 til 7", "From 2 to 7", "Fra 5 til 5", "From 5 to 5"),
        # A number is written as the target writes its own, or as it stands where there is no example.
        ("3,5 pct.", "3.5 percent", "4,25 pct.", "4.25 percent"),
        ("3,5 pct.", "3.5 percent", "1.234,5 pct.", "1,234.5 percent"),
        ("3,5 pct.", "3,5 percent", "4,25 pct.", "4,25 percent"),
        ("3 pct.", "3 percent", "4,25 pct.", "4,25 percent"),
        ("1.200 kr.", "1,200 kroner", "34.000 kr.", "34,000 kroner"),
        ("Kl. 9.30", "At 9:30", "Kl. 10.15", "At 10:15"),
        ("2010-12", "2010–12", "2011-13", "2011–13"),
        ("I 1980'erne", "In the 1980s", "I 1990'erne", "In the 1990s"),
        ("A4 og A5", "A4 and A5", "A3 og A5", "A3 and A5"),
        # One has separators where the other has none; a separator without an example
        ("1200 kr.", "1,200 kroner", "1300 kr.", None),
        ("Kl. 9.30", "At 9:30", "Kl. 9,5", None),
        # Which number goes where cannot be told.
        ("5 og 5", "5 and 5", "5 og 6", None),
        ("5 km", "5 km (3 miles)", "10 km", None),
        ("5 km", "five km", "10 km", None),
        ("5 km", "6 km", "10 km", None),
        ("5 km", "5 km", "5 10 km", None),
        # A word would have to change with it.
        ("1 år", "1 year", "2 år", None),
        ("2 år", "2 years", "1 år", None),
        ("1 mand og 2 år", "1 man and 2 years", "1 mand og 3 år", "1 man and 3 years"),
        ("2. maj", "2nd of May", "3. maj", None),
        ("2. maj 2020", "2nd of May 2020", "2. maj 2021", "2nd of May 2021"),
        ("8 dages tur", "an 8 day trip", "9 dages tur", None),
    ],
)
def test_numbers_in_their_places(source: str, target: str, new: str, expected: str | None) -> None:
    assert renumbered(source, target, new, TO_ENGLISH) == expected


def test_into_danish() -> None:
    assert renumbered("At 9:30", "Kl. 9.30", "At 10:15", TO_DANISH) == "Kl. 10.15"
    assert renumbered("2nd of May", "2. maj", "3rd of May", TO_DANISH) == "3. maj"  # if their shapes were one
    assert renumbered("1,234.5 m", "1.234,5 m", "7,654.25 m", TO_DANISH) == "7.654,25 m"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Side 3", "Side 1.200,50", True),
        ("Side 3", "side 3", False),
        ("Side 3", "Side 3 ", False),
        ("Side 3 og 4", "Side 3", False),
    ],
)
def test_what_differs_in_numbers_alone(one: str, other: str, same: bool) -> None:
    assert (shape_of(one) == shape_of(other)) is same


@pytest.mark.parametrize("text", ["", "Hus", "12", "12.5.2020", "(3)"])
def test_what_has_no_shape(text: str) -> None:
    assert shape_of(text) is None


NUMBERS = st.from_regex(r"[1-9][0-9]{0,2}([.,][0-9]{1,3})?", fullmatch=True)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=4), st.sampled_from(["da-en", "en-da"]))
def test_no_number_is_lost_or_made_up(pairs: list[tuple[str, str]], name: str) -> None:
    direction = parse_direction(name)
    old, new = (" x ".join(pair[side] for pair in pairs) for side in (0, 1))
    target = " y ".join(pair[0] for pair in reversed(pairs))
    found = renumbered(old, target, new, direction)
    assert found is None or numbers_of(found) == numbers_of(new)
