"""The model of the other direction chooses: of several translations the one that leads back to the source."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import Backend, BackendWrapper, DecodingOptions, Hypothesis, ScoringBackend
from tosprog.models.cache import CachedBackend, HypothesisCache
from tosprog.models.catalog import ModelEntry
from tosprog.models.errors import ModelError
from tosprog.models.languages import DIRECTIONS, Direction
from tosprog.models.registry import LOADERS, backend_signature, load_backend
from tosprog.models.reranked import RerankedBackend
from tosprog.pipeline.signature import signature_of
from tosprog.pipeline.translate import TranslateOptions
from tosprog.pipeline.work import BatchOptions, Recipe

DA_EN, EN_DA = DIRECTIONS
BEAM = DecodingOptions(beam_size=3)


class Beam(DoubleBackend):
    """Has three hypotheses for a text, the first of which is the surest."""

    def __init__(self) -> None:
        super().__init__(DA_EN, max_tokens=6)
        self.asked: list[tuple[list[str], DecodingOptions]] = []

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        self.asked.append((list(texts), options))
        others = (Hypothesis("two", -0.3), Hypothesis("three", -0.4))[: options.hypotheses - 1]
        return [Hypothesis("one", -0.2, None, others) if text else Hypothesis("", 0.0) for text in texts]


class Back(DoubleBackend):
    """Finds some sources likely."""

    def __init__(self, likely: dict[str, float]) -> None:
        super().__init__(EN_DA, max_tokens=6)
        self.likely = likely
        self.asked: list[tuple[str, str]] = []

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self.asked += pairs
        return [self.likely[source] for source, _ in pairs]


LIKELY = {"one": -2.0, "two": -1.0, "three": -1.2}


def test_what_leads_back_goes_first_with_its_own_score() -> None:
    beam, back = Beam(), Back(LIKELY)
    (found,) = RerankedBackend(beam, back).translate(["Hej du"], BEAM)
    assert found == Hypothesis("two", -0.3)
    assert [options.hypotheses for _, options in beam.asked] == [3]
    assert back.asked == [("one", "Hej du"), ("two", "Hej du"), ("three", "Hej du")]


def test_several_come_in_the_new_order() -> None:
    (found,) = RerankedBackend(Beam(), Back(LIKELY)).translate(["Hej"], DecodingOptions(hypotheses=2))
    assert [one.text for one in (found, *found.others)] == ["two", "three"]


def test_where_none_leads_back_better_the_surest_stays() -> None:
    (found,) = RerankedBackend(Beam(), Back(dict.fromkeys(LIKELY, -1.0))).translate(["Hej"], BEAM)
    assert found.text == "one"


@pytest.mark.parametrize("text", ["", "et to tre fire fem"])
def test_what_cannot_be_looked_at_stays(text: str) -> None:
    back = Back(LIKELY)
    back.max_tokens = 5
    plain = Beam().translate([text], BEAM)[0].text
    assert RerankedBackend(Beam(), back).translate([text], BEAM)[0].text == plain
    assert back.asked == []


def test_a_source_that_is_too_long_for_who_looks_back_stays() -> None:
    """Its tokens are not those of who translates: a word that the one has may be twenty bytes to the other."""

    class Spelling(Back):
        def count_target_tokens(self, text: str) -> int:
            return len(text.encode()) + 1

    back = Spelling(LIKELY)
    found = RerankedBackend(Beam(), back).translate(["Hej", "Hejsa du"], BEAM)
    assert [one.text for one in found] == ["two", "one"]
    assert {source for _, source in back.asked} == {"Hej"}


def test_nothing() -> None:
    assert RerankedBackend(Beam(), Back(LIKELY)).translate([], BEAM) == []


def test_it_has_a_signature_of_its_own() -> None:
    beam = Beam()
    assert RerankedBackend(beam, Back(LIKELY)).signature.startswith(
        f"{beam.signature} reranked by double/en-da"
    )


def test_only_the_reverse_direction_can_look_back() -> None:
    with pytest.raises(ValueError, match="da-en is not the reverse of da-en"):
        RerankedBackend(Beam(), DoubleBackend(DA_EN))


def test_a_cache_keeps_what_was_chosen(tmp_path: Path) -> None:
    cache = HypothesisCache(tmp_path)
    back = Back(LIKELY)
    plain, reranked = Beam(), RerankedBackend(Beam(), back)
    assert CachedBackend(plain, cache).translate(["Hej"], BEAM)[0].text == "one"
    for _ in range(2):
        assert CachedBackend(reranked, cache).translate(["Hej"], BEAM)[0].text == "two"
    assert len(back.asked) == 3  # once


def test_a_folder_is_done_anew_with_it() -> None:
    options = BatchOptions(translate=TranslateOptions(target="en"))
    plain, reranked, again = (
        signature_of(Recipe(rerank=rerank), options).of("a.txt") for rerank in (False, True, True)
    )
    assert plain != reranked == again


def test_a_model_that_cannot_look_back_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mute(BackendWrapper):
        def __init__(self, *_: object, **__: object) -> None:
            super().__init__(DoubleBackend(EN_DA))

        def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
            return self._backend.translate(texts, options)

    def load(
        folder: Path, entry: ModelEntry, direction: Direction, /, *, checksum: str, threads: int | None
    ) -> Backend:
        return Beam() if direction == DA_EN else Mute()

    monkeypatch.setitem(LOADERS, "ctranslate2", load)
    monkeypatch.setattr("tosprog.models.registry.check_known", lambda *_: None)
    with pytest.raises(ModelError, match=r"model double/en-da cannot say .* leave out --rerank"):
        load_backend(DA_EN, rerank=True)


@pytest.mark.parametrize("direction", DIRECTIONS, ids=str)
def test_the_bundled_models_look_back_at_each_other(direction: Direction) -> None:
    backend = load_backend(direction, rerank=True)
    plain = load_backend(direction)
    assert isinstance(backend, RerankedBackend)
    assert isinstance(plain, ScoringBackend)
    text = {"da": "Regeringen vil bygge flere boliger.", "en": "The government wants to build more homes."}
    (found,) = backend.translate([text[direction.source]], DecodingOptions())
    beam = plain.translate([text[direction.source]], DecodingOptions(hypotheses=4))[0]
    assert found.text in {one.text for one in (beam, *beam.others)}
    assert plain.score([(text[direction.source], text[direction.target])])[0] > -1.5
    for rerank in (False, True):
        named = backend_signature(direction, rerank=rerank)
        assert (" reranked by ctranslate2/tosprog-" in named) is rerank
