"""One command from corpora to weights: ``python -m tosprog.models.training --size day ...``.

Each step leaves its result in the work folder and is passed over when that is there; training resumes from its
last checkpoint. Delete a result to have it made again.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
from collections.abc import Iterator
from pathlib import Path

from tosprog.models.languages import DIRECTIONS, Direction
from tosprog.models.training import (
    backtranslate,
    corpora,
    freedict,
    gloss,
    lexicon,
    names,
    parents,
    vocabulary,
)
from tosprog.models.training.corpora import Pair
from tosprog.models.training.trainer import TrainingOptions, train

PIECES = 12_541  # a side; two embedding tables of this size keep a direction at 60 MB as int8
DEV_PAIRS = 150
_DEV_CORPORA = ("cdt", "debian-webwml-trimmed", "mozilla-www")
_NAME_PAIRS = 40_000
_SYNTHETIC_WEIGHT = 0.5
_MONO_LINES = {"da": 60_000, "en": 40_000}

# What a run of each size does; `accelerator` is for a GPU with 40 GB or more.
SIZES: dict[str, TrainingOptions] = {
    "smoke": TrainingOptions(steps=20, minutes=5, batch_tokens=200, warmup=5),
    "day": TrainingOptions(minutes=600, batch_tokens=1000),
    "accelerator": TrainingOptions(
        minutes=25,
        batch_tokens=24_000,
        learning_rate=5e-4,
        warmup=500,
        freeze="none",
        dropout=0.1,
        save_minutes=3,
    ),
}


def _mono_files(folder: Path, language: str) -> Iterator[list[str]]:
    for path in sorted((folder / "mono").glob(f"*.{language}.txt.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as file:
            yield [line.strip() for line in file]


def _mono(folder: Path, held: corpora.Held, language: str) -> list[str]:
    lines: list[str] = []
    for own in _mono_files(folder, language):
        random.Random(1).shuffle(own)
        lines += own[: _MONO_LINES[language]]
    return [line for line in lines if not held.match(line)]


def prepare(arguments: argparse.Namespace, work: Path) -> None:
    """Pack, vocabularies and starting networks, as far as they are not there yet."""
    held = corpora.Held.from_folder(arguments.eval)
    pack = work / "pack.tsv.xz"
    if not pack.exists():
        pairs = list(corpora.read_corpora(arguments.corpora))
        prose = [line for lines in _mono_files(arguments.corpora, "da") for line in lines]
        if arguments.freedict:
            pairs += freedict.read_freedict(arguments.freedict)
            attested = lexicon.words_of([*prose, *(pair.danish for pair in pairs)])
            pairs += lexicon.inflected(list(freedict.read_entries(arguments.freedict)), attested)
        kept, dropped = corpora.clean(pairs, held)
        renamed = list(names.substituted(kept, names.gather(prose, kept)))
        random.Random(1).shuffle(renamed)
        kept += [p for p in renamed[:_NAME_PAIRS] if not held.match(p.english) and not held.match(p.danish)]
        corpora.write_pack(kept, pack)
        print(json.dumps({"pairs": len(pairs), "kept": len(kept), "dropped": dict(dropped)}))
    rows = corpora.read_pack(pack)
    folder = work / "pieces"
    parents.fetch_parents(work / "parents")
    if not (folder / "en.spm").exists():
        folder.mkdir(exist_ok=True)
        dice = random.Random(1)
        chosen = [pair for weight, pair in rows if dice.random() < 1.5 * weight]
        danish = [pair.danish for pair in chosen] + _mono(arguments.corpora, held, "da")
        english = [pair.english for pair in chosen] + _mono(arguments.corpora, held, "en")
        vocabulary.train_danish(danish, PIECES, folder / "da.spm")
        parent = work / "parents" / parents.PARENTS["da-en"]
        vocabulary.prune_parent(parent / "target.spm", english, PIECES, folder / "en.spm")
    if not all((work / "init" / str(direction)).exists() for direction in DIRECTIONS):
        _make_starts(rows, work, folder)


def _make_starts(rows: list[tuple[float, Pair]], work: Path, pieces: Path) -> None:
    from tosprog.models.training import transfer

    chosen = gloss.sample(rows, 25_000)
    parent = work / "parents" / parents.PARENTS["en-da"]
    french = gloss.translate_to_french(chosen, parent, work / "en-fr")
    old = vocabulary.load(parent / "target.spm")
    table = transfer.gloss_table([p.danish for p in chosen], french, vocabulary.load(pieces / "da.spm"), old)
    for direction in DIRECTIONS:
        origin = work / "parents" / parents.PARENTS[str(direction)]
        transfer.build(direction, origin, pieces, table).save_pretrained(work / "init" / str(direction))


def back_translate(arguments: argparse.Namespace, work: Path) -> None:
    """Puts ``--back-translate`` sentences of each language's prose into the other, as far as not yet done."""
    from tosprog.models.registry import load_backend

    held = corpora.Held.from_folder(arguments.eval)
    for direction in DIRECTIONS:
        real = direction.source
        lines = [line for own in _mono_files(arguments.corpora, real) for line in own]
        chosen = backtranslate.sentences_of(lines, held, real)[: arguments.back_translate]
        out = work / "synthetic" / f"{real}.tsv"
        out.parent.mkdir(exist_ok=True)
        backend = load_backend(direction, str(arguments.weights / str(direction)), threads=arguments.threads)
        backtranslate.back_translate(chosen, backend, out)


def _rows_for(direction: Direction, work: Path) -> list[tuple[float, Pair]]:
    """The pack, and what was back-translated from prose of the language that the direction writes."""
    rows = corpora.read_pack(work / "pack.tsv.xz")
    synthetic = work / "synthetic" / f"{direction.target}.tsv"
    if synthetic.exists():
        rows += [(_SYNTHETIC_WEIGHT, pair) for pair in backtranslate.read_pairs(synthetic, direction.target)]
    return rows


def _train(direction: Direction, options: TrainingOptions, work: Path, weights: Path | None) -> None:
    rows = _rows_for(direction, work)
    prose = [pair for _, pair in rows if pair.corpus in _DEV_CORPORA] or [pair for _, pair in rows]
    dev = random.Random(7).sample(prose, min(DEV_PAIRS, len(prose) // 2))
    apart = set(dev)
    rows = [row for row in rows if row[1] not in apart]
    run = work / "runs" / str(direction)
    train(direction, work / "init" / str(direction), work / "pieces", rows, dev, run, options)
    if weights is not None:
        from tosprog.models.training.export import export

        export(run / "last", work / "pieces", direction, weights / str(direction))


def main() -> None:
    """Parses the arguments and makes both directions, or the one that is named."""
    from dataclasses import replace

    parser = argparse.ArgumentParser(prog="python -m tosprog.models.training", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of *.en-da.tsv.xz, with mono/")
    parser.add_argument(
        "--eval", type=Path, required=True, help="evaluation text, kept out of the training data"
    )
    parser.add_argument(
        "--freedict", type=Path, help="folder of freedict-*.dict.dz (Debian: dict-freedict-dan-eng)"
    )
    parser.add_argument("--work", type=Path, required=True, help="folder for results and checkpoints")
    parser.add_argument("--size", choices=SIZES, default="day")
    parser.add_argument("--minutes", type=float, help="bound on each direction's training")
    parser.add_argument("--direction", choices=[str(d) for d in DIRECTIONS], help="default: both, one by one")
    parser.add_argument(
        "--threads", type=int, help="of torch; with one thread each, both directions share a machine"
    )
    parser.add_argument("--weights", type=Path, help="export to this folder, such as models/weights")
    parser.add_argument(
        "--back-translate",
        type=int,
        metavar="N",
        default=0,
        help="first put N sentences of prose a language into the other, with the models in --weights",
    )
    arguments = parser.parse_args()
    if arguments.back_translate and arguments.weights is None:
        parser.error("--back-translate needs --weights, a folder with da-en and en-da")
    work: Path = arguments.work
    work.mkdir(parents=True, exist_ok=True)
    prepare(arguments, work)
    if arguments.threads:
        import torch

        torch.set_num_threads(arguments.threads)
    if arguments.back_translate:
        back_translate(arguments, work)
    options = SIZES[arguments.size]
    if arguments.minutes:
        options = replace(options, minutes=arguments.minutes)
    for direction in DIRECTIONS:
        if arguments.direction in (None, str(direction)):
            _train(direction, options, work, arguments.weights)


if __name__ == "__main__":
    main()
