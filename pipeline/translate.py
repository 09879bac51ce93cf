"""Segments into translations: what is in the target language already is kept, the rest goes through a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tosprog.models.base import Backend, DecodingOptions
from tosprog.models.errors import UsageError
from tosprog.models.languages import LANGUAGES, Direction, LanguageCode, other
from tosprog.pipeline.ask import Answer, AskOptions, ask
from tosprog.pipeline.document import Block, Segment, Translation, TranslationKind
from tosprog.pipeline.segment import unwrap

LoadBackend = Callable[[Direction], Backend]
SegmentedBlock = tuple[Block, Sequence[Segment]]

OTHER_LANGUAGE = "other language"  # a note, not a failure: the segment is in neither language


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslateOptions:
    """What to translate into, and how.

    Attributes:
        target: The language that everything is put into; None puts each segment into the other one.
        source: Taken for the language of every segment that bears one; None is what was detected.
        keep: Regular expressions; what matches one is kept as it is.
        localize_numbers: Whether 1.234,5 becomes 1,234.5 in English, and the reverse.
        decoding: How hypotheses are searched for.
    """

    target: LanguageCode | None
    source: LanguageCode | None = None
    keep: tuple[str, ...] = ()
    localize_numbers: bool = False
    decoding: DecodingOptions = field(default_factory=DecodingOptions)

    def __post_init__(self) -> None:
        self.patterns()

    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """The compiled ``keep``.

        Raises:
            UsageError: one is no regular expression.
        """
        compiled = []
        for pattern in self.keep:
            try:
                compiled.append(re.compile(pattern))
            except re.error as error:
                raise UsageError(
                    f"--keep {pattern!r} is no regular expression ({error}); "
                    "put a backslash before each of .^$*+?{}[]|() that is meant as it stands"
                ) from error
        return tuple(compiled)

    def target_of(self, language: str | None) -> LanguageCode | None:
        """What text of a language is put into; None where it is to stay."""
        for code in LANGUAGES:
            if code == language:
                wanted = self.target or other(code)
                return None if wanted == code else wanted
        return None


def translate_segments(
    blocks: Sequence[SegmentedBlock], load: LoadBackend, options: TranslateOptions, *, markup: bool = True
) -> list[tuple[Translation, ...]]:
    """Translates the segments of many blocks in as few model calls as there are directions and retries.

    A segment whose hypotheses all fail a check keeps its source text, as `TranslationKind.FAILED`.

    Args:
        blocks: Blocks with their segments, languages detected.
        load: Gives the backend of a direction; called only for directions that occur.
        options: Target language and decoding.
        markup: Whether Markdown and HTML within the texts are markup, and not the characters that they show.

    Returns:
        For each block its translations, same length and order as its segments.
    """
    wanted: dict[Direction, dict[str, None]] = {}
    for block, segments in blocks:
        for segment in segments:
            direction = _direction_of(block, segment, options)
            if direction is not None:
                wanted.setdefault(direction, {})[unwrap(segment.text, block.line_prefix)] = None
    how = AskOptions(
        decoding=options.decoding,
        keep=options.patterns(),
        localize_numbers=options.localize_numbers,
        markup=markup,
    )
    answers = {direction: ask(list(texts), load(direction), how) for direction, texts in wanted.items()}
    return [
        tuple(_outcome(block, segment, answers, options) for segment in segments)
        for block, segments in blocks
    ]


def _language_of(segment: Segment, options: TranslateOptions) -> str | None:
    if segment.language is None or options.source is None:
        return segment.language
    return options.source


def _direction_of(block: Block, segment: Segment, options: TranslateOptions) -> Direction | None:
    if not block.kind.is_translated:
        return None
    language = _language_of(segment, options)
    target = options.target_of(language)
    return next((Direction(source, target) for source in LANGUAGES if source == language and target), None)


def _outcome(
    block: Block,
    segment: Segment,
    answers: dict[Direction, dict[str, Answer]],
    options: TranslateOptions,
) -> Translation:
    direction = _direction_of(block, segment, options)
    if direction is None:
        language = _language_of(segment, options)
        foreign = block.kind.is_translated and language is not None and language not in LANGUAGES
        checks = (OTHER_LANGUAGE,) if foreign else ()
        return Translation(segment, segment.text, TranslationKind.KEPT, None, checks)
    answer = answers[direction][unwrap(segment.text, block.line_prefix)]
    if answer.text is None:
        return Translation(segment, segment.text, TranslationKind.FAILED, answer.score, answer.checks)
    kind = TranslationKind.KEPT if answer.kept else TranslationKind.TRANSLATED
    return Translation(segment, answer.text, kind, answer.score)
