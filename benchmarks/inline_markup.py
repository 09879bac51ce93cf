"""What markup within a sentence costs, and where it lands: carried through and aligned, against cut around.

    python benchmarks/inline_markup.py ../shared/eval [--lines 200]

In each line of FLORES-200 dev a run of one to three words is made bold. BLEU is that of the text without its marks:
a sentence that is cut at them loses its grammar. For placement, a name or number is made bold that stands once in the
line and once in the translation without markup: the mark has to be around that very word.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sacrebleu.metrics import BLEU

from tosprog.models.base import Backend, BackendWrapper, DecodingOptions, Hypothesis
from tosprog.models.languages import DIRECTIONS
from tosprog.models.registry import load_backend
from tosprog.pipeline.ask import Asker, AskOptions, Attempt, ask

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_NAME = re.compile(r"(?<=\s)(?:[A-ZÆØÅ][\w-]{2,}|\d{2,})(?=[\s,;)]|$)")


def marked(line: str, rng: random.Random) -> str:
    """The line with one to three words made bold; punctuation stays outside."""
    words = line.split(" ")
    size = min(rng.randint(1, 3), len(words))
    at = rng.randrange(len(words) - size + 1)
    inside = " ".join(words[at : at + size])
    bare = inside.rstrip(".,;:!?\"'”)")
    return " ".join([*words[:at], f"**{bare}**{inside[len(bare) :]}", *words[at + size :]])


def without_marks(line: str) -> str:
    """The line as a reader sees it."""
    return line.replace("**", "")


def in_pieces(lines: list[str], backend: Backend, options: AskOptions) -> list[str]:
    """Each line translated in the pieces around its markup, as before tags were carried."""
    asker = Asker(backend, options, {line: line for line in lines})
    attempt = Attempt("in pieces", options.decoding, carried=False)
    return [text or "" for ((text, _), *_) in asker.attempt(lines, attempt)]


class Blind(BackendWrapper):
    """A backend that does not say which words come from which."""

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        """The backend's answers without their alignments."""
        return [replace(one, alignment=None) for one in self._backend.translate(texts, options)]


def placements(plain: dict[str, str], backend: Backend, options: AskOptions) -> str:
    """In how many lines the name got its mark."""
    cases: dict[str, str] = {}
    for line, answer in plain.items():
        for match in _NAME.finditer(line):
            name = match[0]
            if line.count(name) == 1 and re.findall(rf"(?<![\w-]){re.escape(name)}(?![\w-])", answer) == [
                name
            ]:
                cases[f"{line[: match.start()]}**{name}**{line[match.end() :]}"] = name
                break
    answers = ask(list(cases), backend, options)
    right = sum(_BOLD.findall(answers[case].text or "") == [name] for case, name in cases.items())
    return f"{100 * right / len(cases):.1f} % of {len(cases)}"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lines", type=int, default=200)
    arguments = parser.parse_args()
    bleu = BLEU()
    options = AskOptions(decoding=DecodingOptions())
    print("| direction | BLEU no markup | carried | in pieces | placed, by attention | placed, by look |")
    print("|---|---|---|---|---|---|")
    for direction in DIRECTIONS:
        backend = load_backend(direction)
        rng = random.Random(7)
        source, reference = (
            (arguments.folder / f"flores200-dev.{code}").read_text("utf-8").splitlines()[: arguments.lines]
            for code in (direction.source, direction.target)
        )
        bold = [marked(line, rng) for line in source]
        answers = ask(source, backend, options)
        plain = {line: answers[line].text or line for line in source}
        carried = ask(bold, backend, options)
        outputs = (
            [plain[line] for line in source],
            [without_marks(carried[line].text or line) for line in bold],
            [without_marks(line) for line in in_pieces(bold, backend, options)],
        )
        scores = [bleu.corpus_score(output, [reference]).score for output in outputs]
        shares = [placements(plain, one, options) for one in (backend, Blind(backend))]
        print(f"| {direction} | {' | '.join(f'{score:.1f}' for score in scores)} | {' | '.join(shares)} |")
    print(f"\n{arguments.lines} lines, BLEU {bleu.get_signature()}")


if __name__ == "__main__":
    main()
