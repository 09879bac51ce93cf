from __future__ import annotations

import io
from pathlib import Path

import pytest

from tosprog.models.errors import UsageError
from tosprog.models.languages import Direction, parse_direction
from tosprog.models.registry import load_backend
from tosprog.pipeline.confidence import Evidence, confidence_of, evidence_of
from tosprog.pipeline.document import Block, BlockKind, Document, TranslationKind
from tosprog.pipeline.flow import Processed, process_document
from tosprog.pipeline.translate import UNSURE, TranslateOptions
from tosprog.pipeline.work import BatchOptions, Recipe, Task, Worker

BACKEND = load_backend(Direction("da", "en"))
TEXT = "Huset er rødt. Flimsen snorbede en grumlet knøs."  # the second is no Danish that anyone knows


def processed(**options: object) -> Processed:
    document = Document((Block(BlockKind.PARAGRAPH, TEXT),))
    return process_document(document, lambda _: BACKEND, TranslateOptions(target="en", **options))  # type: ignore[arg-type]


def test_what_is_known_of_a_translation() -> None:
    evidence = evidence_of("Huset er rødt.", "The house is qzxword.", -0.5, 1, ("qzxword",), BACKEND)
    assert evidence == Evidence(score=-0.5, words=3, spelled=0.25, unknown=0.25, failures=1)


def test_nonsense_is_less_sure_than_plain_words() -> None:
    ((plain, nonsense),) = processed().translations
    assert plain.confidence is not None
    assert nonsense.confidence is not None
    assert 0 <= nonsense.confidence < plain.confidence <= 1
    assert plain.checks == nonsense.checks == ()


def test_unsure_ones_are_marked_or_kept() -> None:
    ((plain, nonsense),) = processed().translations
    assert plain.confidence is not None
    assert nonsense.confidence is not None
    limit = (plain.confidence + nonsense.confidence) / 2
    marked = processed(min_confidence=limit)
    assert [(one.kind, one.checks) for one in marked.translations[0]] == [
        (TranslationKind.TRANSLATED, ()),
        (TranslationKind.TRANSLATED, (UNSURE,)),
    ]
    kept = processed(min_confidence=limit, keep_unsure=True)
    assert [(one.kind, one.checks) for one in kept.translations[0]] == [
        (TranslationKind.TRANSLATED, ()),
        (TranslationKind.FAILED, (UNSURE,)),
    ]
    assert kept.document.text.endswith("Flimsen snorbede en grumlet knøs.")


def test_of_a_document_it_is_the_mean_by_words() -> None:
    done = processed()
    ((plain, nonsense),) = done.translations
    assert plain.confidence is not None
    assert nonsense.confidence is not None
    assert done.confidence == pytest.approx((3 * plain.confidence + 5 * nonsense.confidence) / 8)
    assert process_document(Document(()), lambda _: BACKEND, TranslateOptions(target="en")).confidence is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_confidence": 50}, "--min-confidence is 50; legal is 0 to 1, as in: 0.5"),
        ({"keep_unsure": True}, "--unsure keep needs a limit; add: --min-confidence 0.5"),
    ],
)
def test_bad_limits(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        TranslateOptions(target="en", **options)  # type: ignore[arg-type]


def test_every_model_has_a_fit() -> None:
    evidence = Evidence(score=-0.3, words=8, spelled=0.1, unknown=0, failures=0)
    for direction in ("da-en", "en-da"):
        own = confidence_of(evidence, load_backend(parse_direction(direction)).signature)
        assert 0.3 < own < 1
    assert 0.3 < confidence_of(evidence, "transformers/opus-mt-da-en@0/float32") < 1


def test_a_large_text_has_one_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tosprog.pipeline.stream._STRETCH_BYTES", 100)
    text = f"{TEXT}\n\n" * 5
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    worker = Worker(Recipe(timeout_s=None), BatchOptions(translate=TranslateOptions(target="en")))
    large = worker.run_large("a.txt", path, io.BytesIO())
    whole = worker.run(Task("a.txt", text.encode()))
    assert large.confidence is not None
    assert large.confidence == pytest.approx(whole.confidence)
