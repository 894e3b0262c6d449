"""Takes audiocraft's transformer a step at a time without redoing what it did before.

audiocraft copies every key and value at each step, computes those of the prompt anew in every layer, and launches each
operation by itself. Here they are written into memory that is set aside once, those of the prompt are computed once,
and on CUDA a whole step is one recorded graph. The arithmetic is the same; tests hold the logits to audiocraft's own.
"""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger(__name__)


def quicken(network: Any) -> Decoder | None:
    """Let this network be asked through a `Decoder`; None, and all as before, for one that is built differently."""
    if not fits(network):
        return None
    decoder = Decoder(network)
    network.__dict__["_fsdp"] = decoder  # where audiocraft looks for who runs the network, if not the network itself
    return decoder


def fits(network: Any) -> bool:
    """Whether it is built as all that were published: sines for places, norms before blocks, plain attention."""
    fuser, transformer = network.fuser.fuse2cond, network.transformer
    plain = not fuser["sum"] and not fuser["input_interpolate"] and transformer.positional_embedding == "sin"
    return plain and all(map(is_plain, transformer.layers))


def is_plain(layer: Any) -> bool:
    both = [a for a in (layer.self_attn, layer.cross_attention) if a is not None]
    same = all(a.custom and not a.qk_layer_norm and a.kv_repeat == 1 for a in both)
    scaled = type(layer.layer_scale_1).__name__ != "Identity"
    return same and layer.norm_first and layer.self_attn.past_context is None and not scaled


class Decoder:
    """A network's logits for the tokens of one batch, [B, K, S] int64 to [B, K, S, card], its past kept between calls.

    `steps` is how many tokens one window can have; set it before a run. A window begins when audiocraft's own streaming
    state is empty.
    """

    keys: Any
    values: Any
    cross_keys: Any
    cross_values: Any
    graph: Any
    tokens: Any
    place: Any
    out: Any
    places: Any

    def __init__(self, network: Any):
        self.network, self.steps = network, 0
        self.recording = True
        self.rest()

    def __call__(self, sequence: Any, conditions: Any, condition_tensors: Any, stage: int = -1) -> Any:
        import torch

        with torch.autocast(sequence.device.type, enabled=False):
            if not self.network.transformer._streaming_state:
                return self.begin(sequence, condition_tensors)
            at = self.done
            self.done += sequence.shape[-1]
            if sequence.shape[-1] == 1 and sequence.is_cuda and self.recording:
                return self.replay(sequence, at)
            places = torch.arange(at, self.done, device=sequence.device)
            mask = None if len(places) == 1 else earlier(places, self.done)  # the newest alone may see all there is
            return self.logits(self.through(self.embedded(sequence), places, mask, self.done))

    def begin(self, sequence: Any, condition_tensors: Any) -> Any:
        """The first tokens of a window: the past is empty, the prompt is new."""
        import torch

        network, count = self.network, sequence.shape[-1]
        first, cross = network.fuser(self.embedded(sequence), condition_tensors)
        network.transformer._streaming_state["begun"] = torch.ones(1)
        self.set_aside(first, self.steps + first.shape[1] - count)
        self.listen(cross)
        self.done = first.shape[1]
        places = torch.arange(self.done, device=first.device)
        return self.logits(self.through(first, places, earlier(places, self.done), self.done)[:, -count:])

    def set_aside(self, like: Any, length: int) -> None:
        """Memory for the keys and values of a window, kept from the last one where it is as large."""
        import torch

        layers, heads = self.network.transformer.layers, self.network.transformer.layers[0].self_attn.num_heads
        shape = (len(layers), like.shape[0], heads, length, like.shape[-1] // heads)
        if self.keys is None or self.keys.shape != shape:
            self.keys, self.values = (torch.zeros(shape, dtype=like.dtype, device=like.device) for _ in "kv")
            self.graph = None
            self.places = self.sines(length, like)

    def sines(self, length: int, like: Any) -> Any:
        import torch

        from pipelines.tokens.checkpoint import audiocraft

        places = torch.arange(length, device=like.device).view(1, -1, 1)
        transformer = self.network.transformer
        sines = audiocraft("modules.transformer").create_sin_embedding(
            places, like.shape[-1], max_period=transformer.max_period, dtype=like.dtype
        )
        return transformer.positional_scale * sines[0]

    def listen(self, cross: Any) -> None:
        """What each layer attends to in the prompt, computed once; in the same memory while its length stays, since a
        recorded step reads it there."""
        import torch

        if cross is None:
            self.cross_keys = None
            return
        keys, values = [], []
        for layer in self.network.transformer.layers:
            attention = layer.cross_attention
            width = attention.in_proj_weight.shape[0] // 3
            both = torch.nn.functional.linear(cross, attention.in_proj_weight[width:], bias(attention, width))
            key, value = heads(both, 2, attention.num_heads)
            keys.append(key)
            values.append(value)
        keys, values = torch.stack(keys), torch.stack(values)
        if self.cross_keys is not None and self.cross_keys.shape == keys.shape:
            self.cross_keys.copy_(keys)
            self.cross_values.copy_(values)
        else:
            self.cross_keys, self.cross_values, self.graph = keys, values, None

    def embedded(self, sequence: Any) -> Any:
        return sum(table(sequence[:, k]) for k, table in enumerate(self.network.emb))

    def through(self, x: Any, places: Any, mask: Any, seen: int) -> Any:
        """`x` [B, S, D] at `places` through every layer, attending to what its mask lets it of the first steps."""
        from torch.nn import functional

        x = x + self.places[places]
        for n, layer in enumerate(self.network.transformer.layers):
            own = layer.self_attn
            projected = functional.linear(layer.norm1(x), own.in_proj_weight, own.in_proj_bias)
            query, key, value = heads(projected, 3, own.num_heads)
            self.keys[n].index_copy_(2, places, key)
            self.values[n].index_copy_(2, places, value)
            past = self.keys[n][:, :, :seen], self.values[n][:, :, :seen]
            x = x + own.out_proj(joined(functional.scaled_dot_product_attention(query, *past, attn_mask=mask)))
            if layer.cross_attention is not None:
                other, normed = layer.cross_attention, layer.norm_cross(x)
                width = other.in_proj_weight.shape[0] // 3
                asked = functional.linear(normed, other.in_proj_weight[:width], bias(other, 0, width))
                [query] = heads(asked, 1, other.num_heads)
                told = functional.scaled_dot_product_attention(query, self.cross_keys[n], self.cross_values[n])
                x = x + other.out_proj(joined(told))
            x = x + layer.linear2(layer.activation(layer.linear1(layer.norm2(x))))
        return x if self.network.out_norm is None else self.network.out_norm(x)

    def logits(self, x: Any) -> Any:
        import torch

        return torch.stack([head(x) for head in self.network.linears], dim=1)

    def whole(self, sequence: Any, place: Any) -> Any:
        """One step with shapes that never change, as a graph must be: it looks at all the memory, through a mask."""
        length = self.keys.shape[3]
        return self.logits(self.through(self.embedded(sequence), place, earlier(place, length), length))

    def replay(self, sequence: Any, at: int) -> Any:
        """One step on CUDA, recorded the first time. Where that cannot be done, its parts are launched one by one."""
        import torch

        if self.graph is None:
            self.tokens, self.place = sequence.clone(), torch.tensor([at], device=sequence.device)
            try:
                self.record()
            except RuntimeError as error:
                log.warning("A step of %s cannot be recorded: %s", type(self.network).__name__, error)
                self.recording = False
                return self.whole(sequence, self.place)
        self.tokens.copy_(sequence)
        self.place.fill_(at)
        self.graph.replay()
        return self.out.clone()

    def record(self) -> None:
        import torch

        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(2):  # libraries choose their ways at first use, which cannot be recorded
                self.whole(self.tokens, self.place)
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.out = self.whole(self.tokens, self.place)
        self.graph = graph

    def rest(self) -> None:
        """Give the memory back between runs."""
        self.graph = self.keys = self.values = self.cross_keys = self.cross_values = None
        self.tokens = self.place = self.out = None


def earlier(places: Any, seen: int) -> Any:
    """Which of the first `seen` steps each place may look at: none later than itself."""
    import torch

    return places[:, None] >= torch.arange(seen, device=places.device)


def heads(x: Any, parts: int, count: int) -> Any:
    """[B, S, parts * heads * d] as `parts` of [B, heads, S, d]."""
    return x.view(*x.shape[:2], parts, count, -1).permute(2, 0, 3, 1, 4)


def joined(x: Any) -> Any:
    """[B, heads, S, d] as [B, S, heads * d]."""
    return x.transpose(1, 2).flatten(2)


def bias(attention: Any, start: int, end: int | None = None) -> Any:
    return None if attention.in_proj_bias is None else attention.in_proj_bias[start:end]
