"""What a camera makes of light: exposure, white balance, a tone curve, a lens's faults, sensor noise."""

from __future__ import annotations

import functools

import numpy as np
from numba import njit


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
        blurred = np.zeros_like(image)
        for k, tap in enumerate(taps):
            blurred += tap * (padded[k : k + n] if axis == 0 else padded[:, k : k + n])
        image = blurred
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
    # exposure and white balance: a warm or cold cast and a weaker green or magenta one
    cast = np.array([1 + 0.10 * look[1], 1 + 0.03 * look[2], 1 - 0.10 * look[1]], np.float32)
    cast *= np.float32(exposure * 2.0 ** (0.4 * look[0]))
    height, width = image.shape[:2]
    sigma = (0.35 + 0.5 * kind[0]) * max(height, width) / 384 if kind[0] < 0.6 else 0.0
    if sigma > 0.25:
        image = _blurred(image, sigma)
    grain = np.zeros((1, 1, 3), np.float32)
    strength = gain = 0.0
    if not plain:
        strength = 0.12 * (1 + look[3])
        gain = 0.010 * 4.0 ** look[4]
        grain = (rng if noise is None else noise).standard_normal(image.shape, np.float32)
    contrast = 1 + 0.18 * look[5]
    saturation = 1.05 + 0.25 * look[6]
    out = np.empty(image.shape, np.uint8)
    _exposed(
        np.ascontiguousarray(image), cast, np.float32(strength), np.float32(gain), grain, _tone_curve(),
        np.float32(contrast), np.float32(saturation), out,
    )  # fmt: skip
    return out


_WHITE = 3.7
"""Exposed radiance from which on the tone curve gives white."""


@functools.cache
def _tone_curve() -> np.ndarray:
    """The tone curve at 4097 points, evenly spaced in the square root of radiance / `_WHITE`."""
    x = np.linspace(0, 1, 4097) ** 2 * _WHITE
    # a filmic shoulder (Hable-like rational curve fitted by Narkowicz), weakened, then the sRGB curve
    x = np.clip(x * (2.2 * x + 0.09) / (x * (2.0 * x + 0.78) + 0.17), 0, 1)
    return np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.maximum(x, 1e-6) ** (1 / 2.4) - 0.055).astype(np.float32)


@njit(cache=True, nogil=True, fastmath={"contract", "arcp", "nsz", "reassoc", "afn"})
def _exposed(image, cast, strength, gain, grain, curve, contrast, saturation, out):
    """Cast, vignetting, noise and tones in one pass over image (H, W, 3), into out (H, W, 3)."""
    height, width = image.shape[:2]
    noisy = gain > 0.0
    half = np.float32(0.5)
    one = np.float32(1.0)
    zero = np.float32(0.0)
    rgb = np.empty(3, np.float32)
    for y in range(height):
        v = np.float32((y + 0.5) / height * 2.0 - 1.0)
        for x in range(width):
            u = np.float32((x + 0.5) / width * 2.0 - 1.0)
            dim = one - strength * (u * u + v * v) * half
            for k in range(3):
                c = image[y, x, k] * cast[k] * dim
                if noisy:
                    # photons arrive at random: noise grows with the square root of the signal, on top of the read-out's
                    c += grain[y, x, k] * gain * np.sqrt(max(c, zero) + np.float32(0.02))
                c = np.sqrt(min(max(c, zero) / np.float32(_WHITE), one)) * np.float32(4096.0)
                i = min(4095, int(c))
                c = curve[i] + (curve[i + 1] - curve[i]) * (c - np.float32(i))
                rgb[k] = (c - half) * contrast + half
            grey = np.float32(0.299) * rgb[0] + np.float32(0.587) * rgb[1] + np.float32(0.114) * rgb[2]
            for k in range(3):
                c = grey + (rgb[k] - grey) * saturation
                out[y, x, k] = np.uint8(min(max(c, zero), one) * np.float32(255.0) + half)


def automatic_exposure(linear: np.ndarray) -> float:
    """The factor that a camera's meter picks: middle grey for the mean logarithm, highlights mostly kept."""
    grey = np.asarray(linear, np.float32)[::2, ::2].mean(axis=2)
    middle = float(np.exp(np.mean(np.log(np.maximum(grey, 1e-4)))))
    bright = float(np.quantile(grey, 0.95))
    return float(min(0.20 / max(middle, 1e-6), 1.15 / max(bright, 1e-6)))
