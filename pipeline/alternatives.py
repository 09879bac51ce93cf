"""Several translations of a sentence, for a person to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tosprog.models.languages import Direction, known_language
from tosprog.pipeline.ask import Asker, AskOptions, Attempt
from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.flow import segment_document
from tosprog.pipeline.translate import LoadBackend, TranslateOptions

_WIDER = 2  # hypotheses looked at for each that is asked for: many differ in a comma, or fail a check


@dataclass(frozen=True, slots=True)
class Alternative:
    """A translation, and the mean log probability of its tokens."""

    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Alternatives:
    """A sentence with its language, and its translations, the best first; none where there is nothing to translate."""

    source: str
    language: str | None
    alternatives: tuple[Alternative, ...]


def alternatives_of(
    lines: Sequence[str], load: LoadBackend, options: TranslateOptions, most: int
) -> Iterator[Alternatives]:
    """Each sentence of the lines, in order, with up to ``most`` translations that pass every check.

    Args:
        lines: Each for itself; blank ones have no sentence.
        load: Gives the backend of a direction.
        options: Target language and decoding.
        most: Translations of a sentence; they differ in more than case and punctuation.
    """
    how = AskOptions(
        decoding=replace(options.decoding, hypotheses=_WIDER * most),
        keep=options.patterns(),
        localize_numbers=options.localize_numbers,
    )
    blocks = tuple(Block(BlockKind.PARAGRAPH, line.strip()) for line in lines if line.strip())
    for _, segments in segment_document(Document(blocks)):
        for segment in segments:
            source = segment.plain
            code = options.source if segment.language and options.source else known_language(segment.language)
            target = options.target_of(code) if code else None
            if code is None or target is None:
                yield Alternatives(source, segment.language, ())
                continue
            asker = Asker(load(Direction(code, target)), how, {source: source})
            yield Alternatives(source, code, _of(source, asker, how, most))


def _of(source: str, asker: Asker, how: AskOptions, most: int) -> tuple[Alternative, ...]:
    found: dict[str, Alternative] = {}
    ((*candidates,),) = asker.attempt([source], Attempt("plain", how.decoding))
    for text, score in candidates:
        if text is not None and score is not None and not asker.faults_of(source, text):
            key = "".join(char for char in text.casefold() if char.isalnum())
            found.setdefault(key, Alternative(text, score))
    return tuple(found.values())[:most]
