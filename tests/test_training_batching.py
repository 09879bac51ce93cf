"""Batches: every pair of an epoch once, of like length, the same whatever the number of processes."""

from __future__ import annotations

import random
import shutil
from itertools import islice
from pathlib import Path

import pytest

import tosprog.models
from tosprog.models.languages import parse_direction
from tosprog.models.training import vocabulary
from tosprog.models.training.batching import Batch, Cutter, epochs, shape_case
from tosprog.models.training.corpora import Pair
from tosprog.models.training.options import TrainingOptions

DA_EN = parse_direction("da-en")
PAIRS = [
    Pair(f"{noun} is {state}{tail}", f"{ting} er {tilstand}{hale}", "x")
    for noun, ting in (
        ("The house", "Huset"),
        ("The municipality", "Kommunen"),
        ("The library", "Biblioteket"),
    )
    for state, tilstand in (
        ("small", "lille"),
        ("hidden", "gemt"),
        ("threatened with closure", "lukningstruet"),
    )
    for tail, hale in ((".", "."), (", and nobody knows for how long.", ", og ingen ved hvor længe."))
]
ROWS = [(1.0, pair) for pair in PAIRS]


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled weights' own pieces."""
    folder = tmp_path_factory.mktemp("pieces")
    weights = Path(tosprog.models.__path__[0]) / "weights" / "da-en"
    shutil.copy(weights / "source.spm", folder / "da.spm")
    shutil.copy(weights / "target.spm", folder / "en.spm")
    return folder


def text_of(ids: list[int], code: str, pieces: Path) -> str:
    processor = vocabulary.load(pieces / f"{code}.spm")
    names = vocabulary.entries(processor)
    return str(processor.decode([names[number] for number in ids[:-1]]))


def taken(options: TrainingOptions, pieces: Path, count: int, first: int = 0) -> list[tuple[int, int, Batch]]:
    batches = epochs(ROWS, DA_EN, pieces, options, first)
    try:
        return list(islice(batches, count))
    finally:
        batches.close()


def test_an_epoch_has_every_pair_once_in_batches_that_fit(pieces: Path) -> None:
    options = TrainingOptions(batch_tokens=60)
    batches = [
        (sources, targets) for epoch, _, (sources, targets) in taken(options, pieces, 60) if epoch == 0
    ]
    for sources, targets in batches:
        longest = max(map(len, [*sources, *targets]))
        assert longest * len(sources) <= 60 or len(sources) == 1
    english = [text_of(ids, "en", pieces).lower().rstrip(".") for _, rows in batches for ids in rows]
    assert sorted(english) == sorted(pair.english.lower().rstrip(".") for pair in PAIRS)


def test_pairs_that_are_too_long_are_left_out(pieces: Path) -> None:
    batches = Cutter(DA_EN, pieces, TrainingOptions(max_tokens=9)).batches_of(PAIRS, "1")
    rows = [row for batch in batches for side in batch for row in side]
    assert 0 < len(rows) < 2 * len(PAIRS)
    assert max(map(len, rows)) <= 9


def test_loaders_change_nothing_but_the_speed(pieces: Path) -> None:
    alone = taken(TrainingOptions(batch_tokens=60), pieces, 40)
    assert taken(TrainingOptions(batch_tokens=60, loaders=2), pieces, 40) == alone
    assert {epoch for epoch, _, _ in alone} >= {0, 1, 2}
    places = [place for epoch, place, _ in alone if epoch == 1]
    assert places == list(range(len(places)))


def test_a_later_epoch_is_the_same_for_a_run_that_begins_with_it(pieces: Path) -> None:
    options = TrainingOptions(batch_tokens=60)
    whole = [batch for batch in taken(options, pieces, 40) if batch[0] == 1]
    assert taken(options, pieces, len(whole), first=1) == whole


def test_another_cut_spells_the_same_source_and_leaves_the_target(pieces: Path) -> None:
    plain, other = (
        Cutter(DA_EN, pieces, TrainingOptions(other_cuts=share)).batches_of(PAIRS, "1")
        for share in (0.0, 1.0)
    )

    def sides(batches: list[Batch], side: int) -> list[list[int]]:
        return sorted(row for batch in batches for row in batch[side])

    assert sides(other, 1) == sides(plain, 1)
    assert sides(other, 0) != sides(plain, 0)
    spelled = [sorted(text_of(row, "da", pieces) for row in sides(batches, 0)) for batches in (other, plain)]
    assert spelled[0] == spelled[1]


def test_pairs_take_the_shapes_that_users_type() -> None:
    def shapes(english: str, danish: str) -> set[tuple[str, str]]:
        dice = random.Random(1)
        return {shape_case(Pair(english, danish, "x"), dice) for _ in range(400)}

    assert shapes("welfare", "velfærd") == {("welfare", "velfærd"), ("Welfare", "Velfærd")}
    assert shapes("The road is long.", "Vejen er lang.") == {
        ("The road is long.", "Vejen er lang."),
        ("The road is long", "Vejen er lang"),
        ("THE ROAD IS LONG.", "VEJEN ER LANG."),
        ("The Road Is Long.", "Vejen er lang."),
        ("the road is long.", "vejen er lang."),
    }
