"""Saying what every pixel shows: loading a DPT for semantic segmentation and predicting classes with it.

The one that ships with the course knows the classes of the rendered scenes (`helpers.scenes.CLASSES`);
"Intel/dpt-large-ade" knows the 150 of ADE20K.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

from helpers.checkpoints import Card, load_for, segmentation_task
from helpers.depth import network_input

if TYPE_CHECKING:
    from transformers import DPTForSemanticSegmentation, DPTImageProcessorPil

__all__ = ["GRASPABLE", "Segmenter", "load_segmenter", "predict_classes"]

GRASPABLE = ("book", "cup", "bottle", "dish", "box", "ball", "fruit", "toy")
"""The classes of the rendered scenes that a hand or a gripper may take up."""


@dataclass(frozen=True)
class Segmenter:
    """A model ready to predict, with its image processor, its card and the names of its classes."""

    processor: DPTImageProcessorPil
    model: DPTForSemanticSegmentation
    card: Card
    classes: tuple[str, ...]


def load_segmenter(
    checkpoint: str | os.PathLike[str] | None = None, *, device: str | torch.device | None = None
) -> Segmenter:
    """Load a DPT for semantic segmentation with its image processor, in evaluation mode, float32.

    checkpoint: None for the one that ships with the course, a folder, or a Hub id such as "Intel/dpt-large-ade"; all
    else as `helpers.load_dpt` has it, but no environment variable is asked.
    Raises CheckpointError (an OSError) naming what failed and what to do; ValueError for a wrong device.
    """
    processor, model, card = load_for(segmentation_task(), checkpoint, device=device)
    names = model.config.id2label
    return Segmenter(processor, model, card, tuple(str(names[number]) for number in range(len(names))))


def predict_classes(segmenter: Segmenter, image: Image.Image) -> np.ndarray:
    """The class of every pixel of a picture: (height, width) of the picture, indices into `segmenter.classes`.

    uint8, or int32 where there are more than 256 classes. `image` is an RGB picture as `helpers.load_image` gives.
    The logits are enlarged to the picture's size, bilinearly as in transformers'
    `post_process_semantic_segmentation`, and the class of the largest is taken.
    Raises ValueError for a picture that is not RGB or has no pixels, a processor that makes no square where the model
    needs one, and a model whose output is not finite.
    """
    pixel_values = network_input(segmenter, image)
    with torch.inference_mode():
        logits = segmenter.model(pixel_values=pixel_values).logits
        logits = logits.detach().to(device="cpu", dtype=torch.float32)
        if not bool(torch.isfinite(logits).all()):
            raise ValueError("the model's output is not finite: get the checkpoint again.")
        return _largest(logits[0], (image.height, image.width))


def _largest(logits: torch.Tensor, size: tuple[int, int]) -> np.ndarray:
    """The class (H, W) of the largest of logits (C, h, w) after bilinear enlargement to `size`.

    One class at a time: all enlarged at once, 150 classes of a photograph of 12 million pixels would fill 7 GB.
    """
    best = torch.full(size, -torch.inf)
    classes = np.zeros(size, np.uint8 if len(logits) <= 256 else np.int32)
    for number, small in enumerate(logits):
        large = torch.nn.functional.interpolate(small[None, None], size, mode="bilinear", align_corners=False)[0, 0]
        better = large > best
        best = torch.where(better, large, best)
        classes[better.numpy()] = number
    return classes
