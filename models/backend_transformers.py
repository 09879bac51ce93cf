"""The PyTorch backend: any sequence-to-sequence model that transformers loads from a safetensors folder."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tosprog.models.alignment import align_words
from tosprog.models.base import Alignment, DecodingOptions, Hypothesis
from tosprog.models.batches import Answer, by_tokens, refuse_too_long, sendable, translate_in_batches
from tosprog.models.catalog import ModelEntry
from tosprog.models.errors import ModelError
from tosprog.models.languages import Direction
from tosprog.models.networks import load_seq2seq

_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
_SCORED_TOKENS = (
    512  # in a batch: as many rows of logits, of a quarter of a million pieces with some networks
)
_NO_LABEL = -100  # transformers': no loss there


def _padded(rows: list[list[int]], value: int) -> list[list[int]]:
    """Rows of one length."""
    longest = max(map(len, rows))
    return [row + [value] * (longest - len(row)) for row in rows]


def _device(wanted: str) -> str:
    import torch

    return "cuda" if wanted == "auto" and torch.cuda.is_available() else "cpu"


class TransformersBackend:
    """Marian, NLLB, and whatever else `AutoModelForSeq2SeqLM` knows. Float32, no remote code, no pickles."""

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
        """Loads the model; looks nothing up on a hub.

        Args:
            folder: ``config.json``, safetensors, the tokenizer's files.
            entry: What the catalog says of the model.
            direction: What to translate from and into.
            checksum: Of the weights, for the signature.
            threads: PyTorch's, in the whole process; None leaves them.
            device: ``cpu``, or ``auto`` for a GPU where PyTorch sees one.

        Raises:
            ModelError: PyTorch is not installed, or the model does not know the language.
            ModelCorruptError: a file is missing, truncated, or not what its name says.
        """
        self.direction = direction
        self.max_tokens = entry.max_tokens
        self.signature = f"transformers/{entry.name}@{checksum[:12]}/float32"
        self._name = entry.name
        self._prefix = f"{entry.prefix} " if entry.prefix else ""
        # split_special_tokens: a "</s>" in a user's text is text.
        self._tokenizer, model = load_seq2seq(folder, entry.name, threads, split_special_tokens=True)
        self._device = _device(device)
        self._model: Any = model.to(self._device)
        self._forced_bos = self._set_languages(dict(entry.language_codes))
        self._forced = 0 if self._forced_bos is None else 1  # tokens of an output that were not chosen
        self._positions: int | None = getattr(model.config, "max_position_embeddings", None)

    def _set_languages(self, codes: dict[str, str]) -> int | None:
        """Tells the tokenizer both languages; returns the token that begins every output."""
        if not codes:
            return None
        for language in (self.direction.source, self.direction.target):
            number = self._tokenizer.convert_tokens_to_ids(codes.get(language, ""))
            if number in (None, self._tokenizer.unk_token_id):
                raise ModelError(
                    f"model {self._name} has no token {codes.get(language)!r} for {language!r}; "
                    "correct language_codes in the catalog"
                )
        self._tokenizer.src_lang = codes[self.direction.source]
        # Without it the tokenizer marks a translation, too, with the language of the source.
        self._tokenizer.tgt_lang = codes[self.direction.target]
        return int(self._tokenizer.convert_tokens_to_ids(codes[self.direction.target]))

    def _encode(self, text: str) -> list[int]:
        if not text.strip():
            return [self._tokenizer.eos_token_id]
        # Marian's tokenizer takes a leading >>xxx<< for a language; a space before it makes it text.
        bare = " " + text if text.startswith(">>") and not self._prefix else text
        ids: list[int] = self._tokenizer(self._prefix + sendable(bare)).input_ids
        return ids

    def count_tokens(self, text: str) -> int:
        """The number of source tokens, the model's own special ones included."""
        return len(self._encode(text))

    def is_whole(self, word: str) -> bool:
        """Whether the word is one target token, special ones aside."""
        ids = self._tokenizer(text_target=sendable(word), add_special_tokens=False).input_ids
        return len(ids) == 1

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        """Translates each text; same length and order as ``texts``. A blank text gives an empty one.

        Raises:
            ValueError: a text is longer than ``max_tokens``.
            ModelError: PyTorch failed.
        """

        def run(sources: list[list[int]], limit: int) -> list[Answer]:
            return self._run(sources, limit, options)

        try:
            return translate_in_batches(
                texts,
                options,
                encode=self._encode,
                run=run,
                max_tokens=self.max_tokens,
                max_output=self._positions - 1 if self._positions else None,
            )
        except (RuntimeError, IndexError, MemoryError) as error:
            raise ModelError(f"model {self._name} failed on {len(texts)} texts: {error}") from error

    def _encode_target(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text_target=sendable(text)).input_ids
        return ids

    def count_target_tokens(self, text: str) -> int:
        """The number of target tokens, the model's own special ones included."""
        return len(self._encode_target(text))

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """For each source and translation the mean log probability of a token of the translation, its end included.

        Raises:
            ValueError: a source is longer than ``max_tokens``, or a translation than the network's positions.
            ModelError: PyTorch failed.
        """
        sources = [self._encode(source) for source, _ in pairs]
        targets = [self._encode_target(target) for _, target in pairs]
        for (source, target), ids, labels in zip(pairs, sources, targets, strict=True):
            refuse_too_long(source, len(ids), self.max_tokens)
            refuse_too_long(target, len(labels), self._positions or self.max_tokens)
        found = [0.0] * len(pairs)
        for batch in by_tokens(
            [max(map(len, one)) for one in zip(sources, targets, strict=True)], _SCORED_TOKENS
        ):
            scores = self._scores([sources[i] for i in batch], [targets[i] for i in batch])
            for i, score in zip(batch, scores, strict=True):
                found[i] = score
        return found

    def _scores(self, sources: list[list[int]], targets: list[list[int]]) -> list[float]:
        """Of one batch."""
        import torch

        pad = self._tokenizer.pad_token_id
        ids, labels = (_padded(rows, value) for rows, value in ((sources, pad), (targets, _NO_LABEL)))
        mask = _padded([[1] * len(row) for row in sources], 0)
        try:
            with torch.inference_mode():
                logits = self._model(
                    input_ids=torch.tensor(ids, device=self._device),
                    attention_mask=torch.tensor(mask, device=self._device),
                    labels=torch.tensor(labels, device=self._device),
                ).logits
                rows = [
                    of_one[: len(row)].log_softmax(dim=-1)[range(len(row)), row]
                    for of_one, row in zip(logits, targets, strict=True)
                ]
        except (RuntimeError, IndexError, MemoryError) as error:
            raise ModelError(f"model {self._name} failed on {len(sources)} texts: {error}") from error
        return [min(0.0, float(row[self._forced :].mean())) for row in rows]

    def _generation(self, limit: int, options: DecodingOptions) -> Any:
        """The model's own settings, ours put over them."""
        config = copy.deepcopy(self._model.generation_config)
        never = {self._tokenizer.unk_token_id, self._tokenizer.pad_token_id} - {None, config.eos_token_id}
        if not options.spell_bytes:
            never |= {i for piece, i in self._tokenizer.get_vocab().items() if _BYTE.fullmatch(piece)}
        config.update(
            num_beams=options.width,
            do_sample=False,
            early_stopping=False,
            length_penalty=1.0,
            min_length=0,
            max_length=None,
            max_new_tokens=limit,
            no_repeat_ngram_size=options.repetition_ngram,
            num_return_sequences=options.hypotheses,
            suppress_tokens=sorted({*(config.suppress_tokens or ()), *never}),
        )
        if self._forced_bos is not None:
            config.forced_bos_token_id = self._forced_bos
        return config

    def _run(self, sources: list[list[int]], limit: int, options: DecodingOptions) -> list[Answer]:
        import torch

        config = self._generation(limit, options)
        width = max(map(len, sources))
        pad = self._tokenizer.pad_token_id
        rows = [source + [pad] * (width - len(source)) for source in sources]
        mask = [[1] * len(source) + [0] * (width - len(source)) for source in sources]
        with torch.inference_mode():
            outputs = self._model.generate(
                input_ids=torch.tensor(rows, device=self._device),
                attention_mask=torch.tensor(mask, device=self._device),
                generation_config=config,
            ).tolist()
            each = options.hypotheses
            return [
                _joined(
                    [
                        self._answer(source, output, config, align=options.align)
                        for output in outputs[i * each : (i + 1) * each]
                    ]
                )
                for i, source in enumerate(sources)
            ]

    def _answer(self, source: list[int], output: list[int], config: Any, *, align: bool) -> Answer:
        """The text, and by a second pass score and alignment: `generate` gives the former for beams only."""
        import torch

        tokens = output[1:]  # the first is the decoder's start
        eos = config.eos_token_id if isinstance(config.eos_token_id, list) else [config.eos_token_id]
        end = next((i for i, token in enumerate(tokens) if token in eos), None)
        if end is None:
            while tokens and tokens[-1] == config.pad_token_id:
                tokens.pop()
        else:
            tokens = tokens[: end + 1]
        if align:
            self._model.set_attn_implementation("eager")  # the others do not say where they look
        passed = self._model(
            input_ids=torch.tensor([source], device=self._device),
            decoder_input_ids=torch.tensor([[output[0], *tokens[:-1]]], device=self._device),
            output_attentions=align,
        )
        logits = passed.logits[0]
        logits[:, config.suppress_tokens] = float("-inf")
        chosen = logits.log_softmax(dim=-1)[range(len(tokens)), tokens]
        score = float(chosen[self._forced :].mean())
        # Marian's tokenizer would join target pieces with the source's model.
        own = {"use_source_tokenizer": False} if hasattr(self._tokenizer, "spm_target") else {}
        text: str = self._tokenizer.decode(
            tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False, **own
        )
        alignment = self._alignment(source, tokens, passed.cross_attentions) if align else None
        return Answer(Hypothesis(text.strip(), min(0.0, score), alignment), len(tokens) - (end is not None))

    def _alignment(self, source: list[int], tokens: list[int], attentions: Any) -> Alignment | None:
        """By the first head of the last layer, the one of OPUS-MT's guided alignment; Marian networks only."""
        if not hasattr(self._tokenizer, "spm_target"):
            return None
        pieces = self._tokenizer.convert_ids_to_tokens
        return align_words(pieces(source), pieces(tokens), attentions[-1][0, 0].tolist())


def _joined(answers: list[Answer]) -> Answer:
    """The best one, the next best in it; `generate` has them in the order of their scores."""
    first, *others = answers
    return replace(
        first, hypothesis=replace(first.hypothesis, others=tuple(one.hypothesis for one in others))
    )
