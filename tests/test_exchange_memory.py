"""What goes to a translator beside a translation: what the memory has that is like it; and a memory of a document."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from translate.storage.tmx import tmxfile
from translate.storage.xliff2 import Xliff2File

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.errors import UsageError
from tosprog.pipeline import exchange_po, exchange_tmx, exchange_xliff
from tosprog.pipeline.exchange import export_document, read_exchange, with_matches
from tosprog.pipeline.exchange_units import Exchange
from tosprog.pipeline.memory import TranslationMemory
from tosprog.pipeline.memory_units import Unit
from tosprog.pipeline.tmx import TmxFile
from tosprog.pipeline.translate import Toolbox, TranslateOptions

DATA = (
    "<p>Vi gik en <b>lang tur</b> langs vandet i går. Det var rigtig koldt & vådt.</p>"
    "<p>Det var rigtig koldt & vådt. Nobody asked the fishermen. Hun læste en bog.</p>"
).encode()
NEAR = Unit(danish="Vi gik en lang tur langs søen i går.", english='We went for a "long" walk <by> the lake.')
SAME = Unit(danish="Hun læste en bog.", english="She was reading a book.", origin="review")


@pytest.fixture
def exported(tmp_path: Path) -> Exchange:
    memory = TranslationMemory(tmp_path / "memory.sqlite")
    memory.add([NEAR, SAME, Unit(danish="Katten sover i kurven.", english="The cat sleeps in the basket.")])
    load = Toolbox(DoubleBackend, lambda _: None, memory)
    done = export_document(DATA, "a.html", load, TranslateOptions(target="en"))
    return with_matches(done, memory)


def test_what_is_like_a_segment_is_with_it(exported: Exchange) -> None:
    found = {str(one.name): [(m.source, m.target) for m in one.matches] for one in exported.segments}
    assert found["b1s1"] == [(NEAR.danish, NEAR.english)]
    assert all(
        not matches for name, matches in found.items() if name != "b1s1"
    )  # the same is no match, but used
    assert 0.75 < exported.segments[0].matches[0].score < 1


def test_a_quotation_is_looked_for_without_its_marks(tmp_path: Path) -> None:
    memory = TranslationMemory(tmp_path / "memory.sqlite")
    memory.add([NEAR])
    data = b"> Vi gik en lang\n> tur langs vandet\n> i g\xc3\xa5r.\n"
    done = export_document(data, "a.md", DoubleBackend, TranslateOptions(target="en"))
    ((match,),) = [one.matches for one in with_matches(done, memory).segments]
    (plain,) = memory.fuzzy("Vi gik en lang tur langs vandet i g\u00e5r.", done.direction)
    assert match == plain


def test_xliff_has_it_as_a_candidate(exported: Exchange) -> None:
    data = exchange_xliff.write(exported)
    matches = "{urn:oasis:names:tc:xliff:matches:2.0}"
    core = "{urn:oasis:names:tc:xliff:document:2.0}"
    first, second = list(ElementTree.fromstring(data).iter(f"{matches}match"))[:2]
    assert (first.get("type"), first.get("origin"), first.get("ref")) == ("mt", "tosprog", "#s1")
    assert (second.get("type"), second.get("origin"), second.get("ref")) == ("tm", "memory", "#s1")
    assert second.get("similarity") == f"{100 * exported.segments[0].matches[0].score:.2f}"
    assert (second.findtext(f"{core}source"), second.findtext(f"{core}target")) == (NEAR.danish, NEAR.english)
    # It is never taken for what the machine said, by us or after another tool wrote the file.
    store: Any = Xliff2File.parsestring(data)
    for text in (data, bytes(store)):
        [again] = exchange_xliff.read(text)
        assert again.machine == exported.machine


def test_po_has_it_in_a_comment(exported: Exchange) -> None:
    data = exchange_po.write(exported)
    share = f"{100 * exported.segments[0].matches[0].score:.0f}"
    target = NEAR.english.replace('"', '\\"')
    assert f'#. memory, {share} %: "{NEAR.danish}" is "{target}"\n' in data.decode()
    [again] = exchange_po.read(data)
    assert again.machine == exported.machine


def test_a_document_as_a_memory(exported: Exchange, tmp_path: Path) -> None:
    path = tmp_path / "a.tmx"
    path.write_bytes(exchange_tmx.write(exported))
    units = list(TmxFile(path))
    assert [(one.source, one.target, one.creator) for one in units] == [
        ("Vi gik en lang tur langs vandet i går.", "[en] Vi gik en lang tur langs vandet i går.", "tosprog"),
        ("Det var rigtig koldt & vådt.", "[en] Det var rigtig koldt & vådt.", "tosprog"),  # once
        (SAME.danish, SAME.english, "a translation memory"),
    ]
    assert {one.properties["x-document"] for one in units} == {"a.html"}
    other: Any = tmxfile(BytesIO(path.read_bytes()), "da", "en")
    assert [(one.source, one.target) for one in other.units] == [(one.source, one.target) for one in units]
    back = TranslationMemory(tmp_path / "back.sqlite")
    back.add(Unit(danish=one.source, english=one.target) for one in units)
    assert back.count() == 3


def test_a_memory_has_no_document_to_go_back_to(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a\.tmx does not say where .* type: tosprog memory import"):
        read_exchange(tmp_path / "a.tmx")
