"""Lines that bear no language: dates, times, numbers, web and e-mail addresses."""

from __future__ import annotations

import re

_MONTHS = (
    "januar februar marts april maj juni juli august september oktober november december "
    "january february march may june july october "
    "jan feb mar apr jun jul aug sep sept okt oct nov dec"
)
_WEEKDAYS = (
    "mandag tirsdag onsdag torsdag fredag lørdag søndag man tirs ons tors tor fre lør søn "
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun"
)
_AROUND = "d den kl klokken the of st nd rd th am pm t z utc gmt cet cest bst kr dkk eur usd gbp"
_MONTH_WORDS = frozenset(_MONTHS.split())
_WORDS = _MONTH_WORDS | frozenset(f"{_WEEKDAYS} {_AROUND}".split())
_LETTERS = re.compile(r"[^\W\d_]+")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL_STARTS = ("http://", "https://", "ftp://", "www.", "mailto:")


def is_month(word: str) -> bool:
    """Whether a word is a Danish or English name of a month, or short for one."""
    return word.lower().rstrip(".") in _MONTH_WORDS


def is_metadata(line: str) -> bool:
    """Whether the line is wholly a date, time, number, web or e-mail address, or several of them.

    Example:
        >>> [is_metadata(line) for line in ("Wed, 23/11/2016", "d. 4. maj 2021", "By Jane Doe")]
        [True, True, False]
    """
    found = False
    for word in line.split():
        bare = word.strip("<>()[]{},;:.\"'")
        if bare.lower().startswith(_URL_STARTS) or ("@" in bare and _EMAIL.fullmatch(bare)):
            found = True
            continue
        if any(letters.lower() not in _WORDS for letters in _LETTERS.findall(word)):
            return False
        found = found or any(char.isdigit() for char in word)
    return found
