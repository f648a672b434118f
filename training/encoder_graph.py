"""Write the encoder's network as an ONNX graph without its weights, which come from elsewhere.

Run: ``python -m training.encoder_graph`` writes ``index/encoding/minilm.onnx`` (15 KB).
`index.encoding.minilm` gives it the weights of ``model.safetensors`` when it opens it, so that no
second copy of them is shipped.

Two choices were made by measuring onnxruntime 1.31 on one core: its separate LayerNormalization is
vectorised, its SkipLayerNormalization is not (the network takes a ninth longer with it); and its
Attention operator is as fast as three products followed by MultiHeadAttention.
"""

from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from types import MappingProxyType

from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper

__all__ = ["encoder_graph", "outside"]

LAYERS, HEADS, WIDTH, INNER, WORDS, PLACES = 6, 12, 384, 1536, 30522, 512
EPSILON = 1e-12
FUSED = "com.microsoft"  # operators that onnxruntime adds to the standard
STANDARD = frozenset({"Add", "LayerNormalization", "MatMul"})
OPSET, FUSED_OPSET, IR_VERSION = 17, 1, 10


def main() -> None:
    """Write the graph to where it ships."""
    path = Path(__file__).parent.parent / "index" / "encoding" / "minilm.onnx"
    path.write_bytes(encoder_graph().SerializeToString(deterministic=True))


def encoder_graph() -> ModelProto:
    """Return the graph: a batch of texts as tokens in, the mean of each text's states out."""
    graph = _Graph()
    norm = "embeddings.LayerNorm"
    graph.add(
        "EmbedLayerNormalization",
        [
            "ids",
            "",
            graph.weight("embeddings.word_embeddings.weight", WORDS, WIDTH),
            graph.weight("embeddings.position_embeddings.weight", PLACES, WIDTH),
            "",
            graph.weight(f"{norm}.weight", WIDTH),
            graph.weight(f"{norm}.bias", WIDTH),
        ],
        outputs=["embedded", "unused"],
        settings={"epsilon": EPSILON},
    )
    states = "embedded"
    for number in range(LAYERS):
        states = _layer(graph, f"encoder.layer.{number}", states)
    graph.add("MatMul", ["token_weights", states], outputs=["means"])
    return graph.finished(
        inputs=[
            helper.make_tensor_value_info("ids", TensorProto.INT32, ["texts", "tokens"]),
            helper.make_tensor_value_info("lengths", TensorProto.INT32, ["texts"]),
            helper.make_tensor_value_info(
                "token_weights", TensorProto.FLOAT, ["texts", 1, "tokens"]
            ),
        ],
        output=helper.make_tensor_value_info("means", TensorProto.FLOAT, ["texts", 1, WIDTH]),
    )


def outside(name: str, *shape: int) -> TensorProto:
    """Return a weight in single precision that is not in the file, but given when it is opened."""
    weight = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape)
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="given when it is opened")
    weight.external_data.add(key="length", value=str(4 * prod(shape)))
    return weight


def _layer(graph: "_Graph", name: str, states: str) -> str:
    """Add one layer of BERT (Devlin et al. 2019); return the name of its result."""
    projections = f"{name}.attention.self.projections"
    heads = graph.add(
        "Attention",
        [
            states,
            graph.weight(f"{projections}.weight", WIDTH, 3 * WIDTH),
            graph.weight(f"{projections}.bias", 3 * WIDTH),
            "lengths",
        ],
        settings={"num_heads": HEADS},
    )
    attended = _linear(graph, f"{name}.attention.output.dense", heads, WIDTH, WIDTH)
    states = _normed(graph, f"{name}.attention.output.LayerNorm", attended, states)
    inner = f"{name}.intermediate.dense"
    wide = graph.add("MatMul", [states, graph.weight(f"{inner}.weight", WIDTH, INNER)])
    wide = graph.add("BiasGelu", [wide, graph.weight(f"{inner}.bias", INNER)])
    narrow = _linear(graph, f"{name}.output.dense", wide, INNER, WIDTH)
    return _normed(graph, f"{name}.output.LayerNorm", narrow, states)


def _linear(graph: "_Graph", name: str, states: str, before: int, after: int) -> str:
    product = graph.add("MatMul", [states, graph.weight(f"{name}.weight", before, after)])
    return graph.add("Add", [product, graph.weight(f"{name}.bias", after)])


def _normed(graph: "_Graph", name: str, change: str, states: str) -> str:
    weights = [graph.weight(f"{name}.{kind}", WIDTH) for kind in ("weight", "bias")]
    added = graph.add("Add", [change, states])
    return graph.add("LayerNormalization", [added, *weights], settings={"epsilon": EPSILON})


class _Graph:
    """Nodes in order, and the names and shapes of the weights that they want."""

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._weights: list[TensorProto] = []

    def weight(self, name: str, *shape: int) -> str:
        """Declare a weight that is not in the file; return its name."""
        self._weights.append(outside(name, *shape))
        return name

    def add(
        self,
        kind: str,
        inputs: Sequence[str],
        outputs: Sequence[str] = (),
        settings: Mapping[str, float] = MappingProxyType({}),
    ) -> str:
        """Add a node; return the name of its first output."""
        outputs = outputs or [f"{kind}.{len(self._nodes)}"]
        domain = "" if kind in STANDARD else FUSED
        node = helper.make_node(kind, inputs, outputs, domain=domain)
        node.attribute.extend(helper.make_attribute(*setting) for setting in settings.items())
        self._nodes.append(node)
        return outputs[0]

    def finished(self, inputs: Sequence[ValueInfoProto], output: ValueInfoProto) -> ModelProto:
        """Return the whole."""
        graph = helper.make_graph(self._nodes, "encoder", inputs, [output], self._weights)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, FUSED_OPSET)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)


if __name__ == "__main__":
    main()
