"""The errors that Tosprog raises, one tree. A message says what, which value, what is legal, what to type next.

TosprogError
├── UsageError            the call itself is wrong: exit code 2
│   └── LanguageError     a language code that is not supported
├── InputError            a document cannot be read: exit code 1
│   ├── FormatError       an unknown or binary format
│   └── EncodingError     bytes that no encoding explains
├── OutputError           a result cannot be written
├── WorkerLostError       a process or machine ended in the middle of a file
└── ModelError            a model cannot be had or used
    ├── ModelMissingError    not installed, and cannot be fetched (offline, unknown name)
    └── ModelCorruptError    present, but a checksum or the known sentence failed
"""


class TosprogError(Exception):
    """Root of all errors that the command line shows as one line."""


class UsageError(TosprogError):
    """The call itself is wrong."""


class LanguageError(UsageError):
    """A language code that Tosprog does not know."""


class InputError(TosprogError):
    """A document that cannot be read."""


class FormatError(InputError):
    """A document in an unknown format, or a binary file."""


class EncodingError(InputError):
    """Bytes that no supported encoding explains."""


class OutputError(TosprogError):
    """A result that cannot be written."""


class WorkerLostError(TosprogError):
    """A process or machine that ended in the middle of a file."""


class ModelError(TosprogError):
    """A model that cannot be had or used."""


class ModelMissingError(ModelError):
    """A model that is not installed and cannot be fetched."""


class ModelCorruptError(ModelError):
    """A model whose files or answers are not what they should be."""
