"""A large translation memory: TMX in and out, exact and fuzzy matches; times, memory, what the prefilter misses.

    python benchmarks/memory.py [--units 200000] [--megabytes 500]

Sentences are chains of the words of benchmarks/essays (Danish) and of docs (English), with a made-up compound in six
words, so that no two are the same and most words are rare, as in a real memory. What is looked up are sentences of the
memory with words replaced, left out, put in, or ending otherwise. "Found" is against comparing with every unit. The
peak is that of the process of the command (ru_maxrss).
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from tosprog.models.languages import Direction
from tosprog.pipeline.memory import TranslationMemory
from tosprog.pipeline.tmx import TmxUnit, write_tmx

TO_ENGLISH = Direction("da", "en")


class Chain:
    """Makes sentences of the words of texts, each word one that followed the last in them."""

    def __init__(self, folder: str, seed: int) -> None:
        text = " ".join(path.read_text(encoding="utf-8") for path in sorted(Path(folder).glob("*.md")))
        self.words: list[str] = re.findall(r"[^\W\d_]+[,.]?", text)
        self.next: dict[str, list[str]] = {}
        for word, following in zip(self.words, self.words[1:], strict=False):
            self.next.setdefault(word, []).append(following)
        self.random = random.Random(seed)

    def sentence(self) -> str:
        length = max(2, round(self.random.lognormvariate(2.4, 0.5)))
        words = [self.random.choice(self.words)]
        while len(words) < length:
            words.append(self.random.choice(self.next.get(words[-1], self.words)))
        return " ".join(self.compound(word) if self.random.random() < 1 / 6 else word for word in words)

    def compound(self, word: str) -> str:
        return self.random.choice(self.words).strip(",.") + word.lower()

    def changed(self, sentence: str, times: int) -> str:
        words = sentence.split()
        for _ in range(times):
            at = self.random.randrange(len(words))
            what = self.random.randrange(4)
            if what == 0:
                words[at] = self.random.choice(self.words)
            elif what == 1 and len(words) > 1:
                del words[at]
            elif what == 2:
                words.insert(at, self.random.choice(self.words))
            else:
                words[at] = words[at] + self.random.choice(("en", "s", "er", "ne"))
        return " ".join(words)


def units(count: int | None, megabytes: int | None = None) -> Iterator[TmxUnit]:
    danish, english = Chain("benchmarks/essays", 1), Chain("docs", 2)
    number = size = 0
    while (count is None or number < count) and (megabytes is None or size < megabytes * 2**20):
        number += 1
        source, target = danish.sentence(), english.sentence()
        size += len(source.encode()) + len(target.encode()) + 150  # of tags and attributes
        yield TmxUnit(
            source_language="da",
            target_language="en",
            source=f"{source} ({number})" if number % 10 == 0 else source,
            target=f"{target} ({number})" if number % 10 == 0 else target,
            changed="2024-05-01T12:00:00Z",
            creator="benchmark",
        )


# A process of its own starts the command: what is started counts the memory of what starts it.
_STARTER = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(status, usage.ru_maxrss)
"""


def measured(*arguments: str) -> tuple[float, float]:
    """Seconds, and peak memory in MB, of a command."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "tosprog.pipeline.cli", "memory", *arguments]
    done = subprocess.run([sys.executable, "-S", "-c", _STARTER, *command], capture_output=True, check=True)
    status, peak = map(int, done.stdout.split())
    if status:
        raise SystemExit(done.stderr.decode())
    return time.perf_counter() - began, peak / 1024


def exchange(megabytes: int, folder: Path) -> None:
    path, out, memory = folder / "large.tmx", folder / "out.tmx", folder / "large.sqlite"
    with path.open("wb") as file:
        count = write_tmx(file, units(None, megabytes))
    size = path.stat().st_size / 2**20
    for name, *arguments in (("import", path), ("import again", path), ("export", out)):
        seconds, peak = measured(name.split()[0], *map(str, arguments), "--memory", str(memory))
        print(
            f"| {name} | {size:.0f} | {count} | {seconds:.0f} | {size / seconds:.1f} | {peak:.0f} |",
            flush=True,
        )
    print(f"\nthe memory's file: {memory.stat().st_size / 2**20:.0f} MB")


def lookups(count: int, folder: Path) -> None:
    path = folder / "some.tmx"
    with path.open("wb") as file:
        write_tmx(file, units(count))
    seconds, peak = measured("import", str(path), "--memory", str(folder / "some.sqlite"))
    memory = TranslationMemory(folder / "some.sqlite")
    print(f"\n{memory.count()} units, imported in {seconds:.0f} s and {peak:.0f} MB\n")
    every = [unit.danish for unit in memory.units()]
    chain = Chain("benchmarks/essays", 3)
    asked = chain.random.sample(every, 1000)

    began = time.perf_counter()
    found = memory.exact([*asked, *(chain.sentence() for _ in range(1000))], TO_ENGLISH)
    print(f"exact, 2000 texts at once: {(time.perf_counter() - began) * 1000:.0f} ms, {len(found)} found\n")

    print(
        "| fuzzy | texts | ms a text | slowest, ms | found | ms, every unit compared |\n|---|---|---|---|---|---|"
    )
    for threshold, times in ((0.75, 1), (0.75, 2), (0.9, 1)):
        texts = [chain.changed(text, times) for text in asked[:200]]
        spent, best = [], 0
        there, all_spent = 0, 0.0
        for text in texts:
            began = time.perf_counter()
            matches = memory.fuzzy(text, TO_ENGLISH, threshold, 1)
            spent.append(time.perf_counter() - began)
            began = time.perf_counter()
            likest = process.extractOne(
                text, every, scorer=Levenshtein.normalized_similarity, score_cutoff=threshold
            )
            all_spent += time.perf_counter() - began
            if likest is not None:
                there += 1
                best += bool(matches) and matches[0].score >= likest[1] - 1e-9
        print(
            f"| {times} change{'s' * (times > 1)}, threshold {threshold} | {len(texts)} | "
            f"{sum(spent) / len(spent) * 1000:.1f} | {max(spent) * 1000:.0f} | {best} of {there} | "
            f"{all_spent / len(texts) * 1000:.0f} |",
            flush=True,
        )


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--units", type=int, default=200_000)
    parser.add_argument("--megabytes", type=int, default=500)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lookups(arguments.units, Path(folder))
    if arguments.megabytes:
        print("\n| | TMX, MB | units | seconds | MB a second | peak memory, MB |\n|---|---|---|---|---|---|")
        with tempfile.TemporaryDirectory() as folder:
            exchange(arguments.megabytes, Path(folder))


if __name__ == "__main__":
    main()
