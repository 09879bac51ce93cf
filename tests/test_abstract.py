"""A model's summary: what the text supports is kept, the rest is replaced, left out or asked for again, and said.

The generator here hands out answers as they were seen from small models; everything behind it is the real path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import Backend
from tosprog.models.generation import Generation, GenerationOptions, Generator
from tosprog.models.languages import Direction, LanguageCode
from tosprog.pipeline.batch import Outcome
from tosprog.pipeline.document import Document
from tosprog.pipeline.flow import summarize_document
from tosprog.pipeline.formats import read_document
from tosprog.pipeline.summary import Note, SentenceKind, Summary, SummaryOptions
from tosprog.pipeline.translate import TranslateOptions
from tosprog.pipeline.work import BatchOptions, Recipe, Status

ESSAY = """# The dairy of Skovby

In 2019 the parish council of Skovby asked 34 associations what they need. Most of them wanted rooms, not money.
Mette Halkjær, who chairs the choir, said that a warm room matters more than a large grant.

## What was done

The council did not raise the rent of the old dairy. Three of the associations moved into the dairy in May.
They share a kitchen and a store, and the choir sings there on Mondays.

## What is left

Cyclists lost their shed when the yard was paved. The council will build another one in 2027, if the money is found.
"""
ROOMS = "In 2019 Skovby's council asked 34 associations, and most wanted rooms rather than money."
DAIRY = "Three associations moved into the old dairy, whose rent was not raised."
SHED = "Cyclists lost their shed when the yard was paved."
INVENTED = "The mayor opened the new town hall with a brass band and speeches."
WRONG_NUMBER = "In 2018 the council of Skovby asked 34 associations what they need."


class Scripted:
    """Answers in turn, the last one for ever; keeps what it was asked."""

    signature = "scripted"

    def __init__(
        self,
        answers: Iterable[str | Generation],
        languages: tuple[LanguageCode, ...] = ("en",),
        max_tokens: int = 4000,
    ) -> None:
        self._answers = [a if isinstance(a, Generation) else Generation(a, True) for a in answers]
        self.languages = languages
        self.max_tokens = max_tokens
        self.follows_instructions = True
        self.asked: list[tuple[str, GenerationOptions]] = []

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def generate(self, text: str, options: GenerationOptions) -> Generation:
        assert self.count_tokens(text) <= self.max_tokens
        self.asked.append((text, options))
        return self._answers[min(len(self.asked), len(self._answers)) - 1]


def essay(text: str = ESSAY) -> Document:
    return read_document(text.encode(), "essay.md")


def load(direction: Direction) -> Backend:
    return DoubleBackend(direction)


def summary_of(
    model: Scripted,
    sentences: int | None = 3,
    words: int | None = None,
    text: str = ESSAY,
    to: LanguageCode = "en",
) -> Summary:
    assert isinstance(model, Generator)
    options = SummaryOptions(sentences, words)
    return summarize_document(essay(text), load, options, TranslateOptions(target=to), generator=model)


def kinds(summary: Summary) -> list[str]:
    return [sentence.kind.value for sentence in summary.sentences]


def written(summary: Summary) -> list[str]:
    return [s.text for s in summary.sentences if s.kind is SentenceKind.WRITTEN]


def test_what_the_text_supports_is_kept_with_its_sources() -> None:
    model = Scripted([f"{ROOMS} {DAIRY} {SHED}"])
    summary = summary_of(model)
    assert [s.text for s in summary.sentences] == [ROOMS, DAIRY, SHED]
    assert [[source.number for source in s.sources] for s in summary.sentences] == [[1, 2], [5, 4], [7]]
    assert summary.sentences[2].sources[0].text == SHED
    assert (summary.support_rate, summary.notes, summary.method) == (1.0, (), "scripted")
    ((text, options),) = model.asked
    assert "What was done" in text
    assert options.sentences == 3
    assert "3 short sentences" in options.instruction


def test_a_changed_fact_is_replaced_by_the_nearest_sentence_and_said() -> None:
    summary = summary_of(Scripted([f"{WRONG_NUMBER} {SHED}"]), 2)
    assert kinds(summary) == ["replaced", "written"]
    assert (
        summary.sentences[0].text
        == "In 2019 the parish council of Skovby asked 34 associations what they need."
    )
    assert [(r.text, r.checks) for r in summary.rejected] == [(WRONG_NUMBER, ("numbers",))]
    assert summary.support_rate == 0.5
    assert summary.notes == (Note.REPLACED,)
    assert summary.note == "1 sentence(s) of the model were replaced by the nearest of the text."
    assert summary.note_in("da") == "1 sætning(er) fra modellen er erstattet af tekstens nærmeste."


def test_an_invention_that_is_near_to_nothing_is_left_out() -> None:
    summary = summary_of(Scripted([f"{SHED} {INVENTED}"]))
    assert written(summary) == [SHED]
    assert summary.notes == (Note.DROPPED, Note.FILLED)
    assert summary.rejected[0].text == INVENTED
    assert "source" in summary.rejected[0].checks


ECHO = "The text is summarised in 3 short sentences of at most 25 words each."
LOOP = "The choir sings and sings and sings and sings and sings."
DANISH = "Menighedsrådet spurgte 34 foreninger, og de fleste ønskede lokaler frem for penge."


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("", "empty"),
        (ECHO, "echo"),
        (LOOP, "loop"),
        (DANISH, "language"),
        (Generation("In 2019 the parish council of Skovby asked", False), "unfinished"),
        (INVENTED, "support"),
    ],
)
def test_a_bad_answer_is_asked_for_again(bad: str | Generation, why: str) -> None:
    model = Scripted([bad, SHED])
    summary = summary_of(model)
    assert written(summary) == [SHED]
    assert summary.failures == (why,)
    assert [options.temperature for _, options in model.asked] == [0.0, 0.4]
    assert len({options.seed for _, options in model.asked}) == 2


@pytest.mark.parametrize(
    ("bad", "why"),
    [("", "empty"), (ECHO, "echo"), (LOOP, "loop"), (DANISH, "language"), (INVENTED, "support")],
)
def test_a_model_that_stays_bad_is_not_used_and_that_is_said(bad: str, why: str) -> None:
    model = Scripted([bad])
    summary = summary_of(model)
    quoted = summarize_document(essay(), load, SummaryOptions(3), TranslateOptions(target="en"))
    assert [s.text for s in summary.sentences] == [s.text for s in quoted.sentences]
    assert kinds(summary) == ["quoted"] * 3
    assert len(model.asked) == 3
    assert summary.notes == (Note.FELL_BACK,)
    assert summary.note == f"The model's answers could not be used ({why}); the summary quotes instead."


def test_a_model_that_writes_less_is_filled_up_in_the_order_of_the_text_and_that_is_said() -> None:
    summary = summary_of(Scripted([f"{DAIRY} {SHED}"]), None, 60)
    assert written(summary) == [DAIRY, SHED]
    assert kinds(summary).count("quoted") == 3
    places = [s.sources[0].number for s in summary.sentences]
    assert places == sorted(set(places))
    assert 45 <= len(summary.text.split()) <= 60
    assert all(s.sources[0].text == s.text for s in summary.sentences if s.kind is SentenceKind.QUOTED)
    assert summary.notes == (Note.FILLED,)
    assert summary.note == "The model wrote less than was asked for; 3 sentence(s) of the text are added."
    assert summary.support_rate == 1.0


def test_under_a_limit_of_words_more_sentences_are_asked_for_than_it_holds() -> None:
    model = Scripted([f"{ROOMS} {DAIRY} {SHED}"])
    summary_of(model, None, 45)
    assert model.asked[0][1].sentences == 3
    assert "3 short sentences of at most 20 words" in model.asked[0][1].instruction


def test_the_limits_hold_whatever_the_model_writes() -> None:
    model = Scripted([f"{ROOMS} {DAIRY} {SHED} The choir sings in the dairy on Mondays."])
    assert len(summary_of(model, 2).sentences) == 2
    for words in (10, 15, 25, 40):
        summary = summary_of(model, None, words)
        assert 0 < len(summary.text.split()) <= words
        assert all(s.text.endswith(".") for s in summary.sentences)


def test_a_text_longer_than_the_model_reads_is_given_in_parts() -> None:
    model = Scripted([ROOMS, DAIRY, SHED], max_tokens=300)
    summary = summary_of(model, 2)
    asked = [text for text, _ in model.asked]
    assert len(asked) == 2
    joined = " ".join(" ".join(asked).split())
    for heading in ("What was done", "What is left"):
        assert heading in joined
    assert "Most of them wanted rooms, not money." in joined
    assert "The council will build another one in 2027" in joined
    assert all(s.kind is SentenceKind.WRITTEN for s in summary.sentences)


def test_a_sentence_longer_than_the_model_reads_is_cut_at_clauses_and_nothing_is_lost() -> None:
    clauses = [f"the {i} associations of parish {i} asked for rooms" for i in range(2, 300)]
    text = "Then " + ", and ".join(clauses) + ". " + " ".join(f"Parish {i} has a dairy." for i in range(2, 9))
    model = Scripted(["Parish 7 has a dairy."], max_tokens=600)
    summary = summary_of(model, 2, text=text)
    given = " ".join(" ".join(text for text, _ in model.asked).split())
    assert len(model.asked) > 5
    assert given == " ".join(text.split())
    assert summary.sentences


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("It rained.", Note.WHOLE),
        ("", Note.EMPTY),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n", Note.EMPTY),
        ("# Only a heading\n", Note.EMPTY),
    ],
)
def test_no_model_is_asked_where_there_is_nothing_to_sum_up(text: str, note: Note) -> None:
    model = Scripted([SHED])
    assert summary_of(model, 3, text=text).notes == (note,)
    assert model.asked == []


def test_a_text_in_neither_language_is_quoted_and_that_is_said() -> None:
    german = (
        "Die Gemeinde fragte die Vereine, was sie brauchen. Die meisten wollten Räume und kein Geld. "
        "Der Chor singt jetzt montags in der alten Molkerei. Die Radfahrer haben ihren Schuppen verloren."
    )
    model = Scripted([SHED])
    summary = summary_of(model, 2, text=german)
    assert model.asked == []
    assert Note.FOREIGN in summary.notes
    assert all(s.text in german for s in summary.sentences)


DANISH_ESSAY = (
    "Kommunen spurgte 34 foreninger. De fleste ville have lokaler. Koret synger om mandagen på mejeriet. "
    "Cyklisterne mistede deres skur, da gården blev asfalteret. Mette Halkjær leder Skovby Kor med 34 sangere."
)


def test_a_danish_text_goes_to_the_model_in_english_and_its_sources_stay_danish() -> None:
    # The double puts "[en] " before what it translates, so that each way is seen.
    model = Scripted(["Mette Halkjær leads Skovby Kor with its 34 singers."])
    summary = summary_of(model, 1, text=DANISH_ESSAY, to="da")
    ((asked, _),) = model.asked
    assert asked.startswith("[en] Kommunen spurgte 34 foreninger.")
    (sentence,) = summary.sentences
    assert sentence.text == "[da] Mette Halkjær leads Skovby Kor with its 34 singers."
    assert sentence.sources[0].text == "Mette Halkjær leder Skovby Kor med 34 sangere."


def test_a_model_that_writes_danish_reads_danish() -> None:
    model = Scripted(["Koret synger på mejeriet om mandagen."], languages=("da",))
    summary = summary_of(model, 1, text=DANISH_ESSAY, to="da")
    assert model.asked[0][0] == DANISH_ESSAY
    assert "Sammenfat" in model.asked[0][1].instruction
    assert summary.text == "Koret synger på mejeriet om mandagen."


def test_the_same_again() -> None:
    def answers() -> Iterator[str]:
        yield from (ECHO, f"{WRONG_NUMBER} {SHED} {DAIRY}")

    assert summary_of(Scripted(answers())) == summary_of(Scripted(answers()))


def test_a_folder_gets_the_models_summaries_checked(
    tmp_path: Path, run_folder: Callable[..., dict[str, Outcome]]
) -> None:
    class Written(Recipe):
        def load_writer(self) -> tuple[Generator, None]:
            model = Scripted([f"{INVENTED} {SHED}"])
            assert isinstance(model, Generator)
            return model, None

    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "dairy.md").write_text(ESSAY)
    options = BatchOptions(translate=TranslateOptions(target="en"), summary=SummaryOptions(2))
    outcomes = run_folder(tmp_path / "in", tmp_path / "out", options, Written(model="double"))
    assert outcomes["dairy.md"].status is Status.OK
    made = (tmp_path / "out" / "dairy.summary.md").read_text()
    assert SHED in made
    assert INVENTED not in made.split("**Left out")[0]
    assert f"- {INVENTED}" in made
