"""Puts a term where a translation has another word for it: which words these are, says the alignment."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tosprog.models.base import Alignment
from tosprog.models.languages import Direction
from tosprog.pipeline.function_words import DANISH, ENGLISH
from tosprog.pipeline.glossary import Match, Term
from tosprog.pipeline.glossary_forms import Form, adjective_form, head_of, is_adjective, is_neuter, written

_WORD = re.compile(r"\S+")
_PARTS = re.compile(r"(\W*)(.*?)(\W*)", re.DOTALL)
_MINE = 0.5  # of a word's attention: with more of it on the term, the word is its translation
_SOME = 0.22  # so much, where no word has half
_SHARED = 0.25  # on another word, which has not twice as much elsewhere: the word is a compound of both
_BEST = 0.45
_PADDING = 0.6  # of a word next to the term
_STUCK = ".,;:!?()\"'«»“”„"
_OWN = {"en": frozenset("a an the".split()), "da": frozenset("en et den det de".split())}
_SMALL = {
    "en": ENGLISH | frozenset("at for over under i so do a an per off onto".split()),
    "da": DANISH | frozenset("at for over under i så man".split()),
}
_DETERMINED = frozenset(  # Danish words behind which a noun has no ending of its own
    "den det de denne dette disse en et min mit mine din dit dine sin sit sine vores jeres deres hans hendes dens dets "
    "hver hvert ingen intet nogen noget nogle alle mange få flere".split()
)
_WEAK = frozenset("en et hver hvert ingen intet noget nogen mange få flere alle nogle".split())
_INDEFINITE = frozenset(
    "a an any no some each every this that these those my your his her its our their".split()
)
_ONE = frozenset("a an one each every this that another".split())
_ENDS = (".", "!", "?", ":", "…")


@dataclass(slots=True)
class Rewriter:
    """A translation, word by word, in which terms are put.

    Attributes:
        source: What was translated.
        words: Of the translation.
        rows: For each of them its share of each word of the source.
        direction: Of the translation.
        is_whole: Whether a model has a word of the target language.
        written: Which words were put here: none is replaced again.
    """

    source: str
    words: list[str]
    rows: list[tuple[float, ...]]
    direction: Direction
    is_whole: Callable[[str], bool]
    written: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.written = [False] * len(self.words)

    @property
    def alignment(self) -> Alignment:
        """Of the words as they are now."""
        return tuple(self.rows)

    def lock(self, indices: Sequence[int]) -> None:
        """Leaves words alone."""
        for index in indices:
            self.written[index] = True

    def put(self, match: Match) -> str | None:
        """Puts a term in place of the words that come from it.

        Returns:
            What was put there; None where no word is surely the term's, and nothing was changed.
        """
        columns = words_within(self.source, match.start, match.end)
        span = self._span(columns)
        if span is None:
            return None
        first, last = span
        if self._is_absorbed(match, first):
            first -= 1
        before, core, behind = self._parts(first, last)
        genitive, behind = self._genitive(match, core, behind, first)
        if self.direction.target == "en":
            text = self._english(match, core, genitive, first)
        else:
            text = self._danish(match, core, genitive, first)
        text = self._capitalized(text, core, match, first)
        row = tuple((1 / len(columns) if j in columns else 0.0) for j in range(len(self.rows[first])))
        new = f"{before}{text}{behind}".split(" ")
        self.words[first : last + 1] = new
        self.rows[first : last + 1] = [row] * len(new)
        self.written[first : last + 1] = [True] * len(new)
        return text

    def _span(self, columns: Sequence[int]) -> tuple[int, int] | None:
        """The first and last word that come from words of the source."""
        open_ = [i for i in self._bearing() if not self.written[i]]
        shares = [sum(row[j] for j in columns) for row in self.rows]
        mine = [i for i in open_ if shares[i] >= _MINE]
        if not mine and open_:
            # Attention strays to verbs and articles: no other word may have this one for its best.
            with_article = self._with_article(columns)
            likely = [sum(self.rows[i][j] for j in with_article) for i in open_]
            best = max(range(len(open_)), key=likely.__getitem__)
            mine = [open_[best]] if likely[best] >= _SOME else []
        runs: list[list[int]] = []
        for i in mine:
            between = range(runs[-1][-1] + 1, i) if runs else range(0)
            joined = runs and len(between) <= 1 and not any(j in open_ or self.written[j] for j in between)
            if joined and not any(self.words[j][-1] in ".,;:!?" for j in (runs[-1][-1], *between)):
                runs[-1].append(i)
            else:
                runs.append([i])
        if not runs:
            return None
        best_run = max(runs, key=lambda run: sum(shares[i] for i in run))
        if any(self.is_shared(i, columns) for i in best_run):
            return None
        return best_run[0], best_run[-1]

    def _is_absorbed(self, match: Match, first: int) -> bool:
        """Whether a Danish article goes: the noun has it as its ending (den bruger: brugeren)."""
        return (
            self.direction.target == "da"
            and self._before(first) in ("den", "det", "de")
            and len(match.term.danish.split()) == 1
            and re.search(r"\bthe\s+$", self.source[: match.start], re.IGNORECASE) is not None
        )

    def _bearing(self) -> list[int]:
        """The words that bear meaning."""
        small = _SMALL[self.direction.target]
        bare = [word.strip(_STUCK).lower() for word in self.words]
        return [i for i, word in enumerate(bare) if word and word not in small]

    def _with_article(self, columns: Sequence[int]) -> list[int]:
        before = min(columns) - 1
        if before >= 0 and self._sources()[before] in _OWN[self.direction.source]:
            return [before, *columns]
        return list(columns)

    def _sources(self) -> list[str]:
        return [word.strip(_STUCK).lower() for word in _WORD.findall(self.source)]

    def is_shared(self, index: int, columns: Sequence[int]) -> bool:
        """Whether a word bears the meaning of a word of the source beyond ``columns``, which has no better place."""
        small = _SMALL[self.direction.source]
        bearing = self._bearing()
        for j, word in enumerate(self._sources()):
            if j in columns or word in small or not word:
                continue
            share = self.rows[index][j]
            if share >= _SHARED and share >= _BEST * max(self.rows[i][j] for i in bearing):
                return True
        return False

    def is_padded(self, first: int, columns: Sequence[int]) -> bool:
        """Whether the word before ``first`` comes from words of the source as well."""
        return (
            first > 0
            and first - 1 in self._bearing()
            and sum(self.rows[first - 1][j] for j in columns) >= _PADDING
        )

    def _parts(self, first: int, last: int) -> tuple[str, str, str]:
        """What is stuck before words, they themselves, and what is stuck behind."""
        found = _PARTS.fullmatch(" ".join(self.words[first : last + 1]))
        assert found is not None  # it matches everything  # noqa: S101
        return found[1], found[2], found[3]

    def _genitive(self, match: Match, core: str, behind: str, first: int) -> tuple[bool, str]:
        """Whether the term is to be a genitive, and what is stuck behind without the mark of one."""
        if self.direction.target == "en":
            if core.endswith(("'s", "’s")):
                return True, behind
            if match.form.genitive and behind[:1] in ("'", "’"):
                return True, behind[1:]
            return False, behind
        of = re.search(r"\bof (?:the |a |an )?$", self.source[: match.start], re.IGNORECASE)
        turned = of is not None and core.endswith("s") and self._before(first) != "af"
        return (match.form.genitive or turned) and core.endswith("s"), behind

    def _before(self, index: int) -> str:
        return self.words[index - 1].strip(_STUCK).lower() if index else ""

    def _english(self, match: Match, core: str, genitive: bool, first: int) -> str:
        plural = match.form.plural
        if not plural and not match.form.definite and self._before(first) not in _ONE:
            low = core.lower()
            plural = low.endswith("s") and not low.endswith(("ss", "us", "is", "'s", "’s"))
        text = english_of(match.term, Form(plural=plural, genitive=genitive))
        if first and (article := self._before(first)) in ("a", "an"):
            right = (
                "an"
                if text[:1].lower() in "aeiou" and not text.lower().startswith(("uni", "use", "eu", "one"))
                else "a"
            )
            self.words[first - 1] = _swapped(self.words[first - 1], article, right)
        return text

    def _danish(self, match: Match, core: str, genitive: bool, first: int) -> str:
        article = self._before(first)
        definite = article not in _DETERMINED and self._is_definite(match, core)
        neuter = self._agree(match, first)
        form = Form(plural=match.form.plural, definite=definite, genitive=genitive)
        determined = article in _DETERMINED - frozenset(
            ("en", "et", "hver", "hvert", "ingen", "noget", "nogen")
        )
        return danish_of(match.term, form, self.is_whole, determined=determined, neuter=neuter)

    def _is_definite(self, match: Match, core: str) -> bool:
        before = re.findall(r"[\w'’]+", self.source[: match.start].lower())[-1:]
        if before == ["the"]:
            return True
        if before and (before[0] in _INDEFINITE or before[0].endswith(("'s", "’s")) or before[0].isdigit()):
            return False
        low = core.lower().removesuffix("s")
        return any(
            low.endswith(end) and self.is_whole(low.removesuffix(end))
            for end in ("erne", "ene", "en", "et", "ne")
        )

    def _agree(self, match: Match, first: int) -> bool:
        """Makes an article before the noun, and an adjective between, agree with it; whether it is neuter."""
        neuter = neuter_of(match.term, self.is_whole)
        pairs = {"en": "et", "den": "det"} if neuter else {"et": "en", "det": "den"}
        for at in (first - 1, first - 2):
            if at < 0 or self.written[at] or match.form.plural:
                break
            word = self.words[at].lower()
            if word in pairs:
                self.words[at] = _swapped(self.words[at], word, pairs[word])
                if at == first - 2 and word in ("en", "et"):
                    between = self.words[first - 1]
                    fit = f"{between}t" if neuter else between.removesuffix("t")
                    if between.endswith("t") != neuter and self.is_whole(fit.lower()):
                        self.words[first - 1] = fit
                break
        return neuter

    def _capitalized(self, text: str, core: str, match: Match, first: int) -> str:
        source = self.source[match.start : match.end]
        if core.isupper() and source.isupper() and len(core) > 4:
            return text.upper()
        starts = self._before(first) == "" or self.words[first - 1].endswith(_ENDS)
        if core[:1].isupper() and (starts or source[:1].isupper()):
            return text[:1].upper() + text[1:]
        return text


def words_within(text: str, start: int, end: int) -> list[int]:
    """The indices of the words, parted by blanks, that have a character of ``text[start:end]``.

    Example:
        >>> words_within("Den sociale ydelse.", 4, 18)
        [1, 2]
    """
    return [i for i, word in enumerate(_WORD.finditer(text)) if word.start() < end and word.end() > start]


def english_of(term: Term, form: Form) -> str:
    """The English term in a form."""
    return _with_head(term.english, term.english_forms, form, "en", lambda word: False)


def neuter_of(term: Term, is_whole: Callable[[str], bool]) -> bool:
    """Whether the Danish term is neuter."""
    words = term.danish.split()
    named = term.danish_forms if len(words) == 1 else ()
    return is_neuter(words[head_of(words, "da")], named, is_whole)


def danish_of(
    term: Term, form: Form, is_whole: Callable[[str], bool], *, determined: bool = False, neuter: bool = False
) -> str:
    """The Danish term in a form; adjectives of a definite one get their article, unless the noun is determined."""
    words = term.danish.split()
    head = head_of(words, "da")
    fronts = [is_adjective(word) for word in words[:head]]
    if not any(fronts):
        return _with_head(term.danish, term.danish_forms, form, "da", is_whole)
    inflected = form.plural or form.definite or determined
    front = [
        adjective_form(word, neuter=neuter, inflected=inflected) if adjective else word
        for word, adjective in zip(words, fronts, strict=False)
    ]
    bare = Form(plural=form.plural)
    noun = written(words[head], bare, "da", (), is_whole)
    article = [("de" if form.plural else "det" if neuter else "den")] if form.definite else []
    text = " ".join([*article, *front, noun, *words[head + 1 :]])
    return written(text, Form(genitive=True), "da") if form.genitive else text


def _with_head(
    text: str, named: Sequence[str], form: Form, language: str, is_whole: Callable[[str], bool]
) -> str:
    words = text.split()
    head = head_of(words, "en" if language == "en" else "da")
    bare = Form(plural=form.plural, definite=form.definite)
    if len(words) == 1:
        done = written(text, bare, "en" if language == "en" else "da", named, is_whole)
    else:
        words[head] = written(words[head], bare, "en" if language == "en" else "da", (), is_whole)
        done = " ".join(words)
    return written(done, Form(genitive=True), "en" if language == "en" else "da") if form.genitive else done


def _swapped(word: str, old: str, new: str) -> str:
    """A word with its article exchanged; what is stuck to it, and its capital, stay."""
    at = word.lower().rfind(old)
    kept = new[:1].upper() + new[1:] if word[at : at + 1].isupper() else new
    return word[:at] + kept + word[at + len(old) :]
