"""A translator's work put into the document that it was exported from."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePath

from tosprog.models.errors import FormatError
from tosprog.pipeline.document import Block, Document, Segment, Translation, TranslationKind
from tosprog.pipeline.exchange import is_changed, read_exchange
from tosprog.pipeline.exchange_units import Exchange, ExchangeSegment, Name, State, tag_name
from tosprog.pipeline.files import shown
from tosprog.pipeline.flow import assemble
from tosprog.pipeline.formats import read_document
from tosprog.pipeline.inline import TAG, TagKind, make_tag, read_tag, without_tags
from tosprog.pipeline.segment import segment_block, unwrap

# A line end within a block may begin another one, and the number of blocks never changes.
_LINE_ENDS = re.compile("\\s*[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]\\s*")


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of putting a translator's work into its document.

    Attributes:
        document: With the targets in it.
        faults: Why something in the file could not be used, a line each.
        unused: Segments whose target could not be used: they have the machine's translation, or their source.
        untranslated: Segments that have no target, from the machine or anyone.
        changed: Segments where a person wrote something else than the machine.
        states: Segments by the state that the file gives them.
    """

    document: Document
    faults: tuple[str, ...]
    unused: int
    untranslated: int
    changed: int
    states: Counter[State]


def merge_exchange(path: Path, data: bytes, document_path: str | PurePath) -> Merged:
    """Puts the targets of a translator's file into the document that it was exported from.

    What cannot be used is said; its segment has the machine's translation, or its source where there is none.

    Args:
        path: The translator's file.
        data: The document's bytes.
        document_path: Its name, which tells the format.

    Raises:
        UsageError: as for `read_exchange`.
        InputError: as there; or it is of another document, or the document was changed since.
    """
    exchanges = read_exchange(path)
    own = hashlib.sha256(data).hexdigest()
    exchange = next((one for one in exchanges if one.sha256 == own), None)
    if exchange is None:
        said = ", ".join(f"{one.original[:100]!r} {one.sha256[:12]}" for one in exchanges if one.sha256)
        if not said:
            raise FormatError(
                f"{shown(path)} does not say which document it is of (its SHA-256 is gone); export it again"
            )
        raise FormatError(
            f"{shown(path)} is not of {shown(str(document_path))} as it is now: its SHA-256 is {own[:12]}, that "
            f"exported was {said}; give the document as it was, or export it again"
        )
    document = read_document(data, document_path, exchange.fields)
    merger = _Merger(document, exchange)
    faults = [
        *(
            f"{one.original[:100]!r} is of another document: not used"
            for one in exchanges
            if one is not exchange
        ),
        *exchange.faults,
    ]
    rows = merger.rows()
    relabel = ((exchange.direction.source, exchange.direction.target),)
    return Merged(
        document=assemble(document, rows, relabel),
        faults=(*faults, *merger.faults),
        unused=merger.unused + len(faults),
        untranslated=merger.untranslated,
        changed=merger.changed,
        states=merger.states,
    )


class _Merger:
    """Goes through a document's segments and gives each its translation; counts on the way."""

    def __init__(self, document: Document, exchange: Exchange) -> None:
        self.faults: list[str] = []
        self.unused = self.untranslated = self.changed = 0
        self.states: Counter[State] = Counter()
        self._document = document
        self._exchange = exchange
        self._given: dict[Name, list[ExchangeSegment]] = {}
        for one in exchange.segments:
            self._given.setdefault(one.name, []).append(one)

    def rows(self) -> list[tuple[Translation, ...]]:
        """For each block the outcomes of its segments."""
        count = 0
        rows = []
        for i, block in enumerate(self._document.blocks, start=1):
            segments = segment_block(block)
            wanted = {
                Name(i, j): segment
                for j, segment in enumerate(segments, start=1)
                if self._is_exported(Name(i, j), count + j)
            }
            count += len(segments)
            usable = self._usable(i, block, wanted)
            rows.append(
                tuple(
                    self._outcome(Name(i, j), segment, usable)
                    if Name(i, j) in wanted
                    else Translation(segment, segment.text, TranslationKind.KEPT)
                    for j, segment in enumerate(segments, start=1)
                )
            )
        for name, some in self._given.items():  # what is left
            self.unused += len(some)
            self.faults.append(f"{name}: the document has no such segment to translate: not used")
        return rows

    def _is_exported(self, name: Name, number: int) -> bool:
        exported = self._exchange.exported
        return name in self._given if exported is None else number in exported

    def _usable(self, i: int, block: Block, wanted: dict[Name, Segment]) -> dict[Name, ExchangeSegment]:
        """The segments of the file that are the block's own; says which are not."""
        usable: dict[Name, ExchangeSegment] = {}
        missing: list[Name] = []
        other_source: list[tuple[Name, str, str]] = []
        for name, segment in wanted.items():
            given = self._given.pop(name, [])
            source = unwrap(segment.text, block.line_prefix)
            if not given:
                missing.append(name)
            elif len(given) > 1:
                self._unusable(f"{name} is there {len(given)} times: none is used")
            elif given[0].source != source:
                other_source.append((name, given[0].source, source))
            else:
                usable[name] = given[0]
        extra = [name for name in self._given if name.block == i]
        if other_source and (missing or extra):
            names = ", ".join(
                str(name) for name in sorted([*missing, *extra, *(one for one, *_ in other_source)])
            )
            self._unusable(
                f"unit b{i}: segments were merged or split by hand ({names}); each needs its own source and target",
                len(missing) + len(other_source),
            )
            for name in extra:
                del self._given[name]
            return usable
        if missing:
            of = "unit" if len(missing) == len(wanted) else "segment"
            names = f"b{i}" if of == "unit" else ", ".join(map(str, missing))
            self._unusable(f"{of} {names} is missing from the file", len(missing))
        for name, found, source in other_source:
            self._unusable(
                f"{name}: its source is {_short(found)}, that of the document {_short(source)}; it is of another "
                "document, or was changed"
            )
        return usable

    def _unusable(self, fault: str, segments: int = 1) -> None:
        self.faults.append(fault)
        self.unused += segments

    def _outcome(self, name: Name, segment: Segment, usable: dict[Name, ExchangeSegment]) -> Translation:
        machine = self._exchange.machine.get(name, "")
        text = machine
        one = usable.get(name)
        if one is not None:
            self.states[one.state] += 1
            if one.fault or is_changed(one, self._exchange):
                target = _LINE_ENDS.sub(" ", one.target.strip())
                fault = one.fault or _lost(target, one.source, machine)
                if fault:
                    self._unusable(
                        f"{name}: {fault}; {'the machine translation' if machine else 'its source'} stays"
                    )
                else:
                    text = target
                    self.changed += 1
            elif machine and not one.target.strip():
                self._unusable(f"{name}: its target is empty; the machine translation stays")
        if not text:
            self.untranslated += 1
            return Translation(segment, segment.text, TranslationKind.FAILED)
        return Translation(segment, text, TranslationKind.TRANSLATED)


def _short(text: str) -> str:
    plain = without_tags(text)
    return repr(plain if len(plain) <= 40 else f"{plain[:39]}…")


def _lost(target: str, source: str, machine: str) -> str:
    """What is wrong with a target's tags; empty where nothing is."""
    wanted, found = Counter(TAG.findall(source)), Counter(TAG.findall(target))
    if found not in (wanted, Counter(TAG.findall(machine)) if machine else wanted):
        lost, more = (
            ", ".join(sorted({_tag_shown(tag) for tag in some})) for some in (wanted - found, found - wanted)
        )
        return " and ".join(
            [f"its target has lost {lost}"] * bool(lost) + [f"its target has {more} too often"] * bool(more)
        )
    for tag in wanted:
        kind, number = read_tag(tag)
        close = make_tag(TagKind.CLOSE, number)
        if kind is TagKind.OPEN and close in found and target.find(close) < target.find(tag):
            return f"its target closes <{tag_name(tag)}> before it opens it"
    return ""


def _tag_shown(tag: str) -> str:
    kind, _ = read_tag(tag)
    name = tag_name(tag)
    return f"</{name}>" if kind is TagKind.CLOSE else f"<{name}>"
