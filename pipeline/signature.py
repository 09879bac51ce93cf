"""What an output depends on besides the bytes of its source: this program, the models, the options."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from tosprog.models.languages import LANGUAGES, Direction, other
from tosprog.models.packed_words import all_bundled_words
from tosprog.models.registry import backend_signature, generator_signature, other_model
from tosprog.pipeline.formats import format_of
from tosprog.pipeline.work import BatchOptions, Recipe


@dataclass(frozen=True, slots=True)
class Signature:
    """What the outputs of a run depend on.

    Attributes:
        meaning: All of it, as JSON has it.
    """

    meaning: dict[str, Any]

    def of(self, name: str) -> str:
        """Of the outputs of a file: 16 hexadecimal digits; what does not touch its format is left out."""
        meaning = self.meaning
        if not format_of(name).takes_fields:
            meaning = {**meaning, "fields": []}
        text = json.dumps(meaning, ensure_ascii=True, sort_keys=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def signature_of(recipe: Recipe, options: BatchOptions) -> Signature:
    """The signature of a run; no model is loaded.

    Raises:
        ModelMissingError: a model is not installed, and may not be downloaded.
        UsageError: it is for another direction or task.
    """
    directions = [
        Direction(code, other(code)) for code in LANGUAGES if options.translate.target_of(code) is not None
    ]
    glossary = options.translate.glossary
    translate = asdict(replace(options.translate, glossary=None))
    translate["glossary"] = None if glossary is None else glossary.checksum
    translate["decoding"].pop("batch_tokens")
    return Signature(
        {
            "tosprog": version("tosprog"),
            "code": code_checksum(),
            "translate": translate,
            "summary": None if options.summary is None else asdict(options.summary),
            "bilingual": options.bilingual,
            "fields": list(options.fields),
            "models": {
                str(direction): backend_signature(
                    direction, recipe.model, offline=recipe.offline, rerank=recipe.rerank
                )
                for direction in directions
            },
            "others": {
                str(direction): backend_signature(direction, name)
                for direction in directions
                if (name := other_model(direction, recipe.model)) is not None
            },
            "memory": None if (memory := recipe.open_memory()) is None else memory.checksum(),
            "writer": generator_signature(recipe.summary_model, offline=recipe.offline)
            if recipe.writes
            else None,
        }
    )


@cache
def code_checksum() -> str:
    """Of this program's own files: an edited checkout has the version of the release before it."""
    digest = hashlib.sha256()
    for package in ("tosprog.models", "tosprog.pipeline"):
        for file in sorted(files(package).iterdir(), key=lambda file: file.name):
            if file.name.endswith((".py", ".toml")):
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
    for packed in all_bundled_words():
        digest.update(packed)
    return digest.hexdigest()[:12]
