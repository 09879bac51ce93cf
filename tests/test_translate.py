from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import Backend, DecodingOptions, Hypothesis
from tosprog.models.errors import UsageError
from tosprog.models.languages import Direction
from tosprog.models.registry import load_backend
from tosprog.pipeline.document import Block, BlockKind, Segment, Step, TermUseKind, TranslationKind
from tosprog.pipeline.glossary import Glossary, Term
from tosprog.pipeline.memory import TranslationMemory
from tosprog.pipeline.memory_units import Unit
from tosprog.pipeline.translate import Toolbox, TranslateOptions, translate_segments

TO_ENGLISH = TranslateOptions(target="en")


def paragraph(*segments: Segment, kind: BlockKind = BlockKind.PARAGRAPH) -> tuple[Block, tuple[Segment, ...]]:
    return Block(kind, "".join(s.text + s.gap for s in segments)), segments


class Scripted:
    """A backend that answers from a table, and records what it was asked: for outputs that no model would repeat."""

    max_tokens = 12
    signature = "scripted"
    is_double = True

    def __init__(self, answers: dict[str, str]) -> None:
        self.direction = Direction("da", "en")
        self.answers = answers
        self.asked: list[str] = []

    def is_whole(self, word: str) -> bool:
        return True

    def count_tokens(self, text: str) -> int:
        return len(text.split()) + 1

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        self.asked += texts
        assert all(self.count_tokens(text) <= self.max_tokens for text in texts)
        return [Hypothesis(self.answers.get(text, text.replace("ord", "word")), -0.5) for text in texts]


def never(direction: Direction) -> Backend:
    raise AssertionError(f"{direction} was asked for")


def one(text: str, backend: Backend) -> tuple[str, TranslationKind, tuple[str, ...]]:
    rows = translate_segments([paragraph(Segment(text, "", "da", 0.9))], lambda _: backend, TO_ENGLISH)
    translation = rows[0][0]
    return translation.text, translation.kind, translation.checks


def test_target_language_and_no_language_call_no_model() -> None:
    segments = (Segment("An English one.", " ", "en", 0.9), Segment("12.3", "", None, 0.0))
    rows = translate_segments([paragraph(*segments)], never, TO_ENGLISH)
    assert [(t.text, t.kind) for t in rows[0]] == [
        ("An English one.", TranslationKind.KEPT),
        ("12.3", TranslationKind.KEPT),
    ]


def test_other_languages_are_kept_and_said() -> None:
    rows = translate_segments([paragraph(Segment("Guten Tag.", "", "de", 0.9))], never, TO_ENGLISH)
    assert (rows[0][0].text, rows[0][0].checks) == ("Guten Tag.", ("other language",))


@pytest.mark.parametrize("kind", [BlockKind.CODE, BlockKind.METADATA])
def test_code_and_metadata_are_kept(kind: BlockKind) -> None:
    rows = translate_segments([paragraph(Segment("krig", "", "da", 0.9), kind=kind)], never, TO_ENGLISH)
    assert rows[0][0].kind is TranslationKind.KEPT


def test_each_segment_has_its_own_direction() -> None:
    blocks = [paragraph(Segment("Hej.", " ", "da", 0.9), Segment("Hello.", "", "en", 0.9))]
    rows = translate_segments(blocks, DoubleBackend, TranslateOptions(target="da"))
    assert [t.text for t in rows[0]] == ["Hej.", "[da] Hello."]


def test_the_same_sentence_is_asked_once() -> None:
    backend = Scripted({})
    segments = (Segment("et ord", " ", "da", 0.9), Segment("et ord", "", "da", 0.9))
    rows = translate_segments([paragraph(*segments)], lambda _: backend, TO_ENGLISH)
    assert backend.asked == ["et ord"]
    assert [t.text for t in rows[0]] == ["et word", "et word"]


def test_wrapped_lines_reach_the_model_as_one() -> None:
    backend = Scripted({})
    block = Block(BlockKind.QUOTATION, "et ord\n> til", line_prefix="> ")
    rows = translate_segments(
        [(block, (Segment("et ord\n> til", "", "da", 0.9),))], lambda _: backend, TO_ENGLISH
    )
    assert backend.asked == ["et ord til"]
    assert rows[0][0].text == "et word til"


def test_protected_spans_come_through() -> None:
    text, kind, _ = one("et ord på https://ord.dk/ord og `ord` her", Scripted({}))
    assert (text, kind) == ("et word på https://ord.dk/ord og `ord` her", TranslationKind.TRANSLATED)


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        # A lost address: asked again without repetitions, then around it.
        ("Se https://a.dk nu", {"Se %1 nu": "See it now", "Se": "See", "nu": "now"}, "See https://a.dk now"),
        # A doubled one.
        ("Se `a` nu", {"Se %1 nu": "%1 %1", "Se": "See", "nu": "now"}, "See `a` now"),
        # A changed number is carried too.
        (
            "I 2016 kom `a`",
            {"I 2016 kom %1": "In 2019 came %1", "I %1 kom %2": "In %1 came %2"},
            "In 2016 came `a`",
        ),
        ("Et **ord** her", {"Et ord her": "A word here"}, "A **word** here"),
        ("Se [et ord](b.dk) her", {"Se et ord her": "See a word here"}, "See [a word](b.dk) here"),
        ("Her ![et ord](b.png) er", {"Her er": "Here is", "et ord": "a word"}, "Here ![a word](b.png) is"),
    ],
)
def test_markup_is_carried_and_nothing_is_lost(text: str, answers: dict[str, str], expected: str) -> None:
    assert one(text, Scripted(answers))[:2] == (expected, TranslationKind.TRANSLATED)


def test_patterns_of_the_user_are_kept() -> None:
    options = TranslateOptions(target="en", keep=("ord-?bog",))
    rows = translate_segments(
        [paragraph(Segment("et ord i en ordbog", "", "da", 0.9))], lambda _: Scripted({}), options
    )
    assert rows[0][0].text == "et word i en ordbog"
    with pytest.raises(UsageError, match=r"--keep '\(a' is no regular expression .*put a backslash"):
        TranslateOptions(target="en", keep=("(a",))


def test_each_segment_into_the_other_language() -> None:
    segments = (
        Segment("Ja tak", " ", "da", 0.9),
        Segment("Yes please", " ", "en", 0.9),
        Segment("Ja", "", "sv", 1),
    )
    rows = translate_segments([paragraph(*segments)], DoubleBackend, TranslateOptions(target=None))
    assert [t.text for t in rows[0]] == ["[en] Ja tak", "[da] Yes please", "Ja"]


def test_too_long_is_split_and_nothing_cut() -> None:
    backend = Scripted({})
    text = ", ".join(["et ord til"] * 10)
    assert one(text, backend)[0] == text.replace("ord", "word")
    assert len(backend.asked) > 1


def test_capitals_are_asked_in_lower_case() -> None:
    backend = Scripted({"Krigen mod narkotika": "The war on drugs"})
    assert one("KRIGEN MOD NARKOTIKA", backend)[0] == "THE WAR ON DRUGS"


def test_a_small_first_letter_stays_small() -> None:
    assert one("krigen", Scripted({"krigen": "The war"}))[0] == "the war"


def test_a_changed_number_is_translated_around() -> None:
    backend = Scripted(
        {
            "I 2016 kom regnen": "In 2019 the rain came",
            "I %1 kom regnen": "The rain came",
            "I": "In",
            "kom regnen": "the rain came",
        }
    )
    assert one("I 2016 kom regnen", backend)[:2] == ("In 2016 the rain came", TranslationKind.TRANSLATED)


def test_a_loop_keeps_the_source_and_says_so() -> None:
    answer = one("salaten", Scripted({"salaten": "salad salad salad salad"}))
    assert answer == ("salaten", TranslationKind.FAILED, ("repetition",))


def test_forced_source_leaves_what_bears_no_language() -> None:
    options = TranslateOptions(target="en", source="da")
    segments = (Segment("Det hus", " ", "en", 0.5), Segment("23/11", "", None, 0.0))
    rows = translate_segments([paragraph(*segments)], DoubleBackend, options)
    assert [t.text for t in rows[0]] == ["[en] Det hus", "23/11"]


@pytest.mark.parametrize(
    "text",
    [
        "Læs bogen “A Street Is a Place to Stay” i aften.",
        "Læs bogen »A Street Is a Place to Stay« i aften.",
        'Læs bogen "A Street Is a Place to Stay" i aften.',
        "Læs bogen *A Street Is a Place to Stay* i aften.",
        "Læs bogen [A Street Is a Place to Stay](https://example.org) i aften.",
    ],
)
def test_a_title_in_the_target_language_is_kept(text: str) -> None:
    title = "A Street Is a Place to Stay"
    backend = Scripted({"Læs bogen %1 i aften.": "Read the book %1 tonight."})
    assert one(text, backend)[:2] == (
        text.replace("Læs bogen", "Read the book").replace("i aften", "tonight"),
        TranslationKind.TRANSLATED,
    )
    assert not any(title in asked for asked in backend.asked)


def test_a_quotation_in_the_source_language_is_translated() -> None:
    backend = Scripted({})
    one("Han sagde “det er et ord til dig” i dag.", backend)
    assert backend.asked == ['Han sagde "det er et ord til dig" i dag.']


class Spelling(Scripted):
    """A scripted backend whose answers are language: it has a few words whole and spells the others."""

    is_double = False
    source_words = frozenset("a helbred velfærdsstaten hotel by et ord i".split())

    def is_whole(self, word: str) -> bool:
        return word in {"health", "welfare", "state", "hotel"}

    def count_tokens(self, text: str) -> int:
        return 1 + sum(1 if word.lower() in self.source_words else 2 for word in text.split())


class Copies(Spelling):
    """What is not in its table comes back as it was."""

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        return [Hypothesis(self.answers.get(text, text), -0.5) for text in texts]


TRANSLATED, KEPT, FAILED = TranslationKind.TRANSLATED, TranslationKind.KEPT, TranslationKind.FAILED


@pytest.mark.parametrize(
    ("text", "answers", "expected", "kind", "checks"),
    [
        # A heading that came back as it was is asked as a sentence.
        ("Helbred", {"helbred": "health"}, "Health", TRANSLATED, ()),
        ("VELFÆRDSSTATEN", {"velfærdsstaten": "welfare state"}, "WELFARE STATE", TRANSLATED, ()),
        # A copy again, or a loop: the source stays, and it is said.
        ("Helbred", {"helbred": "helbred"}, "Helbred", FAILED, ("copy",)),
        ("Helbred", {"helbred": "health health health"}, "Helbred", FAILED, ("copy",)),
        # No word of the source language: a name.
        ("Hjørring", {"hjørring": "hering"}, "Hjørring", KEPT, ()),
    ],
)
def test_a_copied_heading_is_asked_again(
    text: str, answers: dict[str, str], expected: str, kind: TranslationKind, checks: tuple[str, ...]
) -> None:
    assert one(text, Copies(answers)) == (expected, kind, checks)


class Unsure(Spelling):
    """A spelling backend that is unsure of all that it says."""

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        return [replace(hypothesis, score=-1.5) for hypothesis in super().translate(texts, options)]


def test_a_lone_word_that_is_unknown_in_either_form_is_kept_and_counted_so() -> None:
    backend = Unsure({"Hjørring": "Hierging", "hjørring": "herging"})
    assert one("Hjørring", backend) == ("Hjørring", TranslationKind.KEPT, ())
    # Words that the model has whole are its answer, however unsure; more than a word is no lone name.
    assert one("Helbred", Unsure({"Helbred": "health"}))[1] is TranslationKind.TRANSLATED
    assert one("Hjørring by", Unsure({"Hjørring by": "Hierging"}))[0] == "Hierging"
    # Nor is one that is formed as a word is; a town's name is too short to be.
    formed = {"Sammenfatning": "Conceiling", "sammenfatning": "summition"}
    assert one("Sammenfatning", Unsure(formed)) == ("Conceiling", TranslationKind.TRANSLATED, ())
    assert one("Herning", Unsure({"Herning": "Hearring", "herning": "hearring"}))[1] is TranslationKind.KEPT


def test_an_unsure_answer_to_a_word_that_the_model_knows_is_no_name() -> None:
    class Lowered(Spelling):
        def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
            scores = {"Helbred": -1.6, "helbred": -1.5}
            return [Hypothesis(self.answers[text], scores[text]) for text in texts]

    assert one("Helbred", Lowered({"Helbred": "Argumental", "helbred": "health"})) == (
        "Health",
        TRANSLATED,
        (),
    )


def test_what_stands_before_names_that_were_copied_with_it_is_asked_by_itself() -> None:
    text = "Helbred: Ida Buch, Rasmus Toft, Karen Lund Holm"
    backend = Copies({"Helbred: ": "Health: ", "Helbred:": "Health:"})
    assert one(text, backend) == (text.replace("Helbred", "Health"), TRANSLATED, ())
    # What is no list of names is not left standing so.
    text = "Helbred: det er helbred, Rasmus Toft"
    assert one(text, Copies({"Helbred: ": "Health: "})) == (text, FAILED, ("copy",))


def test_words_of_both_languages_stay() -> None:
    backend = Spelling({"Hotel": "Hotel", "hotel": "hotel"})
    assert one("Hotel", backend) == ("Hotel", TRANSLATED, ())
    assert backend.asked == ["Hotel", "hotel"]


def test_a_title_is_no_copied_heading() -> None:
    backend = Spelling({"Park Hotel": "Park Hotel"})
    assert one("Park Hotel", backend)[0] == "Park Hotel"
    assert backend.asked == ["Park Hotel"]


def test_the_ladder_is_written_down() -> None:
    class Wide(Scripted):
        """Its best answer loops, its third is good."""

        def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
            others = (Hypothesis("", -0.7), Hypothesis("word of three", -0.8), Hypothesis("worse", -0.9))
            return [
                Hypothesis("word word word", -0.5, others=others[: options.hypotheses - 1]) for _ in texts
            ]

    rows = translate_segments(
        [paragraph(Segment("ord af tre", "", "da", 0.9))], lambda _: Wide({}), TO_ENGLISH
    )
    assert (rows[0][0].text, rows[0][0].score) == ("word of three", -0.8)
    assert rows[0][0].steps == (
        Step("plain", -0.5, ("repetition",)),
        Step("other hypotheses", -0.8),
    )


def test_another_model_is_asked_last() -> None:
    class Looping(Scripted):
        def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
            return [Hypothesis("word word word", -0.5) for _ in texts]

    asked: list[Direction] = []

    def fallback(direction: Direction) -> Backend:
        asked.append(direction)
        return Scripted({})

    segments = (Segment("et ord", " ", "da", 0.9), Segment("to", "", "da", 0.9))
    tools = Toolbox(lambda _: Looping({}), fallback)
    rows = translate_segments([paragraph(*segments)], tools, TO_ENGLISH)
    assert [(one.text, one.kind, one.steps[-1].name) for one in rows[0]] == [
        ("et word", TRANSLATED, "other model"),
        ("to", TRANSLATED, "other model"),
    ]
    assert asked == [Direction("da", "en")]
    rows = translate_segments([paragraph(*segments)], Toolbox(lambda _: Scripted({}), fallback), TO_ENGLISH)
    assert asked == [Direction("da", "en")]  # loaded where it is needed alone
    rows = translate_segments([paragraph(*segments)], lambda _: Looping({}), TO_ENGLISH)
    assert [(one.text, one.kind) for one in rows[0]] == [("et ord", FAILED), ("to", FAILED)]


def test_what_people_have_translated_goes_before_any_model(tmp_path: Path) -> None:
    memory = TranslationMemory(tmp_path / "memory.sqlite")
    memory.add(
        [
            Unit(danish="et ord", english="one word, corrected", origin="review"),
            Unit(danish="Se side 3.", english="See page 3.", origin="tmx"),
        ]
    )
    backend = Scripted({})
    texts = ("et ord", "Se side 14.", "ord to")
    blocks = [paragraph(Segment(text, "", "da", 0.9)) for text in texts]
    rows = translate_segments(blocks, Toolbox(lambda _: backend, memory=memory), TO_ENGLISH)
    found = [(one.text, one.kind, one.attempts, [step.name for step in one.steps]) for (one,) in rows]
    assert found == [
        ("one word, corrected", TRANSLATED, 0, ["memory, exact"]),
        ("See page 14.", TRANSLATED, 0, ["memory, numbers"]),
        ("word to", TRANSLATED, 1, ["plain"]),
    ]
    assert backend.asked == ["ord to"]
    assert [one.is_recalled for (one,) in rows] == [True, True, False]
    # Where it knows everything, no model is loaded.
    rows = translate_segments(blocks[:2], Toolbox(never, memory=memory), TO_ENGLISH)
    assert rows[0][0].text == "one word, corrected"


def test_a_glossary_is_respected_and_counted() -> None:
    backend = load_backend(Direction("da", "en"))
    options = replace(
        TO_ENGLISH, glossary=Glossary((Term("velfærd", "social security"), Term("borger", "resident")))
    )
    texts = (
        "Velfærden er vigtig for alle borgere.",
        "Vi taler om **velfærd** i dag.",
        "Velfærdsstaten er dyr.",
        "Huset er rødt.",
    )
    blocks = [paragraph(Segment(text, "", "da", 0.9)) for text in texts]
    rows = [row[0] for row in translate_segments(blocks, lambda _: backend, options)]
    assert "social security" in rows[0].text.lower()
    assert "residents" in rows[0].text
    assert "**social security**" in rows[1].text
    assert [[(use.source, use.kind) for use in row.terms] for row in rows] == [
        [("Velfærden", TermUseKind.RESPECTED), ("borgere", TermUseKind.RESPECTED)],
        [("velfærd", TermUseKind.RESPECTED)],
        [("Velfærdsstaten", TermUseKind.COMPOUND)],
        [],
    ]
    assert rows[3].text == "The house is red."
