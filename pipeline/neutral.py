"""Texts that bear no language: nothing in them can be translated, so none is claimed for them.

A doubt counts as language: a heading that is left out by mistake is worse than a code that is put to a model.
"""

from __future__ import annotations

import re

from tosprog.pipeline.function_words import DANISH, ENGLISH, SHARED
from tosprog.pipeline.inline import without_tags
from tosprog.pipeline.metadata import is_metadata
from tosprog.pipeline.protect import split_protected

# File paths, versions, identifiers, codes: characters within a word that prose does not have there.
_CODE = re.compile(
    r"(?:[A-Za-z]:\\|\.{0,2}/)\S+"  # C:\x, /x, ./x
    r"|[\w-]+(?:/[\w.-]+){2,}|[\w./-]+\.(?:txt|md|docx?|pdf|html?|csv|json|xml|py|sh|png|jpe?g|zip)"
    r"|[\w.-]*(?:[^\W\d_]\d|\d[^\W\d_])[\w.-]*"  # A4, x86, 3rd, B-12a
    r"|\w+(?:_\w+)+|\w*[a-zæøå][A-ZÆØÅ]\w*\(?\)?"  # snake_case, camelCase
    r"|[IVXLCDM]+|[A-ZÆØÅ]{1,3}|[A-ZÆØÅ](?:\.[A-ZÆØÅ])+\.?"  # IV, EU, U.N.
)
_UNITS = frozenset(
    "kr dkk eur usd gbp km m cm mm kg g mg l ml kwh mw kb mb gb tb hz km/t kl pct nr s p pp".split()
)
_NUMBER = "no"  # beside a figure: "no. 4"; alone it is a word
_EDGE = "()[]{}<>\"'“”„»«‘’.,:;!?-–—*_#|§"
_INITIAL = re.compile(r"[A-ZÆØÅ]\.?(?:-?[A-ZÆØÅ]\.?)*")
_NAME_WORD = re.compile(r"[A-ZÆØÅÉÖÄÜ][\w'’]*(?:-[A-ZÆØÅÉÖÄÜ][\w'’]*)*")
_TITLES = frozenset("dr prof mr mrs ms hr fru frk sir jr sr phd".split())
_PARTICLES = frozenset("von van de der den la le af el al bin da di du ter".split())
_SMALL_WORDS = (DANISH | ENGLISH | SHARED) - _PARTICLES - _UNITS - {_NUMBER}
# First names of either country; those that are words too (Will, Mark, Grace, Bo, Art) are left out.
_FIRST_NAMES = frozenset(
    "anders anna anne annette anton asger astrid birgit birgitte birthe bjarne bodil camilla carsten cecilie "
    "charlotte christian christina christine claus dorte dorthe ebbe einar ejnar elisabeth elise ellen else emil "
    "erik esben esther eva finn flemming frederik freja frida gerda gitte grethe gunnar hanne hans harald heidi "
    "helga helle henning henrik hjalmar holger ida inge inger ingrid jacob jakob jan jens jeppe jesper johan "
    "johanne johannes john jonas josefine julie jytte jørgen kaj karen karl karsten kasper kirsten kirstine "
    "kjeld klaus knud kristian kristine lars laura laurits leif lene lis lisbeth lise lone lotte louise mads "
    "magnus maja malene marianne marie martin mathias mathilde mette michael mikkel mogens morten niels nils "
    "nina ole oliver oluf otto palle paul peder per pernille peter pia poul preben rasmus rikke robert rune "
    "sanne signe sigrid simon sofie steen stig stine susanne svend søren thea thomas thorkild tina tine tobias "
    "tom torben tove trine troels ulla ulrik uffe valdemar vibeke viggo vilhelm aage åse "
    "adam alan alice amanda amy andrew angela anthony barbara ben benjamin betty brian caroline catherine "
    "charles christopher daniel david deborah diana donald dorothy edward elizabeth emily emma eric frank "
    "gary george gordon harry helen henry howard hugh ian isaac jack jacqueline james jane janet jason jeffrey "
    "jennifer jessica jim joan joe jonathan joseph joshua judith julia karl kate katherine keith kenneth kevin "
    "laurence lawrence leonard linda lisa lucy margaret maria martha mary matthew melissa michelle nancy "
    "nicholas nicola olivia oscar pamela patricia patrick philip rachel ralph rebecca richard roger ronald "
    "russell ruth ryan samuel sandra sarah sharon sophie stephen steven stuart susan teresa theodore timothy "
    "victoria vincent virginia walter william zoe".split()
)


def bears_language(text: str) -> bool:
    """Whether a text has words of some language: not only dates, numbers, addresses, codes or a person's name.

    Example:
        >>> [bears_language(text) for text in ("Velfærd", "12.500 kr.", "Jane M. Doe", "https://a.dk/b")]
        [True, False, False, False]
    """
    text = without_tags(text)
    if not any(char.isalpha() for char in text) or is_metadata(text):
        return False
    free = " ".join(piece.text for piece in split_protected(text) if not piece.kept)
    words = [word for raw in free.split() if (word := raw.strip(_EDGE))]
    in_capitals = len(words) > 1 and text.isupper()  # there every short word looks like a code
    if in_capitals and any(word.lower() in _SMALL_WORDS for word in words):
        return not is_name(text)
    if any(char.isdigit() for char in text):
        words = [word for word in words if word.lower() != _NUMBER]
    return not all(_is_code(word) for word in words) and not is_name(text)


def _is_code(word: str) -> bool:
    letters = [char for char in word if char.isalpha()]
    return not letters or word.lower() in _UNITS or _CODE.fullmatch(word) is not None


def is_name(text: str) -> bool:
    """Whether a text is one person's name: up to five words that begin with a known first name.

    Example:
        >>> [is_name(text) for text in ("HANS JENSEN", "Dr. Ellen van der Berg", "HANS ER HER", "Hans hus")]
        [True, True, False, False]
    """
    words = text.strip(_EDGE + " ").replace(",", " ").split()
    while words and words[0].strip(".").lower() in _TITLES:
        words = words[1:]
    if not 1 <= len(words) <= 5 or words[0].lower() not in _FIRST_NAMES or not words[0][0].isupper():
        return False
    if text.isupper() and any(word.lower() in _SMALL_WORDS for word in words[1:]):
        return False  # TOM IS HERE
    return all(
        word.strip(".").lower() in _TITLES
        or word in _PARTICLES
        or _INITIAL.fullmatch(word)
        or _NAME_WORD.fullmatch(word)
        for word in words
    )
