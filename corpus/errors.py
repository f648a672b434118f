"""Every error that people may see.

Each message is one sentence that names the offending value and says what to do next::

    PinciteError
    ├── InputError          a question file, answer file or folder that cannot be used
    │   └── UnknownName     a document, folder or collection that is not there
    ├── LoadError           one document that cannot be read; a build skips it and goes on
    ├── SettingsError       an unknown or unusable setting
    ├── IndexMissing        nothing has been built yet
    ├── IndexOutdated       built by another version or with another encoder
    ├── IndexDamaged        files of the index are missing or altered
    ├── IndexBusy           another build is writing to the index
    └── ModelUnavailable    the encoder's weights are missing or are not the expected ones

Wrong arguments to a function stay ``ValueError``. "The documents do not say" is an answer, not an
error.
"""

__all__ = [
    "IndexBusy",
    "IndexDamaged",
    "IndexMissing",
    "IndexOutdated",
    "InputError",
    "LoadError",
    "ModelUnavailable",
    "PinciteError",
    "SettingsError",
    "UnknownName",
]


class PinciteError(Exception):
    """Base of all errors whose message is written for the person in front of the screen."""


class InputError(PinciteError):
    """A folder, question file or answer file that was given cannot be used."""


class UnknownName(InputError):
    """A document, folder or collection that was named is not there."""


class LoadError(PinciteError):
    """One document cannot be turned into text; the message is the reason shown in the report."""


class SettingsError(PinciteError):
    """A setting is unknown or its value cannot be used."""


class IndexMissing(PinciteError):
    """The folder has no index yet, or its first build has not finished."""


class IndexOutdated(PinciteError):
    """The index was built by another version of Pincite or with another encoder."""


class IndexDamaged(PinciteError):
    """A file of the index is missing or does not have the recorded checksum."""


class IndexBusy(PinciteError):
    """Another process is building this index."""


class ModelUnavailable(PinciteError):
    """The encoder's weights are missing, or their bytes are not the expected ones."""
