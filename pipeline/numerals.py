"""Numbers written as a language does: 1.234,5 in Danish is 1,234.5 in English, and "3,000 miles" 3.000 in Danish."""

from __future__ import annotations

import re

from tosprog.models.languages import LANGUAGES, Direction
from tosprog.models.wordlist import wordlist_of

# After these words a number with a stop is a label: section 3.2, version 1.5.
_LABELLED = re.compile(
    r"(?:afsnit|kapit(?:el|ler)|kap\.|figur(?:er)?|fig\.|tabel(?:ler)?|version(?:er)?|v\.?|kl\.|klokken"
    r"|sections?|chapters?|figures?|tables?|versions|at|§|no\.|nr\.)\s*$",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?:^|\W)[A-ZÆØÅ][\w.+-]*\s$")  # "Python 3.12", "Ubuntu 22.04"
_SMALL = re.compile(r"(?:^|[\s(])([a-zæøå][\w+-]*)\s$")
_NO_VOWEL = re.compile(r"[b-df-hj-np-tv-xz]{3,}")
_TIME = re.compile(r"(?:[01]?\d|2[0-4])[.,][0-5]\d")  # "from 9.30 to 10.15"
# What a label or a time never has behind it.
_MEASURED = re.compile(
    r"[\s\u00a0]?(?:[%‰°€£$]"
    r"|(?:mio|mia|bn|pct|km|cm|mm|kg|mg|ml|m|g|l|kr|DKK|USD|EUR|GBP|mph|kph|Hz|kHz|MHz|GHz|kWh|MWh|GWh|kW|MW|GW)\b"
    r"|(?:mill?ion|milliard|billion|procent|per\s?cent|point|gange|times|euro|dollar|pund|krone|met(?:er|re)|kilo|centimet"
    r"|mil|tommer|inch|fod|feet|hektar|hectare|lit(?:er|re)|gram|ton|grader|degree|år|year|måned|month|uge|week|dag|day"
    r"|time|hour|minut|sekund|second)[^\W\d_]{0,6}\b)"
)
_MONEY = re.compile(r"(?:[€£$]|\b(?:kr\.?|DKK|USD|EUR|GBP))\s?$")
_DANISH = re.compile(r"(?<![\d.,:/-])(?:(\d{1,3}(?:\.\d{3})+)(,\d+)?|(\d+),(\d+))(?![\d:/-]|[.,]\d)")
_ENGLISH = re.compile(r"(?<![\d.,:/-])(?:(\d{1,3}(?:,\d{3})+)(\.\d+)?|(\d+)\.(\d+))(?![\d:/-]|[.,]\d)")
_SIGNED = re.compile(
    r"(?<![\w$–-])(US)?([$€£])\s?(\d+(?:\.\d{3})*(?:,\d+)?)(?![\d.,]*\d|[–-]\s?[$€£\d])"
    r"(?:(bn|mn?|tn)\b|[\s\u00a0](mill?ion|milliard|billion)(?:er)?(?!\w)|[\s\u00a0](mi[oa]\.)|(?![\w^$\\=]))"
)
_CURRENCIES = {"$": "dollar", "€": "euro", "£": "pund"}
_SCALES = {"bn": "mia.", "m": "mio.", "mn": "mio.", "tn": "billioner"}
_PAST_NOON = re.compile(r"(?<![\d.,:])((?:1[3-9]|2[0-4])(?:[.:][0-5]\d)?)\s?[ap]\.?m\b\.?", re.IGNORECASE)
_SWAPPED = str.maketrans(".,", ",.")


def localize_numbers(text: str, direction: Direction, source: str = "") -> str:
    """A translation's numbers, written as in its source, in the form of the target language.

    Thousands and decimals only. Times (9.30), dates, sections (3.2 at the start, or after "section"), versions (Python
    3.12, gcc 4.8) and what could be either stay.

    Args:
        text: The translation.
        direction: Of it.
        source: Where a number may be known for a label that the translation does not show as one: "Figure 3.1".

    Example:
        >>> localize_numbers("1.234,56 kr. of 4.200.000, or 3,5 %", Direction("da", "en"))
        '1,234.56 kr. of 4,200,000, or 3.5 %'
        >>> localize_numbers("Python 3.12 er 1.5 gange så hurtig for 3,000 brugere.", Direction("en", "da"))
        'Python 3.12 er 1,5 gange så hurtig for 3.000 brugere.'
    """
    if direction.source == "da":
        return _DANISH.sub(lambda match: match[0].translate(_SWAPPED), text)
    labels = {match[0] for match in _ENGLISH.finditer(source) if _is_label(match)}

    def written(match: re.Match[str]) -> str:
        return match[0] if match[0] in labels or _is_label(match) else match[0].translate(_SWAPPED)

    return _ENGLISH.sub(written, text)


def _is_label(match: re.Match[str]) -> bool:
    """Whether an English number with a stop may be no decimal fraction."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    if not match[3] or _MONEY.search(before[-6:]):
        return False
    if _LABELLED.search(before[-12:]):
        return True
    if _MEASURED.match(after):
        return False
    return (
        not before.strip()
        or bool(_NAMED.search(before[-40:]))
        or bool(_TIME.fullmatch(match[0]))
        or _is_name(before[-40:])
    )


def _is_name(before: str) -> bool:
    """Whether what stands before a number is the name of a program in small letters that is no word: "gcc 4.8"."""
    word = _SMALL.search(before)
    if word is None:
        return False
    lists = [words for code in LANGUAGES if (words := wordlist_of(code)) is not None]
    unknown = bool(lists) and not any(words.has(word[1]) for words in lists)
    return unknown or bool(_NO_VOWEL.fullmatch(word[1]))


def spell_currencies(text: str) -> str:
    """Danish with its amounts as prose has them. Its numbers are Danish already; "$1" may be a placeholder, and stays.

    Example:
        >>> spell_currencies("US$14,7 milliarder, £1,5bn, €12 og $1")
        '14,7 milliarder amerikanske dollar, 1,5 mia. pund, 12 euro og $1'
    """

    def spelled(match: re.Match[str]) -> str:
        country, sign, number, short, long, abbreviated = match.groups()
        if country and sign != "$":
            return match[0]
        if short:
            scale = f" {_SCALES[short]}"
        elif long:
            scale = f" {long}" if number == "1" else f" {long}er"
        else:
            scale = f" {abbreviated}" if abbreviated else ""
        if len(number) == 1 and not scale:
            return match[0]
        return f"{number}{scale} {'amerikanske ' if country else ''}{_CURRENCIES[sign]}"

    return _SIGNED.sub(spelled, text)


def clocked(text: str) -> str:
    """English without a.m. and p.m. behind an hour above twelve, which Danish has: "kl. 22" is no "22 a.m.".

    Example:
        >>> clocked("Open until 22 a.m., on Fridays from 9 a.m. to 17.30 p.m.")
        'Open until 22, on Fridays from 9 a.m. to 17.30'
    """
    return _PAST_NOON.sub(r"\1", text)
