"""What a camera makes of light: exposure, white balance, a tone curve, a lens's faults, sensor noise."""

from __future__ import annotations

import numpy as np


def _blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    """A small Gaussian blur, separable, edges repeated."""
    radius = max(1, int(np.ceil(2.5 * sigma)))
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2).astype(np.float32)
    taps /= taps.sum()
    for axis in (0, 1):
        pad = [(0, 0)] * image.ndim
        pad[axis] = (radius, radius)
        padded = np.pad(image, pad, mode="edge")
        n = image.shape[axis]
        image = sum(tap * (padded[k : k + n] if axis == 0 else padded[:, k : k + n]) for k, tap in enumerate(taps))
    return image


def develop(
    linear: np.ndarray,
    rng: np.random.Generator,
    *,
    exposure: float | None = None,
    plain: bool = False,
    noise: np.random.Generator | None = None,
) -> np.ndarray:
    """Turns linear radiance float (H, W, 3) into a photograph uint8 (H, W, 3).

    rng decides the look, and the sensor's noise unless `noise` does. exposure: a factor on the radiance instead of the
    automatic one (see `automatic_exposure`). plain: the tone curve alone, without a random look, blur or noise.
    """
    image = np.asarray(linear, np.float32)
    look = rng.uniform(-1, 1, 8).astype(np.float32)
    kind = rng.uniform(0, 1, 3)
    if plain:
        look[:] = 0
        kind[:] = 1
    if exposure is None:
        exposure = automatic_exposure(image)
    image = image * np.float32(exposure * 2.0 ** (0.4 * look[0]))
    # white balance: a warm or cold cast and a weaker green or magenta one
    cast = np.array([1 + 0.10 * look[1], 1 + 0.03 * look[2], 1 - 0.10 * look[1]], np.float32)
    image = image * cast
    height, width = image.shape[:2]
    sigma = (0.35 + 0.5 * kind[0]) * max(height, width) / 384 if kind[0] < 0.6 else 0.0
    if sigma > 0.25:
        image = _blurred(image, sigma)
    if not plain:
        y = (np.arange(height, dtype=np.float32) + 0.5) / height * 2 - 1
        x = (np.arange(width, dtype=np.float32) + 0.5) / width * 2 - 1
        strength = np.float32(0.12 * (1 + look[3]))
        image = image * (1 - strength * (x[None, :] ** 2 + y[:, None] ** 2) / 2)[:, :, None]
        # photons arrive at random: noise grows with the square root of the signal, on top of the read-out's own
        gain = np.float32(0.010 * 4.0 ** look[4])
        grain = (rng if noise is None else noise).standard_normal(image.shape, np.float32)
        image = image + grain * gain * np.sqrt(np.maximum(image, 0) + 0.02)
    image = np.maximum(image, 0)
    # a filmic shoulder (Hable-like rational curve fitted by Narkowicz), weakened, then the sRGB curve
    contrast = np.float32(1 + 0.18 * look[5])
    image = image * (2.2 * image + 0.09) / (image * (2.0 * image + 0.78) + 0.17)
    image = np.clip(image, 0, 1)
    image = np.where(image <= 0.0031308, 12.92 * image, 1.055 * np.maximum(image, 1e-6) ** (1 / 2.4) - 0.055)
    image = (image - 0.5) * contrast + 0.5
    grey = image @ np.array([0.299, 0.587, 0.114], np.float32)
    image = grey[:, :, None] + (image - grey[:, :, None]) * np.float32(1.05 + 0.25 * look[6])
    return (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)


def automatic_exposure(linear: np.ndarray) -> float:
    """The factor that a camera's meter picks: middle grey for the mean logarithm, highlights mostly kept."""
    grey = np.asarray(linear, np.float32)[::2, ::2].mean(axis=2)
    middle = float(np.exp(np.mean(np.log(np.maximum(grey, 1e-4)))))
    bright = float(np.quantile(grey, 0.95))
    return float(min(0.20 / max(middle, 1e-6), 1.15 / max(bright, 1e-6)))
