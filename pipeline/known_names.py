"""Known names that a translation lost, and others to stand for them while the model is asked again.

"Ribe ligger ved vandet" came out as "Ribs lie by the water". A model copies a name that it has seen often: "Odense
ligger ved vandet" is "Odense lies by the water", and Ribe can take its place there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tosprog.models.known_names import WORD, is_within, names_of
from tosprog.models.languages import LanguageCode

# Names that the bundled models copy anywhere in a sentence; those of the language that is read.
_STAND_INS: dict[LanguageCode, tuple[str, ...]] = {
    "da": ("Odense", "Roskilde", "Horsens", "Viborg"),
    "en": ("Chicago", "Boston", "Oxford", "Denver"),
}
_LONG = 4  # letters; shorter words have small letters in a title, too
_LIST = re.compile(r",? (?:og |and )?[A-ZÆØÅ]")  # "Tønder, Aabenraa og Ribe"


def lost_names(source: str, target: str, language: LanguageCode) -> tuple[str, ...]:
    """The names of a source that its translation has not, and that would stand there as they are.

    A name that is a word, too, counts in Danish where only a name has a capital, and anywhere before another name.

    Args:
        source: A sentence, whose capitals are the writer's.
        target: Its translation.
        language: Of the source.

    Example:
        >>> lost_names("Ribe ligger ved vandet.", "Ribs lie by the water.", "da")
        ('Ribe',)
        >>> lost_names("Tønder af øl stod i gården.", "Barrels of beer stood in the yard.", "da")
        ()
    """
    names = names_of(language)
    if names is None or source.isupper():
        return ()
    words = [match[0] for match in WORD.finditer(source) if len(match[0]) >= _LONG]
    # In English, and in titles, other words than names have capitals.
    capitals = sum(word[0].isupper() for word in words)
    is_loose = language == "en" or (capitals > 1 and capitals * 2 > len(words))
    found: dict[str, None] = {}
    for match in WORD.finditer(source):
        word = match[0]
        name = word if word in names.sure or word in names.others else word.removesuffix("s")
        if not (
            name in names.sure
            or (name in names.others and _is_name_there(source, match, names.sure, is_loose))
        ):
            continue
        if name not in target:
            found[name] = None
    return tuple(found)


def _is_name_there(source: str, match: re.Match[str], sure: frozenset[str], is_loose: bool) -> bool:
    if not is_loose and is_within(source, match.start()):
        return True
    follows = _LIST.match(source, match.end())
    return follows is not None and bool((word := WORD.match(source, follows.end() - 1)) and word[0] in sure)


def stand_ins(source: str, names: tuple[str, ...], language: LanguageCode) -> Mapping[str, str]:
    """Another name for each, none of which is in the source; empty where there are too few."""
    free = [name for name in _STAND_INS[language] if name not in source]
    return dict(zip(names, free, strict=False)) if len(names) <= len(free) else {}


def exchanged(text: str, names: Mapping[str, str]) -> str:
    """The text with names in the place of others, genitives too ("Ribes")."""
    for old, new in names.items():
        text = re.sub(rf"(?<!\w){re.escape(old)}(?=s?(?!\w))", new, text)
    return text


def put_back(target: str, names: Mapping[str, str], source: str) -> str | None:
    """The target with the names in the places of their stand-ins.

    Args:
        target: A translation of ``exchanged(source, names)``.
        names: From `stand_ins`.
        source: As it stands in the document.

    Returns:
        None where one is not there as often as in the source.
    """
    for name, other in names.items():
        wanted = len(re.findall(rf"(?<!\w){re.escape(name)}s?(?!\w)", source))
        genitive = "'" if name[-1] in "sxz" else "s"
        target, count = re.subn(
            rf"(?<!\w){other}(s?)(?!\w)",
            lambda match, right=name, ending=genitive: right + (ending if match[1] else ""),  # type: ignore[misc]
            target,
        )
        if count != wanted:
            return None
    return target
