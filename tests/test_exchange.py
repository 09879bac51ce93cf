"""Documents to translators and back: what nobody edited is what translate writes, and what cannot be used is said."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.errors import InputError, UsageError
from tosprog.models.languages import Direction
from tosprog.pipeline.document import TranslationKind
from tosprog.pipeline.exchange import (
    corrections,
    exchange_format_of,
    export_document,
)
from tosprog.pipeline.exchange_merge import Merged, merge_exchange
from tosprog.pipeline.exchange_units import (
    Exchange,
    ExchangeSegment,
    Name,
    State,
    read_ranges,
    tag_of,
    write_ranges,
)
from tosprog.pipeline.flow import process_document
from tosprog.pipeline.formats import read_document, write_document
from tosprog.pipeline.inline import TagKind, make_tag
from tosprog.pipeline.translate import TranslateOptions

TO_ENGLISH = TranslateOptions(target="en")
DA_EN = Direction("da", "en")
Texts = list[tuple[str, str]]  # a sentence, and how its middle words are marked up


def plain(texts: Texts) -> bytes:
    return "\r\n\r\n".join(text for text, _ in texts).encode()


def markdown(texts: Texts) -> bytes:
    return "\n\n".join(f"> {marked(text, mark, '**', '**')}\n> {text}" for text, mark in texts).encode()


def html(texts: Texts) -> bytes:
    lines = (
        f"<p>{marked(escape(text), mark, '<b>', '</b>')}<br>{escape(text)} {escape(text)}<hr>"
        for text, mark in texts
    )
    return f"<!DOCTYPE html>\n<html lang=da><title>x</title>{''.join(lines)}".encode()


def word(texts: Texts) -> bytes:
    document, data = docx.Document(), io.BytesIO()
    for text, mark in texts:
        paragraph = document.add_paragraph()
        for number, word in enumerate(text.split(" ")):
            run = paragraph.add_run((" " if number else "") + word)
            run.bold = bool(mark) and number in (2, 3)
        if mark == "break":
            paragraph.add_run().add_break()
        paragraph.add_run(f" {text}").italic = mark == "pair"
    document.core_properties.title = document.core_properties.comments = ""
    document.save(data)
    return data.getvalue()


def marked(text: str, mark: str, begin: str, end: str) -> str:
    words = text.split(" ")
    if mark:
        words[2] = begin + words[2]
        words[3] += end
    return " ".join(words)


MADE: dict[str, Callable[[Texts], bytes]] = {
    "a.txt": plain,
    "a.md": markdown,
    "a.html": html,
    "a.docx": word,
}
SENTENCES = (
    "Vi gik en lang tur langs vandet i går.",
    "Nobody asked the fishermen what they thought of it.",
    "Så drak vi varm kaffe på en lille café nær havnen.",
    "Se C:\\<x4/> og \\<g0> & \\\\</g0> i teksten, siger hun.",
    "De spiste 1.234,5 æbler på https://a.dk/b i aftes.",
    "Ligner det ${navn} eller %s i denne korte sætning?",
)
TEXTS = st.lists(
    st.tuples(st.sampled_from(SENTENCES), st.sampled_from(["", "pair", "break"])), min_size=1, max_size=5
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exchange")


def exported(folder: Path, data: bytes, path: str, suffix: str, exchange: Exchange | None = None) -> Path:
    exchange = exchange or export_document(data, path, DoubleBackend, TO_ENGLISH)
    file = folder / f"a{suffix}"
    file.write_bytes(exchange_format_of(file).write(exchange))
    return file


@pytest.mark.parametrize("suffix", [".xlf", ".po"])
@pytest.mark.parametrize("path", MADE)
@settings(max_examples=6, deadline=None)
@given(texts=TEXTS)
def test_what_nobody_edits_is_what_translate_writes(
    folder: Path, path: str, suffix: str, texts: Texts
) -> None:
    data = MADE[path]([*texts, (SENTENCES[0], "")])
    file = exported(folder, data, path, suffix)
    done = merge_exchange(file, data, path)
    wanted = process_document(read_document(data, path), DoubleBackend, TO_ENGLISH)
    assert write_document(done.document) == write_document(wanted.document)
    assert (done.faults, done.unused, done.changed) == ((), 0, 0)
    assert done.untranslated == wanted.counts[TranslationKind.FAILED]
    assert corrections(file) == []


def one(name: str, source: str, target: str = "", **more: Any) -> ExchangeSegment:
    found = Name.read(name)
    assert found is not None
    return ExchangeSegment(name=found, source=source, target=target, **more)


CHARACTERS = st.text(
    st.one_of(
        st.sampled_from("<>\\/gxwb019&\"'\n\t\r\x00\x0b\x1c\x7f\x85\u2028\ufdd0\ufdef\ufeff\uffff# "),
        st.characters(exclude_categories=["Cs"]),
    ),
    min_size=1,
    max_size=30,
)
TAGS = st.builds(make_tag, st.sampled_from(TagKind), st.integers(0, 20))
CODED = st.lists(st.one_of(CHARACTERS, TAGS), min_size=1, max_size=6).map("".join)


@pytest.mark.parametrize("suffix", [".xlf", ".po"])
@given(source=CODED, target=CODED, machine=CODED)
def test_every_text_comes_back(suffix: str, source: str, target: str, machine: str) -> None:
    exchange = Exchange(
        original='a \\ "b" <c>.md',
        sha256="00ff",
        direction=DA_EN,
        segments=(
            one("b1s1", source, target, state=State.REVIEWED, gap="\r\n> "),
            one("b1s2", source, is_kept=True, gap=source),
            one("b1s3", source, "", notes=("failed checks: length",)),
            one("b7s1", target, machine, state=State.TRANSLATED),
        ),
        machine={Name(1, 1): machine, Name(7, 1): machine},
        exported=frozenset({1, 3, 9, 10}),
        fields=("navn", "a: b"),
    )
    format = exchange_format_of(f"a{suffix}")
    assert format.read is not None
    (found,) = format.read(format.write(exchange))
    own = [segment for segment in exchange.segments if not segment.is_kept]
    assert [(s.name, s.source, s.target, s.state) for s in found.segments] == [
        (s.name, s.source, s.target, s.state) for s in own
    ]
    assert found == replace(exchange, segments=found.segments)
    assert not any(segment.fault for segment in found.segments)


def test_names_ranges_and_tags() -> None:
    for text in ("b0s1", "b1s0", "b1", "x", "b1s1s", "b1s-1", "b1234567890s1"):
        assert Name.read(text) is None
    assert write_ranges([5, 1, 2, 3]) == "1-3 5"
    assert read_ranges("1-3 5") == frozenset({1, 2, 3, 5})
    for text in ("", "x", "3-", "1-99999999", "1 2-"):
        assert read_ranges(text) is None
    assert tag_of("x4-2") == make_tag(TagKind.POINT, 4)
    assert [tag_of(text) for text in ("x", "y4", "g", "4", "x4-", "")] == [None] * 6
    assert tag_of("x4", closes=True) is None


def test_only_what_goes_into_the_language_is_exported() -> None:
    data = (
        b"Vi gik en lang tur langs vandet. Nobody asked what they thought of it. Det var rigtig koldt i dag."
    )
    there = export_document(data, "a.txt", DoubleBackend, TO_ENGLISH)
    back = export_document(data, "a.txt", DoubleBackend, TranslateOptions(target="da"))
    assert [(str(s.name), s.is_kept) for s in there.segments] == [
        ("b1s1", False),
        ("b1s2", True),
        ("b1s3", False),
    ]
    assert [(str(s.name), s.is_kept) for s in back.segments] == [
        ("b1s1", True),
        ("b1s2", False),
        ("b1s3", True),
    ]
    assert (str(there.direction), str(back.direction)) == ("da-en", "en-da")
    assert (there.exported, back.exported) == (frozenset({1, 3}), frozenset({2}))
    assert there.sha256 == hashlib.sha256(data).hexdigest()
    with pytest.raises(InputError, match=r"a\.txt has nothing to translate into English"):
        export_document(b"Nobody asked what they thought of it.", "a.txt", DoubleBackend, TO_ENGLISH)
    with pytest.raises(UsageError, match="--to"):
        export_document(data, "a.txt", DoubleBackend, TranslateOptions(target=None))


HTML = (
    "<p>Vi gik en <b>lang tur</b> langs vandet i går. Så drak vi varm kaffe på en <i>lille</i> café.</p>"
    "<p>Det var rigtig <b>koldt</b> i aftes.</p>"
).encode()
B1S1, B1S2, B2S1 = (
    "Vi gik en <b>lang tur</b> langs vandet i går.",
    "Så drak vi varm kaffe på en <i>lille</i> café.",
    "Det var rigtig <b>koldt</b> i aftes.",
)


def edited(folder: Path, suffix: str, edit: Callable[[tuple[ExchangeSegment, ...]], object]) -> Merged:
    exchange = export_document(HTML, "a.html", DoubleBackend, TO_ENGLISH)
    segments = edit(exchange.segments)
    assert isinstance(segments, tuple)
    file = exported(folder, HTML, "a.html", suffix, replace(exchange, segments=segments))
    return merge_exchange(file, HTML, "a.html")


def paragraphs(*texts: str) -> bytes:
    first, second, third = texts
    return f"<p>{first} {second}</p><p>{third}</p>".encode()


BEGIN, END = make_tag(TagKind.OPEN, 0), make_tag(TagKind.CLOSE, 0)
M1, M2, M3 = f"[en] {B1S1}", f"[en] {B1S2}", f"[en] {B2S1}"


@pytest.mark.parametrize("suffix", [".xlf", ".po"])
def test_what_a_person_wrote_stands_in_the_document(folder: Path, suffix: str) -> None:
    target = f"  It was very {BEGIN}cold & grey{END}\n last night. "
    done = edited(
        folder, suffix, lambda all_: (all_[0], all_[1], replace(all_[2], target=target, state=State.FINAL))
    )
    assert write_document(done.document) == paragraphs(
        M1, M2, "It was very <b>cold &amp; grey</b> last night."
    )
    assert (done.faults, done.unused, done.untranslated, done.changed) == ((), 0, 0, 1)
    assert corrections(folder / f"a{suffix}") == [
        ("Det var rigtig koldt i aftes.", "It was very cold & grey last night.", DA_EN)
    ]


def test_what_was_looked_over_is_a_correction_though_nothing_changed(folder: Path) -> None:
    edited(folder, ".xlf", lambda all_: (replace(all_[0], state=State.REVIEWED), *all_[1:]))
    assert corrections(folder / "a.xlf") == [
        ("Vi gik en lang tur langs vandet i går.", "[en] Vi gik en lang tur langs vandet i går.", DA_EN)
    ]


Segments = tuple[ExchangeSegment, ...]
BROKEN: dict[str, tuple[Callable[[Segments], Segments], str, int]] = {
    "lost a pair": (
        lambda s: (replace(s[0], target="We walked."), *s[1:]),
        "b1s1: its target has lost </g0>, <g0>; the machine translation stays",
        1,
    ),
    "a pair twice": (
        lambda s: (replace(s[0], target=f"{BEGIN}We{END} {BEGIN}walked{END}."), *s[1:]),
        "b1s1: its target has </g0>, <g0> too often; the machine translation stays",
        1,
    ),
    "a pair the wrong way round": (
        lambda s: (replace(s[0], target=f"{END}We{BEGIN} walked."), *s[1:]),
        "b1s1: its target closes <g0> before it opens it; the machine translation stays",
        1,
    ),
    "emptied": (
        lambda s: (replace(s[0], target=""), *s[1:]),
        "b1s1: its target is empty; the machine translation stays",
        1,
    ),
    "merged": (
        lambda s: (
            replace(s[0], source=f"{s[0].source} {s[1].source}", target=f"{s[0].target} {s[1].target}"),
            s[2],
        ),
        "unit b1: segments were merged or split by hand (b1s1, b1s2); each needs its own source and target",
        2,
    ),
    "split": (
        lambda s: (
            replace(s[0], source=s[0].source[:7]),
            s[1],
            replace(s[1], name=Name(1, 3), source=s[0].source[8:]),
            s[2],
        ),
        "unit b1: segments were merged or split by hand (b1s1, b1s3); each needs its own source and target",
        1,
    ),
    "a unit is gone": (lambda s: s[2:], "unit b1 is missing from the file", 2),
    "a segment is gone": (lambda s: s[1:], "segment b1s1 is missing from the file", 1),
    "of another document": (
        lambda s: (*s, replace(s[0], name=Name(9, 1))),
        "b9s1: the document has no such segment to translate: not used",
        1,
    ),
    "another source": (
        lambda s: (replace(s[0], source="Hunden sover."), *s[1:]),
        "b1s1: its source is 'Hunden sover.', that of the document 'Vi gik en lang tur langs vandet i går.'; it is "
        "of another document, or was changed",
        1,
    ),
    "twice": (lambda s: (s[0], s[0], *s[1:]), "b1s1 is there 2 times: none is used", 1),
}

# What was deleted has taken the machine's translation with it.
STAYS = {"merged": (M1, B1S2), "a unit is gone": (B1S1, B1S2), "a segment is gone": (B1S1, M2)}


@pytest.mark.parametrize("suffix", [".xlf", ".po"])
@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_be_used_is_said_and_the_rest_is_taken(folder: Path, suffix: str, case: str) -> None:
    edit, fault, unused = BROKEN[case]

    def and_another(segments: Segments) -> Segments:
        return tuple(
            replace(s, target=f"A {BEGIN}cold{END} night.") if s.name == Name(2, 1) else s
            for s in edit(segments)
        )

    first, second = STAYS.get(case, (M1, M2))
    done = edited(folder, suffix, and_another)
    assert done.faults == (fault,)
    assert write_document(done.document) == paragraphs(first, second, "A <b>cold</b> night.")
    assert (done.unused, done.changed) == (unused, 1)
    assert done.untranslated == (first == B1S1) + (second == B1S2)
