"""Answers with words that the language does not have: another hypothesis, or a mark."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import Backend, DecodingOptions, Hypothesis
from tosprog.models.cache import CachedBackend, HypothesisCache
from tosprog.models.languages import Direction, parse_direction
from tosprog.pipeline.ask import UNKNOWN, AskOptions, ask
from tosprog.pipeline.bilingual import render_bilingual
from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.flow import process_document
from tosprog.pipeline.glossary import Glossary, Term
from tosprog.pipeline.translate import TranslateOptions
from tosprog.pipeline.work import BatchOptions, Recipe, Status, Task, Worker

pytestmark = pytest.mark.skipif(
    not (Path(__file__).parent.parent / "models" / "weights" / "words" / "da.txt.xz").is_file(),
    reason="needs the bundled lists of words",
)
SOURCE = "Some swear by acupuncture for migraines."


class Spelling(DoubleBackend):
    """Answers with the hypotheses that it is given, as many as the beam is wide."""

    is_double = False
    beam: tuple[Hypothesis, ...] = ()
    widths: tuple[int, ...] = ()  # of the searches

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        self.widths += (options.width,)
        shown = self.beam[: options.hypotheses]
        return [Hypothesis(shown[0].text, shown[0].score, others=shown[1:]) for _ in texts]


def spelling(*beam: tuple[str, float]) -> Spelling:
    backend = Spelling(parse_direction("en-da"))
    backend.beam = tuple(Hypothesis(text, score) for text, score in beam)
    return backend


def test_a_hypothesis_of_known_words_is_taken() -> None:
    backend = spelling(
        ("Nogle sværger til akupunktur mod migranne.", -0.3),
        ("Nogle sværger til akupunkter mod migræne.", -0.4),
        ("Nogle sværger til akupunktur mod migræne.", -0.5),
    )
    one = ask([SOURCE], backend, AskOptions(decoding=DecodingOptions()))[SOURCE]
    assert (one.text, one.score, one.unknown) == ("Nogle sværger til akupunktur mod migræne.", -0.5, ())
    assert [(step.name, step.checks) for step in one.steps] == [("plain", (UNKNOWN,)), ("known words", ())]
    assert backend.widths == (4,)  # it was in the first search's beam


def test_from_the_cache_it_is_taken_too(tmp_path: Path) -> None:
    backend = spelling(
        ("Nogle sværger til akupunktur mod migranne.", -0.3),
        ("Nogle sværger til akupunktur mod migræne.", -0.5),
    )
    how = AskOptions(decoding=DecodingOptions())
    first = ask([SOURCE], CachedBackend(backend, HypothesisCache(tmp_path)), how)
    backend.widths = ()
    again = ask([SOURCE], CachedBackend(backend, HypothesisCache(tmp_path)), how)
    assert (again, backend.widths) == (first, ())
    assert again[SOURCE].text == "Nogle sværger til akupunktur mod migræne."


def test_a_low_figure_is_no_letter_of_a_word() -> None:
    backend = spelling(("Ordet2 om CO2-niveauet er gammelt.", -0.3))
    one = ask(["The word² on the CO₂ level is old."], backend, AskOptions(decoding=DecodingOptions()))
    assert [(answer.text, answer.unknown) for answer in one.values()] == [
        ("Ordet² om CO₂-niveauet er gammelt.", ())
    ]


def test_one_far_down_the_beam_is_not() -> None:
    backend = spelling(
        ("Nogle sværger til akupunktur mod migranne.", -0.3), ("Nogle sværger til akupunktur.", -1.5)
    )
    one = ask([SOURCE], backend, AskOptions(decoding=DecodingOptions()))[SOURCE]
    assert (one.text, one.unknown) == ("Nogle sværger til akupunktur mod migranne.", ("migranne",))
    assert [step.name for step in one.steps] == ["plain"]


def test_another_sentence_is_not() -> None:
    backend = spelling(("Nogle sværger til akupunktur mod migranne.", -0.3), ("Nogle drikker te.", -0.3))
    one = ask([SOURCE], backend, AskOptions(decoding=DecodingOptions()))[SOURCE]
    assert one.text == "Nogle sværger til akupunktur mod migranne."


def test_a_wider_beam_is_asked_for_the_rest() -> None:
    spelled = [(f"Nogle sværger til akupunktur mod migr{end}.", -0.3) for end in ("anne", "qo", "xø", "qyk")]
    backend = spelling(*spelled, ("Nogle sværger til akupunktur mod migræne.", -0.5))
    one = ask([SOURCE], backend, AskOptions(decoding=DecodingOptions()))[SOURCE]
    assert one.text == "Nogle sværger til akupunktur mod migræne."
    assert backend.widths == (4, 8)


def test_what_fails_a_check_is_not_taken() -> None:
    backend = spelling(("De 3 har migranne.", -0.3), ("De 4 har migræne.", -0.4))
    source = "The 3 have a migraine."
    one = ask([source], backend, AskOptions(decoding=DecodingOptions()))[source]
    assert one.text == "De 3 har migranne."


def test_a_word_of_the_glossary_is_known() -> None:
    glossary = Glossary((Term("levæ", "levy"),))
    backend = spelling(("Kommunen vil have en levæ.", -0.3))
    source = "The council wants a levy."
    for known, expected in ((None, ("levæ",)), (glossary, ())):
        how = AskOptions(decoding=DecodingOptions(), glossary=known)
        assert ask([source], backend, how)[source].unknown == expected


def test_a_sentence_with_a_term_is_not_searched_twice_alike() -> None:
    backend = spelling(("Kommunen vil have en levæ.", -0.3))
    how = AskOptions(decoding=DecodingOptions(), glossary=Glossary((Term("kommunen", "council"),)))
    assert ask(["The council wants a levy."], backend, how)["The council wants a levy."].unknown == ("levæ",)
    assert backend.widths == (4, 8)


def test_they_are_said_of_a_file_and_of_a_segment() -> None:
    backend = spelling(("Kraner har ynglet der siden isalderen.", -0.3))

    class Made(Recipe):
        def load(self, direction: Direction) -> Backend:
            return backend

    worker = Worker(Made(timeout_s=None), BatchOptions(translate=TranslateOptions(target="da")))
    task = Task("a.txt", b"Cranes have nested there since the Ice Age.\n")
    result = worker.run(task)
    assert (result.status, result.message) == (Status.OK, "check what may be no word: isalderen")
    row = json.loads(result.log)
    assert row["unknown_words"] == ["isalderen"]
    assert [step["attempt"] for step in row["steps"]] == ["plain"]


def test_the_page_side_by_side_underlines_them() -> None:
    backend = spelling(("Traner & storke siden isalderen.", -0.3))
    document = Document((Block(BlockKind.PARAGRAPH, "Cranes & storks since the Ice Age."),))
    done = process_document(document, lambda _: backend, TranslateOptions(target="da"))
    page = render_bilingual(document, done.translations, "x")
    assert '<td lang="da" class="made">Traner &amp; storke siden <u>isalderen</u>.</td>' in page
    assert '<td lang="en">Cranes &amp; storks since the Ice Age.</td>' in page
