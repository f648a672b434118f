"""Small models of sentence-transformers, with random weights, for tests."""

from pathlib import Path

__all__ = ["make_model", "make_static_model"]

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "a", "is", "lit", "lamp", "boat"]
WORDS += ["fog", "query", "passage", ":", "when", "tide", "policy", "of", "and", "to", "in"]


def make_model(
    folder: Path,
    *,
    prompts: dict[str, str] | None = None,
    default_prompt_name: str | None = None,
    window: int = 256,
) -> Path:
    """Save a model of one BERT layer below ``folder``; return where.

    Args:
        folder: where the model's own folder, ``tiny``, is made.
        prompts: what stands before texts, by purpose.
        default_prompt_name: the prompt for texts without a purpose.
        window: the most tokens of a text.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    torch.manual_seed(0)
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(WORDS) + "\n", "utf-8")
    plain = folder / "plain"
    BertTokenizer(str(vocabulary)).save_pretrained(plain)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=512,
    )
    BertModel(config).save_pretrained(plain)
    transformer = Transformer(str(plain), max_seq_length=window)
    model = SentenceTransformer(
        modules=[transformer, Pooling(32)],
        prompts=prompts,
        default_prompt_name=default_prompt_name,
        device="cpu",
    )
    return _save(model, folder / "tiny")


def make_static_model(folder: Path, *, prompts: dict[str, str] | None = None) -> Path:
    """Save a model that is no more than a vector for each word below ``folder``; return where."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    torch.manual_seed(0)
    words = {word: id_ for id_, word in enumerate(WORDS)}
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))  # noqa: S106 - a token of text
    tokenizer.pre_tokenizer = Whitespace()
    embedding = StaticEmbedding(tokenizer, embedding_dim=32)
    model = SentenceTransformer(modules=[embedding], prompts=prompts, device="cpu")
    return _save(model, folder / "static")


def _save(model: object, folder: Path) -> Path:
    from sentence_transformers import SentenceTransformer

    assert isinstance(model, SentenceTransformer)
    model.save(str(folder), create_model_card=False)
    return folder
