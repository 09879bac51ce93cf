"""Between memories and TMX files: whole or not at all, and nothing changed on the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from translate.storage.tmx import tmxfile

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import DecodingOptions, Hypothesis
from tosprog.models.cache import CachedBackend, HypothesisCache
from tosprog.models.errors import FormatError, InputError, OutputError
from tosprog.models.languages import Direction
from tosprog.pipeline.memory import TranslationMemory
from tosprog.pipeline.memory_exchange import export_cache, export_tmx, import_tmx
from tosprog.pipeline.memory_units import Added, Unit
from tosprog.pipeline.tmx import TmxFile

TO_ENGLISH, TO_DANISH = Direction("da", "en"), Direction("en", "da")
UNITS = [
    Unit(danish="Hej", english="Hello", origin="tmx", changed="2020-01-01T00:00:00Z", creator="kim"),
    Unit(danish="Hej", english="Hi", origin="review", changed="2024-01-01T00:00:00Z", state="final"),
    Unit(danish="Se <b>her</b>\nog der", english="See <b>here</b>\nand there", note="to\nlinjer",
         changed="2024-01-01T00:00:00Z"),
]  # fmt: skip


@pytest.fixture
def memory(tmp_path: Path) -> TranslationMemory:
    return TranslationMemory(tmp_path / "memory.sqlite")


def fresh(memory: TranslationMemory) -> TranslationMemory:
    return TranslationMemory(memory.path.with_name("other.sqlite"))


def tmx(
    path: Path, *pairs: tuple[str, ...], languages: tuple[str, ...] = ("da", "en"), end: str = "</tmx>"
) -> Path:
    units = "".join(
        "<tu>"
        + "".join(
            f'<tuv xml:lang="{code}"><seg>{text}</seg></tuv>'
            for code, text in zip(languages, pair, strict=True)
        )
        + "</tu>"
        for pair in pairs
    )
    path.write_text(
        f'<tmx version="1.4"><header srclang="*all*"/><body>{units}</body>{end}', encoding="utf-8"
    )
    return path


def test_out_and_in_again(memory: TranslationMemory, tmp_path: Path) -> None:
    memory.add(UNITS)
    path = tmp_path / "out" / "memory.tmx"
    assert export_tmx(memory, path) == 3
    other = fresh(memory)
    done = import_tmx(other, path)
    assert (done.added, done.units, done.without_pair, done.notices) == (Added(new=3, conflicts=1), 3, 0, ())
    assert list(other.units()) == sorted(
        (replace(one, origin="tmx") for one in UNITS), key=lambda one: one.danish
    )
    assert import_tmx(memory, path).added == Added(known=3)
    corrections = TranslationMemory(tmp_path / "third.sqlite")
    import_tmx(corrections, path, corrections=True)
    assert corrections.origins() == {"review": 3}


def test_what_is_imported_never_goes_before_a_correction(memory: TranslationMemory, tmp_path: Path) -> None:
    memory.add([Unit(danish="Hej", english="Hi", origin="review", changed="2001-01-01")])
    import_tmx(memory, tmx(tmp_path / "a.tmx", ("Hej", "Hello"), ("Hej", "Hey")))
    assert memory.exact(["Hej"], TO_ENGLISH)["Hej"].target == "Hi"


def test_the_same_memory_is_the_same_file(memory: TranslationMemory, tmp_path: Path) -> None:
    memory.add(UNITS)
    other = fresh(memory)
    other.add(reversed(UNITS))
    export_tmx(memory, tmp_path / "a.tmx")
    export_tmx(other, tmp_path / "b.tmx")
    assert (tmp_path / "a.tmx").read_bytes() == (tmp_path / "b.tmx").read_bytes()


def test_through_translate_toolkit_unchanged(memory: TranslationMemory, tmp_path: Path) -> None:
    memory.add(UNITS)
    path = tmp_path / "memory.tmx"
    export_tmx(memory, path)
    store = tmxfile.parsestring(path.read_bytes(), "da", "en")
    assert {(str(one.source), str(one.target)) for one in store.units} == {
        (u.danish, u.english) for u in UNITS
    }
    store.savefile(str(tmp_path / "again.tmx"))
    other = fresh(memory)
    import_tmx(other, tmp_path / "again.tmx")
    assert list(other.units()) == [replace(one, origin="tmx") for one in memory.units()]


def test_a_broken_file_adds_nothing(memory: TranslationMemory, tmp_path: Path) -> None:
    memory.add(UNITS)
    before = memory.checksum()
    pairs = [(f"dansk {i}", f"english {i}") for i in range(5000)]
    with pytest.raises(FormatError, match="mismatched tag"):
        import_tmx(memory, tmx(tmp_path / "a.tmx", *pairs, end="</tmy>"))
    assert (memory.count(), memory.checksum()) == (3, before)


def test_other_languages(memory: TranslationMemory, tmp_path: Path) -> None:
    path = tmx(tmp_path / "a.tmx", ("Hus", "Haus"), ("Have", "Garten"), languages=("da", "de"))
    with pytest.raises(FormatError, match=r"a.tmx: 2 of 2 units have no Danish-English pair: de"):
        import_tmx(memory, path)
    assert memory.count() == 0
    done = import_tmx(memory, tmx(path, ("Hus", "Haus", "House"), languages=("da", "de", "en")))
    assert (done.added, done.languages) == (Added(new=1), ())
    assert import_tmx(memory, tmx(path)).added == Added()


def test_what_is_blank_is_left_out_not_refused(memory: TranslationMemory, tmp_path: Path) -> None:
    done = import_tmx(memory, tmx(tmp_path / "a.tmx", ("Hus", " "), ("Hus", "House")))
    assert (done.added, done.notices) == (
        Added(new=1),
        ("1 of 2 units has a text that is empty or above 100,000 characters",),
    )


def test_what_models_have_answered(tmp_path: Path) -> None:
    cache = HypothesisCache(tmp_path)
    model = DoubleBackend(TO_ENGLISH)
    CachedBackend(model, cache).translate(["Huset", ""], DecodingOptions())
    cache.put("s", {"House": Hypothesis("Hus", -0.25)}, direction=TO_DANISH, model="other@1")
    assert export_cache(cache, tmp_path / "cache.tmx") == 2
    found = list(TmxFile(tmp_path / "cache.tmx"))
    assert [(one.source_language, one.source, one.target, one.creator) for one in found] == [
        ("da", "Huset", "[en] Huset", model.signature),
        ("en", "House", "Hus", "other@1"),
    ]
    assert found[1].properties == {"x-score": "-0.250"}


def test_a_file_that_cannot_be_written_or_read(memory: TranslationMemory, tmp_path: Path) -> None:
    memory.add(UNITS)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"cannot write .*file/a.tmx"):
        export_tmx(memory, tmp_path / "file" / "a.tmx")
    with pytest.raises(InputError, match="does not exist"):
        import_tmx(memory, tmp_path / "none.tmx")


def test_the_old_file_stays_where_the_new_one_fails(memory: TranslationMemory, tmp_path: Path) -> None:
    path = tmp_path / "a.tmx"
    path.write_text("old")
    memory.path.write_text("no memory")
    with pytest.raises(InputError, match="is no memory"):
        export_tmx(memory, path)
    assert path.read_text() == "old"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.tmx", "memory.sqlite"]
