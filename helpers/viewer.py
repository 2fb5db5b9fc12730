"""A view of a mesh to turn with the mouse: one HTML page that loads nothing, drawn with WebGL by the browser alone.

The page's own content security policy forbids all loading, so it works with no network in JupyterLab, in an exported
page and as a file. Positions are rounded to 1/65535 of the mesh's size and a texture is stored as JPEG, to stay small.
"""

from __future__ import annotations

import base64
import html
import io
import json
from typing import Any

import numpy as np
import trimesh
from PIL import Image

from helpers import checks

__all__ = ["MAX_POINTS", "mesh_page", "show_mesh"]

MAX_POINTS = 65535
"""The most points a page can hold: its triangles name them by 16-bit numbers."""

_TEXTURE_SIDE = 640


def mesh_page(mesh: trimesh.Trimesh, alt: str) -> str:
    """A whole HTML page that shows `mesh` (glTF frame: y up, seen from the origin along -z); it loads nothing.

    Colours come from the mesh's texture or from its corners' colours, without shading: a photograph has its light in
    it. The view begins a little to the side of the camera's own place, where double click leads. `alt`, a sentence of
    at least 20 characters, says what there is to see.
    Raises ValueError for anything but a mesh with triangles and finite points, more than MAX_POINTS points, points that
    do not lie before the camera, and an `alt` that is too short.
    """
    alt = checks.alt_text(alt)
    if not isinstance(mesh, trimesh.Trimesh) or len(mesh.faces) == 0:
        raise ValueError("the view needs a mesh with triangles: pass what helpers.surfaces.depth_mesh returns.")
    points = np.asarray(mesh.vertices, dtype=np.float64)
    if len(points) > MAX_POINTS:
        raise ValueError(
            f"the mesh has {len(points):,} points, a view holds {MAX_POINTS:,}: make it with a larger step."
        )
    if not np.isfinite(points).all():
        raise ValueError("the mesh has points that are NaN or infinite: leave those pixels out.")
    if not (points[:, 2] < 0).all():
        raise ValueError("the mesh has points behind the camera: it must be in the frame of glTF, seen along -z.")
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    uv, colours, texture = _looks(mesh)
    slopes = np.abs(points[:, :2] / points[:, 2:])
    data = {
        "points": _packed(np.rint((points - low) / span * 65535), np.uint16),
        "faces": _packed(mesh.faces, np.uint16),
        "uv": None if uv is None else _packed(np.rint(np.clip(uv, 0, 1) * 65535), np.uint16),
        "colours": None if colours is None else _packed(colours, np.uint8),
        "texture": texture,
        "low": low.tolist(),
        "span": span.tolist(),
        "distance": float(-np.median(points[:, 2])),
        "slopes": np.maximum(slopes.max(axis=0), 1e-6).tolist(),
    }
    page = _PAGE.replace("__DATA__", json.dumps(data))  # first: the text may hold the mark
    return page.replace("__ALT__", html.escape(alt, quote=True))


def show_mesh(mesh: trimesh.Trimesh, alt: str, *, height: int = 480) -> None:
    """Display `mesh_page` in the notebook, `height` pixels high, in a frame of its own.

    Raises ValueError as `mesh_page` does, and for a height below 1.
    """
    height = checks.count(height, "height")
    page = html.escape(mesh_page(mesh, alt), quote=True)
    frame = (
        f'<iframe title="{html.escape(alt, quote=True)}" height="{height}" '
        f'style="width: 100%; border: 0;" srcdoc="{page}"></iframe>'
    )
    from IPython.display import display

    display({"text/html": frame, "text/plain": alt}, raw=True)


def _looks(mesh: trimesh.Trimesh) -> tuple[np.ndarray | None, np.ndarray | None, str]:
    # Each corner's place in the texture or its colour, and the texture as an address that holds the picture itself.
    picture = getattr(getattr(mesh.visual, "material", None), "baseColorTexture", None)
    if mesh.visual.kind != "texture" or picture is None or mesh.visual.uv is None:
        white = Image.new("RGB", (1, 1), "white")
        colours = mesh.visual if mesh.visual.kind != "texture" else mesh.visual.to_color()
        return None, colours.vertex_colors[:, :3], _address(white)
    small = picture.convert("RGB")
    small.thumbnail((_TEXTURE_SIDE, _TEXTURE_SIDE))
    return np.asarray(mesh.visual.uv), None, _address(small)


def _address(picture: Image.Image) -> str:
    buffer = io.BytesIO()
    picture.save(buffer, format="JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def _packed(values: Any, dtype: type) -> str:
    little = np.ascontiguousarray(values).astype(np.dtype(dtype).newbyteorder("<"))
    return base64.b64encode(little.tobytes()).decode("ascii")


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
<title>3D view</title>
<style>
html, body { margin: 0; height: 100%; background: #23272e; overflow: hidden; }
canvas { display: block; width: 100%; height: 100%; touch-action: none; cursor: grab; }
canvas:focus-visible { outline: 3px solid #8ab4f8; outline-offset: -3px; }
p { position: absolute; left: 0; bottom: 0; margin: 0; padding: .3em .6em; font: 13px/1.4 system-ui, sans-serif;
    color: #fff; background: #23272ecc; pointer-events: none; }
</style>
</head>
<body>
<canvas tabindex="0" role="img" aria-label="__ALT__"></canvas>
<p>Drag or arrow keys: turn. + and -, or wheel after a click: zoom. Double click or 0: from the camera.</p>
<script>
"use strict";
const data = __DATA__;
const canvas = document.querySelector("canvas"), words = document.querySelector("p");
const gl = canvas.getContext("webgl");
if (gl) start(); else words.textContent = "This browser draws no WebGL: look at the picture beside this view.";

function bytes(text) {
  return Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
}

function start() {
  const program = gl.createProgram();
  const shader = (kind, source) => {
    const made = gl.createShader(kind);
    gl.shaderSource(made, source);
    gl.compileShader(made);
    gl.attachShader(program, made);
  };
  shader(gl.VERTEX_SHADER, `
    attribute vec3 point, colour; attribute vec2 uv;
    uniform vec3 low, span, target; uniform vec2 focal; uniform mat3 turn; uniform float distance, near, far;
    varying vec3 tint; varying vec2 place;
    void main() {
      vec3 p = turn * (low + span * point - target) - vec3(0.0, 0.0, distance);
      gl_Position = vec4(focal * p.xy, -((far + near) * p.z + 2.0 * far * near) / (far - near), -p.z);
      tint = colour; place = uv;
    }`);
  shader(gl.FRAGMENT_SHADER, `
    precision mediump float;
    varying vec3 tint; varying vec2 place; uniform sampler2D picture;
    void main() { gl_FragColor = vec4(tint * texture2D(picture, place).rgb, 1.0); }`);
  gl.linkProgram(program);
  gl.useProgram(program);
  const attribute = (name, text, size, type) => {
    const where = gl.getAttribLocation(program, name);
    if (text === null) { gl.vertexAttrib4f(where, 1, 1, 1, 1); return; }  // the same at every corner
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, bytes(text), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(where);
    gl.vertexAttribPointer(where, size, type, true, 0, 0);
  };
  attribute("point", data.points, 3, gl.UNSIGNED_SHORT);
  attribute("uv", data.uv, 2, gl.UNSIGNED_SHORT);
  attribute("colour", data.colours, 3, gl.UNSIGNED_BYTE);
  const faces = bytes(data.faces);
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, faces, gl.STATIC_DRAW);
  gl.enable(gl.DEPTH_TEST);
  gl.clearColor(0x23 / 255, 0x27 / 255, 0x2e / 255, 1);
  const at = name => gl.getUniformLocation(program, name);
  gl.uniform3fv(at("low"), data.low);
  gl.uniform3fv(at("span"), data.span);
  gl.uniform3f(at("target"), 0, 0, -data.distance);

  const home = {yaw: 0, pitch: 0, zoom: 1};
  let view = {yaw: 0.35, pitch: 0.15, zoom: 1.1}, waiting = false;

  function draw() {
    waiting = false;
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.max(1, Math.round(canvas.clientWidth * scale));
    canvas.height = Math.max(1, Math.round(canvas.clientHeight * scale));
    gl.viewport(0, 0, canvas.width, canvas.height);
    const aspect = canvas.width / canvas.height;
    const focal = 1 / Math.max(data.slopes[1], data.slopes[0] / aspect);
    const c = Math.cos(view.yaw), s = Math.sin(view.yaw), d = Math.cos(view.pitch), t = Math.sin(view.pitch);
    const distance = data.distance * view.zoom;
    gl.uniformMatrix3fv(at("turn"), false, [c, t * s, -d * s, 0, d, t, s, -t * c, d * c]);
    gl.uniform2f(at("focal"), focal / aspect, focal);
    gl.uniform1f(at("distance"), distance);
    gl.uniform1f(at("near"), 0.02 * data.distance);
    gl.uniform1f(at("far"), distance + 20 * Math.hypot(...data.span) + data.distance);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.drawElements(gl.TRIANGLES, faces.length / 2, gl.UNSIGNED_SHORT, 0);
  }
  function change(yaw, pitch, zoom) {
    view = {
      yaw: view.yaw + yaw,
      pitch: Math.min(1.5, Math.max(-1.5, view.pitch + pitch)),
      zoom: Math.min(10, Math.max(0.1, view.zoom * zoom)),
    };
    soon();
  }
  function soon() {
    if (!waiting) { waiting = true; requestAnimationFrame(draw); }
  }
  function reset() { view = {...home}; soon(); }

  let active = false;  // the wheel scrolls the page until the view was clicked
  canvas.addEventListener("pointerdown", event => { active = true; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", event => {
    if (event.buttons) change(event.movementX / 200, event.movementY / 200, 1);
  });
  canvas.addEventListener("pointerleave", () => { active = false; });
  canvas.addEventListener("wheel", event => {
    if (active) { event.preventDefault(); change(0, 0, Math.exp(event.deltaY / 800)); }
  }, {passive: false});
  canvas.addEventListener("dblclick", reset);
  canvas.addEventListener("keydown", event => {
    const step = {ArrowLeft: [-0.1, 0, 1], ArrowRight: [0.1, 0, 1], ArrowUp: [0, -0.1, 1], ArrowDown: [0, 0.1, 1],
                  "+": [0, 0, 0.9], "=": [0, 0, 0.9], "-": [0, 0, 1.1]}[event.key];
    if (event.key === "0") reset(); else if (step) change(...step); else return;
    event.preventDefault();
  });
  new ResizeObserver(soon).observe(canvas);  // also where the page was hidden before

  const picture = new Image();
  picture.onload = () => {
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, true);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, gl.RGB, gl.UNSIGNED_BYTE, picture);
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    soon();
  };
  picture.src = data.texture;
}
</script>
</body>
</html>
"""
