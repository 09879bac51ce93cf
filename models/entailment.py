"""Whether a text says what a sentence says: natural language inference with a sequence classifier."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tosprog.models.catalog import ModelEntry
from tosprog.models.errors import ModelCorruptError
from tosprog.models.networks import load_classifier

_LABEL = "entail"  # how the label begins in models of the field: "entailment", "ENTAILMENT", "entails"


class Entailment:
    """A classifier of premise and hypothesis, such as those trained on MNLI.

    Attributes:
        languages: What it reads.
        signature: Engine, model, checksum.
    """

    def __init__(self, folder: Path, entry: ModelEntry, *, checksum: str, threads: int | None = None) -> None:
        """Loads the model; looks nothing up on a hub.

        Raises:
            ModelError: PyTorch is not installed.
            ModelCorruptError: a file is not what its name says, or no label is entailment.
        """
        self.languages = entry.languages
        self.signature = f"transformers/{entry.name}@{checksum[:12]}/float32"
        self._max_tokens = entry.max_tokens
        self._tokenizer, self._model = load_classifier(folder, entry.name, threads)
        labels = {str(name).lower(): int(i) for i, name in self._model.config.id2label.items()}
        entailing = [i for name, i in labels.items() if name.startswith(_LABEL)]
        if len(entailing) != 1:
            raise ModelCorruptError(
                f"model {entry.name} has the labels {', '.join(labels)}; legal is one that begins with {_LABEL!r}"
            )
        self._entailing = entailing[0]

    def probabilities(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """For each premise and hypothesis the probability, 0 to 1, that the first entails the second.

        A premise that is too long loses its end, never the hypothesis.
        """
        import torch

        found = []
        for premise, hypothesis in pairs:
            inputs = self._tokenizer(
                premise, hypothesis, truncation="only_first", max_length=self._max_tokens, return_tensors="pt"
            )
            with torch.inference_mode():
                logits = self._model(**inputs).logits[0]
            found.append(float(logits.softmax(dim=-1)[self._entailing]))
        return found
