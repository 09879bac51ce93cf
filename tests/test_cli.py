"""The command line as a user meets it: a process, its two streams, its exit code."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

DANISH = "Byen og havet\n\nHavet har altid givet byen arbejde. Fiskerne sejlede ud hver morgen ved daggry.\n"


def tosprog(*arguments: str, stdin: str | bytes = b"", cwd: Path | None = None) -> tuple[int, str, str]:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    command = [sys.executable, "-m", "tosprog.pipeline.cli", *arguments]
    done = subprocess.run(command, input=data, capture_output=True, cwd=cwd, timeout=60, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_translate_a_text() -> None:
    assert tosprog("translate", "krigen mod narkotika", "--to", "en", "--model", "double") == (
        0,
        "[en] krigen mod narkotika\n",
        "",
    )


def test_translate_lines_keeps_their_number_and_order() -> None:
    lines = "Huset er stort.\n\n  Haven er lille. Den er grøn.\n   \n12/3\nSlut"
    code, out, _ = tosprog("translate", "-", "--from", "da", "--to", "en", "--model", "double", stdin=lines)
    assert code == 0
    assert out == ("[en] Huset er stort.\n\n  [en] Haven er lille. [en] Den er grøn.\n   \n12/3\n[en] Slut\n")


def test_many_lines_come_back_in_order() -> None:
    lines = [f"Linje {number} er her." if number % 5 else "" for number in range(500)]
    code, out, _ = tosprog(
        "translate", "-", "--from", "da", "--model", "double", stdin="\n".join(lines) + "\n"
    )
    assert code == 0
    assert out.split("\n")[:-1] == [line and f"[en] {line}" for line in lines]


def test_what_came_before_a_bad_line_is_answered() -> None:
    code, out, err = tosprog(
        "translate", "-", "--from", "da", "--model", "double", stdin=b"Hej du.\n\xe6\xf8\n"
    )
    assert (code, out) == (1, "[en] Hej du.\n")
    assert "line 2 of standard input is not UTF-8" in err


def test_translate_json() -> None:
    code, out, _ = tosprog("translate", "Huset er stort.", "--to", "en", "--model", "double", "--json")
    assert code == 0
    (segment,) = json.loads(out)["segments"]
    assert (segment["source"], segment["kind"], segment["language"]) == (
        "Huset er stort.",
        "translated",
        "da",
    )


def test_translate_a_file(tmp_path: Path) -> None:
    path = tmp_path / "essay.md"
    path.write_bytes("# Byen og havet\r\n".encode("utf-16"))
    command = [
        sys.executable,
        "-m",
        "tosprog.pipeline.cli",
        "translate",
        "--file",
        str(path),
        "--model",
        "double",
    ]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert done.stdout.decode("utf-16") == "# [en] Byen og havet\r\n"


def test_detect_json() -> None:
    code, out, err = tosprog(
        "detect", "Haven er grøn om sommeren. The garden is green in summer. 12/3", "--json"
    )
    assert (code, err) == (0, "")
    segments = json.loads(out)["segments"]
    assert [segment["language"] for segment in segments][:2] == ["da", "en"]
    assert all(set(segment) == {"text", "language", "confidence"} for segment in segments)


def test_run_a_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "essay.txt").write_text(DANISH)
    (tmp_path / "in" / "bad.txt").write_bytes(b"\0\1\2\3" * 20)
    arguments = ("run", "in", "--out", "out", "--to", "en", "--model", "double")
    code, out, err = tosprog(*arguments, cwd=tmp_path)
    assert code == 3
    assert "1 failed, 1 ok" in out
    assert "bad.txt" in err
    assert (tmp_path / "out" / "essay.summary.md").read_text().startswith("# [en] Byen og havet\n")
    code, out, _ = tosprog(*arguments, "--json", cwd=tmp_path)
    assert {file["status"] for file in json.loads(out)["files"]} == {"ok", "failed"}


def test_summarize(tmp_path: Path) -> None:
    (tmp_path / "essay.txt").write_text(DANISH * 4)
    code, out, err = tosprog("summarize", "essay.txt", "--sentences", "1", cwd=tmp_path)
    assert code == 0
    assert out.strip() in DANISH
    assert "from sentences" in err
    code, out, _ = tosprog("summarize", "essay.txt", "--sentences", "2", "--json", cwd=tmp_path)
    assert len(json.loads(out)["sentences"]) == 2
    (tmp_path / "titled.md").write_text(f"# Byen og havet\n\n{DANISH.partition(chr(10))[2] * 3}")
    to_english = ("summarize", "titled.md", "--to", "en", "--format", "markdown", "--model", "double")
    assert tosprog(*to_english, cwd=tmp_path)[1].startswith("# [en] Byen og havet\n\n[en] Havet")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("translate", "hej", "--to", "de"), 2, ("'de'", "da (Danish) or en (English)")),
        (("translate", "hej", "--to", "en", "--from", "en"), 2, ("--from", "--to")),
        (("translate", "hej", "--model", "nosuch"), 1, ("'nosuch'", "tosprog models list")),
        (("translate", "hej", "--beam", "0"), 2, ("beam",)),
        (("translate", "hej", "--beam", "1", "--rerank"), 2, ("--rerank", "2 or more")),
        (("translate", "hej", "--model", "opus-mt-da-en"), 1, ("opus-mt-da-en", "tosprog models pull")),
        (("translate", "--file", "none.txt"), 1, ("none.txt does not exist",)),
        (("translate", "--file", "."), 1, ("is a folder", "tosprog run")),
        (("detect", "."), 1, ("is a folder",)),
        (("detect", "none.md"), 1, ("none.md",)),
        (("summarize", "none.txt"), 1, ("none.txt does not exist",)),
        (("summarize", "none.docx"), 1, ("none.docx",)),
        (("run", "none", "--out", "out", "--to", "en"), 1, ("none does not exist",)),
        (("run", ".", "--out", ".", "--to", "en"), 2, ("--out",)),
        (("models", "verify", "nosuch"), 1, ("nosuch",)),
        (("frobnicate",), 2, ("frobnicate",)),
    ],
)
def test_errors_are_one_line_and_no_traceback(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: tuple[str, ...]
) -> None:
    got, out, err = tosprog(*arguments, cwd=tmp_path)
    assert (got, out) == (code, "")
    assert len(err.splitlines()) == 1
    assert err.startswith("tosprog: ")
    for word in words:
        assert word in err


@pytest.mark.parametrize("data", [b"", b"   \n\t \n"])
def test_blank_input_comes_back_and_loads_no_model(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    # An unknown model would be refused, if it were asked for.
    code, out, err = tosprog("translate", "--file", "a.txt", "--model", "nosuch", cwd=tmp_path)
    assert (code, out.encode(), err) == (0, data, "")


def test_help_imports_nothing_heavy() -> None:
    probe = (
        "import sys\nfrom tosprog.pipeline.cli import main\n"
        "try:\n    main(['translate', '--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'transformers', 'ctranslate2', 'numpy', 'lingua'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for a child there")
def test_interrupted(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tosprog.pipeline.cli", "translate", "-", "--model", "double"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A job in the background of a shell is born deaf to the signal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("Hej med dig\n")
        process.stdin.flush()
        assert process.stdout.readline() == "[en] Hej med dig\n"  # each line is answered as it comes
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert err.startswith("tosprog: interrupted")
    assert len(err.splitlines()) == 1


def test_evaluate(tmp_path: Path) -> None:
    (tmp_path / "s.da").write_text("Huset er stort.\nByen er lille.\n", encoding="utf-8")
    (tmp_path / "s.en").write_text("[en] Huset er stort.\n[en] Byen er lille.\n", encoding="utf-8")
    arguments = ("evaluate", "--source", "s.da", "--reference", "s.en", "--model", "double")
    code, out, err = tosprog(*arguments, "--html", "page.html", cwd=tmp_path)
    assert (code, err) == (0, "")
    assert out.splitlines()[1].split()[:3] == ["double", "100.0", "100.0"]
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    code, out, _ = tosprog(*arguments, "--json", cwd=tmp_path)
    assert json.loads(out)["models"][0]["bleu"] == pytest.approx(100)
    (tmp_path / "s.en").write_text("one\n")
    code, out, err = tosprog(*arguments, cwd=tmp_path)
    assert (code, out) == (1, "")
    assert "2 lines and --reference 1" in err


def test_each_line_into_the_other_language() -> None:
    lines = "Huset er stort og gammelt.\nThe house is big and old.\n"
    code, out, _ = tosprog("translate", "-", "--swap", "--model", "double", stdin=lines)
    assert (code, out) == (0, "[en] Huset er stort og gammelt.\n[da] The house is big and old.\n")
    code, out, _ = tosprog("translate", "-", "--bilingual", "--model", "double", stdin=lines)
    assert (code, out) == (
        0,
        "Huset er stort og gammelt.\t[en] Huset er stort og gammelt.\n"
        "[da] The house is big and old.\tThe house is big and old.\n",
    )


def test_a_document_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "essay.md"
    path.write_text("# Huset på <bakken>\n\nThe house is big & old.\n\n12/3\n")
    code, out, err = tosprog("translate", "--file", str(path), "--bilingual", "--model", "double")
    assert (code, err) == (0, "")
    assert '<td lang="da">Huset på &lt;bakken&gt;</td><td lang="en" class="made">[en] Huset' in out
    assert '<td lang="da" class="made">[da] The house is big &amp; old.</td><td lang="en">The house' in out
    assert '<td class="both" colspan="2">12/3</td>' in out


def test_out_writes_a_file(tmp_path: Path) -> None:
    (tmp_path / "essay.txt").write_text("Huset er stort og gammelt.\n")
    arguments = ("translate", "--file", "essay.txt", "--out", "x/done.txt", "--model", "double")
    assert tosprog(*arguments, cwd=tmp_path) == (0, "", "")
    assert (tmp_path / "x" / "done.txt").read_text() == "[en] Huset er stort og gammelt.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("translate", "hej", "--to", "en", "--swap"), "--to en and --swap (or --bilingual) are both given"),
        (("translate", "hej", "--keep", "(a"), "--keep '(a' is no regular expression"),
        (("translate", "hej", "--out", "x"), "--out x goes with --file"),
        (("run", "x", "--out", "y"), "no language given; add --to en or --to da, or --swap"),
    ],
)
def test_options_that_do_not_go_together(arguments: tuple[str, ...], message: str) -> None:
    code, out, err = tosprog(*arguments, "--model", "double")
    assert (code, out) == (2, "")
    assert message in err


def test_what_the_user_keeps() -> None:
    code, out, _ = tosprog(
        "translate", "Vi bor i Den Gamle By nu", "--keep", "Den Gamle By", "--json", "--model", "double"
    )
    assert (code, json.loads(out)["text"]) == (0, "[en] Vi bor i Den Gamle By nu")


def test_formats_are_listed() -> None:
    code, out, _ = tosprog("formats")
    assert code == 0
    assert out.startswith("text       .txt .text ")
    code, out, _ = tosprog("formats", "--json")
    assert {row["name"] for row in json.loads(out)["formats"]} >= {"text", "markdown"}


def test_a_glossary_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text("da;en\nvelfærd;social security\n", encoding="utf-8")
    code, out, err = tosprog("translate", "Velfærd er vigtig.", "--glossary", "g.csv", cwd=tmp_path)
    assert (code, err) == (0, "")
    assert "social security" in out.lower()
    (tmp_path / "bad.csv").write_text("da;note\nvelfærd;x\n", encoding="utf-8")
    code, out, err = tosprog("translate", "Velfærd er vigtig.", "--glossary", "bad.csv", cwd=tmp_path)
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert "bad.csv" in err
    assert "en" in err
