"""Write the trained reader as ONNX, with 8-bit weights, and compare it with what was trained.

Run: ``python -m training.export_reader DATA WORK``. Writes ``WORK/single/model.onnx`` (single
precision) and ``WORK/export/model.onnx`` (what ships, with 8-bit weights), and prints, for 1,000
questions about articles kept apart, exact match and F1 of each, and the time of one window. Neither
file holds the words' vectors: training left them as the encoder's package brings them.
"""

import argparse
import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from index import default_encoder_folder, word_vectors
from pincite.evaluation.measures import exact_match, f1
from qa.reading.model import WORD_VECTORS, Scores, SpanModel, Window, windows_of
from qa.reading.spans import best_spans
from training.data import Example, SquadTrain, parts_of
from training.encoder_graph import outside
from training.model import WIDTH, WORDS, ReaderModel

COMPARED = 1000
OPSET = 18


def main() -> None:
    """Export, compare, and print the digest of what ships."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="holds squad1_train")
    parser.add_argument("work", type=Path, help="holds reader.pt")
    options = parser.parse_args()
    model = ReaderModel()
    model.load_state_dict(torch.load(options.work / "reader.pt", weights_only=True))
    model.eval()
    words = torch.from_numpy(word_vectors(default_encoder_folder()))
    if not torch.equal(model.words.weight, words):
        raise SystemExit(f"{options.work / 'reader.pt'} has vectors of words of its own")
    single, small = options.work / "single", options.work / "export"
    for folder in (single, small):
        folder.mkdir(exist_ok=True)
    _write(model, single / "model.onnx")
    quantize_dynamic(
        single / "model.onnx",
        small / "model.onnx",
        op_types_to_quantize=["MatMul"],
        weight_type=QuantType.QInt8,
        per_channel=True,
        # With the eighth bit, sums overflow on processors without VNNI; so all give the same.
        reduce_range=True,
    )
    for folder in (single, small):
        _without_words(folder / "model.onnx")
    squad = SquadTrain(options.data / "squad1_train")
    parts = parts_of(squad.titles, squad.titles_of(options.data / "squad2_train_10art"))
    examples = squad.examples(parts.watch)[:COMPARED]
    for folder in (single, small):
        _report(folder.name, SpanModel(folder), examples, model)
    digest = hashlib.sha256((small / "model.onnx").read_bytes()).hexdigest()
    print(f"sha256 of {small / 'model.onnx'}: {digest}")


class _Unpadded(nn.Module):
    """The network as it is used: windows without padding need no mask."""

    def __init__(self, model: ReaderModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, token_type_ids: Tensor) -> Tensor:
        """Return the scores."""
        scores: Tensor = self.model(ids, token_type_ids, torch.ones_like(ids))
        return scores


def _write(model: ReaderModel, path: Path) -> None:
    # Two tensors: the exporter would take one that is given twice for a single input.
    ids, token_type_ids = (torch.zeros(1, 50, dtype=torch.int64) for _ in range(2))
    torch.onnx.export(
        _Unpadded(model),
        (ids, token_type_ids),
        path,
        input_names=["ids", "kinds"],
        output_names=["scores"],
        dynamic_shapes={"ids": {1: "tokens"}, "token_type_ids": {1: "tokens"}},
        opset_version=OPSET,
        dynamo=True,
        external_data=False,
    )


def _without_words(path: Path) -> None:
    """Leave only the name and the shape of the words' vectors in the file."""
    model = onnx.load(path)
    (words,) = (i for i in model.graph.initializer if list(i.dims) == [WORDS, WIDTH])
    for node in model.graph.node:
        node.input[:] = [WORD_VECTORS if name == words.name else name for name in node.input]
    model.graph.initializer.remove(words)
    model.graph.initializer.append(outside(WORD_VECTORS, WORDS, WIDTH))
    onnx.save(model, path)


def _report(name: str, export: SpanModel, examples: Sequence[Example], model: ReaderModel) -> None:
    exact = overlap = seconds = 0.0
    furthest = 0.0
    for example in examples:
        question, nothing, text = export.tokenize([example.question, "", example.passage.text])
        window = next(windows_of(question, nothing, text))
        began = time.perf_counter()
        scores = export.score([window])[0]
        seconds += time.perf_counter() - began
        best = best_spans(scores.starts, scores.ends, 1)[0]
        answer = example.passage.text[window.starts[best.start] : window.ends[best.end]]
        exact += exact_match(answer, example.texts)
        overlap += f1(answer, example.texts)
        furthest = max(furthest, float(np.abs(scores.starts - _trained(model, window)).max()))
    n = len(examples)
    print(
        f"{name}: exact match {exact / n:.4f}, F1 {overlap / n:.4f}, {1000 * seconds / n:.1f} ms a "
        f"window, start scores at most {furthest:.4f} from the trained model's"
    )


@torch.inference_mode()
def _trained(model: ReaderModel, window: Window) -> Scores:
    arrays = (window.ids, window.token_type_ids)
    ids, token_type_ids = (torch.from_numpy(array)[None] for array in arrays)
    scores: Tensor = model(ids, token_type_ids, torch.ones_like(ids))
    starts: Scores = scores[0, window.text_start : len(window.ids) - 1, 0].numpy()
    return starts


if __name__ == "__main__":
    main()
