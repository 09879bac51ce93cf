from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import Backend
from tosprog.models.languages import Direction
from tosprog.pipeline.document import TranslationKind
from tosprog.pipeline.flow import process_document, summarize_document
from tosprog.pipeline.formats import read_document, write_document
from tosprog.pipeline.summary import SummaryOptions
from tosprog.pipeline.translate import TranslateOptions

TO_ENGLISH = TranslateOptions(target="en")
ESSAY = (
    "Biblioteket låner værktøj ud til alle\r\n\r\nWed, 23/11/2016\r\n\r\n"
    "The library has lent “drills” and ladders since spring.  Most of them come back.\r\n"
    "Nobody pays a fine, and the shelves are full every Monday morning.\r\n\r\n"
    "Naboerne er glade for ordningen, og flere byer vil gøre det samme.\r\n"
)


def never(direction: Direction) -> Backend:
    raise AssertionError(f"{direction} was asked for")


def test_only_the_danish_changes() -> None:
    document = read_document(ESSAY.encode("cp1252"), "essay.txt")
    done = process_document(document, DoubleBackend, TO_ENGLISH, SummaryOptions(sentences=2))
    expected = ESSAY.replace("Biblioteket", "[en] Biblioteket", 1).replace("Naboerne", "[en] Naboerne", 1)
    assert write_document(done.document) == expected.encode("cp1252")
    assert done.counts[TranslationKind.TRANSLATED] == 2
    assert done.counts[TranslationKind.FAILED] == 0
    assert done.summary is not None
    assert len(done.summary.sentences) == 2
    assert all(s.text.removeprefix("[en] ") in ESSAY for s in done.summary.sentences)


def test_blank_documents_call_no_model() -> None:
    for data in (b"", b" \n\n\t\n"):
        done = process_document(read_document(data, "a.txt"), never, TO_ENGLISH, SummaryOptions())
        assert write_document(done.document) == data


def test_markdown_keeps_its_markup() -> None:
    source = (
        "# Cyklen og byen\n\n- Vi cykler på arbejde hver dag\n- Se [kortet](http://kort.dk) nu\n\n"
        "> Byen er til for\n> mennesker og ikke biler.\n\n```\nkode her\n```\n\n"
        "| Navn på gaden | Antal cykler |\n|--|--|\n| Den lange gade | 12 |\n"
    )
    done = process_document(read_document(source.encode(), "a.md"), DoubleBackend, TO_ENGLISH)
    out = write_document(done.document).decode()
    for kept in (
        "# [en] Cyklen",
        "- [en] Vi",
        "](http://kort.dk)",
        "> [en] Byen",
        "```\nkode her\n```",
        "| 12 |",
    ):
        assert kept in out
    again = read_document(out.encode(), "a.md")
    assert [block.kind for block in again.blocks] == [block.kind for block in done.document.blocks]


def test_a_summary_is_translated_sentence_by_sentence() -> None:
    document = read_document(ESSAY.encode(), "essay.txt")
    plain = summarize_document(document, never, SummaryOptions(sentences=3))
    danish = summarize_document(
        document, DoubleBackend, SummaryOptions(sentences=3), TranslateOptions(target="da")
    )
    assert [s.sources for s in plain.sentences] == [s.sources for s in danish.sentences]
    assert any(s.text.startswith("[da] ") for s in danish.sentences)


@given(st.text(alphabet="abcæø .!?\n\r\t-#>*|`1\u2019", max_size=200), st.sampled_from(["a.txt", "a.md"]))
def test_nothing_to_translate_changes_no_byte(text: str, name: str) -> None:
    """With every segment in the target language already, the output is the input."""
    document = read_document(text.encode(), name)
    for target in ("da", "en"):
        done = process_document(document, DoubleBackend, TranslateOptions(target=target, source=target))
        assert write_document(done.document) == text.encode()


def test_the_limit_of_words_holds_in_the_translation() -> None:
    text = "Naboerne er glade for den nye ordning. Flere byer vil nu gøre det samme som os. Alle låner gerne ud.\n"
    document = read_document(text.encode(), "essay.txt")
    limits = SummaryOptions(sentences=None, words=16)  # the first two sentences, before each grows by "[en]"
    assert len(summarize_document(document, never, limits).sentences) == 2
    done = summarize_document(document, DoubleBackend, limits, TO_ENGLISH)
    whole = process_document(document, DoubleBackend, TO_ENGLISH, limits).summary
    assert whole is not None
    for summary in (done, whole):
        assert 0 < len(summary.text.split()) <= 16
        assert summary.options == limits
