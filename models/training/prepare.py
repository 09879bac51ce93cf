"""From folders of text to what training reads: the pack, the pieces, and the networks that it starts from."""

from __future__ import annotations

import csv
import json
import lzma
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tosprog.models.languages import DIRECTIONS, Direction
from tosprog.models.training import (
    catalogues,
    corpora,
    forms,
    freedict,
    gloss,
    lexicon,
    names,
    parents,
    vocabulary,
)
from tosprog.models.training.corpora import Pair

PIECES = 12_541  # a side; two embedding tables of this size keep a direction at 60 MB as int8
_DEV_PAIRS = 150
_DEV_CORPORA = ("cdt", "debian-webwml-trimmed", "mozilla-www", "sentences")
_NAME_PAIRS = 40_000
_NAME_LISTS = 6_000
_WORLD_NAMES = 8_000
_MONO_LINES = {"da": 60_000, "en": 40_000}
_SWEDISH = "freedict-swe-eng.dict.dz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the data lies.

    Attributes:
        corpora: Folder of ``NAME.en-da.tsv.xz``, with ``mono/``.
        evaluation: Folder of evaluation text, which is kept out of the pairs.
        freedict: Folder of ``freedict-*.dict.dz``, or None.
        apertium: Folder of Apertium's language data, or None; needs ``freedict``.
        debs: Folder of Debian packages, or None.
    """

    corpora: Path
    evaluation: Path
    freedict: Path | None = None
    apertium: Path | None = None
    debs: Path | None = None


def lines_of(path: Path) -> list[str]:
    """The lines of a text, plain or ``.xz``, stripped."""
    packed = path.suffix == ".xz"
    with lzma.open(path, "rt", encoding="utf-8") if packed else path.open(encoding="utf-8") as file:
        return [line.strip() for line in file]


def mono_files(folder: Path, language: str) -> Iterator[list[str]]:
    """The lines of each corpus of prose in one language."""
    for path in sorted((folder / "mono").glob(f"*.{language}.txt.xz")):
        yield lines_of(path)


def own_pairs() -> Iterator[Pair]:
    """Words, headings and sentences, written for this project: a ``.tsv`` each, beside this file."""
    for name in ("everyday", "headings", "sentences"):
        with Path(__file__).with_name(f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, dialect="excel-tab", quoting=csv.QUOTE_NONE):
                yield Pair(row["english"], row["danish"], name)


def _dictionary_pairs(sources: Sources, real: list[Pair], prose: list[str]) -> Iterator[Pair]:
    if sources.freedict is None:
        return
    entries = list(freedict.read_entries(sources.freedict))
    yield from freedict.read_freedict(sources.freedict)
    attested = lexicon.words_of([*prose, *(pair.danish for pair in real)])
    yield from lexicon.inflected(entries, attested)
    if sources.apertium is not None:
        readings = forms.analyse(attested, sources.apertium)
        meanings = forms.meanings_of(entries)
        if (sources.freedict / _SWEDISH).is_file():
            meanings |= forms.by_swedish(readings, meanings, sources.apertium, sources.freedict / _SWEDISH)
        yield from forms.borne_out(forms.pairs_of(readings, meanings), real)


def make_pack(sources: Sources, pack: Path) -> None:
    """All pairs, cleaned, with their weights, as one file; prints what was kept and what each rule took."""
    held = corpora.Held.from_folder(sources.evaluation)
    real = list(corpora.read_corpora(sources.corpora))
    prose = [line for lines in mono_files(sources.corpora, "da") for line in lines]
    pairs = [*real, *own_pairs(), *_dictionary_pairs(sources, real, prose)]
    if sources.debs is not None:
        pairs += catalogues.read_packages(sources.debs)
    kept, dropped = corpora.clean(pairs, held)
    gathered = names.gather(prose, kept)
    renamed = list(names.substituted(kept, gathered))
    random.Random(1).shuffle(renamed)
    world = names.worldwide(_WORLD_NAMES, kept)
    own = [pair for pair in kept if pair.corpus == "sentences"]
    made = [*renamed[:_NAME_PAIRS], *names.listed(gathered, _NAME_LISTS), *names.listed(world, _NAME_LISTS)]
    made += [pair for seed in (1, 2, 3) for pair in names.substituted(own, world, "world names", seed)]
    kept += [p for p in made if not held.match(p.english) and not held.match(p.danish)]
    corpora.write_pack(kept, pack)
    print(json.dumps({"pairs": len(pairs), "kept": len(kept), "dropped": dict(dropped)}))


def _mono(sources: Sources, held: corpora.Held, language: str) -> list[str]:
    lines: list[str] = []
    for own in mono_files(sources.corpora, language):
        random.Random(1).shuffle(own)
        lines += own[: _MONO_LINES[language]]
    return [line for line in lines if not held.match(line)]


def _make_pieces(sources: Sources, rows: list[tuple[float, Pair]], work: Path, folder: Path) -> None:
    held = corpora.Held.from_folder(sources.evaluation)
    folder.mkdir(exist_ok=True)
    dice = random.Random(1)
    chosen = [pair for weight, pair in rows if dice.random() < 1.5 * weight]
    danish = [pair.danish for pair in chosen] + _mono(sources, held, "da")
    english = [pair.english for pair in chosen] + _mono(sources, held, "en")
    vocabulary.train_danish(danish, PIECES, folder / "da.spm")
    parent = work / "parents" / parents.PARENTS["da-en"]
    vocabulary.prune_parent(parent / "target.spm", english, PIECES, folder / "en.spm")


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


def _restore_starts(weights: Path, directions: Sequence[Direction], work: Path, pieces: Path) -> None:
    from tosprog.models.training import restore

    for direction in directions:
        own = weights / str(direction)
        restore.restore(direction, own).save_pretrained(work / "init" / str(direction))
        restore.copy_pieces(direction, own, pieces)


def prepare(
    sources: Sources, work: Path, start: Path | None = None, directions: Sequence[Direction] = DIRECTIONS
) -> None:
    """Pack, vocabularies and starting networks in ``work``, as far as they are not there yet.

    Args:
        sources: Where the data lies.
        work: The work folder.
        start: Folder of exported weights to go on from; without it the parents are fetched and transferred anew.
        directions: What will be trained.

    Raises:
        UsageError: ``start`` holds no sound weights.
    """
    work.mkdir(parents=True, exist_ok=True)
    pack, pieces = work / "pack.tsv.xz", work / "pieces"
    if not pack.exists():
        make_pack(sources, pack)
    wanted = [direction for direction in directions if not (work / "init" / str(direction)).exists()]
    if not wanted:
        return
    if start is not None:
        _restore_starts(start, wanted, work, pieces)
        return
    rows = corpora.read_pack(pack)
    parents.fetch_parents(work / "parents")
    if not (pieces / "en.spm").exists():
        _make_pieces(sources, rows, work, pieces)
    _make_starts(rows, work, pieces)


def training_rows(direction: Direction, work: Path) -> tuple[list[tuple[float, Pair]], list[Pair]]:
    """What the direction learns from, the synthetic pairs that teach it among them; and the dev pairs, held apart."""
    rows = corpora.read_pack(work / "pack.tsv.xz")
    for path in sorted((work / "synthetic").glob("*.tsv.xz")):
        rows += corpora.read_pack(path)
    prose = [pair for _, pair in rows if pair.corpus in _DEV_CORPORA] or [pair for _, pair in rows]
    dev = random.Random(7).sample(prose, min(_DEV_PAIRS, len(prose) // 2))
    apart = set(dev)
    return [row for row in corpora.rows_for(direction, rows) if row[1] not in apart], dev
