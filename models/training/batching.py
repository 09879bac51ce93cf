"""Batches out of pairs: drawn by weight, shaped as users type, cut into pieces, sorted by length.

Free of torch, so that a process that loads text starts in a moment.
"""

from __future__ import annotations

import multiprocessing
import random
from collections import deque
from collections.abc import Generator, Iterator
from multiprocessing.pool import AsyncResult
from pathlib import Path

import sentencepiece as spm

from tosprog.models.languages import Direction
from tosprog.models.training import vocabulary
from tosprog.models.training.corpora import Pair
from tosprog.models.training.options import TrainingOptions

_HEADING_WORDS = 3
_POOL = 4000  # pairs that are sorted by length together, at least
_CUT_SHARPNESS = 0.4  # exponent on the probability of a way to cut: less is wilder

Rows = list[list[int]]
Batch = tuple[Rows, Rows]


def shape_case(pair: Pair, dice: random.Random) -> tuple[str, str]:
    """Now and then the pair as users type it: capitals, title case, no final stop; words as headings."""
    english, danish = pair.english, pair.danish
    chance = dice.random()
    if len(danish.split()) <= _HEADING_WORDS and english.islower() and danish.islower():
        # A dictionary has small letters, a heading of one word a capital.
        return (english.capitalize(), danish.capitalize()) if chance < 0.4 else (english, danish)
    if chance < 0.06 and english[-1:] == danish[-1:] == ".":
        english, danish = english[:-1], danish[:-1]
    elif chance < 0.08 and len(english) < 80:
        english, danish = english.upper(), danish.upper()
    elif chance < 0.10 and len(english) < 60:
        english, danish = english.title(), danish.capitalize()
    elif chance < 0.13 and english[:2].istitle() and danish[:2].istitle() and not english.startswith("I "):
        english, danish = english[0].lower() + english[1:], danish[0].lower() + danish[1:]
    return english, danish


def encoded(text: str, processor: spm.SentencePieceProcessor, ids: dict[str, int]) -> list[int]:
    """The network's ids of a text, ``</s>`` at the end."""
    return [ids.get(piece, 1) for piece in processor.encode(text, out_type=str)] + [0]


def _encoded_otherwise(text: str, processor: spm.SentencePieceProcessor, ids: dict[str, int]) -> list[int]:
    """The same for pieces that are drawn by their probability."""
    pieces = processor.encode(text, out_type=str, enable_sampling=True, alpha=_CUT_SHARPNESS, nbest_size=-1)
    return [ids.get(piece, 1) for piece in pieces] + [0]


class Cutter:
    """Makes batches of pairs: what a process needs to know for it.

    Attributes:
        pieces: SentencePiece models by language.
        ids: The network's numbers of their pieces, likewise.
    """

    def __init__(self, direction: Direction, pieces_folder: Path, options: TrainingOptions) -> None:
        self._direction = direction
        self._options = options
        self.pieces = {code: vocabulary.load(pieces_folder / f"{code}.spm") for code in ("da", "en")}
        self.ids = {
            code: {piece: number for number, piece in enumerate(vocabulary.entries(processor))}
            for code, processor in self.pieces.items()
        }

    def _row_of(self, pair: Pair, dice: random.Random) -> tuple[list[int], list[int]]:
        english, danish = shape_case(pair, dice)
        text = {"en": english, "da": danish}
        source, target = self._direction.source, self._direction.target
        cut = _encoded_otherwise if dice.random() < self._options.other_cuts else encoded
        return (
            cut(text[source], self.pieces[source], self.ids[source]),
            encoded(text[target], self.pieces[target], self.ids[target]),
        )

    def batches_of(self, pool: list[Pair], seed: str) -> list[Batch]:
        """Sorted by length within the pool, the batches shuffled."""
        dice = random.Random(seed)
        rows = [self._row_of(pair, dice) for pair in pool]
        rows = [row for row in rows if max(map(len, row)) <= self._options.max_tokens]
        rows.sort(key=lambda row: (len(row[1]), len(row[0])))
        batches: list[list[tuple[list[int], list[int]]]] = [[]]
        longest = 0
        for row in rows:
            longest = max(longest, *map(len, row))
            if batches[-1] and longest * (len(batches[-1]) + 1) > self._options.batch_tokens:
                batches.append([])
                longest = max(map(len, row))
            batches[-1].append(row)
        dice.shuffle(batches)
        return [([s for s, _ in batch], [t for _, t in batch]) for batch in batches if batch]


_cutter: Cutter  # of a loader process


def _start_loader(direction: Direction, pieces_folder: Path, options: TrainingOptions) -> None:
    global _cutter
    _cutter = Cutter(direction, pieces_folder, options)


def _load(task: tuple[list[Pair], str]) -> list[Batch]:
    return _cutter.batches_of(*task)


def _pools(
    rows: list[tuple[float, Pair]], options: TrainingOptions, epoch: int
) -> Iterator[tuple[list[Pair], str]]:
    """One epoch: pairs drawn by weight, in pools large enough to hold pairs of like lengths, with a seed each."""
    dice = random.Random(f"{options.seed}/{epoch}")
    drawn: list[Pair] = []
    for weight, pair in rows:
        drawn.extend([pair] * (int(weight) + (dice.random() < weight % 1)))
    dice.shuffle(drawn)
    size = max(_POOL, options.batch_tokens)
    for start in range(0, len(drawn), size):
        yield drawn[start : start + size], f"{options.seed}/{epoch}/{start}"


def epochs(
    rows: list[tuple[float, Pair]],
    direction: Direction,
    pieces_folder: Path,
    options: TrainingOptions,
    first: int,
) -> Generator[tuple[int, int, Batch], None, None]:
    """Batches without end, each with its epoch and its place there.

    Their pairs and their order are the same whatever the number of loaders; cuts that are drawn are not.
    """

    def tasks() -> Iterator[tuple[int, tuple[list[Pair], str]]]:
        epoch = first
        while True:
            for pool in _pools(rows, options, epoch):
                yield epoch, pool
            epoch += 1

    def numbered(done: Iterator[tuple[int, list[Batch]]]) -> Iterator[tuple[int, int, Batch]]:
        epoch, place = first, 0
        for number, batches in done:
            if number != epoch:
                epoch, place = number, 0
            for batch in batches:
                yield epoch, place, batch
                place += 1

    if options.loaders == 0:
        cutter = Cutter(direction, pieces_folder, options)
        yield from numbered((epoch, cutter.batches_of(*pool)) for epoch, pool in tasks())
        return
    # Spawned: a fork of a process that holds a GPU is broken.
    context = multiprocessing.get_context("spawn")
    with context.Pool(options.loaders, _start_loader, (direction, pieces_folder, options)) as loaders:
        ahead: deque[tuple[int, AsyncResult[list[Batch]]]] = deque()
        waiting = tasks()

        def results() -> Iterator[tuple[int, list[Batch]]]:
            while True:
                while len(ahead) < 2 * options.loaders:
                    epoch, pool = next(waiting)
                    ahead.append((epoch, loaders.apply_async(_load, (pool,))))
                epoch, result = ahead.popleft()
                yield epoch, result.get()

        yield from numbered(results())
