"""Makes a translation respect a glossary: the best hypothesis that does, else the words exchanged for the term.

CTranslate2 cannot be told that a word has to come, but for the beginning of an answer; so what it answers is looked at,
and changed. Measured against carriers in place of the terms in docs/glossary.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from tosprog.models.base import Hypothesis
from tosprog.models.languages import Direction
from tosprog.pipeline.document import TermUse, TermUseKind
from tosprog.pipeline.glossary import Glossary, Match, Term
from tosprog.pipeline.glossary_carriers import Masked, fill_terms, mask_terms
from tosprog.pipeline.glossary_finder import finder_of, finder_of_term
from tosprog.pipeline.glossary_rewrite import Rewriter, words_within


@dataclass(frozen=True, slots=True)
class Enforced:
    """A translation that respects a glossary, as far as it could be had.

    Attributes:
        hypothesis: With the terms in its text, and its alignment made to fit; the others are left out.
        uses: Of each term of the source, in order.
    """

    hypothesis: Hypothesis
    uses: tuple[TermUse, ...] = ()

    @property
    def violations(self) -> int:
        """How many terms the translation lacks."""
        return sum(use.kind is TermUseKind.VIOLATED for use in self.uses)


def _knows_nothing(word: str) -> bool:
    return False


class Enforcer:
    """A glossary in a direction."""

    def __init__(
        self, glossary: Glossary, direction: Direction, is_whole: Callable[[str], bool] = _knows_nothing
    ) -> None:
        """Prepares the terms.

        Args:
            glossary: Which terms.
            direction: Of the translations.
            is_whole: Whether the model has a word of the target language (`Backend.is_whole`): of several forms
                that pattern allows, it is taken.
        """
        self._finder = finder_of(glossary, direction.source)
        self._direction = direction
        self._is_whole = is_whole

    def matches(self, source: str) -> list[Match]:
        """The terms of a sentence: where there is none, nothing has to be enforced, and no alignment is needed."""
        return self._finder.find(source)

    def enforce(self, source: str, hypothesis: Hypothesis, *, rewrite: bool = True) -> Enforced:
        """Makes a translation respect the glossary.

        The first of the hypothesis and its others that has every term is taken; where none has, the first that
        has most, and in it the words that come from a lacking term are exchanged for it.

        Args:
            source: As the model read it.
            hypothesis: What it answered; without an alignment nothing is exchanged.
            rewrite: Whether words may be exchanged.
        """
        matches = self._finder.find(source)
        if not matches:
            return Enforced(replace(hypothesis, others=()) if hypothesis.others else hypothesis)
        wanted = [match for match in matches if not match.is_compound]
        best, lacking = hypothesis, self._lacking(source, hypothesis, wanted)
        for other in hypothesis.others if lacking else ():
            fewer = self._lacking(source, other, wanted)
            if len(fewer) < len(lacking):
                best, lacking = other, fewer
            if not lacking:
                break
        best = replace(best, others=())
        done: list[Match] = []
        if lacking and rewrite:
            best, done = self._rewritten(source, best, wanted, lacking)
        return Enforced(best, tuple(self._use(source, match, lacking, done) for match in matches))

    def mask(self, source: str) -> Masked | None:
        """The sentence with carriers in place of its terms, for what could not be rewritten; None where it has none."""
        return mask_terms(source, [match for match in self._finder.find(source) if not match.is_compound])

    def fill(self, masked: Masked, hypothesis: Hypothesis) -> Enforced | None:
        """A translation of a masked sentence with the terms in place of their carriers.

        Args:
            masked: As it was asked.
            hypothesis: What was answered; of it and its others, the first that has each carrier once is taken.

        Returns:
            The translation, without alignment; None where no answer has each carrier once.
        """
        filled = fill_terms(masked, hypothesis, self._direction, self._is_whole)
        if filled is None:
            return None
        matches = self._finder.find(masked.source)
        return Enforced(
            filled, tuple(self._use(masked.source, match, [], masked.matches) for match in matches)
        )

    def _lacking(self, source: str, hypothesis: Hypothesis, wanted: Sequence[Match]) -> list[Match]:
        """The terms that a translation has not, or not as often."""
        lacking: list[Match] = []
        for term, group in _by_term(wanted).items():
            left = list(group)
            for there in self._there(source, hypothesis, term, group):
                if left:
                    shares = [self._share(source, hypothesis, match, there) for match in left]
                    del left[shares.index(max(shares))]
            lacking += left
        return lacking

    def _there(self, source: str, hypothesis: Hypothesis, term: Term, group: Sequence[Match]) -> list[Match]:
        """Where a translation has a term. A compound counts where its other part has a source of its own."""
        found = finder_of_term(term, self._direction.target).find(hypothesis.text)
        rewriter = self._rewriter(source, hypothesis) if found else None
        if rewriter is None:
            return found
        columns = sorted({j for match in group for j in words_within(source, match.start, match.end)})
        counted: list[Match] = []
        for one in found:
            lines = words_within(hypothesis.text, one.start, one.end)
            if one.is_compound:
                counts = any(rewriter.is_shared(i, columns) for i in lines)
            else:
                counts = len(columns) == len(group) or not rewriter.is_padded(lines[0], columns)
            if counts:
                counted.append(one)
        return counted

    def _rewriter(self, source: str, hypothesis: Hypothesis) -> Rewriter | None:
        """None where the alignment is missing, or of other words."""
        rows, words = hypothesis.alignment, hypothesis.text.split()
        if not rows or len(rows) != len(words) or len(rows[0]) != len(source.split()):
            return None
        return Rewriter(source, words, list(rows), self._direction, self._is_whole)

    def _share(self, source: str, hypothesis: Hypothesis, match: Match, there: Match) -> float:
        """How much of words of the target comes from words of the source."""
        rows = hypothesis.alignment
        columns = words_within(source, match.start, match.end)
        lines = words_within(hypothesis.text, there.start, there.end)
        if not rows or len(rows) <= max(lines) or len(rows[0]) <= max(columns):
            return 0.0
        return sum(rows[i][j] for i in lines for j in columns)

    def _rewritten(
        self, source: str, hypothesis: Hypothesis, wanted: Sequence[Match], lacking: Sequence[Match]
    ) -> tuple[Hypothesis, list[Match]]:
        rewriter = self._rewriter(source, hypothesis)
        if rewriter is None:
            return hypothesis, []
        for term, group in _by_term(wanted).items():
            for there in self._there(source, hypothesis, term, group):
                rewriter.lock(words_within(hypothesis.text, there.start, there.end))
        done = [match for match in lacking if rewriter.put(match) is not None]
        if not done:
            return hypothesis, []
        return replace(hypothesis, text=" ".join(rewriter.words), alignment=rewriter.alignment), done

    def _use(self, source: str, match: Match, lacking: Sequence[Match], done: Sequence[Match]) -> TermUse:
        kind = TermUseKind.RESPECTED
        if match.is_compound:
            kind = TermUseKind.COMPOUND
        elif match in done:
            kind = TermUseKind.REWRITTEN
        elif match in lacking:
            kind = TermUseKind.VIOLATED
        target = match.term.side(self._direction.target)
        return TermUse(source[match.start : match.end], target, kind)


def _by_term(matches: Sequence[Match]) -> dict[Term, list[Match]]:
    groups: dict[Term, list[Match]] = {}
    for match in matches:
        groups.setdefault(match.term, []).append(match)
    return groups


@lru_cache(maxsize=8)
def enforcer_of(
    glossary: Glossary, direction: Direction, is_whole: Callable[[str], bool] = _knows_nothing
) -> Enforcer:
    """The enforcer of a glossary in a direction, prepared once; arguments as of `Enforcer`."""
    return Enforcer(glossary, direction, is_whole)
