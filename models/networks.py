"""Networks and tokenizers that PyTorch runs, loaded from a local safetensors folder: no hub, code or pickles."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tosprog.models.errors import ModelCorruptError, ModelError


@contextmanager
def _quiet() -> Iterator[None]:
    """Loading draws no progress bars and gives no advice; what was set before is set again."""
    from transformers.utils import logging

    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if bars:
            logging.enable_progress_bar()


def load_seq2seq(folder: Path, name: str, threads: int | None = None, **tokenizer: Any) -> tuple[Any, Any]:
    """Tokenizer and encoder-decoder network, float32, on the CPU, for inference.

    Args:
        folder: ``config.json``, safetensors, the tokenizer's files.
        name: Of the model, for messages.
        threads: PyTorch's, in the whole process; None leaves them.
        tokenizer: Further settings of the tokenizer.

    Raises:
        ModelError: PyTorch is not installed.
        ModelCorruptError: a file is missing, truncated, or not what its name says.
    """
    return _load("AutoModelForSeq2SeqLM", folder, name, threads, tokenizer)


def load_classifier(folder: Path, name: str, threads: int | None = None) -> tuple[Any, Any]:
    """Tokenizer and sequence classifier, otherwise like `load_seq2seq`."""
    return _load("AutoModelForSequenceClassification", folder, name, threads, {})


def _load(
    kind: str, folder: Path, name: str, threads: int | None, tokenizer: dict[str, Any]
) -> tuple[Any, Any]:
    try:
        import torch
    except ImportError as error:
        raise ModelError(f"model {name} needs PyTorch; type: pip install torch") from error
    import transformers
    from safetensors import SafetensorError

    if threads:
        torch.set_num_threads(threads)
    local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        with _quiet():
            loaded = transformers.AutoTokenizer.from_pretrained(str(folder), **tokenizer, **local)
            model, report = getattr(transformers, kind).from_pretrained(
                str(folder), use_safetensors=True, dtype=torch.float32, output_loading_info=True, **local
            )
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, AssertionError, SafetensorError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelCorruptError(
            f"cannot load model {name} from {folder}: {reason}; type: tosprog models verify {name}"
        ) from error
    if report["missing_keys"]:
        raise ModelCorruptError(
            f"model {name} in {folder} lacks weights: {min(report['missing_keys'])} and others"
        )
    return loaded, model.eval()
