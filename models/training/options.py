"""What one run of training does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Freeze = Literal["none", "parent-side"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOptions:
    """What one run does.

    Attributes:
        steps: Optimizer steps, at most, those before a kill included.
        minutes: Training, at most, that before a kill included; the learning rate decays towards whichever bound
            comes first, whatever the restarts.
        batch_tokens: Target tokens of a batch, padding included.
        learning_rate: Peak, of the network's body.
        embedding_rate: Factor on it for embeddings, which see few of their rows in a batch.
        warmup: Steps of linear rise.
        decay_share: Last part over which the rate falls linearly to a twentieth.
        freeze: ``parent-side`` trains, for da-en, the encoder and the decoder's cross-attention; for en-da,
            the decoder.
        parent_rate: Factor on the learning rate of what ``parent-side`` would freeze, where nothing is frozen.
        other_cuts: Share of the pairs whose source is cut into other pieces than the most probable, so that rare
            compounds and forms share what is known of their parts (Kudo, "Subword Regularization", ACL 2018).
        loaders: Processes that cut and sort the text, beside the one that trains; 0: that one does.
        max_tokens: Longer pairs are left out.
        save_minutes: Between two checkpoints.
        seed: Of the order of the data.
    """

    steps: int = 1_000_000
    minutes: float = 60.0
    batch_tokens: int = 1200
    learning_rate: float = 2e-4
    embedding_rate: float = 3.0
    warmup: int = 100
    decay_share: float = 0.35
    label_smoothing: float = 0.1
    dropout: float = 0.0
    freeze: Freeze = "parent-side"
    parent_rate: float = 1.0
    other_cuts: float = 0.0
    loaders: int = 0
    max_tokens: int = 110
    save_minutes: float = 10.0
    seed: int = 1
