"""The cache of hypotheses: exact, shared, bounded, and never in the way."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from pathlib import Path

import pytest

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import Backend, DecodingOptions, Hypothesis
from tosprog.models.cache import CachedBackend, HypothesisCache
from tosprog.models.languages import Direction

TO_ENGLISH, TO_DANISH = Direction("da", "en"), Direction("en", "da")
ALIGNED = Hypothesis("the house", -0.123456789012345, ((0.1, 0.9), (1 / 3, 2 / 3)))


class Counting(DoubleBackend):
    """Keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(TO_ENGLISH)
        self.asked: list[str] = []

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        self.asked += texts
        return super().translate(texts, options)


def test_a_text_is_asked_once_for_each_way_of_decoding(tmp_path: Path) -> None:
    model = Counting()
    cached = CachedBackend(model, HypothesisCache(tmp_path))
    assert isinstance(cached, Backend)
    texts = ["Huset", "Haven", "Huset", ""]
    first = cached.translate(texts, DecodingOptions())
    assert first == model.translate(texts, DecodingOptions())
    model.asked.clear()
    again = CachedBackend(model, cache := HypothesisCache(tmp_path))
    assert again.translate([*texts, "Ny\udce6"], DecodingOptions(batch_tokens=7))[:4] == first
    assert model.asked == ["Ny\udce6"]
    assert (cache.hits, cache.misses) == (3, 1)
    for other in (DecodingOptions(beam_size=1), DecodingOptions(hypotheses=2)):
        model.asked.clear()
        again.translate(["Huset"], other)
        assert model.asked == ["Huset"]


@pytest.mark.parametrize(
    "one",
    [
        ALIGNED,
        Hypothesis("", 0.0),
        Hypothesis("x", -1.5, ()),
        Hypothesis("", 0.0, ((),)),
        Hypothesis("hus", -0.1, others=(Hypothesis("huse", -1 / 3), ALIGNED, Hypothesis("", -2.0))),
        Hypothesis("", -0.1, others=(Hypothesis("\udce6", -0.2),)),
    ],
)
def test_what_comes_back_is_what_went_in(tmp_path: Path, one: Hypothesis) -> None:
    HypothesisCache(tmp_path).put("s", {"huset": one})
    assert HypothesisCache(tmp_path).get("s", ["huset", "haven"]) == {"huset": one}
    assert HypothesisCache(tmp_path).get("other", ["huset"]) == {}


def test_rows_know_their_direction_and_model(tmp_path: Path) -> None:
    cache = HypothesisCache(tmp_path)
    assert list(cache.rows()) == []
    model = DoubleBackend(TO_ENGLISH)
    CachedBackend(model, cache).translate(["Huset", "Haven"], DecodingOptions())
    CachedBackend(DoubleBackend(TO_DANISH), cache).translate(["House"], DecodingOptions(beam_size=1))
    cache.put("s", {"no one's": ALIGNED})
    (score,) = {one.score for one in model.translate(["Huset"], DecodingOptions())}
    expected = [
        (TO_ENGLISH, model.signature, "Huset", "[en] Huset", score),
        (TO_ENGLISH, model.signature, "Haven", "[en] Haven", score),
        (TO_DANISH, DoubleBackend(TO_DANISH).signature, "House", "[da] House", score),
    ]
    assert list(HypothesisCache(tmp_path).rows()) == expected


def test_more_rows_than_are_read_at_once(tmp_path: Path) -> None:
    cache = HypothesisCache(tmp_path)
    many = {f"text {i}": Hypothesis(f"tekst {i}", -1.0) for i in range(1201)}
    cache.put("s", many, direction=TO_DANISH, model="m")
    assert list(cache.rows()) == [(TO_DANISH, "m", text, one.text, -1.0) for text, one in many.items()]


@pytest.mark.parametrize("damage", ["cut", "scribble", "text"])
def test_a_damaged_file_is_set_aside_and_said(tmp_path: Path, damage: str) -> None:
    cache = HypothesisCache(tmp_path)
    cache.put("s", {f"text {i}": Hypothesis(f"tekst {i} " * 20, -1.0) for i in range(2000)})
    cache.close()
    data = cache.path.read_bytes()
    cache.path.write_bytes(
        {
            "cut": data[: len(data) // 2],
            "scribble": data[:100] + b"\xff" * (len(data) - 100),
            "text": b"Hej " * 99,
        }[damage]
    )
    again = HypothesisCache(tmp_path)
    assert len(again.get("s", [f"text {i}" for i in range(2000)])) < 2000
    again.put("s", {"huset": ALIGNED})
    assert again.get("s", ["huset"]) == {"huset": ALIGNED}
    assert ["damaged" in notice for notice in again.notices] == [True]
    assert (tmp_path / "hypotheses-3.damaged").is_file()


def test_files_of_earlier_formats_go(tmp_path: Path) -> None:
    for name in ("hypotheses-2.sqlite", "hypotheses-2.sqlite-wal", "other.sqlite"):
        (tmp_path / name).write_bytes(b"Hej")
    HypothesisCache(tmp_path).close()
    assert {path.name for path in tmp_path.iterdir()} == {"hypotheses-3.sqlite", "other.sqlite"}


def test_a_place_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    model = Counting()
    cached = CachedBackend(model, cache := HypothesisCache(tmp_path / "file" / "cache"))
    assert cached.translate(["Huset"], DecodingOptions())[0].text == "[en] Huset"
    assert len(cache.notices) == 1
    assert "going on without it" in cache.notices[0]


def test_it_stays_small_and_the_newest_stay(tmp_path: Path) -> None:
    cache = HypothesisCache(tmp_path, max_bytes=200_000)
    for start in range(0, 5000, 100):
        cache.put("s", {f"text {i}": Hypothesis("tekst " * 20, -1.0) for i in range(start, start + 100)})
    cache.close()
    assert cache.path.stat().st_size <= 220_000
    again = HypothesisCache(tmp_path, max_bytes=200_000)
    assert len(again.get("s", [f"text {i}" for i in range(4900, 5000)])) == 100
    assert again.get("s", ["text 0"]) == {}


def _fill(folder: str, start: int) -> None:
    cache = HypothesisCache(Path(folder))
    for i in range(start, start + 200):
        cache.put("s", {f"text {i}": Hypothesis(str(i), -1.0)})
    assert not cache.notices


def test_processes_share_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_fill, args=(str(tmp_path), start)) for start in (0, 100, 200)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    found = HypothesisCache(tmp_path).get("s", [f"text {i}" for i in range(400)])
    assert len(found) == 400
