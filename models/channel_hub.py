"""The Hugging Face hub as a channel. Its vocabulary (repository, revision, sibling) stays in this file.

Only data is fetched: safetensors or CTranslate2 weights, SentencePiece models, JSON and text. A
PyTorch pickle or a Python file never reaches the disk.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tosprog.models.catalog import ModelEntry
from tosprog.models.errors import ModelError

if TYPE_CHECKING:
    from huggingface_hub import HfApi

# Top-level names only: no folders, so no paths to escape by.
_DATA = re.compile(r"[\w-][\w.-]*\.(safetensors|spm|json|model|txt)")
_WEIGHTS = {"transformers": re.compile(r".*\.safetensors"), "ctranslate2": re.compile(r"model\.bin")}
_CONVERTER = "SFconvertbot"  # the hub's own account: it offers safetensors of pickles as pull requests


def is_offline() -> bool:
    """Whether the environment forbids the hub, as huggingface_hub reads ``HF_HUB_OFFLINE``."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")


def _converted_revision(api: HfApi, repository: str) -> str | None:
    """The converter's open pull request, the same one that transformers looks for."""
    for discussion in api.get_repo_discussions(
        repository, author=_CONVERTER, discussion_type="pull_request", discussion_status="open"
    ):
        if discussion.author == _CONVERTER and "safetensors" in discussion.title:
            return f"refs/pr/{discussion.num}"
    return None


def fetch(entry: ModelEntry, revision: str, folder: Path, *, endpoint: str | None = None) -> str:
    """Downloads the files of the entry into the folder and returns the commit that they come from.

    Args:
        entry: Of channel ``hub``.
        revision: Branch, tag, pull request or commit. If it is the entry's own and has only a pickle, the
            hub converter's pull request is taken instead.
        folder: An empty one.
        endpoint: Another hub than the public one.

    Raises:
        ModelError: the hub cannot be reached, does not know the revision, or has no weights safe to load.
    """
    from huggingface_hub import HfApi, errors, snapshot_download

    # The HTTP library's root error; huggingface_hub has changed libraries twice.
    unreachable = (errors.HfHubHTTPError, getattr(errors, "HTTPError", OSError), OSError)
    weights = _WEIGHTS[entry.backend]
    api = HfApi(endpoint=endpoint)
    try:
        info = api.model_info(entry.source, revision=revision)
        names = [sibling.rfilename for sibling in info.siblings or ()]
        if not any(map(weights.fullmatch, names)) and revision == entry.revision:
            converted = _converted_revision(api, entry.source)
            if converted:
                info = api.model_info(entry.source, revision=converted)
                names = [sibling.rfilename for sibling in info.siblings or ()]
        wanted = [name for name in names if _DATA.fullmatch(name) or weights.fullmatch(name)]
        if not any(map(weights.fullmatch, wanted)) or info.sha is None:
            raise ModelError(
                f"{entry.source} at revision {revision!r} has no {weights.pattern} weights; pickles "
                "(pytorch_model.bin) are never loaded; name a revision that has them in a catalog of your own"
            )
        snapshot_download(
            entry.source, revision=info.sha, local_dir=folder, allow_patterns=wanted, endpoint=endpoint
        )
    except unreachable as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelError(
            f"cannot pull {entry.name} ({entry.source}, revision {revision!r}) from the hub: {reason[0]}"
        ) from error
    return str(info.sha)
