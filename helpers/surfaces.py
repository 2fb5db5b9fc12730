"""From depth to surfaces: jumps in depth, point clouds and triangle meshes, and their files.

Points are computed in the camera frame of `helpers.camera` (x right, y down, z forward). Clouds and meshes, and the
files made of them, are in the frame of glTF: x right, y up, the camera at the origin looking along -z, metres. So they
stand upright in Blender (GLB) and in MeshLab.
Source: Khronos, glTF 2.0 specification, section 3.4, Coordinate System and Units.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
from PIL import Image
from trimesh.visual.material import PBRMaterial
from trimesh.visual.texture import TextureVisuals

from helpers import checks
from helpers.camera import Pinhole
from helpers.checks import finite
from helpers.files import atomic_path, home_expanded

__all__ = ["depth_jumps", "depth_mesh", "grid_faces", "point_cloud", "save_mesh", "to_gltf_frame", "usable_pixels"]

FORMATS = (".ply", ".glb")


def depth_jumps(depth: Any, ratio: float = 1.1) -> np.ndarray:
    """The pixels beside a jump: bool (H, W), true where a neighbour's depth differs by more than the factor `ratio`.

    depth: (H, W), positive; NaN where nothing is known, inf for the sky. Neighbours are the pixels above, below, left
    and right; both sides of a jump are marked. The border of the sky is a jump, the border of NaN is none.
    Raises ValueError for a wrong shape, depth that is zero or negative, and a ratio that is not above 1.
    """
    depth = checks.depth_map(depth)
    if not (finite(ratio) and ratio > 1):
        raise ValueError(f"ratio is {ratio!r}: a jump is a factor above 1, such as 1.1.")
    log_depth = np.log(depth, dtype=np.float64)
    marked = np.zeros(depth.shape, bool)
    with np.errstate(invalid="ignore"):  # inf - inf, inside the sky, is NaN: no jump
        below = np.abs(np.diff(log_depth, axis=0)) > math.log(ratio)
        beside = np.abs(np.diff(log_depth, axis=1)) > math.log(ratio)
    marked[:-1] |= below
    marked[1:] |= below
    marked[:, :-1] |= beside
    marked[:, 1:] |= beside
    return marked


def usable_pixels(depth: Any, *, ratio: float = 1.1, max_depth: float = math.inf) -> np.ndarray:
    """The pixels a surface is made of: bool (H, W), finite depth of at most `max_depth` and not beside a jump.

    Raises ValueError as `depth_jumps` does, for a max_depth that is not positive, and where no pixel is left.
    """
    depth = checks.depth_map(depth)
    checks.positive(max_depth, "max_depth", endless=True)
    measured = np.isfinite(depth)
    if not measured.any():
        raise ValueError("depth is finite nowhere: it is all sky or all NaN, and there is no surface to make.")
    near = measured & (np.nan_to_num(depth, nan=np.inf) <= max_depth)
    if not near.any():
        raise ValueError(
            f"every point is masked: the nearest has a depth of {np.nanmin(depth):.3g}, max_depth is {max_depth:g}. "
            "Give a larger max_depth."
        )
    kept = near & ~depth_jumps(depth, ratio)
    if not kept.any():
        raise ValueError(f"every point is masked: all lie beside a jump of more than {ratio:g}. Give a larger ratio.")
    return kept


def to_gltf_frame(points: Any) -> np.ndarray:
    """Points (..., 3) from the camera frame (x right, y down, z forward) to that of glTF (y up, -z forward), or back.

    A turn by 180 degrees about the x axis, so that nothing is mirrored. Raises ValueError for a wrong shape.
    """
    points = checks.points(points)
    return points * np.array([1, -1, -1], dtype=points.dtype if points.dtype.kind == "f" else np.float64)


def grid_faces(kept: Any) -> np.ndarray:
    """The triangles between neighbouring pixels: int64 (N, 3) indices into the pixels counted row by row.

    kept: bool (H, W). Each square of four pixels gives two triangles; a triangle stands where its three pixels are
    kept. Seen from the camera the corners run anticlockwise, so that normals point towards the camera.
    Raises ValueError for a wrong shape and where no triangle is left.
    """
    kept = checks.array(kept, "kept")
    if kept.ndim != 2 or kept.dtype != np.bool_:
        raise ValueError(f"kept has shape {kept.shape}, dtype {kept.dtype}: it must be bool (height, width).")
    index = np.arange(kept.size).reshape(kept.shape)
    top_left, top_right = index[:-1, :-1].ravel(), index[:-1, 1:].ravel()
    low_left, low_right = index[1:, :-1].ravel(), index[1:, 1:].ravel()
    faces = np.concatenate(
        [np.stack([top_left, low_left, top_right], axis=1), np.stack([top_right, low_left, low_right], axis=1)]
    )
    faces = faces[kept.ravel()[faces].all(axis=1)]
    if len(faces) == 0:
        raise ValueError("no triangle is left: no three neighbouring pixels are kept.")
    return faces


def point_cloud(
    image: Any, depth: Any, camera: Pinhole, *, ratio: float = 1.1, max_depth: float = math.inf
) -> trimesh.PointCloud:
    """The points seen in a picture, with its colours, in the frame of glTF; without far points and those at jumps.

    image: RGB, (H, W, 3) uint8 or a PIL picture; depth: (H, W), positive, NaN or inf where there is nothing.
    Raises ValueError as `usable_pixels` does, for an image of another size, and what is no Pinhole.
    """
    pixels, depth = _picture_and_depth(image, depth)
    checks.instance(camera, Pinhole, "camera")
    kept = usable_pixels(depth, ratio=ratio, max_depth=max_depth)
    return trimesh.PointCloud(to_gltf_frame(camera.unproject(depth)[kept]), colors=_opaque(pixels[kept]))


def depth_mesh(
    image: Any,
    depth: Any,
    camera: Pinhole,
    *,
    step: int = 1,
    ratio: float = 1.1,
    max_depth: float = math.inf,
    texture: bool = False,
) -> trimesh.Trimesh:
    """The surface seen in a picture as triangles between neighbouring pixels, in the frame of glTF.

    image and depth as in `point_cloud`. step: only every step-th row and column is used, and jumps are looked for
    between those. Its colours are the pixels', one for each corner, or where `texture` the whole picture as a texture.
    Raises ValueError as `usable_pixels` and `grid_faces` do, for an image of another size, what is no Pinhole, and a
    step that is no whole number of at least 1.
    """
    pixels, depth = _picture_and_depth(image, depth)
    checks.instance(camera, Pinhole, "camera")
    step = checks.count(step, "step")
    thinned = depth[::step, ::step]
    faces = grid_faces(usable_pixels(thinned, ratio=ratio, max_depth=max_depth))
    used, faces = np.unique(faces, return_inverse=True)
    faces = faces.reshape(-1, 3)
    vertices = to_gltf_frame(camera.unproject(depth)[::step, ::step].reshape(-1, 3)[used])
    if not texture:
        colours = _opaque(pixels[::step, ::step].reshape(-1, 3)[used])
        return trimesh.Trimesh(vertices, faces, vertex_colors=colours, process=False)
    rows, columns = np.divmod(used, thinned.shape[1])
    height, width = depth.shape
    uv = np.stack([(columns * step + 0.5) / width, 1 - (rows * step + 0.5) / height], axis=1)
    material = PBRMaterial(baseColorTexture=Image.fromarray(pixels), metallicFactor=0.0, roughnessFactor=1.0)
    return trimesh.Trimesh(vertices, faces, visual=TextureVisuals(uv=uv, material=material), process=False)


def save_mesh(path: str | os.PathLike[str], mesh: trimesh.Trimesh | trimesh.PointCloud) -> Path:
    """Write a mesh or a point cloud as PLY or GLB, by the ending of `path`; the file is whole or absent.

    The frame is that of the mesh: for those made here y is up and the camera looks along -z. Returns the path.
    Raises ValueError for no path, another ending, a texture in a PLY file (which has no place for one), an empty mesh
    or points that are not finite; OSError where the file cannot be written.
    """
    path = home_expanded(path)
    if path.suffix.lower() not in FORMATS:
        raise ValueError(f"{path.name} ends in {path.suffix!r}: choose one of {', '.join(FORMATS)}.")
    _drawable(mesh)
    if path.suffix.lower() == ".ply" and mesh.visual.kind == "texture":
        raise ValueError(
            "this mesh has a texture, which a single PLY file cannot hold: make it with texture=False, or save GLB."
        )
    with atomic_path(path) as partial:
        mesh.export(partial, file_type=path.suffix.lower()[1:])
    return path


def _drawable(mesh: Any) -> None:
    if not isinstance(mesh, trimesh.Trimesh | trimesh.PointCloud):
        raise ValueError(f"a {type(mesh).__name__} is no mesh: pass what depth_mesh or point_cloud returns.")
    faces = len(mesh.faces) if isinstance(mesh, trimesh.Trimesh) else 1
    if len(mesh.vertices) == 0 or faces == 0:
        raise ValueError("the mesh is empty: it has no points or no triangles.")
    if not np.isfinite(mesh.vertices).all():
        raise ValueError("the mesh has points that are NaN or infinite: leave those pixels out.")


def _picture_and_depth(image: Any, depth: Any) -> tuple[np.ndarray, np.ndarray]:
    pixels, depth = checks.rgb(image, "image"), checks.depth_map(depth)
    if pixels.shape[:2] != depth.shape:
        raise ValueError(f"image is {pixels.shape[:2]}, depth {depth.shape}: both must have the same height and width.")
    return pixels, depth


def _opaque(colours: np.ndarray) -> np.ndarray:
    return np.concatenate([colours, np.full((len(colours), 1), 255, np.uint8)], axis=1)
