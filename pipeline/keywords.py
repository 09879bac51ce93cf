"""The words and phrases that a document is about, as it writes them.

A term counts by how often it comes, how rare its words are elsewhere, in how many paragraphs it stands, and whether
a heading has it; a phrase stands in for its words where these mostly come together. Sources of the parts: Salton and
Buckley (1988), "Term-weighting approaches in automatic text retrieval"; Frantzi, Ananiadou and Mima (2000),
"Automatic recognition of multi-word terms: the C-value/NC-value method", for phrases. docs/summaries.md has the
measurements.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tosprog.models.languages import LanguageCode
from tosprog.pipeline.document import Block, BlockKind, Segment
from tosprog.pipeline.terms import STOP_WORDS, bare, stem

MOST_WORDS = 3  # of a phrase
HEADING = 1.5  # weight of a term that a heading has
NAME = 0.6  # weight of a person or place: keywords say what a text is about, rarely who is in it
_COMMON, _RARE = 7.0, 13.0  # -log probability of words that say nothing, and of words that say most
_LEAST_RARITY = 0.15
_ONCE = 0.4  # what a term that comes once counts, where one that comes twice counts 1 more
_TOGETHER = 0.5  # share of a word's occurrences that are the phrase's, from which the phrase stands in for it
_VERB = 0.25  # share of occurrences after a cue, from which a word is a verb

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# What comes before a verb, and seldom before a noun.
_CUES = {
    "da": frozenset(
        "at kan kunne skal skulle vil ville må måtte bør jeg vi han hun man der som ikke".split()
    ),
    "en": frozenset("can could will would should must may might they we he she who not cannot".split()),
}

# Counting, money and the calendar: in every text, and the subject of none.
_NO_SUBJECT = {
    "da": frozenset(
        "nul to tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten tyve "
        "tredive fyrre halvtreds tres halvfjerds firs halvfems hundrede tusind million millioner milliard milliarder "
        "mio mia først første anden tredje fjerde femte kr krone kroner dkk eur euro procent pct år året årene måned "
        "måneder uge uger dag dage dagen time timer minut minutter mandag tirsdag onsdag torsdag fredag lørdag søndag "
        "januar februar marts april maj juni juli august september oktober november december".split()
    ),
    "en": frozenset(
        "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million millions "
        "billion first second third fourth fifth dkk usd eur euro euros dollar dollars percent year years month months "
        "week weeks day days hour hours minute minutes monday tuesday wednesday thursday friday saturday sunday "
        "january february march april june july august september october november december someone everyone".split()
    ),
}

Rarity = Callable[[str], float]  # -log probability of a word in the language at large


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word or phrase that a document is about.

    Attributes:
        text: In the shortest form that the document has; in lower case, unless it is a name.
        score: Only the order within one document means something.
        count: Occurrences, in all their forms.
        places: Blocks and segments that have it, from 0, in order.
    """

    text: str
    score: float
    count: int
    places: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Term:
    forms: Counter[str] = field(default_factory=Counter)
    places: dict[tuple[int, int], None] = field(default_factory=dict)
    paragraphs: set[int] = field(default_factory=set)
    after_cue: int = 0
    capitals: int = 0
    in_heading: bool = False

    @property
    def count(self) -> int:
        return sum(self.forms.values())


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    stem: str
    opens: bool  # a sentence: its capital says nothing
    after_cue: bool


def find_keywords(
    document_segments: Sequence[tuple[Block, Sequence[Segment]]],
    language: LanguageCode,
    rarity: Rarity,
    count: int = 8,
) -> list[Keyword]:
    """The best keywords of the text that is in one language, best first; none twice in another form.

    Args:
        document_segments: Each block of the document, in order, with its segments; those in other languages are
            passed over.
        language: Of the keywords.
        rarity: -log probability of a word in the language.
        count: Most keywords.
    """
    terms = _terms(document_segments, language)
    scores = _scores(terms, language, rarity)
    chosen: list[tuple[str, ...]] = []
    for stems in sorted(scores, key=lambda stems: (-scores[stems], stems)):
        if len(chosen) == count:
            break
        if not any(_overlap(stems, other) for other in chosen):
            chosen.append(stems)
    return [
        Keyword(_shown(terms[stems]), round(scores[stems], 4), terms[stems].count, tuple(terms[stems].places))
        for stems in chosen
    ]


def _terms(
    document_segments: Sequence[tuple[Block, Sequence[Segment]]], language: LanguageCode
) -> dict[tuple[str, ...], _Term]:
    terms: dict[tuple[str, ...], _Term] = defaultdict(_Term)
    for i, (block, segments) in enumerate(document_segments):
        heading = block.kind is BlockKind.HEADING
        if not (heading or block.kind.is_prose):
            continue
        for j, segment in enumerate(segments):
            if segment.language != language:
                continue
            for run in _runs(segment.plain, language):
                for start in range(len(run)):
                    for end in range(start + 1, min(len(run), start + MOST_WORDS) + 1):
                        words = run[start:end]
                        term = terms[tuple(word.stem for word in words)]
                        term.forms[" ".join(word.text for word in words)] += 1
                        term.places[i, j] = None
                        term.paragraphs.add(i)
                        term.after_cue += words[0].after_cue
                        term.capitals += all(w.text[0].isupper() for w in words) and not (
                            heading or words[0].opens
                        )
                        term.in_heading |= heading
    return dict(terms)


def _runs(text: str, language: LanguageCode) -> list[list[_Word]]:
    """The words of a sentence that are no stop words, in runs that nothing parts."""
    text = bare(text)
    runs: list[list[_Word]] = [[]]
    end, before, opens = 0, "", True
    for match in _WORD.finditer(text):
        word = match.group()
        lower = word.lower()
        if text[end : match.start()].strip(" \n\u00a0"):
            runs.append([])
            opens = opens or not set(text[end : match.start()]).isdisjoint(".!?:")
        if (
            lower in STOP_WORDS[language]
            or lower in _NO_SUBJECT[language]
            or (len(word) < 3 and not word.isupper())
        ):
            runs.append([])
        else:
            runs[-1].append(_Word(word, stem(lower, language), opens, before in _CUES[language]))
        end, before, opens = match.end(), lower, False
    return [run for run in runs if run]


def _scores(
    terms: dict[tuple[str, ...], _Term], language: LanguageCode, rarity: Rarity
) -> dict[tuple[str, ...], float]:
    paragraphs = len({i for term in terms.values() for i in term.paragraphs}) or 1
    words: dict[str, float] = {}
    for stems, term in terms.items():
        if len(stems) > 1:
            continue
        form = _shown(term)
        weight = (min(rarity(form.lower()), _RARE) - _COMMON) / (_RARE - _COMMON)
        if term.after_cue >= _VERB * term.count or len(form) < 3:
            weight = 0.0
        words[stems[0]] = max(_LEAST_RARITY, weight) if weight else 0.0
    phrases = [
        stems
        for stems, term in terms.items()
        if len(stems) > 1
        and term.count > 1
        and all(words[one] for one in stems)
        and all(term.count >= _TOGETHER * terms[end,].count for end in (stems[0], stems[-1]))
    ]
    within: Counter[tuple[str, ...]] = Counter()  # occurrences of a shorter term that are a phrase's
    for stems in phrases:
        for start in range(len(stems)):
            for end in range(start + 1, len(stems) + 1):
                if end - start < len(stems):
                    within[stems[start:end]] = max(within[stems[start:end]], terms[stems].count)
    scores: dict[tuple[str, ...], float] = {}
    for stems in [*phrases, *((word,) for word, weight in words.items() if weight)]:
        term, free = terms[stems], terms[stems].count - within[stems]
        if free < 1:
            continue
        score = (_ONCE + math.log2(free)) * (1 + len(term.paragraphs) / paragraphs)
        score *= sum(words[one] for one in stems) / len(stems) ** 0.25
        if term.in_heading:
            score *= HEADING
        if term.capitals * 2 > term.count:
            score *= NAME
        scores[stems] = score
    return scores


def _overlap(stems: tuple[str, ...], other: tuple[str, ...]) -> bool:
    short, long = sorted((stems, other), key=len)
    return any(long[i : i + len(short)] == short for i in range(len(long)))


def _shown(term: _Term) -> str:
    """The shortest form; in lower case unless it has its capitals within sentences as well."""
    form = min(term.forms, key=lambda form: (len(form), -term.forms[form], form))
    return form if term.capitals * 2 > term.count or form.isupper() else form.lower()
