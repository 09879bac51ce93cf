"""The default backend: CTranslate2, int8 weights, a SentencePiece pair. Neither torch nor transformers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tosprog.models.alignment import align_words
from tosprog.models.base import DecodingOptions, Hypothesis
from tosprog.models.batches import Answer, refuse_too_long, translate_in_batches
from tosprog.models.catalog import ModelEntry
from tosprog.models.device import default_threads
from tosprog.models.errors import ModelCorruptError, ModelError
from tosprog.models.languages import Direction
from tosprog.models.tokenizer import EOS, Tokenizer

_POSITIONS = 512  # of a Marian network; CTranslate2's config.json does not say
_COMPUTE_TYPE = "int8"
# Hypotheses that must be finished before a search ends, as a multiple of the beam. With 1, a beam full of short bad
# ones ends it before the good long one is there. Source: Kasai et al. (2022), "A Call for Clarity in Beam Search".
_PATIENCE = 2.0
_SCORED_TOKENS = 2048  # in a batch


class CTranslate2Backend:
    """A Marian model in CTranslate2's format: ``model.bin``, vocabulary, ``source.spm``, ``target.spm``.

    CTranslate2's score, with its length penalty of 1, is the sum of the log probabilities of the output's
    tokens divided by their number, the end token counted among both: the mean that `Hypothesis` asks for. An
    output that was stopped at its length limit has no end token, and its mean is over the tokens it has.
    """

    is_double = False

    def __init__(
        self,
        folder: Path,
        entry: ModelEntry,
        direction: Direction,
        *,
        checksum: str,
        threads: int | None = None,
        device: str = "cpu",
    ) -> None:
        """Loads the model.

        Args:
            folder: Where the files are.
            entry: What the catalog says of the model.
            direction: What to translate from and into.
            checksum: sha256 of ``model.bin``, for the signature.
            threads: Of one translation; None is `default_threads`.
            device: ``cpu``, or ``auto`` for a GPU where CTranslate2 sees one.

        Raises:
            ModelCorruptError: a file is missing, truncated, or not what its name says.
        """
        import ctranslate2

        self.direction = direction
        self.max_tokens = entry.max_tokens
        self.signature = f"ctranslate2/{entry.name}@{checksum[:12]}/{_COMPUTE_TYPE}"
        self._name = entry.name
        self._prefix = [entry.prefix] if entry.prefix else []
        self._tokenizer = Tokenizer(folder)
        self._bytes = [[piece] for piece in self._tokenizer.byte_pieces()] or None
        try:
            self._translator = ctranslate2.Translator(
                str(folder),
                device=device,
                compute_type=_COMPUTE_TYPE,
                inter_threads=1,
                intra_threads=threads or default_threads(),
            )
        except (RuntimeError, ValueError, MemoryError) as error:
            raise ModelCorruptError(
                f"cannot load model {entry.name} from {folder}: {error}; "
                f"type: tosprog models verify {entry.name}"
            ) from error

    def _encode(self, text: str) -> list[str]:
        pieces = self._tokenizer.encode(text)
        return [*self._prefix, *pieces, EOS] if pieces else [EOS]

    def count_tokens(self, text: str) -> int:
        """The number of source pieces, prefix and end token included."""
        return len(self._encode(text))

    def is_whole(self, word: str) -> bool:
        """Whether the word is one target piece."""
        return self._tokenizer.is_whole(word)

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        """Translates each text; same length and order as ``texts``. A blank text gives an empty one.

        Raises:
            ValueError: a text is longer than ``max_tokens``.
            ModelError: CTranslate2 failed.
        """

        def run(sources: list[list[str]], limit: int) -> list[Answer]:
            results = self._translator.translate_batch(
                sources,
                beam_size=options.width,
                num_hypotheses=options.hypotheses,
                no_repeat_ngram_size=options.repetition_ngram,
                max_decoding_length=limit,
                max_input_length=0,  # the check above refuses; nothing is cut off here
                length_penalty=1,
                patience=_PATIENCE,
                return_scores=True,
                return_attention=options.align,
                disable_unk=True,
                suppress_sequences=None if options.spell_bytes else self._bytes,
            )
            return [
                self._answer(source, result, align=options.align)
                for source, result in zip(sources, results, strict=True)
            ]

        try:
            return translate_in_batches(
                texts,
                options,
                encode=self._encode,
                run=run,
                max_tokens=self.max_tokens,
                max_output=max(_POSITIONS, self.max_tokens),
            )
        except (RuntimeError, MemoryError) as error:
            raise ModelError(f"model {self._name} failed on {len(texts)} texts: {error}") from error

    def count_target_tokens(self, text: str) -> int:
        """The number of target pieces, end token included."""
        return len(self._tokenizer.encode_target(text)) + 1

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """For each source and translation the mean log probability of a token of the translation, its end included.

        Raises:
            ValueError: a source is longer than ``max_tokens``, or a translation than the network's positions.
            ModelError: CTranslate2 failed.
        """
        sources = [self._encode(source) for source, _ in pairs]
        targets = [self._tokenizer.encode_target(target) for _, target in pairs]
        most = max(_POSITIONS, self.max_tokens) - 1  # the end token comes after
        for (source, target), of_source, of_target in zip(pairs, sources, targets, strict=True):
            refuse_too_long(source, len(of_source), self.max_tokens)
            refuse_too_long(target, len(of_target), most)
        try:
            results = self._translator.score_batch(
                sources, targets, max_batch_size=_SCORED_TOKENS, batch_type="tokens", max_input_length=0
            )
        except (RuntimeError, MemoryError) as error:
            raise ModelError(f"model {self._name} failed on {len(pairs)} texts: {error}") from error
        return [min(0.0, sum(one.log_probs) / len(one.log_probs)) for one in results]

    def _answer(self, source: list[str], result: Any, *, align: bool) -> Answer:
        found = [
            Hypothesis(
                self._tokenizer.decode(pieces),
                min(0.0, score),
                align_words(source, pieces, result.attention[i]) if align else None,
            )
            for i, (pieces, score) in enumerate(zip(result.hypotheses, result.scores, strict=True))
        ]
        return Answer(replace(found[0], others=tuple(found[1:])), len(result.hypotheses[0]))
