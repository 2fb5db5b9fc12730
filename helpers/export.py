"""Executed notebooks to HTML pages that read right with no network.

Formulas become MathML, which browsers show without a script; pictures, alternative texts and styles stand in the page
itself. Cells tagged `solution` are folded.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import latex2mathml.converter
from nbconvert import HTMLExporter
from nbconvert.exporters.html import contextfilter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

__all__ = ["notebook_to_html", "outside_resources"]

_TEMPLATE = Path(__file__).with_name("export.html.j2")


def notebook_to_html(notebook: NotebookNode, *, folder: Path | None = None, pages: Collection[str] = ()) -> str:
    """The notebook as one HTML page that loads nothing from outside, titled by the notebook's first heading.

    folder: where pictures that are named in Markdown are looked for. pages: names of the notebooks that become pages in
    the same place ("02_model.ipynb"): links to these lead to the pages, links to other notebooks become plain text.
    Raises ValueError for a formula that cannot be shown and for a page that would load something from outside.
    """
    resources = {"metadata": {"name": _first_heading(notebook), "path": str(folder or "")}}
    page, _ = _PageExporter().from_notebook_node(notebook, resources)

    def lead(match: re.Match[str]) -> str:
        name, fragment, text = match.groups()
        if f"{name}.ipynb" in pages:
            return f'<a href="{name}.html{fragment or ""}">{text}</a>'
        return text

    page = re.sub(
        r'<a href="(?:\./)?([^":?#/]+)\.ipynb(#[^"]*)?"(?: title="[^"]*")?>(.*?)</a>', lead, page, flags=re.DOTALL
    )
    outside = outside_resources(page)
    if outside:
        raise ValueError(f"The page would load {outside[0]} from outside. Put it into the notebook itself.")
    return page


def outside_resources(page: str) -> list[str]:
    """What a browser would load for this HTML page beside the page itself: every address that is not `data:`."""
    finder = _ResourceFinder()
    finder.feed(page)
    finder.close()
    addresses = (address.strip() for address in finder.found)
    return [address for address in addresses if address[:1] not in {"", "#"} and not _within(address)]


def _within(address: str) -> bool:
    try:
        return urlsplit(address).scheme == "data"
    except ValueError:  # no address that could be told apart
        return False


def _srcset(value: str) -> list[str]:
    """The addresses of a srcset: each up to a space, then perhaps a width or a density, then a comma."""
    found = []
    while words := value.strip(" \t\r\n\f,").split(maxsplit=1):
        address, rest = words[0], words[1] if len(words) > 1 else ""
        found.append(address.rstrip(","))
        value = rest if address.endswith(",") else rest.partition(",")[2]
    return found


class _ResourceFinder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        loading = {"src", "poster", "background"}
        loading |= {"data"} if tag == "object" else set()
        loading |= {"href", "xlink:href"} if tag in {"link", "image", "use", "feimage"} else set()
        for name, value in attrs:
            if name in {"srcset", "imagesrcset"} and value:
                self.found += _srcset(value)
            elif name == "srcdoc" and value:
                self.found += outside_resources(value)
            elif name in loading and value is not None:
                self.found.append(value)
            if name == "style" and value:
                self._styles(value)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self._styles(data)

    def _styles(self, text: str) -> None:
        self.found += re.findall(r"url\(\s*['\"]?([^'\")]+)", text, re.IGNORECASE)
        self.found += re.findall(r"@import\s+['\"]([^'\"]+)", text, re.IGNORECASE)
        for choices in re.findall(r"image-set\(([^}]*)", text, re.IGNORECASE):
            self.found += re.findall(r"(?<!type\()['\"]([^'\"]+)['\"]", choices)


def _first_heading(notebook: NotebookNode) -> str:
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for line in re.sub(r"(?ms)^ {0,3}(```+|~~~+).*?^ {0,3}\1", "", cell.source).splitlines():
                if line.startswith("# "):
                    return line[2:].strip()
    return "Notebook"


def _mathml(formula: str, display: str) -> str:
    plain = re.sub(r"\\(begin|end)\{(equation|displaymath)\*?\}", "", formula.strip())
    plain = re.sub(r"\\(begin|end)\{(align|aligned|split)\*?\}", r"\\\1{align*}", plain)
    plain = plain.replace(r"\operatorname*", r"\operatorname")
    try:
        mathml = latex2mathml.converter.convert(plain, display=display)
    except Exception as error:  # its exceptions share no base class
        raise ValueError(f"The formula {formula!r} cannot be shown ({type(error).__name__}: {error}).") from error
    unknown = re.search(r">(\\[a-zA-Z]+|&)<", mathml)  # what it does not know, it passes on as a letter
    if unknown:
        raise ValueError(f"The formula {formula!r} cannot be shown: {unknown.group(1)} is not understood there.")
    return mathml


class _Renderer(IPythonRenderer):
    def block_math(self, body: str) -> str:
        return f'<span class="formula">{_mathml(body, "block")}</span>'

    def inline_math(self, body: str) -> str:
        return _mathml(body, "inline")

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")


class _PageExporter(HTMLExporter):
    def __init__(self) -> None:
        super().__init__(template_name="basic", template_file=str(_TEMPLATE), embed_images=True)
        self.register_filter("formula", lambda text: _mathml(text.strip().strip("$"), "block"))
        self.register_filter("attribute", lambda text: html.escape(str(text), quote=True))

    @contextfilter
    def markdown2html(self, context: Any, source: str) -> str:
        cell = context.get("cell", {})
        renderer = _Renderer(
            escape=False,
            attachments=cell.get("attachments", {}),
            embed_images=True,
            path=context.get("resources", {}).get("metadata", {}).get("path", ""),
            exclude_anchor_links=True,
        )
        return MarkdownWithMath(renderer=renderer).render(source)
