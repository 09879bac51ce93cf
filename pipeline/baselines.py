"""Systems to measure summaries against: the first sentences, sentences by chance, and sumy's LexRank and TextRank.

Each ranks the same sentences, and those that fit are quoted.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from tosprog.models.errors import UsageError
from tosprog.models.languages import LANGUAGES, LanguageCode
from tosprog.pipeline.evaluation_texts import EvaluationText
from tosprog.pipeline.summary import Source, Summary, SummaryOptions, SummarySentence
from tosprog.pipeline.terms import STOP_WORDS

RANDOM_RUNS = 5

Rank = Callable[[EvaluationText], Sequence[int]]  # indices of the text's sentences, best first


def require_sumy() -> None:
    """Says at once that sumy is missing.

    Raises:
        UsageError: it is.
    """
    try:
        import sumy.summarizers.lex_rank  # noqa: F401
    except ImportError as error:
        raise UsageError("evaluating summaries needs sumy; type: pip install 'tosprog[evaluate]'") from error


def _lead(text: EvaluationText) -> Sequence[int]:
    return range(len(text.sentences))


def _random(seed: int) -> Rank:
    def rank(text: EvaluationText) -> Sequence[int]:
        count = len(text.sentences)
        return random.Random(f"{seed} {text.name}").sample(range(count), count)

    return rank


def _sumy(method: str) -> Rank:
    def rank(text: EvaluationText) -> Sequence[int]:
        from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence

        known = Counter(sentence.language for sentence in text.sentences)
        language = max(LANGUAGES, key=lambda code: known[code])
        words = _Words()
        sentences = [Sentence(sentence.text, words) for sentence in text.sentences]
        order: list[int] = []

        def keep(infos: Sequence[Any]) -> Sequence[Any]:  # sumy's own way to choose from what it has sorted
            order.extend(info.order for info in infos)
            return infos

        # It divides by 0 where no two sentences share a word, and then keeps them in reading order.
        with np.errstate(invalid="ignore"):
            _summarizer(method, language)(ObjectDocumentModel([Paragraph(sentences)]), keep)
        return order

    return rank


class _Words:
    """In place of sumy's own tokenizer, which needs data from the network."""

    def to_words(self, text: str) -> list[str]:
        return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text)


@cache
def _summarizer(method: str, language: LanguageCode) -> Any:
    """One of sumy's, with sumy's stemmer; it has no stop words for Danish, so that it gets ours."""
    from sumy.nlp.stemmers import Stemmer
    from sumy.summarizers.lex_rank import LexRankSummarizer
    from sumy.summarizers.text_rank import TextRankSummarizer
    from sumy.utils import get_stop_words

    made = {"LexRank": LexRankSummarizer, "TextRank": TextRankSummarizer}[method](
        Stemmer("english" if language == "en" else "danish")
    )
    made.stop_words = get_stop_words("english") if language == "en" else STOP_WORDS["da"]
    return made


BASELINES: dict[str, tuple[Rank, ...]] = {
    "lead": (_lead,),
    f"random, mean of {RANDOM_RUNS}": tuple(map(_random, range(RANDOM_RUNS))),
    "LexRank (sumy)": (_sumy("LexRank"),),
    "TextRank (sumy)": (_sumy("TextRank"),),
}


def quote(text: EvaluationText, order: Sequence[int], options: SummaryOptions) -> Summary:
    """Takes sentences by rank while they fit, as `summarize` does, and puts them into reading order."""
    sentences = text.sentences
    left = options.words
    chosen: list[int] = []
    for i in order:
        size = len(sentences[i].text.split())
        if options.sentences is not None and len(chosen) == options.sentences:
            break
        if left is None or size <= left:
            chosen.append(i)
            left = None if left is None else left - size
    quoted = (sentences[i] for i in sorted(chosen or order[:1]))
    rows = tuple(SummarySentence(s.text, (Source(s.text, s.block, s.segment, s.number),)) for s in quoted)
    return Summary(rows, (), len(sentences), options, "baseline")
