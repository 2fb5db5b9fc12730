"""Steps of training: optimiser, moving average, one step and many, and the statistics of a convolutional stem."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from helpers.augment import FIRST_SEED, Batch, SceneStream
from helpers.checks import finite
from helpers.losses import LossWeights, depth_loss
from helpers.memory import keep_freed_memory

if TYPE_CHECKING:
    from transformers import DPTForDepthEstimation

__all__ = [
    "Average",
    "Optimiser",
    "adamw",
    "any_size",
    "calibrate",
    "fast_bfloat16",
    "fast_cpu",
    "forward",
    "predict",
    "predict_picture",
    "prepare",
    "scene_batches",
    "train_step",
    "train_steps",
    "weight_groups",
]


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


def forward(model: nn.Module, pixels: torch.Tensor, bfloat16: bool = False) -> Any:
    """The model's output for uint8 pixels (N, 3, S, S), scaled as the processor does. S: a multiple of 32."""
    values = pixels.to(memory_format=torch.channels_last).float() / 127.5 - 1.0
    with any_size(model, pixels.shape[-1]), torch.autocast(pixels.device.type, torch.bfloat16, enabled=bfloat16):
        return model(pixel_values=values)


def predict(model: nn.Module, pixels: torch.Tensor, bfloat16: bool = False) -> torch.Tensor:
    """What a model for depth says to uint8 pixels (N, 3, S, S): float32 (N, S, S), at least 0. S: see `forward`."""
    return forward(model, pixels, bfloat16).predicted_depth.float()


@torch.inference_mode()
def predict_picture(model: nn.Module, image: np.ndarray, size: int) -> np.ndarray:
    """Inverse depth of a picture, uint8 (H, W, 3), as the processor and `predict_inverse_depth` make it: (H, W)."""
    device = next(model.parameters()).device
    square = Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR)
    pixels = torch.from_numpy(np.array(square)).permute(2, 0, 1)[None].to(device)
    prediction = predict(model, pixels)
    return functional.interpolate(prediction[:, None], image.shape[:2], mode="bicubic")[0, 0].clamp(min=0).cpu().numpy()


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


def _factor(name: str) -> float:
    return next((factor for part, factor in _RATES.items() if part in name), 1.0)


_WEIGHT_DECAY = 0.05


def weight_groups(
    model: nn.Module, factor: Callable[[str], float], muon: bool = False
) -> list[tuple[bool, dict[str, Any]]]:
    """A model's weights in groups for torch's optimisers, and whether Muon is to step them: the encoder's matrices.

    Each group tells the part of the learning rate that its weights take, `factor` of their names. Vectors, positions
    and tokens do not decay.
    """
    groups: dict[tuple[bool, float, float], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            matrix = muon and ".encoder." in name and parameter.ndim == 2
            plain = parameter.ndim < 2 or name.endswith(("position_embeddings", "cls_token"))
            groups.setdefault((matrix, factor(name), 0.0 if plain else _WEIGHT_DECAY), []).append(parameter)
    return [
        (matrix, {"params": parameters, "weight_decay": decay, "factor": part})
        for (matrix, part, decay), parameters in groups.items()
    ]


def adamw(groups: list[dict[str, Any]], learning_rate: float) -> torch.optim.AdamW:
    """AdamW as the course trains with it."""
    return torch.optim.AdamW(groups, learning_rate, betas=(0.9, 0.98), fused=True)


class Optimiser:
    """AdamW for all weights; or Muon for the encoder's matrices and AdamW for the rest, as one.

    Muon (Jordan et al., 2024) makes every step of a matrix equally large in all directions; its step is scaled to the
    size of AdamW's, so that both take the same learning rate.
    """

    def __init__(self, model: nn.Module, learning_rate: float, muon: bool = False):
        groups = weight_groups(model, _factor, muon)
        # The last layer's gradient is far larger than all others' together: clipping by it would say nothing of them.
        self.clipped = [p for _, group in groups if group["factor"] != _RATES[_LAST] for p in group["params"]]
        self.last = [p for _, group in groups if group["factor"] == _RATES[_LAST] for p in group["params"]]
        self.parts: list[torch.optim.Optimizer] = [
            adamw([group for matrix, group in groups if not matrix], learning_rate)
        ]
        if muon:
            matrices = [group for matrix, group in groups if matrix]
            self.parts.append(torch.optim.Muon(matrices, learning_rate, adjust_lr_fn="match_rms_adamw"))

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
        """The state of each part, as torch has it: first AdamW's, then Muon's."""
        return [part.state_dict() for part in self.parts]

    def fits(self, states: list[dict]) -> bool:
        """Whether these are states of an optimiser of the same parts, for as many weights in each group."""
        mine, theirs = (
            [[len(group["params"]) for group in state["param_groups"]] for state in both]
            for both in (self.state_dict(), states)
        )
        return mine == theirs

    def load_state_dict(self, states: list[dict]) -> None:
        """Goes on from what `state_dict` gave. Raises ValueError for states that do not fit: see `fits`."""
        for part, state in zip(self.parts, states, strict=True):
            part.load_state_dict(state)


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
        """Moves the average towards the weights of `model`, which has taken a step."""
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
    reuse: int = 4,
) -> Iterator[Batch]:
    """Endless batches of freshly rendered scenes, made in this process: for notebooks and short runs.

    size: side of the square samples. batch: samples in each, a multiple of 4. The rest as in `SceneStream`.
    """
    return iter(SceneStream([size], torch.ones(1), pixels_per_batch=batch * size**2, reuse=reuse, kinds=kinds))


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
    if not (finite(amount := seconds if steps is None else steps) and amount > 0):
        raise ValueError(f"steps and seconds must be numbers above 0, not {amount!r}.")
    prepare(model, next(model.parameters()).device).train()
    optimiser, history = Optimiser(model, learning_rate), []
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
