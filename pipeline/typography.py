"""A translation dressed as its source: capitals, final stop, quotation marks, dashes, numbers.

Small models are unsure of these, and a writer has chosen them: what the source shows is not left to a model.
"""

from __future__ import annotations

import re
import unicodedata

from tosprog.pipeline.protect import NUMBER

_STRAIGHT = str.maketrans(dict.fromkeys("“”„«»", '"') | dict.fromkeys("‘’", "'") | {"…": "...", "−": "-"})
_QUOTE = re.compile(r"[\"“”„«»]")
_STOPS = ".!?…:;"
_CLOSERS = "\"'“”»«’)]"
# Digits set high or low ("CO₂", "m²", a note's mark), which models read and write as plain ones.
_RAISED = re.compile(r"(?<![^\W_¹²³⁰-₉])([^\W_¹²³⁰-₉]*)([¹²³⁰⁴-⁹]+|[₀-₉]+)")
# To a letter, or to the marks that stand behind one.
_ATTACHED = r"(?:(?<=[^\W\d_])|(?<=[^\W\d_][.,;:!?)\"'”»])|(?<=[^\W\d_][.,!?][)\"'”»]))"
_RANGE = re.compile(r"(?<!\d)(\d+)–(\d+)(?!\d)")
_HYPHEN_MINUS = re.compile(r"(?<![\w.,])-(?=\d)")
_SUSPENDED = re.compile(r"(?<=[^\W\d_]{2}-)(?=(?:og|eller|and|or) )")  # "mindre-og mellemstore"
_DASH = re.compile(r"(?<=\s)-{1,2}(?=\s)")


def is_shouted(text: str) -> bool:
    """Whether a text is in capitals and long enough for this to be meant.

    Example:
        >>> is_shouted("KRIG OG FRED"), is_shouted("NATO")
        (True, False)
    """
    return text.isupper() and sum(char.isalpha() for char in text) > 4


def plain(text: str) -> str:
    """A text as models know it best: an ordinary sentence for one in capitals, and straight quotation marks.

    Example:
        >>> plain("„KRIG OG FRED“"), plain("»Ny« …")
        ('"Krig og fred"', '"Ny" ...')
    """
    if is_shouted(text):
        at = _first_letter(text)[1]
        text = text[: at + 1] + text[at + 1 :].lower()  # all of it where a number comes first
    return text.translate(_STRAIGHT)


def lowered(text: str) -> str:
    """A heading as models know its words: in small letters, abbreviations aside; several with a final stop.

    Example:
        >>> lowered("The EU and Health"), lowered("Velfærd")
        ('the EU and health.', 'velfærd')
    """
    words = [word if word.isupper() and len(word) > 1 else word.lower() for word in plain(text).split(" ")]
    small = " ".join(words)
    bare, stop, _ = _end(small)
    return small if stop or not bare or len(words) == 1 else f"{small}."


def dressed(source: str, target: str) -> str:
    """The target with the source's capitals, stop, quotation marks, hyphens, and spelling and height of numbers.

    Example:
        >>> dressed("»Nej,« siger hun.", '"no", she says...')
        '»No«, she says.'
        >>> dressed("CO₂ på 25 m².", "CO2 on 25 m2.")
        'CO₂ on 25 m².'
    """
    for step in (_raised, _numbered, _stopped, _quoted, _dashed, _suspended, _cased):
        target = step(source, target)
    return target


def _stopped(source: str, target: str) -> str:
    """The same final stop, or none; a question stays a question."""
    bare, stop, _ = _end(source)
    body, found, after = _end(target)
    if not bare or not body or stop == found:
        return target
    if stop and found:
        # Only what is a slip: "..." for ".", "." for ":"; the choice between "?" and "!" is the model's.
        return body + stop + after if found in ("...", "…", "..") or stop in (":", "…", "...") else target
    if found:
        # An abbreviation may need its stop: none is taken away where the last word has another.
        return target if found != "." or "." in body.split()[-1] else body + after
    return body + stop + after if stop != ";" else target


def _end(text: str) -> tuple[str, str, str]:
    """Body, stop, closing quotes and brackets."""
    bare = text.rstrip(_CLOSERS)
    body = bare.rstrip(_STOPS)
    return body, bare[len(body) :], text[len(bare) :]


def _quoted(source: str, target: str) -> str:
    """The source's own marks, in their order, with the blanks that a model puts inside them taken out."""
    marks = _QUOTE.findall(source)
    if not marks or len(_QUOTE.findall(target)) != len(marks) or len(marks) % 2:
        return target
    parts = _QUOTE.split(target)
    out = parts[0]
    for i, (mark, part) in enumerate(zip(marks, parts[1:], strict=True)):
        opens = i % 2 == 0
        out = (out if opens else out.rstrip()) + mark + (part.lstrip() if opens else part)
    return out


def _raised(source: str, target: str) -> str:
    """Digits as high or low as the source has them: behind the same word or number, else behind any word."""
    for word, run in _RAISED.findall(source):
        digits = unicodedata.normalize("NFKC", run)
        same = rf"(?<!\w){re.escape(word)}{digits}(?!\d)"
        if source.startswith(run) and re.match(rf"{digits}\b", target):
            target = run + target[len(digits) :]
        elif word and re.search(same, target):
            target = re.sub(same, word + run, target, count=1)
        elif not word[-1:].isdigit():
            target = re.sub(rf"{_ATTACHED}{digits}(?!\d)", run, target, count=1)
    return target


def _numbered(source: str, target: str) -> str:
    """Numbers as the source writes them: separators, minus signs and dashes are not for a model to guess."""
    for first, last in _RANGE.findall(source):
        target = re.sub(rf"(?<!\d){first}\s?[-–]\s?{last}(?!\d)", f"{first}–{last}", target, count=1)
    if "−" in source and not _HYPHEN_MINUS.search(source):
        target = _HYPHEN_MINUS.sub("−", target)
    own = {re.sub(r"\D", "", number): number for number in NUMBER.findall(source)}
    return NUMBER.sub(lambda match: own.get(re.sub(r"\D", "", match[0]), match[0]), target)


def _dashed(source: str, target: str) -> str:
    for mark in "–—…":
        if mark in source and mark not in target:
            target = target.replace("...", mark) if mark == "…" else _DASH.sub(mark, target)
    if "'" not in source and ("’" in source or "“" in source):
        target = re.sub(r"(?<=\w)'(?=\w)", "’", target)
    return target


def _suspended(source: str, target: str) -> str:
    """A blank behind the hyphen of a word whose second half follows: "mindre- og mellemstore"."""
    return target if _SUSPENDED.search(source) else _SUSPENDED.sub(" ", target)


def _cased(source: str, target: str) -> str:
    """Capitals where the source was in capitals, and its first letter's case."""
    if is_shouted(source):
        return target.upper()
    first, at = _first_letter(source)[0], _first_letter(target)[1]
    if not first or at < 0 or target[at].isupper() == first.isupper():
        return target
    if first.islower() and (target[at + 1 : at + 2].isupper() or re.match(r"I\b", target[at:])):
        return target
    letter = target[at].upper() if first.isupper() else target[at].lower()
    return target[:at] + letter + target[at + 1 :]


def _first_letter(text: str) -> tuple[str, int]:
    """The letter that begins the text, and its place; after a digit or a bracket there is none."""
    for i, char in enumerate(text):
        if char.isalpha():
            return char, i
        if char.isdigit() or char == "[":
            break
    return "", -1
