"""The GGUF engine: instruction models through llama.cpp, in this process, by the library xllamacpp."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any

from tosprog.models.catalog import ModelEntry
from tosprog.models.device import default_threads
from tosprog.models.errors import ModelCorruptError, ModelError
from tosprog.models.generation import Generation, GenerationOptions

_ROLE = "You are a careful editor. You summarise texts and add nothing to them."
# A token of text is rarely shorter than this many bytes; the engine's own counter would cost an evaluation.
_BYTES_A_TOKEN = 2.2
_TEMPLATE_TOKENS = 64
_QUIET = -1

# Whole sentences and a blank between them: no lists, markup or line breaks. A stop within a sentence has a
# digit right behind it ("3.5"). Source of the notation: llama.cpp, grammars/README.md.
_GRAMMAR = (
    'root ::= sentence (" " sentence){{0,{more}}}\n'
    'sentence ::= [A-ZÆØÅ0-9"“] ([^.!?\\n\\[\\]{{}}<>*#|] | "." [0-9]){{15,}} [.!?]'
)


class LlamaCppGenerator:
    """Qwen, SmolLM, Gemma and whatever else llama.cpp runs, with the chat template that is in the file.

    A limit of sentences is held by a grammar. The same text, options and file give the same answer on a machine.
    """

    follows_instructions = True

    def __init__(self, folder: Path, entry: ModelEntry, *, checksum: str, threads: int | None = None) -> None:
        """Loads the model's file, mapped into memory.

        Args:
            folder: Has one ``*.gguf``.
            entry: What the catalog says of the model.
            checksum: Of the weights, for the signature.
            threads: None is up to four.

        Raises:
            ModelError: xllamacpp is not installed.
            ModelCorruptError: the file cannot be loaded.
        """
        try:
            import xllamacpp
        except ImportError as error:
            raise ModelError(
                f"model {entry.name} needs xllamacpp; type: pip install 'tosprog[gguf]'"
            ) from error
        self.languages = entry.languages
        self.max_tokens = entry.max_tokens
        self.signature = f"llama.cpp/{entry.name}@{checksum[:12]}/gguf"
        self._name = entry.name
        files = sorted(folder.glob("*.gguf"))
        if len(files) != 1:
            raise ModelCorruptError(f"model {entry.name}: {folder} has {len(files)} GGUF files; legal is one")
        params: Any = xllamacpp.CommonParams()
        params.model.path = str(files[0])
        params.n_ctx = entry.max_tokens
        params.n_parallel = 1
        params.n_gpu_layers = 0
        params.warmup = False
        params.verbosity = _QUIET
        params.ui = False
        for cpu in (params.cpuparams, params.cpuparams_batch):
            cpu.n_threads = threads or default_threads()
            cpu.poll = 0  # a thread that waits must not take a core from another
        # The library always listens as well: on a socket in a folder that is ours alone, or else behind a key.
        private = tempfile.mkdtemp(prefix="tosprog-")
        weakref.finalize(self, shutil.rmtree, private, ignore_errors=True)
        params.api_keys = [secrets.token_hex(32)]
        if os.name == "posix":
            params.hostnames = [str(Path(private) / "llama.sock")]
        try:
            self._server: Any = xllamacpp.Server(params)
        except Exception as error:
            raise ModelCorruptError(
                f"cannot load model {entry.name} from {files[0]}: {error}; type: tosprog models verify {entry.name}"
            ) from error

    def count_tokens(self, text: str) -> int:
        """A figure above the number of tokens, from the number of bytes."""
        return int(len(text.encode("utf-8")) / _BYTES_A_TOKEN) + 1

    def generate(self, text: str, options: GenerationOptions) -> Generation:
        """Asks the model, the instruction before the text.

        Raises:
            ValueError: text and answer are longer than ``max_tokens``.
            ModelError: the engine failed.
        """
        request: dict[str, Any] = {
            "messages": [
                {"role": "system", "content": _ROLE},
                {"role": "user", "content": f"{options.instruction}\n\nText:\n{text}"},
            ],
            "max_tokens": options.max_tokens,
            "temperature": options.temperature,
            "seed": options.seed,
        }
        if (
            self.count_tokens(options.instruction + text) + options.max_tokens + _TEMPLATE_TOKENS
            > self.max_tokens
        ):
            raise ValueError(f"a text of {len(text)} characters is too long for model {self._name}")
        if options.sentences is not None:
            request["grammar"] = _GRAMMAR.format(more=options.sentences - 1)
        try:
            answer = self._server.handle_chat_completions(request)
        except (RuntimeError, MemoryError) as error:
            raise ModelError(f"model {self._name} failed on {len(text)} characters: {error}") from error
        if "error" in answer:
            raise ModelError(f"model {self._name} failed: {answer['error'].get('message', answer['error'])}")
        (choice,) = answer["choices"]
        return Generation((choice["message"]["content"] or "").strip(), choice["finish_reason"] == "stop")
