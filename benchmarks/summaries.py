"""ROUGE of one-sentence summaries against lead, random and sumy's LexRank.

    python benchmarks/summaries.py ../shared/eval/scitldr-A.test.jsonl

Each line of the data is an object with `source` (the sentences of a text) and `target` (its reference
summaries). A text's score is that of the reference it fits best, as in the SciTLDR paper (Cachola et al.
2020); the table gives means. Needs `pip install rouge-score sumy`, for this file only.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from rouge_score.rouge_scorer import RougeScorer

from tosprog.pipeline.document import Block, BlockKind, Segment
from tosprog.pipeline.summarize import SummaryOptions, summarize

MEASURES = ("rouge1", "rouge2", "rougeL")
Pick = Callable[[Sequence[str]], str]


def tosprog(sentences: Sequence[str]) -> str:
    block = Block(BlockKind.PARAGRAPH, " ".join(sentences))
    segments = [Segment(" ".join(sentence.split()), " ", "en") for sentence in sentences]
    return summarize([(block, segments)], SummaryOptions(sentences=1)).text


def lead(sentences: Sequence[str]) -> str:
    return sentences[0]


def random_picker(seed: int) -> Pick:
    return random.Random(seed).choice


def lexrank() -> Pick | None:
    """sumy's LexRank on the same sentences, its own stemmer and stop words; None where it is missing."""
    try:
        from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
        from sumy.nlp.stemmers import Stemmer
        from sumy.summarizers.lex_rank import LexRankSummarizer
    except ImportError:
        return None
    from sumy.utils import get_stop_words

    class Words:
        def to_words(self, text: str) -> list[str]:
            return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text)

    summarizer = LexRankSummarizer(Stemmer("english"))
    summarizer.stop_words = get_stop_words("english")

    def pick(sentences: Sequence[str]) -> str:
        document = ObjectDocumentModel([Paragraph([Sentence(text, Words()) for text in sentences])])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # it divides by 0 on a text of one sentence
            return " ".join(str(sentence) for sentence in summarizer(document, 1))

    return pick


def measure(
    texts: Sequence[dict[str, list[str]]], pick: Pick, scorer: RougeScorer
) -> tuple[np.ndarray, float]:
    """Scores, one row a text, and the seconds that picking took."""
    rows = []
    spent = 0.0
    for text in texts:
        start = time.perf_counter()
        summary = pick(text["source"])
        spent += time.perf_counter() - start
        scores = [scorer.score(target, summary) for target in text["target"]]
        rows.append([max(score[name].fmeasure for score in scores) * 100 for name in MEASURES])
    return np.array(rows), spent


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--random-runs", type=int, default=5)
    arguments = parser.parse_args()
    lines = arguments.data.read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line) for line in lines]
    scorer = RougeScorer(MEASURES, use_stemmer=True)
    systems: dict[str, tuple[np.ndarray, float]] = {"tosprog": measure(texts, tosprog, scorer)}
    systems["lead-1"] = measure(texts, lead, scorer)
    runs = [measure(texts, random_picker(seed), scorer) for seed in range(arguments.random_runs)]
    systems[f"random, mean of {len(runs)}"] = (np.mean([run[0] for run in runs], axis=0), runs[0][1])
    other = lexrank()
    if other is not None:
        systems["LexRank (sumy)"] = measure(texts, other, scorer)
    ours = systems["tosprog"][0]
    draws = np.random.default_rng(0).integers(len(texts), size=(1000, len(texts)))
    print("| system | ROUGE-1 | ROUGE-2 | ROUGE-L | tosprog's lead in ROUGE-L, 95 % | ms a text |")
    print("|---|---|---|---|---|---|")
    for name, (rows, spent) in systems.items():
        low, high = np.percentile((ours - rows)[:, 2][draws].mean(axis=1), [2.5, 97.5])
        margin = "" if name == "tosprog" else f"{low:+.1f} to {high:+.1f}"
        cells = " | ".join(f"{value:.1f}" for value in rows.mean(axis=0))
        print(f"| {name} | {cells} | {margin} | {spent / len(texts) * 1000:.1f} |")
    print(f"\n{len(texts)} texts.")


if __name__ == "__main__":
    main()
