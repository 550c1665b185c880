"""The templates of the page, and the Python that Jinja2 makes of them.

To make it takes Jinja2 50 ms, which each run would spend: `make docs` does it beforehand, and writes a module
beside each template. Those are used as long as Jinja2 and the templates are those that they were made of.
"""

from __future__ import annotations

from hashlib import sha256
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import jinja2

if TYPE_CHECKING:
    from collections.abc import MutableMapping

TEMPLATES: Final = {"report.html.j2": "compiled_report", "parts.html.j2": "compiled_parts"}
"""Each template, and the module that is made of it."""


def loader() -> jinja2.BaseLoader:
    """Return what loads the templates: as they were compiled, else from their text."""
    return _Compiled() if all(map(_is_current, TEMPLATES)) else jinja2.PackageLoader("flamescore.report")


def compiled(environment: jinja2.Environment, name: str) -> str:
    """Return the module of a template."""
    code = environment.compile(_source(name), name, name, raw=True, defer_init=True)
    about = f'"""Made of {name} by `make docs`."""\n# mypy: ignore-errors\n'
    return f"{about}made_of = {made_of(name)!r}\n{code}\n"


def made_of(name: str) -> str:
    """Return what tells whether the module of a template is current: Jinja2's version, and a hash."""
    return f"{jinja2.__version__} {sha256(_source(name).encode()).hexdigest()}"


class _Compiled(jinja2.BaseLoader):
    def load(
        self,
        environment: jinja2.Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja2's word
    ) -> jinja2.Template:
        module = _module(name)
        return environment.template_class.from_module_dict(environment, vars(module), globals or {})


def _is_current(name: str) -> bool:
    return bool(_module(name).made_of == made_of(name))


def _module(name: str) -> Any:  # noqa: ANN401 - a module
    return import_module(f"{__name__}.{TEMPLATES[name]}")


def _source(name: str) -> str:
    return (files(__name__) / name).read_text(encoding="utf-8")
