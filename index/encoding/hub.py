"""Models that are called by a name: looked for on this machine, fetched only when that is asked."""

import re
from collections.abc import Callable
from pathlib import Path

from corpus import ModelUnavailable

__all__ = ["OnDownload", "fetch_model", "find_model", "is_model_name"]

OnDownload = Callable[[str, int], None]

# No pickles, and no copies of the weights for other programs.
WANTED = ["*.safetensors", "*.json", "*.txt", "*.model"]
UNWANTED = ["onnx/*", "openvino/*"]


def is_model_name(name: str) -> bool:
    """Return whether ``name`` is written as the Hugging Face Hub names models: ``owner/name``."""
    return re.fullmatch(r"\w[\w.-]*/\w[\w.-]*", name) is not None


def find_model(name: str) -> Path | None:
    """Return the folder of a model in this machine's cache; None if it is not wholly there."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        folder = snapshot_download(
            name, local_files_only=True, allow_patterns=WANTED, ignore_patterns=UNWANTED
        )
    except (LocalEntryNotFoundError, HFValidationError):
        return None
    return Path(folder)


def fetch_model(name: str, on_download: OnDownload) -> Path:
    """Fetch a model from the Hugging Face Hub into this machine's cache; return its folder.

    Args:
        name: what the hub calls it.
        on_download: is told the name and the number of bytes before they are fetched.

    Raises:
        ModelUnavailable: if it cannot be fetched, or is none of sentence-transformers.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    # The base of its client's errors, which may come as they are: of httpx or, later, httpx2.
    client_error: type[Exception] = HfHubHTTPError.__bases__[0]
    try:
        files = snapshot_download(
            name, dry_run=True, allow_patterns=WANTED, ignore_patterns=UNWANTED
        )
        names = {file.filename for file in files}
        if "modules.json" not in names or not any(n.endswith(".safetensors") for n in names):
            raise ModelUnavailable(
                f"{name!r} on the Hugging Face Hub is no model of sentence-transformers with "
                "safetensors weights; choose one that has a modules.json and a model.safetensors."
            )
        on_download(name, sum(file.file_size or 0 for file in files if file.will_download))
        folder = snapshot_download(name, allow_patterns=WANTED, ignore_patterns=UNWANTED)
    except (OSError, client_error, HFValidationError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelUnavailable(
            f"{name!r} cannot be fetched from the Hugging Face Hub ({reason}); check its name and "
            "your network, then build again."
        ) from error
    return Path(folder)
