from __future__ import annotations

from pathlib import Path

import pytest
import sentencepiece
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tosprog.models.errors import ModelCorruptError
from tosprog.models.tokenizer import Tokenizer


def test_encodes_with_the_source_model_and_decodes_with_the_target_model(spm_pair: Path) -> None:
    tokenizer = Tokenizer(spm_pair)
    source, target = (
        sentencepiece.SentencePieceProcessor(model_file=str(spm_pair / name))
        for name in ("source.spm", "target.spm")
    )
    danish, english = "Vi går en tur i skoven.", "We go for a walk."
    assert tokenizer.encode(danish) == source.encode(danish, out_type=str)
    assert tokenizer.decode(target.encode(english, out_type=str)) == english


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ([], ""),
        (["▁We", "▁go"], "We go"),
        (["▁We", "<unk>", "▁go", "</s>"], "We go"),
        (["<s>", "▁We", "<pad>"], "We"),
        (["▁", "<0xC3>", "<0xA6>"], "æ"),
        (["▁We", "▁", "▁go", "▁"], "We go"),
    ],
)
def test_decode(spm_pair: Path, pieces: list[str], text: str) -> None:
    assert Tokenizer(spm_pair).decode(pieces) == text


def test_the_pieces_of_bytes(spm_pair: Path) -> None:
    pieces = Tokenizer(spm_pair).byte_pieces()
    assert (len(pieces), pieces[0], pieces[255]) == (256, "<0x00>", "<0xFF>")


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u00a0"])
def test_blank_text_has_no_pieces(spm_pair: Path, text: str) -> None:
    assert Tokenizer(spm_pair).encode(text) == []


@pytest.mark.parametrize("text", ["“Sagt” – og gjort…", "»citat« — 5 °C", "☃😀", "æøå ÆØÅ é ß"])
def test_typography_is_kept(spm_pair: Path, text: str) -> None:
    pieces = Tokenizer(spm_pair).encode(text)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(spm_pair / "source.spm"))
    # NFKC itself spells the ellipsis as three dots; nothing else changes.
    assert processor.decode_pieces(pieces) == text.replace("…", "...")


@given(st.text(st.characters(exclude_categories=())))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_any_text_is_encoded_without_special_tokens(spm_pair: Path, text: str) -> None:
    assert not {"</s>", "<unk>", "<pad>", "<s>"} & set(Tokenizer(spm_pair).encode(text + "</s>"))


@pytest.mark.parametrize("content", [None, b"", b"not a model", b"\x80\x04pickle"])
def test_a_broken_file_is_named(spm_pair: Path, tmp_path: Path, content: bytes | None) -> None:
    (tmp_path / "source.spm").write_bytes((spm_pair / "source.spm").read_bytes())
    if content is not None:
        (tmp_path / "target.spm").write_bytes(content)
    with pytest.raises(ModelCorruptError, match=r"target\.spm"):
        Tokenizer(tmp_path)
