"""The checks of notebook 06: inside DPT."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpers.exercises.common import assert_number, exercise

if TYPE_CHECKING:
    import torch


@exercise
def check_unused_parameters(answer: int, model: torch.nn.Module, pixel_values: torch.Tensor) -> str:
    """answer: how many parameters of `model`, a DPT for depth, never reach its output.

    pixel_values: (1, 3, S, S), the input that this is tried on.
    """
    import torch

    assert_number(answer, "how many parameters never reach the output")
    named = dict(model.named_parameters())
    with torch.enable_grad():
        output = model(pixel_values=pixel_values).predicted_depth.sum()
        gradients = torch.autograd.grad(output, list(named.values()), allow_unused=True)
    unused = {
        name: parameter.numel()
        for (name, parameter), gradient in zip(named.items(), gradients, strict=True)
        if gradient is None
    }
    expected = sum(unused.values())
    units = sum(number for name, number in unused.items() if ".residual_layer1." in name)
    if answer != expected:
        assert answer != len(unused), "Hint: this is the number of tensors. Add up numel() of each."
        assert answer != units, (
            "Hint: this is residual_layer1 alone. Go through all named_parameters(): the encoder, too, has a module "
            "whose result nobody takes."
        )
        assert answer != expected - units, "Hint: residual_layer1 of the first fusion layer belongs to it too."
        assert answer != sum(parameter.numel() for parameter in named.values()) - expected, (
            "Hint: these are the parameters that are used. Count the others, whose gradient is None."
        )
        raise AssertionError(
            "Hint: torch.autograd.grad(output.sum(), parameters, allow_unused=True) gives None for what is not used. "
            "Add up numel() of these."
        )
    return f"{100 * expected / sum(parameter.numel() for parameter in named.values()):.1f} % of all parameters."


@exercise
def check_layer_flop(answer: float, tokens: int, hidden: int, inner: int) -> str:
    """answer: the FLOP of one transformer layer with `tokens` tokens, hidden size `hidden` and an MLP of `inner`.

    Matrix products only, a multiply-add counts two. Right within 0.1 %.
    """
    assert_number(answer, "the FLOP of one layer")
    projections = 8 * tokens * hidden**2
    products = 4 * tokens**2 * hidden
    mlp = 4 * tokens * hidden * inner
    expected = projections + products + mlp

    def same(other: float) -> bool:
        return bool(abs(answer - other) <= 0.001 * other)

    if not same(expected):
        assert not same(expected / 1e9) and not same(expected / 1e6), (
            "Hint: answer in FLOP, not in millions or billions of them."
        )
        assert not same(expected / 2), "Hint: a multiply-add counts two: one multiplication and one addition."
        assert not same(projections + mlp), (
            "Hint: attention itself is missing: two products more, of all tokens with all tokens."
        )
        assert not same(projections + products / 2 + mlp), (
            "Hint: attention has two products: queries with keys, and shares with values."
        )
        assert not same(projections * 3 / 4 + products + mlp), (
            "Hint: there are four projections: query, key, value, and the output after them."
        )
        assert not same(projections + products + mlp / 2) and not same(products + mlp), (
            "Hint: the MLP has two matrices, one up and one down, and attention has four projections: query, key, "
            "value and output."
        )
        assert not same(4 * hidden**2 + 2 * hidden * inner), (
            "Hint: this is the number of weights. Each is used once for every token, and attention comes on top."
        )
        raise AssertionError(
            "Hint: four projections (tokens, hidden) x (hidden, hidden), two products with all tokens, two matrices "
            "of the MLP. A product (a, b) x (b, c) costs 2abc."
        )
    return f"{expected / 1e9:.1f} GFLOP, {100 * products / expected:.0f} % of them in attention's own products."


@exercise
def check_silent_sizes(answer: Sequence[Sequence[int]], sizes: Sequence[Sequence[int]], patch: int) -> str:
    """answer: those of `sizes` (height, width) that a DPT with patches of `patch` pixels wrongly takes.

    They are not square, but their number of patches is a square number.
    """
    answer = answer.tolist() if hasattr(answer, "tolist") else answer
    assert isinstance(answer, list | tuple | set), "Hint: answer with a list of sizes, each (height, width)."
    assert all(isinstance(size, list | tuple) and len(size) == 2 for size in answer), (
        "Hint: each size is a pair, (height, width)."
    )
    given, known = {tuple(size) for size in answer}, {tuple(size) for size in sizes}
    assert given <= known, "Hint: choose among the sizes that are given."

    def count(size: tuple[int, ...]) -> int:
        return (size[0] // patch) * (size[1] // patch)

    silent = {size for size in known if size[0] != size[1] and math.isqrt(count(size)) ** 2 == count(size)}
    square = {size for size in given if size[0] == size[1]}
    assert not square, f"Hint: square sizes are right, not garbage: {sorted(square)}."
    loud = {size: count(size) for size in sorted(given - silent)}
    assert not loud, f"Hint: these fail with an error, their number of patches is no square number: {loud}."
    missing = silent - given
    assert not missing, (
        "Hint: there are more. Count the patches, height times width, and see whether the root is whole."
    )
    return "not square, but a square number of patches: garbage without an error."
