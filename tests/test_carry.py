"""What is carried through a translation: nothing lost, nothing doubled, well nested, at the right words."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.pipeline.carry import carry
from tosprog.pipeline.inline import TAG, TagKind, make_tag, read_tag, without_tags


def tags(text: str) -> str:
    """Tags written for the eye: ``<1>``, ``</1>``, ``{2}`` a point, ``{{3}}`` an atom."""
    kinds = ((r"\{\{(\d+)\}\}", TagKind.ATOM), (r"\{(\d+)\}", TagKind.POINT))
    for pattern, kind in (*kinds, (r"</(\d+)>", TagKind.CLOSE), (r"<(\d+)>", TagKind.OPEN)):
        text = re.sub(pattern, lambda match, kind=kind: make_tag(kind, int(match[1])), text)  # type: ignore[misc]
    return text


@pytest.mark.parametrize(
    ("source", "plain", "target", "woven"),
    [
        ("Se https://a.dk nu.", "Se %1 nu.", "See %1 now.", "See https://a.dk now."),
        ("Skriv `x %1` og `y`", "Skriv %2 og %3", "Write %3 and %2", "Write `y` and `x %1`"),
        ("Det er **vigtigt**.", "Det er vigtigt.", "It is vigtig.", "It is **vigtig**."),
        ("**Det er vigtigt.**", "Det er vigtigt.", "It is important.", "**It is important.**"),
        ("En *[bog](b.dk)* her", "En bog her", "A book here", "A *[book](b.dk)* here"),
        ("Et ord,[^1] to", "Et ord, to", "Et ord, two", "Et ord,[^1] two"),
        ("Et ord[^1], to", "Et ord, to", "Et ord, two", "Et ord[^1], two"),
        ("Slut.[^1]", "Slut.", "The end.", "The end.[^1]"),
        ("Slut. [^1]", "Slut.", "The end.", "The end. [^1]"),
        ("![En kat](k.png) Her er den", "Her er den", "Here it is", "![En kat](k.png) Here it is"),
        ("[![kat](k.png)](u) her", "her", "here", "[![kat](k.png)](u) here"),
        ("**Fed uden ende.", "Fed uden ende.", "Bold without end.", "**Bold without end."),
        ("Slut på fed.** Ny", "Slut på fed. Ny", "Slut of fed. Ny", "Slut of fed.** Ny"),
        ("<b>Anna</b> og <i>Ib</i>", "Anna og Ib", "Anna and Ib", "<b>Anna</b> and <i>Ib</i>"),
        ("Linje<br>ny", "Linje ny", "Line new", "Line<br> new"),
    ],
)
def test_woven(source: str, plain: str, target: str, woven: str) -> None:
    carried = carry(source)
    assert carried.plain == plain
    assert carried.weave(target) == woven


def test_a_lost_or_doubled_carrier_is_told() -> None:
    carried = carry("Se https://a.dk og https://b.dk")
    assert carried.weave("See %1 and") is None
    assert carried.weave("See %1 and %1 or %2") is None
    assert carried.weave("See %12 and %2") is None


def test_alignment_finds_the_words() -> None:
    carried = carry(tags("I går <1>købte</1> hun <2>et hus</2>{3}."))
    assert carried.plain == "I går købte hun et hus."
    # Yesterday she bought a house: bought comes from the third word, a house from the last two.
    eye = {0: 0, 1: 3, 2: 2, 3: 4, 4: 5}
    rows = tuple(tuple(float(eye[j] == i) for i in range(6)) for j in range(5))
    woven = carried.weave("Yesterday she bought a house.", rows)
    assert woven == tags("Yesterday she <1>bought</1> <2>a house</2>{3}.")


def test_a_passage_of_the_caller_is_kept() -> None:
    carried = carry("Projektet hedder Place Leadership og er nyt", patterns=[re.compile("Place Leadership")])
    assert carried.plain == "Projektet hedder %1 og er nyt"
    assert carried.weave("The project %1 is new") == "The project Place Leadership is new"


def test_patterns_of_the_user_are_kept() -> None:
    carried = carry("Brug Den Lille Løver her", patterns=[re.compile("Den Lille Løver")])
    assert carried.plain == "Brug %1 her"


MARKUP = st.sampled_from(("<1>", "</1>", "<2>", "</2>", "{3}", "{4}", "{{5}}"))
WORDS = st.lists(st.sampled_from(("Anna", "ser", "(huset),", "i", "dag.", "%7", " ")), max_size=5).map(
    " ".join
)


def nested(words: list[str]) -> str:
    """Words with tags around and between: 0 and 1 a pair within a pair, 2 a point, 3 an atom."""
    a, b, c, d, e, f = words
    return tags(f"{a}<0>{b}<1>{c}</1>{d}</0>{{2}}{e}{{{{3}}}}{f}")


@given(
    st.lists(WORDS, min_size=6, max_size=6),
    st.lists(st.sampled_from("a b Anna %8 %9 ,".split()), max_size=9),
    st.data(),
)
def test_nothing_is_lost_and_all_is_nested(words: list[str], target: list[str], data: st.DataObject) -> None:
    source = nested(words)
    carried = carry(source)
    if data.draw(st.booleans()):
        target = data.draw(st.permutations(carried.plain.split()))
    sources = len(carried.plain.split())
    weights = st.floats(0, 1)
    rows = tuple(
        tuple(row)
        for row in data.draw(
            st.lists(
                st.lists(weights, min_size=sources, max_size=sources),
                min_size=len(target),
                max_size=len(target),
            )
        )
    )
    woven = carried.weave(" ".join(target), rows or None)
    if woven is None:
        return
    assert Counter(TAG.findall(woven)) == Counter(TAG.findall(source))
    stack: list[int] = []
    for tag in TAG.findall(woven):
        kind, number = read_tag(tag)
        if kind is TagKind.OPEN:
            stack.append(number)
        elif kind is TagKind.CLOSE:
            assert stack.pop() == number
    assert not stack


@given(st.lists(WORDS, min_size=6, max_size=6))
def test_an_unchanged_text_comes_back_word_for_word(words: list[str]) -> None:
    source = nested(words)
    carried = carry(source)
    size = len(carried.plain.split())
    same = tuple(tuple(float(i == j) for i in range(size)) for j in range(size))
    woven = carried.weave(carried.plain, same or None)
    if woven is not None:
        assert without_tags(woven).split() == without_tags(source).split()
