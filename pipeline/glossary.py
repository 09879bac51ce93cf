"""Glossaries: terms with the translation that they are to have."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from tosprog.models.languages import LanguageCode
from tosprog.pipeline.glossary_forms import Form


@dataclass(frozen=True, slots=True)
class Term:
    """A term and its translation.

    Attributes:
        danish: Base form.
        english: Base form.
        danish_forms: Further forms, which pattern does not give.
        english_forms: Further forms.
        case_sensitive: Whether capitals have to be as they are here; of abbreviations (``IT``) they always do.
        note: For people.
    """

    danish: str
    english: str
    danish_forms: tuple[str, ...] = ()
    english_forms: tuple[str, ...] = ()
    case_sensitive: bool = False
    note: str = ""

    def side(self, language: LanguageCode) -> str:
        """The term in a language."""
        return self.danish if language == "da" else self.english

    def forms(self, language: LanguageCode) -> tuple[str, ...]:
        """The further forms in a language."""
        return self.danish_forms if language == "da" else self.english_forms

    def key(self, language: LanguageCode) -> str:
        """What two terms share that are the same in a language."""
        text = self.side(language)
        return text if minds_case(text, self.case_sensitive) else text.lower()


@dataclass(frozen=True, slots=True, eq=False)
class Glossary:
    """Terms with their translations. Two of the same terms, in the same order, are equal, whatever their notes.

    Attributes:
        terms: Of those that begin alike in a language, the first holds.
        notices: What was wrong with the file, a line each, for people.
        checksum: Of the terms: 16 hexadecimal digits.
    """

    terms: tuple[Term, ...]
    notices: tuple[str, ...] = ()
    checksum: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256()
        for term in self.terms:
            row = (
                term.danish,
                term.english,
                term.danish_forms,
                term.english_forms,
                term.case_sensitive,
                term.note,
            )
            digest.update(json.dumps(row, ensure_ascii=True).encode("ascii") + b"\n")
        object.__setattr__(self, "checksum", digest.hexdigest()[:16])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Glossary) and other.checksum == self.checksum

    def __hash__(self) -> int:
        return hash(self.checksum)

    def __len__(self) -> int:
        return len(self.terms)


@dataclass(frozen=True, slots=True)
class Match:
    """A term in a sentence: ``text[start:end]``.

    Attributes:
        term: Which one.
        start: Offset of its first character.
        end: Offset behind its last.
        form: What its ending says.
        is_compound: Whether it is the beginning or end of a longer word, which ``start`` and ``end`` then hold.
    """

    term: Term
    start: int
    end: int
    form: Form
    is_compound: bool = False


def minds_case(text: str, case_sensitive: bool) -> bool:
    """Whether capitals of a term have to be as they are: as it says, or since it is an abbreviation (``IT``)."""
    return case_sensitive or (text.isupper() and len(text) > 1)
