"""The shipped reader as a folder that transformers opens: every peer reads with its weights.

The 8-bit weights are multiplied by their scales; the products run in single precision there.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from safetensors.torch import save_file

from index import default_encoder_folder, word_vectors
from qa.reading.model import WORD_VECTORS, SpanModel

__all__ = ["write_reader"]

LAYER = {
    "attended": "attention.output.dense",
    "attended_norm": "attention.output.LayerNorm",
    "inner": "intermediate.dense",
    "outer": "output.dense",
    "norm": "output.LayerNorm",
}
EMBEDDED = {
    "words.weight": "word_embeddings.weight",
    "places.weight": "position_embeddings.weight",
    "kinds.weight": "token_type_embeddings.weight",
    "norm.weight": "LayerNorm.weight",
    "norm.bias": "LayerNorm.bias",
}


def write_reader(folder: Path) -> None:
    """Write ``config.json``, ``model.safetensors`` and the tokenizer's files into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    encoder = default_encoder_folder()
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json"):
        if (encoder / name).exists():
            shutil.copy(encoder / name, folder / name)
    config = json.loads((encoder / "config.json").read_text("utf-8"))
    config |= {"architectures": ["BertForQuestionAnswering"], "dtype": "float32"}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    trained = _trained(SpanModel.shipped().folder / "model.onnx")
    tensors = {name: torch.from_numpy(array.copy(order="C")) for name, array in trained.items()}
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})


def _trained(path: Path) -> dict[str, np.ndarray]:
    graph = onnx.load(path, load_external_data=False).graph
    stored = {i.name: numpy_helper.to_array(i) for i in graph.initializer if i.name != WORD_VECTORS}
    adds = {name: node.input for node in graph.node if node.op_type == "Add" for name in node.input}
    found = _renamed("words.weight", word_vectors(default_encoder_folder()))
    for name, array in stored.items():
        if name.startswith("model.") and array.dtype == np.float32 and not name.endswith("_scale"):
            found |= _renamed(name.removeprefix("model."), array)
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            weight = node.input[1]
            scale = stored[weight.replace("_quantized", "_scale")]
            product = _product(node.output[0], graph)
            bias = next(n for n in adds[product] if n.startswith("model."))
            name = bias.removeprefix("model.").replace(".bias", ".weight")
            found |= _renamed(name, (stored[weight].astype(np.float32) * scale).T)
    return found


def _product(output: str, graph: onnx.GraphProto) -> str:
    """Follow an integer product through its cast and its scale; return the scaled one's name."""
    for kind in ("Cast", "Mul"):
        output = next(n.output[0] for n in graph.node if n.op_type == kind and output in n.input)
    return output


def _renamed(name: str, array: np.ndarray) -> dict[str, np.ndarray]:
    """Return a tensor under the name, or the three names, that transformers has for it."""
    if name in EMBEDDED:
        return {f"bert.embeddings.{EMBEDDED[name]}": array}
    if name.startswith("ends."):
        return {f"qa_outputs.{name.removeprefix('ends.')}": array}
    _, number, part, kind = name.split(".")
    before = f"bert.encoder.layer.{number}."
    if part == "projections":
        parts = zip(("query", "key", "value"), np.split(array, 3), strict=True)
        return {f"{before}attention.self.{which}.{kind}": a for which, a in parts}
    return {f"{before}{LAYER[part]}.{kind}": array}
