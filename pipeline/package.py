"""Zip packages (DOCX, ODT, EPUB): opened with care, written back with every other member as it was."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

from tosprog.models.errors import FormatError

# What is unpacked at most. Real documents stay far below; a zip bomb has a thousand times its size in it.
MAX_MEMBERS = 20_000
MAX_MEMBER_BYTES = 256 * 2**20
MAX_TOTAL_BYTES = 1024 * 2**20
MAX_RATIO = 200  # of a member's size to its packed size; XML of one sentence repeated comes to 100
_RATIO_GRACE = 2**20  # below this size a ratio proves nothing
_ENCRYPTED = 0x1


class Package:
    """A zip file in memory: its members by name, each read when it is asked for."""

    def __init__(self, data: bytes) -> None:
        """Opens a package; nothing is unpacked before its sizes are known to be sound.

        Raises:
            FormatError: no zip file, a truncated or an encrypted one, or a zip bomb.
        """
        self._data = data
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
            raise FormatError(
                f"the file is broken or cut off ({str(error).rstrip('.').lower()}); open it in the program "
                "that made it and save it again"
            ) from error
        infos = self._zip.infolist()
        if len(infos) > MAX_MEMBERS:
            raise FormatError(f"the file holds {len(infos)} members, at most {MAX_MEMBERS} are read")
        total = 0
        for info in infos:
            total += info.file_size
            ratio = info.file_size / max(1, info.compress_size)
            if info.file_size > MAX_MEMBER_BYTES or (info.file_size > _RATIO_GRACE and ratio > MAX_RATIO):
                raise FormatError(
                    f"{info.filename} would unpack to {info.file_size / 2**20:.0f} MB, {ratio:.0f} times its size: "
                    "refused as a zip bomb; if the document is sound, save it in parts"
                )
            if info.flag_bits & _ENCRYPTED:
                raise FormatError(
                    "the document is encrypted; open it with its password and save it without one"
                )
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise FormatError(
                    f"{info.filename} is packed in a way that documents are not (method {info.compress_type}); "
                    "open it in the program that made it and save it again"
                )
        if total > MAX_TOTAL_BYTES:
            raise FormatError(
                f"the file would unpack to {total / 2**20:.0f} MB, at most {MAX_TOTAL_BYTES // 2**20} MB are "
                "read; save the document in parts"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names, in the order of the file."""
        return tuple(self._zip.namelist())

    def __contains__(self, name: str) -> bool:
        return name in self._zip.NameToInfo

    def read(self, name: str) -> bytes:
        """A member's bytes.

        Raises:
            FormatError: it is not there, damaged, or longer than the package says.
        """
        try:
            with self._zip.open(name) as member:
                data = member.read(MAX_MEMBER_BYTES + 1)
        except KeyError as error:
            raise FormatError(f"the file has no {name} in it: it is another kind of document") from error
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            OSError,
            ValueError,  # a name or a place that cannot be
        ) as error:
            raise FormatError(
                f"{name} in it is damaged ({error}); open the document and save it again"
            ) from error
        if len(data) > MAX_MEMBER_BYTES:
            raise FormatError(f"{name} unpacks to more than the file says: refused as a zip bomb")
        return data

    def replaced(self, members: Mapping[str, bytes]) -> bytes:
        """The package with some members' bytes replaced: same order, names, dates and compression.

        With none to replace, the very bytes that it was opened with.
        """
        if not members:
            return self._data
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as out:
            # Of two members of one name the last is the one that is read.
            for info in {info.filename: info for info in self._zip.infolist()}.values():
                data = members.get(info.filename)
                copy = zipfile.ZipInfo(info.filename, info.date_time)
                copy.compress_type = info.compress_type
                copy.external_attr = info.external_attr
                copy.create_system = info.create_system
                copy.comment = info.comment
                if info.is_dir():
                    out.writestr(copy, b"")
                else:
                    out.writestr(copy, self.read(info.filename) if data is None else data)
            out.comment = self._zip.comment
        return target.getvalue()
