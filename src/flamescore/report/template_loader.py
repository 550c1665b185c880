"""The templates of the page as modules, compiled ahead: Jinja takes 80 ms to compile them at each start.

`make docs` compiles the templates into modules in the folder `compiled`. A module is used only if it was
made from the current template by this version of Jinja. Otherwise the template is compiled on demand, and
the page is the same.
"""

from __future__ import annotations

from hashlib import sha256
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import jinja2

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from jinja2 import Environment, Template

_SUFFIX: Final = ".html.j2"
_NOTE: Final = '''"""`templates/{name}`, compiled by `make docs`."""

# mypy: ignore-errors

MADE_OF = "{mark}"
'''


class CompiledTemplates(jinja2.PackageLoader):
    """Loads the templates of the page, from a compiled module if it is up to date."""

    def __init__(self) -> None:
        super().__init__("flamescore.report")

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja's name
    ) -> Template:
        """Return a template of the environment."""
        source, _, _ = self.get_source(environment, name)
        module = vars(import_module(f"flamescore.report.compiled.{name.removesuffix(_SUFFIX)}"))
        if module["MADE_OF"] != _mark(source):
            return super().load(environment, name, globals)
        return environment.template_class.from_module_dict(environment, module, globals or {})


def compiled_templates() -> dict[str, str]:
    """Return the modules of the templates by file name."""
    from flamescore.report.html import environment  # noqa: PLC0415 - it imports this module

    made = {}
    for each in sorted((files("flamescore.report") / "templates").iterdir(), key=lambda file: file.name):
        if each.name.endswith(_SUFFIX):
            source = each.read_text(encoding="utf-8")
            text = environment().compile(source, each.name, each.name, raw=True, defer_init=True)
            note = _NOTE.format(name=each.name, mark=_mark(source))
            made[f"{each.name.removesuffix(_SUFFIX)}.py"] = f"{note}{text}\n"
    return made


def _mark(source: str) -> str:
    """Return a hash that identifies a template and a version of Jinja."""
    return sha256(f"{jinja2.__version__}\n{source}".encode()).hexdigest()[:16]
