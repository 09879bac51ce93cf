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

import numpy as np

from tosprog.pipeline.centrality import TermMatrix, Vector, centrality, term_matrix
from tosprog.pipeline.document import Block, Segment
from tosprog.pipeline.prose import ProseSentence, is_wordlike, prose_of
from tosprog.pipeline.summary import Note, Source, Summary, SummaryOptions, SummarySentence
from tosprog.pipeline.terms import ngrams, stems

MIN_WORDS = 5  # shorter sentences are quoted only where nothing else is left, or the whole text is
DIVERSITY = 0.3  # weight of repetition against score: 0 is score alone
SAME = 0.95  # sentences this alike say the same: one of them is enough
POSITION = {"document": 1.5, "section": 1.25, "paragraph": 1.1, "": 1.0}
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


_ENDS = tuple(".!?…:。！？")


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
        >>> from tosprog.pipeline.document import BlockKind
        >>> block = Block(BlockKind.PARAGRAPH, "The library lends tools to all. ")
        >>> summarize([(block, [Segment("The library lends tools to all.", " ", "en")])]).text
        'The library lends tools to all.'
    """
    options = options or SummaryOptions()
    prose = prose_of(document_segments)
    readable = [sentence for sentence in prose if is_wordlike(sentence.text)]
    if not readable:
        return Summary((), (Note.EMPTY,), len(prose), options)
    scores, matrix = _scores(readable)
    if _fits(readable, options):
        whole = () if len(readable) == options.sentences else (Note.WHOLE,)
        return Summary(_quote(readable, scores, range(len(readable))), whole, len(prose), options)
    long_enough = [i for i, sentence in enumerate(readable) if _words(sentence.text) >= MIN_WORDS]
    candidates = long_enough or list(range(len(readable)))
    chosen = _choose(candidates, [_words(sentence.text) for sentence in readable], scores, matrix, options)
    notes: list[Note] = []
    if not chosen:
        chosen, notes = [max(candidates, key=lambda i: (scores[i], -i))], [Note.LONG]
    elif options.words is None and len(chosen) < (options.sentences or 0):
        notes.append(Note.FEW)
    if sum(_end(sentence.text) not in _ENDS for sentence in readable) * 2 > len(readable):
        notes.append(Note.LIST)
    return Summary(_quote(readable, scores, sorted(chosen)), tuple(notes), len(prose), options)


def _end(text: str) -> str:
    """The last character that is no quote, bracket or footnote."""
    return _CLOSING.sub("", text)[-1:]


def _words(text: str) -> int:
    return len(text.split())


def _fits(sentences: Sequence[ProseSentence], options: SummaryOptions) -> bool:
    if options.sentences is not None and len(sentences) > options.sentences:
        return False
    return options.words is None or sum(_words(sentence.text) for sentence in sentences) <= options.words


def _scores(sentences: Sequence[ProseSentence]) -> tuple[Vector, TermMatrix]:
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
    return scores * np.array(
        [POSITION[sentence.opens] * _form(sentence.text) for sentence in sentences]
    ), matrix


def _unit(counts: Counter[str], length: float) -> dict[str, float]:
    norm = sum(count * count for count in counts.values()) ** 0.5
    return {term: length * count / norm for term, count in counts.items()}


def _form(text: str) -> float:
    # One common word makes a short sentence central; it still says little.
    shortest, longest = COMFORTABLE_WORDS
    factor: float = min(1.0, _words(text) / shortest, longest / _words(text)) ** 0.5
    end = _end(text)
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
    sentences: Sequence[ProseSentence], scores: Vector, chosen: Sequence[int]
) -> tuple[SummarySentence, ...]:
    return tuple(
        SummarySentence(s.text, (Source(s.text, s.block, s.segment, s.number),), round(float(scores[i]), 6))
        for i in chosen
        for s in (sentences[i],)
    )
