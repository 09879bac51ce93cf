"""How good a model's translations are: BLEU and chrF, by length and case form, with significance between models.

What is scored is what a user gets: each line goes through the pipeline (protected spans, checks, retries), its language
given. sacreBLEU does the arithmetic; its signatures say how.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tosprog.models.errors import InputError, UsageError
from tosprog.models.languages import Direction
from tosprog.pipeline.checks import hypothesized, is_empty, is_repetitive
from tosprog.pipeline.document import TranslationKind
from tosprog.pipeline.flow import process_lines
from tosprog.pipeline.neutral import bears_language
from tosprog.pipeline.translate import LoadBackend, TranslateOptions
from tosprog.pipeline.typography import is_shouted

_BATCH = 256
_LENGTHS = ((1, 4), (5, 9), (10, 19), (20, 39), (40, None))
_RESAMPLES = 1000


def _is_titled(text: str) -> bool:
    words = [word for word in text.split() if len(word) > 3 and word[0].isalpha()]
    return len(words) > 1 and all(word[0].isupper() for word in words)


# The first that fits; "ordinary" is the rest.
FORMS: dict[str, Callable[[str], bool]] = {
    "capitals": is_shouted,
    "title case": _is_titled,
    "no capital": lambda text: text[:1].islower(),
    "no final stop": lambda text: text[-1:].isalnum(),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Scores of the lines that share a length or a form.

    Attributes:
        name: Such as ``5-9 words`` or ``capitals``.
        lines: Their number.
        bleu: Corpus BLEU, 0 to 100.
        chrf: Corpus chrF2, 0 to 100.
    """

    name: str
    lines: int
    bleu: float
    chrf: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one model got.

    Attributes:
        model: As it was named.
        signature: Of the backend.
        bleu: Corpus BLEU, 0 to 100.
        chrf: Corpus chrF2, 0 to 100.
        bleu_signature: sacreBLEU's.
        chrf_signature: sacreBLEU's.
        by_length: By words of the source.
        by_form: By case form of the source.
        empty: Lines that came out empty.
        loops: Lines that repeat themselves.
        copies: Lines that came out as they went in, though they bear language.
        failed: Segments that kept their source, because no hypothesis passed the checks.
        tokens_per_second: Source tokens of the model, of the whole run.
        hypotheses: The translations, same length and order as the source.
        bleu_p: Chance that BLEU differs as much from the first model's by luck; None for the first.
        chrf_p: The same for chrF.
    """

    model: str
    signature: str
    bleu: float
    chrf: float
    bleu_signature: str
    chrf_signature: str
    by_length: tuple[Group, ...]
    by_form: tuple[Group, ...]
    empty: int
    loops: int
    copies: int
    failed: int
    tokens_per_second: float
    hypotheses: tuple[str, ...]
    bleu_p: float | None = None
    chrf_p: float | None = None


def check_lines(source: Sequence[str], reference: Sequence[str]) -> None:
    """Refuses what cannot be scored.

    Raises:
        InputError: different numbers of lines, or none.
    """
    if len(source) != len(reference):
        raise InputError(
            f"--source has {len(source)} lines and --reference {len(reference)}; line n must translate line n"
        )
    if not any(line.strip() for line in source):
        raise InputError("--source has no text; give a file with a sentence a line")


def evaluate(
    source: Sequence[str],
    reference: Sequence[str],
    models: Sequence[tuple[str, LoadBackend]],
    options: TranslateOptions,
) -> list[Evaluation]:
    """Translates the source with each model and scores it; same order as ``models``.

    Args:
        source: Lines.
        reference: Their translations; same length and order.
        models: A name, and what loads the backend of a direction.
        options: ``source`` and ``target`` must be set.

    Raises:
        InputError: see `check_lines`.
        UsageError: sacreBLEU is not installed.
    """
    check_lines(source, reference)
    metrics = _metrics()
    done = [_evaluate(name, load, source, reference, options, metrics) for name, load in models]
    return done if len(done) < 2 else _compared(done, reference, metrics)


def peak_memory_mb() -> float | None:
    """The most memory that this process has held, in MB; None where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _metrics() -> dict[str, Any]:
    try:
        from sacrebleu.metrics import BLEU, CHRF
    except ImportError as error:
        raise UsageError("evaluation needs sacreBLEU; type: pip install 'sacrebleu>=2.5'") from error
    return {"BLEU": BLEU(), "chrF": CHRF()}


def _evaluate(
    name: str,
    load: LoadBackend,
    source: Sequence[str],
    reference: Sequence[str],
    options: TranslateOptions,
    metrics: dict[str, Any],
) -> Evaluation:
    backend = load(Direction(options.source or "da", options.target or "en"))
    began = time.perf_counter()
    results = [
        result
        for at in range(0, len(source), _BATCH)
        for result in process_lines(source[at : at + _BATCH], load, options)
    ]
    seconds = time.perf_counter() - began
    hypotheses = [text for text, _ in results]
    made = [hypothesized(s, h, backend) for s, h in zip(source, hypotheses, strict=True)]

    def score(chosen: Sequence[int]) -> tuple[float, float]:
        lines, gold = [hypotheses[i] for i in chosen], [reference[i] for i in chosen]
        return tuple(metric.corpus_score(lines, [gold]).score for metric in metrics.values())

    def group(named: dict[str, list[int]]) -> tuple[Group, ...]:
        return tuple(Group(key, len(chosen), *score(chosen)) for key, chosen in named.items() if chosen)

    bleu, chrf = score(range(len(source)))
    return Evaluation(
        model=name,
        signature=backend.signature,
        bleu=bleu,
        chrf=chrf,
        bleu_signature=str(metrics["BLEU"].get_signature()),
        chrf_signature=str(metrics["chrF"].get_signature()),
        by_length=group(_lengths(source)),
        by_form=group(_forms(source)),
        empty=sum(map(is_empty, made)),
        loops=sum(map(is_repetitive, made)),
        copies=sum(s == h and bears_language(s) for s, h in zip(source, hypotheses, strict=True)),
        failed=sum(t.kind is TranslationKind.FAILED for _, row in results for t in row),
        tokens_per_second=sum(map(backend.count_tokens, source)) / max(seconds, 1e-9),
        hypotheses=tuple(hypotheses),
    )


def _lengths(source: Sequence[str]) -> dict[str, list[int]]:
    names = {(low, high): f"{low}-{high} words" if high else f"{low}+ words" for low, high in _LENGTHS}
    groups: dict[str, list[int]] = {name: [] for name in names.values()}
    for i, line in enumerate(source):
        words = max(1, len(line.split()))
        key = next(k for k in _LENGTHS if k[0] <= words and (k[1] is None or words <= k[1]))
        groups[names[key]].append(i)
    return groups


def _forms(source: Sequence[str]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {name: [] for name in (*FORMS, "ordinary")}
    for i, line in enumerate(source):
        groups[next((name for name, fits in FORMS.items() if fits(line.strip())), "ordinary")].append(i)
    return groups


def _compared(
    done: Sequence[Evaluation], reference: Sequence[str], metrics: dict[str, Any]
) -> list[Evaluation]:
    """Paired bootstrap resampling against the first model.

    Source: Koehn, "Statistical Significance Tests for Machine Translation Evaluation", EMNLP 2004; sacreBLEU's.
    """
    from sacrebleu.significance import PairedTest

    systems = [(f"{number}", list(one.hypotheses)) for number, one in enumerate(done)]
    test = PairedTest(systems, metrics, [list(reference)], test_type="bs", n_samples=_RESAMPLES)
    _, scores = test()
    values = {name: results for name, results in scores.items() if name != "System"}
    bleu, chrf = (next(v for k, v in values.items() if k.startswith(name)) for name in ("BLEU", "chrF"))
    return [
        # The test has no answer for a system that is the first one to the letter.
        replace(one, bleu_p=1.0, chrf_p=1.0)
        if number and one.hypotheses == done[0].hypotheses
        else replace(one, bleu_p=b.p_value, chrf_p=c.p_value)
        for number, (one, b, c) in enumerate(zip(done, bleu, chrf, strict=True))
    ]
