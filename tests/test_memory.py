"""The translation memory: what wins over what, what is like what, and a file that nothing is lost of."""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from tosprog.models.errors import InputError, OutputError, UsageError
from tosprog.models.languages import Direction
from tosprog.pipeline.memory import TranslationMemory, default_path
from tosprog.pipeline.memory_units import Added, Origin, Unit, iso_of, moment_of

TO_ENGLISH, TO_DANISH = Direction("da", "en"), Direction("en", "da")
OLD, NEW = "2020-01-01T00:00:00Z", "2024-05-01T12:00:00Z"


def unit(danish: str, english: str, origin: Origin = "tmx", changed: str = OLD, **rest: str) -> Unit:
    return Unit(danish=danish, english=english, origin=origin, changed=changed, **rest)


@pytest.fixture
def memory(tmp_path: Path) -> TranslationMemory:
    return TranslationMemory(tmp_path / "memory.sqlite")


def answer(memory: TranslationMemory, text: str, direction: Direction = TO_ENGLISH) -> tuple[str, str] | None:
    match = memory.exact([text], direction).get(text)
    return None if match is None else (match.kind, match.target)


def test_a_pair_answers_in_both_directions(memory: TranslationMemory) -> None:
    assert memory.add([unit("Huset er gult.", "The house is yellow.", creator="kim")]) == Added(new=1)
    (match,) = memory.exact(["Huset er gult."], TO_ENGLISH).values()
    assert (match.source, match.target) == ("Huset er gult.", "The house is yellow.")
    assert (match.score, match.kind, match.origin, match.creator, match.changed) == (
        1.0,
        "exact",
        "tmx",
        "kim",
        OLD,
    )
    assert answer(memory, "The house is yellow.", TO_DANISH) == ("exact", "Huset er gult.")
    assert answer(memory, "The house is yellow.") is None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("Et hus", "exact"),
        ("  Et \n\t hus ", "exact"),
        ("Et\xa0hus", "exact"),
        ("et hus", None),
        ("Et hus.", None),
        ("Ethus", None),
        ("Et hu", None),
        ("Blåbær", "exact"),
        ("Bla\u030ab\u00e6r", "exact"),  # as some systems write å
        ("", None),
        (" ", None),
        ("Et hus\udce6", None),
    ],
)
def test_what_is_the_same(memory: TranslationMemory, asked: str, expected: str | None) -> None:
    memory.add([unit("Et  hus", "A\n  house "), unit("Blåbær", "Blueberry")])
    found = answer(memory, asked)
    assert (found and found[0]) == expected
    assert found is None or found[1] in ("A house", "Blueberry")


def test_many_texts_at_once_come_back_in_their_order(memory: TranslationMemory) -> None:
    memory.add(unit(f"Tekst med navnet {chr(97 + i % 26)}{i}x", f"Text {i}") for i in range(2000))
    texts = [f"Tekst med navnet {chr(97 + i % 26)}{i}x" for i in reversed(range(0, 2000, 2))]
    found = memory.exact(["Ikke der", *texts, "Heller ikke"], TO_ENGLISH)
    assert list(found) == texts
    assert [match.target for match in found.values()] == [f"Text {i}" for i in reversed(range(0, 2000, 2))]


@pytest.mark.parametrize(
    ("units", "target"),
    [
        # A correction goes first, whenever and in whatever order it came.
        ([("x", "tmx", NEW), ("y", "review", OLD)], "y"),
        ([("y", "review", OLD), ("x", "tmx", NEW)], "y"),
        ([("x", "tmx", NEW), ("y", "cli", OLD)], "y"),
        # Of two corrections, or two imported units, the newer one.
        ([("x", "review", OLD), ("y", "cli", NEW)], "y"),
        ([("y", "cli", NEW), ("x", "review", OLD)], "y"),
        ([("y", "tmx", NEW), ("x", "tmx", OLD)], "y"),
        # Without dates, that which came last.
        ([("x", "tmx", ""), ("y", "tmx", "")], "y"),
        ([("y", "tmx", ""), ("x", "tmx", "")], "x"),
        ([("x", "cli", ""), ("y", "cli", ""), ("x", "cli", "")], "x"),
        # Of one date, the last in the alphabet: the same contents give the same answer.
        ([("x", "tmx", OLD), ("y", "tmx", OLD)], "y"),
        ([("y", "tmx", OLD), ("x", "tmx", OLD)], "y"),
        # The same pair again: as the correction, and as the newer one.
        ([("x", "tmx", OLD), ("y", "tmx", NEW), ("x", "review", OLD)], "x"),
        ([("x", "review", OLD), ("y", "tmx", NEW), ("x", "tmx", NEW)], "x"),
        ([("x", "tmx", OLD), ("y", "tmx", "2022-01-01T00:00:00Z"), ("x", "tmx", NEW)], "x"),
    ],
)
def test_what_wins(memory: TranslationMemory, units: list[tuple[str, Origin, str]], target: str) -> None:
    memory.add(unit("Hej", english, origin, changed) for english, origin, changed in units)
    assert answer(memory, "Hej") == ("exact", target)
    assert memory.fuzzy("Hej", TO_ENGLISH)[0].target == target
    for english, origin, changed in units:  # each by itself gives the same
        TranslationMemory(memory.path.with_name("other.sqlite")).add([unit("Hej", english, origin, changed)])
    assert answer(TranslationMemory(memory.path.with_name("other.sqlite")), "Hej") == ("exact", target)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("a", "b"), ("a", "b"), Added(known=1)),
        (("a", "b"), (" a ", "b\n"), Added(known=1)),
        (("a", "b"), ("a", "c"), Added(new=1, conflicts=1)),
        (("a", "b"), ("c", "b"), Added(new=1, conflicts=1)),
        (("a", "b"), ("c", "d"), Added(new=1)),
        (("a", "b", "tmx", OLD), ("a", "b", "tmx", NEW), Added(changed=1)),
        (("a", "b", "tmx", NEW), ("a", "b", "tmx", OLD), Added(known=1)),
        (("a", "b", "tmx", NEW), ("a", "b", "tmx", ""), Added(known=1)),
        (("a", "b", "tmx", ""), ("a", "b", "tmx", ""), Added(known=1)),
        (("a", "b", "cli", ""), ("a", "b", "cli", ""), Added(changed=1)),
        (("a", "b", "tmx", NEW), ("a", "b", "review", OLD), Added(changed=1)),
        (("a", "b", "review", OLD), ("a", "b", "tmx", NEW), Added(known=1)),
        # A correction is no conflict: it is meant to win.
        (("a", "b", "tmx", NEW), ("a", "c", "review", OLD), Added(new=1)),
        (("a", "b", "cli", NEW), ("a", "c", "review", OLD), Added(new=1, conflicts=1)),
    ],
)
def test_what_came_of_adding(
    memory: TranslationMemory, first: tuple[str, ...], second: tuple[str, ...], expected: Added
) -> None:
    memory.add([unit(*first)])  # type: ignore[arg-type]
    assert memory.add([unit(*second)]) == expected  # type: ignore[arg-type]
    assert memory.count() == 1 + expected.new


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("Side 12 af 1.500", "Page 12 of 1,500"),
        ("Side  12 af\n1.500", "Page 12 of 1,500"),
        ("Side 3 af 1.200", None),  # is there as it is
        ("side 12 af 1.500", None),
        ("Side 12 af 1.500.", None),
        ("1 år", None),
        ("12 år", "12 years"),
        ("Bind 7", "Volume 7"),
    ],
)
def test_matches_that_differ_in_numbers_are_told_as_such(
    memory: TranslationMemory, asked: str, target: str | None
) -> None:
    memory.add(
        [
            unit("Side 3 af 1.200", "Page 3 of 1,200"),
            unit("5 år", "5 years"),
            unit("Bind 1", "Volume one", changed=NEW),  # the newest has no place for the number
            unit("Bind 2", "Volume 2"),
            unit("12", "12"),
        ]
    )
    match = memory.exact([asked], TO_ENGLISH).get(asked)
    if target is None:
        assert match is None or match.kind == "exact"
    else:
        assert match is not None
        assert (match.kind, match.score, match.target) == ("numbers", 0.99, target)
        assert memory.search(asked, TO_ENGLISH)[0] == match


def test_a_correction_goes_first_among_those_that_differ_in_numbers(memory: TranslationMemory) -> None:
    memory.add([unit("Side 3", "Page 3", changed=NEW), unit("Side 4", "Sheet 4", "review")])
    assert answer(memory, "Side 12") == ("numbers", "Sheet 12")
    assert answer(memory, "Side 3") == ("exact", "Page 3")


HOUSES = (
    "Det gule hus ligger ved søen.",
    "Det røde hus ligger ved søen.",
    "Haven er grøn.",
    "Hus",
    "Huset",
    "Husene",
)


@pytest.mark.parametrize(
    ("text", "threshold", "limit", "expected"),
    [
        (HOUSES[0], 0.75, 5, [(1.0, HOUSES[0]), (26 / 29, HOUSES[1])]),
        (HOUSES[0], 0.75, 1, [(1.0, HOUSES[0])]),
        ("Det gule  hus\nligger ved  søen.", 0.95, 5, [(1.0, HOUSES[0])]),
        ("Det gule hus ligger ved skoven.", 0.85, 5, [(28 / 31, HOUSES[0])]),
        ("Huset", 0.5, 5, [(1.0, "Huset"), (4 / 6, "Husene"), (3 / 5, "Hus")]),
        ("Husets", 0.75, 5, [(5 / 6, "Huset")]),
        ("Noget helt andet, som ikke er her.", 0.5, 5, []),
        ("", 0.5, 5, []),
        ("?" * 40, 0.5, 5, []),
    ],
)
def test_fuzzy_matches(
    memory: TranslationMemory, text: str, threshold: float, limit: int, expected: list[tuple[float, str]]
) -> None:
    memory.add(unit(danish, f"en {i}") for i, danish in enumerate(HOUSES))
    found = memory.fuzzy(text, TO_ENGLISH, threshold, limit)
    assert [match.source for match in found] == [source for _, source in expected]
    assert [match.score for match in found] == pytest.approx([score for score, _ in expected])
    assert [match.kind for match in found] == ["exact" if score == 1 else "fuzzy" for score, _ in expected]


def test_of_equally_like_matches_the_correction_comes_first_then_the_newest(
    memory: TranslationMemory,
) -> None:
    memory.add(
        [unit("Huset", "a"), unit("Huset", "b", changed=NEW), unit("Huset", "c", "cli"), unit("Huset", "d")]
    )
    assert [match.target for match in memory.fuzzy("Husets", TO_ENGLISH)] == ["c", "b", "d", "a"]


def test_fuzzy_matches_follow_the_memory(memory: TranslationMemory) -> None:
    memory.add([unit("Huset", "a")])
    assert len(memory.fuzzy("Husets", TO_ENGLISH)) == 1
    other = TranslationMemory(memory.path)
    other.add([unit("Husene", "b")])
    assert [match.target for match in memory.fuzzy("Husets", TO_ENGLISH, 0.6)] == ["a", "b"]
    other.remove("Huset", TO_ENGLISH)
    assert [match.target for match in memory.fuzzy("Husets", TO_ENGLISH, 0.6)] == ["b"]


def test_fuzzy_misses_little(memory: TranslationMemory) -> None:
    """Against comparing with every unit, where some words are too common to find any by."""
    chance = random.Random(4)
    first, second = "hav sø by skov vej bro mark tag", "ne va ly ko ti sa"
    words = [a + b + c for a in first.split() for b in second.split() for c in ("gt", "rum", "sen", "s")]
    chance.shuffle(words)
    often = [1 / rank for rank in range(1, len(words) + 1)]  # as words are in any language
    texts = sorted({" ".join(chance.choices(words, often, k=chance.randint(1, 12))) for _ in range(5000)})
    memory.add(unit(text, f"en {i}") for i, text in enumerate(texts))
    missed = asked = 0
    for text in chance.sample(texts, 100):
        changed = text.split()
        (changed[chance.randrange(len(changed))],) = chance.choices(words, often)
        wanted = " ".join(changed)
        best = max(Levenshtein.normalized_similarity(wanted, one) for one in texts)
        if best >= 0.75:
            asked += 1
            found = memory.fuzzy(wanted, TO_ENGLISH, limit=1)
            missed += not found or found[0].score < best
    assert asked > 80
    assert missed <= 2


@pytest.mark.parametrize("threshold", [0, -1, 1.01])
def test_a_threshold_out_of_range(memory: TranslationMemory, threshold: float) -> None:
    with pytest.raises(UsageError, match="above 0 and at most 1"):
        memory.fuzzy("Hej", TO_ENGLISH, threshold)
    with pytest.raises(UsageError, match="1 or more"):
        memory.fuzzy("Hej", TO_ENGLISH, limit=0)


def test_removing(memory: TranslationMemory) -> None:
    empty = memory.checksum()
    memory.add(
        [unit("Hej", "Hi"), unit("Hej", "Hello"), unit("Havet er koldt om vinteren.", "The sea is cold.")]
    )
    assert memory.remove("hej", TO_ENGLISH) == 0
    assert memory.remove("Hej", TO_ENGLISH, "Hi there") == 0
    assert memory.remove(" Hej ", TO_ENGLISH, "Hi") == 1
    assert answer(memory, "Hej") == ("exact", "Hello")
    assert memory.remove("The sea is cold.", TO_DANISH) == 1
    assert memory.fuzzy("Havet er koldt om sommeren.", TO_ENGLISH, 0.5) == []
    assert memory.remove("Hej", TO_ENGLISH) == 1
    assert (memory.count(), memory.checksum()) == (0, empty)


def test_the_checksum_is_of_the_contents(tmp_path: Path) -> None:
    units = [unit("a", "b"), unit("c", "d", "review", NEW), unit("a", "e", creator="kim")]
    memories = [TranslationMemory(tmp_path / f"{i}.sqlite") for i in range(3)]
    memories[0].add(units)
    memories[1].add(reversed(units))
    for one in (units[2], unit("x", "y"), units[1], units[0], units[1]):
        memories[2].add([one])
    assert memories[2].checksum() != memories[0].checksum()
    memories[2].remove("x", TO_ENGLISH)
    assert len({memory.checksum() for memory in memories}) == 1
    seen = {memories[0].checksum()}
    for change in (
        unit("f", "g"),
        unit("a", "b", changed=NEW),
        unit("a", "b", "cli"),
        unit("f", "g", changed=NEW, creator="x"),
    ):
        memories[0].add([change])
        seen.add(memories[0].checksum())
    assert len(seen) == 5
    memories[0].add(units)
    assert memories[0].checksum() in seen  # what is known changes nothing


@given(st.lists(st.tuples(*[st.text(max_size=8)] * 4), max_size=6))
def test_units_come_back_as_they_went_in(tmp_path_factory: pytest.TempPathFactory, texts: list[Any]) -> None:
    path = tmp_path_factory.mktemp("memory") / "memory.sqlite"
    units = {
        (" ".join(danish.split()), " ".join(english.split())): unit(danish, english, state=state, note=note)
        for danish, english, state, note in texts
        if danish.strip() and english.strip()
    }
    memory = TranslationMemory(path)
    memory.add(units.values())
    found = list(TranslationMemory(path).units())
    assert [(one.danish, one.english) for one in found] == sorted((one.danish, one.english) for one in found)
    expected = [unit(u.danish.strip(), u.english.strip(), state=u.state, note=u.note) for u in units.values()]
    if len(found) == len(expected):  # two may be the same in composed letters
        assert sorted(found, key=repr) == sorted(expected, key=repr)
    else:
        assert len(found) < len(expected)
    assert memory.count() == len(found)
    for one in expected:
        assert one.danish in memory.exact([one.danish], TO_ENGLISH)


def test_units_are_read_while_others_are_added(memory: TranslationMemory) -> None:
    memory.add(unit(f"dansk {i:04}", "english") for i in range(1200))
    found: list[str] = []
    for one in memory.units():
        if not found:
            memory.add([unit("dansk 9999", "english")])
        found.append(one.danish)
    assert found[:1200] == [f"dansk {i:04}" for i in range(1200)]


def test_nothing_is_made_by_looking(memory: TranslationMemory) -> None:
    assert (memory.count(), memory.checksum(), memory.origins()) == (0, "0" * 32, {})
    assert (list(memory.units()), memory.exact(["Hej"], TO_ENGLISH), memory.fuzzy("Hej", TO_ENGLISH)) == (
        [],
        {},
        [],
    )
    assert memory.remove("Hej", TO_ENGLISH) == 0
    assert list(memory.path.parent.iterdir()) == []
    memory.add([])
    assert (memory.count(), memory.checksum()) == (0, "0" * 32)
    memory.path.unlink()
    assert memory.count() == 0


def test_all_units_or_none(memory: TranslationMemory) -> None:
    memory.add([unit("a", "b")])
    before = memory.checksum()

    def broken() -> Any:
        yield unit("c", "d")
        raise InputError("the file ends")

    with pytest.raises(InputError, match="the file ends"):
        memory.add(broken())
    with pytest.raises(UsageError, match="'i går' is no date; legal is ISO 8601"):
        memory.add([unit("c", "d"), unit("e", "f", changed="i går")])
    assert (memory.count(), memory.checksum()) == (1, before)
    assert memory.fuzzy("c", TO_ENGLISH) == []
    assert memory.add([unit("c", "d")]) == Added(new=1)


@pytest.mark.parametrize(
    ("danish", "english", "origin", "words"),
    [
        ("", "b", "tmx", "empty"),
        ("a", " \n", "tmx", "empty"),
        ("a", "b", "model", "tmx, review, cli"),
        ("a\udce6", "b", "cli", "is no text"),
    ],
)
def test_what_is_no_unit(danish: str, english: str, origin: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        unit(danish, english, origin)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2024-05-01T12:00:00Z", "2024-05-01T12:00:00Z"),
        ("2024-05-01T12:00:00", "2024-05-01T12:00:00Z"),
        ("2024-05-01T14:00:00+02:00", "2024-05-01T12:00:00Z"),
        ("2024-05-01", "2024-05-01T00:00:00Z"),
        ("2024-05-01T12:00:00.250000Z", "2024-05-01T12:00:00.250000Z"),
        ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
    ],
)
def test_dates(date: str, expected: str) -> None:
    assert iso_of(moment_of(date)) == expected


def _filled(path: Path) -> bytes:
    memory = TranslationMemory(path)
    memory.add(unit(f"dansk nummer {i} " * 20, f"english {i} " * 20) for i in range(2000))
    memory.close()
    return path.read_bytes()


@pytest.mark.parametrize("damage", ["cut", "scribble"])
def test_a_damaged_file_is_set_aside_and_said(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "memory.sqlite"
    for number, aside in enumerate(("memory.damaged", "memory.damaged-2")):
        data = _filled(path)
        broken = data[: len(data) // 2] if damage == "cut" else data[:100] + b"\xff" * (len(data) - 100)
        path.write_bytes(broken)
        memory = TranslationMemory(path)
        if number == 0:
            assert list(memory.units())[2000:] == []
            memory.exact([f"dansk nummer {i} " * 20 for i in range(2000)], TO_ENGLISH)
            memory.fuzzy("dansk nummer 3 " * 20, TO_ENGLISH)
        else:  # met by writing: said, and nothing is taken for done
            with pytest.raises(OutputError, match=r"was damaged .* nothing was written: do it again"):
                memory.add(unit(f"dansk nummer {i} " * 20, f"other {i}") for i in range(2000))
        assert ["was damaged (" in notice and aside in notice for notice in memory.notices] == [True]
        assert (tmp_path / aside).read_bytes() == broken
        assert memory.add([unit("a", "b")]) == Added(new=1)
        memory.close()
        path.unlink()


@pytest.mark.parametrize("data", [b"Hej " * 999, b"\0" * 5000, b"x"])
def test_a_file_that_is_no_memory_is_left_alone(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "essay.docx"
    path.write_bytes(data)
    memory = TranslationMemory(path)
    for use in (memory.count, lambda: memory.add([unit("a", "b")]), lambda: memory.exact(["a"], TO_ENGLISH)):
        with pytest.raises(InputError, match=r"essay.docx is no memory; name another file with --memory"):
            use()
    assert path.read_bytes() == data
    assert [one.name for one in tmp_path.iterdir()] == ["essay.docx"]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("CREATE TABLE units (a)", "is another program's database"),
        ("PRAGMA user_version = 2", "is a memory of another version of Tosprog"),
    ],
)
def test_another_database_is_left_alone(tmp_path: Path, statement: str, words: str) -> None:
    memory = TranslationMemory(tmp_path / "memory.sqlite")
    if "user_version" in statement:
        memory.add([unit("a", "b")])
        memory.close()
    with sqlite3.connect(memory.path) as file:
        file.execute(statement)
    file.close()
    before = memory.path.read_bytes()
    with pytest.raises(InputError, match=words):
        memory.count()
    with pytest.raises(InputError, match=words):
        memory.add([unit("c", "d")])
    assert memory.path.read_bytes() == before


def test_a_place_that_cannot_be_written_or_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"cannot write the memory .*file/memory.sqlite"):
        TranslationMemory(tmp_path / "file" / "memory.sqlite").add([unit("a", "b")])
    with pytest.raises(OutputError, match="cannot write the memory"):
        TranslationMemory(tmp_path).add([unit("a", "b")])
    with pytest.raises(InputError, match="cannot read the memory"):
        TranslationMemory(tmp_path).count()


def test_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOSPROG_MEMORY", raising=False)
    monkeypatch.setenv("TOSPROG_HOME", str(tmp_path))
    assert default_path() == TranslationMemory().path == tmp_path / "memory.sqlite"
    monkeypatch.setenv("TOSPROG_MEMORY", str(tmp_path / "other.sqlite"))
    assert TranslationMemory().path == tmp_path / "other.sqlite"


def _fill(path: str, start: int) -> None:
    memory = TranslationMemory(Path(path))
    for i in range(start, start + 60):
        memory.add([unit(f"dansk {i} x", f"english {i} x")])
        assert memory.exact([f"dansk {i} x"], TO_ENGLISH)
    assert not memory.notices


def test_processes_share_it(memory: TranslationMemory) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_fill, args=(str(memory.path), start)) for start in (0, 30, 60)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert memory.count() == len(list(memory.units())) == 120
    other = TranslationMemory(memory.path.with_name("other.sqlite"))
    other.add(memory.units())
    assert other.checksum() == memory.checksum()
