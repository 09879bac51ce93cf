"""Subtitles: what a block is, how a new text is dealt out, and that nothing else changes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.errors import FormatError
from tosprog.pipeline.document import BlockKind, Document
from tosprog.pipeline.flow import process_document
from tosprog.pipeline.format_subtitles import looks_like, read, write
from tosprog.pipeline.inline import TAG, TagKind, make_tag, read_tag, without_tags
from tosprog.pipeline.translate import TranslateOptions

SRT = (
    "1\n00:00:01,000 --> 00:00:03,000\n{\\an8}I går gik vi en lang tur\nned til havnen,\n\n"
    "2\n00:00:03,200 --> 00:00:05,000\nhvor skibene lå\nog ventede på os.\n\n"
    "3\n00:00:05,100 --> 00:00:07,000\n- Hvor er du?\n- Jeg er <i>hjemme</i> hos Anna.\n\n"
    "4\n00:00:08,000 --> 00:00:09,000\n<i>Hun sagde, at hun</i>\n\n"
    "5\n00:00:09,100 --> 00:00:10,000\n<i>aldrig ville komme tilbage.</i>\n\n"
    "6\n00:00:10,100 --> 00:00:11,000\n[musik]\n\n"
    "7\n00:00:11,100 --> 00:00:12,000\n♪\n\n"
    "8\n00:00:15,100 --> 00:00:16,000\nAll of this is English & it is < fine.\n"
)
VTT = (
    "WEBVTT - dansk\nKind: captions\nLanguage: da-DK\n\nSTYLE\n::cue { color: lime }\n\n"
    "NOTE Dette er en note\nmed to linjer\n\n"
    "intro\n00:01.000 --> 00:03.000 align:start position:10%\n"
    "<v Anna>I går gik vi &amp; hunden en <00:02.000>lang tur\n\n"
    "00:03.200 --> 00:05.000\n<v Anna>ned til <b>havnen</b> i byen.\n\n"
    "2\n00:10.000 --> 00:12.000 line:0\nVi <c.gul>ved</c> ikke, hvad der sker.\n"
)
_MARKS = dict(zip(TagKind, "<>.#|", strict=True))


def _shown_tag(match: re.Match[str]) -> str:
    kind, number = read_tag(match[0])
    return f"{{{_MARKS[kind]}{number}}}"


def shown(text: str) -> str:
    """The text with each tag as a mark and its number: ``{<0}``."""
    return TAG.sub(_shown_tag, text)


def unshown(text: str) -> str:
    kinds = {mark: kind for kind, mark in _MARKS.items()}
    return re.sub(r"\{([<>.#|])(\d+)\}", lambda match: make_tag(kinds[match[1]], int(match[2])), text)


def cue(number: int, text: str, start_s: int, end_s: int) -> str:
    return f"{number}\n00:00:{start_s:02d},000 --> 00:00:{end_s:02d},000\n{text}\n\n"


def srt(*texts: str, pause_s: int = 1) -> str:
    """Cues of one second each."""
    return "".join(cue(i + 1, text, i * (1 + pause_s), i * (1 + pause_s) + 1) for i, text in enumerate(texts))


def blocks(text: str) -> list[str]:
    document = read(text.encode())
    assert all(block.kind is BlockKind.PARAGRAPH for block in document.blocks)
    return [shown(block.text) for block in document.blocks]


def rewritten(source: str, *texts: str) -> str:
    document = read(source.encode())
    new = tuple(replace(b, text=unshown(text)) for b, text in zip(document.blocks, texts, strict=True))
    return write(replace(document, blocks=new)).decode()


def test_blocks_of_subrip() -> None:
    assert blocks(SRT) == [
        "I går gik vi en lang tur ned til havnen, {.0}hvor skibene lå og ventede på os.",
        "Hvor er du?{|0}Jeg er {<1}hjemme{>1} hos Anna.",
        "Hun sagde, at hun {.0}aldrig ville komme tilbage.",
        "[musik]",
        "All of this is English & it is < fine.",
    ]


def test_blocks_of_webvtt() -> None:
    assert blocks(VTT) == [
        "I går gik vi & hunden en {.0}lang tur {.1}ned til {<2}havnen{>2} i byen.",
        "Vi {<0}ved{>0} ikke, hvad der sker.",
    ]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Han går.", "Hun står."], ["Han går.", "Hun står."]),
        (["Han går", "og står."], ["Han går {.0}og står."]),
        (["»Han går.«", "og står."], ["»Han går.«", "og står."]),
        (["Han går…", "Hun"], ["Han går…", "Hun"]),
        (["Han går ♪", "♪ Hun ♪"], ["Han går ♪", "♪ Hun ♪"]),
        (["Hvad er", "- Stop!"], ["Hvad er", "Stop!"]),
        (["(latter)", "og så"], ["(latter)", "og så"]),
        (["og så", "(latter)"], ["og så", "(latter)"]),
        (["et", "to", "tre", "fire", "fem"], ["et {.0}to {.1}tre {.2}fire", "fem"]),
        (["et", "...", "to"], ["et", "to"]),
        (["{\\an8}BAGERI", "Han går"], ["BAGERI", "Han går"]),
        (['<font color="#fff">Hej</font>'], ["Hej"]),
        (["<i>Hej", "du</i>"], ["Hej {.0}du"]),
        (["<i>Hej <b>du</i> der</b>"], ["{<0}Hej {.1}du{>0} der"]),
        (["- Hej.\n- Hej selv."], ["Hej.{|0}Hej selv."]),
        (["Hej.\n- Hej selv."], ["Hej.{|0}Hej selv."]),
        (["Han går\n- langsomt - hjem."], ["Han går - langsomt - hjem."]),
        (["--- Ja ---"], ["--- Ja ---"]),
        (["a <b> c", "1 < 2 > 1"], ["a {.0} c {.1}1 < 2 > 1"]),
        (["12:30", "9"], ["12:30 {.0}9"]),
    ],
)
def test_what_a_block_is(texts: list[str], expected: list[str]) -> None:
    assert blocks(srt(*texts)) == expected


def test_a_long_pause_ends_a_sentence() -> None:
    assert blocks(srt("Han går", "og står", pause_s=2)) == ["Han går {.0}og står"]
    assert blocks(srt("Han går", "og står", pause_s=3)) == ["Han går", "og står"]


@pytest.mark.parametrize(
    ("texts", "new", "expected"),
    [
        (["Han går", "og står."], "He walks {.0}and stands.", ["He walks", "and stands."]),
        (["Han går", "og står."], "He {.0}walks and stands.", ["He", "walks and stands."]),
        (["Han går", "og står."], "{.0}He walks.", ["He", "walks."]),
        (["Han går", "og står."], "He walks.{.0}", ["He", "walks."]),
        (["Han går", "og står."], "Walks.{.0}", ["Walks.", ""]),
        (["et", "to", "tre", "fire"], "a b{.0}{.1}{.2} c d", ["a", "b", "c", "d"]),
        (["et", "to", "tre"], "a b c d e{.0}{.1}", ["a b c", "d", "e"]),
        (["et", "to", "tre"], "a{.0} b", ["a", "b", ""]),
        (["et", "to"], "wal{.0}king away", ["walking", "away"]),
        (["<i>et to</i>", "<i>tre</i>"], "one{.0} two three", ["<i>one</i>", "<i>two three</i>"]),
        (["et <i>to</i>", "tre"], "{<0}one {.1}two{>0} three", ["<i>one</i>", "<i>two</i> three"]),
        (["et <i>to</i>"], "o{<0}n{>0}e", ["o<i>n</i>e"]),
        (["- Hej.\n- Hej selv."], "Hi.{|0}Hi yourself.", ["- Hi.\n- Hi yourself."]),
        (["Et\nto tre fire"], "One two", ["One two"]),
        (
            ["x" * 42 + "\n" + "y" * 42],
            "Hello out there my friend, how are you today?",
            ["Hello out there my friend,\nhow are you today?"],
        ),
        (["et"], "a --> b", ["a -> b"]),
    ],
)
def test_dealing_out(texts: list[str], new: str, expected: list[str]) -> None:
    assert rewritten(srt(*texts), new) == srt(*expected)


def test_long_lines_are_wrapped_to_like_lengths() -> None:
    words = "en to tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten"
    out = rewritten(srt("Kort."), words)
    lines = out.splitlines()[2:-1]
    assert " ".join(lines) == words
    assert [len(line) for line in lines] == [35, 37]


def test_new_text_is_escaped_in_webvtt_only() -> None:
    assert "\na < b & c\n" in rewritten(srt("Hej"), "a < b & c")
    assert "\na &lt; b &amp; c\n" in rewritten("WEBVTT\n\n00:01.000 --> 00:02.000\nHej\n", "a < b & c")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("source", [SRT, VTT])
def test_a_translation_changes_only_text(source: str, codec: str, newline: str) -> None:
    source = source.replace("♪", "...") if codec == "cp1252" else source
    data = source.replace("\n", newline).encode(codec)
    document = read(data)
    assert write(document) == data
    done = process_document(document, DoubleBackend, TranslateOptions(target="en"))
    out = write(done.document).decode(codec)
    assert "[en]" in out
    expected = source.replace("da-DK", "en-GB")
    assert "".join(re.sub(r"\[en\]", "", out).split()) == "".join(expected.split())
    assert [line for line in out.split(newline) if "-->" in line or not line or line.isdigit()] == [
        line for line in source.split("\n") if "-->" in line or not line or line.isdigit()
    ]


def test_a_cue_whose_words_stay_keeps_its_bytes() -> None:
    source = srt("Han  går\nlangsomt", "hjem.")
    assert rewritten(source, "Han  går langsomt {.0}home.") == srt("Han  går\nlangsomt", "home.")


def test_new_letters_that_the_encoding_lacks() -> None:
    document = read(srt("Hej på dig").encode("cp1252"))
    out = write(replace(document, blocks=(replace(document.blocks[0], text="Zażółć på"),)))
    assert out == srt("Zażółć på").encode()


def test_the_language_is_named_anew() -> None:
    document = read(VTT.encode())
    assert write(replace(document, relabel=(("da", "en"),))) == VTT.replace("da-DK", "en-GB").encode()
    assert write(replace(document, relabel=(("en", "da"),))) == VTT.encode()
    short = VTT.replace("da-DK", "da")
    assert b"Language: en\n" in write(replace(read(short.encode()), relabel=(("da", "en"),)))


@pytest.mark.parametrize(
    ("header", "expected"), [("captions", ["et {.0}to"]), ("chapters", ["et", "to"]), ("metadata", [])]
)
def test_kinds_of_webvtt(header: str, expected: list[str]) -> None:
    body = "00:01.000 --> 00:02.000\net\n\n00:02.000 --> 00:03.000\nto\n"
    assert blocks(f"WEBVTT\nKind: {header}\n\n{body}") == expected


@pytest.mark.parametrize(
    "source",
    [
        "00:00:01,000 --> 00:00:02,000\nHej du\n\n00:00:02,000 --> 00:00:03,000\nder.\n",  # no numbers
        "\n\n1\n00:00:01,000 --> 00:00:02,000\n\nHej du\n\n\n2\n00:00:02,000 --> 00:00:03,000\nder.",
        "1\n00:00:01,000 --> 00:00:02,000\nHej du\n2\n00:00:02,000 --> 00:00:03,000\nder.\n",  # no blank line
        "1 \n0:0:1,0 --> 0:0:2,0 X1:1 X2:2\n  Hej du  \n\n2\n00:00:02,000 --> 00:00:03,000\n der. \n",
    ],
)
def test_subrip_as_it_is_found(source: str) -> None:
    assert blocks(source) == ["Hej du {.0}der."]
    out = rewritten(source, "Hello {.0}there.")
    assert out == source.replace("Hej du", "Hello").replace("der.", "there.")


@pytest.mark.parametrize(
    "text", ["", " \n\n", "WEBVTT", "WEBVTT\n\nNOTE intet\n", "1\n00:00:01,000 --> 00:00:02,000\n"]
)
def test_nothing_to_translate(text: str) -> None:
    document = read(text.encode())
    assert document.blocks == ()
    assert write(document) == text.encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"Hej med dig.\n", "no cue in it"),
        (b"PK\x03\x04\0\0", "zip archive"),
        (b"\0\1\2\3\4\5\6\7\x08\x0e", "binary data"),
    ],
)
def test_what_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (SRT.encode(), True),
        (VTT.encode("utf-8-sig"), True),
        (SRT.encode("utf-16"), True),
        (b"WEBVTT", True),
        (b"WEBVTTer", False),
        (b"1\n2\n3\n", False),
        (b"", False),
        (b"\xff\xfe\0", False),
    ],
)
def test_looks_like(data: bytes, expected: bool) -> None:
    assert looks_like(data) is expected


def test_other_blocks_are_refused() -> None:
    with pytest.raises(FormatError, match="read it again"):
        write(replace(read(SRT.encode()), blocks=()))


LINES = st.sampled_from(
    "1|2|00:00:01,000 --> 00:00:02,000|00:03.000 --> 00:04.000 line:0|Han går|og står.|- Ja|<i>Nej</i>|<i>|</b>|"
    "{\\an8}|♪|NOTE|STYLE|REGION|WEBVTT|&amp; &lt;|<v Bo>|a --> b|<00:01.000>|  |".split("|")
)
TEXTS = st.lists(LINES, max_size=24).map("\n".join)


@settings(max_examples=150)
@given(TEXTS, st.sampled_from(["", "WEBVTT\n\n", "1\n00:00:00,000 --> 00:00:00,500\nBegin\n\n"]))
def test_what_is_read_is_written_back(text: str, head: str) -> None:
    data = (head + text).encode()
    try:
        document = read(data)
    except FormatError:
        return
    assert write(document) == data
    changed = write(edited(document))
    again = read(changed)
    assert len(again.blocks) >= bool(document.blocks)


def edited(document: Document) -> Document:
    return replace(
        document,
        blocks=tuple(
            replace(
                block,
                text="".join(part if TAG.fullmatch(part) else part.upper() for part in pieces(block.text)),
            )
            for block in document.blocks
        ),
    )


def pieces(text: str) -> list[str]:
    return re.split(f"({TAG.pattern})", text)


@given(
    st.lists(st.sampled_from(["ord", "et langt ord", "", "æøå & <"]), min_size=4, max_size=4),
    st.permutations(range(3)),
)
def test_words_are_neither_lost_nor_doubled(words: list[str], order: list[int]) -> None:
    source = srt("en <i>to</i>", "tre", "fire.")
    tags = [
        make_tag(TagKind.POINT, 1),
        make_tag(TagKind.POINT, 2),
        make_tag(TagKind.OPEN, 0) + "x" + make_tag(TagKind.CLOSE, 0),
    ]
    text = " ".join(
        part for pair in zip(words, [*(tags[i] for i in order), ""], strict=True) for part in pair
    )
    document = read(source.encode())
    out = write(replace(document, blocks=(replace(document.blocks[0], text=text),))).decode()
    assert out.count("<i>x</i>") == 1
    spoken = re.sub(r"^\d\n.* --> .*$|</?i>", "", out, flags=re.MULTILINE)
    assert spoken.split() == without_tags(text).split()
    assert out.count("-->") == 3
