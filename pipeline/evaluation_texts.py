"""Texts with summaries that people wrote: what systems that summarise are measured on."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tosprog.models.errors import InputError, UsageError
from tosprog.models.languages import LanguageCode
from tosprog.pipeline.document import Block, BlockKind, Document, Segment
from tosprog.pipeline.files import read_bytes
from tosprog.pipeline.flow import segment_document
from tosprog.pipeline.formats import read_document
from tosprog.pipeline.prose import ProseSentence, is_wordlike, prose_of

_SAMPLE_SEED = 0


@dataclass(frozen=True, slots=True)
class EvaluationText:
    """A text and what people made of it.

    Attributes:
        name: Its file, or its line in one.
        document: As read.
        segments: Each block with its sentences.
        references: Summaries that people wrote, in ``language``; one or more.
        language: That the summary is to be in.
    """

    name: str
    document: Document
    segments: tuple[tuple[Block, tuple[Segment, ...]], ...]
    references: tuple[str, ...]
    language: LanguageCode

    @property
    def sentences(self) -> list[ProseSentence]:
        """The sentences that every system that quotes chooses from; all of the prose where none is made of words."""
        prose = prose_of(self.segments)
        return [sentence for sentence in prose if is_wordlike(sentence.text)] or prose

    @property
    def is_foreign(self) -> bool:
        """Whether something has to be translated, for the summary to be in ``language``."""
        return any(s.language not in (None, self.language) for _, row in self.segments for s in row)


def read_texts(path: Path, to: LanguageCode | None = None) -> list[EvaluationText]:
    """Reads a JSONL file of English texts, or a folder of essays.

    A line of the file is an object with ``source``, the sentences of a text, and ``target``, its references. In the
    folder each NAME.md has a NAME.json beside it with references under ``da`` and ``en``, each a text or a list of
    texts; a README.md may be there too.

    Args:
        path: The file or folder.
        to: The language of the references to take; Danish of a folder where None.

    Raises:
        InputError: what is there is not that; the message has file, line and what is legal.
        UsageError: Danish is asked of a JSONL file.
    """
    if path.is_dir():
        return _essays(path, to or "da")
    if to not in (None, "en"):
        raise UsageError(f"--to {to} goes with a folder of essays; {path} is taken for English, drop --to")
    return _lines(path)


def sample_texts(texts: Sequence[EvaluationText], limit: int | None) -> list[EvaluationText]:
    """So many of the texts, always the same ones, in their order; all of them where there are no more."""
    if limit is None or limit >= len(texts):
        return list(texts)
    return [texts[i] for i in sorted(random.Random(_SAMPLE_SEED).sample(range(len(texts)), limit))]


def _lines(path: Path) -> list[EvaluationText]:
    texts = []
    for number, line in enumerate(_utf8(path).split("\n"), start=1):
        if not line.strip():
            continue
        name = f"{path}, line {number}"
        data = _object(line, name)
        sentences, references = _texts(data, "source", name), _texts(data, "target", name)
        segments = tuple(Segment(" ".join(sentence.split()), " ", "en", 1.0) for sentence in sentences)
        block = Block(BlockKind.PARAGRAPH, " ".join(segment.text for segment in segments))
        texts.append(
            EvaluationText(f"line {number}", Document((block,)), ((block, segments),), references, "en")
        )
    if not texts:
        raise InputError(f"{path} has no lines; legal is a JSON object a line, with 'source' and 'target'")
    return texts


def _essays(folder: Path, to: LanguageCode) -> list[EvaluationText]:
    legal = "legal are NAME.md with NAME.json beside it"
    texts = []
    stems = {path.stem for path in folder.iterdir() if path.suffix in (".md", ".json")}
    for stem in sorted(stems - {"README"}):
        source, beside = folder / f"{stem}.md", folder / f"{stem}.json"
        for path in (source, beside):
            if not path.is_file():
                raise InputError(f"{path} is missing; {legal}")
        data = _object(_utf8(beside), str(beside))
        references = _texts(data, to, str(beside), "a text, or a list of texts")
        document = read_document(read_bytes(source), source)
        texts.append(EvaluationText(stem, document, tuple(segment_document(document)), references, to))
    if not texts:
        raise InputError(f"{folder} holds no essays; {legal}")
    return texts


def _utf8(path: Path) -> str:
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 at byte {error.start}; convert it first") from error


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, " if error.lineno > 1 else ""
        raise InputError(f"{name}: no JSON ({error.msg} at {where}column {error.colno})") from error
    if not isinstance(data, dict):
        raise InputError(f"{name}: {type(data).__name__} where a JSON object is legal")
    return data


def _texts(data: dict[str, Any], key: str, name: str, legal: str = "a list of texts") -> tuple[str, ...]:
    value = data.get(key)
    rows = [value] if isinstance(value, str) and legal.startswith("a text") else value
    if not isinstance(rows, list) or not rows or not all(isinstance(r, str) and r.strip() for r in rows):
        shown = json.dumps(value, ensure_ascii=False)[:40] if key in data else "missing"
        raise InputError(f"{name}: {key!r} is {shown}; legal is {legal}, none of them empty")
    return tuple(rows)
