"""Where the terms of a glossary stand in a sentence: inflected, the longest first, or as part of a longer word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from tosprog.models.languages import Direction, LanguageCode
from tosprog.pipeline.glossary import Glossary, Match, Term, minds_case
from tosprog.pipeline.glossary_forms import Form, adjective_forms, form_of, genitives_of, head_of, noun_forms

_TOKEN = re.compile(r"[^\W_]+(?:['’\-‑][^\W_]+)*")
_PLURAL_GENITIVE = re.compile(r"['’](?=\s+[^\W_])")
_COMPOUND = 4  # letters of a term that is looked for in longer words
_LONGEST = 80  # letters of a word that is looked into
_REST = 3  # letters of such a word that are not the term's
# What makes another word of a word, and no compound: venlighed.
_DERIVING = ("hed", "heden", "lig", "lige", "ligt", "ling", "ning", "agtig", "ske", "inde", "isk", "iske")
# Behind these an English word in -s, or a bare one, is a verb; before those Danish ones in -er are nouns.
_SINGULAR_SUBJECTS = frozenset("he she it who which".split())
_AUXILIARIES = frozenset(
    "i you we they will would can could must should shall may might not don't doesn't didn't won't can't cannot".split()
)
_BEGINS_OBJECT = frozenset("the a an this that these those my your his her its our their all".split())
_BEFORE_NOUN = frozenset(
    "en et den hver enhver ingen nogen som min din sin hans hendes vores jeres deres dens dets denne anden samme ny "
    "god stor lille ung gammel egen er var bliver blev være blive været blevet af til fra med for på hos mod uden ved "
    "pr per om under over og eller i efter mellem måske både hverken kun inden siden igen nogen gerne".split()
)
_SUBJECTS = frozenset("jeg du han hun den det vi der som man hvem".split())
_ADJECTIVE_ENDS = ("ig", "lig", "sk", "ende", "et", "te", "s", "iv", "bar", "løs")
# A longer word is no compound if these stand before the term (forsvarer), or what ends as no word does (forbr-ydelse).
_PARTICLES = frozenset(
    "for mod op ud ind an be til af gen over under fra med hen ned om på sam mis und bort opbe".split()
)
_NO_END = re.compile(r"^[^aeiouyæøå]*$|[bdfgkptv][bdfglrjvn]$|[^aeiouyæøåv]v$|[^aeiouyæøåj]j$")
_LONG_REST = 6  # letters of what follows a term, if it begins with a vowel (afgiftsområde, not mandatet)
_PREFIXES = range(1, 5)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """How a term may stand in a text: for each word its forms, and what is around and between them."""

    term: Term
    words: tuple[str, ...]
    gaps: tuple[str, ...]  # before, between, behind
    head: int
    minds_case: bool
    fixed: Form | None = None  # of a form that was named: only a genitive is added

    def forms_at(self, index: int, language: LanguageCode) -> dict[str, Form]:
        return _forms_at(self.words, index, self.head, language, self.fixed, bool(self.gaps[-1]))


@lru_cache(maxsize=50_000)
def _forms_at(
    words: tuple[str, ...], index: int, head: int, language: LanguageCode, fixed: Form | None, is_closed: bool
) -> dict[str, Form]:
    """What may stand for a word of a term, and what it says."""
    word = words[index]
    if is_closed:
        return {word: Form()}
    if fixed is not None:
        forms = {word: fixed}
    elif index == head:
        forms = noun_forms(word, language)
    elif index < head and language == "da":
        forms = dict.fromkeys(sorted(adjective_forms(word)), Form())
    else:
        forms = {word: Form()}
    if index == len(words) - 1:
        forms = dict(forms)
        for form, says in list(forms.items()):
            for genitive in genitives_of(form, language):
                forms.setdefault(genitive, replace(says, genitive=True))
    return forms


class TermFinder:
    """Finds terms in sentences of one language."""

    def __init__(self, terms: Sequence[Term], language: LanguageCode) -> None:
        """Prepares the terms.

        Args:
            terms: Of those that are the same in the language, the first holds.
            language: Of the sentences.
        """
        self._language = language
        self._patterns: dict[str, list[_Pattern]] = {}
        seen: set[str] = set()
        for term in terms:
            if term.key(language) not in seen:
                seen.add(term.key(language))
                self._add(term)

    def _add(self, term: Term) -> None:
        base = term.side(self._language)
        strict = minds_case(base, term.case_sensitive)
        for text in dict.fromkeys((base, *term.forms(self._language))):
            written = text if strict else text.lower()
            tokens = list(_TOKEN.finditer(_plain(written)))
            if not tokens:
                continue
            starts = [0, *(token.end() for token in tokens)]
            ends = [*(token.start() for token in tokens), len(written)]
            gaps = tuple(_plain(written)[a:b] for a, b in zip(starts, ends, strict=True))
            words = tuple(token[0] for token in tokens)
            fixed = None if text == base else form_of(text, base, self._language)
            pattern = _Pattern(term, words, gaps, head_of(words, self._language), strict, fixed)
            self._patterns.setdefault(_key(words[0].lower()), []).append(pattern)

    def find(self, text: str, *, compounds: bool = True) -> list[Match]:
        """The terms in a text, in order: the longest first, none within or across another.

        Args:
            text: A sentence.
            compounds: Whether longer Danish words that begin or end with a term are found as well.
        """
        plain = _plain(text)
        tokens = [(match[0], match.start(), match.end()) for match in _TOKEN.finditer(plain)]
        lows = [token.lower() for token, _, _ in tokens]
        found: list[tuple[tuple[int, bool, int], Match]] = []
        for index, low in enumerate(lows):
            candidates = self._starting_as(low)
            matched = False
            for pattern in candidates:
                match = self._match(pattern, plain, tokens, lows, index)
                if match is not None:
                    matched = True
                    is_base = (
                        plain[match.start : match.end].lower() == match.term.side(self._language).lower()
                    )
                    found.append(((match.start - match.end, not is_base, len(found)), match))
            if (
                compounds
                and not matched
                and self._language == "da"
                and _COMPOUND + _REST <= len(low) <= _LONGEST
            ):
                compound = self._compound(candidates, tokens[index], low)
                if compound is not None:
                    found.append(((0, True, len(found)), compound))
        if not found:
            return []
        taken: list[Match] = []
        for _, match in sorted(found, key=lambda one: one[0]):
            if all(match.end <= other.start or match.start >= other.end for other in taken):
                taken.append(match)
        return sorted(taken, key=lambda match: match.start)

    def _starting_as(self, word: str) -> list[_Pattern]:
        patterns: list[_Pattern] = []
        for length in _PREFIXES:
            if more := self._patterns.get(word[:length]):
                patterns += more
            if length >= len(word):
                break
        return patterns

    def _match(
        self, pattern: _Pattern, text: str, tokens: list[tuple[str, int, int]], lows: list[str], index: int
    ) -> Match | None:
        last = index + len(pattern.words) - 1
        if last >= len(tokens):
            return None
        form = Form()
        for i in range(len(pattern.words)):
            token = tokens[index + i][0] if pattern.minds_case else lows[index + i]
            says = pattern.forms_at(i, self._language).get(token)
            if says is None:
                return None
            if i == 0 and len(pattern.words) == 1 and self._is_verb(pattern, token, lows, index):
                return None
            if i in (pattern.head, len(pattern.words) - 1):
                form = Form(
                    form.plural or says.plural, form.definite or says.definite, form.genitive or says.genitive
                )
            if i and not _same_gap(text[tokens[index + i - 1][2] : tokens[index + i][1]], pattern.gaps[i]):
                return None
        start, end = tokens[index][1], tokens[last][2]
        before, behind = pattern.gaps[0], pattern.gaps[-1]
        if not text.startswith(behind, end) or not text.endswith(before, 0, start):
            return None
        start, end = start - len(before), end + len(behind)
        if text[end : end + 1] in ("-", "‑") and not behind:  # "cykel- og gangsti"
            return Match(pattern.term, start, end + 1, form, is_compound=True)
        if (
            text[end - 1] in "sxz"
            and (mark := _PLURAL_GENITIVE.match(text, end))
            and not _is_quoted(text, start)
        ):
            return Match(pattern.term, start, mark.end(), replace(form, genitive=True))
        return Match(pattern.term, start, end, form)

    def _is_verb(self, pattern: _Pattern, token: str, lows: list[str], index: int) -> bool:
        """Whether a word that is a verb as well (bruger, to chair) stands where a verb does."""
        before = lows[index - 1] if index else ""
        if self._language == "en":
            if token.endswith("s") and token != pattern.words[0]:
                return before in _SINGULAR_SUBJECTS
            behind = lows[index + 1] if index + 1 < len(lows) else ""
            return before in _AUXILIARIES or (before == "to" and behind in _BEGINS_OBJECT)
        if not before or not token.endswith("er") or len(token) < 5 or pattern.fixed is not None:
            return False
        if token == pattern.words[0]:  # in the singular, a noun has something before it
            return before not in _BEFORE_NOUN and not before.endswith(_ADJECTIVE_ENDS)
        if token == f"{pattern.words[0]}r":  # kurset varer
            is_subject = len(before) > len("den") and before.endswith(("en", "et", "ne"))
            return before in _SUBJECTS or (is_subject and before not in _BEFORE_NOUN)
        return False

    def _compound(self, candidates: list[_Pattern], token: tuple[str, int, int], low: str) -> Match | None:
        _, start, end = token
        best: tuple[int, _Pattern, Form] | None = None
        for pattern in candidates:
            word = pattern.words[0]
            rest = low[len(word) :]
            if (
                _is_part(pattern)
                and low.startswith(word.lower())
                and len(rest) >= (_LONG_REST if rest[:1] in tuple("aeiouyæøå") else _REST)
                and rest.lstrip("es-") not in _DERIVING
                and rest not in _DERIVING
                and (best is None or len(word) > best[0])
            ):
                best = (len(word), pattern, Form())
        for cut in range(_REST, len(low) - _COMPOUND + 1):
            if low[:cut].removesuffix("s") in _PARTICLES or _NO_END.search(low[:cut]):
                continue
            for pattern in self._starting_as(low[cut:]):
                says = pattern.forms_at(0, self._language).get(low[cut:]) if _is_part(pattern) else None
                if says is not None and (best is None or len(pattern.words[0]) > best[0]):
                    best = (len(pattern.words[0]), pattern, says)
        return None if best is None else Match(best[1].term, start, end, best[2], is_compound=True)


@lru_cache(maxsize=8)
def finder_of(glossary: Glossary, language: LanguageCode) -> TermFinder:
    """The finder of a glossary's terms in sentences of a language."""
    return TermFinder(glossary.terms, language)


@lru_cache(maxsize=5_000)
def finder_of_term(term: Term, language: LanguageCode) -> TermFinder:
    """The finder of one term."""
    return TermFinder((term,), language)


def matches_of(glossary: Glossary, text: str, direction: Direction) -> list[Match]:
    """The terms of a glossary in a sentence that is to be translated, in order.

    Example:
        >>> glossary = Glossary((Term("ydelse", "benefit"), Term("social ydelse", "social benefit")))
        >>> for match in matches_of(glossary, "Sociale ydelser er ydelser.", Direction("da", "en")):
        ...     print(match.term.english, match.form.plural)
        social benefit True
        benefit True
    """
    return finder_of(glossary, direction.source).find(text)


def _plain(text: str) -> str:
    return text.replace("’", "'").replace("‑", "-")


def _key(word: str) -> str:
    """As much of a word as all its forms begin with."""
    if len(word) < 5:
        return word[:2]
    return word[:3] if len(word) < 7 else word[:4]


def _same_gap(found: str, wanted: str) -> bool:
    return found == wanted or (bool(found) and found.isspace() and wanted.isspace())


def _is_part(pattern: _Pattern) -> bool:
    """Whether a term may be a part of a longer word."""
    return (
        len(pattern.words) == 1
        and len(pattern.words[0]) >= _COMPOUND
        and not pattern.minds_case
        and pattern.gaps == ("", "")
    )


def _is_quoted(text: str, start: int) -> bool:
    return re.search(r"(?:^|[\s(])'[^\s']", text[:start] + text[start : start + 1]) is not None
