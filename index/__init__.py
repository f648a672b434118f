"""Passages searchable, on disk: encoder, FAISS, BM25, the store and the incremental build."""

from index.analysis import terms
from index.background import BackgroundBuild, BuildState
from index.bert_network import word_vectors
from index.build import PASSAGE_TOKENS, build, index_folder_of
from index.checksum import file_sha256
from index.dense import DenseIndex, Ids
from index.encoder import (
    DEFAULT_ENCODER,
    Encoder,
    HashEncoder,
    Vectors,
    default_encoder_folder,
    open_encoder,
)
from index.inventory import Listed
from index.lexical import LexicalIndex, write_lexical
from index.passage_index import PassageIndex
from index.plan import Plan, plan
from index.report import BuildReport, Progress
from index.shape import Shape, shape_of
from index.store import Store
from index.tokens import open_tokenizer

__all__ = [
    "DEFAULT_ENCODER",
    "PASSAGE_TOKENS",
    "BackgroundBuild",
    "BuildReport",
    "BuildState",
    "DenseIndex",
    "Encoder",
    "HashEncoder",
    "Ids",
    "LexicalIndex",
    "Listed",
    "PassageIndex",
    "Plan",
    "Progress",
    "Shape",
    "Store",
    "Vectors",
    "build",
    "default_encoder_folder",
    "file_sha256",
    "index_folder_of",
    "open_encoder",
    "open_tokenizer",
    "plan",
    "shape_of",
    "terms",
    "word_vectors",
    "write_lexical",
]
