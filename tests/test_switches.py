"""Where a sentence goes over into the other language. The sentences are written for this."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import Backend
from tosprog.models.languages import Direction, LanguageCode
from tosprog.models.registry import load_backend
from tosprog.pipeline.bilingual import render_bilingual
from tosprog.pipeline.detect import detect_segments
from tosprog.pipeline.document import Block, BlockKind, Document, Segment, TranslationKind
from tosprog.pipeline.flow import process_lines
from tosprog.pipeline.switches import parts_of, read_switches, titles_in
from tosprog.pipeline.translate import TranslateOptions, translate_segments

TITLES: list[tuple[LanguageCode, str, str]] = [
    ("da", "Projektet hedder Place Leadership og handler om mennesker i små byer.", "Place Leadership"),
    ("da", "Vi læste bogen The Old Man and the Sea i skolen.", "The Old Man and the Sea"),
    ("da", "I artiklen Why Cities Fail skriver forfatteren om ledelse.", "Why Cities Fail"),
    ("da", "Foredraget Leading with Purpose blev holdt i går.", "Leading with Purpose"),
    ("da", "Hans yndlingsfilm er The Sound of Music, som han har set ti gange.", "The Sound of Music"),
    ("en", "The report Velfærd og frihed appeared in 2016.", "Velfærd og frihed"),
    ("en", "He read Den lille havfrue to his children every night.", "Den lille havfrue"),
    ("en", "In the chapter Magten og folket the author writes about power.", "Magten og folket"),
    ("da", "Han mødte Christopher Garcia, talsperson for Los Angeles.", "Christopher Garcia"),
    ("en", "She works for Dansk Folkehjælp in the north of the country.", "Dansk Folkehjælp"),
]
CLAUSES: list[tuple[str, list[tuple[str, LanguageCode]]]] = [
    (
        "Det er en god idé, but we need more money.",
        [("Det er en god idé,", "da"), ("but we need more money.", "en")],
    ),
    (
        "Jeg sagde til ham, at det var for sent - you should have called me yesterday.",
        [("Jeg sagde til ham, at det var for sent -", "da"), ("you should have called me yesterday.", "en")],
    ),
    (
        "We met at the town hall, og så gik vi en tur langs havnen.",
        [("We met at the town hall,", "en"), ("og så gik vi en tur langs havnen.", "da")],
    ),
    (
        "My grandmother always said: man skal ikke kaste med sten.",
        [("My grandmother always said:", "en"), ("man skal ikke kaste med sten.", "da")],
    ),
    (
        "Som de siger i London: keep calm and carry on.",
        [("Som de siger i London:", "da"), ("keep calm and carry on.", "en")],
    ),
]
PURE: list[tuple[LanguageCode, str]] = [
    ("da", "Han arbejder som Senior Project Manager i kommunen."),
    ("da", "Kommunen har brug for et nyt mindset og mere empowerment."),
    ("da", "Vi holder et kick-off møde på mandag, og derefter er der frokost."),
    ("da", "Anders, Mette og Søren tog toget til Aarhus, men kom for sent."),
    ("da", "I 1990 flyttede hun til New York, hvor hun stadig bor."),
    ("da", "De fire stater er Californien, Oregon, Nevada og Idaho."),
    ("en", "The word hygge has no English equivalent."),
    ("en", "Niels Bohr was born in Copenhagen, and he died there."),
    ("en", "The bridge from Fyn to Sjælland was opened in 1998, but I prefer the boat."),
    ("en", "We ate smørrebrød, and then we went home."),
]


@pytest.mark.parametrize(("language", "text", "title"), TITLES)
def test_a_title_in_the_other_language_is_found(language: LanguageCode, text: str, title: str) -> None:
    assert titles_in(text, language) == [title]
    assert [part.text for part in parts_of(text, language)] == [text]


@pytest.mark.parametrize(("text", "parts"), CLAUSES)
@pytest.mark.parametrize("language", ["da", "en"])
def test_clauses_of_two_languages_are_told_apart(
    text: str, parts: list[tuple[str, LanguageCode]], language: LanguageCode
) -> None:
    assert [(part.text, part.language) for part in parts_of(text, language)] == parts


@pytest.mark.parametrize(("language", "text"), PURE)
def test_a_sentence_of_one_language_stays_whole(language: LanguageCode, text: str) -> None:
    assert [(part.text, part.language) for part in parts_of(text, language)] == [(text, language)]


@pytest.mark.parametrize(
    "text",
    [
        "Hun sagde “but we need more money, and soon” og gik.",
        "Han skrev *but we need more money, and soon* på tavlen.",
        "Vi så filmen (but we did not like it, and we left) i går.",
    ],
)
def test_what_is_set_off_is_not_cut(text: str) -> None:
    assert [part.text for part in parts_of(text, "da")] == [text]


@pytest.mark.parametrize("text", [text for _, text, _ in TITLES if "Garcia" not in text])
def test_the_language_of_the_sentence_is_that_of_its_own_words(text: str) -> None:
    language = next(code for code, one, _ in TITLES if one == text)
    assert {read_switches(text, code).language for code in ("da", "en")} == {language}


FRAGMENTS = [text for text, _ in CLAUSES] + [text for _, text, _ in TITLES] + [text for _, text in PURE]


@given(
    st.lists(
        st.one_of(
            st.sampled_from(FRAGMENTS), st.text(max_size=20), st.sampled_from([", ", " - ", "“", "*", ")"])
        ),
        max_size=5,
    ).map("".join),
    st.sampled_from(["da", "en"]),
)
def test_the_parts_make_up_the_sentence(text: str, language: LanguageCode) -> None:
    text = text.strip()
    parts = parts_of(text, language)
    assert "".join(part.text + part.gap for part in parts) == text
    assert all(not part.gap.strip() for part in parts)
    assert len(parts) == 1 or all(part.text for part in parts)


def double(direction: Direction) -> Backend:
    return DoubleBackend(direction)


def read(text: str) -> tuple[Block, tuple[Segment, ...]]:
    return Block(BlockKind.PARAGRAPH, text), (Segment(text, "", "da", 0.9),)


def test_each_clause_goes_its_own_way() -> None:
    text = "Det er en god idé, but we need more money."
    answers = {
        target: translate_segments([read(text)], double, TranslateOptions(target=target))[0][0].text
        for target in ("da", "en", None)
    }
    assert answers == {
        "en": "[en] Det er en god idé, but we need more money.",
        "da": "Det er en god idé, [da] but we need more money.",
        None: "[en] Det er en god idé, [da] but we need more money.",
    }


def test_both_languages_side_by_side() -> None:
    mixed, turned, plain = (
        "Det er en god idé, but we need more money.",
        "The report Velfærd og frihed appeared in 2016.",
        "Huset er stort.",
    )
    rows = translate_segments(
        [read(text) for text in (mixed, turned, plain)], double, TranslateOptions(target=None)
    )
    sides = [{code: row[0].in_language(code) for code in ("da", "en")} for row in rows]
    assert sides == [
        {
            "da": [("Det er en god idé, ", False), ("[da] but we need more money.", True)],
            "en": [("[en] Det er en god idé, ", True), ("but we need more money.", False)],
        },
        {
            "da": [("[da] The report Velfærd og frihed appeared in 2016.", True)],
            "en": [(turned, False)],
        },
        {"da": [(plain, False)], "en": [("[en] Huset er stort.", True)]},
    ]
    page = render_bilingual(
        Document(tuple(Block(BlockKind.PARAGRAPH, text) for text in (mixed, turned, plain))), rows, "Essay"
    )
    assert (
        '<td lang="da">Det er en god idé, <span class="made">[da] but we need more money.</span></td>'
        '<td lang="en"><span class="made">[en] Det er en god idé,</span> but we need more money.</td>'
    ) in page
    assert f'<td lang="en">{turned}</td>' in page


def test_a_language_that_is_told_is_believed() -> None:
    text = "Det er en god idé, but we need more money."
    rows = translate_segments([read(text)], double, TranslateOptions(target="en", source="en"))
    assert (rows[0][0].text, rows[0][0].kind) == (text, TranslationKind.KEPT)


def test_through_the_bundled_model() -> None:
    lines = [text for _, text, _ in TITLES] + [text for text, _ in CLAUSES]
    load = lru_cache(load_backend)
    for target in ("da", "en"):
        results = process_lines(lines, load, TranslateOptions(target=target))
        answers = ["".join(one.text + one.segment.gap for one in row) for _, row in results]
        for answer, (language, text, title) in zip(answers, TITLES, strict=False):
            assert title in answer
            assert (answer == text) is (language == target)
        for answer, (text, parts) in zip(answers[len(TITLES) :], CLAUSES, strict=True):
            kept = [part for part, language in parts if language == target]
            assert all(part in answer for part in kept), (text, answer)
            block = Block(BlockKind.PARAGRAPH, answer)
            segments = detect_segments([(block, [Segment(answer)])])[0]
            assert [segment.language for segment in segments] == [target]
