"""The records of a summary: sentences, what each rests on, and what became of those that rest on nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tosprog.models.languages import LanguageCode


class Note(str, Enum):
    """Why a summary is not what was asked for."""

    EMPTY = "empty"
    WHOLE = "whole"
    FEW = "few"
    LONG = "long"
    FELL_BACK = "fell_back"
    DROPPED = "dropped"
    REPLACED = "replaced"
    FILLED = "filled"
    UNTRANSLATED = "untranslated"
    FOREIGN = "foreign"
    LIST = "list"


_NOTES: dict[LanguageCode, dict[Note, str]] = {
    "en": {
        Note.EMPTY: "There is no prose to summarise.",
        Note.WHOLE: "The text is no longer than the summary asked for, and is quoted whole.",
        Note.FEW: "Only {used} of the {total} sentences can be quoted; {asked} were asked for.",
        Note.LONG: "No sentence has {limit} words or fewer; the best one is quoted whole: {words} words.",
        Note.FELL_BACK: "The model's answers could not be used ({why}); the summary quotes instead.",
        Note.DROPPED: "{dropped} sentence(s) of the model were left out: the text does not support them.",
        Note.REPLACED: "{replaced} sentence(s) of the model were replaced by the nearest of the text.",
        Note.FILLED: "The model wrote less than was asked for; {quoted} sentence(s) of the text are added.",
        Note.FOREIGN: "The text is neither Danish nor English; its sentences are quoted as they stand.",
        Note.LIST: "The text is more list than prose; a summary of it says little.",
        Note.UNTRANSLATED: "{untranslated} sentence(s) could not be translated and stand as they were.",
    },
    "da": {
        Note.EMPTY: "Der er ingen løbende tekst at sammenfatte.",
        Note.WHOLE: "Teksten er ikke længere end det ønskede resumé og er gengivet i sin helhed.",
        Note.FEW: "Kun {used} af de {total} sætninger kan citeres; der blev bedt om {asked}.",
        Note.LONG: "Ingen sætning er på {limit} ord eller færre; den bedste er gengivet hel: {words} ord.",
        Note.FELL_BACK: "Modellens svar kunne ikke bruges ({why}); resuméet citerer i stedet.",
        Note.DROPPED: "{dropped} sætning(er) fra modellen er udeladt: teksten siger det ikke.",
        Note.REPLACED: "{replaced} sætning(er) fra modellen er erstattet af tekstens nærmeste.",
        Note.FILLED: "Modellen skrev mindre, end der blev bedt om; {quoted} af tekstens sætninger er føjet til.",
        Note.FOREIGN: "Teksten er hverken dansk eller engelsk; dens sætninger er citeret, som de står.",
        Note.LIST: "Teksten er mere liste end løbende tekst; et resumé af den siger ikke meget.",
        Note.UNTRANSLATED: "{untranslated} sætning(er) kunne ikke oversættes og står, som de stod.",
    },
}


@dataclass(frozen=True, slots=True)
class SummaryOptions:
    """How long a summary may be; where both limits are given, both hold.

    Attributes:
        sentences: Most sentences, 1 or more; None is no limit.
        words: Most words (what stands between blanks), 1 or more; None is no limit.
    """

    sentences: int | None = 4
    words: int | None = None

    def __post_init__(self) -> None:
        for name, value in (("sentences", self.sentences), ("words", self.words)):
            if value is not None and (type(value) is not int or value < 1):
                raise ValueError(f"{name} is {value!r}; legal is a whole number from 1, as in: --{name} 5")
        if self.sentences is None and self.words is None:
            raise ValueError("neither sentences nor words is set; give one, as in: --sentences 4")


class SentenceKind(str, Enum):
    """Where a sentence of a summary comes from: the text, a model, or the text in place of a model's."""

    QUOTED = "quoted"
    WRITTEN = "written"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence of the document that a sentence of the summary rests on.

    Attributes:
        text: The sentence as the document has it, on one line.
        block: Index of its block among those given, from 0.
        segment: Index of its segment in that block, from 0.
        number: Its number among the sentences of prose, from 1, for people.
        likeness: How much it says the same, 0 to 1; 1 where it is quoted.
    """

    text: str
    block: int
    segment: int
    number: int
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence of a summary.

    Attributes:
        text: The sentence, on one line.
        sources: What it rests on, best first; never empty.
        score: How well it stands for the text; only the order within one document means something.
        kind: Where it comes from.
    """

    text: str
    sources: tuple[Source, ...]
    score: float = 0.0
    kind: SentenceKind = SentenceKind.QUOTED


@dataclass(frozen=True, slots=True)
class Rejected:
    """A sentence that a model wrote and that is not in the summary, with the names of the checks that it failed."""

    text: str
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Sentences in reading order.

    Attributes:
        sentences: With their sources.
        notes: Why this is not what was asked for; empty where it is.
        total: Sentences of prose in the source.
        options: What was asked for.
        method: What made it: ``extractive``, or the signature of a model.
        rejected: What a model wrote without support.
        failures: Why answers of a model could not be used at all, an entry for each answer.
        untranslated: Sentences that could not be put into the language asked for.
    """

    sentences: tuple[SummarySentence, ...]
    notes: tuple[Note, ...]
    total: int
    options: SummaryOptions
    method: str = "extractive"
    rejected: tuple[Rejected, ...] = ()
    failures: tuple[str, ...] = ()
    untranslated: int = 0

    @property
    def text(self) -> str:
        """The sentences as one paragraph."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def support_rate(self) -> float | None:
        """Share of the sentences that a model wrote that passed the checks; None where it wrote none."""
        written = sum(sentence.kind is SentenceKind.WRITTEN for sentence in self.sentences)
        total = written + len(self.rejected)
        return written / total if total else None

    @property
    def note(self) -> str | None:
        """The notes in English, None where the summary is what was asked for."""
        return self.note_in("en")

    def note_in(self, language: LanguageCode) -> str | None:
        """The notes in either language, as one line."""
        replaced = sum(sentence.kind is SentenceKind.REPLACED for sentence in self.sentences)
        values = {
            "total": self.total,
            "used": len(self.sentences),
            "asked": self.options.sentences,
            "limit": self.options.words,
            "words": len(self.text.split()),
            "why": ", ".join(dict.fromkeys(self.failures)),
            "replaced": replaced,
            "quoted": sum(sentence.kind is SentenceKind.QUOTED for sentence in self.sentences),
            "dropped": len(self.rejected) - replaced,
            "untranslated": self.untranslated,
        }
        return " ".join(_NOTES[language][note].format(**values) for note in self.notes) or None
