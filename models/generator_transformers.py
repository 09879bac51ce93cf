"""Encoder-decoder summarisers (BART, long-T5, mT5) that transformers loads from a safetensors folder."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from tosprog.models.catalog import ModelEntry
from tosprog.models.errors import ModelError
from tosprog.models.generation import Generation, GenerationOptions
from tosprog.models.networks import load_seq2seq


class TransformersGenerator:
    """Summarises as it was trained to; float32, no remote code, no pickles."""

    follows_instructions = False

    def __init__(self, folder: Path, entry: ModelEntry, *, checksum: str, threads: int | None = None) -> None:
        """Loads the model; looks nothing up on a hub.

        Args:
            folder: ``config.json``, safetensors, the tokenizer's files.
            entry: What the catalog says of the model.
            checksum: Of the weights, for the signature.
            threads: PyTorch's, in the whole process; None leaves them.

        Raises:
            ModelError: PyTorch is not installed.
            ModelCorruptError: a file is missing, truncated, or not what its name says.
        """
        self.languages = entry.languages
        self.max_tokens = entry.max_tokens
        self.signature = f"transformers/{entry.name}@{checksum[:12]}/float32"
        self._name = entry.name
        self._prefix = f"{entry.prefix} " if entry.prefix else ""
        self._tokenizer, self._model = load_seq2seq(folder, entry.name, threads)

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(self._prefix + text).input_ids
        return ids

    def count_tokens(self, text: str) -> int:
        """The number of tokens, special ones and the model's own prefix included."""
        return len(self._encode(text))

    def generate(self, text: str, options: GenerationOptions) -> Generation:
        """Summarises the text; the instruction is not read.

        Raises:
            ValueError: the text is longer than ``max_tokens``.
            ModelError: PyTorch failed.
        """
        import torch

        ids = self._encode(text)
        if len(ids) > self.max_tokens:
            raise ValueError(f"a text of {len(ids)} tokens is too long for model {self._name}")
        config: Any = copy.deepcopy(self._model.generation_config)
        sample = options.temperature > 0
        config.update(
            max_length=None,
            max_new_tokens=options.max_tokens,
            min_length=0,
            num_beams=1 if sample else options.beam_size,
            do_sample=sample,
            temperature=options.temperature if sample else None,
            num_return_sequences=1,
            no_repeat_ngram_size=config.no_repeat_ngram_size or 3,
        )
        try:
            torch.manual_seed(options.seed)
            with torch.inference_mode():
                (output,) = self._model.generate(
                    input_ids=torch.tensor([ids]),
                    attention_mask=torch.ones(1, len(ids), dtype=torch.long),
                    generation_config=config,
                ).tolist()
        except (RuntimeError, IndexError, MemoryError) as error:
            raise ModelError(f"model {self._name} failed on {len(ids)} tokens: {error}") from error
        eos = config.eos_token_id if isinstance(config.eos_token_id, list) else [config.eos_token_id]
        written = self._tokenizer.decode(output, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return Generation(written.strip(), any(token in eos for token in output[1:]))
