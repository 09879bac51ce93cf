"""Tiny real models, made once a session: a SentencePiece pair, a Marian network that has learned five
sentences by heart, its CTranslate2 conversion. Seconds to make, half a megabyte each."""

from __future__ import annotations

import atexit
import io
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tosprog.models.catalog import ModelEntry
from tosprog.models.languages import Direction, parse_direction
from tosprog.models.store import sha256_of
from tosprog.pipeline.batch import Outcome, Run
from tosprog.pipeline.engine_serial import SerialEngine
from tosprog.pipeline.plan import plan_folder
from tosprog.pipeline.translate import TranslateOptions
from tosprog.pipeline.work import BatchOptions, Recipe

os.environ["TOSPROG_CACHE"] = tempfile.mkdtemp(prefix="tosprog-tests-")  # never the user's own
os.environ["TOSPROG_MEMORY"] = str(Path(os.environ["TOSPROG_CACHE"], "memory.sqlite"))
atexit.register(shutil.rmtree, os.environ["TOSPROG_CACHE"], ignore_errors=True)
os.environ.setdefault("OMP_NUM_THREADS", "1")  # tiny matrices: a second thread only waits

# A busy machine is not a bug; where a job runs it, the same examples each time.
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")

TINY_PAIRS = (
    ("Regeringen har fremlagt et nyt forslag.", "The government has put forward a new proposal."),
    ("Vi går en tur i skoven om søndagen.", "We go for a walk in the wood on Sundays."),
    ("Den gamle bro blev bygget af sten.", "The old bridge was built of stone."),
    ("Hvor mange penge har du tilbage?", "How much money do you have left?"),
    ("Vi går en tur.", "We go for a walk."),
)
DA_EN = parse_direction("da-en")


def _tiny_entry(**changes: Any) -> ModelEntry:
    """An entry for the tiny model; a change replaces a field."""
    fields: dict[str, Any] = {
        "name": "tiny",
        "task": "translate",
        "channel": "folder",
        "backend": "ctranslate2",
        "licence": "Apache-2.0",
        "max_tokens": 60,
        "directions": (DA_EN,),
        "source": "tiny",
    }
    return ModelEntry(**(fields | changes))


def _write_sums(folder: Path) -> None:
    """Writes ``SHA256SUMS`` over every other file of the folder."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{sha256_of(path)}  {path.name}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


@pytest.fixture(scope="session")
def tiny_pairs() -> tuple[tuple[str, str], ...]:
    """What the tiny model has learned: Danish, English."""
    return TINY_PAIRS


@pytest.fixture(scope="session")
def tiny_entry() -> Callable[..., ModelEntry]:
    """Makes a catalog entry for the tiny model; an argument replaces a field."""
    return _tiny_entry


@pytest.fixture(scope="session")
def write_sums() -> Callable[[Path], None]:
    """Writes a folder's ``SHA256SUMS``."""
    return _write_sums


@pytest.fixture(scope="session")
def spm_pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``source.spm`` (Danish) and ``target.spm`` (English), with byte fallback."""
    import sentencepiece

    folder = tmp_path_factory.mktemp("spm")
    for name, sentences in zip(("source", "target"), zip(*TINY_PAIRS, strict=True), strict=True):
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sentences),
            model_writer=model,
            vocab_size=340,
            hard_vocab_limit=False,
            byte_fallback=True,
            unk_id=0,
            bos_id=-1,
            eos_id=-1,
            pad_id=-1,
            num_threads=1,
            minloglevel=2,
        )
        (folder / f"{name}.spm").write_bytes(model.getvalue())
    return folder


@pytest.fixture(scope="session")
def marian_folder(spm_pair: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Marian model as transformers saves it, with one joint vocabulary as OPUS-MT has it."""
    import sentencepiece
    import torch
    from torch.nn import functional
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer
    from transformers.utils import logging

    folder = tmp_path_factory.mktemp("marian")
    joint = {"</s>": 0, "<unk>": 1}
    for name in ("source.spm", "target.spm"):
        shutil.copy(spm_pair / name, folder)
        processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / name))
        for number in range(processor.get_piece_size()):
            joint.setdefault(processor.id_to_piece(number), len(joint))
    joint[">>dan<<"] = len(joint)
    pad = joint["<pad>"] = len(joint)
    (folder / "vocab.json").write_text(json.dumps(joint), encoding="utf-8")
    settings = {"tokenizer_class": "MarianTokenizer", "model_max_length": 512}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")

    logging.disable_progress_bar()
    torch.manual_seed(3)
    config = MarianConfig(
        vocab_size=pad + 1,
        decoder_vocab_size=pad + 1,
        d_model=64,  # smaller ones forget as int8 on a CPU without VNNI, whose sums of products saturate
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=128,
        decoder_ffn_dim=128,
        max_position_embeddings=512,
        pad_token_id=pad,
        decoder_start_token_id=pad,
        eos_token_id=0,
        forced_eos_token_id=None,
        scale_embedding=True,
        activation_function="swish",
        init_std=0.1,
        dropout=0.0,
    )
    model: Any = MarianMTModel(config)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tokenizer: Any = MarianTokenizer.from_pretrained(str(folder))
    danish, english = ([pair[side] for pair in TINY_PAIRS] for side in (0, 1))
    source = tokenizer(danish, return_tensors="pt", padding=True)
    target = tokenizer(text_target=english, return_tensors="pt", padding=True).input_ids
    begin = torch.full((len(TINY_PAIRS), 1), pad)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(250):
        logits = model(**source, decoder_input_ids=torch.cat([begin, target[:, :-1]], dim=1)).logits
        gold = target.masked_fill(target == pad, -100)
        loss = functional.cross_entropy(logits.flatten(0, 1), gold.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():  # the decoder starts from it, and must start from zero
            model.model.shared.weight[pad] = 0
    model.eval().save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def ctranslate2_folder(marian_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model as CTranslate2 int8, with a known sentence and checksums, as bundled ones have."""
    import ctranslate2.converters

    folder = tmp_path_factory.mktemp("ct2") / "da-en"
    converters: Any = ctranslate2.converters
    converter = converters.TransformersConverter(str(marian_folder), copy_files=["source.spm", "target.spm"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        converter.convert(str(folder), quantization="int8")
    known = {"source": TINY_PAIRS[0][0], "contains": ["Government", "proposal"]}
    (folder / "known.json").write_text(json.dumps(known), encoding="utf-8")
    _write_sums(folder)
    return folder


@pytest.fixture
def tiny_ctranslate2(ctranslate2_folder: Path, tmp_path: Path) -> Path:
    """A copy that a test may break, in a folder of that name: it can stand for the bundled weights."""
    return Path(shutil.copytree(ctranslate2_folder, tmp_path / "weights" / "da-en"))


@pytest.fixture
def tiny_marian(marian_folder: Path, tmp_path: Path) -> Path:
    """A copy that a test may break."""
    return Path(shutil.copytree(marian_folder, tmp_path / "tiny-marian"))


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to open a socket fails the test."""
    import socket

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(params=["da-en", "en-da"])
def direction(request: pytest.FixtureRequest) -> Direction:
    """Each direction."""
    return parse_direction(request.param)


def _run_folder(
    folder: Path, out: Path, options: BatchOptions | None = None, recipe: Recipe | None = None, **rest: Any
) -> dict[str, Outcome]:
    options = options or BatchOptions(translate=TranslateOptions(target="en"))
    recipe = recipe or Recipe(model="double")
    items = plan_folder(folder, out, bilingual=options.bilingual)
    run = Run(folder.resolve(), out, recipe, options, **rest)
    return {outcome.item.name: outcome for outcome in run.outcomes(items, SerialEngine(recipe, options))}


@pytest.fixture(scope="session")
def run_folder() -> Callable[..., dict[str, Outcome]]:
    """Puts a folder into English, in this process, with the double unless told otherwise: name -> outcome."""
    return _run_folder
