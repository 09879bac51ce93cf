"""One contract for every backend, then what is each one's own."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tosprog.models.backend_ctranslate2 import CTranslate2Backend
from tosprog.models.backend_double import DoubleBackend
from tosprog.models.backend_transformers import TransformersBackend
from tosprog.models.base import Backend, DecodingOptions, Hypothesis, ScoringBackend
from tosprog.models.batches import Answer, by_tokens, translate_in_batches
from tosprog.models.catalog import ModelEntry
from tosprog.models.errors import ModelCorruptError, ModelError
from tosprog.models.languages import Direction, parse_direction
from tosprog.models.tokenizer import Tokenizer

DA_EN, EN_DA = parse_direction("da-en"), parse_direction("en-da")
Entry = Callable[..., ModelEntry]
Pairs = tuple[tuple[str, str], ...]
GREEDY = DecodingOptions(beam_size=1)
SUM = "0123456789ab" + "0" * 52


@pytest.fixture(scope="session")
def ctranslate2_backend(ctranslate2_folder: Path, tiny_entry: Entry) -> Backend:
    return CTranslate2Backend(ctranslate2_folder, tiny_entry(), DA_EN, checksum=SUM, threads=1)


@pytest.fixture(scope="session")
def transformers_backend(marian_folder: Path, tiny_entry: Entry) -> Backend:
    return TransformersBackend(marian_folder, tiny_entry(backend="transformers"), DA_EN, checksum=SUM)


@pytest.fixture(scope="session", params=["ctranslate2", "transformers", "double"])
def backend(request: pytest.FixtureRequest) -> Backend:
    if request.param == "double":
        return DoubleBackend(DA_EN, max_tokens=60)
    loaded: Backend = request.getfixturevalue(f"{request.param}_backend")
    return loaded


class TestContract:
    def test_is_a_backend(self, backend: Backend) -> None:
        assert isinstance(backend, Backend)
        assert backend.direction == DA_EN
        assert backend.max_tokens == 60
        assert backend.signature

    @pytest.mark.parametrize("options", [GREEDY, DecodingOptions(beam_size=3, batch_tokens=40)])
    def test_length_and_order(self, backend: Backend, options: DecodingOptions, tiny_pairs: Pairs) -> None:
        texts = [danish for danish, _ in tiny_pairs]
        together = backend.translate(texts, options)
        assert [h.text for h in together] == [backend.translate([text], options)[0].text for text in texts]
        assert len({h.text for h in together}) == len(texts)
        assert [h.text for h in backend.translate(texts[::-1], options)] == [h.text for h in together[::-1]]

    def test_nothing(self, backend: Backend) -> None:
        assert backend.translate([], GREEDY) == []

    @pytest.mark.parametrize("blank", ["", " ", "\n"])
    def test_blank_text(self, backend: Backend, blank: str) -> None:
        assert backend.translate([blank], GREEDY) == [Hypothesis("", 0.0)]
        first, middle, last = backend.translate(["Vi går en tur.", blank, "Vi går en tur."], GREEDY)
        assert middle == Hypothesis("", 0.0)
        assert first == last
        assert first.text

    def test_scores(self, backend: Backend) -> None:
        for hypothesis in backend.translate(["Vi går en tur.", "qqq zzz"], DecodingOptions()):
            assert hypothesis.score <= 0
            assert math.isfinite(hypothesis.score)

    def test_a_translation_of_its_own_is_as_likely_as_it_said(
        self, backend: Backend, tiny_pairs: Pairs
    ) -> None:
        assert isinstance(backend, ScoringBackend)
        pairs = list(tiny_pairs)
        own = backend.translate([danish for danish, _ in pairs], GREEDY)
        answered = [(danish, one.text) for (danish, _), one in zip(pairs, own, strict=True)]
        scores = backend.score(answered)
        assert scores == pytest.approx([one.score for one in own], abs=0.02)
        assert scores == pytest.approx([backend.score([pair])[0] for pair in answered], abs=0.02)
        assert backend.score([]) == []

    def test_a_translation_of_something_else_is_less_likely(
        self, backend: Backend, tiny_pairs: Pairs
    ) -> None:
        assert isinstance(backend, ScoringBackend)
        turned = [(danish, tiny_pairs[i - 1][1]) for i, (danish, _) in enumerate(tiny_pairs)]
        for right, wrong in zip(backend.score(tiny_pairs), backend.score(turned), strict=True):
            assert wrong < right - 0.3 or backend.is_double

    def test_too_long_is_refused(self, backend: Backend) -> None:
        text = "tur " * 70
        assert backend.count_tokens(text) > backend.max_tokens
        with pytest.raises(ValueError, match="at most 60 are legal"):
            backend.translate(["Vi går en tur.", text], GREEDY)
        assert isinstance(backend, ScoringBackend)
        if not backend.is_double:
            with pytest.raises(ValueError, match="at most 60 are legal"):
                backend.score([("Vi går en tur.", "We"), (text, "We")])

    def test_a_translation_is_counted_with_its_end(self, backend: Backend) -> None:
        assert isinstance(backend, ScoringBackend)
        assert backend.count_target_tokens("") == 1
        assert backend.count_target_tokens("We go for a walk.") > backend.count_target_tokens("We") > 1

    def test_the_longest_legal_text_is_translated(self, backend: Backend) -> None:
        text = "tur"
        while backend.count_tokens(text + " tur") <= backend.max_tokens:
            text += " tur"
        assert backend.max_tokens - backend.count_tokens(text) < 4
        assert len(backend.translate([text], GREEDY)) == 1

    def test_count_includes_the_end(self, backend: Backend) -> None:
        assert backend.count_tokens("") == 1
        assert backend.count_tokens("tur") > 1

    @pytest.mark.parametrize(
        "text", ["😀👩‍👩‍👧 æøå", "日本語", "a\0b", "x\ud800y", "\u200b", "</s> <pad> <unk>", ">>eng<< hej"]
    )
    def test_odd_text(self, backend: Backend, text: str) -> None:
        (hypothesis,) = backend.translate([text], GREEDY)
        assert isinstance(hypothesis.text, str)
        assert "<unk>" not in hypothesis.text.removeprefix("[en] " + text)

    def test_same_answer_again(self, backend: Backend) -> None:
        texts = ["Den gamle skov.", "Hvor mange broer har du?"]
        assert backend.translate(texts, DecodingOptions()) == backend.translate(texts, DecodingOptions())

    @given(
        texts=st.lists(
            st.sampled_from(["Vi går en tur.", "", "Penge", "Den bro blev", "😀 ny tur"]),
            max_size=7,
        )
    )
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    def test_batch_is_single(self, backend: Backend, texts: list[str]) -> None:
        batch = backend.translate(texts, GREEDY)
        singles = [backend.translate([text], GREEDY)[0] for text in texts]
        assert [h.text for h in batch] == [h.text for h in singles]
        assert [h.score for h in batch] == pytest.approx([h.score for h in singles], abs=0.02)


@pytest.fixture(scope="session", params=["ctranslate2", "transformers"])
def network(request: pytest.FixtureRequest) -> Backend:
    loaded: Backend = request.getfixturevalue(f"{request.param}_backend")
    return loaded

    def test_an_alignment_has_a_row_a_word_or_is_not_given(self, backend: Backend, tiny_pairs: Pairs) -> None:
        texts = [source for source, _ in tiny_pairs]
        for text, hypothesis in zip(
            texts, backend.translate(texts, DecodingOptions(align=True)), strict=True
        ):
            if hypothesis.alignment is not None:
                assert len(hypothesis.alignment) == len(hypothesis.text.split())
                for row in hypothesis.alignment:
                    assert len(row) == len(text.split())
                    assert sum(row) == pytest.approx(1, abs=1e-3)
        assert all(h.alignment is None for h in backend.translate(texts, DecodingOptions()))


class TestNetworks:
    """What a real network does and the double cannot."""

    @pytest.mark.parametrize("number", range(5))
    @pytest.mark.parametrize("beam_size", [1, 4])
    def test_says_what_it_learned(
        self, network: Backend, tiny_pairs: Pairs, number: int, beam_size: int
    ) -> None:
        danish, english = tiny_pairs[number]
        (hypothesis,) = network.translate([danish], DecodingOptions(beam_size=beam_size))
        assert hypothesis.text == english
        assert -0.3 < hypothesis.score < 0

    def test_length_limit_of_each_text_holds_in_a_batch(self, network: Backend, tiny_pairs: Pairs) -> None:
        short, long = "Vi", tiny_pairs[0][0]
        options = DecodingOptions(beam_size=1, max_length_ratio=0.01)  # 10 tokens for whatever length
        cut, _ = network.translate([short, long], options)
        assert len(cut.text) < len("We go for a walk in the wood on Sundays.")
        tight = DecodingOptions(beam_size=1, max_length_ratio=1.2)
        assert network.translate([short, long], tight)[0].text == network.translate([short], tight)[0].text

    @pytest.mark.parametrize("marker", ["</s>", "<pad>", ">>dan<<", ">>eng<<"])
    def test_a_marker_in_a_text_is_text(self, network: Backend, marker: str) -> None:
        assert network.count_tokens(f"{marker} tur") >= network.count_tokens("tur") + len(marker)

    def test_bytes_are_forbidden_on_request(
        self, network: Backend, tiny_pairs: Pairs, spm_pair: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        danish, english = tiny_pairs[0]
        # In place of a byte, which the network never says.
        piece = Tokenizer(spm_pair).encode_target(english)[0]
        if isinstance(network, CTranslate2Backend):
            monkeypatch.setattr(network, "_bytes", [[piece]])
        else:
            monkeypatch.setattr("tosprog.models.backend_transformers._BYTE", re.compile(re.escape(piece)))
        for spell in (True, False):
            (hypothesis,) = network.translate([danish], DecodingOptions(spell_bytes=spell))
            assert (hypothesis.text == english) is spell

    def test_repetition_is_forbidden_on_request(self, network: Backend) -> None:
        texts = ["x x x x x x x x", "e e e e e e e e e e", "qqq", "1 1 1 1 1"]
        for hypothesis in network.translate(texts, DecodingOptions(beam_size=1, repetition_ngram=1)):
            words = hypothesis.text.split()
            assert len(words) == len(set(words))


def test_both_networks_give_the_same_alignment(
    ctranslate2_backend: Backend, transformers_backend: Backend, tiny_pairs: Pairs
) -> None:
    aligned = DecodingOptions(beam_size=1, align=True)
    for source, _ in tiny_pairs:
        (first,), (second,) = (
            network.translate([source], aligned) for network in (ctranslate2_backend, transformers_backend)
        )
        assert first.text == second.text
        assert first.alignment is not None
        assert second.alignment is not None
        for own, other in zip(first.alignment, second.alignment, strict=True):
            assert own == pytest.approx(other, abs=0.15)  # int8 against float


def test_both_networks_give_the_same_score(
    ctranslate2_backend: Backend, transformers_backend: Backend, tiny_pairs: Pairs
) -> None:
    texts = [danish for danish, _ in tiny_pairs]
    for beam_size in (1, 4):
        options = DecodingOptions(beam_size=beam_size)
        left, right = (
            ctranslate2_backend.translate(texts, options),
            transformers_backend.translate(texts, options),
        )
        assert [h.score for h in left] == pytest.approx([h.score for h in right], abs=0.03)


def test_signatures(ctranslate2_backend: Backend, transformers_backend: Backend) -> None:
    assert ctranslate2_backend.signature == "ctranslate2/tiny@0123456789ab/int8"
    assert transformers_backend.signature == "transformers/tiny@0123456789ab/float32"
    assert DoubleBackend(EN_DA).signature == "double/en-da"


def test_prefix_reaches_the_model(ctranslate2_folder: Path, marian_folder: Path, tiny_entry: Entry) -> None:
    entry = tiny_entry(prefix=">>dan<<")
    plain = CTranslate2Backend(ctranslate2_folder, tiny_entry(), DA_EN, checksum=SUM)
    with_prefix = CTranslate2Backend(ctranslate2_folder, entry, DA_EN, checksum=SUM)
    torch_one = TransformersBackend(marian_folder, entry, DA_EN, checksum=SUM)
    text = "Vi går en tur."
    assert with_prefix.count_tokens(text) == torch_one.count_tokens(text) == plain.count_tokens(text) + 1
    assert with_prefix.translate([""], GREEDY) == [Hypothesis("", 0.0)]
    assert with_prefix.translate([text], GREEDY)[0].text == torch_one.translate([text], GREEDY)[0].text


def test_language_code_that_the_model_lacks_is_refused(marian_folder: Path, tiny_entry: Entry) -> None:
    entry = tiny_entry(backend="transformers", language_codes=(("da", "dan_Latn"), ("en", "eng_Latn")))
    with pytest.raises(ModelError, match="dan_Latn"):
        TransformersBackend(marian_folder, entry, DA_EN, checksum=SUM)


def test_many_to_many_model_is_told_both_languages(tmp_path: Path, tiny_entry: Entry) -> None:
    """A random NLLB-like network with a real NLLB tokenizer: the codes stand where NLLB has them."""
    import torch
    from tokenizers import Tokenizer as FastTokenizer
    from tokenizers.models import BPE
    from transformers import M2M100Config, M2M100ForConditionalGeneration, NllbTokenizer

    letters = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "▁": 4} | {
        c: 5 + i for i, c in enumerate("abcdefghij")
    }
    FastTokenizer(BPE(letters, []))  # the vocabulary is one that a BPE accepts
    tokenizer = NllbTokenizer(vocab=letters, merges=[], extra_special_tokens=["dan_Latn", "eng_Latn"])
    tokenizer.save_pretrained(tmp_path)
    torch.manual_seed(1)
    size = len(tokenizer)
    config = M2M100Config(
        vocab_size=size, d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16, max_position_embeddings=64,
        decoder_start_token_id=2,
    )  # fmt: skip
    M2M100ForConditionalGeneration(config).save_pretrained(tmp_path)
    codes = (("da", "dan_Latn"), ("en", "eng_Latn"))
    for direction, source in ((DA_EN, "dan_Latn"), (EN_DA, "eng_Latn")):
        entry = tiny_entry(backend="transformers", language_codes=codes, directions=(DA_EN, EN_DA))
        backend = TransformersBackend(tmp_path, entry, direction, checksum=SUM)
        ids = backend._encode("abc")
        assert source in tokenizer.convert_ids_to_tokens(ids)
        target = {"dan_Latn": "eng_Latn", "eng_Latn": "dan_Latn"}[source]
        assert backend._generation(5, GREEDY).forced_bos_token_id == tokenizer.convert_tokens_to_ids(target)
        (hypothesis,) = backend.translate(["abc"], GREEDY)
        assert "Latn" not in hypothesis.text
        labels = tokenizer.convert_ids_to_tokens(backend._encode_target("abc"))
        assert (labels[0], labels[-1]) == (target, "</s>")
        assert backend.count_target_tokens("abc") == len(labels)
        # As `translate` has it: the mean without the code, which is not chosen.
        with torch.inference_mode():
            passed = backend._model(
                input_ids=torch.tensor([ids]), labels=torch.tensor([backend._encode_target("abc")])
            )
        chosen = passed.logits[0].log_softmax(dim=-1)[range(len(labels)), backend._encode_target("abc")]
        assert backend.score([("abc", "abc")]) == pytest.approx([float(chosen[1:].mean())])


@pytest.mark.parametrize("keep", [0, 10, 1000, 20_000, -1])
def test_truncated_ctranslate2_model(tiny_ctranslate2: Path, keep: int, tiny_entry: Entry) -> None:
    path = tiny_ctranslate2 / "model.bin"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ModelCorruptError, match="tosprog models verify tiny"):
        CTranslate2Backend(tiny_ctranslate2, tiny_entry(), DA_EN, checksum=SUM)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("model.safetensors", b""),
        ("model.safetensors", b"x" * 5000),
        ("config.json", b"{"),
        ("config.json", b"{}"),
        ("vocab.json", b"{}"),
        ("source.spm", b"no model"),
        ("source.spm", None),
        ("model.safetensors", None),
    ],
)
def test_broken_transformers_model(
    tiny_marian: Path, file: str, content: bytes | None, tiny_entry: Entry
) -> None:
    if content is None:
        (tiny_marian / file).unlink()
    else:
        (tiny_marian / file).write_bytes(content)
    with pytest.raises(ModelCorruptError, match="tosprog models verify tiny"):
        TransformersBackend(tiny_marian, tiny_entry(backend="transformers"), DA_EN, checksum=SUM)


def test_weights_that_are_not_there_are_not_made_up(tiny_marian: Path, tiny_entry: Entry) -> None:
    from safetensors.torch import load_file, save_file

    path = tiny_marian / "model.safetensors"
    tensors = load_file(path)
    tensors.pop("model.decoder.layers.0.fc1.weight")
    save_file(tensors, path, metadata={"format": "pt"})
    with pytest.raises(ModelCorruptError, match=r"fc1\.weight"):
        TransformersBackend(tiny_marian, tiny_entry(backend="transformers"), DA_EN, checksum=SUM)


def test_a_pickle_is_not_loaded(tiny_marian: Path, tiny_entry: Entry) -> None:
    import torch

    (tiny_marian / "model.safetensors").unlink()
    torch.save({}, tiny_marian / "pytorch_model.bin")
    with pytest.raises(ModelCorruptError):
        TransformersBackend(tiny_marian, tiny_entry(backend="transformers"), DA_EN, checksum=SUM)


def test_without_torch(marian_folder: Path, monkeypatch: pytest.MonkeyPatch, tiny_entry: Entry) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ModelError, match=r"pip install torch"):
        TransformersBackend(marian_folder, tiny_entry(backend="transformers"), DA_EN, checksum=SUM)


def test_the_default_backend_imports_neither_torch_nor_transformers(ctranslate2_folder: Path) -> None:
    code = (
        "import sys\n"
        "from tosprog.models.languages import parse_direction\n"
        "from tosprog.models.registry import load_backend\n"
        "heavy = {'torch', 'transformers', 'ctranslate2', 'sentencepiece', 'numpy', 'huggingface_hub'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "from tosprog.models.base import DecodingOptions\n"
        "backend = load_backend(parse_direction('da-en'), sys.argv[1])\n"
        "assert backend.translate(['Vi går en tur.'], DecodingOptions())[0].text == 'We go for a walk.'\n"
        "assert not {'torch', 'transformers', 'huggingface_hub'} & set(sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code, str(ctranslate2_folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""


@given(st.lists(st.integers(1, 50), max_size=40), st.integers(1, 120))
def test_batches_hold_every_index_once_and_fit(lengths: list[int], batch_tokens: int) -> None:
    batches = list(by_tokens(lengths, batch_tokens))
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= batch_tokens


def test_a_loop_past_its_own_limit_is_run_again_alone() -> None:
    calls: list[tuple[list[str], int]] = []

    def run(sources: list[list[str]], limit: int) -> list[Answer]:
        calls.append((["".join(source) for source in sources], limit))
        # "b" loops until it is stopped, every other answer is short.
        return [
            Answer(Hypothesis("b" * limit, -1), limit)
            if source == ["b", "."]
            else Answer(Hypothesis("ok", -1), 1)
            for source in sources
        ]

    texts = ["aaaaa", "b", "aaaaa"]
    answers = translate_in_batches(
        texts, DecodingOptions(max_length_ratio=2), encode=lambda t: [*t, "."], run=run, max_tokens=9
    )
    assert [a.text for a in answers] == ["ok", "b" * 14, "ok"]
    assert calls == [(["b.", "aaaaa."], 22), (["b."], 14)]


def test_double_marks_the_target(direction: Direction) -> None:
    assert DoubleBackend(direction).translate(["Hej", ""], GREEDY) == [
        Hypothesis(f"[{direction.target}] Hej", 0.0),
        Hypothesis("", 0.0),
    ]
