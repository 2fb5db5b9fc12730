"""What training makes small: the losses of MiDaS and DPT, and this course's ratios of depth.

Predictions and targets are (N, H, W); a target is what `helpers.augment.normalise_inverse_depth` gives.
Source: Ranftl et al., Towards Robust Monocular Depth Estimation, 2020, section 5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

__all__ = [
    "LossWeights",
    "align_by_median",
    "anchored_loss",
    "depth_loss",
    "gradient_matching_loss",
    "log_ratio",
    "ratio_losses",
    "ssi_loss",
]

_LEAST_DEVIATION = 0.3  # of a map that is aligned
_SCALES = 4  # at which neighbours are compared


@dataclass(frozen=True)
class LossWeights:
    """How much each part of `depth_loss` counts."""

    anchored: float = 1.0
    invariant: float = 0.0
    gradient: float = 0.5
    ratio: float = 0.0
    ratio_gradient: float = 0.0


def align_by_median(values: torch.Tensor) -> torch.Tensor:
    """Each map moved and scaled to median 0 and mean absolute deviation 1: (N, H, W) in and out.

    A deviation below 0.3 counts as that, so that a flat prediction is not blown up.
    Source: Ranftl et al. 2020, equations 5 and 6.
    """
    flat = values.flatten(1)
    centred = flat - flat.median(dim=1, keepdim=True).values
    return (centred / centred.abs().mean(dim=1, keepdim=True).clamp(min=_LEAST_DEVIATION)).view_as(values)


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


def gradient_matching_loss(prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """How much the difference of the maps changes from pixel to pixel, at four scales: borders must agree.

    At scale k only every 2^k-th row and column is looked at. Source: Ranftl et al. 2020, equation 11, where both maps
    are aligned first. Not here: aligning blows up predictions that are still flat, and their noise rules the loss.
    """
    return _roughness(prediction - target)


def _roughness(values: torch.Tensor, counts: torch.Tensor | None = None) -> torch.Tensor:
    """Mean absolute difference of neighbours in rows and columns of (N, H, W), added up over four scales.

    counts: (N, H, W) bool; pairs in which either pixel does not count are left out.
    """
    total = values.new_zeros(())
    for scale in range(_SCALES):
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
