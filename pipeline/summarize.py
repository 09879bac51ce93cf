"""Quotes the sentences that say most of a document, in reading order, with their places in the source.

Score = centrality (`tosprog.pipeline.centrality`) x position x form; sentences are then taken one by
one, each marked down by what it repeats of those already taken. Sources of the parts:

- position and form (no stop, question, link to what came before): Edmundson (1969), "New Methods in Automatic
  Extracting", Journal of the ACM 16(2);
- repetition: Carbonell and Goldstein (1998), "The Use of MMR, Diversity-Based Reranking", SIGIR, page 335.

The weights below are round numbers set by hand, not fitted; docs/summaries.md has the measurements.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from tosprog.models.languages import LanguageCode
from tosprog.pipeline.centrality import TermMatrix, Vector, centrality, term_matrix
from tosprog.pipeline.document import Block, BlockKind, Segment
from tosprog.pipeline.terms import bare, ngrams, stems

MIN_WORDS = 5  # shorter sentences are quoted only where nothing else is left, or the whole text is
MIN_WORDLIKE = 0.6  # share of a sentence's tokens that must be words, not numbers, URLs or signs
DIVERSITY = 0.3  # weight of repetition against score: 0 is score alone
SAME = 0.95  # sentences this alike say the same: one of them is enough
DOCUMENT_START, SECTION_START, PARAGRAPH_START = 1.5, 1.25, 1.1
QUESTION, INTRODUCTION, NO_STOP, LINKED = 0.6, 0.5, 0.7, 0.8
COMFORTABLE_WORDS = (12, 40)  # a sentence of a quarter of the first, or four times the last, scores half
LANGUAGE_SHARE_POWER = 0.25  # how much a language counts for less where it is rare in the document
NGRAM_WEIGHT = (
    0.5  # length of the language-free terms against the stems, in a document of more than one language
)

# A sentence that opens so leans on the one before, and reads badly alone. Danish "den", "de" and "det" and
# English "it" count before some verbs only: they are as often an article or an empty subject.
_LINKED = re.compile(
    r"\W*(?:this|these|those|they|he|she|however|but|yet|and|or|so|therefore|thus|hence|moreover|furthermore|"
    r"nevertheless|nonetheless|instead|also|such|otherwise|it (?:means|shows|requires|makes|made|gives|gave)|"
    r"dette|disse|han|hun|men|dog|og|eller|så|derfor|dermed|derved|således|desuden|alligevel|imidlertid|endvidere|"
    r"ellers|heller|det (?:betyder|viser|kræver|skyldes|gør|gjorde|giver|gav|fører|førte))\b",
    re.IGNORECASE,
)
# What may follow a sentence's stop: quotes, brackets, emphasis, a footnote's number.
_CLOSING = re.compile(r"(?:\[[^\]\s]{1,5}\]|[\"'”“’»«›)\]*_¹²³⁰⁴-⁹])*$")
_URL = re.compile(r"(?<!\()(?:https?://|www\.)\S+|\S+@\S+\.\w+")
_BLOCK_MARK = re.compile(r"(\d*)([#+*-]+(?=\s)|>|(?<=\d)[.)](?=\s))")


class Note(str, Enum):
    """Why a summary is not what was asked for."""

    EMPTY = "empty"
    WHOLE = "whole"
    FEW = "few"
    LONG = "long"


_NOTES: dict[LanguageCode, dict[Note, str]] = {
    "en": {
        Note.EMPTY: "There is no prose to summarise.",
        Note.WHOLE: "The text is no longer than the summary asked for, and is quoted whole.",
        Note.FEW: "Only {used} of the {total} sentences can be quoted; {asked} were asked for.",
        Note.LONG: "No sentence has {limit} words or fewer; the best one is quoted whole: {words} words.",
    },
    "da": {
        Note.EMPTY: "Der er ingen løbende tekst at sammenfatte.",
        Note.WHOLE: "Teksten er ikke længere end det ønskede resumé og er gengivet i sin helhed.",
        Note.FEW: "Kun {used} af de {total} sætninger kan citeres; der blev bedt om {asked}.",
        Note.LONG: "Ingen sætning er på {limit} ord eller færre; den bedste er gengivet hel: {words} ord.",
    },
}


@dataclass(frozen=True, slots=True)
class SummaryOptions:
    """How long a summary may be; where both limits are given, both hold.

    Attributes:
        sentences: Most sentences, 1 or more; None is no limit.
        words: Most words (what stands between blanks), 1 or more; None is no limit.
    """

    sentences: int | None = 4
    words: int | None = None

    def __post_init__(self) -> None:
        for name, value in (("sentences", self.sentences), ("words", self.words)):
            if value is not None and (type(value) is not int or value < 1):
                raise ValueError(f"{name} is {value!r}; legal is a whole number from 1, as in: --{name} 5")
        if self.sentences is None and self.words is None:
            raise ValueError("neither sentences nor words is set; give one, as in: --sentences 4")


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A quoted sentence.

    Attributes:
        text: The sentence on one line: its line breaks and the markup of its further lines are one space.
        source_block: Index of its block among those given, from 0.
        source_segment: Index of its segment in that block, from 0.
        score: How well it stands for the text; only the order within one document means something.
        number: Its number among the sentences of prose, from 1, for people.
    """

    text: str
    source_block: int
    source_segment: int
    score: float
    number: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Quoted sentences in reading order.

    Attributes:
        sentences: The quotations.
        reason: Why this is not what was asked for, None where it is.
        total: Sentences of prose in the source.
        options: What was asked for.
    """

    sentences: tuple[SummarySentence, ...]
    reason: Note | None
    total: int
    options: SummaryOptions

    @property
    def text(self) -> str:
        """The sentences as one paragraph."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def note(self) -> str | None:
        """The note in English, None where the summary is what was asked for."""
        return self.note_in("en")

    def note_in(self, language: LanguageCode) -> str | None:
        """The note in either language."""
        if self.reason is None:
            return None
        return _NOTES[language][self.reason].format(
            total=self.total,
            used=len(self.sentences),
            asked=self.options.sentences,
            limit=self.options.words,
            words=_words(self.text),
        )


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of prose with what scoring needs to know of its place."""

    text: str
    language: str | None
    block: int
    segment: int
    number: int
    position: float


def summarize(
    document_segments: Sequence[tuple[Block, Sequence[Segment]]], options: SummaryOptions | None = None
) -> Summary:
    """Quotes the best whole sentences of the document's prose, in reading order.

    Headings, tables, code and metadata are never quoted. A text no longer than the summary asked for is
    returned whole. No sentence is cut: only where each sentence alone is longer than the limit of words, the
    best one is returned, and that is longer. The same input always gives the same summary.

    Args:
        document_segments: Each block of the document, in order, with its segments.
        options: How long it may be; `SummaryOptions()` where None.

    Example:
        >>> block = Block(BlockKind.PARAGRAPH, "The library lends tools to all. ")
        >>> summarize([(block, [Segment("The library lends tools to all.", " ", "en")])]).text
        'The library lends tools to all.'
    """
    options = options or SummaryOptions()
    prose = _prose(document_segments)
    readable = [sentence for sentence in prose if _is_wordlike(sentence.text)]
    if not readable:
        return Summary((), Note.EMPTY, len(prose), options)
    scores, matrix = _scores(readable)
    if _fits(readable, options):
        reason = None if len(readable) == options.sentences else Note.WHOLE
        return Summary(_quote(readable, scores, range(len(readable))), reason, len(prose), options)
    long_enough = [i for i, sentence in enumerate(readable) if _words(sentence.text) >= MIN_WORDS]
    candidates = long_enough or list(range(len(readable)))
    chosen = _choose(candidates, [_words(sentence.text) for sentence in readable], scores, matrix, options)
    reason = None
    if not chosen:
        chosen, reason = [max(candidates, key=lambda i: (scores[i], -i))], Note.LONG
    elif options.words is None and len(chosen) < (options.sentences or 0):
        reason = Note.FEW
    return Summary(_quote(readable, scores, sorted(chosen)), reason, len(prose), options)


def render_markdown(summary: Summary, title: str, source_name: str, language: LanguageCode = "en") -> str:
    """The summary as a Markdown file: title, paragraph, the numbers of the quoted sentences, the note.

    Args:
        summary: What `summarize` returned; its sentences may have been translated since.
        title: The heading.
        source_name: The name of the source file.
        language: Of the labels and the note.
    """
    parts = [f"# {' '.join(title.split())}"]
    if summary.sentences:
        numbers = [str(sentence.number) for sentence in summary.sentences]
        if language == "da":
            label, line = "Kilder", f"Sætning {', '.join(numbers)} i {source_name}"
        else:
            label = "Sources"
            line = f"Sentence{'s' if len(numbers) > 1 else ''} {', '.join(numbers)} of {source_name}"
        parts += [_escaped(summary.text), f"**{label}**", f"- {line}"]
    note = summary.note_in(language)
    if note is not None:
        parts.append(f"*{note}*")
    return "\n\n".join(parts) + "\n"


def _prose(document_segments: Sequence[tuple[Block, Sequence[Segment]]]) -> list[_Sentence]:
    sentences: list[_Sentence] = []
    section_start = False
    for i, (block, segments) in enumerate(document_segments):
        if block.kind is BlockKind.HEADING:
            section_start = True
        if not block.kind.is_prose:
            continue
        # The items of a list and the lines of a quotation do not open a thought.
        paragraph_start = block.kind is BlockKind.PARAGRAPH
        for j, segment in enumerate(segments):
            text = _one_line(segment.text, block.line_prefix)
            if not text:  # white space that opens a block
                continue
            position = 1.0
            if not sentences:
                position = DOCUMENT_START
            elif section_start:
                position = SECTION_START
            elif paragraph_start:
                position = PARAGRAPH_START
            section_start = paragraph_start = False
            sentences.append(_Sentence(text, segment.language, i, j, len(sentences) + 1, position))
    return sentences


def _one_line(text: str, line_prefix: str) -> str:
    first, *rest = text.splitlines() or [""]
    prefix = line_prefix.strip()
    return " ".join(" ".join([first, *(line.strip().removeprefix(prefix) for line in rest)]).split())


def _escaped(text: str) -> str:
    """Text that opens a Markdown paragraph, a sign that would make it a list or a heading escaped."""
    mark = _BLOCK_MARK.match(text)
    return f"{mark[1]}\\{text[mark.start(2) :]}" if mark else text


def _words(text: str) -> int:
    return len(text.split())


def _is_wordlike(text: str) -> bool:
    tokens = bare(text).split()
    # URLs that `bare` took away count: a line of three and a word is no sentence. Those behind a Markdown
    # link do not, as a reader never sees them.
    removed = len(_URL.findall(text))
    wordlike = sum(1 for token in tokens if sum(c.isalpha() for c in token) * 2 > len(token))
    return wordlike > 0 and wordlike >= MIN_WORDLIKE * (len(tokens) + removed)


def _fits(sentences: Sequence[_Sentence], options: SummaryOptions) -> bool:
    if options.sentences is not None and len(sentences) > options.sentences:
        return False
    return options.words is None or sum(_words(sentence.text) for sentence in sentences) <= options.words


def _scores(sentences: Sequence[_Sentence]) -> tuple[Vector, TermMatrix]:
    known = Counter(sentence.language for sentence in sentences if sentence.language is not None)
    main = known.most_common(1)[0][0] if known else None
    languages = [sentence.language or main for sentence in sentences]
    mixed = len(set(languages)) > 1
    bags = []
    for sentence, language in zip(sentences, languages, strict=True):
        bag = _unit(stems(sentence.text, language), 1.0)
        if mixed:
            bag.update(_unit(ngrams(sentence.text, language), NGRAM_WEIGHT))
        bags.append(bag)
    matrix = term_matrix(bags)
    scores = centrality(matrix)
    # The rarer language has fewer neighbours to vote for it, so centrality is compared within a language;
    # then each language counts by its share, that a stray sentence may not stand for the text.
    for language in sorted(set(languages), key=str):
        members = np.array([other == language for other in languages])
        scores[members] *= members.mean() ** LANGUAGE_SHARE_POWER / scores[members].mean()
    return scores * np.array([sentence.position * _form(sentence.text) for sentence in sentences]), matrix


def _unit(counts: Counter[str], length: float) -> dict[str, float]:
    norm = sum(count * count for count in counts.values()) ** 0.5
    return {term: length * count / norm for term, count in counts.items()}


def _form(text: str) -> float:
    # One common word makes a short sentence central; it still says little.
    shortest, longest = COMFORTABLE_WORDS
    factor: float = min(1.0, _words(text) / shortest, longest / _words(text)) ** 0.5
    end = _CLOSING.sub("", text)[-1:]
    if end == "?":
        factor *= QUESTION
    elif end == ":":
        factor *= INTRODUCTION
    elif end not in (".", "!", "…"):
        factor *= NO_STOP
    return factor * LINKED if _LINKED.match(text) else factor


def _choose(
    candidates: Sequence[int],
    words: Sequence[int],
    scores: Vector,
    matrix: TermMatrix,
    options: SummaryOptions,
) -> list[int]:
    """Takes the best candidate that fits, marked down by its likeness to those taken, up to the limits."""
    limit = len(candidates) if options.sentences is None else options.sentences
    left = options.words
    open_ = np.zeros(len(scores), dtype=bool)
    open_[list(candidates)] = True
    sizes = np.array(words)
    relevance = scores / scores[open_].max()
    likeness = np.zeros(len(scores))
    chosen: list[int] = []
    while len(chosen) < limit:
        fitting = open_ if left is None else open_ & (sizes <= left)
        if not fitting.any():
            break
        value = (1 - DIVERSITY) * relevance - DIVERSITY * likeness
        best = int(np.argmax(np.where(fitting, value, -np.inf)))
        chosen.append(best)
        open_[best] = False
        if left is not None:
            left -= words[best]
        likeness = np.maximum(likeness, matrix.similarities(best))
        open_ &= likeness < SAME
    return chosen


def _quote(
    sentences: Sequence[_Sentence], scores: Vector, chosen: Sequence[int]
) -> tuple[SummarySentence, ...]:
    return tuple(
        SummarySentence(s.text, s.block, s.segment, round(float(scores[i]), 6), s.number)
        for i in chosen
        for s in (sentences[i],)
    )
