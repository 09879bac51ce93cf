"""The words of a digest's own, in both languages."""

from __future__ import annotations

from tosprog.models.languages import LanguageCode
from tosprog.pipeline.digest import Digest, Entry
from tosprog.pipeline.duplicates import Duplicate, DuplicateKind

LABELS: dict[LanguageCode, dict[str, str]] = {
    "en": {
        "title": "Digest of {folder}",
        "counts": "{texts} texts, {words} words, {themes} themes, {duplicates} pairs that are alike.",
        "index": "Index",
        "text": "Text",
        "theme": "Theme",
        "language": "Language",
        "words": "Words",
        "alone": "On their own",
        "texts": "Texts",
        "duplicates": "Alike",
        "unread": "Not read",
        "source": "Source",
        "keywords": "About",
        "same": "{first} and {second} are the same text.",
        "near": "{first} and {second} are nearly the same: {likeness} of the shorter one stands in the longer.",
        "translation": "{first} and {second} are probably translations of each other ({likeness} alike).",
        "none": "other",
        "da": "Danish",
        "en": "English",
    },
    "da": {
        "title": "Overblik over {folder}",
        "counts": "{texts} tekster, {words} ord, {themes} temaer, {duplicates} par, der ligner hinanden.",
        "index": "Indeks",
        "text": "Tekst",
        "theme": "Tema",
        "language": "Sprog",
        "words": "Ord",
        "alone": "For sig selv",
        "texts": "Tekster",
        "duplicates": "Ligner hinanden",
        "unread": "Ikke læst",
        "source": "Kilde",
        "keywords": "Om",
        "same": "{first} og {second} er samme tekst.",
        "near": "{first} og {second} er næsten ens: {likeness} af den korteste står i den længste.",
        "translation": "{first} og {second} er formentlig oversættelser af hinanden (ligner {likeness}).",
        "none": "andet",
        "da": "dansk",
        "en": "engelsk",
    },
}


def counts_line(digest: Digest) -> str:
    """How much there is, as a sentence."""
    words = f"{sum(one.words for one in digest.entries):,}"
    return LABELS[digest.language]["counts"].format(
        texts=len(digest.entries),
        words=words if digest.language == "en" else words.replace(",", "."),
        themes=len(digest.themes),
        duplicates=len(digest.duplicates),
    )


def language_label(entry: Entry, digest: Digest) -> str:
    """The name of a text's language, in the digest's."""
    return LABELS[digest.language][entry.language or "none"]


def duplicate_line(one: Duplicate, digest: Digest, first: str, second: str) -> str:
    """What is alike, as a sentence.

    Args:
        one: The pair.
        digest: Where it is from.
        first: How the first text is called, as it goes into the page.
        second: How the second one is.
    """
    percent = f"{one.likeness:.0%}" if digest.language == "en" else f"{one.likeness * 100:.0f} %"
    kind = DuplicateKind(one.kind).value
    return LABELS[digest.language][kind].format(first=first, second=second, likeness=percent)
