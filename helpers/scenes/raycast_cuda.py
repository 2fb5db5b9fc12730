"""Draws many worlds at once on a GPU, each pixel by one thread, with the functions of `raycast` themselves.

`numba.cuda` compiles them a second time; nothing is written twice. Two things differ. A GPU has no lists of shapes for
each tile of the picture, but goes down the tree for every ray; and no thread knows what its neighbours' shadow rays
met. Neither changes what is seen, but for rounding.

Needs an NVIDIA GPU and the package numba-cuda. Nothing imports this module but training with `--device cuda`.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numba import cuda, float64, int64
from numba.core.dispatcher import Dispatcher

from helpers.scenes import raycast

__all__ = ["Packed", "check", "draw", "pack_many"]

_STACK = 96  # nodes that wait in a walk down the tree; a tree of n shapes is seldom deeper than 2 log2(n)
_BLOCK = (8, 8)  # threads, so that those of one warp look at neighbouring pixels


class Packed(NamedTuple):
    """Worlds and the cameras that look at them, as arrays end to end: what worker processes send to the GPU's.

    geometry, tree, materials, lamps: rows of all worlds; begins int64 (N + 1, 4): where each world's begin in them.
    env (N, 32). views float64 (N, 16): rotation (9), eye (3), fx, fy, cx, cy. caps float32 (N,): the largest depth
    that counts. seeds int64 (N,).
    """

    geometry: torch.Tensor
    tree: torch.Tensor
    materials: torch.Tensor
    lamps: torch.Tensor
    begins: torch.Tensor
    env: torch.Tensor
    views: torch.Tensor
    caps: torch.Tensor
    seeds: torch.Tensor


def pack_many(
    worlds: Sequence[tuple[Any, np.ndarray, tuple[float, float, float, float]]],
    caps: Sequence[float],
    seeds: Sequence[int],
) -> Packed:
    """Packs worlds with their cameras: each is (world, pose (4, 4), (fx, fy, cx, cy)), see `raycast.trace`."""
    parts: list[list[np.ndarray]] = [[], [], [], []]
    begins, env, views = np.zeros((len(worlds) + 1, 4), np.int64), [], []
    for number, (world, pose, intrinsics) in enumerate(worlds):
        pose = np.asarray(pose, float)
        fx, fy, _, _ = intrinsics
        scene, surroundings, lamps, _, _ = raycast.pack(world, pose[:3, 3], float(np.sqrt(1 / (fx * fy))))
        for column, (part, rows) in enumerate(zip(parts, (*scene, lamps), strict=True)):
            part.append(rows)
            begins[number + 1, column] = begins[number, column] + len(rows)
        env.append(surroundings)
        views.append(np.concatenate([pose[:3, :3].ravel(), pose[:3, 3], intrinsics]))
    arrays = [np.concatenate(part) for part in parts]
    return Packed(
        *(torch.from_numpy(array) for array in (*arrays, begins, np.stack(env), np.stack(views))),
        torch.tensor(caps, dtype=torch.float32),
        torch.tensor(seeds, dtype=torch.int64),
    )


def _first_in_tree(scene, env, volume, aim, width, column, row, ox, oy, oz, dx, dy, dz, march):
    """`raycast._first`, by the tree: see there."""
    stack = cuda.local.array((_STACK, 2), float64)
    t, i = _closest(scene[0], scene[1], volume, stack, ox, oy, oz, dx, dy, dz, 1e-6, FAR)  # noqa: F821
    if env[_GROUND] > 0.0:  # noqa: F821
        if march >= FAR:  # noqa: F821
            s = FAR  # noqa: F821
        elif env[_RELIEF] > 0.0:  # noqa: F821
            s = _march(env, ox, oy, oz, dx, dy, dz, march, min(t, HORIZON))  # noqa: F821
        else:
            s = -oz / dz if dz * oz < 0.0 else FAR  # noqa: F821
        if s < t and s < HORIZON:  # noqa: F821
            return s, -2
    return t, i


@functools.cache
def _device_functions() -> dict[str, Any]:
    """The functions of `raycast`, compiled for the device as they are called for, in a namespace of their own."""
    names = dict(vars(raycast))
    # defined in this order in the file, so that each finds those it calls
    for name, value in vars(raycast).items():
        if not isinstance(value, Dispatcher):
            continue
        source = _first_in_tree if name == "_first" else value.py_func
        names[name] = cuda.jit(device=True)(types.FunctionType(source.__code__, names, name))
    names["cuda"], names["float64"], names["_STACK"] = cuda, float64, _STACK
    names["np"] = _numpy_on_the_device()
    return names


def _numpy_on_the_device() -> types.ModuleType:
    """What `raycast` takes from numpy, from CUDA's own library: numba has no ufuncs for single numbers there."""
    module = types.ModuleType("numpy_on_the_device")
    for name in ("pi", "int64", "uint64", "float32", "float64"):
        setattr(module, name, getattr(np, name))
    for name in ("floor", "sqrt", "sin", "cos", "exp", "rint"):
        setattr(module, name, getattr(cuda.libdevice, name))
    module.arcsin, module.arctan2 = cuda.libdevice.asin, cuda.libdevice.atan2
    return module


@functools.cache
def _kernels() -> dict[str, Any]:
    """One kernel for each pass of `raycast._draw`."""
    device = _device_functions()
    look_at, lights, bounces = (device[f"_{name}"] for name in ("look_at", "lights", "bounces"))
    brightness_at, set_ambient = device["_brightness_at"], device["_set_ambient"]
    spread, soften, paint, edges, cell = (device[f"_{name}"] for name in ("spread", "soften", "paint", "edges", "cell"))
    indoor, sun, at_most, waiting = raycast._INDOOR, raycast._SUNCOL, 1 + raycast._LAMPS, _STACK

    @cuda.jit(device=True)
    def pixel():
        x, y = cuda.grid(2)
        return cuda.blockIdx.z, y, x

    @cuda.jit(device=True)
    def world(geometry, tree, materials, lamps, begins, views, n):
        a, b = begins[n], begins[n + 1]
        scene = (geometry[a[0] : b[0]], tree[a[1] : b[1]], materials[a[2] : b[2]])
        v = views[n]
        return scene, lamps[a[3] : b[3]], v[:9].reshape(3, 3), v[9:12], v[12], v[13], v[14], v[15]

    @cuda.jit(device=True)
    def forget(cache):
        for k in range(cache.shape[0]):
            cache[k] = -1

    @cuda.jit(device=True)
    def cells(env, depth):
        edge = cell(env)
        return (depth.shape[0] + edge - 1) // edge, (depth.shape[1] + edge - 1) // edge

    @cuda.jit
    def look(geometry, tree, materials, lamps, begins, env, views, volume, depth, shapes, normals, faces):
        n, y, x = pixel()
        if y < depth.shape[1] and x < depth.shape[2]:
            scene, _, rotation, eye, fx, fy, cx, cy = world(geometry, tree, materials, lamps, begins, views, n)
            look_at(
                scene, env[n], volume, 0, rotation, eye, fx, fy, cx, cy, y, x, 0.0,
                depth[n], shapes[n], normals[n], faces[n],
            )  # fmt: skip

    @cuda.jit
    def brighten(geometry, tree, materials, lamps, begins, env, views, volume, depth, shapes, normals):
        n, thread = cuda.blockIdx.x, cuda.threadIdx.x
        if env[n, indoor] <= 0.0:
            return
        sums = cuda.shared.array(4, float64)
        if thread < 4:
            sums[thread] = 0.0
        cuda.syncthreads()
        stack = cuda.local.array((waiting, 2), float64)
        cache = cuda.local.array(at_most, int64)
        forget(cache)
        scene, lit, rotation, eye, fx, fy, cx, cy = world(geometry, tree, materials, lamps, begins, views, n)
        height, width = depth.shape[1:]
        number = 0
        for y in range(height // 20, height, max(1, height // 10)):
            for x in range(width // 20, width, max(1, width // 10)):
                number += 1
                if number % cuda.blockDim.x != thread:
                    continue
                cuda.atomic.add(sums, 3, 1.0)
                if shapes[n, y, x] < 0:
                    continue
                r, g, b, c = brightness_at(
                    scene, env[n], lit, volume, stack, cache, rotation, eye, fx, fy, cx, cy, y, x,
                    depth[n], normals[n],
                )  # fmt: skip
                cuda.atomic.add(sums, 0, r + c * env[n, sun])
                cuda.atomic.add(sums, 1, g + c * env[n, sun + 1])
                cuda.atomic.add(sums, 2, b + c * env[n, sun + 2])
        cuda.syncthreads()
        if thread == 0:
            set_ambient(env[n], sums[0] / sums[3], sums[1] / sums[3], sums[2] / sums[3])

    @cuda.jit
    def light_up(
        geometry, tree, materials, lamps, begins, env, views, volume, depth, shapes, normals, faces, seen, turn
    ):  # fmt: skip
        n, y, x = pixel()
        if y < depth.shape[1] and x < depth.shape[2]:
            stack = cuda.local.array((waiting, 2), float64)
            cache = cuda.local.array(at_most, int64)
            forget(cache)
            scene, lit, rotation, eye, fx, fy, cx, cy = world(geometry, tree, materials, lamps, begins, views, n)
            lights(
                scene, env[n], lit, volume, stack, cache, rotation, eye, fx, fy, cx, cy,
                depth[n], shapes[n], normals[n], faces[n], seen[n], turn, 1, (y, y + 1, x, x + 1),
            )  # fmt: skip

    @cuda.jit
    def bounce(geometry, tree, materials, lamps, begins, env, views, volume, depth, shapes, normals, bounced, which):
        n, p, q = pixel()
        rows, columns = cells(env[n], depth[n])
        if p < rows and q < columns:
            stack = cuda.local.array((waiting, 2), float64)
            scene, lit, rotation, eye, fx, fy, cx, cy = world(geometry, tree, materials, lamps, begins, views, n)
            bounces(
                scene, env[n], lit, volume, stack, rotation, eye, fx, fy, cx, cy, depth[n], shapes[n], normals[n],
                bounced[n], which[n], (p, p + 1, q, q + 1),
            )  # fmt: skip

    @cuda.jit
    def pass_on(
        geometry, tree, materials, lamps, begins, env, views, volume, depth, faces, normals, bounced, which,
        first, trust, smoothed, sure, turn,
    ):  # fmt: skip
        n, p, q = pixel()
        rows, columns = cells(env[n], depth[n])
        if p < rows and q < columns:
            stack = cuda.local.array((waiting, 2), float64)
            scene, lit, rotation, eye, fx, fy, cx, cy = world(geometry, tree, materials, lamps, begins, views, n)
            spread(
                scene, env[n], lit, volume, stack, rotation, eye, fx, fy, cx, cy, depth[n], faces[n], normals[n],
                bounced[n], which[n], first[n], trust[n], smoothed[n], sure[n], rows, columns, turn,
                (p, p + 1, q, q + 1),
            )  # fmt: skip

    @cuda.jit
    def blur(begins, env, faces, seen, sums, sights, turn):
        n, y, x = pixel()
        if y < faces.shape[1] and x < faces.shape[2]:
            lit = begins[n + 1, 3] - begins[n, 3]
            soften(env[n], faces[n], seen[n], sums[n], sights[n], 1 + lit, turn, (y, y + 1, x, x + 1))

    @cuda.jit
    def colour(
        geometry, tree, materials, lamps, begins, env, views, volume, depth, shapes, normals, faces,
        sights, smoothed, sure, which, light, image,
    ):  # fmt: skip
        n, y, x = pixel()
        if y < depth.shape[1] and x < depth.shape[2]:
            stack = cuda.local.array((waiting, 2), float64)
            cache = cuda.local.array(at_most, int64)
            forget(cache)
            sight = cuda.local.array(at_most, float64)
            share = cuda.local.array(3, float64)
            rows, columns = cells(env[n], depth[n])
            scene, lit, rotation, eye, fx, fy, cx, cy = world(geometry, tree, materials, lamps, begins, views, n)
            paint(
                scene, env[n], lit, volume, stack, cache, rotation, eye, fx, fy, cx, cy,
                depth[n], shapes[n], normals[n], faces[n], sights[n], smoothed[n], sure[n], which[n], rows, columns,
                light[n], image[n], sight, share, (y, y + 1, x, x + 1),
            )  # fmt: skip

    @cuda.jit
    def smooth_edges(
        geometry, tree, materials, lamps, begins, env, views, volume, depth, shapes, normals, faces,
        light, image, colours, extra,
    ):  # fmt: skip
        n, y, x = pixel()
        if y < depth.shape[1] and x < depth.shape[2]:
            stack = cuda.local.array((waiting, 2), float64)
            cache = cuda.local.array(at_most, int64)
            forget(cache)
            sight = cuda.local.array(at_most, float64)
            share = cuda.local.array(3, float64)
            for k in range(at_most):
                sight[k] = 0.0
            scene, lit, rotation, eye, fx, fy, cx, cy = world(geometry, tree, materials, lamps, begins, views, n)
            edges(
                scene, env[n], lit, volume, stack, cache, 0, rotation, eye, fx, fy, cx, cy,
                depth[n], shapes[n], normals[n], faces[n], light[n], image[n], colours[n], extra, sight, share,
                (y, y + 1, x, x + 1),
            )  # fmt: skip

    return {
        kernel.py_func.__name__: kernel
        for kernel in (look, brighten, light_up, bounce, pass_on, blur, colour, smooth_edges)
    }


@functools.cache
def _volume(device: torch.device) -> torch.Tensor:
    return torch.from_numpy(raycast._noise_volume()).to(device)


def check(device: torch.device) -> None:
    """Compiles and runs the smallest of kernels there; raises what numba or the driver has to say against it."""

    @cuda.jit
    def one(array):
        array[0] = 1.0

    array = torch.zeros(1, device=device)
    one[1, 1](_there(array))
    if array.item() != 1.0:
        raise RuntimeError("a kernel ran and did nothing")


def draw(packed: Packed, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Square pictures of worlds that `pack_many` packed, moved to the GPU: see `raycast.trace`.

    Returns linear radiance float32 (N, S, S, 3) and depth along the optical axis float32 (N, S, S) in metres, inf for
    sky, both on the GPU.
    """
    kernels, device, number = _kernels(), packed.env.device, len(packed.env)
    volume, env = _volume(device), packed.env.clone()
    half = (size + 1) // 2  # cells are at least two pixels wide

    def blank(*shape: int, kind: torch.dtype = torch.float32) -> torch.Tensor:
        return torch.zeros((number, *shape), dtype=kind, device=device)

    depth, shapes = blank(size, size, kind=torch.float64), blank(size, size, kind=torch.int32)
    normals, faces = blank(size, size, 3), blank(size, size, kind=torch.int32)
    lights = 1 + raycast._LAMPS
    seen, light = blank(lights, size, size), blank(size, size, 3 + lights)
    sums, sights = blank(2, lights, size, size), blank(2, lights, size, size)
    bounced, first, smoothed = blank(half, half, 3), blank(half, half, 3), blank(half, half, 3)
    trust, sure, which = blank(half, half), blank(half, half), blank(half, half, 2, kind=torch.int32)
    image = blank(size, size, 3)

    pointer = torch.cuda.current_stream(device).cuda_stream if device.type == "cuda" else 0
    stream = cuda.external_stream(pointer) if pointer else 0
    scene = [_there(part) for part in (*packed[:5], env, packed.views, volume)]

    def launch(name: str, arguments: Sequence[Any], edge: int, begin: Sequence[Any] = scene) -> None:
        wide, high = ((edge + block - 1) // block for block in _BLOCK)
        values = [_there(value) if isinstance(value, torch.Tensor) else value for value in arguments]
        kernels[name][(wide, high, number), _BLOCK, stream](*begin, *values)

    launch("look", (depth, shapes, normals, faces), size)
    values = [_there(value) for value in (depth, shapes, normals)]
    kernels["brighten"][(number,), (128,), stream](*scene, *values)
    for turn in range(2):
        launch("light_up", (depth, shapes, normals, faces, seen, turn), size)
    launch("bounce", (depth, shapes, normals, bounced, which), half)
    for turn in range(2):
        launch("pass_on", (depth, faces, normals, bounced, which, first, trust, smoothed, sure, turn), half)
    for turn in range(2):
        launch("blur", (faces, seen, sums, sights, turn), size, (scene[4], scene[5]))
    launch("colour", (depth, shapes, normals, faces, sights, smoothed, sure, which, light, image), size)
    launch("smooth_edges", (depth, shapes, normals, faces, light, image, image.clone(), 2), size)
    return image, torch.where(shapes == -1, torch.inf, depth.float())


def _there(tensor: torch.Tensor) -> Any:
    """The tensor's memory as an array that kernels take."""
    return cuda.as_cuda_array(tensor) if tensor.is_cuda else tensor.numpy()
