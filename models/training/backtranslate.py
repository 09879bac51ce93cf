"""Synthetic pairs: real prose of one language, put into the other by the model at hand.

The real side is always the target of the direction that learns from the pair, so that what is written well stays
the thing to imitate: Danish prose trains en-da, English prose da-en. A pair's corpus says which side is real
(``bt-da:NAME``), and `corpora.rows_for` gives each direction its own.

Source: Sennrich, Haddow and Birch, "Improving Neural Machine Translation Models with Monolingual Data", ACL 2016.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tosprog.models.base import Backend, DecodingOptions
from tosprog.models.languages import LanguageCode, other
from tosprog.models.training.corpora import SYNTHETIC, Held, Pair, fault_of, languages_of, normal

MIN_SCORE = -0.9  # mean log probability of a token; below it half of the content words are guessed
_SENTENCE_END = re.compile(r"(?<=[a-zæøå\d)][.!?]) +(?=[A-ZÆØÅ])")
_ABBREVIATION = re.compile(
    r"(?i:(?:^|[ (])(?:hr|fr|dr|prof|kl|nr|stk|ca|bl\.a|f\.eks|fx|d\.v\.s|dvs|jf|m\.m"
    r"|mr|mrs|ms|st|no|vs|e\.g|i\.e|sen|rep|gov)\.$)"
)
_WORDS = (4, 60)
_MIN_LETTERS = 0.85  # of the characters, blanks included among the letters
_MAX_CAPITALS = 0.3  # of the letters
_CHUNK = 200  # what a kill loses at most
_GLUED = re.compile(r"[a-zæøå)][.!?][A-ZÆØÅ][a-zæøå]")  # "... valgte.Det eneste"
_LOOSE_MARK = re.compile(r" [,;:!?.](?: |$)")
# What a chair says to run a debate, and what a web page says around its text.
_FURNITURE = re.compile(
    r"(?i:værsgo|^(?:(?:så|og) )?(?:siger )?tak til |^tak for det\.$|korte? bemærkning(?:er)?\b|bedt om ordet)"
    r"|(?i:forhandlingen er (?:sluttet|åbnet)|\bhr\.$|folketingstidende|\((?:latter|munterhed)\))"
    r"|ordfører er (?:fru |hr\. )?[A-ZÆØÅ]|^\(|\([A-ZÆØÅ]{1,3}\)"
    r"|(?i:^(?:posted|written|updated|published|edited) (?:by|on)\b|^(?:read|learn|see) more\b)"
    r"|(?i:click (?:here|on)|\bcookies?\b|\bsubscribe\b|©)"
)
_SPELLED_LOOP = re.compile(r"(\w{1,6}?)\1{3,}", re.IGNORECASE)
_SPOKEN_LOOP = re.compile(r"\b(\w+(?:\W+\w+){0,3})(?:\W+\1){2,}\b", re.IGNORECASE)
# Byte pieces gone astray: outside Latin letters, their punctuation and the euro sign.
_DEBRIS = re.compile(r"[^\x20-\u024f\u2010-\u203a\u20ac]")


def _cut(line: str) -> Iterator[str]:
    """Sentences of a paragraph: a stop, a blank, a capital, unless an abbreviation is before the blank."""
    held_back = ""
    for part in _SENTENCE_END.split(line):
        part = f"{held_back} {part}" if held_back else part
        held_back = part if _ABBREVIATION.search(part) else ""
        if not held_back:
            yield part
    if held_back:
        yield held_back


def _quotes_pair(sentence: str) -> bool:
    """Straight quotation marks open before a word and close behind one, by turns."""
    for turn, match in enumerate(re.finditer('"', sentence)):
        left, right = sentence[: match.start()][-1:], sentence[match.end() :][:1]
        if (right if turn % 2 == 0 else left).strip() == "":
            return False
    return sentence.count('"') % 2 == 0


def flaw_of(sentence: str) -> str | None:
    """The first rule that a sentence of prose breaks, or None for one that is worth imitating.

    Example:
        >>> flaw_of("Den gamle bro er lukket i dag.")
        >>> flaw_of("Næste ordfører er fru Ida Madsen.")
        'furniture'
    """
    if not _WORDS[0] <= len(sentence.split()) <= _WORDS[1]:
        return "length"
    if sum(c.isalpha() or c == " " for c in sentence) < _MIN_LETTERS * len(sentence):
        return "few letters"
    if sum(c.isupper() for c in sentence) > _MAX_CAPITALS * sum(c.isalpha() for c in sentence):
        return "capitals"
    if not sentence.lstrip("\"'“‘»(-– ")[:1].isupper() or sentence.rstrip("\"'”’«)")[-1:] not in tuple(".!?"):
        return "no whole sentence"
    if _FURNITURE.search(sentence):
        return "furniture"
    if _GLUED.search(sentence) or _LOOSE_MARK.search(sentence) or not _quotes_pair(sentence):
        return "spacing"
    return None


def clean_prose(
    lines: Iterable[str], held: Held, language: LanguageCode, *, cut: bool = True, seed: int = 1
) -> tuple[list[str], Counter[str]]:
    """Sound sentences of the language, each once, shuffled, and how many each rule took away.

    The order hangs on each sentence alone: a rule that is added later takes some away and moves none.

    Args:
        lines: A sentence or a paragraph each.
        held: The evaluation text; what is in it, or near it, is left out.
        language: Of the lines.
        cut: Whether to cut the lines into sentences. The cut is plain: a paragraph that is cut badly costs a
            pair, not a user.
        seed: Of the order.
    """
    dropped: Counter[str] = Counter()
    seen: set[str] = set()
    found: list[str] = []
    for line in lines:
        whole = " ".join(line.split())
        for sentence in _cut(whole) if cut else [whole]:
            key = normal(sentence)
            flaw = flaw_of(sentence) or ("duplicate" if key in seen else None)
            if flaw is None and (match := held.match(sentence)):
                flaw = f"evaluation text, {match}"
            if flaw is None:
                seen.add(key)
                found.append(sentence)
            else:
                dropped[flaw] += 1
    sound = [s for s, code in zip(found, languages_of(found), strict=True) if code == language]
    dropped["language"] = len(found) - len(sound)
    sound.sort(key=lambda s: hashlib.blake2b(f"{seed}/{s}".encode(), digest_size=8).digest())
    return sound, dropped


def sentences_of(lines: Iterable[str], held: Held, language: LanguageCode) -> list[str]:
    """The sentences of `clean_prose` alone."""
    return clean_prose(lines, held, language)[0]


def _done(raw: Path) -> set[str]:
    """The real sides of a raw file, which is cut behind its last whole line."""
    if not raw.exists():
        return set()
    whole = raw.read_bytes()
    end = whole.rfind(b"\n") + 1
    if end < len(whole):
        with raw.open("r+b") as file:
            file.truncate(end)
    return {line.split("\t")[0] for line in whole[:end].decode("utf-8").split("\n")}


def back_translate(
    sentences: list[str],
    backend: Backend,
    raw: Path,
    beam_size: int = 1,
    progress: Callable[[int, float], None] | None = None,
) -> float:
    """Appends ``real TAB synthetic TAB score`` to ``raw`` for each sentence that it has not; sentences a second.

    Killed at any instant, it loses the 200 sentences at hand at most.

    Args:
        sentences: The real side.
        backend: From their language into the other.
        raw: The file to append to.
        beam_size: Of the search; no sampling.
        progress: Called with the sentences translated so far, and their number a second.
    """
    done = _done(raw)
    left = [sentence for sentence in sentences if sentence not in done]
    began, rate = time.monotonic(), 0.0
    for start in range(0, len(left), _CHUNK):
        chunk = left[start : start + _CHUNK]
        fitting = [s if backend.count_tokens(s) <= backend.max_tokens else "" for s in chunk]
        answers = backend.translate(fitting, DecodingOptions(beam_size=beam_size))
        with raw.open("a", encoding="utf-8", newline="\n") as lines:
            for sentence, answer in zip(chunk, answers, strict=True):
                lines.write(f"{sentence}\t{' '.join(answer.text.split())}\t{answer.score:.3f}\n")
        translated = start + len(chunk)
        rate = translated / max(1e-9, time.monotonic() - began)
        if progress is not None:
            progress(translated, rate)
    return rate


def _most_repeated(text: str, words: int) -> int:
    parts = normal(text).split()
    return max(Counter(zip(*(parts[i:] for i in range(words)), strict=False)).values(), default=0)


def loops(synthetic: str, real: str) -> bool:
    """Whether the synthetic side repeats itself where the real one does not.

    Example:
        >>> loops("Pelle Drags Drags Drags said so.", "Det sagde Pelle Dragsted.")
        True
        >>> loops("It was very, very, very cold.", "Det var meget, meget, meget koldt.")
        False
    """
    if _SPELLED_LOOP.search(synthetic) and not _SPELLED_LOOP.search(real):
        return True
    if _SPOKEN_LOOP.search(synthetic) and not _SPOKEN_LOOP.search(real):
        return True
    if _most_repeated(real, 3) > 1:
        return False
    return _most_repeated(synthetic, 3) > 2 or _most_repeated(synthetic, 5) > 1


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A line of a raw file."""

    real: str
    synthetic: str
    score: float


def read_raw(raw: Path) -> Iterator[Synthetic]:
    """The lines that `back_translate` wrote, torn ones left out."""
    with raw.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            fields = line.rstrip("\n").split("\t")
            if len(fields) == 3 and line.endswith("\n"):
                yield Synthetic(fields[0], fields[1], float(fields[2]))


def _fault_of(row: Synthetic, pair: Pair, held: Held, min_score: float) -> str | None:
    if fault := fault_of(pair):
        return fault
    if row.score < min_score:
        return "score"
    if loops(row.synthetic, row.real):
        return "loop"
    if _DEBRIS.search(row.synthetic):
        return "debris"
    # The real side passed once; a rule or an evaluation set may be newer than the translation.
    if flaw := flaw_of(row.real):
        return flaw
    if match := held.match(row.synthetic) or held.match(row.real):
        return f"evaluation text, {match}"
    return None


def sound_pairs(
    rows: Iterable[Synthetic], real: LanguageCode, held: Held, *, name: str = "", min_score: float = MIN_SCORE
) -> tuple[list[Pair], Counter[str]]:
    """The pairs worth training on, corpus ``bt-da:NAME`` or ``bt-en:NAME``, and what each rule took away.

    Args:
        rows: From `read_raw`.
        real: Language of their real side.
        held: The evaluation text, which neither side may come near.
        name: Of the corpus.
        min_score: Least mean log probability of a token.
    """
    corpus = f"{SYNTHETIC}{real}:{name}" if name else f"{SYNTHETIC}{real}"
    dropped: Counter[str] = Counter()
    kept: list[Pair] = []
    for row in rows:
        danish, english = (row.real, row.synthetic) if real == "da" else (row.synthetic, row.real)
        pair = Pair(english, danish, corpus)
        fault = _fault_of(row, pair, held, min_score)
        if fault is None:
            kept.append(pair)
        else:
            dropped[fault] += 1
    codes = languages_of([pair.english if real == "da" else pair.danish for pair in kept])
    sound = [pair for pair, code in zip(kept, codes, strict=True) if code == other(real)]
    dropped["language"] = len(kept) - len(sound)
    return sound, dropped
