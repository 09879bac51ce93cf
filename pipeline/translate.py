"""Segments into translations: what is in the target language already is kept, the rest goes through a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from tosprog.models.base import Backend, DecodingOptions
from tosprog.models.errors import UsageError
from tosprog.models.languages import Direction, LanguageCode, known_language, other
from tosprog.pipeline.ask import Answer, AskOptions, ask
from tosprog.pipeline.document import MEMORY, Block, Clause, Segment, Step, Translation, TranslationKind
from tosprog.pipeline.glossary import Glossary
from tosprog.pipeline.keep import KeepPattern
from tosprog.pipeline.segment import unwrap
from tosprog.pipeline.switches import Part, parts_of

if TYPE_CHECKING:
    from tosprog.pipeline.memory import TranslationMemory

LoadBackend = Callable[[Direction], Backend]


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What translations are made with. It is a `LoadBackend` itself: whoever passes models on passes all of it on.

    Attributes:
        load: Gives the model of a direction.
        fallback: Gives another model of that direction, for what the first gets through no check; None where there is
            none. It is called where it is needed alone.
        memory: What people have translated already: it goes before any model.
    """

    load: LoadBackend
    fallback: Callable[[Direction], Backend | None] = lambda direction: None
    memory: TranslationMemory | None = None

    def __call__(self, direction: Direction) -> Backend:
        """The model of a direction."""
        return self.load(direction)

    def recalled(self, texts: Sequence[str], direction: Direction) -> dict[str, Answer]:
        """Those of the texts that the memory has, the same or with other numbers in them."""
        if self.memory is None:
            return {}
        return {
            text: Answer(match.target, None, steps=(Step(f"{MEMORY}, {match.kind}"),))
            for text, match in self.memory.exact(texts, direction).items()
        }


SegmentedBlock = tuple[Block, Sequence[Segment]]

OTHER_LANGUAGE = "other language"  # a note, not a failure: the segment is in neither language
UNSURE = "confidence"  # a note where such segments are marked, a failure where they are to be kept


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslateOptions:
    """What to translate into, and how.

    Attributes:
        target: The language that everything is put into; None puts each segment into the other one.
        source: Taken for the language of every segment that bears one; None is what was detected.
        keep: Regular expressions; what matches one is kept as it is.
        localize_numbers: Whether 1.234,5 becomes 1,234.5 in English, and the reverse.
        decoding: How hypotheses are searched for.
        min_confidence: Translations below it, 0 to 1, are marked, or kept as in the source; None marks none.
        keep_unsure: Whether they are kept.
        glossary: Terms with the translation that they are to have.
    """

    target: LanguageCode | None
    source: LanguageCode | None = None
    keep: tuple[str, ...] = ()
    localize_numbers: bool = True
    decoding: DecodingOptions = field(default_factory=DecodingOptions)
    min_confidence: float | None = None
    keep_unsure: bool = False
    glossary: Glossary | None = None

    def __post_init__(self) -> None:
        self.patterns()
        if self.min_confidence is not None and not 0 <= self.min_confidence <= 1:
            raise UsageError(f"--min-confidence is {self.min_confidence}; legal is 0 to 1, as in: 0.5")
        if self.keep_unsure and self.min_confidence is None:
            raise UsageError("--unsure keep needs a limit; add: --min-confidence 0.5")

    def is_unsure(self, confidence: float | None) -> bool:
        """Whether a translation is to be marked, or kept."""
        return self.min_confidence is not None and confidence is not None and confidence < self.min_confidence

    def patterns(self) -> tuple[KeepPattern, ...]:
        """The compiled ``keep``.

        Raises:
            UsageError: one is no regular expression.
        """
        return tuple(KeepPattern(pattern) for pattern in self.keep)

    def target_of(self, language: LanguageCode) -> LanguageCode | None:
        """What text of a language is put into; None where it is to stay."""
        wanted = self.target or other(language)
        return None if wanted == language else wanted


def translate_segments(
    blocks: Sequence[SegmentedBlock], load: LoadBackend, options: TranslateOptions, *, markup: bool = True
) -> list[tuple[Translation, ...]]:
    """Translates the segments of many blocks in as few model calls as there are directions and retries.

    A segment whose hypotheses all fail a check keeps its source text, as `TranslationKind.FAILED`.

    Args:
        blocks: Blocks with their segments, languages detected.
        load: Gives the backend of a direction, or a `Toolbox`; called only for directions that occur.
        options: Target language and decoding.
        markup: Whether Markdown and HTML within the texts are markup, and not the characters that they show.

    Returns:
        For each block its translations, same length and order as its segments.
    """
    rows = [
        [(segment, _parts(block, segment, options)) for segment in segments] for block, segments in blocks
    ]
    wanted: dict[Direction, dict[str, None]] = {}
    for row in rows:
        for _, parts in row:
            for part, direction in parts or ():
                if direction is not None:
                    wanted.setdefault(direction, {})[part.text] = None
    how = AskOptions(
        decoding=options.decoding,
        keep=options.patterns(),
        localize_numbers=options.localize_numbers,
        markup=markup,
        glossary=options.glossary,
    )
    tools = load if isinstance(load, Toolbox) else Toolbox(load)
    answers = {direction: _answers(list(texts), direction, tools, how) for direction, texts in wanted.items()}
    return [
        tuple(_marked(_outcome(segment, parts, answers), options) for segment, parts in row) for row in rows
    ]


def _answers(texts: list[str], direction: Direction, tools: Toolbox, how: AskOptions) -> dict[str, Answer]:
    known = tools.recalled(texts, direction)
    texts = [text for text in texts if text not in known]
    if texts:
        known |= ask(texts, tools(direction), how, partial(tools.fallback, direction))
    return known


_Directed = tuple[Part, Direction | None]  # None: is kept


def _parts(block: Block, segment: Segment, options: TranslateOptions) -> tuple[_Directed, ...] | None:
    """A segment as it is put to models: whole, or where it changes its language, clause by clause.

    Empty where there is nothing to translate; None where it is in neither language.
    """
    text, language = unwrap(segment.text, block.line_prefix), segment.language
    if not block.kind.is_translated or language is None:
        return ()
    if options.source is not None:
        language = options.source
    code = known_language(language)
    if code is None:
        return None
    parts = [Part(text, code)] if options.source is not None else parts_of(text, code)
    targets = ((part, options.target_of(part.language)) for part in parts)
    return tuple((part, Direction(part.language, target) if target else None) for part, target in targets)


def _outcome(
    segment: Segment, parts: tuple[_Directed, ...] | None, answers: dict[Direction, dict[str, Answer]]
) -> Translation:
    if parts is None:
        return Translation(segment, segment.text, TranslationKind.KEPT, None, (OTHER_LANGUAGE,))
    if len(parts) == 1 and parts[0][0].language != segment.language:
        segment = replace(segment, language=parts[0][0].language)  # its words say so, looked at one by one
    found = [answers[direction][part.text] for part, direction in parts if direction is not None]
    scores = [answer.score for answer in found if answer.score is not None]
    score = min(scores) if scores else None
    steps = max((answer.steps for answer in found), key=len, default=())
    failed = [answer for answer in found if answer.text is None]
    if failed:
        checks = tuple(dict.fromkeys(check for answer in failed for check in answer.checks))
        return Translation(segment, segment.text, TranslationKind.FAILED, score, checks, steps=steps)
    if not found:
        return Translation(segment, segment.text, TranslationKind.KEPT)
    clauses = tuple(
        Clause(
            part.text,
            part.language,
            part.text if direction is None else answers[direction][part.text].text or part.text,
            part.gap,
        )
        for part, direction in parts
    )
    kind = TranslationKind.KEPT if all(answer.kept for answer in found) else TranslationKind.TRANSLATED
    text = "".join(clause.text + clause.gap for clause in clauses)
    sure = [answer.confidence for answer in found if answer.confidence is not None]
    return Translation(
        segment,
        text,
        kind,
        score,
        clauses=clauses if len(clauses) > 1 else (),
        steps=steps,
        confidence=min(sure, default=None),
        terms=tuple(use for answer in found for use in answer.terms),
        unknown=tuple(word for answer in found for word in answer.unknown),
    )


def _marked(translation: Translation, options: TranslateOptions) -> Translation:
    """A translation that is too unsure marked as such, or its source in its place."""
    if translation.kind is not TranslationKind.TRANSLATED or not options.is_unsure(translation.confidence):
        return translation
    checks = (*translation.checks, UNSURE)
    if not options.keep_unsure:
        return replace(translation, checks=checks)
    source = translation.segment.text
    return replace(
        translation, text=source, kind=TranslationKind.FAILED, checks=checks, clauses=(), unknown=()
    )
