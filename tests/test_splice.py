from __future__ import annotations

from dataclasses import replace

import pytest

from tosprog.models.errors import FormatError
from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.splice import Place, changed_places, splice

SOURCE = "<p>Hej</p><p>Farvel</p>"
PLACES = [
    Place(3, 6, Block(BlockKind.PARAGRAPH, "Hej", "\n\n")),
    Place(13, 19, Block(BlockKind.PARAGRAPH, "Farvel")),
]
DOCUMENT = Document(tuple(place.block for place in PLACES))


def test_only_what_changed_is_put_back() -> None:
    blocks = (DOCUMENT.blocks[0], replace(DOCUMENT.blocks[1], text="Goodbye"))
    changed = changed_places(replace(DOCUMENT, blocks=blocks), PLACES)
    assert changed == [(PLACES[1], "Goodbye")]
    assert splice(SOURCE, [(p.start, p.end, text) for p, text in changed]) == "<p>Hej</p><p>Goodbye</p>"
    assert changed_places(DOCUMENT, PLACES) == []
    assert splice(SOURCE, []) == SOURCE


def test_replacements_come_in_any_order() -> None:
    assert splice(SOURCE, [(13, 19, "B"), (3, 6, "A")]) == "<p>A</p><p>B</p>"


def test_other_blocks_than_the_origin_has_are_refused() -> None:
    with pytest.raises(
        FormatError, match="the document has 1 blocks, and what it was read from 2; read it again"
    ):
        changed_places(replace(DOCUMENT, blocks=DOCUMENT.blocks[:1]), PLACES)
