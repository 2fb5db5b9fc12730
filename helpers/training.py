"""Trains a small DPT on rendered scenes: the model, the losses, and a loop that can be resumed.

    python -m helpers.training --minutes 60              train, or go on training what runs/depth holds
    python -m helpers.training --minutes 15 --decay 15   the last part: the learning rate falls to zero
    python -m helpers.training publish                   put the averaged weights into helpers/weights/depth

A new run begins with the bundled weights where its settings make a model of their shape, with the losses and the sizes
of pictures that their manifest tells of; --fresh begins at random.
The same code runs on processors, on one GPU, and on several (the two dashes in the middle keep torchrun's hands off the
options behind them). On two cores two processes of one thread each train more pictures a second than one of two:

    torchrun --nproc-per-node 4 -m -- helpers.training --device cuda
    torchrun --nproc-per-node 2 -m -- helpers.training --threads 1 --workers 0

On an NVIDIA GPU the GPU also draws the scenes, where numba-cuda is installed (`pip install "numba-cuda[cu13]"`). What a
GPU needs besides are larger batches; on one H200 with 16 cores this trained ten batches a second, of 128 pictures of
256 x 256 or as many pixels:

    python -m helpers.training --device cuda --pixels-per-batch 8388608 --learning-rate 1e-3 --warmup 300 --reuse 6
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import gc
import math
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from helpers import load_dpt
from helpers.augment import ANCHOR, FIRST_SEED, Batch, SceneStream, normalise_inverse_depth
from helpers.files import atomic_path
from helpers.integrity import CheckpointError, read_json_object
from helpers.memory import keep_freed_memory
from helpers.publishing import publish_checkpoint

if TYPE_CHECKING:
    from transformers import DPTConfig, DPTForDepthEstimation, DPTImageProcessorPil

__all__ = [
    "Average",
    "LossWeights",
    "Settings",
    "any_size",
    "calibrate",
    "check_steps",
    "depth_loss",
    "fast_bfloat16",
    "fast_cpu",
    "gradient_matching_loss",
    "load_state",
    "loader",
    "log_ratio",
    "log_row",
    "make_optimiser",
    "new_model",
    "normalise_inverse_depth",
    "predict",
    "prepare",
    "publish",
    "ratio_losses",
    "scene_batches",
    "small_config",
    "square_processor",
    "ssi_loss",
    "train",
    "train_steps",
    "usable_device",
    "with_positions_for",
]

WEIGHTS = Path(__file__).parent / "weights" / "depth"
NAME, PLAIN_NAME = "dpt-course-small", "dpt-course-plain"
MEANING = "relative inverse depth: larger is nearer, no unit"


# The model


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
    return _without_unused(model)


def _without_unused(model: DPTForDepthEstimation) -> DPTForDepthEstimation:
    """The same model; what is never used in it, as the first fusion layer has no second input, is not trained."""
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


# The losses. Predictions and targets are (N, H, W); a target is what `normalise_inverse_depth` gives.


@dataclass(frozen=True)
class LossWeights:
    """How much each part of `depth_loss` counts."""

    anchored: float = 1.0
    invariant: float = 0.0
    gradient: float = 0.5
    ratio: float = 0.0
    ratio_gradient: float = 0.0


def align_by_median(values: torch.Tensor, smallest: float = 0.3) -> torch.Tensor:
    """Each map moved and scaled to median 0 and mean absolute deviation 1: (N, H, W) in and out.

    A deviation below `smallest` counts as `smallest`, so that a flat prediction is not blown up.
    Source: Ranftl et al. 2020, equations 5 and 6.
    """
    flat = values.flatten(1)
    centred = flat - flat.median(dim=1, keepdim=True).values
    return (centred / centred.abs().mean(dim=1, keepdim=True).clamp(min=smallest)).view_as(values)


def ssi_loss(prediction: torch.Tensor, target: torch.Tensor, keep: float = 0.8) -> torch.Tensor:
    """Scale-and-shift-invariant loss: mean absolute difference of the aligned maps, without the worst pixels.

    Prediction and target are aligned by median and mean absolute deviation; in each picture the largest differences,
    a part 1 - keep, are left out. Source: Ranftl et al. 2020, equation 7 (there with a factor of one half).
    """
    difference = (align_by_median(prediction) - align_by_median(target)).abs().flatten(1)
    if keep < 1:
        rank = max(1, int(keep * difference.shape[1]))
        limit = difference.detach().kthvalue(rank, dim=1, keepdim=True).values
        difference = difference * (difference <= limit)
    return difference.mean()


def gradient_matching_loss(prediction: torch.Tensor, target: torch.Tensor, scales: int = 4) -> torch.Tensor:
    """How much the difference of the maps changes from pixel to pixel, at several scales: borders must agree.

    At scale k only every 2^k-th row and column is looked at. Source: Ranftl et al. 2020, equation 11, where both maps
    are aligned first. Not here: aligning blows up predictions that are still flat, and their noise rules the loss.
    """
    return _roughness(prediction - target, scales)


def _roughness(values: torch.Tensor, scales: int = 4, counts: torch.Tensor | None = None) -> torch.Tensor:
    """Mean absolute difference of neighbours in rows and columns of (N, H, W), added up over the scales.

    counts: (N, H, W) bool; pairs in which either pixel does not count are left out.
    """
    total = values.new_zeros(())
    for scale in range(scales):
        part = values[:, :: 2**scale, :: 2**scale]
        if min(part.shape[1:]) < 2:
            break
        for axis in (1, 2):
            steps = part.diff(dim=axis).abs()
            if counts is None:
                total = total + steps.mean()
                continue
            here = counts[:, :: 2**scale, :: 2**scale]
            length = here.shape[axis]
            both = here.narrow(axis, 1, length - 1) & here.narrow(axis, 0, length - 1)
            total = total + (steps * both).sum() / both.sum().clamp(min=1)
    return total


def log_ratio(
    prediction: torch.Tensor, target: torch.Tensor, far: torch.Tensor, soft: float = 0.05
) -> tuple[torch.Tensor, torch.Tensor]:
    """Natural logarithm of true depth / predicted depth after an alignment like MiDaS' protocol, and where it counts.

    Both (N, H, W). What lies beyond the cap does not count, nor do targets that were cut to 0. far: (N, 2), what the
    target would be at infinity and at the cap, see `helpers.augment.far_values`. Scale and shift are fitted by least
    squares, the scale held within 0.1 to 10: a mirrored prediction is not turned round, but counts as an almost flat
    one. soft: above 0, added to both inverse depths, in units of the target, so that what is almost at infinity does
    not rule. Unlike the protocol nothing is clamped: a prediction beyond infinity goes on in a straight line, and can
    be called back. The protocol itself is `helpers.metrics.align_to_depth`.
    """
    infinity, cap = far[:, :1, None], far[:, 1:, None]
    counts = (target >= cap) & (target > 0)
    number = counts.sum(dim=(1, 2), keepdim=True).clamp(min=1)

    def mean(values: torch.Tensor) -> torch.Tensor:
        return (values * counts).sum(dim=(1, 2), keepdim=True) / number

    middle, middle_true = mean(prediction), mean(target)
    moved = prediction - middle
    scale = mean(moved * (target - middle_true)) / mean(moved**2).clamp(min=1e-3)
    aligned = scale.clamp(0.1, 10.0) * moved + middle_true - infinity
    logarithm = torch.log(aligned.clamp(min=0) + soft) + aligned.clamp(max=0) / soft
    return logarithm - torch.log((target - infinity).clamp(min=0) + soft), counts


def ratio_losses(
    prediction: torch.Tensor, target: torch.Tensor, far: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """How wrong depth is by ratio, and how much that changes from pixel to pixel at four scales: both at least 0.

    What evaluation counts are ratios of depths, in which far things weigh as much as near ones; differences of inverse
    depth hardly see what is far. The first part grows only like a logarithm where a ratio is far beyond 1.25, as
    evaluation counts such a pixel once, however wrong it is. See `log_ratio` for the arguments.
    """
    ratio, counts = log_ratio(prediction, target, far)
    limit = math.log(1.25)
    wrong = (limit * torch.log1p(ratio.abs() / limit) * counts).sum() / counts.sum().clamp(min=1)
    return wrong, _roughness(ratio, counts=counts)


def anchored_loss(prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Mean absolute difference from the target as it is: not invariant, and so the part that works from the start."""
    return (prediction - target).abs().mean()


def depth_loss(
    prediction: torch.Tensor,
    target: torch.Tensor,
    weights: LossWeights | None = None,
    far: torch.Tensor | None = None,
) -> tuple[torch.Tensor, dict[str, float]]:
    """The loss that is trained with and its parts: anchored + invariant + multi-scale gradients + ratios, weighted.

    prediction, target: (N, H, W). weights: default anchored 1, gradient 0.5, no others, which learns from random
    weights. far: (N, 2), as `helpers.augment.far_values` gives it; needed where ratios count. Raises ValueError for
    shapes that differ and where far is missing. Source: Ranftl et al. 2020, equation 12; the ratios are this course's
    own.
    """
    if prediction.shape != target.shape or prediction.ndim != 3:
        raise ValueError(
            f"prediction {tuple(prediction.shape)} and target {tuple(target.shape)} must both be (N, H, W)."
        )
    weights = weights or LossWeights()
    ratios = weights.ratio > 0 or weights.ratio_gradient > 0
    if ratios and far is None:
        raise ValueError("ratios of depths need far: the target's values at infinity and at the cap, see far_values.")
    prediction, target = prediction.float(), target.float()
    parts = {"anchored": anchored_loss(prediction, target)}
    if weights.invariant:
        parts["invariant"] = ssi_loss(prediction, target)
    if weights.gradient:
        parts["gradient"] = gradient_matching_loss(prediction, target)
    if ratios:
        parts["ratio"], parts["ratio_gradient"] = ratio_losses(prediction, target, far)
    total = sum(getattr(weights, name) * value for name, value in parts.items())
    return total, {name: float(value.detach()) for name, value in parts.items()}


# Steps


def fast_cpu(threads: int | None = None) -> None:
    """Settings under which steps on a processor take about half as long; no effect on results.

    Training has larger maps than prediction, and more of them: memory is kept up to 2 GB (see `helpers.memory`).
    """
    if threads:
        torch.set_num_threads(threads)
    keep_freed_memory(block=1 << 30, free=2 << 30)


def fast_bfloat16(device: str | torch.device) -> bool:
    """Whether products in bfloat16 are faster than in float32 there: on newer GPUs, and on processors with AVX-512.

    Other processors compute them number by number: 0.9 instead of 100 GFLOP/s, measured on two AVX2 cores.
    """
    kind = torch.device(device).type
    if kind == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return kind != "cpu" or (torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported())


def prepare(model: DPTForDepthEstimation, device: str | torch.device = "cpu") -> DPTForDepthEstimation:
    """The same model, ready to be trained on `device`: memory layout, attention and the last layer's precision."""
    # On processors the fused attention's backward pass takes three times as long as the plain one (few tokens); and
    # transformers refuses it for models with a convolutional stem.
    plain = torch.device(device).type == "cpu" or model.config.is_hybrid
    model.set_attn_implementation("eager" if plain else "sdpa")
    last = [module for module in model.head.modules() if isinstance(module, nn.Conv2d)][-1]

    def add_bias_precisely(pixels: torch.Tensor) -> torch.Tensor:
        # bfloat16 has 8 bits: near 4 its steps are 1/64, near 0 they are tiny. So the bias comes last, in float32.
        return functional.conv2d(pixels, last.weight).float() + last.bias.float().view(1, -1, 1, 1)

    last.forward = add_bias_precisely
    return model.to(device, memory_format=torch.channels_last)


def predict(model: nn.Module, pixels: torch.Tensor, bfloat16: bool = False) -> torch.Tensor:
    """What the model says to uint8 pixels (N, 3, S, S): float32 (N, S, S), at least 0. Scaled as the processor does.

    S: a multiple of 32, for every model.
    """
    values = pixels.to(memory_format=torch.channels_last).float() / 127.5 - 1.0
    with any_size(model, pixels.shape[-1]), torch.autocast(pixels.device.type, torch.bfloat16, enabled=bfloat16):
        return model(pixel_values=values).predicted_depth.float()


@contextlib.contextmanager
def any_size(model: nn.Module, size: int) -> Iterator[None]:
    """Within it the model takes squares of `size` pixels, a multiple of 32.

    transformers refuses all sizes but the configuration's where there is a stem, although it resizes the position
    embeddings to fit.
    """
    embeddings = getattr(model, "module", model).dpt.embeddings  # module: inside DistributedDataParallel
    if not hasattr(embeddings, "backbone"):
        yield
        return
    before = embeddings.image_size
    try:
        embeddings.image_size = (size, size)
        yield
    finally:
        embeddings.image_size = before


_LAST = "head.head.4."
# AdamW moves every weight equally far, however large what it multiplies. In the decoder, and most in the last layer,
# whose inputs are large and all positive, such steps add up: at the encoder's rate the output shook by half its range.
_RATES = {_LAST: 0.05, "neck.": 0.5, "head.": 0.5}


class Optimiser:
    """AdamW for all weights; or Muon for the encoder's matrices and AdamW for the rest, as one.

    Muon (Jordan et al., 2024) makes every step of a matrix equally large in all directions; its step is scaled to the
    size of AdamW's, so that both take the same learning rate.
    """

    def __init__(self, model: nn.Module, learning_rate: float, weight_decay: float = 0.05, muon: bool = False):
        groups: dict[tuple[str, float, float], list[nn.Parameter]] = {}
        for name, parameter in model.named_parameters():
            if not parameter.requires_grad:
                continue
            matrix = muon and ".encoder." in name and parameter.ndim == 2
            factor = next((factor for part, factor in _RATES.items() if part in name), 1.0)
            plain = parameter.ndim < 2 or name.endswith(("position_embeddings", "cls_token"))
            key = ("muon" if matrix else "adamw", factor, 0.0 if plain else weight_decay)
            groups.setdefault(key, []).append(parameter)
        made: dict[str, list[dict]] = {"adamw": [], "muon": []}
        for (kind, factor, decay), parameters in groups.items():
            made[kind].append({"params": parameters, "weight_decay": decay, "factor": factor})
        self.parts: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(made["adamw"], learning_rate, betas=(0.9, 0.98), fused=True)
        ]
        if muon:
            self.parts.append(torch.optim.Muon(made["muon"], learning_rate, adjust_lr_fn="match_rms_adamw"))
        # The last layer's gradient is far larger than all others' together: clipping by it would say nothing of them.
        self.clipped = [p for (_, factor, _), group in groups.items() if factor != _RATES[_LAST] for p in group]
        self.last = [p for (_, factor, _), group in groups.items() if factor == _RATES[_LAST] for p in group]

    def step(self, learning_rate: float, clip: float = 1.0) -> float:
        """One step, gradients cleared after it; returns their norm without the last layer's.

        Skipped where a gradient is not finite.
        """
        norm = float(nn.utils.clip_grad_norm_(self.clipped, clip))
        last = nn.utils.get_total_norm([value.grad for value in self.last if value.grad is not None])
        for part in self.parts:
            if math.isfinite(norm) and math.isfinite(float(last)):
                for group in part.param_groups:
                    group["lr"] = learning_rate * group["factor"]
                part.step()
            part.zero_grad(set_to_none=True)
        return norm

    def state_dict(self) -> list[dict]:
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, states: list[dict]) -> None:
        for part, state in zip(self.parts, states, strict=True):
            part.load_state_dict(state)


def make_optimiser(model: nn.Module, learning_rate: float = 5e-4, muon: bool = False) -> Optimiser:
    """The optimiser that `train_steps` and `train` use for this model."""
    return Optimiser(model, learning_rate, muon=muon)


class Average:
    """Exponential moving average of a model's weights: what is validated and published.

    decay: how much of the average stays at each step; less during the first steps.
    """

    def __init__(self, model: DPTForDepthEstimation, decay: float = 0.999):
        self.model = type(model)(model.config)
        self.model.load_state_dict(model.state_dict())
        self.model.to(next(model.parameters()).device).eval().requires_grad_(False)
        self.decay, self.steps = decay, 0

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        mine, theirs = list(self.model.parameters()), [value.detach() for value in model.parameters()]
        torch._foreach_lerp_(mine, theirs, 1 - decay)
        for buffer, newest in zip(self.model.buffers(), model.buffers(), strict=True):  # a stem's means and variances
            buffer.lerp_(newest, 1 - decay) if buffer.is_floating_point() else buffer.copy_(newest)


def scene_batches(
    size: int = 128,
    batch: int = 16,
    *,
    kinds: Sequence[str] | None = None,
    first_seed: int = FIRST_SEED,
    reuse: int = 4,
    spoil: bool = True,
) -> Iterator[Batch]:
    """Endless batches of freshly rendered scenes, made in this process: for notebooks and short runs.

    size: side of the square samples. batch: samples in each, a multiple of 4. The rest as in `SceneStream`.
    """
    weights = torch.ones(1)
    return iter(
        SceneStream(
            [size],
            weights,
            pixels_per_batch=batch * size**2,
            reuse=reuse,
            kinds=kinds,
            first_seed=first_seed,
            spoil=spoil,
        )
    )


def train_step(
    model: nn.Module,
    optimiser: Optimiser,
    batch: Batch,
    learning_rate: float,
    weights: LossWeights | None = None,
    bfloat16: bool = False,
) -> dict[str, float]:
    """One step on one batch: the loss and its parts."""
    device = next(model.parameters()).device
    pixels, target = batch.pixels.to(device, non_blocking=True), batch.target.to(device, non_blocking=True)
    far = None if batch.far is None else batch.far.to(device, non_blocking=True)
    loss, parts = depth_loss(predict(model, pixels, bfloat16), target, weights, far)
    loss.backward()
    norm = optimiser.step(learning_rate)
    return {"loss": float(loss.detach()), **parts, "gradient_norm": norm}


def train_steps(
    model: DPTForDepthEstimation,
    batches: Iterable[Batch],
    *,
    steps: int | None = None,
    seconds: float | None = None,
    learning_rate: float = 5e-4,
    weights: LossWeights | None = None,
    bfloat16: bool = False,
    progress: bool = True,
) -> list[dict[str, float]]:
    """Trains `model` in place for so many steps or seconds; what a notebook needs, and no more.

    The learning rate rises over the first tenth and falls to zero over the last half. Returns the loss and its parts
    for each step, with the seconds gone by. Raises ValueError unless steps or seconds are given, one of them, above 0.
    """
    from tqdm.auto import tqdm

    if (steps is None) == (seconds is None):
        raise ValueError("give steps or seconds, one of them.")
    if (seconds if steps is None else steps) <= 0:
        raise ValueError("steps and seconds must be above 0.")
    prepare(model, next(model.parameters()).device).train()
    optimiser, history = make_optimiser(model, learning_rate), []
    start = time.monotonic()
    quiet = {} if progress else {"disable": True}  # left out, so that TQDM_DISABLE still decides
    with tqdm(total=steps, unit="step", **quiet) as bar:
        for batch in batches:
            gone = time.monotonic() - start
            part = len(history) / steps if steps is not None else gone / seconds
            if part >= 1:
                break
            rate = learning_rate * min(1.0, 10 * part + 0.02, 2 * (1 - part) + 0.02)
            figures = train_step(model, optimiser, batch, rate, weights, bfloat16)
            history.append({**figures, "seconds": time.monotonic() - start})
            bar.update()
            bar.set_postfix(loss=f"{figures['loss']:.3f}")
    model.eval()
    return history


# The long run


@dataclass
class Settings:
    """Everything that decides a long run. `pixels_per_batch` counts the batches of all processes together.

    kinds: the kinds of scene; none named: all of them.
    """

    hidden: int = 192
    layers: int = 6
    fusion: int = 32
    stem: tuple[int, ...] = (64, 128, 256)
    size: int = 192
    sizes: tuple[int, ...] = (96, 128, 160, 192, 224)
    first_size: int = 128
    first_size_images: int = 100_000
    pixels_per_batch: int = 32 * 128 * 128
    learning_rate: float = 4e-4
    warmup: int = 200
    muon: bool = False
    average: float = 0.999
    reuse: int = 4
    kinds: tuple[str, ...] = ()
    seed: int = 0
    anchored: float = 1.0
    invariant: float = 0.0
    gradient: float = 0.5
    ratio: float = 0.0
    ratio_gradient: float = 0.0

    def check(self) -> None:
        """Raises ValueError where a value makes no sense, before anything is made or written."""
        self.config()
        check_steps(self)
        if not 0 <= self.seed < 2**31:
            raise ValueError(f"seed is {self.seed}: give a whole number, 0 or more, below 2^31.")
        weights = asdict(self.loss_weights())
        if not all(math.isfinite(value) and value >= 0 for value in weights.values()) or not any(weights.values()):
            parts = ", ".join(f"{name} {value}" for name, value in weights.items())
            raise ValueError(f"the parts of the loss weigh {parts}: give numbers of 0 or more, not all 0.")

    def config(self) -> DPTConfig:
        """The configuration of the model that is trained."""
        return small_config(self.size, self.hidden, self.layers, self.fusion, stem=self.stem)

    def loss_weights(self) -> LossWeights:
        """How much each part of the loss counts. From random weights only the anchored part sets out."""
        return LossWeights(self.anchored, self.invariant, self.gradient, self.ratio, self.ratio_gradient)

    def size_weights(self, images: int) -> list[float]:
        """The odds of each size: small ones first, which are learned from fastest; then all, mostly the last's own."""
        if images < self.first_size_images:
            first = self.first_size if self.first_size in self.sizes else self.sizes[0]
            return [float(size == first) for size in self.sizes]
        return [3.0 if size == self.size else 2.0 if size == self.first_size else 1.0 for size in self.sizes]


def check_steps(settings: Any) -> None:
    """Raises ValueError where the numbers that steps are taken with make no sense; for the settings of either training.

    Those are pixels_per_batch, reuse, warmup, learning_rate and average.
    """
    for name, smallest in (("pixels_per_batch", 1), ("reuse", 1), ("warmup", 0)):
        value = getattr(settings, name)
        if not smallest <= value < 2**31:
            raise ValueError(f"{name} is {value}: give a whole number, {smallest} or more, below 2^31.")
    if not (math.isfinite(settings.learning_rate) and settings.learning_rate > 0):
        raise ValueError(f"learning_rate is {settings.learning_rate}: give a number above 0.")
    if not 0 <= settings.average < 1:
        raise ValueError(f"average is {settings.average}: give a number from 0 up to below 1, as 0.999.")


_LOSSES = tuple(field.name for field in fields(LossWeights))

_OPTIONS = (
    "hidden", "layers", "fusion", "size", "first_size_images", "pixels_per_batch", "learning_rate", "warmup", "average",
    "reuse", "seed", *_LOSSES,
)  # fmt: skip

_INHERITED = ("hidden", "layers", "fusion", "stem", "size", "sizes", *_LOSSES)
"""What a new run takes over from the manifest of the weights that it begins with."""

_SHAPE = (
    "patch_size", "num_channels", "hidden_size", "num_hidden_layers", "num_attention_heads",
    "intermediate_size", "qkv_bias", "backbone_out_indices", "neck_hidden_sizes", "reassemble_factors",
    "fusion_hidden_size", "readout_type", "is_hybrid", "use_batch_norm_in_fusion_residual",
    "use_bias_in_fusion_residual", "add_projection", "hidden_act", "head_in_index", "neck_ignore_stages",
    "backbone_config",
)  # fmt: skip


@dataclass
class Progress:
    """How far a run is."""

    step: int = 0
    images: int = 0
    scenes: int = 0
    minutes: float = 0.0


class _Machines:
    """The processes of a run: one, or one per GPU where torchrun started it."""

    def __init__(self, device: str):
        self.world, self.rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
        local = int(os.environ.get("LOCAL_RANK", 0))
        self.device = usable_device(f"cuda:{local}" if device == "cuda" else device)
        if self.device.type == "cuda":
            torch.cuda.set_device(self.device)
        if self.world > 1:
            torch.distributed.init_process_group("nccl" if self.device.type == "cuda" else "gloo")

    def wrap(self, model: nn.Module) -> nn.Module:
        if self.world == 1:
            return model
        devices = [self.device.index] if self.device.type == "cuda" else None
        # The encoder's last norm is behind all taps: it gets no gradient, which must be looked for.
        return nn.parallel.DistributedDataParallel(model, device_ids=devices, find_unused_parameters=True)

    def agree(self, values: list[float]) -> list[float]:
        """What the first process says, in every process: clocks differ, and all must do the same step."""
        if self.world == 1:
            return values
        shared = torch.tensor(values, dtype=torch.float64, device=self.device)
        torch.distributed.broadcast(shared, 0)
        return shared.tolist()

    def total(self, numbers: list[int]) -> list[int]:
        """The sums over all processes: each draws its own sizes, so their batches differ."""
        if self.world == 1:
            return numbers
        shared = torch.tensor(numbers, device=self.device)
        torch.distributed.all_reduce(shared)
        return shared.tolist()

    def close(self) -> None:
        """Ends what the processes share; drop the wrapped model first.

        It lies in a circle of references. Left to the interpreter's end, it holds the group's threads until then, and
        gloo may abort the process though all its work is done: in 5 of 14 short runs, and in 0 of 10 with this.
        """
        if self.world > 1:
            gc.collect()
            torch.distributed.destroy_process_group()


def usable_device(device: str) -> torch.device:
    """The device of this name. Raises ValueError where nothing can be computed on it here."""
    try:
        torch.zeros(1, device=device).item()
    except (RuntimeError, AssertionError, AttributeError, NotImplementedError):  # torch has one for each reason
        gpus = torch.cuda.device_count()
        seen = f"torch sees {gpus} CUDA device{'s' * (gpus != 1)} here"
        raise ValueError(f"device is {device!r}: nothing can be computed on it, {seen}. Give cpu or cuda.") from None
    return torch.device(device)


def train(
    run: str | os.PathLike[str],
    minutes: float,
    settings: Settings | None = None,
    *,
    decay: float = 0.0,
    device: str = "cpu",
    workers: int = 1,
    threads: int | None = None,
    kinds: Sequence[str] | None = None,
    start: str | os.PathLike[str] | None = None,
    check_minutes: float = 6.0,
    check_scenes: int = 64,
    real: str | os.PathLike[str] | None = None,
) -> Progress:
    """Trains for so many minutes in the folder `run`, or goes on where the run there stopped; returns how far it is.

    decay: minutes at the end over which the learning rate falls to zero; the state before it is kept as stable.pt.
    start: a checkpoint folder whose weights a new run begins with, without optimiser state; its manifest, if there is
    one, says from where the run counts on. `settings.size` may differ from what the run or `start` had: position
    embeddings are resized. kinds: the kinds of scene, in the place of those in the settings. real: a folder of real
    pictures with depth (see `helpers.evaluation`), measured at each check beside `check_scenes` held-out scenes.
    An interrupt or SIGTERM saves and ends the run. In `run`: checkpoint.pt, log.csv, checks.csv, previews/.
    Raises ValueError for settings that do not fit, FileNotFoundError for a `start` that is not there, and
    CheckpointError for one with a manifest that makes no sense.
    """
    from tqdm.auto import tqdm

    run = Path(run)
    state = load_state(run / "checkpoint.pt")
    settings = settings or (_settings_of(state) if state else _settings_from(start))
    settings.kinds = tuple(kinds or settings.kinds)
    settings.check()
    machines = _Machines(device)
    run.mkdir(parents=True, exist_ok=True)
    fast_cpu(threads)
    progress = Progress(**state["progress"]) if state else _progress_of(start)
    resized = bool(state) and state["settings"]["size"] != settings.size
    model = _begin(settings, state, start)
    average = Average(model.to(machines.device), settings.average)
    model = prepare(model, machines.device).train()
    optimiser = Optimiser(model, settings.learning_rate, muon=settings.muon)
    if state:
        average.model.load_state_dict(with_positions_for(state["average"], settings.size))
        average.steps = progress.step
        try:
            if resized:
                raise ValueError
            optimiser.load_state_dict(state["optimiser"])
        except ValueError:
            if machines.rank == 0:
                print("Another optimiser or another size than before: the optimiser's state starts afresh.", flush=True)
    wrapped = machines.wrap(model)

    odds = torch.tensor(settings.size_weights(progress.images)).share_memory_()
    check = _Check(run, settings.size, check_scenes, settings.kinds or None, real) if machines.rank == 0 else None
    bfloat16 = fast_bfloat16(machines.device)
    interactive = sys.stderr.isatty()
    bar = tqdm(unit=" images", disable=machines.rank > 0, mininterval=0.5 if interactive else 30.0)
    began, minutes_before, last_step = time.monotonic(), progress.minutes, progress.step
    next_check, recent, lost = check_minutes, [], 0
    cooled = kept_stable = bool(state) and state.get("cooled", False)  # within a fall that was interrupted
    stream = _batches(settings, odds, machines, workers, progress.scenes)
    try:
        with until_stopped(stream) as (batches, stopped):
            for batch in batches:
                gone = (time.monotonic() - began) / 60
                left = minutes - gone
                warm = min(1.0, (progress.step - last_step + 1) / max(1, settings.warmup))
                cool = 1.0 if decay <= 0 or left >= decay else max(0.0, left / decay)
                rate, stop = machines.agree(
                    [settings.learning_rate * min(warm, cool), float(left <= 0 or bool(stopped))]
                )
                if stop:
                    break
                if cool < 1 and not kept_stable and machines.rank == 0:
                    _save_state(run / "stable.pt", settings, progress, model, average, optimiser, cooled=False)
                cooled = kept_stable = cool < 1
                weights = settings.loss_weights()
                figures = train_step(wrapped, optimiser, batch, rate, weights, bfloat16=bfloat16)
                lost = steps_lost(lost, figures["gradient_norm"], run / "checkpoint.pt")
                average.update(model)
                count, new_scenes = machines.total([len(batch.pixels), batch.scenes])
                progress.step += 1
                progress.images += count
                progress.scenes += new_scenes
                progress.minutes = minutes_before + (time.monotonic() - began) / 60
                odds.copy_(torch.tensor(settings.size_weights(progress.images)))
                recent.append({**figures, "size": batch.pixels.shape[-1], "rate": rate})
                bar.update(count)
                if machines.rank == 0 and progress.step % 50 == 0:
                    log_row(run / "log.csv", {**asdict(progress), **_means(recent)})
                    bar.set_postfix(_shown(recent), refresh=False)
                    recent = []
                if machines.rank == 0 and gone >= next_check:
                    next_check = gone + check_minutes
                    _save_state(run / "checkpoint.pt", settings, progress, model, average, optimiser, cooled)
                    bar.write(check(average.model, progress), file=sys.stderr)
                    sys.stderr.flush()
            if machines.rank == 0:
                _save_state(run / "checkpoint.pt", settings, progress, model, average, optimiser, cooled)
                bar.write(check(average.model, progress), file=sys.stderr)
    finally:
        bar.close()
        del wrapped
        machines.close()
    return progress


def _batches(settings: Settings, odds: torch.Tensor, machines: _Machines, workers: int, scenes: int) -> Iterable[Batch]:
    """What is trained with: drawn on the GPU where that can be done, else by `workers` processes on the processor."""
    from helpers import scene_pool

    common = {
        "pixels_per_batch": settings.pixels_per_batch // machines.world,
        "kinds": settings.kinds or None,
        "first_seed": FIRST_SEED + 100_000_000 * settings.seed + scenes + machines.rank,
        "stride": machines.world,
    }
    why_not = scene_pool.why_not(machines.device)
    if why_not is None:
        torch.backends.cudnn.benchmark = True  # few sizes, many batches of each
        seed = settings.seed * machines.world + machines.rank
        return scene_pool.pool_batches(
            settings.sizes, odds, **common, reuse=settings.reuse, workers=workers, device=machines.device, seed=seed
        )
    if machines.device.type == "cuda" and machines.rank == 0:
        print(f"Scenes are drawn by the processor: {why_not}", flush=True)
    stream = SceneStream(settings.sizes, odds, **common, reuse=settings.reuse, buffer=256)
    return loader(stream, workers, machines.device)


def _made(start: str | os.PathLike[str] | None) -> dict[str, Any]:
    """What the manifest of the checkpoint in `start` says of its training; empty where it says nothing.

    Raises CheckpointError for a manifest that says something else.
    """
    path = Path(start, "manifest.json") if start is not None else None
    if path is None or not path.is_file():
        return {}
    made = read_json_object(path).get("training", {})
    numbers = [made.get(field.name, 0) for field in fields(Progress)] if isinstance(made, dict) else [None]
    kinds = [int if type(value) is int else (int, float) for value in asdict(Progress()).values()]
    whole = len(numbers) == len(kinds) and all(
        isinstance(number, kind) and number >= 0 for number, kind in zip(numbers, kinds, strict=True)
    )
    if not whole or not _are_settings(made.get("settings", {})):
        raise CheckpointError(f"{path} does not say how its weights were trained: mend it, or delete it.")
    return made


def _are_settings(values: Any) -> bool:
    """Whether what is inherited has the types that `Settings` has."""
    if not isinstance(values, dict):
        return False
    usual = asdict(Settings())
    for name in _INHERITED:
        value = values.get(name, usual[name])
        if isinstance(usual[name], tuple):
            if not isinstance(value, (list, tuple)) or not all(isinstance(one, int) for one in value):
                return False
        elif not isinstance(value, int if isinstance(usual[name], int) else (int, float)):
            return False
    return True


def _settings_from(start: str | os.PathLike[str] | None) -> Settings:
    """Settings of a new run that begins with these weights: their shape, losses and sizes; the rest as always."""
    made = _made(start).get("settings", {})
    return _settings_of({"settings": {name: made[name] for name in _INHERITED if name in made}})


def _progress_of(start: str | os.PathLike[str] | None) -> Progress:
    """How far the weights in `start` are: a run that begins with them counts on from there.

    So it renders scenes that they have not seen, but for a few where several processes had rendered unevenly many; and
    the next manifest tells of all the work.
    """
    made = _made(start)
    return Progress(**{field.name: made[field.name] for field in fields(Progress) if field.name in made})


def _begin(settings: Settings, state: dict | None, start: str | os.PathLike[str] | None) -> DPTForDepthEstimation:
    from transformers import DPTForDepthEstimation

    if start is not None and not state:
        if not Path(start, "config.json").is_file():
            raise FileNotFoundError(f"{start} holds no config.json: give the folder of a checkpoint.")
        there = load_dpt(Path(start), device="cpu").model  # whole, or one line that says what is not
        if not _fit(settings, Path(start)):
            raise ValueError(
                f"{start} holds no depth model of the shape asked for: see --hidden, --layers, --fusion, --stem."
            )
        if there.config.image_size == settings.size:
            return _without_unused(there)
        there.config.image_size = settings.size
        model = DPTForDepthEstimation(there.config)
        model.load_state_dict(with_positions_for(there.state_dict(), settings.size))
        return _without_unused(model)
    model = new_model(settings.config(), settings.seed)
    if state:
        model.load_state_dict(with_positions_for(state["model"], settings.size))
    return model


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


def _fit(settings: Settings, folder: Path) -> bool:
    """Whether `folder` holds a depth model of the shape that the settings describe; its size may differ."""
    from transformers import DPTConfig

    if not (folder / "config.json").is_file() or not (folder / "model.safetensors").is_file():
        return False
    there = DPTConfig.from_pretrained(folder)
    if there.architectures and "DPTForDepthEstimation" not in there.architectures:
        return False
    wanted = settings.config()

    def value(config: DPTConfig, name: str) -> Any:
        value = getattr(config, name, None)
        if name == "backbone_config" and value is not None:
            return [getattr(value, part, None) for part in ("embedding_size", "hidden_sizes", "depths", "layer_type")]
        return list(value) if isinstance(value, tuple) else value  # files know lists only

    return all(value(there, name) == value(wanted, name) for name in _SHAPE)


def loader(stream: SceneStream, workers: int, device: torch.device) -> Iterable[Batch]:
    """The batches of a stream, rendered by so many other processes; 0 renders in this one."""
    if workers == 0:
        return stream
    # numba's threads hang in forked processes: spawn. Each worker gets one thread; there are enough workers.
    os.environ.setdefault("NUMBA_NUM_THREADS", "1")
    return torch.utils.data.DataLoader(
        stream,
        batch_size=None,
        num_workers=workers,
        multiprocessing_context="spawn",
        prefetch_factor=4,
        pin_memory=device.type == "cuda",
        worker_init_fn=_calm_worker,
    )


@contextlib.contextmanager
def until_stopped(stream: Iterable[Batch]) -> Iterator[tuple[Iterator[Batch], list[bool]]]:
    """The batches of a stream, and a list that is no longer empty after an interrupt or SIGTERM.

    Both signals are sent to the whole group: the workers that this starts are born deaf to them, so that the run can be
    saved first. They end with the block, which may take seconds.
    """
    stopped: list[bool] = []
    handlers = {name: signal.signal(name, signal.SIG_IGN) for name in (signal.SIGTERM, signal.SIGINT)}
    batches: Iterator[Batch] | None = None
    try:
        batches = iter(stream)
        for name in handlers:
            signal.signal(name, lambda *_: stopped.append(True))
        yield batches, stopped
    finally:
        getattr(batches, "close", bool)()  # a generator's, so that its thread ends
        # A loader's: where something still refers to it at exit, Python would wait for the deaf workers for ever.
        getattr(batches, "_shutdown_workers", bool)()
        for name, handler in handlers.items():
            signal.signal(name, handler)


def _calm_worker(number: int) -> None:
    torch.set_num_threads(1)
    # see `until_stopped`; and torch has set a handler of its own since
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A killed parent cannot end its workers; torch's own watch misses one that dies while they begin."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def load_state(path: Path) -> dict | None:
    """What a run saved in its checkpoint.pt, or None where there is none. Tensors and plain values only are read.

    Raises CheckpointError for a damaged file.
    """
    if not path.is_file():
        return None
    try:
        with zipfile.ZipFile(path) as file:  # torch does not look whether what it reads is what was written
            if file.testzip() is not None:
                raise ValueError
        state = torch.load(path, map_location="cpu", weights_only=True)
        if not {"settings", "progress", "model", "average", "optimiser"} <= set(state):
            raise ValueError
    except (
        RuntimeError, EOFError, pickle.UnpicklingError, LookupError, ValueError, TypeError, AttributeError,
        zipfile.BadZipFile,
    ):  # fmt: skip
        raise CheckpointError(
            f"{path} is damaged or holds no run. Move it away: the next run begins with the bundled weights."
        ) from None
    return state


def _settings_of(state: dict) -> Settings:
    known = {field.name for field in fields(Settings)}
    values = {name: value for name, value in state["settings"].items() if name in known}
    if values:
        values.setdefault("stem", ())  # settings that tell of none are older than stems
    return Settings(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})


def _save_state(
    path: Path,
    settings: Settings,
    progress: Progress,
    model: nn.Module,
    average: Average,
    optimiser: Optimiser,
    cooled: bool,
) -> None:
    """cooled: whether the learning rate has begun to fall."""
    state = {
        "settings": asdict(settings),
        "progress": asdict(progress),
        "model": model.state_dict(),
        "average": average.model.state_dict(),
        "optimiser": optimiser.state_dict(),
        "cooled": cooled,
    }
    write_state(path, state)


_NOT_FINITE = "the network's numbers are not finite any more: lower --learning-rate. {} is as it was."


def steps_lost(before: int, figure: float, path: Path, most: int = 20) -> int:
    """How many steps were lost one after another, this one with them: 0 where its figure (a loss, a norm) is finite.

    before: what the step before gave. Raises ValueError, which says that the run in `path` is as it was, at `most`.
    """
    lost = 0 if math.isfinite(figure) else before + 1
    if lost >= most:
        raise ValueError(_NOT_FINITE.format(path))
    return lost


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Writes a run's state, in one step; `load_state` reads it.

    Raises ValueError for weights that are not finite, OSError where it cannot be written; the file is then as it was.
    """
    if not all(bool(value.isfinite().all()) for part in ("model", "average") for value in state[part].values()):
        raise ValueError(_NOT_FINITE.format(path))
    try:
        with atomic_path(path) as partial:
            torch.save(state, partial)
    except RuntimeError as error:  # so torch says that a disk is full
        said = str(error).strip().splitlines()[0]
        raise OSError(f"{path} cannot be written ({said}): make room on the disk. It is as it was.") from None


def log_row(path: Path, row: dict[str, Any]) -> None:
    """Adds a row to a CSV file, with the names of its columns first where the file is new.

    In a file that was begun with other columns each value goes below its own name; names that it lacks are left out.
    A last line that was cut short stays a line of its own.
    """
    names = list(row)
    new = not path.is_file() or path.stat().st_size == 0
    cut = False
    if not new:
        with path.open(newline="") as file:
            names = next(csv.reader(file), names)
        with path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            cut = file.read(1) != b"\n"
    with path.open("a", newline="") as file:
        if cut:
            file.write("\r\n")
        writer = csv.DictWriter(file, names, restval="", extrasaction="ignore")
        if new:
            writer.writeheader()
        writer.writerow({name: f"{value:.5g}" if isinstance(value, float) else value for name, value in row.items()})


def _means(rows: list[dict[str, float]]) -> dict[str, float]:
    names = (*_LOSSES, "loss", "gradient_norm", "rate", "size")
    return {name: float(np.mean([row.get(name, math.nan) for row in rows])) for name in names}


def _shown(rows: list[dict[str, float]]) -> dict[str, str]:
    return {name: f"{value:.3f}" for name, value in _means(rows).items() if name in _LOSSES and math.isfinite(value)}


_CHECKED_FIRST = 9_000  # `make evaluate` begins at 0: a run is not judged by the scenes that it was watched by


class _Check:
    """Measures the averaged weights on held-out scenes, and on real pictures where there are some."""

    def __init__(
        self,
        run: Path,
        size: int,
        scenes: int,
        kinds: Sequence[str] | None,
        real: str | os.PathLike[str] | None,
    ):
        from helpers import evaluation

        self.run, self.size = run, size
        self.cases = []
        if scenes:
            self.cases = list(evaluation.rendered_cases(scenes, size=256, kinds=kinds, first=_CHECKED_FIRST))
        self.real = list(evaluation.real_cases(real)) if real else []
        self.baselines = {case.name: evaluation.measure_baselines(case) for case in [*self.cases, *self.real]}

    def __call__(self, model: nn.Module, progress: Progress) -> str:
        from helpers import evaluation

        said = f"{progress.minutes:.0f} min, step {progress.step}, {progress.images} images"
        row: dict[str, Any] = asdict(progress)
        shown = []
        for name, cases in (("held-out", self.cases), ("real", self.real)):
            if not cases:
                continue
            maps = [predict_picture(model, case.image, self.size) for case in cases]
            results = [
                evaluation.measure(case, map_) | self.baselines[case.name]
                for case, map_ in zip(cases, maps, strict=True)
            ]
            mean = evaluation.mean_of(results)
            positive = float(np.mean([result["scale"] > 0 for result in results]))
            said += f" | {name}: "
            if "bad_delta125" in mean:  # not where all truths are relative
                said += (
                    f"bad {mean['bad_delta125']:.1f} % (baseline {mean['baseline_bad_delta125']:.1f}), "
                    f"delta1 {mean['delta1']:.3f}, abs_rel {mean['abs_rel']:.3f}, "
                )
            said += f"rank {mean['spearman']:.3f} (ramp {mean['ramp_spearman']:.3f}), positive {positive:.2f}"
            row |= {f"{name} {key}": value for key, value in mean.items()} | {f"{name} positive": positive}
            shown += list(zip(cases, maps, results, strict=True))[:12]
        log_row(self.run / "checks.csv", row)
        if not shown:
            return said
        sheet = evaluation.picture_sheet(shown)
        with atomic_path(self.run / "previews" / f"{progress.step:07d}.jpg") as partial:
            sheet.save(partial, quality=85)
        return said


@torch.inference_mode()
def predict_picture(model: nn.Module, image: np.ndarray, size: int) -> np.ndarray:
    """Inverse depth of a picture, uint8 (H, W, 3), as the processor and `predict_inverse_depth` make it: (H, W)."""
    from PIL import Image

    device = next(model.parameters()).device
    square = Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR)
    pixels = torch.from_numpy(np.array(square)).permute(2, 0, 1)[None].to(device)
    prediction = predict(model, pixels)
    return functional.interpolate(prediction[:, None], image.shape[:2], mode="bicubic")[0, 0].clamp(min=0).cpu().numpy()


# Publishing


def square_processor(size: int) -> DPTImageProcessorPil:
    """The image processor of both small networks, as Intel/dpt-large has it: `size` x `size`, values from -1 to 1."""
    from transformers import DPTImageProcessorPil

    side = {"height": size, "width": size}
    return DPTImageProcessorPil(
        size=side, image_mean=[0.5] * 3, image_std=[0.5] * 3, resample=2, keep_aspect_ratio=False, do_pad=False
    )


_CALIBRATION_SEED = FIRST_SEED + 90_000_000


def calibrate(model: DPTForDepthEstimation, samples: int = 400) -> int:
    """Measures the means and variances in a convolutional stem anew, in place; returns with how many samples.

    Those are samples of training scenes, at least as many as asked for, at the model's own size.
    Training keeps moving averages of them, over samples of all sizes; weights that are averages themselves, and used at
    one size, want statistics of their own (Izmailov et al., Averaging Weights Leads to Wider Optima and Better
    Generalization, 2018, section 3.2). Nothing changes in a model without such layers. The same samples each time.
    """
    layers = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    if not layers or samples < 1:
        return 0
    size, trained = model.config.image_size, model.training
    stream = SceneStream([size], torch.ones(1), pixels_per_batch=16 * size**2, reuse=2, first_seed=_CALIBRATION_SEED)
    model.eval()
    before = [layer.momentum for layer in layers]
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # the plain mean over all batches
        layer.train()
    seen, batches = 0, iter(stream)
    while seen < samples:
        pixels = next(batches).pixels
        with torch.no_grad():
            predict(model, pixels)
        seen += len(pixels)
    for layer, momentum in zip(layers, before, strict=True):
        layer.momentum = momentum
    model.train(trained)
    return seen


def publish(run: str | os.PathLike[str], folder: str | os.PathLike[str] = WEIGHTS, *, calibration: int = 0) -> Path:
    """Puts the run's averaged weights into `folder` as a checkpoint that `from_pretrained` loads; returns the folder.

    The whole folder changes at once: what was there, or all of the new one. Other files in it, such as the model card,
    stay. Weights are stored as float16. calibration: with how many samples the statistics of a stem are measured first,
    see `calibrate`; 0: they stay as training left them. Raises FileNotFoundError where the run has no checkpoint.
    """
    from transformers import DPTForDepthEstimation

    state = load_state(Path(run, "checkpoint.pt"))
    if state is None:
        raise FileNotFoundError(f"{run} holds no checkpoint.pt: train first.")
    settings, progress = _settings_of(state), Progress(**state["progress"])
    model = DPTForDepthEstimation(settings.config())
    model.load_state_dict(state["average"])
    calibrated = calibrate(model, calibration)
    manifest = {
        "name": NAME if settings.stem else PLAIN_NAME,
        "revision": f"step-{progress.step}" + "-calibrated" * (calibrated > 0),
        "licence": "MIT",
        "meaning": MEANING,
        "training": {
            **asdict(progress),
            "minutes": round(progress.minutes, 1),
            "calibration": calibrated,
            "settings": asdict(settings),
        },
    }
    return publish_checkpoint(folder, model, square_processor(settings.size), manifest)


def _beginning(options: argparse.Namespace, state: dict | None) -> tuple[str | Path | None, Settings]:
    """What a run begins with, None for random weights, and its settings; a new run says so in a line.

    Raises ValueError for `--fresh`, `--start` and another shape where there is a run that would go on.
    """
    if state:
        if options.fresh:
            raise ValueError(
                f"{options.run} holds a run already: give another folder with --run, or leave --fresh out."
            )
        if options.start:
            raise ValueError(
                f"{options.run} holds a run already: give another folder with --run, or leave --start out."
            )
        before, settings = _settings_of(state), _wished(_settings_of(state), options)
        other = [
            name for name in ("hidden", "layers", "fusion", "stem") if getattr(before, name) != getattr(settings, name)
        ]
        if other:
            raise ValueError(
                f"{options.run} holds a run of another shape ({', '.join(other)}): give another folder with --run."
            )
        return None, settings
    start = None if options.fresh else options.start or WEIGHTS
    settings, what = _wished(_settings_from(start), options), "random weights"
    if start == WEIGHTS and not _fit(settings, WEIGHTS):
        start, settings = None, _wished(Settings(), options)
        what = "random weights: no bundled ones fit its settings"
    elif start is not None:
        what = f"the weights in {start}"
        if start == WEIGHTS:
            what = f"the bundled weights, {_from_here(WEIGHTS)} (--fresh: random weights)"
        if _made(start).get("settings"):
            what += ", their losses and sizes"
    if int(os.environ.get("RANK", 0)) == 0:  # once, where torchrun starts several processes
        print(f"A new run in {options.run} begins with {what}.", flush=True)
    return start, settings


def _from_here(path: str | os.PathLike[str]) -> Path:
    """The path relative to the current folder where it lies below it, else as it is."""
    with contextlib.suppress(ValueError):
        return Path(path).resolve().relative_to(Path.cwd().resolve())
    return Path(path)


def _wished(settings: Settings, options: argparse.Namespace) -> Settings:
    """The settings, with what the command line says in their place. The model's own size is always trained on."""
    for name in _OPTIONS:
        if getattr(options, name) is not None:
            setattr(settings, name, getattr(options, name))
    if options.sizes:
        settings.sizes = _whole_numbers(options.sizes)
    if options.stem is not None:
        settings.stem = _channels(options.stem)
    if options.optimiser:
        settings.muon = options.optimiser == "muon"
    if settings.size not in settings.sizes:
        settings.sizes = (*settings.sizes, settings.size)
    settings.check()
    return settings


def positive(text: str) -> float:
    """A command line's number above 0; argparse says so of any other."""
    value = float(text)
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"{text} is no number above 0")
    return value


def none_or_more(text: str) -> float:
    """A command line's number of 0 or more; argparse says so of any other."""
    value = float(text)
    if not (math.isfinite(value) and value >= 0):
        raise argparse.ArgumentTypeError(f"{text} is no number of 0 or more")
    return value


def at_least_one(text: str) -> int:
    """A command line's whole number of 1 or more."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return int(text)


def at_least_zero(text: str) -> int:
    """A command line's whole number of 0 or more."""
    if int(text) < 0:
        raise argparse.ArgumentTypeError(f"{text} is less than 0")
    return int(text)


def thread_count(text: str) -> int:
    """A command line's number of threads: 1 or more, and no more than there are processors."""
    processors = os.cpu_count() or 1
    if not 1 <= int(text) <= processors:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and {processors}, the number of processors here")
    return int(text)


def _whole_numbers(text: str) -> tuple[int, ...]:
    try:
        sizes = tuple(int(word) for word in text.split(","))
    except ValueError:
        sizes = ()
    if not sizes or any(size < 64 or size % 32 for size in sizes):
        raise ValueError(f"--sizes is {text!r}: give multiples of 32 from 64 up, separated by commas, as 128,192,256.")
    return sizes


def _channels(text: str) -> tuple[int, ...]:
    try:
        channels = tuple(int(word) for word in text.split(",")) if text != "none" else ()
    except ValueError:
        channels = (0,)
    if len(channels) not in (0, 3) or any(number < 1 for number in channels):
        raise ValueError(f"--stem is {text!r}: give the channels of three maps, as 64,128,256, or none.")
    return channels


def main(arguments: list[str] | None = None) -> int:
    """The command line: see the top of this file."""
    parser = argparse.ArgumentParser(prog="python -m helpers.training", description=__doc__.splitlines()[0])
    parser.add_argument("action", nargs="?", choices=["train", "publish"], default="train")
    parser.add_argument("--run", default="runs/depth", help="folder of the run (default: %(default)s)")
    parser.add_argument("--minutes", type=positive, default=60.0, help="how long to train (default: %(default)s)")
    parser.add_argument("--decay", type=none_or_more, default=0.0, help="last minutes, of a falling rate")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--workers", type=at_least_zero, default=max(1, (os.cpu_count() or 2) - 1),
                        help="rendering processes")  # fmt: skip
    parser.add_argument("--threads", type=thread_count, help="threads of the training process")
    parser.add_argument("--kinds", help="kinds of scene, separated by commas (default: all)")
    beginning = parser.add_mutually_exclusive_group()
    beginning.add_argument(
        "--start",
        help="folder of a checkpoint that a new run begins with, taking over its shape, losses and sizes "
        "(default: the bundled weights, if they fit)",
    )
    beginning.add_argument("--fresh", action="store_true", help="a new run begins with random weights")
    parser.add_argument("--real", help="folder of real pictures with depth to measure at each check")
    parser.add_argument("--check-minutes", type=positive, default=6.0)
    parser.add_argument("--check-scenes", type=at_least_zero, default=64, help="held-out scenes of a check, from 9000")
    parser.add_argument(
        "--to", default=str(_from_here(WEIGHTS)), help="publish: folder of the checkpoint (default: %(default)s)"
    )
    defaults = asdict(Settings())
    for name in _OPTIONS:
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(defaults[name]), help=f"Settings.{name}")
    parser.add_argument("--sizes", help="Settings.sizes: sides of the training pictures, separated by commas")
    parser.add_argument("--stem", help="Settings.stem: channels of its three maps, as 64,128,256; none: plain patches")
    parser.add_argument(
        "--calibrate", type=at_least_zero, default=400, help="publish: samples to measure a stem's statistics with"
    )
    parser.add_argument("--optimiser", choices=["muon", "adamw"])
    options = parser.parse_args(arguments)
    try:
        if options.action == "publish":
            print(f"published: {_from_here(publish(options.run, options.to, calibration=options.calibrate))}")
            return 0
        start, settings = _beginning(options, load_state(Path(options.run, "checkpoint.pt")))
        progress = train(
            options.run,
            options.minutes,
            settings,
            decay=options.decay,
            device=options.device,
            workers=options.workers,
            threads=options.threads,
            kinds=options.kinds.split(",") if options.kinds else None,
            start=start,
            check_minutes=options.check_minutes,
            check_scenes=options.check_scenes,
            real=options.real,
        )
    except (OSError, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(f"{progress.step} steps, {progress.images} images, {progress.minutes:.0f} minutes; publish with: "
          f"python -m helpers.training publish --run {options.run}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
