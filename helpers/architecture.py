"""The small DPTs of this course: their configurations, random weights to begin with, and their image processor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from helpers.augment import ANCHOR

if TYPE_CHECKING:
    from transformers import DPTConfig, DPTForDepthEstimation, DPTImageProcessorPil, PreTrainedModel

__all__ = ["new_model", "small_config", "square_processor", "with_positions_for", "without_unused"]


def small_config(
    size: int = 192,
    hidden: int = 192,
    layers: int = 8,
    fusion: int = 32,
    neck: Sequence[int] = (48, 96, 192, 192),
    stem: Sequence[int] = (),
) -> DPTConfig:
    """The configuration of a small DPT, with fewer and thinner layers than those of the paper.

    size: side of the square input in pixels, a multiple of 32. hidden: width of the encoder, a multiple of 64.
    layers: depth of the encoder, at least 4. neck: channels of the four reassembled maps. fusion: channels of the
    decoder, even. stem: empty for the architecture of Intel/dpt-large, whose encoder is tapped at four places; or three
    numbers for that of Intel/dpt-hybrid-midas: the channels of a small ResNet at a quarter, an eighth and a sixteenth
    of the picture's size; 64, 128, 256 make it a ResNet-18 without its last stage. Its last map gives the tokens, its
    first two take the places of the first two taps, and `neck` does not count. Raises ValueError for sizes that do not
    fit.
    Source: Ranftl et al., Vision Transformers for Dense Prediction, 2021, section 3 (DPT-Large and DPT-Hybrid).
    """
    from transformers import DPTConfig, ResNetConfig

    # The deepest map is half as wide as the grid of 16 x 16 patches: an odd grid comes out larger than it went in.
    if size % 32 or size < 32:
        raise ValueError(f"size is {size}: it must be a multiple of 32, twice the patch size.")
    if hidden % 64 or hidden < 64 or layers < 4 or fusion % 2 or fusion < 2 or len(neck) != 4:
        raise ValueError("hidden must be a multiple of 64, layers at least 4, fusion even, neck four numbers.")
    if len(stem) not in (0, 3):
        raise ValueError(f"stem is {tuple(stem)}: give the channels of three maps, or nothing for plain patches.")
    taps, hybrid = [layers * tap // 4 - 1 for tap in (1, 2, 3, 4)], {}
    if stem:
        # as in Intel/dpt-hybrid-midas: the first two indices are those of the stem's maps
        taps, neck = [0, 1, layers // 2 - 1, layers - 1], (*stem[:2], hidden, hidden)
        hybrid = {
            "backbone_config": ResNetConfig(
                embedding_size=stem[0],
                hidden_sizes=list(stem),
                depths=[2, 2, 2],
                layer_type="basic",
                out_features=["stage1", "stage2", "stage3"],
            ),
            "backbone_featmap_shape": [1, stem[2], size // 16, size // 16],
            "neck_ignore_stages": [0, 1],
            "reassemble_factors": [1, 1, 1, 0.5],
        }
    return DPTConfig(
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=hidden // 64,
        intermediate_size=4 * hidden,
        image_size=size,
        patch_size=16,
        backbone_out_indices=taps,
        neck_hidden_sizes=list(neck),
        fusion_hidden_size=fusion,
        readout_type="project",
        is_hybrid=bool(stem),
        use_auxiliary_head=False,
        **hybrid,
    )


def new_model(config: DPTConfig, seed: int = 0) -> DPTForDepthEstimation:
    """A DPT with random weights that can learn depth from nothing.

    Neck and head keep the variance of what passes through them (He et al., 2015), each residual unit begins close to
    the identity, and the head begins by saying the same positive number everywhere: started otherwise, the ReLU at its
    end gives zeros, passes no gradient back, and nothing is ever learned. Position embeddings begin as sines and
    cosines of row and column, as in the original Transformer.
    """
    from transformers import DPTForDepthEstimation

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = DPTForDepthEstimation(config)
        for module in [*model.neck.modules(), *model.head.modules()]:
            if isinstance(module, nn.ConvTranspose2d):  # its kernels do not overlap: each output has one source pixel
                nn.init.normal_(module.weight, std=module.in_channels**-0.5)
            elif isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight, nonlinearity="linear")
            if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)) and module.bias is not None:
                nn.init.zeros_(module.bias)
        for name, module in model.neck.fusion_stage.named_modules():
            if name.endswith("convolution2"):
                module.weight.data *= 0.2
        last = [module for module in model.head.modules() if isinstance(module, nn.Conv2d)][-1]
        last.weight.data *= 0.1
        nn.init.constant_(last.bias, ANCHOR)
        embeddings = model.dpt.embeddings
        nn.init.normal_(embeddings.cls_token, std=0.02)
        side = config.image_size // config.patch_size
        embeddings.position_embeddings.data[0, 1:] = 0.2 * _sines(side, config.hidden_size)
    return without_unused(model)


def without_unused(model: PreTrainedModel) -> PreTrainedModel:
    """The same DPT; what is never used in it, as the first fusion layer has no second input, is not trained."""
    for parameter in model.neck.fusion_stage.layers[0].residual_layer1.parameters():
        parameter.requires_grad_(False)
    return model


def _sines(side: int, channels: int) -> torch.Tensor:
    """(side^2, channels): sines and cosines of the row in one half of the channels, of the column in the other."""
    position = (torch.arange(side) + 0.5) / side
    rates = 0.5 * math.pi * 2.0 ** torch.linspace(0, math.log2(side), channels // 4)
    waves = torch.cat([torch.sin(position[:, None] * rates), torch.cos(position[:, None] * rates)], dim=1)
    rows, columns = waves[:, None].expand(side, side, -1), waves[None].expand(side, side, -1)
    return torch.cat([rows, columns], dim=2).reshape(side * side, -1)


def with_positions_for(weights: dict[str, torch.Tensor], size: int) -> dict[str, torch.Tensor]:
    """The weights of a DPT with patches of 16 pixels, its position embeddings (1, 1 + n * n, hidden) made for `size`.

    Bilinear, as the model itself resizes them for a picture of another size than its own: the predictions for pictures
    of `size` stay what they were. `size`: side in pixels, a multiple of 32.
    """
    name = "dpt.embeddings.position_embeddings"
    readout, grid = weights[name][:, :1], weights[name][:, 1:]
    side, new = math.isqrt(grid.shape[1]), size // 16
    if side == new:
        return weights
    grid = grid.reshape(1, side, side, -1).permute(0, 3, 1, 2)
    grid = functional.interpolate(grid, size=(new, new), mode="bilinear").permute(0, 2, 3, 1)
    return weights | {name: torch.cat([readout, grid.reshape(1, new * new, -1)], dim=1)}


def square_processor(size: int) -> DPTImageProcessorPil:
    """The image processor of both small networks, as Intel/dpt-large has it: `size` x `size`, values from -1 to 1."""
    from transformers import DPTImageProcessorPil

    side = {"height": size, "width": size}
    return DPTImageProcessorPil(
        size=side, image_mean=[0.5] * 3, image_std=[0.5] * 3, resample=2, keep_aspect_ratio=False, do_pad=False
    )
