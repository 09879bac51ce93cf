"""How good summaries are: ROUGE against summaries that people wrote, next to baselines, with 95 % intervals.

rouge-score (google-research) does the arithmetic. It is old (0.1.2, 2022) but finished, it is what published figures
come from, and it takes a tokenizer of one's own; torchmetrics' `ROUGEScore` is maintained, yet says that it imitates
rouge-score, and needs torch. Of several references the one with the best ROUGE-1 counts, for all three measures.

Source: Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004; the choice of reference: Cachola et al.,
"TLDR: Extreme Summarization of Scientific Documents", 2020, and their scripts/cal-rouge.py.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt
import snowballstemmer

from tosprog.models.errors import InputError, UsageError
from tosprog.models.generation import Generator
from tosprog.models.languages import LanguageCode
from tosprog.pipeline.baselines import BASELINES, Rank, quote, require_sumy
from tosprog.pipeline.document import TranslationKind
from tosprog.pipeline.evaluate import peak_memory_mb
from tosprog.pipeline.evaluation_texts import EvaluationText
from tosprog.pipeline.flow import process_document, summarize_document
from tosprog.pipeline.summarize import summarize
from tosprog.pipeline.summary import Note, Summary, SummaryOptions, SummarySentence
from tosprog.pipeline.support import Entails
from tosprog.pipeline.translate import LoadBackend, TranslateOptions, translate_segments

Scores = npt.NDArray[np.float64]

MEASURES = ("rouge1", "rouge2", "rougeL")
RESAMPLES = 1000
SEED = 0  # of the bootstrap
_UNSTEMMED = 3  # letters; rouge-score leaves words as short as they are


System = Callable[[EvaluationText, SummaryOptions], Summary]


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over the texts, and the 95 % interval of its bootstrap."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Score:
    """One measure of one system.

    Attributes:
        measure: ``rouge1``, ``rouge2`` or ``rougeL``.
        f1: 0 to 100.
        difference: To the first system's, text by text; None for the first.
    """

    measure: str
    f1: Interval
    difference: Interval | None


@dataclass(frozen=True, slots=True)
class SystemEvaluation:
    """What one system got.

    Attributes:
        system: Its name.
        scores: One for each of `MEASURES`.
        support_rate: Mean of the summaries' own; None where the system quotes.
        length_kept: Share of summaries within the limits.
        fell_back: Share of summaries that quote because the model's answer could not be used.
        words: Mean number.
        seconds: Mean for a text.
        peak_memory_mb: The most that the process held up to the end of this system; None where not known.
        summaries: Same length and order as the texts; of a system of several runs, the first one's.
    """

    system: str
    scores: tuple[Score, ...]
    support_rate: float | None
    length_kept: float
    fell_back: float
    words: float
    seconds: float
    peak_memory_mb: float | None
    summaries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SummaryEvaluation:
    """What all systems got on the same texts.

    Attributes:
        texts: Their names.
        language: Of the references and summaries.
        options: How long a summary could be.
        systems: In the order in which they ran; differences are to the first.
        signature: How the figures came about.
    """

    texts: tuple[str, ...]
    language: LanguageCode
    options: SummaryOptions
    systems: tuple[SystemEvaluation, ...]
    signature: str


def evaluate_summaries(
    texts: Sequence[EvaluationText],
    options: SummaryOptions,
    *,
    load: LoadBackend,
    translate: TranslateOptions | None = None,
    systems: Mapping[str, System] | None = None,
) -> SummaryEvaluation:
    """Summarises the texts with every system and scores them: ours first, the baselines, then ``systems``.

    Args:
        texts: All with references in one language.
        options: How long a summary may be; the same for each system.
        load: Gives the backend of a direction; called only where a text is in another language than its references.
        translate: How such texts are translated; as a rule where None.
        systems: Further ones, by name, such as models that write.

    Raises:
        InputError: there are no texts.
        UsageError: rouge-score or sumy is not installed.
    """
    if not texts:
        raise InputError("there are no texts to evaluate on; give a JSONL file or a folder of essays")
    language = texts[0].language
    scorer = _scorer(language)
    require_sumy()
    translate = translate or TranslateOptions(target=language)
    runs = _quoting(load, translate, any(text.is_foreign for text in texts))
    runs.update({name: (system,) for name, system in (systems or {}).items()})
    rng = np.random.default_rng(SEED)
    draws = rng.integers(len(texts), size=(RESAMPLES, len(texts)))
    first: Scores | None = None
    done = []
    for name, same in runs.items():
        one, rows = _evaluate(name, same, texts, options, scorer, draws, first)
        first = rows if first is None else first
        done.append(one)
    names = tuple(text.name for text in texts)
    return SummaryEvaluation(names, language, options, tuple(done), _signature(language, len(texts)))


def writing(
    models: Callable[[], tuple[Generator, Entails | None]], load: LoadBackend, translate: TranslateOptions
) -> System:
    """A model that writes, as a system: the same path as ``tosprog summarize --method abstractive``.

    Args:
        models: Gives the model and what checks it, if anything does; called for each text.
        load: Gives the backend of a direction.
        translate: How texts are put into the model's language, and its summaries into that of the references.
    """

    def system(text: EvaluationText, options: SummaryOptions) -> Summary:
        generator, entailment = models()
        return summarize_document(
            text.document, load, options, translate, generator=generator, entailment=entailment
        )

    return system


def bootstrap(values: Scores, draws: npt.NDArray[np.int64]) -> Interval:
    """The mean with its 95 % interval.

    Args:
        values: One for each text.
        draws: Indices of texts, a row for each resample.

    Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13: the percentile interval.
    """
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return Interval(float(values.mean()), float(low), float(high))


def _evaluate(
    name: str,
    runs: Sequence[System],
    texts: Sequence[EvaluationText],
    options: SummaryOptions,
    scorer: Any,
    draws: npt.NDArray[np.int64],
    first: Scores | None,
) -> tuple[SystemEvaluation, Scores]:
    began = time.perf_counter()
    made = [[run(text, options) for text in texts] for run in runs]
    seconds = (time.perf_counter() - began) / (len(texts) * len(runs))
    peak = peak_memory_mb()
    rows = np.mean(
        [[_rouge(scorer, t.references, s.text) for t, s in zip(texts, row, strict=True)] for row in made],
        axis=0,
    )
    every = [summary for row in made for summary in row]
    rates = [summary.support_rate for summary in every if summary.support_rate is not None]
    scores = tuple(
        Score(
            measure,
            bootstrap(rows[:, i], draws),
            None if first is None else bootstrap(rows[:, i] - first[:, i], draws),
        )
        for i, measure in enumerate(MEASURES)
    )
    evaluation = SystemEvaluation(
        system=name,
        scores=scores,
        support_rate=float(np.mean(rates)) if rates else None,
        length_kept=float(np.mean([_is_within(summary, options) for summary in every])),
        fell_back=float(np.mean([Note.FELL_BACK in summary.notes for summary in every])),
        words=float(np.mean([len(summary.text.split()) for summary in every])),
        seconds=seconds,
        peak_memory_mb=peak,
        summaries=tuple(summary.text for summary in made[0]),
    )
    return evaluation, rows


def _is_within(summary: Summary, options: SummaryOptions) -> bool:
    few = options.sentences is None or len(summary.sentences) <= options.sentences
    return few and (options.words is None or len(summary.text.split()) <= options.words)


class SnowballTokenizer:
    """Words and numbers in lower case, stemmed: rouge-score's own tokenizer cuts words at æ, ø and å.

    Example:
        >>> SnowballTokenizer("danish").tokenize("Køb 12 bøger!")
        ['køb', '12', 'bøg']
    """

    def __init__(self, algorithm: str) -> None:
        self._stem = cache(snowballstemmer.stemmer(algorithm).stemWord)

    def tokenize(self, text: str) -> list[str]:
        """The stems, in order; words of three letters or fewer stay as they are."""
        words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).lower())
        return [self._stem(word) if len(word) > _UNSTEMMED else word for word in words]


def _scorer(language: LanguageCode) -> Any:
    try:
        from rouge_score.rouge_scorer import RougeScorer
    except ImportError as error:
        raise UsageError(
            "evaluating summaries needs rouge-score; type: pip install 'tosprog[evaluate]'"
        ) from error
    if language == "en":  # as in papers: a-z and 0-9, Porter's stemmer
        return RougeScorer(MEASURES, use_stemmer=True)
    return RougeScorer(MEASURES, tokenizer=SnowballTokenizer("danish"))


def _rouge(scorer: Any, references: Sequence[str], summary: str) -> list[float]:
    """F1 of each measure, 0 to 100, against the reference with the best ROUGE-1."""
    found = [scorer.score(reference, summary) for reference in references]
    best = max(found, key=lambda scores: scores["rouge1"].fmeasure)
    return [best[measure].fmeasure * 100 for measure in MEASURES]


def _signature(language: LanguageCode, texts: int) -> str:
    tokenizer = "tok:a-z0-9|stem:porter" if language == "en" else "tok:unicode-words|stem:snowball-danish"
    versions = "|".join(f"{name}:{version(name)}" for name in ("rouge-score", "sumy", "tosprog"))
    return (
        f"texts:{texts}|lang:{language}|F1|refs:best-rouge1|{tokenizer}"
        f"|bootstrap:{RESAMPLES}-percentile-95|seed:{SEED}|{versions}"
    )


def _quoting(load: LoadBackend, translate: TranslateOptions, foreign: bool) -> dict[str, tuple[System, ...]]:
    """The systems that quote, ours first; each is put into the language of the references where it is not in it."""

    def extractive(text: EvaluationText, options: SummaryOptions) -> Summary:
        if text.is_foreign:
            return summarize_document(text.document, load, options, translate)
        return summarize(text.segments, options)

    def translated_first(text: EvaluationText, options: SummaryOptions) -> Summary:
        document = process_document(text.document, load, translate).document
        return summarize_document(document, load, options)

    def ranked(rank: Rank) -> System:
        def system(text: EvaluationText, options: SummaryOptions) -> Summary:
            summary = quote(text, rank(text), options)
            return _translated(summary, text, load, translate) if text.is_foreign else summary

        return system

    ours: dict[str, tuple[System, ...]] = {"extractive": (extractive,)}
    if foreign:
        ours = {
            "extractive, then translated": (extractive,),
            "translated, then extractive": (translated_first,),
        }
    return {**ours, **{name: tuple(map(ranked, ranks)) for name, ranks in BASELINES.items()}}


def _translated(
    summary: Summary, text: EvaluationText, load: LoadBackend, options: TranslateOptions
) -> Summary:
    places = [(one.sources[0].block, one.sources[0].segment) for one in summary.sentences]
    rows = [(text.segments[i][0], (text.segments[i][1][j],)) for i, j in places]
    translations = translate_segments(rows, load, options, markup=not text.document.origin)
    sentences = tuple(
        SummarySentence(row[0].plain, one.sources) if row[0].kind is TranslationKind.TRANSLATED else one
        for one, row in zip(summary.sentences, translations, strict=True)
    )
    return Summary(sentences, summary.notes, summary.total, summary.options, summary.method)
