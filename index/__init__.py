"""Passages searchable, on disk: encoder, FAISS, BM25, the store and the incremental build."""

from index.background import BackgroundBuild, BuildState
from index.build import PASSAGE_TOKENS, BuildReport, Progress, build, index_folder_of
from index.config import config_of
from index.dense import DenseIndex, Ids
from index.encoding import (
    DEFAULT_ENCODER,
    Encoder,
    HashEncoder,
    OnDownload,
    Precision,
    Vectors,
    default_encoder_folder,
    open_encoder,
    open_tokenizer,
    word_vectors,
)
from index.lexical import fold, terms, write_lexical
from index.passage_index import PassageIndex
from index.plan import Plan, plan
from index.scans import find_recognised
from index.settings import Settings
from index.store import DocumentOrigin, DocumentSummary, Store, encoder_of

__all__ = [
    "DEFAULT_ENCODER",
    "PASSAGE_TOKENS",
    "BackgroundBuild",
    "BuildReport",
    "BuildState",
    "DenseIndex",
    "DocumentOrigin",
    "DocumentSummary",
    "Encoder",
    "HashEncoder",
    "Ids",
    "OnDownload",
    "PassageIndex",
    "Plan",
    "Precision",
    "Progress",
    "Settings",
    "Store",
    "Vectors",
    "build",
    "config_of",
    "default_encoder_folder",
    "encoder_of",
    "find_recognised",
    "fold",
    "index_folder_of",
    "open_encoder",
    "open_tokenizer",
    "plan",
    "terms",
    "word_vectors",
    "write_lexical",
]
