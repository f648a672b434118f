"""HTML from templates: one environment, in which no text is ever markup."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

__all__ = ["asset", "environment", "render", "showable"]

LINE_END = re.compile(r"\r\n?|\f")
UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def asset(name: str) -> str:
    """Return the text of one of the page's own files: style or script."""
    return files("qa.chat").joinpath("static", name).read_text("utf-8")


def showable(text: str) -> str:
    """Return ``text`` with a replacement character for each one that no page can carry."""
    return UNSHOWABLE.sub("\ufffd", LINE_END.sub("\n", text))


def environment(package: str, folder: str) -> Environment:
    """Return an environment for the templates in a folder of ``package``; it escapes all text."""
    return Environment(
        loader=PackageLoader(package, folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=lambda value: showable(value) if type(value) is str else value,
    )


def render(template: str, values: Mapping[str, object] | None = None) -> str:
    """Return the chat's HTML from ``template``, its name without the ending."""
    return _templates().get_template(f"{template}.jinja").render(values or {})


@cache
def _templates() -> Environment:
    return environment("qa.chat", "templates")
