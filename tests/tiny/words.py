"""Readers for tiny checkpoints: the real tokenizers over a vocabulary of single letters, and text encoders of a few
thousand random weights."""

from __future__ import annotations

CHAT = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}{% for part in message['content'] %}"
    "{{ part['text'] }}{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
QWEN = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>",
    "<|video_pad|>",
)  # fmt: skip


def letters() -> list[str]:
    """The 256 bytes, as byte-level tokenizers write them."""
    from tokenizers.pre_tokenizers import ByteLevel

    return sorted(ByteLevel.alphabet())


def clip_tokenizer():
    from transformers import CLIPTokenizer

    signs = [*letters(), *(f"{letter}</w>" for letter in letters()), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={sign: n for n, sign in enumerate(signs)}, merges=[], model_max_length=77)


def t5_tokenizer(longest: int = 512):
    from transformers import T5Tokenizer

    signs = ["<pad>", "</s>", "<unk>", "▁", *map(chr, range(33, 127))]
    return T5Tokenizer(vocab=[(sign, -float(n)) for n, sign in enumerate(signs)], extra_ids=0, model_max_length=longest)


def qwen_tokenizer():
    from transformers import Qwen2Tokenizer

    vocab = {sign: n for n, sign in enumerate([*letters(), *QWEN])}
    tokenizer = Qwen2Tokenizer(vocab=vocab, merges=[], additional_special_tokens=list(QWEN[1:]), model_max_length=4096)
    tokenizer.chat_template = CHAT
    return tokenizer


def gemma_tokenizer():
    from transformers import GemmaTokenizer

    signs = ["<pad>", "<eos>", "<bos>", "<unk>", "▁", *map(chr, range(33, 127)), "\n"]
    return GemmaTokenizer(vocab={sign: n for n, sign in enumerate(signs)}, merges=[], model_max_length=300)


def clip(width: int = 32, projected: bool = False, layers: int = 2):
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        vocab_size=514, hidden_size=width, intermediate_size=37, num_hidden_layers=layers, num_attention_heads=4,
        projection_dim=width, bos_token_id=512, eos_token_id=513, pad_token_id=513,
    )  # fmt: skip
    return (CLIPTextModelWithProjection if projected else CLIPTextModel)(config).eval()


def t5(width: int = 32):
    from transformers import T5Config, T5EncoderModel

    config = T5Config(
        vocab_size=98, d_model=width, d_ff=37, d_kv=8, num_layers=1, num_heads=4, decoder_start_token_id=0
    )
    return T5EncoderModel(config).eval()


def qwen3(width: int = 16, layers: int = 2):
    from transformers import Qwen3Config, Qwen3ForCausalLM

    config = Qwen3Config(
        vocab_size=263, hidden_size=width, intermediate_size=width, num_hidden_layers=layers, num_attention_heads=2,
        num_key_value_heads=2, head_dim=8, max_position_embeddings=1024,
    )  # fmt: skip
    return Qwen3ForCausalLM(config).eval()


def qwen_seeing(width: int = 16):
    """Qwen2.5-VL, which sees pictures too."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    text = {
        "vocab_size": 263, "hidden_size": width, "intermediate_size": width, "num_hidden_layers": 2,
        "num_attention_heads": 2, "num_key_value_heads": 2, "max_position_embeddings": 4096,
        "rope_scaling": {"type": "mrope", "mrope_section": [1, 1, 2], "rope_type": "default"}, "rope_theta": 1e6,
    }  # fmt: skip
    seeing = {
        "depth": 2, "hidden_size": width, "intermediate_size": width, "num_heads": 2, "out_hidden_size": width,
        "fullatt_block_indexes": [1],
    }  # fmt: skip
    start, end, picture, film = (256 + QWEN.index(sign) for sign in QWEN[3:])
    config = Qwen2_5_VLConfig(
        text_config=text, vision_config=seeing, vision_start_token_id=start, vision_end_token_id=end,
        image_token_id=picture, video_token_id=film,
    )  # fmt: skip
    return Qwen2_5_VLForConditionalGeneration(config).eval()


def gemma(width: int = 16):
    from transformers import Gemma2Config, Gemma2Model

    config = Gemma2Config(
        vocab_size=100, hidden_size=width, intermediate_size=width, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=1, head_dim=8, query_pre_attn_scalar=8,
    )  # fmt: skip
    return Gemma2Model(config).eval()
