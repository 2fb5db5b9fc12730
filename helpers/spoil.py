"""`helpers.scenes.photo` and `helpers.augment` for many pictures at once, as tensors: for training on a GPU.

The same faults in the same strengths, but other random numbers, and rounded to whole numbers once, at the end. Cutting
out, making smaller, blurring and mirroring are products with matrices, one for the rows and one for the columns.
"""

from __future__ import annotations

import math

import torch
from torch.nn import functional

__all__ = ["blur_weights", "develop", "jpeg", "resize_weights", "spoil"]


def resize_weights(
    begin: torch.Tensor, length: torch.Tensor, inputs: torch.Tensor | int, outputs: torch.Tensor | int, shape: tuple
) -> torch.Tensor:
    """Weights (N, outputs, inputs) that resize as Pillow's BILINEAR does: a tent, as wide as the outputs are apart.

    begin, length: float (N,), the part of the inputs that is wanted. inputs, outputs: how many there are, numbers or
    (N,); shape: the largest (outputs, inputs), rows and columns beyond the counts are 0.
    """
    device = begin.device
    count = torch.as_tensor(outputs, device=device).expand(len(begin))
    limit = torch.as_tensor(inputs, device=device).expand(len(begin))
    row = torch.arange(shape[0], device=device)
    column = torch.arange(shape[1], device=device)
    step = length / count
    centre = begin[:, None] + (row + 0.5) * step[:, None]
    weights = 1 - (column + 0.5 - centre[..., None]).abs() / step.clamp(min=1)[:, None, None]
    weights = weights.clamp(min=0) * (column < limit[:, None])[:, None]
    weights = weights / weights.sum(2, keepdim=True).clamp(min=1e-6)
    return weights * (row < count[:, None])[..., None]


def blur_weights(sigma: torch.Tensor, size: int) -> torch.Tensor:
    """Weights (N, size, size) of Gaussian blurs of so many pixels, (N,)."""
    place = torch.arange(size, device=sigma.device)
    weights = torch.exp(-0.5 * ((place - place[:, None]) / sigma.clamp(min=1e-2)[:, None, None]) ** 2)
    return weights / weights.sum(2, keepdim=True)


def _uniform(shape: tuple, low: float, high: float, generator: torch.Generator) -> torch.Tensor:
    return torch.rand(shape, generator=generator, device=generator.device) * (high - low) + low


def _normal(shape: tuple, generator: torch.Generator) -> torch.Tensor:
    return torch.randn(shape, generator=generator, device=generator.device)


def develop(linear: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Photographs uint8 (N, 3, S, S) of linear radiance float32 (N, S, S, 3): see `helpers.scenes.photo.develop`."""
    image = linear.permute(0, 3, 1, 2)
    number, _, size, _ = image.shape
    grey = image[:, :, ::2, ::2].mean(dim=1).flatten(1)
    middle = grey.clamp(min=1e-4).log().mean(dim=1).exp()
    bright = grey.quantile(0.95, dim=1)
    exposure = torch.minimum(0.20 / middle.clamp(min=1e-6), 1.15 / bright.clamp(min=1e-6))
    look = _uniform((number, 7), -1, 1, generator)
    kind = _uniform((number,), 0, 1, generator)
    cast = 1 + torch.stack([0.10 * look[:, 1], 0.03 * look[:, 2], -0.10 * look[:, 1]], dim=1)
    cast = cast * (exposure * 2 ** (0.4 * look[:, 0]))[:, None]
    sigma = torch.where(kind < 0.6, (0.35 + 0.5 * kind) * size / 384, torch.zeros_like(kind))
    blur = blur_weights(torch.where(sigma > 0.25, sigma, torch.zeros_like(sigma)), size)[:, None]
    image = blur @ image @ blur.mT

    def each(values: torch.Tensor) -> torch.Tensor:
        return values[:, None, None, None]

    place = (torch.arange(size, device=image.device) + 0.5) / size * 2 - 1
    dim = 1 - each(0.12 * (1 + look[:, 3])) * (place**2 + place[:, None] ** 2) * 0.5
    image = image * cast[..., None, None] * dim
    grain = _normal(image.shape, generator) * each(0.010 * 4 ** look[:, 4])
    image = (image + grain * (image.clamp(min=0) + 0.02).sqrt()).clamp(min=0)
    image = (image * (2.2 * image + 0.09) / (image * (2.0 * image + 0.78) + 0.17)).clamp(0, 1)
    image = torch.where(image <= 0.0031308, 12.92 * image, 1.055 * image.clamp(min=1e-6) ** (1 / 2.4) - 0.055)
    image = (image - 0.5) * each(1 + 0.18 * look[:, 5]) + 0.5
    image = _saturated(image, each(1.05 + 0.25 * look[:, 6]))
    return (image.clamp(0, 1) * 255 + 0.5).to(torch.uint8)


def _saturated(image: torch.Tensor, part: torch.Tensor) -> torch.Tensor:
    """Colours `part` as far from grey as they were; image (N, 3, H, W)."""
    grey = (image * image.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(dim=1, keepdim=True)
    return grey + (image - grey) * part


def faults(number: int, size: int, generator: torch.Generator) -> torch.Tensor:
    """Weights (N, size, size) that blur, or take away what a smaller picture would not have had, or do nothing."""
    chance, second = _uniform((number,), 0, 1, generator), _uniform((number,), 0, 1, generator)
    blurred, coarse = chance < 0.25, (chance >= 0.25) & (second < 0.1)
    sigma = _uniform((number,), 0.3, 1.4, generator)
    weights = blur_weights(torch.where(blurred, sigma, torch.zeros_like(sigma)), size)
    smaller = (size * _uniform((number,), 0.35, 0.8, generator)).int().clamp(min=8).float()
    whole, zero = torch.full_like(smaller, size), torch.zeros_like(smaller)
    down = resize_weights(zero, whole, size, smaller, (size, size))
    up = resize_weights(zero, smaller, smaller, size, (size, size))
    return torch.where(coarse[:, None, None], up @ down, weights)


def spoil(image: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """What `helpers.augment.augment` does after blurring, for pictures float (N, 3, S, S) of 0 to 255; uint8 out."""
    number, size = len(image), image.shape[-1]

    def each(values: torch.Tensor) -> torch.Tensor:
        return values[:, None, None, None]

    def chance() -> torch.Tensor:
        return each(_uniform((number,), 0, 1, generator))

    def normal(*shape: int) -> torch.Tensor:
        return _normal((number, *shape), generator)

    image = (image.float() / 255).clamp(0, 1)
    cast = torch.where(chance() < 0.6, torch.exp(0.06 * normal(3, 1, 1)), 1.0)
    image = image ** torch.exp(0.22 * normal(1, 1, 1)) * cast - 0.5
    image = (image * torch.exp(0.16 * normal(1, 1, 1)) + 0.5 + 0.06 * normal(1, 1, 1)).clamp(0, 1)
    which = chance()
    part = torch.where(which < 0.5, each(_uniform((number,), 0.3, 1.5, generator)), 1.0)
    image = _saturated(image, torch.where(which < 0.08, 0.0, part)).clamp(0, 1)
    uneven = normal(1, 4, 4) * each(_uniform((number,), 0.05, 0.3, generator))
    light = functional.interpolate(uneven.exp(), (size, size), mode="bicubic", align_corners=False)
    image = torch.where(chance() < 0.3, image * light, image)
    strength = torch.where(chance() < 0.3, each(_uniform((number,), 1.0, 12.0, generator)), 0.0)
    image = ((image * 255 + normal(3, size, size) * strength).clamp(0, 255)).round()
    packed = (chance() < 0.3).flatten().nonzero().flatten()
    quality = _uniform((len(packed),), 25, 95, generator).floor()
    image[packed] = jpeg(image[packed], quality)
    return image.to(torch.uint8)


_LUMA = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
_CHROMA = (
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99, *(99,) * 32,
)  # fmt: skip


def jpeg(image: torch.Tensor, quality: torch.Tensor) -> torch.Tensor:
    """What pictures (N, 3, H, W), 0 to 255, look like after JPEG of quality (N,), 1 to 100: the same shape.

    Colours at half the resolution, as Pillow writes them. H and W: multiples of 16.
    Source: ITU-T T.81 (1992), annexes A and K; the scale of the tables is that of the Independent JPEG Group.
    """
    red, green, blue = image.unbind(1)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    chroma = torch.stack([(blue - luma) / 1.772, (red - luma) / 1.402], dim=1)
    luma = _through_blocks(luma[:, None] - 128, _LUMA, quality) + 128
    chroma = _through_blocks(functional.avg_pool2d(chroma, 2), _CHROMA, quality)
    chroma = functional.interpolate(chroma, scale_factor=2, mode="bilinear", align_corners=False)
    blueness, redness = chroma[:, :1], chroma[:, 1:]
    green = luma - (0.114 * 1.772 * blueness + 0.299 * 1.402 * redness) / 0.587
    return torch.cat([luma + 1.402 * redness, green, luma + 1.772 * blueness], dim=1).clamp(0, 255).round()


def _through_blocks(planes: torch.Tensor, table: tuple[int, ...], quality: torch.Tensor) -> torch.Tensor:
    """Planes (N, C, H, W) after the cosine transform of each block of 8 x 8 was rounded to steps of the table."""
    place = torch.arange(8, device=planes.device, dtype=torch.float32)
    cosines = torch.cos((2 * place + 1) * place[:, None] * math.pi / 16) / 2
    cosines[0] /= math.sqrt(2)
    scale = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality)[:, None, None]
    steps = ((planes.new_tensor(table).view(8, 8) * scale + 50) / 100).floor().clamp(1, 255)[:, None, None, None]
    number, channels, height, width = planes.shape
    blocks = planes.view(number, channels, height // 8, 8, width // 8, 8).transpose(3, 4)
    blocks = ((cosines @ blocks @ cosines.T) / steps).round() * steps
    return (cosines.T @ blocks @ cosines).transpose(3, 4).reshape(planes.shape)
