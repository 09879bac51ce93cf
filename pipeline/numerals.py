"""Numbers written as a language does: 1.234,5 in Danish is 1,234.5 in English, and "3,000 miles" 3.000 in Danish."""

from __future__ import annotations

import re

from tosprog.models.languages import Direction

# After these words a number with a stop is a label: section 3.2, version 1.5.
_LABELLED = re.compile(
    r"(?:afsnit|kapitel|kap\.|figur|fig\.|tabel|version|v\.?|kl\.|klokken|section|chapter|figure|table|at|§|no\.|nr\.)\s*$",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?:^|\W)[A-ZÆØÅ][\w.+-]*\s$")  # "Python 3.12", "Ubuntu 22.04"
_TIME = re.compile(r"(?:[01]?\d|2[0-4])[.,][0-5]\d")  # "from 9.30 to 10.15"
# What a label or a time never has behind it.
_MEASURED = re.compile(
    r"[\s\u00a0]?(?:[%‰°€£$]"
    r"|(?:mio|mia|bn|pct|km|cm|mm|kg|mg|ml|m|g|l|kr|dkk|usd|eur|mph|kph|hz|khz|mhz|ghz|kwh|mwh|gwh|kw|mw|gw|mil|fod)\b"
    r"|(?:mill?ion|milliard|billion|procent|per\s?cent|point|gange|times|euro|dollar|krone|met(?:er|re)|kilo|centimet"
    r"|mile|tommer|inch|feet|hektar|hectare|lit(?:er|re)|gram|ton|grader|degree|år|year|måned|month|uge|week|dag|day"
    r"|time|hour|minut|sekund|second)\w{0,6}\b)",
    re.IGNORECASE,
)
_MONEY = re.compile(r"(?:[€£$]|\b(?:kr\.?|DKK|USD|EUR|GBP))\s?$")
_DANISH = re.compile(r"(?<![\d.,:/-])(?:(\d{1,3}(?:\.\d{3})+)(,\d+)?|(\d+),(\d+))(?![\d:/-]|[.,]\d)")
_ENGLISH = re.compile(r"(?<![\d.,:/-])(?:(\d{1,3}(?:,\d{3})+)(\.\d+)?|(\d+)\.(\d+))(?![\d:/-]|[.,]\d)")
_SWAPPED = str.maketrans(".,", ",.")


def localize_numbers(text: str, direction: Direction) -> str:
    """A translation's numbers, written as in its source, in the form of the target language.

    Thousands and decimals only. Times (9.30), dates, sections (3.2 at the start, or after "section"), versions (Python
    3.12) and what could be either stay.

    Example:
        >>> localize_numbers("1.234,56 kr. of 4.200.000, or 3,5 %", Direction("da", "en"))
        '1,234.56 kr. of 4,200,000, or 3.5 %'
        >>> localize_numbers("Python 3.12 er 1.5 gange så hurtig for 3,000 brugere.", Direction("en", "da"))
        'Python 3.12 er 1,5 gange så hurtig for 3.000 brugere.'
    """
    pattern = _DANISH if direction.source == "da" else _ENGLISH

    def written(match: re.Match[str]) -> str:
        if (
            match[3]
            and direction.source == "en"
            and _is_label(text[: match.start()], match[0], text[match.end() :])
        ):
            return match[0]
        return match[0].translate(_SWAPPED)

    return pattern.sub(written, text)


def _is_label(before: str, number: str, after: str) -> bool:
    """Whether an English number with a stop may be no decimal fraction."""
    if _MONEY.search(before[-6:]):
        return False
    if _LABELLED.search(before[-12:]):
        return True
    if _MEASURED.match(after):
        return False
    return not before.strip() or bool(_NAMED.search(before[-40:])) or bool(_TIME.fullmatch(number))
