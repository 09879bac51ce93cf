"""A summary that a model writes, each sentence checked against the text, and replaced where it has no support.

A text that is longer than the model reads is given to it in parts, by sections; the sentences of all parts are then
chosen from as those of a text are (`tosprog.pipeline.summarize`). Nothing is cut off.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tosprog.models.generation import GenerationOptions, Generator
from tosprog.models.languages import LanguageCode
from tosprog.pipeline.answers import read_answer
from tosprog.pipeline.clauses import split_long
from tosprog.pipeline.document import Block, BlockKind, Segment
from tosprog.pipeline.prose import ProseSentence, is_wordlike, prose_of
from tosprog.pipeline.summarize import MIN_WORDS, summarize
from tosprog.pipeline.summary import (
    Note,
    Rejected,
    SentenceKind,
    Source,
    Summary,
    SummaryOptions,
    SummarySentence,
)
from tosprog.pipeline.support import Entails, SourceText, Support

PART_TOKENS = 3000  # as the model counts: small models lose the thread of more
WORDS_A_SENTENCE = 25  # at most
# Under a limit of words more and shorter sentences are asked for than it holds: some will not pass the check.
_SHORT_SENTENCE = 20
_ASKED_WORDS = 15
_TOKENS_A_SENTENCE = 80  # well above the words asked for: an answer is not to be cut off
_OVERHEAD_TOKENS = 200  # of instruction and template
_SPARE = 1.5  # sentences asked of the parts of a long text together, against those wanted
_LEAST_LIKENESS = 0.2  # of a source that may replace a sentence
_ATTEMPTS = (0.0, 0.4, 0.7)  # temperatures

_INSTRUCTIONS: dict[LanguageCode, tuple[str, str]] = {  # for one sentence, for several
    "en": (
        "Summarise the text below in one sentence of at most {words} words. Say only what the text says and keep its "
        "names and numbers.",
        "Summarise the text below in {sentences} short sentences of at most {words} words each. Say only what the "
        "text says, keep its names and numbers, and cover its end as well as its beginning.",
    ),
    "da": (
        "Sammenfat teksten nedenfor i én sætning på højst {words} ord. Sig kun det, teksten siger, og behold dens "
        "navne og tal.",
        "Sammenfat teksten nedenfor i {sentences} korte sætninger på højst {words} ord hver. Sig kun det, teksten "
        "siger, behold dens navne og tal, og få slutningen med såvel som begyndelsen.",
    ),
}


@dataclass(frozen=True, slots=True)
class _Part:
    """What is given to the model at once: its text, and which sentences of prose are in it."""

    text: str
    sentences: tuple[int, ...]


def write_summary(
    document_segments: Sequence[tuple[Block, Sequence[Segment]]],
    generator: Generator,
    language: LanguageCode,
    options: SummaryOptions | None = None,
    entailment: Entails | None = None,
) -> Summary:
    """Has a model summarise a document, and keeps what the document supports.

    An answer that cannot be used (empty, a loop, an echo of the instruction, another language, not finished, or no
    sentence with support) is asked for twice more, by chance; then the text is quoted, and a note says so. A single
    sentence without support is replaced by the nearest sentence of the text, or left out. The same input gives the
    same summary with the same model.

    Args:
        document_segments: Each block of the document, in order, with its segments, in one language.
        generator: The model.
        language: Of the segments, one that the model writes.
        options: How long the summary may be; `SummaryOptions()` where None.
        entailment: A model of inference that reads the language, or None.
    """
    options = options or SummaryOptions()
    quoted = summarize(document_segments, options)
    if Note.EMPTY in quoted.notes or Note.WHOLE in quoted.notes or len(quoted.sentences) == quoted.total:
        return quoted
    prose = prose_of(document_segments)
    writer = _Writer(document_segments, prose, generator, language, entailment)
    parts = writer.parts()
    wanted = options.sentences or max(1, (options.words or 0) // _ASKED_WORDS)
    share = wanted if len(parts) == 1 else math.ceil(_SPARE * wanted / len(parts))
    words = WORDS_A_SENTENCE if options.words is None else min(_SHORT_SENTENCE, options.words)
    found = [one for part in parts for one in writer.write(part, share, max(5, words))]
    made = _fitting(found, language, options)
    method = generator.signature
    if not any(one.kind is SentenceKind.WRITTEN for one in made):
        failures = writer.failures or (["length"] if found else [])
        return replace(
            quoted,
            notes=(*quoted.notes, Note.FELL_BACK),
            method=method,
            rejected=tuple(writer.rejected),
            failures=tuple(failures),
        )
    fell_back = any(one.kind is SentenceKind.QUOTED for one in made)
    made, filled = writer.filled(made, options)
    notes = [
        note
        for note, is_so in (
            (Note.FELL_BACK, fell_back),
            (Note.REPLACED, any(one.kind is SentenceKind.REPLACED for one in made)),
            (Note.DROPPED, len(writer.rejected) > sum(one.kind is SentenceKind.REPLACED for one in made)),
            (Note.FILLED, filled),
            (Note.LIST, Note.LIST in quoted.notes),
        )
        if is_so
    ]
    return Summary(
        made, tuple(notes), len(prose), options, method, tuple(writer.rejected), tuple(writer.failures)
    )


class _Writer:
    """One document and one model, and what went wrong with them."""

    def __init__(
        self,
        document_segments: Sequence[tuple[Block, Sequence[Segment]]],
        prose: Sequence[ProseSentence],
        generator: Generator,
        language: LanguageCode,
        entailment: Entails | None,
    ) -> None:
        self._document = document_segments
        self._prose = prose
        self._generator = generator
        self._language: LanguageCode = language
        headings = " ".join(
            s.text for block, row in document_segments if not block.kind.is_prose for s in row
        )
        self._source = SourceText([s.text for s in prose], language, context=headings, entailment=entailment)
        self._used: set[int] = set()
        self.rejected: list[Rejected] = []
        self.failures: list[str] = []

    def parts(self) -> list[_Part]:
        """The document in as few parts as the model reads, cut between sections, paragraphs or sentences."""
        most = min(
            PART_TOKENS, self._generator.max_tokens // 2, self._generator.max_tokens - _OVERHEAD_TOKENS
        )
        count = self._generator.count_tokens

        def fits(text: str) -> bool:
            return count(text) <= most

        parts: list[_Part] = []
        current = _Part("", ())
        for unit in _units(self._document, self._prose, fits):
            joined = _Part(f"{current.text}\n\n{unit.text}".strip(), current.sentences + unit.sentences)
            if current.text and not fits(joined.text):
                parts.append(current)
                current = unit
            else:
                current = joined
        return [part for part in (*parts, current) if part.sentences]

    def write(self, part: _Part, sentences: int, words: int) -> list[SummarySentence]:
        """What the model says of a part; the part's own best sentences where nothing of it can be used."""
        single, several = _INSTRUCTIONS[self._language]
        instruction = (single if sentences == 1 else several).format(sentences=sentences, words=words)
        rejected: list[Rejected] = []
        for number, temperature in enumerate(_ATTEMPTS):
            options = GenerationOptions(
                instruction=instruction,
                sentences=sentences,
                max_tokens=_TOKENS_A_SENTENCE * (sentences + 1),
                temperature=temperature,
                seed=number + 1,
            )
            answer = read_answer(self._generator.generate(part.text, options), instruction, self._language)
            if answer.problem is not None:
                self.failures.append(answer.problem)
                continue
            found = [(text, self._source.support(text)) for text in answer.sentences[:sentences]]
            rejected = [Rejected(text, support.failed) for text, support in found if support.failed]
            if len(rejected) == len(found):
                self.failures.append("support")
                continue
            self.rejected += rejected
            return [one for text, support in found if (one := self._kept(text, support)) is not None]
        self.rejected += rejected
        return self._quoted(part, sentences)

    def _kept(self, text: str, support: Support) -> SummarySentence | None:
        sources = tuple(self._source_of(i, share) for i, share in support.sources)
        if not support.failed:
            return SummarySentence(text, sources, support.coverage, SentenceKind.WRITTEN)
        best, likeness = support.sources[0]
        if likeness < _LEAST_LIKENESS or best in self._used or not is_wordlike(self._prose[best].text):
            return None
        self._used.add(best)
        return SummarySentence(
            self._prose[best].text, (self._source_of(best, 1.0),), likeness, SentenceKind.REPLACED
        )

    def _source_of(self, index: int, likeness: float) -> Source:
        one = self._prose[index]
        return Source(one.text, one.block, one.segment, one.number, likeness)

    def filled(
        self, made: Sequence[SummarySentence], options: SummaryOptions
    ) -> tuple[tuple[SummarySentence, ...], bool]:
        """With the best sentences of what nothing rests on yet, where the limits leave room; and whether they do."""
        sentences = None if options.sentences is None else options.sentences - len(made)
        words = None if options.words is None else options.words - sum(len(s.text.split()) for s in made)
        if (sentences is not None and sentences < 1) or (words is not None and words < MIN_WORDS):
            return tuple(made), False
        used = {source.number for one in made for source in one.sources}
        left = [i for i, one in enumerate(self._prose) if one.number not in used]
        extra = self._best_of(left, SummaryOptions(sentences, words))
        places = [one.sources[0].number for one in made]
        filled = list(made)
        for one in reversed(extra):  # each before what comes behind it in the text
            at = next((i for i, place in enumerate(places) if place > one.sources[0].number), len(places))
            filled.insert(at, one)
        return tuple(filled), bool(extra)

    def _quoted(self, part: _Part, sentences: int) -> list[SummarySentence]:
        return self._best_of(part.sentences, SummaryOptions(sentences))

    def _best_of(self, indices: Sequence[int], options: SummaryOptions) -> list[SummarySentence]:
        """What is quoted where only these sentences of prose are there."""
        inside = {(self._prose[i].block, self._prose[i].segment) for i in indices}
        # Everything else is left out, but places stay what they are.
        rows = [
            (block, [s if (i, j) in inside else Segment("") for j, s in enumerate(row)])
            for i, (block, row) in enumerate(self._document)
        ]
        chosen = summarize(rows, options)
        if Note.LONG in chosen.notes:
            return []
        numbers = {(one.block, one.segment): one.number for one in self._prose}
        return [
            replace(one, sources=tuple(replace(s, number=numbers[s.block, s.segment]) for s in one.sources))
            for one in chosen.sentences
        ]


def _units(
    document_segments: Sequence[tuple[Block, Sequence[Segment]]],
    prose: Sequence[ProseSentence],
    fits: Callable[[str], bool],
) -> list[_Part]:
    """Sections where they fit, else their paragraphs, sentences, and at last clauses."""
    rows: dict[int, list[tuple[int, ProseSentence]]] = {}
    for i, sentence in enumerate(prose):
        rows.setdefault(sentence.section, []).append((i, sentence))
    headings = [
        " ".join(" ".join(s.text for s in row).split())
        for block, row in document_segments
        if block.kind is BlockKind.HEADING
    ]
    units: list[_Part] = []
    for section, sentences in rows.items():
        title = headings[section - 1] if section else ""
        paragraphs: dict[int, list[tuple[int, str]]] = {}
        for i, one in sentences:
            paragraphs.setdefault(one.block, []).append((i, one.text))
        texts = [" ".join(text for _, text in row) for row in paragraphs.values()]
        whole = _Part("\n\n".join([title, *texts]).strip(), tuple(i for i, _ in sentences))
        if fits(whole.text):
            units.append(whole)
            continue
        units += [_Part(title, ())] if title else []
        for text, row in zip(texts, paragraphs.values(), strict=True):
            if fits(text):
                units.append(_Part(text, tuple(i for i, _ in row)))
            else:
                units += [_Part(piece, (i,)) for i, one in row for piece in split_long(one, fits)]
    return units


def _fitting(
    found: Sequence[SummarySentence], language: LanguageCode, options: SummaryOptions
) -> tuple[SummarySentence, ...]:
    """Those of the sentences that the limits allow; where there are too many, the best of them."""
    if not found:
        return ()
    block = Block(BlockKind.PARAGRAPH, " ".join(one.text for one in found))
    chosen = summarize([(block, [Segment(one.text, " ", language) for one in found])], options)
    if Note.LONG in chosen.notes:
        return ()
    return tuple(found[one.sources[0].segment] for one in chosen.sentences)
