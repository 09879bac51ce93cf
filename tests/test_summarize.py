"""Summaries quote whole sentences, obey their limits and say where they come from."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.pipeline.document import Block, BlockKind, Segment
from tosprog.pipeline.summarize import summarize
from tosprog.pipeline.summary import Note, Summary, SummaryOptions

Blocks = list[tuple[Block, list[Segment]]]

ESSAY = (
    (
        "The town library lends tools as well as books.",
        "A drill costs money and is used for twelve minutes of its life.",
        "Members borrow drills, ladders and sewing machines from the library for a week.",
        "Nobody is fined for the first late day.",
    ),
    (
        "Lending tools has changed who comes to the library.",
        "Young families now borrow tools on Saturdays and stay for the stories.",
        "However, the cellar is damp and the shelves are full.",
        "Would a larger cellar be worth its price?",
        "The library wants to lend more tools next year, if the council pays for the room.",
    ),
)


def paragraph(
    *sentences: str, language: str | None = "en", kind: BlockKind = BlockKind.PARAGRAPH
) -> tuple[Block, list[Segment]]:
    return Block(kind, " ".join(sentences)), [Segment(sentence, " ", language, 1.0) for sentence in sentences]


def essay() -> Blocks:
    return [
        (Block(BlockKind.HEADING, "The library that lends tools to all people", level=1), [Segment("x")]),
        (Block(BlockKind.METADATA, "Wed, 23/11/2016"), [Segment("Wed, 23/11/2016")]),
        *(paragraph(*sentences) for sentences in ESSAY),
    ]


def texts(summary: Summary) -> list[str]:
    return [sentence.text for sentence in summary.sentences]


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        (1, [1]),
        (2, [1, 5]),
        (3, [1, 5, 9]),
        (4, [1, 3, 5, 9]),
    ],
)
def test_the_best_sentences_in_reading_order(sentences: int, expected: list[int]) -> None:
    summary = summarize(essay(), SummaryOptions(sentences))
    assert [sentence.sources[0].number for sentence in summary.sentences] == expected
    assert summary.note is None
    assert summary.total == 9


def test_each_sentence_says_where_it_stands() -> None:
    blocks = essay()
    summary = summarize(blocks, SummaryOptions(4))
    assert len(summary.sentences) == 4
    for sentence in summary.sentences:
        assert blocks[sentence.sources[0].block][1][sentence.sources[0].segment].text == sentence.text
        assert sentence.text == [*ESSAY[0], *ESSAY[1]][sentence.sources[0].number - 1]


def test_only_prose_is_quoted() -> None:
    repeated = "The library lends tools to members of the library."
    blocks = [
        *((Block(kind, repeated), [Segment(repeated, "", "en")]) for kind in BlockKind if not kind.is_prose),
        paragraph("Something else is told in this paragraph."),
    ]
    assert texts(summarize(blocks, SummaryOptions(1))) == ["Something else is told in this paragraph."]


@pytest.mark.parametrize("words", [10, 14, 25, 40, 80])
def test_words_are_a_limit(words: int) -> None:
    summary = summarize(essay(), SummaryOptions(sentences=None, words=words))
    assert 0 < len(summary.text.split()) <= words
    assert summary.note is None


def test_both_limits_hold() -> None:
    summary = summarize(essay(), SummaryOptions(sentences=2, words=100))
    assert len(summary.sentences) == 2
    assert len(summarize(essay(), SummaryOptions(sentences=9, words=20)).text.split()) <= 20


def test_where_no_sentence_fits_the_best_is_quoted_whole() -> None:
    summary = summarize(essay(), SummaryOptions(sentences=None, words=3))
    assert texts(summary) == [ESSAY[0][0]]
    assert summary.notes == (Note.LONG,)
    assert summary.note == "No sentence has 3 words or fewer; the best one is quoted whole: 9 words."


@pytest.mark.parametrize(("asked", "notes"), [(2, ()), (3, (Note.WHOLE,))])
def test_a_short_text_is_quoted_whole(asked: int, notes: tuple[Note, ...]) -> None:
    blocks = [paragraph("Vi kom.", "Vi gik hjem igen, da regnen holdt op.", language="da")]
    summary = summarize(blocks, SummaryOptions(asked))
    assert texts(summary) == ["Vi kom.", "Vi gik hjem igen, da regnen holdt op."]
    assert summary.notes == notes


def test_short_sentences_are_quoted_only_where_nothing_else_is_left() -> None:
    short = ["Vi kom.", "Vi så.", "Vi vandt."]
    summary = summarize([paragraph(*short, language="da")], SummaryOptions(1))
    assert texts(summary)[0] in short
    summary = summarize(
        [paragraph(*short, "Så sejlede vi alle hjem til Rom.", language="da")], SummaryOptions(2)
    )
    assert texts(summary) == ["Så sejlede vi alle hjem til Rom."]
    assert summary.notes == (Note.FEW,)
    assert summary.note == "Only 1 of the 4 sentences can be quoted; 2 were asked for."


@pytest.mark.parametrize(
    "blocks",
    [
        [],
        [(Block(BlockKind.HEADING, "Only a heading", level=1), [Segment("Only a heading", "", "en")])],
        [(Block(BlockKind.PARAGRAPH, "  "), [Segment("", "  ")])],
        [paragraph("https://example.org/a https://example.org/b https://example.org/c", language=None)],
        [paragraph("12 13 14 15 16 17.", language=None)],
    ],
    ids=["nothing", "heading", "blanks", "links", "numbers"],
)
def test_without_prose_there_is_no_summary(blocks: Blocks) -> None:
    summary = summarize(blocks)
    assert summary.sentences == ()
    assert summary.note == "There is no prose to summarise."


@pytest.mark.parametrize(
    "line",
    [
        "Tel. 33 12 45 67, fax 33 12 45 68, 2100 3 4 5",
        "See https://example.org/tools https://example.org/library https://example.org/lend",
    ],
)
def test_lines_of_numbers_and_links_are_never_quoted(line: str) -> None:
    blocks = [*essay(), paragraph(line, language=None)]
    assert line not in texts(summarize(blocks, SummaryOptions(10)))
    # A sentence with a link in it, bare or Markdown, is a sentence.
    linked = "The council has put its plan for the cellar at [its site](https://example.org/plan)."
    assert texts(summarize([paragraph(linked)])) == [linked]


@pytest.mark.parametrize(
    "worse",
    [
        "Does the library lend tools and books to every member?",
        "The library lends tools and books to every member:",
        "the library lends tools and books to every member",
        "However, the library lends tools and books to every member.",
        "It means the library lends tools and books to every member.",
        "Our library lends tools and books.",
    ],
)
def test_what_reads_badly_alone_comes_after_what_reads_well(worse: str) -> None:
    better = "Our library lends tools and books to every member."
    for sentences in ((worse, better), (better, worse)):
        blocks = [
            paragraph("Is there rain on the square today?"),
            paragraph("Have the trams been late again?", *sentences, "Tools and books cost money."),
        ]
        assert texts(summarize(blocks, SummaryOptions(1))) == [better]


def test_the_same_is_not_said_twice() -> None:
    again = "The town library lends tools as well as books!"
    summary = summarize([*essay(), paragraph(again)], SummaryOptions(5))
    assert len({ESSAY[0][0], again} & set(texts(summary))) == 1


def test_what_was_said_counts_for_less() -> None:
    blocks = [
        paragraph(
            "Bees need wild flowers from early spring to late autumn.",
            "Cities need wild flowers from early spring to late autumn.",
            "Gardens shelter the bees of our cities through every winter.",
            "Wild gardens are cheap to keep and cities have many.",
        )
    ]
    numbers = [sentence.sources[0].number for sentence in summarize(blocks, SummaryOptions(2)).sentences]
    assert numbers == [1, 4]


def test_where_nothing_else_tells_them_apart_the_openings_of_sections_come_first() -> None:
    blocks = [
        paragraph("Bees need flowers all summer.", "Cats sleep under warm stoves."),
        paragraph("Rivers carry sand towards deltas.", "Tailors mend coats before frost."),
        (Block(BlockKind.HEADING, "Ships", level=2), [Segment("Ships")]),
        paragraph("Ships leave ports after dawn.", "Bakers knead dough each night."),
    ]
    for sentences, expected in ((1, [1]), (2, [1, 5]), (3, [1, 3, 5])):
        summary = summarize(blocks, SummaryOptions(sentences))
        assert [sentence.sources[0].number for sentence in summary.sentences] == expected


DANISH = (
    "Kommunen vil samle de frivillige foreninger i ét hus.",
    "Foreningerne i kommunen betaler i dag husleje hver for sig.",
    "Et fælles hus giver de frivillige foreninger flere medlemmer.",
    "Kommunen betaler varmen i huset, og foreningerne passer haven.",
)


@pytest.mark.parametrize("danish_first", [True, False])
def test_both_languages_of_a_mixed_document_are_heard(danish_first: bool) -> None:
    danish = [paragraph(*DANISH, language="da")]
    english = [paragraph(*ESSAY[0])]
    blocks = danish + english if danish_first else english + danish
    summary = summarize(blocks, SummaryOptions(4))
    used = {blocks[sentence.sources[0].block][1][0].language for sentence in summary.sentences}
    assert used == {"da", "en"}


STRAY = "Vinden var kold på broen den aften, da de sidste gæster endelig gik hjem."


def test_a_stray_sentence_of_the_other_language_does_not_stand_for_the_text() -> None:
    blocks = [*essay(), paragraph(STRAY, language="da")]
    assert STRAY not in texts(summarize(blocks, SummaryOptions(4)))


def test_a_hard_wrapped_quotation_comes_on_one_line() -> None:
    text = "The library lends\n> tools to every\n> member of the town."
    block = Block(BlockKind.QUOTATION, text, line_prefix="> ")
    assert (
        summarize([(block, [Segment(text, "", "en")])]).text
        == "The library lends tools to every member of the town."
    )


@pytest.mark.parametrize(
    ("sentences", "words", "message"),
    [
        (0, None, "sentences is 0; legal is a whole number from 1, as in: --sentences 5"),
        (-3, None, "sentences is -3; legal is a whole number from 1, as in: --sentences 5"),
        (True, None, "sentences is True; legal is a whole number from 1, as in: --sentences 5"),
        (2.5, None, "sentences is 2.5; legal is a whole number from 1, as in: --sentences 5"),
        (4, 0, "words is 0; legal is a whole number from 1, as in: --words 5"),
        (None, None, "neither sentences nor words is set; give one, as in: --sentences 4"),
    ],
)
def test_illegal_limits(sentences: int | None, words: int | None, message: str) -> None:
    with pytest.raises(ValueError, match="is") as caught:
        SummaryOptions(sentences, words)
    assert str(caught.value) == message


WORDS = st.sampled_from(["bog", "cykel", "the", "library", "12", "https://a.dk/b", "og", "...", "?", "-"])
SENTENCE = st.lists(WORDS, min_size=0, max_size=12).map(" ".join)
SEGMENTS = st.lists(
    st.builds(Segment, SENTENCE, st.just(" "), st.sampled_from(["da", "en", "de", None])), max_size=6
)
DOCUMENTS = st.lists(
    st.tuples(st.builds(Block, st.sampled_from(BlockKind), st.just("")), SEGMENTS), max_size=6
)
LIMIT = st.none() | st.integers(1, 40)


@given(DOCUMENTS, LIMIT, LIMIT)
def test_any_document_any_limit(blocks: Blocks, sentences: int | None, words: int | None) -> None:
    options = SummaryOptions(sentences if sentences or words else 4, words)
    summary = summarize(blocks, options)
    places = [(sentence.sources[0].block, sentence.sources[0].segment) for sentence in summary.sentences]
    assert places == sorted(set(places))
    for sentence in summary.sentences:
        block, segments = blocks[sentence.sources[0].block]
        assert block.kind.is_prose
        assert sentence.text == segments[sentence.sources[0].segment].text
    if options.sentences is not None:
        assert len(summary.sentences) <= options.sentences
    if options.words is not None and Note.LONG not in summary.notes:
        assert len(summary.text.split()) <= options.words
    if Note.LONG in summary.notes:
        assert len(summary.sentences) == 1
    assert bool(summary.sentences) == (Note.EMPTY not in summary.notes)
    assert summarize(blocks, options) == summary


def test_a_long_document_stays_sparse() -> None:
    generator = random.Random(1)
    letters = "bdfgklmnprst"
    vocabulary = ["".join(generator.choices(letters, k=6)) for _ in range(3000)]
    blocks = [
        paragraph(*(" ".join(generator.choices(vocabulary, k=12)) + "." for _ in range(10)))
        for _ in range(200)
    ]
    summary = summarize(blocks, SummaryOptions(sentences=5))
    assert len(summary.sentences) == 5
    assert summary.total == 2000


def test_a_list_is_quoted_and_said_to_be_one() -> None:
    items = [
        paragraph(item, kind=BlockKind.LIST_ITEM) for item in ("milk", "brown bread", "12 eggs", "butter")
    ]
    summary = summarize([*items, paragraph("All of this must be bought before noon.")], SummaryOptions(1))
    assert summary.notes == (Note.LIST,)
    assert Note.LIST not in summarize(essay(), SummaryOptions(2)).notes
