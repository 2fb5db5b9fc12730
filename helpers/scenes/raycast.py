"""Draws a `world.World`: one ray per pixel, soft shadows, one bounce of indirect light, procedural surfaces.

`trace` is the entry point. It runs on one thread; two processes draw two pictures at once.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numba import njit

from helpers.scenes.world import BOX, CLASSES, FRUSTUM, PATTERNS, SPHERE, TUBE, Ground, Material, World

FAR = 1e30
HORIZON = 20_000.0
"""Metres along the optical axis beyond which the ground counts as sky."""

_FLAGS = {"contract", "arcp", "nsz", "reassoc", "afn"}  # not nnan, ninf: overflow to infinity must stay legal
_allocating = functools.partial(njit, cache=True, nogil=True, fastmath=_FLAGS, error_model="numpy")
_jit = functools.partial(_allocating, _nrt=False)  # counting references to arrays took half of the time
_inline = functools.partial(_jit, forceinline=True)

# Columns of the material table.
_PATTERN, _SCALE, _GLOSS, _BUMP, _CUTOUT, _GLOW, _SEED, _LONG, _TURN = 6, 7, 8, 9, 10, 11, 12, 15, 16
_COLUMNS = 25

# Columns of the geometry table: 0..11 the map from world to unit shape, 12 taper, 13..15 half extents, then these.
_KIND, _HOLES, _HOLESTEP, _HOLESEED, _HOLELEVEL, _SHINES = 16, 17, 18, 19, 22, 23

# Entries of the environment vector.
_SUN, _SUNCOL, _SUNANGLE, _ZENITH, _HORIZON, _BELOW, _CLOUDS, _HAZE, _HAZECOL = 0, 3, 6, 7, 10, 13, 16, 17, 18
_INDOOR, _GROUND, _RELIEF, _WAVE, _FLAT, _HILLSEED, _AMBIENT, _CLOUDSEED = 21, 22, 23, 24, 25, 26, 27, 30
_ENV = 32

_LAMPS = 4
_CLOSE = 1e-3  # metres of depth before which nothing is drawn
_SMALL_SUN = 0.03  # radians
_SIZE = 64  # edge of the noise volume
_LEVELS = 5
_REVERSED = np.array([int(f"{k:04b}"[::-1], 2) for k in range(16)])
"""Pairs with 0..15 to a set that is even in both directions (Hammersley)."""


# ---------------------------------------------------------------------------------------------------------------------
# Noise


@functools.cache
def _noise_volume() -> np.ndarray:
    """Two tiling volumes of uniform noise in [-1, 1] with their mip levels, flat float32 (2, total).

    The first has the 1/f spectrum of natural pictures (amplitude f^-1.5 in three dimensions), the second blobs about
    four voxels wide. Values are ranks, so a threshold is a quantile.
    """
    rng = np.random.default_rng(20240229)
    axis = np.fft.fftfreq(_SIZE) * _SIZE
    radius = np.sqrt(axis[:, None, None] ** 2 + axis[None, :, None] ** 2 + axis[None, None, :] ** 2)
    spectra = (np.where(radius > 0, np.maximum(radius, 1.0) ** -1.5, 0.0), np.exp(-(((radius - 14.0) / 6.0) ** 2)))
    channels = []
    for spectrum in spectra:
        field = np.fft.ifftn(np.fft.fftn(rng.standard_normal((_SIZE,) * 3)) * spectrum).real
        ranks = np.empty(field.size)
        ranks[np.argsort(field, axis=None)] = (np.arange(field.size) + 0.5) / field.size
        level = (2 * ranks - 1).reshape(field.shape)
        levels = [level]
        for _ in range(_LEVELS - 1):
            n = level.shape[0] // 2
            level = level.reshape(n, 2, n, 2, n, 2).mean(axis=(1, 3, 5))
            levels.append(level)
        channels.append(np.concatenate([x.ravel() for x in levels]))
    return np.stack(channels).astype(np.float32)


@_jit
def _noise(volume, channel, x, y, z, level):
    """Smoothly interpolated noise and its gradient per voxel at (x, y, z) voxels of level 0."""
    offset = 0
    size = 64
    inverse = 1.0
    for _ in range(level):
        offset += size * size * size
        size >>= 1
        inverse *= 0.5
    shift = 0.5 * (1.0 - inverse)  # voxel centres of the levels differ
    x = x * inverse - shift
    y = y * inverse - shift
    z = z * inverse - shift
    fx = np.floor(x)
    fy = np.floor(y)
    fz = np.floor(z)
    mask = size - 1
    ix = np.int64(fx) & mask
    iy = np.int64(fy) & mask
    iz = np.int64(fz) & mask
    jx = (ix + 1) & mask
    jy = (iy + 1) & mask
    jz = (iz + 1) & mask
    x -= fx
    y -= fy
    z -= fz
    dx = 6.0 * x * (1.0 - x)
    dy = 6.0 * y * (1.0 - y)
    dz = 6.0 * z * (1.0 - z)
    x = x * x * (3.0 - 2.0 * x)
    y = y * y * (3.0 - 2.0 * y)
    z = z * z * (3.0 - 2.0 * z)
    row = volume[channel]
    a00 = offset + (ix * size + iy) * size
    a01 = offset + (ix * size + jy) * size
    a10 = offset + (jx * size + iy) * size
    a11 = offset + (jx * size + jy) * size
    v000 = row[np.uint64(a00 + iz)]
    v001 = row[np.uint64(a00 + jz)]
    v010 = row[np.uint64(a01 + iz)]
    v011 = row[np.uint64(a01 + jz)]
    v100 = row[np.uint64(a10 + iz)]
    v101 = row[np.uint64(a10 + jz)]
    v110 = row[np.uint64(a11 + iz)]
    v111 = row[np.uint64(a11 + jz)]
    b00 = v000 + (v001 - v000) * z
    b01 = v010 + (v011 - v010) * z
    b10 = v100 + (v101 - v100) * z
    b11 = v110 + (v111 - v110) * z
    c0 = b00 + (b01 - b00) * y
    c1 = b10 + (b11 - b10) * y
    gz0 = (v001 - v000) + ((v011 - v010) - (v001 - v000)) * y
    gz1 = (v101 - v100) + ((v111 - v110) - (v101 - v100)) * y
    gy = (b01 - b00) + ((b11 - b10) - (b01 - b00)) * x
    return (
        c0 + (c1 - c0) * x,
        (c1 - c0) * dx * inverse,
        gy * dy * inverse,
        (gz0 + (gz1 - gz0) * x) * dz * inverse,
    )


@_jit
def _faded(volume, x, y, z, footprint):
    """1/f noise at (x, y, z) voxels without the waves shorter than about two `footprint`s (in voxels)."""
    if footprint >= 24.0:
        return 0.0, 0.0, 0.0, 0.0
    level = 0
    edge = 1.0
    while footprint > edge and level < 4:
        edge *= 2.0
        level += 1
    # sheared, so that no plane through the volume repeats after one edge of it
    v, gx, gy, gz = _noise(volume, 0, x + 0.29 * z, y + 0.31 * x, z + 0.37 * y, level)
    fade = min(1.0, (24.0 - footprint) / 12.0)
    return v * fade, (gx + 0.31 * gy) * fade, (gy + 0.37 * gz) * fade, (gz + 0.29 * gx) * fade


@_jit
def _hash(a, b, c):
    """A number in 0..1 from three integers."""
    h = (np.int64(a) * 73856093) ^ (np.int64(b) * 19349663) ^ (np.int64(c) * 83492791)
    h &= 0xFFFFFFFF
    h = ((h ^ (h >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
    h = ((h ^ (h >> 12)) * 0x297A2D39) & 0xFFFFFFFF
    return ((h ^ (h >> 15)) & 0xFFFFFF) / 16777216.0


# ---------------------------------------------------------------------------------------------------------------------
# Hills


@_inline
def _lattice(x, y, seed):
    """Value noise in 0..1 with a continuous slope, and that slope."""
    fx = np.floor(x)
    fy = np.floor(y)
    i = np.int64(fx)
    j = np.int64(fy)
    x -= fx
    y -= fy
    dx = 30.0 * x * x * (x * (x - 2.0) + 1.0)
    dy = 30.0 * y * y * (y * (y - 2.0) + 1.0)
    x = x * x * x * (x * (x * 6.0 - 15.0) + 10.0)
    y = y * y * y * (y * (y * 6.0 - 15.0) + 10.0)
    a = _hash(i, j, seed)
    b = _hash(i + 1, j, seed)
    c = _hash(i, j + 1, seed)
    d = _hash(i + 1, j + 1, seed)
    k = a - b - c + d
    return a + (b - a) * x + (c - a) * y + k * x * y, (b - a + k * y) * dx, (c - a + k * x) * dy


@_jit
def _hill(x, y, relief, wavelength, flat, seed, octaves):
    """Height of the hills at (x, y) and its slopes: 0 within `flat` metres of the origin, then at most `relief`."""
    r = np.sqrt(x * x + y * y)
    if r <= flat:
        return 0.0, 0.0, 0.0
    s = min(1.0, (r - flat) / wavelength)
    rise = s * s * (3.0 - 2.0 * s)
    steep = 6.0 * s * (1.0 - s) / (wavelength * r)
    total = 0.0
    tx = 0.0
    ty = 0.0
    gain = 0.53
    step = 1.0 / wavelength
    for k in range(octaves):
        h, a, b = _lattice(x * step + 17.0 * k, y * step - 9.0 * k, seed + k)
        total += gain * h
        tx += gain * step * a
        ty += gain * step * b
        gain *= 0.45
        step *= 2.03
    return (
        relief * rise * total,
        relief * (rise * tx + steep * x * total),
        relief * (rise * ty + steep * y * total),
    )


@_jit
def _height(x, y, relief, wavelength, flat, seed, octaves):
    return _hill(x, y, relief, wavelength, flat, seed, octaves)[0]


def ground_height(ground: Ground | None, x: float, y: float) -> float:
    """Height in metres of the ground at (x, y): 0 when it is flat or there is none."""
    if ground is None or ground.relief <= 0:
        return 0.0
    return float(_height(float(x), float(y), ground.relief, ground.wavelength, ground.flat_radius, int(ground.seed), 5))


@_jit
def _march(env, ox, oy, oz, dx, dy, dz, start, limit):
    """Where a ray meets the hills: its parameter, or FAR. `start` is where the search begins."""
    relief = env[_RELIEF]
    wavelength = env[_WAVE]
    flat = env[_FLAT]
    seed = np.int64(env[_HILLSEED])
    t = start
    if oz > relief:  # nothing to meet above the highest top
        if dz >= 0.0:
            return FAR
        t = max(t, (relief - oz) / dz)
    before = t
    previous = 1.0
    level = np.sqrt(dx * dx + dy * dy) + 1e-9
    for _ in range(200):
        z = oz + t * dz
        if z > relief and dz >= 0.0:
            return FAR
        if t > limit:
            return FAR
        x = ox + t * dx
        y = oy + t * dy
        octaves = 5 if t * level < 4.0 * wavelength else 4
        above = z - _height(x, y, relief, wavelength, flat, seed, octaves)
        if above <= 0.0:
            # regula falsi with the Illinois rule
            low = before
            high = t
            over = previous
            under = above
            for _ in range(12):
                middle = low + (high - low) * over / (over - under)
                h = _height(ox + middle * dx, oy + middle * dy, relief, wavelength, flat, seed, octaves)
                h = oz + middle * dz - h
                if abs(h) < 1e-5 * middle:
                    return middle
                if h > 0.0:
                    low = middle
                    over = h
                    under *= 0.5
                else:
                    high = middle
                    under = h
                    over *= 0.5
            return high
        previous = above
        before = t
        t += max(0.7 * above / level, 0.01 * t, 0.004 * wavelength / level)
    return FAR


# ---------------------------------------------------------------------------------------------------------------------
# Geometry


@_inline
def _roots(kind, taper, ox, oy, oz, dx, dy, dz):
    """The two parameters at which a line meets a unit shape, the nearer first; FAR where it does not."""
    if kind == BOX:
        ix = 1.0 / dx if dx != 0.0 else 1e18
        iy = 1.0 / dy if dy != 0.0 else 1e18
        iz = 1.0 / dz if dz != 0.0 else 1e18
        ax = abs(ix)
        ay = abs(iy)
        az = abs(iz)
        mx = -ox * ix
        my = -oy * iy
        mz = -oz * iz
        near = max(mx - ax, my - ay, mz - az)
        far = min(mx + ax, my + ay, mz + az)
        if near > far:
            return FAR, FAR
        return near, far
    if kind == SPHERE:
        a = dx * dx + dy * dy + dz * dz
        b = ox * dx + oy * dy + oz * dz
        # the closest point on the line, for accuracy far away
        s = b / a
        cx = ox - s * dx
        cy = oy - s * dy
        cz = oz - s * dz
        h = 1.0 - (cx * cx + cy * cy + cz * cz)
        if h <= 0.0:
            return FAR, FAR
        root = np.sqrt(h / a)
        return -s - root, -s + root
    slope = 0.5 * (taper - 1.0)
    middle = 0.5 * (taper + 1.0)
    near = FAR
    far = FAR
    r = middle + slope * oz
    a = dx * dx + dy * dy - slope * slope * dz * dz
    b = ox * dx + oy * dy - r * slope * dz
    c = ox * ox + oy * oy - r * r
    if abs(a) < 1e-12:
        a = 1e-12
    h = b * b - a * c
    if h < 0.0:
        # no side: a convex body is then missed, unless the line is steep enough to pass both caps
        if kind != FRUSTUM or a > 0.0:
            return FAR, FAR
    else:
        root = np.sqrt(h)
        # the form that does not cancel
        q = -b - root if b > 0.0 else -b + root
        t0 = q / a
        t1 = c / q if q != 0.0 else t0
        if abs(oz + t0 * dz) <= 1.0:
            near = t0
        if abs(oz + t1 * dz) <= 1.0:
            if near == FAR:
                near = t1
            else:
                far = t1
    if kind == FRUSTUM and dz != 0.0:
        t0 = (-1.0 - oz) / dz
        x = ox + t0 * dx
        y = oy + t0 * dy
        if x * x + y * y <= 1.0:
            if near == FAR:
                near = t0
            else:
                far = t0
        t0 = (1.0 - oz) / dz
        x = ox + t0 * dx
        y = oy + t0 * dy
        if x * x + y * y <= taper * taper:
            if near == FAR:
                near = t0
            else:
                far = t0
    if near > far:
        return far, near
    return near, far


@_jit
def _hole(g, volume, lx, ly, lz):
    """Whether the surface of a shape has a hole at the unit-shape point (lx, ly, lz)."""
    step = g[_HOLESTEP]
    x = lx * g[13] * step + g[_HOLESEED]
    y = ly * g[14] * step + g[_HOLESEED + 1]
    z = lz * g[15] * step + g[_HOLESEED + 2]
    v, _, _, _ = _noise(volume, 1, x, y, z, 0)
    w, _, _, _ = _noise(volume, 1, 2.6 * x + 11.0, 2.6 * y + 23.0, 2.6 * z + 5.0, 0)
    return v + 0.6 * w < g[_HOLELEVEL]


@_inline
def _meet(geometry, volume, i, ox, oy, oz, dx, dy, dz, start, limit):
    """Parameter of the first solid meeting of a ray with shape i between start and limit, or FAR."""
    g = geometry[i]
    lx = g[0] * ox + g[1] * oy + g[2] * oz + g[3]
    ly = g[4] * ox + g[5] * oy + g[6] * oz + g[7]
    lz = g[8] * ox + g[9] * oy + g[10] * oz + g[11]
    return _meet_from(g, volume, lx, ly, lz, dx, dy, dz, start, limit)


@_inline
def _meet_from(g, volume, lx, ly, lz, dx, dy, dz, start, limit):
    """`_meet` with the ray's origin already in the shape's own frame."""
    mx = g[0] * dx + g[1] * dy + g[2] * dz
    my = g[4] * dx + g[5] * dy + g[6] * dz
    mz = g[8] * dx + g[9] * dy + g[10] * dz
    near, far = _roots(g[_KIND], g[12], lx, ly, lz, mx, my, mz)
    if g[_HOLES] > 0.0:
        if start < near < limit and not _hole(g, volume, lx + near * mx, ly + near * my, lz + near * mz):
            return near
        if start < far < limit and not _hole(g, volume, lx + far * mx, ly + far * my, lz + far * mz):
            return far
        return FAR
    if start < near < limit:
        return near
    if start < far < limit:
        return far
    return FAR


@_jit
def _sampled(volume, points, values):
    for k in range(points.shape[0]):
        x, y, z = points[k]
        v, _, _, _ = _noise(volume, 1, x, y, z, 0)
        w, _, _, _ = _noise(volume, 1, 2.6 * x + 11.0, 2.6 * y + 23.0, 2.6 * z + 5.0, 0)
        values[k] = v + 0.6 * w


@functools.cache
def _hole_values() -> np.ndarray:
    """A sorted sample of the noise that `_hole` compares, from which thresholds are read."""
    points = np.random.default_rng(5).uniform(0, _SIZE, (20000, 3))
    values = np.empty(len(points))
    _sampled(_noise_volume(), points, values)
    return np.sort(values)[::20]


@_allocating
def _build(low, high, order, tree):
    """Bounding volume hierarchy over boxes (n, 3): fills tree (2n, 8) and order (n,); returns the node count.

    A node is its box (low 3, high 3) and either two children (-1 - left, right) or the shapes
    order[first : first + count] (first, count). Splits follow the surface area heuristic over eight bins.
    """
    n = low.shape[0]
    for i in range(n):
        order[i] = i
    todo = np.empty((2 * n + 8, 3), np.int64)
    todo[0, 0] = 0
    todo[0, 1] = 0
    todo[0, 2] = n
    waiting = 1
    nodes = 1
    bins = 8
    counts = np.empty(bins, np.int64)
    blow = np.empty((bins, 3))
    bhigh = np.empty((bins, 3))
    right = np.empty(bins)
    centre_low = np.empty(3)
    centre_high = np.empty(3)
    while waiting:
        waiting -= 1
        node = todo[waiting, 0]
        first = todo[waiting, 1]
        last = todo[waiting, 2]
        for k in range(3):
            a = FAR
            b = -FAR
            ca = FAR
            cb = -FAR
            for j in range(first, last):
                i = order[j]
                a = min(a, low[i, k])
                b = max(b, high[i, k])
                c = low[i, k] + high[i, k]
                ca = min(ca, c)
                cb = max(cb, c)
            tree[node, k] = a
            tree[node, 3 + k] = b
            centre_low[k] = ca
            centre_high[k] = cb
        count = last - first
        best = FAR
        best_axis = -1
        best_bin = 0
        if count > 1:
            for k in range(3):
                span = centre_high[k] - centre_low[k]
                if span < 1e-9:
                    continue
                counts[:] = 0
                blow[:] = FAR
                bhigh[:] = -FAR
                for j in range(first, last):
                    i = order[j]
                    b = min(bins - 1, int((low[i, k] + high[i, k] - centre_low[k]) / span * bins))
                    counts[b] += 1
                    for m in range(3):
                        blow[b, m] = min(blow[b, m], low[i, m])
                        bhigh[b, m] = max(bhigh[b, m], high[i, m])
                ax = FAR
                ay = FAR
                az = FAR
                bx = -FAR
                by = -FAR
                bz = -FAR
                total = 0
                for b in range(bins - 1, 0, -1):
                    total += counts[b]
                    ax = min(ax, blow[b, 0])
                    ay = min(ay, blow[b, 1])
                    az = min(az, blow[b, 2])
                    bx = max(bx, bhigh[b, 0])
                    by = max(by, bhigh[b, 1])
                    bz = max(bz, bhigh[b, 2])
                    ex = bx - ax
                    ey = by - ay
                    ez = bz - az
                    right[b] = total * (ex * ey + ey * ez + ez * ex) if total else FAR
                ax = FAR
                ay = FAR
                az = FAR
                bx = -FAR
                by = -FAR
                bz = -FAR
                total = 0
                for b in range(bins - 1):
                    total += counts[b]
                    ax = min(ax, blow[b, 0])
                    ay = min(ay, blow[b, 1])
                    az = min(az, blow[b, 2])
                    bx = max(bx, bhigh[b, 0])
                    by = max(by, bhigh[b, 1])
                    bz = max(bz, bhigh[b, 2])
                    if total == 0 or total == count:
                        continue
                    ex = bx - ax
                    ey = by - ay
                    ez = bz - az
                    cost = total * (ex * ey + ey * ez + ez * ex) + right[b + 1]
                    if cost < best:
                        best = cost
                        best_axis = k
                        best_bin = b
        if count <= 1 or best_axis < 0:
            tree[node, 6] = first
            tree[node, 7] = count
            continue
        k = best_axis
        span = centre_high[k] - centre_low[k]
        i = first
        j = last - 1
        while i <= j:
            s = order[i]
            if min(bins - 1, int((low[s, k] + high[s, k] - centre_low[k]) / span * bins)) <= best_bin:
                i += 1
            else:
                order[i] = order[j]
                order[j] = s
                j -= 1
        tree[node, 6] = -1 - nodes
        tree[node, 7] = nodes + 1
        todo[waiting, 0] = nodes
        todo[waiting, 1] = first
        todo[waiting, 2] = i
        todo[waiting + 1, 0] = nodes + 1
        todo[waiting + 1, 1] = i
        todo[waiting + 1, 2] = last
        waiting += 2
        nodes += 2
    return nodes


@_inline
def _enter(tree, node, ix, iy, iz, mx, my, mz, limit):
    """Parameter at which a ray (as 1/d and -o/d) enters a node's box, or FAR if not before `limit`."""
    a = tree[node, 0] * ix + mx
    b = tree[node, 3] * ix + mx
    near = min(a, b)
    far = max(a, b)
    a = tree[node, 1] * iy + my
    b = tree[node, 4] * iy + my
    near = max(near, min(a, b))
    far = min(far, max(a, b))
    a = tree[node, 2] * iz + mz
    b = tree[node, 5] * iz + mz
    near = max(near, min(a, b), 0.0)
    far = min(far, max(a, b), limit)
    if near <= far:
        return near
    return FAR


@_inline
def _safe(d):
    if abs(d) < 1e-15:
        return 1e15
    return 1.0 / d


@_jit
def _closest(geometry, tree, volume, stack, ox, oy, oz, dx, dy, dz, start, limit):
    """The first shape a ray meets: (parameter, index), or (FAR, -1)."""
    best = limit
    shape = -1
    ix = _safe(dx)
    iy = _safe(dy)
    iz = _safe(dz)
    mx = -ox * ix
    my = -oy * iy
    mz = -oz * iz
    if _enter(tree, 0, ix, iy, iz, mx, my, mz, best) == FAR:
        return FAR, -1
    node = 0
    waiting = 0
    while True:
        a = int(tree[node, 6])
        b = int(tree[node, 7])
        if a >= 0:
            for i in range(a, a + b):
                t = _meet(geometry, volume, i, ox, oy, oz, dx, dy, dz, start, best)
                if t < best:
                    best = t
                    shape = i
        else:
            left = -1 - a
            right = b
            tl = _enter(tree, left, ix, iy, iz, mx, my, mz, best)
            tr = _enter(tree, right, ix, iy, iz, mx, my, mz, best)
            if tl > tr:
                left, right = right, left
                tl, tr = tr, tl
            if tl < FAR:
                if tr < FAR:
                    stack[waiting, 0] = right
                    stack[waiting, 1] = tr
                    waiting += 1
                node = left
                continue
        while waiting > 0 and stack[waiting - 1, 1] >= best:
            waiting -= 1
        if waiting == 0:
            break
        waiting -= 1
        node = int(stack[waiting, 0])
    if shape < 0:
        return FAR, -1
    return best, shape


@_jit
def _blocker(geometry, tree, volume, stack, ox, oy, oz, dx, dy, dz, start, limit):
    """Any shape that keeps light from a ray between start and limit: its index, or -1. What glows does not block."""
    ix = _safe(dx)
    iy = _safe(dy)
    iz = _safe(dz)
    mx = -ox * ix
    my = -oy * iy
    mz = -oz * iz
    if _enter(tree, 0, ix, iy, iz, mx, my, mz, limit) == FAR:
        return -1
    node = 0
    waiting = 0
    while True:
        a = int(tree[node, 6])
        b = int(tree[node, 7])
        if a >= 0:
            for i in range(a, a + b):
                if (
                    geometry[i, _SHINES] <= 0.0
                    and _meet(geometry, volume, i, ox, oy, oz, dx, dy, dz, start, limit) < FAR
                ):
                    return i
        else:
            left = _enter(tree, -1 - a, ix, iy, iz, mx, my, mz, limit) < FAR
            right = _enter(tree, b, ix, iy, iz, mx, my, mz, limit) < FAR
            if left:
                if right:
                    stack[waiting, 0] = b
                    waiting += 1
                node = -1 - a
                continue
            if right:
                node = b
                continue
        if waiting == 0:
            return -1
        waiting -= 1
        node = int(stack[waiting, 0])


@_jit
def _normal(geometry, env, i, px, py, pz, dx, dy, dz):
    """Unit normal of shape i (or of the ground, i = -2) at a world point, turned against the direction d, and its face.

    The face tells the flat sides of one shape apart: 0 to 2 a box's, by axis, 4 a cap, 5 a tube's inside, else 3.
    """
    if i == -2:
        if env[_RELIEF] <= 0.0:
            return 0.0, 0.0, 1.0, 3
        _, nx, ny = _hill(px, py, env[_RELIEF], env[_WAVE], env[_FLAT], np.int64(env[_HILLSEED]), 4)
        nx = -nx
        ny = -ny
        s = 1.0 / np.sqrt(nx * nx + ny * ny + 1.0)
        return nx * s, ny * s, s, 3
    g = geometry[i]
    lx = g[0] * px + g[1] * py + g[2] * pz + g[3]
    ly = g[4] * px + g[5] * py + g[6] * pz + g[7]
    lz = g[8] * px + g[9] * py + g[10] * pz + g[11]
    kind = g[_KIND]
    face = 3
    if kind == BOX:
        ax = abs(lx)
        ay = abs(ly)
        az = abs(lz)
        if ax >= ay and ax >= az:
            face = 0
            ly = 0.0
            lz = 0.0
        elif ay >= az:
            face = 1
            lx = 0.0
            lz = 0.0
        else:
            face = 2
            lx = 0.0
            ly = 0.0
    elif kind != SPHERE:
        slope = 0.5 * (g[12] - 1.0)
        r = 0.5 * (g[12] + 1.0) + slope * lz
        if kind == FRUSTUM and 1.0 - abs(lz) < abs(np.sqrt(lx * lx + ly * ly) - r):
            face = 4
            lx = 0.0
            ly = 0.0
        else:
            lz = -slope * r
    nx = g[0] * lx + g[4] * ly + g[8] * lz
    ny = g[1] * lx + g[5] * ly + g[9] * lz
    nz = g[2] * lx + g[6] * ly + g[10] * lz
    s = 1.0 / np.sqrt(nx * nx + ny * ny + nz * nz + 1e-30)
    if nx * dx + ny * dy + nz * dz > 0.0:
        s = -s
        if kind == TUBE:
            face = 5
    return nx * s, ny * s, nz * s, face


# ---------------------------------------------------------------------------------------------------------------------
# Light


@_jit
def _sky(env, volume, dx, dy, dz, detail):
    """Colour of the sky along a unit direction; clouds and the sun's glow when `detail`."""
    if dz < 0.0:
        f = min(1.0, -dz * 8.0)
        return (
            env[_HORIZON] + (env[_BELOW] - env[_HORIZON]) * f,
            env[_HORIZON + 1] + (env[_BELOW + 1] - env[_HORIZON + 1]) * f,
            env[_HORIZON + 2] + (env[_BELOW + 2] - env[_HORIZON + 2]) * f,
        )
    f = 1.0 - dz
    f = f * f
    f = f * f
    r = env[_ZENITH] + (env[_HORIZON] - env[_ZENITH]) * f
    g = env[_ZENITH + 1] + (env[_HORIZON + 1] - env[_ZENITH + 1]) * f
    b = env[_ZENITH + 2] + (env[_HORIZON + 2] - env[_ZENITH + 2]) * f
    cover = env[_CLOUDS]
    bright = (env[_HORIZON] + env[_HORIZON + 1] + env[_HORIZON + 2]) / 3.0
    if not detail:
        m = 0.6 * cover
        grey = 0.85 * bright
        return r + (grey - r) * m, g + (grey - g) * m, b + (grey - b) * m
    s = max(0.0, dx * env[_SUN] + dy * env[_SUN + 1] + dz * env[_SUN + 2])
    s2 = s * s
    s8 = s2 * s2
    s8 = s8 * s8
    glow = 0.06 * s8 + 0.35 * s8**16 + (0.5 * s8**200)
    if cover > 0.0:
        k = 6.0 / (dz + 0.12)
        x = dx * k + env[_CLOUDSEED]
        y = dy * k + env[_CLOUDSEED + 1]
        n, gx, gy, _ = _noise(volume, 0, x, y, 3.7, 0)
        m, _, _, _ = _noise(volume, 0, x * 4.1, y * 4.1, 21.3, 0)
        m = n + 0.22 * m
        level = 1.0 - 2.0 * cover
        m = min(1.0, max(0.0, (m - level) / 0.55 + 0.25))
        m = m * m * (3.0 - 2.0 * m) * min(1.0, dz * 9.0) * 0.95
        # the side towards the sun is brighter, the thick of it greyer
        shade = 1.12 - 0.30 * m - 0.6 * (gx * env[_SUN] + gy * env[_SUN + 1])
        grey = bright * max(0.45, min(1.25, shade))
        r += (grey * 1.00 - r) * m
        g += (grey * 1.00 - g) * m
        b += (grey * 1.02 - b) * m
        glow *= 1.0 - 0.6 * m
    return r + glow * env[_SUNCOL], g + glow * env[_SUNCOL + 1], b + glow * env[_SUNCOL + 2]


@_jit
def _ambient(env, nx, ny, nz):
    """Light from all around on a surface with normal n, if nothing stood in the way."""
    if env[_INDOOR] > 0.0:
        f = 0.85 + 0.15 * nz
        return env[_AMBIENT] * f, env[_AMBIENT + 1] * f, env[_AMBIENT + 2] * f
    up = 0.5 + 0.5 * nz
    r = (0.55 * env[_ZENITH] + 0.45 * env[_HORIZON]) * up + env[_BELOW] * (1.0 - up)
    g = (0.55 * env[_ZENITH + 1] + 0.45 * env[_HORIZON + 1]) * up + env[_BELOW + 1] * (1.0 - up)
    b = (0.55 * env[_ZENITH + 2] + 0.45 * env[_HORIZON + 2]) * up + env[_BELOW + 2] * (1.0 - up)
    return r, g, b


@_jit
def _direct(env, lamps, px, py, pz, nx, ny, nz):
    """Light of all lamps at a point, shadows ignored."""
    r = 0.0
    g = 0.0
    b = 0.0
    for k in range(lamps.shape[0]):
        x = lamps[k, 0] - px
        y = lamps[k, 1] - py
        z = lamps[k, 2] - pz
        d2 = x * x + y * y + z * z + lamps[k, 3] * lamps[k, 3]
        c = (x * nx + y * ny + z * nz) / np.sqrt(d2)
        if c > 0.0:
            c /= d2
            r += lamps[k, 4] * c
            g += lamps[k, 5] * c
            b += lamps[k, 6] * c
    return r, g, b


@_jit
def _sun_seen(scene, env, volume, stack, px, py, pz, nx, ny, nz, u, v, cache):
    """1 if the point (u, v) of the sun's disc lights a surface point, else 0; cache[0] remembers what stood there."""
    sx = env[_SUN]
    sy = env[_SUN + 1]
    sz = env[_SUN + 2]
    # a disc across the sun's direction
    if abs(sz) < 0.9:
        tx = -sy
        ty = sx
        tz = 0.0
    else:
        tx = 0.0
        ty = -sz
        tz = sy
    s = 1.0 / np.sqrt(tx * tx + ty * ty + tz * tz)
    tx *= s
    ty *= s
    tz *= s
    bx = sy * tz - sz * ty
    by = sz * tx - sx * tz
    bz = sx * ty - sy * tx
    r = np.sqrt(u) * env[_SUNANGLE]
    a = 2.0 * np.pi * v
    c = np.cos(a) * r
    d = np.sin(a) * r
    dx = sx + c * tx + d * bx
    dy = sy + c * ty + d * by
    dz = sz + c * tz + d * bz
    if dx * nx + dy * ny + dz * nz <= 0.0:
        return 0.0
    last = cache[0]
    if last >= 0 and _meet(scene[0], volume, last, px, py, pz, dx, dy, dz, 0.0, FAR) < FAR:
        return 0.0
    cache[0] = _blocker(scene[0], scene[1], volume, stack, px, py, pz, dx, dy, dz, 0.0, FAR)
    return 0.0 if cache[0] >= 0 else 1.0


@_jit
def _lamp_seen(scene, lamps, volume, stack, k, px, py, pz, nx, ny, nz, u, v, cache):
    """1 if a random point of lamp k lights a surface point, else 0."""
    z = 2.0 * u - 1.0
    s = np.sqrt(max(0.0, 1.0 - z * z)) * lamps[k, 3]
    a = 2.0 * np.pi * v
    dx = lamps[k, 0] + s * np.cos(a) - px
    dy = lamps[k, 1] + s * np.sin(a) - py
    dz = lamps[k, 2] + z * lamps[k, 3] - pz
    if dx * nx + dy * ny + dz * nz <= 0.0:
        return 0.0
    last = cache[1 + k]
    if last >= 0 and _meet(scene[0], volume, last, px, py, pz, dx, dy, dz, 0.0, 1.0) < FAR:
        return 0.0
    cache[1 + k] = _blocker(scene[0], scene[1], volume, stack, px, py, pz, dx, dy, dz, 0.0, 1.0)
    return 0.0 if cache[1 + k] >= 0 else 1.0


@_jit
def _glance(scene, env, lamps, volume, stack, px, py, pz, dx, dy, dz, limit, sharp):
    """Rough radiance along a secondary ray: mean colours, unshadowed lamps, one shadow ray to the sun."""
    materials = scene[2]
    t, i = _closest(scene[0], scene[1], volume, stack, px, py, pz, dx, dy, dz, 0.0, limit)
    if env[_GROUND] > 0.0 and dz < 0.0:
        floor = 0.0
        if env[_RELIEF] > 0.0:
            floor = _height(px, py, env[_RELIEF], env[_WAVE], env[_FLAT], np.int64(env[_HILLSEED]), 3)
        s = (floor - pz) / dz
        if 0.0 < s < t:
            t = s
            i = -2
    if i == -1:
        return _sky(env, volume, dx, dy, dz, sharp)
    m = materials[i] if i >= 0 else materials[materials.shape[0] - 1]
    r = 0.5 * (m[0] + m[3])
    g = 0.5 * (m[1] + m[4])
    b = 0.5 * (m[2] + m[5])
    if m[_GLOW] > 0.0:
        glow = m[_GLOW]
        if not sharp and lamps.shape[0] > 0:
            glow = min(glow, 0.8)  # the lamp inside has been counted already
        return r * glow, g * glow, b * glow
    x = px + t * dx
    y = py + t * dy
    z = pz + t * dz
    nx, ny, nz, _ = _normal(scene[0], env, i, x, y, z, dx, dy, dz)
    lr, lg, lb = _direct(env, lamps, x, y, z, nx, ny, nz)
    ar, ag, ab = _ambient(env, nx, ny, nz)
    scale = 0.75
    lr += ar * scale
    lg += ag * scale
    lb += ab * scale
    c = nx * env[_SUN] + ny * env[_SUN + 1] + nz * env[_SUN + 2]
    if c > 0.0 and env[_SUNCOL] + env[_SUNCOL + 1] + env[_SUNCOL + 2] > 0.0:
        e = 1e-4 * (1.0 + t)
        if (
            _blocker(
                scene[0], scene[1], volume, stack, x + nx * e, y + ny * e, z + nz * e,
                env[_SUN], env[_SUN + 1], env[_SUN + 2], 0.0, FAR,
            )
            < 0
        ):  # fmt: skip
            lr += env[_SUNCOL] * c
            lg += env[_SUNCOL + 1] * c
            lb += env[_SUNCOL + 2] * c
    return r * lr, g * lg, b * lb


# ---------------------------------------------------------------------------------------------------------------------
# Surfaces


@_jit
def _wave(x, duty, width):
    """A square wave of period 1 that is 1 for the first `duty` of it, averaged over `width` (anti-aliased)."""
    if width >= 1.0:
        return duty
    width = max(width, 1e-4)
    a = x - 0.5 * width
    b = x + 0.5 * width
    fa = np.floor(a)
    fb = np.floor(b)
    return ((fb * duty + min(b - fb, duty)) - (fa * duty + min(a - fa, duty))) / width


@_jit
def _step(a, b, x):
    x = min(1.0, max(0.0, (x - a) / (b - a)))
    return x * x * (3.0 - 2.0 * x)


@_jit
def _surface(scene, env, volume, i, px, py, pz, nx, ny, nz, footprint):
    """Look of shape i (ground: -2) at a world point: r, g, b, gloss and the tilted normal.

    footprint: metres that one pixel covers there; no detail finer than that is drawn. Patterns live in the shape's own
    metric axes: solid noise everywhere, and for what is laid flat (u, v) on the face, or around the axis.
    """
    geometry, _, materials = scene
    k = i if i >= 0 else materials.shape[0] - 1
    m = materials[k]
    pattern = int(m[_PATTERN])
    scale = m[_SCALE]
    gloss = m[_GLOSS]
    fw = footprint
    face = 2
    if i >= 0:
        g = geometry[i]
        lx = g[0] * px + g[1] * py + g[2] * pz + g[3]
        ly = g[4] * px + g[5] * py + g[6] * pz + g[7]
        lz = g[8] * px + g[9] * py + g[10] * pz + g[11]
        x = lx * g[13]
        y = ly * g[14]
        z = lz * g[15]
        kind = g[_KIND]
        u = x
        v = y
        if kind == BOX:
            ax = abs(lx)
            ay = abs(ly)
            az = abs(lz)
            if ax >= ay and ax >= az:
                face = 0
                u = y
                v = z
            elif ay >= az:
                face = 1
                v = z
        elif kind == SPHERE:
            face = 3
            r = (g[13] + g[14] + g[15]) / 3.0
            u = np.arctan2(ly, lx) * max(1.0, np.rint(2.0 * np.pi * r / scale)) * scale / (2.0 * np.pi)
            v = np.arcsin(max(-1.0, min(1.0, lz))) * r
        else:
            cap = kind == FRUSTUM and 1.0 - abs(lz) < abs(
                np.sqrt(lx * lx + ly * ly) - 0.5 * (g[12] + 1.0) - 0.5 * (g[12] - 1.0) * lz
            )
            if not cap:
                face = 4
                r = 0.5 * (g[13] + g[14]) * 0.5 * (1.0 + g[12])
                u = np.arctan2(ly, lx) * max(1.0, np.rint(2.0 * np.pi * r / scale)) * scale / (2.0 * np.pi)
                v = z
    else:
        x = px
        y = py
        z = 0.0
        u = x
        v = y
    sx = m[_SEED]
    sy = m[_SEED + 1]
    sz = m[_SEED + 2]
    seed = int(sx * 1000.0)
    # two bands of 1/f noise, which no real surface is without
    coarse = 1.4 / scale
    fine = 28.0 / scale
    n1, gx, gy, gz = _faded(volume, x * coarse + sx, y * coarse + sy, z * coarse + sz, fw * coarse)
    n2, hx, hy, hz = _faded(volume, x * fine + sy, y * fine + sz, z * fine + sx, fw * fine)
    # slopes in metres per metre, for the bump
    bx = 0.25 * gx + 0.35 * hx
    by = 0.25 * gy + 0.35 * hy
    bz = 0.25 * gz + 0.35 * hz
    bu = 0.0
    bv = 0.0
    mix = 0.10 + 0.10 * n1
    tone = 1.0 + 0.07 * n1 + 0.07 * n2
    if pattern == 0:  # plain
        pass
    elif pattern == 1:  # noise: soft blobs
        n3, _, _, _ = _faded(volume, x * 5.0 / scale + sz, y * 5.0 / scale + sx, z * 5.0 / scale + sy, fw * 5.0 / scale)
        mix = _step(-0.7, 0.7, 0.8 * n3 + 0.35 * n2)
        tone = 1.0 + 0.08 * n1 + 0.14 * n2
    elif pattern == 2:  # wood: rings around an axis well outside the piece, fibres along it
        long = int(m[_LONG]) if i >= 0 else 0
        along = x
        p = y
        q = z
        if long == 1:
            along = y
            p = z
            q = x
        elif long == 2:
            along = z
            p = x
            q = y
        a = 6.0 / scale
        bend, _, _, _ = _faded(volume, along * a * 0.12 + sx, p * a * 0.5 + sy, q * a * 0.5 + sz, fw * a * 0.3)
        p += scale * (0.8 + sx * 0.02) + 0.22 * scale * bend
        q += scale * (0.3 + sy * 0.02) + 0.15 * scale * n1
        ring = np.sqrt(p * p + q * q) / (0.16 * scale)
        s = ring - np.floor(ring)
        s = s * s * (1.0 - _step(0.9, 1.0, s))
        clear = 1.0 - _step(0.25, 0.7, fw / (0.16 * scale))
        a = 260.0 / max(scale, 0.08)
        fibre, _, _, _ = _faded(volume, along * a * 0.02 + sz, p * a * 0.25 + sx, q * a * 0.25 + sy, fw * a * 0.15)
        mix = 0.30 + clear * 0.75 * (s - 0.28) + 0.22 * fibre + 0.10 * bend
        tone = 1.0 + 0.10 * n1 + 0.05 * n2 + 0.10 * fibre
        knot, _, _, _ = _noise(volume, 1, along * 0.5 / scale + sy, p * 0.9 / scale, q * 0.9 / scale, 0)
        mix += 0.9 * _step(0.93, 0.99, knot) * clear
        bx *= 0.3
        by *= 0.3
        bz *= 0.3
    elif pattern == 3:  # planks: along the longer side of the face
        a = u
        b = v
        if i >= 0:
            su = geometry[i, 14] if face == 0 else geometry[i, 13]
            sv = geometry[i, 14] if face == 2 else geometry[i, 15]
            if sv > su:
                a = v
                b = u
        row = np.floor(b / scale)
        h = _hash(int(row), seed, 3)
        length = scale * (7.0 + 5.0 * _hash(int(row), seed, 4))
        a += h * length * 3.0
        col = np.floor(a / length)
        h = _hash(int(row), int(col), seed)
        h2 = _hash(int(row), int(col), seed + 1)
        f = 9.0 / scale
        grain, _, _, _ = _faded(volume, a * f * 0.06 + 64.0 * h, b * f * 0.7 + 31.0 * h2, sx + 9.0 * h, fw * f * 0.3)
        f = 60.0 / scale
        fibre, _, _, _ = _faded(volume, a * f * 0.04 + 64.0 * h2, b * f + 64.0 * h, sz, fw * f * 0.5)
        joint = max(
            _wave(b / scale + 0.012, 0.024, fw / scale),
            _wave(a / length + 0.006 * scale / length, 0.012 * scale / length * 2.0, fw / length),
        )
        mix = 0.15 + 0.5 * h + 0.32 * grain + 0.18 * fibre
        tone = (0.88 + 0.24 * h2 + 0.08 * n1 + 0.08 * fibre) * (1.0 - 0.65 * joint)
        gloss *= 1.0 - 0.7 * joint
        bx *= 0.3
        by *= 0.3
        bz *= 0.3
    elif pattern == 4 or pattern == 5:  # brick, tiles
        high = 0.34 * scale if pattern == 4 else scale
        gap = 0.045 if pattern == 4 else 0.028
        b = v / high
        row = np.floor(b)
        a = u / scale
        if pattern == 4:
            a += 0.5 * (int(row) & 1)
        col = np.floor(a)
        width = gap
        rise = gap * scale / high
        joint = max(_wave(a + 0.5 * width, width, fw / scale), _wave(b + 0.5 * rise, rise, fw / high))
        h = _hash(int(row), int(col), seed)
        h2 = _hash(int(row), int(col), seed + 1)
        far = _step(0.4, 1.5, fw / high)  # beyond, bricks average out
        h = h + (0.5 - h) * far
        h2 = h2 + (0.5 - h2) * far
        if pattern == 4:
            mix = 0.12 * h2 * h2
            tone = 0.72 + 0.5 * h + 0.12 * n1 + 0.16 * n2
            mix += (1.0 - mix) * joint
            tone += (0.95 + 0.1 * n2 - tone) * joint
        else:
            n3, _, _, _ = _faded(volume, x * 9.0 / scale + 64 * h, y * 9.0 / scale, z * 9.0 / scale, fw * 9.0 / scale)
            mix = 0.08 * h + 0.07 * n3
            tone = 0.93 + 0.12 * h2 + 0.06 * n1 + 0.04 * n2
            mix += (1.0 - mix) * joint
            bx *= 0.15
            by *= 0.15
            bz *= 0.15
        gloss *= 1.0 - joint
        # the edges of a brick fall off towards the mortar
        edge = 2.0 * gap
        clear = 1.0 - _step(0.3, 1.0, fw / (edge * scale))
        s = a - col
        bu = clear * 1.2 * (_step(1.0 - edge, 1.0, s) * (s < 0.999) - (1.0 - _step(0.0, edge, s)))
        s = (b - row) * high / scale
        t = (1.0 - (b - row)) * high / scale
        bv = clear * 1.2 * ((1.0 - _step(0.0, edge, t)) - (1.0 - _step(0.0, edge, s)))
    elif pattern == 6:  # checker
        a = _wave(0.5 * u / scale, 0.5, 0.5 * fw / scale)
        b = _wave(0.5 * v / scale, 0.5, 0.5 * fw / scale)
        mix = a + b - 2.0 * a * b
        tone = 1.0 + 0.08 * n1 + 0.08 * n2
    elif pattern == 7:  # stripes, upright on walls, of uneven width in half of the objects
        a = u / scale
        duty = 0.5
        if seed & 1:
            h = _hash(int(np.floor(a)), seed, 5)
            duty = 0.3 + 0.4 * h
            if fw > 0.5 * scale:
                duty = 0.5
        mix = _wave(a, duty, fw / scale)
        tone = 1.0 + 0.08 * n1 + 0.08 * n2
    elif pattern == 8:  # cloth: a weave, soft folds, in part of the objects stripes or a tartan
        f = 3.0 / scale
        fold, fx, fy, fz = _faded(volume, x * f + sz, y * f + sx, z * f * 0.5 + sy, fw * f)
        w = min(0.03 * scale, 0.004)
        weave = 0.0
        if fw < w:
            weave = np.sin(6.2832 * u / w) * np.sin(6.2832 * v / w) * (1.0 - _step(0.3, 1.0, fw / w))
        h = _hash(seed, 1, 8)
        if h < 0.2:
            a = _wave(u / scale * 1.5, 0.4, fw * 1.5 / scale)
            b = _wave(v / scale * 1.5, 0.4, fw * 1.5 / scale)
            mix = 0.5 * a + 0.5 * b
        elif h < 0.45:
            mix = _wave(v / scale * (1.0 + 3.0 * _hash(seed, 2, 8)), 0.25 + 0.5 * _hash(seed, 3, 8), 2.5 * fw / scale)
        else:
            mix = 0.25 + 0.25 * n1
        tone = 1.0 + 0.12 * fold + 0.10 * n2 + 0.12 * weave
        bx = 0.8 * fx + 0.1 * hx
        by = 0.8 * fy + 0.1 * hy
        bz = 0.8 * fz + 0.1 * hz
    elif pattern == 9:  # marble: veins where warped noise crosses zero
        f = 4.0 / scale
        n3, _, _, _ = _faded(volume, x * f + sz + 1.5 * n1, y * f + sx + 1.5 * n2, z * f + sy - 1.5 * n1, fw * f)
        vein = max(0.0, 1.0 - abs(n3 + 0.15 * n2) * 5.0)
        vein2 = max(0.0, 1.0 - abs(n1 + 0.3 * n2) * 3.0)
        mix = 0.12 + 0.18 * n1 + 0.6 * vein * vein + 0.35 * vein2 * vein2
        tone = 1.0 + 0.05 * n2
    elif pattern == 10:  # plaster
        n3, hx, hy, hz = _faded(volume, x * 70.0 + sz, y * 70.0 + sx, z * 70.0 + sy, fw * 70.0)
        mix = 0.12 + 0.12 * n1 + 0.05 * n2
        tone = 1.0 + 0.05 * n1 + 0.04 * n2 + 0.05 * n3
        bx = 0.05 * gx + 0.3 * hx
        by = 0.05 * gy + 0.3 * hy
        bz = 0.05 * gz + 0.3 * hz
    elif pattern == 11:  # print: blocks of pictures, headings and lines of text
        a = u / scale + 0.01 * sx
        b = -v / scale + 0.01 * sy
        ca = np.floor(a)
        cb = np.floor(b * 1.3)
        h = _hash(int(ca), int(cb), seed)
        s = a - ca
        t = b * 1.3 - cb
        clear = 1.0 - _step(0.15, 0.6, fw / scale)
        inside = (
            _step(0.04, 0.06, s) * (1.0 - _step(0.94, 0.96, s)) * _step(0.05, 0.08, t) * (1.0 - _step(0.92, 0.95, t))
        )
        if h < 0.4:
            f = 14.0 / scale
            n3, _, _, _ = _faded(volume, x * f + 64 * h, y * f + sx, z * f + sy, fw * f)
            cut = _hash(int(ca), int(cb), seed + 5)
            a = min(1.0, max(0.0, 0.5 + 0.45 * n3 + 0.9 * (t - cut)))
            ra = 0.1 + 0.7 * _hash(int(ca), int(cb), seed + 2)
            rb = 0.1 + 0.7 * _hash(int(ca), int(cb), seed + 3)
            rc = 0.05 + 0.6 * _hash(int(ca), int(cb), seed + 4)
            keep = 0.75 * inside * clear
            tint = m[0] * (1.0 - a) + m[3] * a
            tint2 = m[1] * (1.0 - a) + m[4] * a
            tint3 = m[2] * (1.0 - a) + m[5] * a
            tone = 1.0 + 0.03 * n1
            return (
                (m[0] + (0.35 * tint + 0.65 * ra * (0.3 + a) - m[0]) * keep) * tone,
                (m[1] + (0.35 * tint2 + 0.65 * rb * (0.3 + a) - m[1]) * keep) * tone,
                (m[2] + (0.35 * tint3 + 0.65 * rc * (1.2 - a) - m[2]) * keep) * tone,
                gloss, nx, ny, nz,
            )  # fmt: skip
        lines = 5.0 if h > 0.8 else 14.0
        line = np.floor(t * lines)
        ink = _wave(t * lines + 0.2, 0.55, fw / scale * lines * 1.3)
        words = lines * 1.2
        word = np.floor(s * words + 0.37 * line)
        on = 1.0 if _hash(int(word), int(line + 31 * cb), seed) < 0.78 else 0.15
        on += (0.65 - on) * _step(0.3, 1.0, fw / scale * words)
        f = 90.0 / scale
        letters, _, _, _ = _noise(volume, 1, x * f, y * f, z * f + sx, 0)
        on *= 1.0 + 0.5 * letters * (1.0 - _step(0.2, 0.8, fw * f / 4.0))
        mix = 0.85 * ink * on * inside * (0.3 + 0.7 * clear)
        tone = 1.0 + 0.03 * n1 + 0.02 * n2
    elif pattern == 12:  # grass
        f = 3.0 / max(scale, 0.3)
        n3, _, _, _ = _faded(volume, x * f + sz, y * f + sx, z * f + sy, fw * f)
        mix = _step(-0.9, 1.0, 0.75 * n3 + 0.5 * n1 + 0.3 * n2)
        tone = 1.0 + 0.10 * n1 + 0.15 * n2
        f = 110.0
        if fw * f < 8.0:
            blade, cx, cy, _ = _faded(volume, x * f + sz, y * f + sx, z * f + sy, fw * f)
            tone += 0.38 * blade
            bx += 0.9 * cx
            by += 0.9 * cy
        f = 14.0
        tuft, cx, cy, _ = _faded(volume, x * f + sz, y * f + sx, z * f + sy, fw * f)
        tone += 0.22 * tuft
        bx += 0.5 * cx
        by += 0.5 * cy
    elif pattern == 13:  # leaves: every leaf its own tone and slope
        f = 4.0 / scale
        clear = 1.0 - _step(0.25, 1.0, fw / scale)
        leaf, cx, cy, cz = _noise(volume, 1, x * f * 1.6 + sy, y * f * 1.6 + sz, z * f * 1.6 + sx, 0)
        mix = 0.45 + 0.35 * leaf * clear + 0.3 * n1
        tone = 0.95 + 0.25 * n1 + 0.22 * n2 + 0.15 * leaf * clear
        bx = 0.8 * gx + clear * 1.1 * cx
        by = 0.8 * gy + clear * 1.1 * cy
        bz = 0.8 * gz + clear * 1.1 * cz
    elif pattern == 14:  # gravel: stones and the gaps between them
        f = 4.0 / scale
        clear = 1.0 - _step(0.25, 1.0, fw / scale)
        stone, cx, cy, cz = _noise(volume, 1, x * f + sy, y * f + sz, z * f + sx, 0)
        h, _, _, _ = _noise(volume, 1, x * f * 0.5 + sz, y * f * 0.5 + sx, z * f * 0.5, 0)
        mix = 0.35 + 0.4 * h * clear + 0.2 * n1
        tone = 0.92 + 0.12 * n1 + 0.18 * n2 + clear * (0.30 * min(0.6, stone) - 0.1)
        bx += clear * 0.8 * cx
        by += clear * 0.8 * cy
        bz += clear * 0.8 * cz
    elif pattern == 15:  # asphalt: speckle, stains, tracks
        f = 150.0
        speck = 0.0
        if fw * f < 24.0:
            speck, cx, cy, cz = _faded(volume, x * f + sy, y * f + sz, z * f + sx, fw * f)
            bx = 0.1 * gx + 0.5 * cx
            by = 0.1 * gy + 0.5 * cy
            bz = 0.1 * gz + 0.5 * cz
        n3, _, _, _ = _faded(volume, x * 1.3 + sz, y * 1.3 + sx, z + sy, fw * 1.3)
        mix = 0.35 + 0.30 * n3 + 0.35 * speck + 0.1 * n2
        tone = 1.0 + 0.08 * n1 + 0.06 * n2 + 0.12 * n3 + 0.22 * speck
        crack = abs(n3 - 0.15 * n2 + 0.2)
        tone *= 1.0 - 0.45 * (1.0 - _step(0.0, 0.012, crack)) * (1.0 - _step(0.01, 0.06, fw))
    elif pattern == 16:  # facade: windows in a wall, one row per storey
        n3, _, _, _ = _faded(volume, x * 1.1 + sz, y * 1.1 + sx, z * 0.4 + sy, fw * 1.1)
        mix = 0.0
        tone = 1.0 + 0.10 * n3 + 0.06 * n1 + 0.05 * n2
        if face < 2 or face == 4:
            wide = scale * (0.55 + 0.7 * _hash(seed, 1, 16))
            share = 0.32 + 0.4 * _hash(seed, 2, 16)
            tall = 0.40 + 0.28 * _hash(seed, 3, 16)
            a = u / wide + 0.5
            b = (v + (geometry[i, 15] if i >= 0 else 0.0)) / scale
            col = np.floor(a)
            row = np.floor(b)
            fa = fw / wide
            fb = fw / scale
            # outer edge, then the frame inside it
            oa = a + 0.5 * (share - 1.0)
            ob = b - 0.28
            frame = 0.07 * min(1.0, 1.5 / scale)
            hole = _wave(oa, share, fa) * _wave(ob, tall, fb)
            glass = _wave(oa - frame, share - 2.0 * frame, fa) * _wave(ob - frame, tall - 2.0 * frame, fb)
            if share > 0.4:  # a mullion
                glass *= 1.0 - _wave(oa - 0.5 * share + 0.2 * frame, 0.4 * frame, fa)
            sill = _wave(oa + 0.03, share + 0.06, fa) * _wave(ob + 0.05, 0.05, fb)
            h = _hash(int(row), int(col), seed)
            h2 = _hash(int(row), int(col), seed + 1)
            h += (0.5 - h) * _step(0.3, 1.0, fa)
            wall = 1.0 - 0.3 * _step(0.0, 0.02, 0.02 - abs(b - row - 0.02)) * (seed & 1)
            r = m[0] * tone * wall
            gg = m[1] * tone * wall
            b3 = m[2] * tone * wall
            pale = 0.72 if seed & 2 else 0.12
            r += (pale - r) * hole
            gg += (pale - gg) * hole
            b3 += (0.96 * pale - b3) * hole
            r += (0.55 - r) * sill * 0.7
            gg += (0.54 - gg) * sill * 0.7
            b3 += (0.52 - b3) * sill * 0.7
            # what stands behind the glass: darkness, or a curtain
            inside = 0.5 + 0.9 * h * h
            r += (m[3] * inside - r) * glass
            gg += (m[4] * inside - gg) * glass
            b3 += (m[5] * inside - b3) * glass
            if h2 > 0.72:
                lower = _step(0.0, 0.05, (b - row - 0.28) / tall - h)
                r += (0.45 - r) * glass * lower * 0.7
                gg += (0.43 - gg) * glass * lower * 0.7
                b3 += (0.38 - b3) * glass * lower * 0.7
            return r, gg, b3, max(gloss * (1.0 - glass), 0.9 * glass), nx, ny, nz
    elif pattern == 17:  # water: ripples
        f = 5.0 / scale
        n3, cx, cy, cz = _faded(volume, x * f + sy, y * f + sz, z * f + sx, fw * f)
        f *= 3.3
        n4, dx, dy, dz = _faded(volume, x * f + sy, y * f * 1.3 + sz, z * f + sx, fw * f)
        mix = 0.4 + 0.3 * n1
        tone = 1.0 + 0.06 * n3
        bx = 0.35 * cx + 0.25 * dx
        by = 0.35 * cy + 0.25 * dy
        bz = 0.0
    mix = min(1.0, max(0.0, mix))
    tone = max(0.15, tone)
    r = (m[0] + (m[3] - m[0]) * mix) * tone
    gg = (m[1] + (m[4] - m[1]) * mix) * tone
    b = (m[2] + (m[5] - m[2]) * mix) * tone
    bump = m[_BUMP]
    if bump > 0.0:
        if face == 0:
            by += bu
            bz += bv
        elif face == 1:
            bx += bu
            bz += bv
        elif face == 2:
            bx += bu
            by += bv
        elif face == 4:
            bz += bv
        bx *= 1.6 * bump
        by *= 1.6 * bump
        bz *= 1.6 * bump
        if i >= 0:
            tx = m[_TURN] * bx + m[_TURN + 1] * by + m[_TURN + 2] * bz
            ty = m[_TURN + 3] * bx + m[_TURN + 4] * by + m[_TURN + 5] * bz
            tz = m[_TURN + 6] * bx + m[_TURN + 7] * by + m[_TURN + 8] * bz
        else:
            tx = bx
            ty = by
            tz = bz
        s = tx * nx + ty * ny + tz * nz
        nx -= tx - s * nx
        ny -= ty - s * ny
        nz -= tz - s * nz
        s = 1.0 / np.sqrt(nx * nx + ny * ny + nz * nz)
        nx *= s
        ny *= s
        nz *= s
    return r, gg, b, gloss, nx, ny, nz


@_jit
def _shade(scene, env, lamps, volume, stack, i, ox, oy, oz, dx, dy, dz, t, footprint, nx, ny, nz, seen, gi):
    """Radiance towards the eye of a surface point: seen (1 + lamps) are the lights' visibilities, gi (3,) the rest."""
    materials = scene[2]
    px = ox + t * dx
    py = oy + t * dy
    pz = oz + t * dz
    cosine = max(0.1, -(nx * dx + ny * dy + nz * dz))
    r, g, b, gloss, mx, my, mz = _surface(
        scene, env, volume, i, px, py, pz, nx, ny, nz, footprint * t / np.sqrt(cosine * np.sqrt(cosine))
    )
    k = i if i >= 0 else materials.shape[0] - 1
    lr = gi[0]
    lg = gi[1]
    lb = gi[2]
    hr = 0.0
    hg = 0.0
    hb = 0.0
    doublings = int(2.5 + 8.0 * gloss)  # the highlight's exponent is a power of two
    lobe = 0.15 * gloss * ((1 << doublings) + 8.0) / 60.0
    c = mx * env[_SUN] + my * env[_SUN + 1] + mz * env[_SUN + 2]
    if c > 0.0 and seen[0] > 0.0:
        c *= seen[0]
        lr += c * env[_SUNCOL]
        lg += c * env[_SUNCOL + 1]
        lb += c * env[_SUNCOL + 2]
        if gloss > 0.0:
            hx = env[_SUN] - dx
            hy = env[_SUN + 1] - dy
            hz = env[_SUN + 2] - dz
            h = max(0.0, (hx * mx + hy * my + hz * mz) / np.sqrt(hx * hx + hy * hy + hz * hz + 1e-12))
            for _ in range(doublings):
                h *= h
            s = min(4.0, lobe * h) * c
            hr += s * env[_SUNCOL]
            hg += s * env[_SUNCOL + 1]
            hb += s * env[_SUNCOL + 2]
    for j in range(lamps.shape[0]):
        if seen[1 + j] <= 0.0:
            continue
        x = lamps[j, 0] - px
        y = lamps[j, 1] - py
        z = lamps[j, 2] - pz
        d2 = x * x + y * y + z * z + lamps[j, 3] * lamps[j, 3]
        s = 1.0 / np.sqrt(d2)
        c = (x * mx + y * my + z * mz) * s
        if c > 0.0:
            c *= seen[1 + j] / d2
            lr += c * lamps[j, 4]
            lg += c * lamps[j, 5]
            lb += c * lamps[j, 6]
            if gloss > 0.0:
                hx = x * s - dx
                hy = y * s - dy
                hz = z * s - dz
                h = max(0.0, (hx * mx + hy * my + hz * mz) / np.sqrt(hx * hx + hy * hy + hz * hz + 1e-12))
                for _ in range(doublings):
                    h *= h
                s = min(4.0, lobe * h) * c
                hr += s * lamps[j, 4]
                hg += s * lamps[j, 5]
                hb += s * lamps[j, 6]
    glow = materials[k, _GLOW]
    r, g, b = r * lr + hr + r * glow, g * lg + hg + g * glow, b * lb + hb + b * glow
    if gloss > 0.05:
        c = -(mx * dx + my * dy + mz * dz)
        f = 1.0 - max(0.0, c)
        f2 = f * f
        f = (0.04 + 0.96 * f2 * f2 * f) * gloss
        rx = dx + 2.0 * c * mx
        ry = dy + 2.0 * c * my
        rz = dz + 2.0 * c * mz
        if f > 0.01 and rx * nx + ry * ny + rz * nz > 0.0:
            if gloss > 0.5:
                e = 1e-4 * (1.0 + t)
                sr, sg, sb = _glance(
                    scene, env, lamps, volume, stack, px + nx * e, py + ny * e, pz + nz * e, rx, ry, rz, 60.0, True
                )
            elif env[_INDOOR] > 0.0:
                sr, sg, sb = gi[0], gi[1], gi[2]
            else:
                sr, sg, sb = _sky(env, volume, rx, ry, rz, False)
                o = (gi[0] + gi[1] + gi[2]) / (env[_ZENITH] + env[_ZENITH + 1] + env[_ZENITH + 2] + 1e-6)
                o = min(1.0, o)
                sr *= o
                sg *= o
                sb *= o
            r += (sr - r) * f
            g += (sg - g) * f
            b += (sb - b) * f
    if env[_HAZE] > 0.0:
        f = 1.0 - np.exp(-env[_HAZE] * t)
        r += (env[_HAZECOL] - r) * f
        g += (env[_HAZECOL + 1] - g) * f
        b += (env[_HAZECOL + 2] - b) * f
    return r, g, b


@_allocating
def _aim(scene, rotation, eye, fx, fy, cx, cy, height, width):
    """Which shapes each tile of the picture may show: (tile, counts, lists, nearest, rectangles, origins).

    tile: edge in pixels. counts (tiles,) and lists (tiles, shapes): the shapes of a tile, the nearest first. nearest
    (shapes,): no part of a shape is less deep. rectangles (shapes, 4): left, top, right, bottom in pixels, a little
    generous. origins (shapes, 3): the eye in each shape's own frame.
    """
    geometry, tree, materials = scene
    n = geometry.shape[0] if tree[0, 0] < FAR else 0
    tile = max(8, (max(height, width) + 31) // 32)
    columns = (width + tile - 1) // tile
    rows = (height + tile - 1) // tile
    counts = np.zeros(rows * columns, np.int32)
    lists = np.empty((rows * columns, n), np.int32)
    nearest = np.empty(n)
    rectangles = np.empty((n, 4))
    origins = np.empty((n, 3))
    corners = np.empty((8, 3))
    r = rotation
    for i in range(n):
        g = geometry[i]
        m = materials[i]
        for k in range(3):
            origins[i, k] = g[4 * k] * eye[0] + g[4 * k + 1] * eye[1] + g[4 * k + 2] * eye[2] + g[4 * k + 3]
        low = FAR
        left = FAR
        right = -FAR
        top = FAR
        bottom = -FAR
        for corner in range(8):
            # a corner of the unit cube relative to the eye, in the shape's frame, then the world's, then the camera's
            a = ((corner & 1) * 2.0 - 1.0 - origins[i, 0]) * g[13]
            b = ((corner & 2) - 1.0 - origins[i, 1]) * g[14]
            c = ((corner & 4) * 0.5 - 1.0 - origins[i, 2]) * g[15]
            x = m[_TURN] * a + m[_TURN + 1] * b + m[_TURN + 2] * c
            y = m[_TURN + 3] * a + m[_TURN + 4] * b + m[_TURN + 5] * c
            z = m[_TURN + 6] * a + m[_TURN + 7] * b + m[_TURN + 8] * c
            u = r[0, 0] * x + r[1, 0] * y + r[2, 0] * z
            v = r[0, 1] * x + r[1, 1] * y + r[2, 1] * z
            w = r[0, 2] * x + r[1, 2] * y + r[2, 2] * z
            corners[corner, 0] = u
            corners[corner, 1] = v
            corners[corner, 2] = w
            low = min(low, w)
            if w > _CLOSE:
                left = min(left, u / w)
                right = max(right, u / w)
                top = min(top, v / w)
                bottom = max(bottom, v / w)
        nearest[i] = max(0.0, low * (1.0 - 1e-6) - 1e-6)
        if low <= _CLOSE:
            # beside the eye or behind it: what counts is where its edges leave the plane just before the eye
            for corner in range(8):
                for k in range(3):
                    other = corner ^ (1 << k)
                    a = corners[corner, 2] - _CLOSE
                    b = corners[other, 2] - _CLOSE
                    if a > 0.0 >= b:
                        c = a / (a - b)
                        u = (corners[corner, 0] + c * (corners[other, 0] - corners[corner, 0])) / _CLOSE
                        v = (corners[corner, 1] + c * (corners[other, 1] - corners[corner, 1])) / _CLOSE
                        left = min(left, u)
                        right = max(right, u)
                        top = min(top, v)
                        bottom = max(bottom, v)
        rectangles[i, 0] = left * fx + cx - 0.5
        rectangles[i, 1] = top * fy + cy - 0.5
        rectangles[i, 2] = right * fx + cx + 0.5
        rectangles[i, 3] = bottom * fy + cy + 0.5
    for i in np.argsort(nearest):
        left = max(0, int(max(0.0, rectangles[i, 0]) / tile))
        top = max(0, int(max(0.0, rectangles[i, 1]) / tile))
        right = min(columns - 1, int(min(width, rectangles[i, 2]) / tile)) if rectangles[i, 2] >= 0.0 else -1
        bottom = min(rows - 1, int(min(height, rectangles[i, 3]) / tile)) if rectangles[i, 3] >= 0.0 else -1
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                k = y * columns + x
                lists[k, counts[k]] = i
                counts[k] += 1
    return tile, counts, lists, nearest, rectangles, origins


@_jit
def _first(scene, env, volume, aim, width, column, row, ox, oy, oz, dx, dy, dz, march):
    """What the ray through (column, row) of the picture meets: (parameter, index); -1 is the sky, -2 the ground.

    The direction d has depth 1. march: where hills begin (FAR: there are none).
    """
    tile, counts, lists, nearest, rectangles, origins = aim
    k = int(row / tile) * ((width + tile - 1) // tile) + int(column / tile)
    t = FAR
    i = -1
    for m in range(counts[k]):
        j = lists[k, m]
        if nearest[j] >= t:
            break
        if column < rectangles[j, 0] or column > rectangles[j, 2] or row < rectangles[j, 1] or row > rectangles[j, 3]:
            continue
        s = _meet_from(scene[0][j], volume, origins[j, 0], origins[j, 1], origins[j, 2], dx, dy, dz, 1e-6, t)
        if s < t:
            t = s
            i = j
    if env[_GROUND] > 0.0:
        if march >= FAR:
            s = FAR
        elif env[_RELIEF] > 0.0:
            s = _march(env, ox, oy, oz, dx, dy, dz, march, min(t, HORIZON))
        else:
            s = -oz / dz if dz * oz < 0.0 else FAR
        if s < t and s < HORIZON:
            return s, -2
    return t, i


@_jit
def _look_at(scene, env, volume, aim, rotation, eye, fx, fy, cx, cy, y, x, march, depth, shapes, normals, faces):
    """First pass: what pixel (x, y) shows; march as in `_first`. Returns the ray's slope in world z.

    Fills depth (H, W), shapes (H, W; -1 sky, -2 ground), normals (H, W, 3), faces (H, W): one number per flat side.
    """
    width = depth.shape[1]
    ox = eye[0]
    oy = eye[1]
    oz = eye[2]
    r = rotation
    u = (x + 0.5 - cx) / fx
    v = (y + 0.5 - cy) / fy
    dx = r[0, 0] * u + r[0, 1] * v + r[0, 2]
    dy = r[1, 0] * u + r[1, 1] * v + r[1, 2]
    dz = r[2, 0] * u + r[2, 1] * v + r[2, 2]
    t, i = _first(scene, env, volume, aim, width, x + 0.5, y + 0.5, ox, oy, oz, dx, dy, dz, march)
    shapes[y, x] = i
    depth[y, x] = t
    faces[y, x] = i * 8
    if i != -1:
        nx, ny, nz, face = _normal(scene[0], env, i, ox + t * dx, oy + t * dy, oz + t * dz, dx, dy, dz)
        normals[y, x, 0] = nx
        normals[y, x, 1] = ny
        normals[y, x, 2] = nz
        faces[y, x] = i * 8 + face
    return dz


@_allocating
def _look(scene, env, volume, aim, rotation, eye, fx, fy, cx, cy, depth, shapes, normals, faces):
    """`_look_at` for every pixel."""
    height, width = depth.shape
    hills = env[_RELIEF] > 0.0
    begin = np.zeros(width)
    upright = abs(rotation[2, 0]) < 0.1 and rotation[2, 1] < 0.0
    # the bottom row first, because hills are met farther away the higher one looks
    for y in range(height - 1, -1, -1):
        for x in range(width):
            dz = _look_at(
                scene, env, volume, aim, rotation, eye, fx, fy, cx, cy, y, x, begin[x], depth, shapes, normals, faces
            )
            if hills and shapes[y, x] == -2:
                begin[x] = 0.93 * depth[y, x] if upright else 0.5 * depth[y, x]
            elif hills and shapes[y, x] == -1 and upright and dz > 0.0:
                begin[x] = FAR  # above the hills' outline there are no more of them


@_jit
def _point(rotation, eye, fx, fy, cx, cy, x, y, t, nx, ny, nz):
    """The world point at depth t of pixel (x, y), lifted off its surface."""
    u = (x + 0.5 - cx) / fx
    v = (y + 0.5 - cy) / fy
    r = rotation
    e = 1e-4 * (1.0 + t)
    return (
        eye[0] + t * (r[0, 0] * u + r[0, 1] * v + r[0, 2]) + e * nx,
        eye[1] + t * (r[1, 0] * u + r[1, 1] * v + r[1, 2]) + e * ny,
        eye[2] + t * (r[2, 0] * u + r[2, 1] * v + r[2, 2]) + e * nz,
    )


@_jit
def _brightness_at(scene, env, lamps, volume, stack, cache, rotation, eye, fx, fy, cx, cy, y, x, depth, normals):
    """What the lamps (r, g, b) and the sun (a share of its colour) give to what pixel (x, y) shows."""
    nx = np.float64(normals[y, x, 0])
    ny = np.float64(normals[y, x, 1])
    nz = np.float64(normals[y, x, 2])
    px, py, pz = _point(rotation, eye, fx, fy, cx, cy, x, y, depth[y, x], nx, ny, nz)
    r, g, b = _direct(env, lamps, px, py, pz, nx, ny, nz)
    c = nx * env[_SUN] + ny * env[_SUN + 1] + nz * env[_SUN + 2]
    if c > 0.0 and env[_SUNCOL] + env[_SUNCOL + 1] + env[_SUNCOL + 2] > 0.0:
        c *= _sun_seen(scene, env, volume, stack, px, py, pz, nx, ny, nz, 0.0, 0.0, cache)
    else:
        c = 0.0
    return min(r, 3.0), min(g, 3.0), min(b, 3.0), c


@_jit
def _brightness(scene, env, lamps, volume, stack, cache, rotation, eye, fx, fy, cx, cy, depth, shapes, normals):
    """Indoors, what bounces about is estimated from a sparse set of points; sets env[_AMBIENT]."""
    height, width = depth.shape
    total = 0.0
    ar = 0.0
    ag = 0.0
    ab = 0.0
    for y in range(height // 20, height, max(1, height // 10)):
        for x in range(width // 20, width, max(1, width // 10)):
            total += 1.0
            if shapes[y, x] < 0:
                continue
            r, g, b, c = _brightness_at(
                scene, env, lamps, volume, stack, cache, rotation, eye, fx, fy, cx, cy, y, x, depth, normals
            )
            ar += r
            ag += g
            ab += b
            ar += c * env[_SUNCOL]
            ag += c * env[_SUNCOL + 1]
            ab += c * env[_SUNCOL + 2]
    _set_ambient(env, ar / total, ag / total, ab / total)


@_jit
def _set_ambient(env, r, g, b):
    """Indoors: light from all around, of the mean light (r, g, b) that comes straight from lamps and sun."""
    env[_AMBIENT] = 0.35 * r + 0.05 * env[_HORIZON]
    env[_AMBIENT + 1] = 0.35 * g + 0.05 * env[_HORIZON + 1]
    env[_AMBIENT + 2] = 0.35 * b + 0.05 * env[_HORIZON + 2]


@_jit
def _gather(scene, env, lamps, volume, stack, px, py, pz, nx, ny, nz, u, v, reach, bright):
    """Indirect light from one cosine-weighted direction: the normal plus a point of the unit sphere."""
    z = 1.0 - 2.0 * v
    s = np.sqrt(max(0.0, 1.0 - z * z))
    a = 2.0 * np.pi * u
    dx = nx + s * np.cos(a)
    dy = ny + s * np.sin(a)
    dz = nz + z
    s = 1.0 / np.sqrt(dx * dx + dy * dy + dz * dz + 1e-9)
    r, g, b = _glance(scene, env, lamps, volume, stack, px, py, pz, dx * s, dy * s, dz * s, reach, False)
    return min(r, bright), min(g, bright), min(b, bright)


@_jit
def _lights(
    scene, env, lamps, volume, stack, cache, rotation, eye, fx, fy, cx, cy, depth, shapes, normals, faces,
    seen, first, turns, window,
):  # fmt: skip
    """Second pass: rays to the sun and the lamps (seen).

    In turn 0 every fourth pixel asks each light; in turn 1 the others, where those around do not agree.

    seen (1 + lamps, H, W) is 1 for light, 0 for shadow, -1 for not asked.
    The samples of a 4 x 4 tile form one stratified set, so that a tent eight wide, which weighs them alike, averages
    it. A small sun needs a set of four only, and throws the sharper shadows.
    """
    small = env[_SUNANGLE] < _SMALL_SUN
    height, width = depth.shape
    top, bottom, left, right = window
    count = lamps.shape[0]
    sunny = env[_SUNCOL] + env[_SUNCOL + 1] + env[_SUNCOL + 2] > 0.0
    for turn in range(first, first + turns):
        for y in range(top, bottom):
            for x in range(left, right):
                if ((x | y) & 1 == 0) != (turn == 0):
                    continue
                for k in range(1 + count):
                    seen[k, y, x] = -1.0
                if shapes[y, x] == -1 or not (sunny or count > 0):
                    continue
                nx = np.float64(normals[y, x, 0])
                ny = np.float64(normals[y, x, 1])
                nz = np.float64(normals[y, x, 2])
                px, py, pz = _point(rotation, eye, fx, fy, cx, cy, x, y, depth[y, x], nx, ny, nz)
                cell = ((y & 3) * 4 + (x & 3)) * 7 & 15  # neighbours get distant strata
                u = -1.0
                v = 0.0
                for k in range(0 if sunny else 1, 1 + count):
                    if k == 0:
                        if nx * env[_SUN] + ny * env[_SUN + 1] + nz * env[_SUN + 2] <= 0.0:
                            continue
                    elif not _faces_lamp(lamps, k - 1, px, py, pz, nx, ny, nz):
                        continue
                    if turn == 1:
                        # where the samples around agree, so does this one
                        total = 0.0
                        n = 0
                        for b in range(y & -2, min(height, y + (y & 1) + 1), 2):
                            for a in range(x & -2, min(width, x + (x & 1) + 1), 2):
                                if faces[b, a] == faces[y, x] and seen[k, b, a] >= 0.0:
                                    total += seen[k, b, a]
                                    n += 1
                        if n >= 2 and (total == 0.0 or total == n):
                            seen[k, y, x] = total / n
                            continue
                    if u < 0.0:
                        u = (cell + _hash(x, y, 1)) * 0.0625
                        v = (_REVERSED[cell] + _hash(x, y, 2)) * 0.0625
                    if k == 0 and small:
                        a = (y & 1) * 2 + (x & 1)
                        seen[0, y, x] = _sun_seen(
                            scene, env, volume, stack, px, py, pz, nx, ny, nz,
                            (a + 0.5) * 0.25, (_REVERSED[a * 4] + 0.5) * 0.25, cache,
                        )  # fmt: skip
                    elif k == 0:
                        seen[0, y, x] = _sun_seen(scene, env, volume, stack, px, py, pz, nx, ny, nz, u, v, cache)
                    else:
                        seen[k, y, x] = _lamp_seen(
                            scene, lamps, volume, stack, k - 1, px, py, pz, nx, ny, nz, u, v, cache
                        )


@_jit
def _bounces(
    scene, env, lamps, volume, stack, rotation, eye, fx, fy, cx, cy, depth, shapes, normals, bounced, which, window
):  # fmt: skip
    """Per cell of pixels one ray for the rest of the light; the window counts cells.

    bounced (rows, columns, 3) holds indirect light as a share of what `_ambient` expects, which (rows, columns, 2) the
    row and column of the pixel it was taken from or -1.
    """
    reach = 12.0 if env[_INDOOR] > 0.0 else 25.0
    bright = _bright(env)
    edge = _cell(env)
    height, width = depth.shape
    top, bottom, left, right = window
    for p in range(top, bottom):
        for q in range(left, right):
            which[p, q, 0] = -1
            for k in range(2):
                x = min(width - 1, edge * q + (edge // 2 + k) % edge)
                y = min(height - 1, edge * p + (edge // 2 + k) % edge)
                if shapes[y, x] == -1:
                    continue
                which[p, q, 0] = y
                which[p, q, 1] = x
                nx = np.float64(normals[y, x, 0])
                ny = np.float64(normals[y, x, 1])
                nz = np.float64(normals[y, x, 2])
                px, py, pz = _point(rotation, eye, fx, fy, cx, cy, x, y, depth[y, x], nx, ny, nz)
                cell = ((p & 3) * 4 + (q & 3)) * 7 & 15
                u = (cell + _hash(x, y, 3)) * 0.0625
                v = (_REVERSED[cell] + _hash(x, y, 4)) * 0.0625
                r, g, b = _gather(scene, env, lamps, volume, stack, px, py, pz, nx, ny, nz, u, v, reach, bright)
                ar, ag, ab = _ambient(env, nx, ny, nz)
                bounced[p, q, 0] = r / (ar + 1e-6)
                bounced[p, q, 1] = g / (ag + 1e-6)
                bounced[p, q, 2] = b / (ab + 1e-6)
                break


@_jit
def _cell(env):
    """Edge in pixels of what shares one ray of indirect light: outdoors more things are thin."""
    return 3 if env[_INDOOR] > 0.0 else 2


@_jit
def _faces_lamp(lamps, k, px, py, pz, nx, ny, nz):
    """Whether the centre of lamp k is on the outer side of a surface."""
    return (lamps[k, 0] - px) * nx + (lamps[k, 1] - py) * ny + (lamps[k, 2] - pz) * nz > 0.0


@_jit
def _bright(env):
    """A limit for one sample of indirect light: rare bright ones would show as speckle."""
    if env[_INDOOR] > 0.0:
        return 4.0 * max(env[_AMBIENT], env[_AMBIENT + 1], env[_AMBIENT + 2])
    return 3.0


@_jit
def _kinship(faces, normals, y, x, b, a):
    """How far the indirect light of pixel (b, a) speaks for pixel (y, x): 1 on the same flat side, never quite 0."""
    if faces[y, x] == faces[b, a]:
        c = (
            normals[y, x, 0] * normals[b, a, 0]
            + normals[y, x, 1] * normals[b, a, 1]
            + normals[y, x, 2] * normals[b, a, 2]
        )
        return 0.05 + 0.95 * max(0.0, c) ** 2
    if faces[y, x] >> 3 == faces[b, a] >> 3:
        return 0.1
    return 0.04


@_jit
def _spread(
    scene, env, lamps, volume, stack, rotation, eye, fx, fy, cx, cy, depth, faces, normals, bounced, which,
    first, trust, smoothed, sure, rows, columns, turn, window,
):  # fmt: skip
    """Averages indirect light over the cells nearby, mostly those on the same surface: in turn 0 along rows into
    (first, trust), in turn 1 along columns into (smoothed, sure). All values are shares of `_ambient`, so thin things
    may borrow. A cell with few of its kind about it gets rays of its own, the same for every such cell.

    rows, columns: how many cells there are; the window counts cells.
    """
    reach = 12.0 if env[_INDOOR] > 0.0 else 25.0
    bright = _bright(env)
    top, bottom, left, right = window
    for p in range(top, bottom):
        for q in range(left, right):
            y = which[p, q, 0]
            x = which[p, q, 1]
            r = 0.0
            g = 0.0
            b = 0.0
            n = 0.0
            if y >= 0:
                at = q if turn == 0 else p
                end = columns if turn == 0 else rows
                for k in range(max(0, at - 3), min(end, at + 4)):
                    i = p if turn == 0 else k
                    j = k if turn == 0 else q
                    row = which[i, j, 0]
                    if row < 0:
                        continue
                    w = (4.0 - abs(k - at)) * _kinship(faces, normals, y, x, row, which[i, j, 1])
                    if turn == 0:
                        r += w * bounced[i, j, 0]
                        g += w * bounced[i, j, 1]
                        b += w * bounced[i, j, 2]
                    else:
                        w *= trust[i, j]
                        r += w * first[i, j, 0]
                        g += w * first[i, j, 1]
                        b += w * first[i, j, 2]
                    n += w
                if turn == 1 and n < 90.0:  # of 256
                    nx = np.float64(normals[y, x, 0])
                    ny = np.float64(normals[y, x, 1])
                    nz = np.float64(normals[y, x, 2])
                    px, py, pz = _point(rotation, eye, fx, fy, cx, cy, x, y, depth[y, x], nx, ny, nz)
                    ar, ag, ab = _ambient(env, nx, ny, nz)
                    for k in range(4):
                        s0, s1, s2 = _gather(
                            scene, env, lamps, volume, stack, px, py, pz, nx, ny, nz,
                            (k + 0.5) * 0.25, (_REVERSED[4 * k] + 0.5) * 0.25, reach, bright,
                        )  # fmt: skip
                        w = 30.0
                        r += w * s0 / (ar + 1e-6)
                        g += w * s1 / (ag + 1e-6)
                        b += w * s2 / (ab + 1e-6)
                        n += w
            s = 1.0 / n if n > 0.0 else 0.0
            if turn == 0:
                first[p, q, 0] = r * s
                first[p, q, 1] = g * s
                first[p, q, 2] = b * s
                trust[p, q] = n
            else:
                smoothed[p, q, 0] = r * s
                smoothed[p, q, 1] = g * s
                smoothed[p, q, 2] = b * s
                sure[p, q] = n


@_jit
def _wide(env, k):
    """Half the width in pixels of the tent that averages light k; 0 is the sun."""
    return 2 if k == 0 and env[_SUNANGLE] < _SMALL_SUN else 4


# Without branches and on contiguous memory, so that the compiler takes sixteen pixels at a time.


@_inline
def _add_asked(here, there, seen, weight, total, weights):
    """Adds the visibilities there that were asked for, where the surface is the one here."""
    for j in range(here.shape[0]):
        w = weight if here[j] == there[j] and seen[j] >= 0.0 else np.float32(0.0)
        total[j] += w * seen[j]
        weights[j] += w


@_inline
def _add_sums(here, there, values, counts, weight, total, weights):
    """Adds the sums of values and weights there, where the surface is the one here."""
    for j in range(here.shape[0]):
        w = weight if here[j] == there[j] else np.float32(0.0)
        total[j] += w * values[j]
        weights[j] += w * counts[j]


@_jit
def _soften(env, faces, seen, sums, sights, lights, turn, window):
    """Adds up visibilities of what lies nearby on the same surface, by a tent: in turn 0 along rows into sums, in
    turn 1 along columns into sights, both (2, lights, H, W): weighted values, and the weights to divide them by.
    """
    height, width = faces.shape
    top, bottom, left, right = window
    for k in range(lights):
        reach = _wide(env, k)
        for y in range(top, bottom):
            into = sums if turn == 0 else sights
            for x in range(left, right):
                into[0, k, y, x] = 0.0
                into[1, k, y, x] = 0.0
            for step in range(1 - reach, reach):
                weight = np.float32(reach - abs(step))
                a = left
                b = right
                if turn == 0:
                    a = max(a, -step)
                    b = min(b, width - step)
                    if a < b:
                        _add_asked(
                            faces[y, a:b], faces[y, a + step : b + step], seen[k, y, a + step : b + step],
                            weight, sums[0, k, y, a:b], sums[1, k, y, a:b],
                        )  # fmt: skip
                elif 0 <= y + step < height:
                    _add_sums(
                        faces[y, a:b], faces[y + step, a:b], sums[0, k, y + step, a:b], sums[1, k, y + step, a:b],
                        weight, sights[0, k, y, a:b], sights[1, k, y, a:b],
                    )  # fmt: skip


@_jit
def _paint(
    scene, env, lamps, volume, stack, cache, rotation, eye, fx, fy, cx, cy, depth, shapes, normals, faces,
    sights, smoothed, sure, which, rows, columns, light, image, sight, share, window,
):  # fmt: skip
    """Third pass: brings together the light that was averaged over neighbours on the same surface, then colours.

    Fills image and light (H, W, 4 + lamps): the share of `_ambient` per channel, then the visibility of each light.
    """
    edge = _cell(env)
    height, width = depth.shape
    count = lamps.shape[0]
    top, bottom, left, right = window
    angle = np.sqrt(1.0 / (fx * fy))
    r = rotation
    ox = eye[0]
    oy = eye[1]
    oz = eye[2]
    sunny = env[_SUNCOL] + env[_SUNCOL + 1] + env[_SUNCOL + 2] > 0.0
    for y in range(top, bottom):
        for x in range(left, right):
            i = shapes[y, x]
            u = (x + 0.5 - cx) / fx
            v = (y + 0.5 - cy) / fy
            dx = r[0, 0] * u + r[0, 1] * v + r[0, 2]
            dy = r[1, 0] * u + r[1, 1] * v + r[1, 2]
            dz = r[2, 0] * u + r[2, 1] * v + r[2, 2]
            length = np.sqrt(dx * dx + dy * dy + dz * dz)
            dx /= length
            dy /= length
            dz /= length
            if i == -1:
                image[y, x, 0], image[y, x, 1], image[y, x, 2] = _sky(env, volume, dx, dy, dz, True)
                continue
            nx = np.float64(normals[y, x, 0])
            ny = np.float64(normals[y, x, 1])
            nz = np.float64(normals[y, x, 2])
            for k in range(1 + count):
                sight[k] = 0.0
                if k == 0 and (not sunny or nx * env[_SUN] + ny * env[_SUN + 1] + nz * env[_SUN + 2] <= 0.0):
                    continue
                s = np.float64(sights[0, k, y, x])
                n = np.float64(sights[1, k, y, x])
                if n < 0.25 * _wide(env, k) ** 4:
                    # too few neighbours: the same rays for every such pixel, so that no pattern shows
                    px, py, pz = _point(rotation, eye, fx, fy, cx, cy, x, y, depth[y, x], nx, ny, nz)
                    if k > 0 and not _faces_lamp(lamps, k - 1, px, py, pz, nx, ny, nz):
                        continue
                    s = 0.0
                    n = 0.0
                    for j in range(2):
                        if k == 0:
                            w = _sun_seen(
                                scene, env, volume, stack, px, py, pz, nx, ny, nz, 0.25, 0.25 + 0.5 * j, cache
                            )
                        else:
                            w = _lamp_seen(
                                scene, lamps, volume, stack, k - 1, px, py, pz, nx, ny, nz, 0.5, 0.25 + 0.5 * j, cache
                            )
                        s += w
                        n += 1.0
                sight[k] = s / n
            # indirect light between the four nearest cells
            u = (x + 0.5) / edge - 0.5
            v = (y + 0.5) / edge - 0.5
            q0 = int(np.floor(u))
            p0 = int(np.floor(v))
            s0 = 0.0
            s1 = 0.0
            s2 = 0.0
            n = 1e-9
            kin = 0.0
            for reach in range(1, 3):
                for p in range(max(0, p0 + 1 - reach), min(rows, p0 + 1 + reach)):
                    for q in range(max(0, q0 + 1 - reach), min(columns, q0 + 1 + reach)):
                        row = which[p, q, 0]
                        if row < 0:
                            continue
                        w = (reach + 0.001 - abs(v - p)) * (reach + 0.001 - abs(u - q))
                        w *= _kinship(faces, normals, y, x, row, which[p, q, 1])
                        kin += w
                        w *= sure[p, q]
                        n += w
                        s0 += w * smoothed[p, q, 0]
                        s1 += w * smoothed[p, q, 1]
                        s2 += w * smoothed[p, q, 2]
                if kin > 0.3:  # else look farther for cells on this surface
                    break
            if n <= 1e-9:  # sky all around
                s0 = 1e-9
                s1 = 1e-9
                s2 = 1e-9
            ar, ag, ab = _ambient(env, nx, ny, nz)
            light[y, x, 0] = s0 / n
            light[y, x, 1] = s1 / n
            light[y, x, 2] = s2 / n
            share[0] = ar * s0 / n
            share[1] = ag * s1 / n
            share[2] = ab * s2 / n
            for k in range(1 + count):
                light[y, x, 3 + k] = sight[k]
            image[y, x, 0], image[y, x, 1], image[y, x, 2] = _shade(
                scene, env, lamps, volume, stack, i, ox, oy, oz, dx, dy, dz, depth[y, x] * length, angle,
                nx, ny, nz, sight, share,
            )  # fmt: skip


@_jit
def _edges(
    scene, env, lamps, volume, stack, cache, aim, rotation, eye, fx, fy, cx, cy, depth, shapes, normals, faces, light,
    image, colours, extra, sight, share, window,
):  # fmt: skip
    """Fourth pass: where neighbours show different surfaces, `extra` more rays per pixel are averaged into image.

    colours is a copy of image.
    """
    height, width = depth.shape
    count = lamps.shape[0]
    angle = np.sqrt(1.0 / (fx * fy))
    r = rotation
    ox = eye[0]
    oy = eye[1]
    oz = eye[2]
    sunny = env[_SUNCOL] + env[_SUNCOL + 1] + env[_SUNCOL + 2] > 0.0
    hills = env[_RELIEF] > 0.0
    top, bottom, left, right = window
    for y in range(top, bottom):
        for x in range(left, right):
            i = shapes[y, x]
            edge = False
            grey = colours[y, x, 0] + colours[y, x, 1] + colours[y, x, 2]
            for k in range(4):
                a = min(width - 1, max(0, x + (k == 0) - (k == 1)))
                b = min(height - 1, max(0, y + (k == 2) - (k == 3)))
                if faces[b, a] == faces[y, x] and not (
                    i == -2 and hills and abs(depth[b, a] - depth[y, x]) > 0.2 * depth[y, x]
                ):
                    continue
                other = colours[b, a, 0] + colours[b, a, 1] + colours[b, a, 2]
                if abs(other - grey) > 0.12 * (other + grey):  # else nobody would see the stairs
                    edge = True
                    break
            if not edge:
                continue
            for k in range(extra):
                # the centre and these lie on a turned grid
                a = (k + 0.5) / extra * 2.0 * np.pi + 0.4
                column = x + 0.5 + 0.36 * np.cos(a)
                row = y + 0.5 + 0.36 * np.sin(a)
                u = (column - cx) / fx
                v = (row - cy) / fy
                dx = r[0, 0] * u + r[0, 1] * v + r[0, 2]
                dy = r[1, 0] * u + r[1, 1] * v + r[1, 2]
                dz = r[2, 0] * u + r[2, 1] * v + r[2, 2]
                march = 0.0
                if hills:
                    march = 0.99 * FAR
                    for b in range(max(0, y - 1), min(height, y + 2)):
                        march = min(march, 0.93 * depth[b, x])
                    march = FAR if march > HORIZON else march
                t, j = _first(scene, env, volume, aim, width, column, row, ox, oy, oz, dx, dy, dz, march)
                face = 0
                if j != -1:
                    px = ox + t * dx
                    py = oy + t * dy
                    pz = oz + t * dz
                    nx, ny, nz, face = _normal(scene[0], env, j, px, py, pz, dx, dy, dz)
                found = False
                for n in range(9):
                    # the pixel itself first; what it shows has been coloured there
                    m = (n + 4) % 9
                    b = y + m // 3 - 1
                    a = x + m % 3 - 1
                    if 0 <= a < width and 0 <= b < height and faces[b, a] == j * 8 + face:
                        for p in range(3):
                            image[y, x, p] += colours[b, a, p]
                        found = True
                        break
                if found:
                    continue
                length = np.sqrt(dx * dx + dy * dy + dz * dz)
                dx /= length
                dy /= length
                dz /= length
                if j == -1:
                    s0, s1, s2 = _sky(env, volume, dx, dy, dz, True)
                    image[y, x, 0] += s0
                    image[y, x, 1] += s1
                    image[y, x, 2] += s2
                    continue
                t *= length
                e = 1e-4 * (1.0 + t)
                qx = px + e * nx
                qy = py + e * ny
                qz = pz + e * nz
                for p in range(3):
                    share[p] = light[y, x, p] if i != -1 else 0.8
                if sunny:
                    sight[0] = _sun_seen(scene, env, volume, stack, qx, qy, qz, nx, ny, nz, 0.3, 0.3, cache)
                for p in range(count):
                    sight[1 + p] = _lamp_seen(scene, lamps, volume, stack, p, qx, qy, qz, nx, ny, nz, 0.5, 0.5, cache)
                ar, ag, ab = _ambient(env, nx, ny, nz)
                share[0] *= ar
                share[1] *= ag
                share[2] *= ab
                s0, s1, s2 = _shade(
                    scene, env, lamps, volume, stack, j, ox, oy, oz, dx, dy, dz, t, angle, nx, ny, nz, sight, share
                )
                image[y, x, 0] += s0
                image[y, x, 1] += s1
                image[y, x, 2] += s2
            for k in range(3):
                image[y, x, k] /= 1.0 + extra


@_allocating
def _draw(scene, env, lamps, volume, rotation, eye, fx, fy, cx, cy, extra, image, depth, shapes):
    """Fills image (H, W, 3), depth (H, W) and shapes (H, W): the index of the shape, -1 sky, -2 ground.

    Every pass fills a window (top, bottom, left, right) of its arrays and reads what the passes before it left all
    over the picture: here the window is everything; `raycast_cuda` gives each thread of a GPU one pixel.
    """
    height, width = depth.shape
    count = lamps.shape[0]
    stack = np.empty((128, 2))
    cache = np.full(1 + _LAMPS, -1)
    normals = np.zeros((height, width, 3), np.float32)
    faces = np.empty((height, width), np.int32)
    aim = _aim(scene, rotation, eye, fx, fy, cx, cy, height, width)
    _look(scene, env, volume, aim, rotation, eye, fx, fy, cx, cy, depth, shapes, normals, faces)
    if env[_INDOOR] > 0.0:
        _brightness(scene, env, lamps, volume, stack, cache, rotation, eye, fx, fy, cx, cy, depth, shapes, normals)
    seen = np.empty((1 + count, height, width), np.float32)
    edge = _cell(env)
    rows = (height + edge - 1) // edge
    columns = (width + edge - 1) // edge
    bounced = np.zeros((rows, columns, 3), np.float32)
    first = np.empty((rows, columns, 3), np.float32)
    trust = np.empty((rows, columns), np.float32)
    smoothed = np.empty((rows, columns, 3), np.float32)
    sure = np.empty((rows, columns), np.float32)
    which = np.empty((rows, columns, 2), np.int32)
    everything = (0, height, 0, width)
    cells = (0, rows, 0, columns)
    _lights(
        scene, env, lamps, volume, stack, cache, rotation, eye, fx, fy, cx, cy, depth, shapes, normals, faces,
        seen, 0, 2, everything,
    )  # fmt: skip
    _bounces(
        scene, env, lamps, volume, stack, rotation, eye, fx, fy, cx, cy, depth, shapes, normals, bounced, which, cells
    )
    for turn in range(2):
        _spread(
            scene, env, lamps, volume, stack, rotation, eye, fx, fy, cx, cy, depth, faces, normals, bounced, which,
            first, trust, smoothed, sure, rows, columns, turn, cells,
        )  # fmt: skip
    sums = np.empty((2, 1 + count, height, width), np.float32)
    sights = np.empty((2, 1 + count, height, width), np.float32)
    for turn in range(2):
        _soften(env, faces, seen, sums, sights, 1 + count, turn, everything)
    light = np.zeros((height, width, 4 + count), np.float32)
    sight = np.zeros(1 + count)
    share = np.zeros(3)
    _paint(
        scene, env, lamps, volume, stack, cache, rotation, eye, fx, fy, cx, cy, depth, shapes, normals, faces,
        sights, smoothed, sure, which, rows, columns, light, image, sight, share, everything,
    )  # fmt: skip
    _edges(
        scene, env, lamps, volume, stack, cache, aim, rotation, eye, fx, fy, cx, cy, depth, shapes, normals, faces,
        light, image, image.copy(), extra, sight, share, everything,
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------------
# From a World to arrays


def _seed_numbers(seed: int, count: int) -> np.ndarray:
    """`count` numbers in 0..1 that depend on the seed alone."""
    return np.array([_hash(seed, k, 977) for k in range(count)])


def _look_of(material: Material) -> tuple[float, ...]:
    """The columns of the material table that a material alone decides."""
    color2 = material.color2 if material.color2 is not None else [0.6 * value for value in material.color]
    return (
        *material.color, *color2, PATTERNS.index(material.pattern),
        material.scale, material.gloss, material.bump, material.cutout, material.glow,
    )  # fmt: skip


def pack(world: World, eye: np.ndarray, pixel_angle: float) -> tuple[Any, ...]:
    """The arrays that the compiled code reads: (scene, env, lamps, object ids, class ids).

    eye (3,) and pixel_angle (radians) say how fine a cutout may be before it turns into speckle.
    """
    matrices = np.array(world._matrices, float).reshape(-1, 4, 4)
    if not np.isfinite(matrices).all():
        raise ValueError("A shape's position or size is not finite. Give every shape finite numbers.")
    size = np.sqrt((matrices[:, :3, :3] ** 2).sum(axis=1))  # half extents along the shape's own axes
    volume = np.abs(np.linalg.det(matrices[:, :3, :3]))
    solid = np.nonzero(volume > 1e-9 * size.prod(axis=1))[0]  # what has no extent along an axis is not seen
    n = len(solid)
    size = size[solid]
    linear = matrices[solid, :3, :3]
    centres = matrices[solid, :3, 3]
    kinds = np.array(world._kinds, np.int64)[solid]
    turns = linear / size[:, None, :]
    inverse = np.linalg.inv(linear)
    geometry = np.zeros((n, 24))
    geometry[:, :12] = np.concatenate([inverse, -(inverse @ centres[:, :, None])], axis=2).reshape(n, 12)
    geometry[:, 12] = np.array(world._tapers, float)[solid]
    geometry[:, 13:16] = size

    every = [world._materials[k] for k in solid] + ([world.ground.material] if world.ground else [])
    table = np.zeros((max(len(every), 1), _COLUMNS))
    if every:
        different = {id(material): material for material in every}  # most are shared by several shapes
        looks = {key: _look_of(material) for key, material in different.items()}
        table[:, :12] = [looks[id(material)] for material in every]
    seeds = np.array([*np.array(world._seeds, np.int64)[solid], *([1] if world.ground else [])], np.int64)
    if len(seeds):
        mixed = (seeds[:, None] * np.array([2654435761, 40503, 2246822519]) + np.array([11, 47, 83])) % 65521
        table[: len(seeds), _SEED : _SEED + 3] = mixed / 65521 * _SIZE
    if n:
        table[:n, _LONG] = size.argmax(axis=1)
        table[:n, _TURN : _TURN + 9] = turns.reshape(n, 9)
        geometry[:, _KIND] = kinds
        geometry[:, _HOLES] = table[:n, _CUTOUT]
        geometry[:, _SHINES] = table[:n, _GLOW]
        if geometry[:, _HOLES].any():
            # blobs are about four voxels wide; holes finer than a few pixels would be speckle
            finest = 2.5 * pixel_angle * np.linalg.norm(centres - eye, axis=1)
            geometry[:, _HOLESTEP] = 4 / np.maximum(table[:n, _SCALE], finest)
            geometry[:, _HOLESEED : _HOLESEED + 3] = table[:n, _SEED : _SEED + 3]
            shares, places = np.unique(np.clip(geometry[:, _HOLES], 0, 1), return_inverse=True)
            geometry[:, _HOLELEVEL] = np.quantile(_hole_values(), shares)[places]

    corner = np.abs(linear).sum(axis=2)  # a box; round shapes have smaller ones
    ball = np.sqrt((linear**2).sum(axis=2))
    disc = np.sqrt((linear[:, :, :2] ** 2).sum(axis=2)) + np.abs(linear[:, :, 2])
    extent = np.where((kinds == BOX)[:, None], corner, np.where((kinds == SPHERE)[:, None], ball, disc)) + 1e-6
    order = np.arange(n)
    tree = np.zeros((2 * n + 2, 8))
    if n:
        _build(centres - extent, centres + extent, order, tree)
        geometry = geometry[order]
        table[:n] = table[order]
    else:
        tree[0, :3], tree[0, 3:6] = FAR, -FAR  # a box that no ray enters
        geometry = np.zeros((1, 24))
    scene = (geometry, tree, table)

    sky = world.sky
    env = np.zeros(_ENV)
    sun = np.asarray(sky.sun_direction, float)
    env[_SUN : _SUN + 3] = sun / max(np.linalg.norm(sun), 1e-9)
    env[_SUNCOL : _SUNCOL + 3] = sky.sun_color
    env[_SUNANGLE] = sky.sun_angle
    env[_ZENITH : _ZENITH + 3] = sky.zenith
    env[_HORIZON : _HORIZON + 3] = sky.horizon
    env[_BELOW : _BELOW + 3] = sky.below
    env[_CLOUDS] = sky.clouds
    env[_HAZE] = sky.haze
    env[_HAZECOL : _HAZECOL + 3] = sky.haze_color
    env[_INDOOR] = float(world.indoor)
    if world.ground:
        env[_GROUND : _GROUND + 5] = (
            1.0,
            world.ground.relief,
            world.ground.wavelength,
            world.ground.flat_radius,
            world.ground.seed,
        )
    env[_CLOUDSEED : _CLOUDSEED + 2] = np.abs(sun * 1e4)[:2] % 64

    lamps = [(*lamp.position, lamp.radius, *lamp.power) for lamp in world.lamps]
    lamps.sort(key=lambda lamp: -sum(lamp[4:]) / (0.5 + sum((a - b) ** 2 for a, b in zip(lamp[:3], eye, strict=True))))
    lamps = np.array(lamps[:_LAMPS], float).reshape(-1, 7)
    # index -2 is the ground, -1 the sky
    objects = np.array([*np.array(world._objects, int)[solid[order]], 1, 0], np.int32)
    ground_class = CLASSES.index(world.ground.class_name) if world.ground else 0
    classes = np.array([*np.array(world._classes, int)[solid[order]], ground_class, 0], np.uint8)
    return scene, env, lamps, objects, classes


def trace(
    world: World,
    pose: np.ndarray,
    fx: float,
    fy: float,
    cx: float,
    cy: float,
    width: int,
    height: int,
    *,
    reference_eye: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Draws a world as seen by a pinhole camera.

    pose: camera to world, (4, 4); camera frame x right, y down, z forward. fx, fy, cx, cy in pixels; the centre of the
    first pixel is at 0.5. reference_eye: the eye that decides how fine cutouts are (the first eye of a stereo pair).

    Returns linear radiance float32 (H, W, 3), depth along the optical axis float32 (H, W) in metres with inf for
    sky, object ids int32 (H, W), class ids uint8 (H, W).
    """
    pose = np.asarray(pose, float)
    eye = np.ascontiguousarray(pose[:3, 3])
    reference = eye if reference_eye is None else np.asarray(reference_eye, float)
    scene, env, lamps, objects, classes = pack(world, reference, float(np.sqrt(1 / (fx * fy))))
    image = np.zeros((height, width, 3), np.float32)
    depth = np.empty((height, width))
    shapes = np.empty((height, width), np.int32)
    rotation = np.ascontiguousarray(pose[:3, :3])
    _draw(
        scene, env, lamps, _noise_volume(), rotation, eye, float(fx), float(fy), float(cx), float(cy),
        2, image, depth, shapes,
    )  # fmt: skip
    depth[shapes == -1] = np.inf
    return image, depth.astype(np.float32), objects[shapes], classes[shapes]
