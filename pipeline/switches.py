"""Where a sentence goes over into the other language: clauses that are, and titles and names that stand in it.

Each word has log-odds of its own; the likeliest reading of the sentence as stretches of one language or the other
(Viterbi) pays for each switch, less where a comma or a capital invites one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from tosprog.models.languages import LanguageCode, other
from tosprog.pipeline.detect import is_small_word, word_odds
from tosprog.pipeline.inline import TAG
from tosprog.pipeline.protect import find_protected

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CLAUSE = re.compile(r"[,;:–—()“”\"«»]|\s-\s")
_SWITCH, _SWITCH_AT_CLAUSE, _SWITCH_AT_CAPITAL = 4.0, 2.0, 1.5
_MIN_TITLE, _MIN_CLAUSE = 2, 3  # words
_END = re.compile(r"[^\w\s]+(?=\s)|(?=\s+[-–—]\s)")  # of a clause
_NAMES_AND_END = re.compile(rf"(?:\s+[^\W\d_a-zæøå][\w'’-]*)*(?:{_END.pattern})")
_PAIRED = re.compile(r"[*_`~\"“”«»()\[\]{}<>]")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of a sentence in one language: ``text[start:end]``, from the first letter to the last.

    ``small_words`` of that language are among them; without any they are mere names.
    """

    start: int
    end: int
    language: LanguageCode
    words: int
    small_words: int


@dataclass(frozen=True, slots=True)
class Part:
    """A clause, or all, of a sentence; white space ``gap`` comes behind it."""

    text: str
    language: LanguageCode
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence's own language, and the stretches in it that are in the other one."""

    language: LanguageCode
    stretches: tuple[Stretch, ...] = ()


@lru_cache(maxsize=10_000)  # asked for the clauses of a sentence, then for its titles
def read_switches(text: str, language: LanguageCode) -> Reading:
    """Finds the stretches of a sentence that are in the other language than the sentence.

    Args:
        text: A sentence.
        language: What it was taken for as a whole. It is the other one where most of its small letters are.

    Example:
        >>> text = "I artiklen Why Cities Fail skriver forfatteren om ledelse."
        >>> [text[one.start : one.end] for one in read_switches(text, "da").stretches]
        ['Why Cities Fail']
    """
    free = list(text)
    # What is quoted or emphasised is one thing, and is looked at by itself.
    for span in find_protected(text, keep=lambda passage: True):
        free[span.start : span.end] = " " * (span.end - span.start)
    words = list(_WORD.finditer("".join(free)))
    if len(words) <= _MIN_TITLE:
        return Reading(language)
    states = _best_states(text, words, language, closely=False)
    if not all(states):
        states = _best_states(text, words, language, closely=True)
    if all(states):
        return Reading(language)
    in_small = [is_own for word, is_own in zip(words, states, strict=True) if word[0].islower()]
    foreign = [word[0] for word, is_own in zip(words, states, strict=True) if not is_own]
    if 2 * in_small.count(False) > len(in_small) and any(
        is_small_word(word, other(language)) for word in foreign
    ):
        language, states = other(language), [not state for state in states]
    found: list[Stretch] = []
    for is_own, group in groupby(zip(states, words, strict=True), key=lambda pair: pair[0]):
        one = [word for _, word in group]
        capitals = sum(word[0][0].isupper() for word in one)
        small = sum(is_small_word(word[0], other(language)) for word in one)
        if not is_own and len(one) > 1 and (small or capitals >= _MIN_TITLE):
            found.append(Stretch(one[0].start(), one[-1].end(), other(language), len(one), small))
    return Reading(language, tuple(found))


def _cost(text: str, words: list[re.Match[str]], i: int) -> float:
    """Of a switch ahead of a word."""
    if i == 0:
        return 0.0
    if _CLAUSE.search(text, words[i - 1].end(), words[i].start()):
        return _SWITCH_AT_CLAUSE
    is_capital, was_capital = words[i][0][0].isupper(), i > 1 and words[i - 1][0][0].isupper()
    return _SWITCH_AT_CAPITAL if is_capital != was_capital else _SWITCH


def _best_states(text: str, words: list[re.Match[str]], language: LanguageCode, closely: bool) -> list[bool]:
    """For each word whether it is in the sentence's own language, on the whole at the least cost."""
    sign = 1.0 if language == "da" else -1.0
    odds = [sign * word_odds(word[0], closely) for word in words]
    costs = [_cost(text, words, i) for i in range(len(words))]
    best = [0.0, 0.0]  # of the readings that end in the other language, and in its own
    back: list[tuple[int, int]] = []
    for value, cost in zip(odds, costs, strict=True):
        came = tuple(
            max((1, 0), key=lambda before: best[before] - cost * (before != state)) for state in (0, 1)
        )
        best = [
            best[came[state]] - cost * (came[state] != state) + (value if state else -value) / 2
            for state in (0, 1)
        ]
        back.append((came[0], came[1]))
    state = int(best[1] >= best[0])
    states = []
    for came_from in reversed(back):
        states.append(bool(state))
        state = came_from[state]
    return states[::-1]


def titles_in(text: str, language: LanguageCode) -> list[str]:
    """What of a sentence is a title or name in the other language: to be kept where the sentence is put into that.

    Args:
        text: A sentence.
        language: Its own.
    """
    found: list[str] = []
    for one in read_switches(text, language).stretches:
        if one.language == language:
            continue
        title = text[one.start : one.end]
        # Names in a row are not one title.
        pieces = [title] if one.small_words else [piece.strip() for piece in _CLAUSE.split(title)]
        found += [
            piece
            for piece in pieces
            if piece[:1].isupper()
            and (one.small_words or sum(word[0][0].isupper() for word in _WORD.finditer(piece)) >= _MIN_TITLE)
        ]
    return found


def parts_of(text: str, language: LanguageCode) -> list[Part]:
    """A sentence in its clauses of one language or the other; most have one.

    Args:
        text: A sentence; the texts and gaps of the parts make it up.
        language: What it was taken for as a whole.

    Example:
        >>> [(part.text, part.language) for part in parts_of("Det er en god idé, but we need more money.", "da")]
        [('Det er en god idé,', 'da'), ('but we need more money.', 'en')]
    """
    reading = read_switches(text, language)
    cuts: list[tuple[int, int]] = []  # where a part ends, and where the next begins
    languages = [reading.language]
    for one in reading.stretches:
        if one.words < _MIN_CLAUSE or not one.small_words:
            continue
        before, after = (
            _cut_before(text, one.start),
            _cut_after(text, one.end, over_names=one.small_words > 1),
        )
        if before is None or after is None:
            continue
        if before[0] > 0:
            cuts.append(before)
            languages.append(one.language)
        else:
            languages[-1] = one.language
        if after[1] < len(text):
            cuts.append(after)
            languages.append(reading.language)
    starts = [0, *(begin for _, begin in cuts)]
    ends = [*(end for end, _ in cuts), len(text)]
    return [
        Part(text[start:end], code, text[end:begin])
        for start, end, code, begin in zip(starts, ends, languages, [*starts[1:], len(text)], strict=True)
    ]


def _cut_before(text: str, start: int) -> tuple[int, int] | None:
    """Where the clause before a stretch ends, and the stretch's own begins; None where it begins within one."""
    head = text[:start]
    if not _WORD.search(TAG.sub("", head)):
        return (0, 0)
    end = len(head.rstrip())
    if end == start or not _CLAUSE.search(head, max(0, end - 2)) or not _is_whole(head):
        return None
    return end, start


def _cut_after(text: str, end: int, over_names: bool) -> tuple[int, int] | None:
    tail = text[end:]
    if not _WORD.search(TAG.sub("", tail)):
        return (len(text), len(text))
    match = (_NAMES_AND_END if over_names else _END).match(tail)
    if match is None or not _is_whole(text[: end + match.end()]):
        return None
    behind = end + match.end()
    return behind, behind + len(text[behind:]) - len(text[behind:].lstrip())


def _is_whole(head: str) -> bool:
    """Whether no markup, quotation or parenthesis is open at its end."""
    if TAG.search(head):
        return False
    marks = _PAIRED.findall(head)
    return all(marks.count(mark) % 2 == 0 for mark in '*_`~"') and all(
        marks.count(opening) == marks.count(closing)
        for opening, closing in ("“”", "«»", "()", "[]", "{}", "<>")
    )
