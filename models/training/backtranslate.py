"""Synthetic pairs: real prose of one language, put into the other by the model at hand.

The real side is always the target of the direction that learns from the pair, so that what is written well stays
the thing to imitate: Danish prose trains en-da, English prose da-en.

Source: Sennrich, Haddow and Birch, "Improving Neural Machine Translation Models with Monolingual Data", ACL 2016.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tosprog.models.base import Backend, DecodingOptions
from tosprog.models.languages import LanguageCode
from tosprog.models.training.corpora import Held, Pair, fault_of, languages_of, normal

PREFIX = "bt-"  # corpus "bt-da": the Danish side is real
_SENTENCE_END = re.compile(r"(?<=[a-zæøå\d)][.!?]) +(?=[A-ZÆØÅ])")
_WORDS = (4, 45)
_CHUNK = 200  # what a kill loses at most
_MIN_SCORE = -1.4  # mean log probability of a token; below it the output is mostly guessed
_LOOP = re.compile(r"\b(\w+(?: \w+){0,3})(?: \1){2,}\b", re.IGNORECASE)


def sentences_of(lines: Iterable[str], held: Held, language: LanguageCode, seed: int = 1) -> list[str]:
    """Sound sentences of the language, each once, shuffled; none that is in the evaluation text, or near it.

    The cut is plain (a stop, a blank, a capital): a paragraph that is cut badly costs a pair, not a user.
    """
    seen: set[str] = set()
    found: list[str] = []
    for line in lines:
        for sentence in _SENTENCE_END.split(" ".join(line.split())):
            words = sentence.split()
            letters = sum(c.isalpha() or c == " " for c in sentence)
            if (
                not _WORDS[0] <= len(words) <= _WORDS[1]
                or letters < 0.85 * len(sentence)
                or sentence.isupper()
            ):
                continue
            key = normal(sentence)
            if key not in seen and sentence[0].isupper() and sentence[-1] in ".!?":
                seen.add(key)
                found.append(sentence)
    sound = [
        s
        for s, code in zip(found, languages_of(found), strict=True)
        if code == language and not held.match(s)
    ]
    random.Random(seed).shuffle(sound)
    return sound


def back_translate(sentences: list[str], backend: Backend, out: Path, beam_size: int = 2) -> None:
    """Appends ``real TAB synthetic TAB score`` lines to ``out``, as many as it has not yet.

    Args:
        sentences: The real side, the same ones in the same order at every call.
        backend: From their language into the other.
        out: The file to append to.
        beam_size: Of the search.
    """
    done = 0
    if out.exists():
        whole = out.read_bytes()
        done = whole.count(b"\n")
        out.write_bytes(whole[: whole.rfind(b"\n") + 1])  # a torn last line
    for start in range(done, len(sentences), _CHUNK):
        chunk = sentences[start : start + _CHUNK]
        fitting = [s if backend.count_tokens(s) <= backend.max_tokens else "" for s in chunk]
        answers = backend.translate(fitting, DecodingOptions(beam_size=beam_size))
        with out.open("a", encoding="utf-8") as lines:
            for sentence, answer in zip(chunk, answers, strict=True):
                lines.write(f"{sentence}\t{' '.join(answer.text.split())}\t{answer.score:.3f}\n")


def read_pairs(path: Path, real: LanguageCode) -> Iterator[Pair]:
    """The sound pairs of a file that `back_translate` wrote; corpus ``bt-da`` or ``bt-en``."""
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if len(fields) != 3 or float(fields[2]) < _MIN_SCORE or _LOOP.search(fields[1]):
            continue
        danish, english = fields[:2] if real == "da" else (fields[1], fields[0])
        pair = Pair(english, danish, f"{PREFIX}{real}")
        if fault_of(pair) is None:
            yield pair
