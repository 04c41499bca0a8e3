"""Filling an office's template of a paper, and telling what is wrong with one.

A template is a program in the hands of whoever may upload one: it may name fields and choose by
them, and nothing else; and it is filled in a sandbox.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml.etree import XMLSyntaxError

from data.exports.paper_forms import FIELDS

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_UNPACKED_BYTES: Final = 50 * 1024 * 1024
_ALLOWED: Final = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Const),
    *(
        nodes.Compare,
        nodes.Operand,
        nodes.And,
        nodes.Or,
        nodes.Not,
        nodes.ScopedEvalContextModifier,
    ),
)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BROKEN: Final = (zipfile.BadZipFile, KeyError, ValueError, XMLSyntaxError, EOFError, OSError)


class TemplateError(Exception):
    """A template that is not kept; `fault` says why, `names` which fields.

    Parameters
    ----------
    fault
        `too-large`, `not-docx`, `syntax`, `unknown-fields`, `not-allowed`, `no-fields`.
    """

    def __init__(self, fault: str, names: tuple[str, ...] = ()) -> None:
        super().__init__(fault)
        self.fault = fault
        self.names = names


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def fields_of(raw: bytes) -> list[str]:
    """The fields that a template names, once nothing is wrong with it.

    Raises
    ------
    TemplateError
    """
    _require_small(raw)
    try:
        template = DocxTemplate(io.BytesIO(raw))
        template.init_docx()
        texts = [template.patch_xml(template.get_xml())]
        for uri in (template.HEADER_URI, template.FOOTER_URI):
            texts += [template.patch_xml(xml) for _, xml in _parts(template, uri)]
    except _BROKEN as error:
        raise TemplateError("not-docx") from error
    found: set[str] = set()
    for text in texts:
        found |= _names_in(text)
    unknown = tuple(sorted(found - FIELDS.keys()))
    if unknown:
        raise TemplateError("unknown-fields", unknown)
    if not found:
        raise TemplateError("no-fields")
    # What only shows when it is filled, such as a tag that is cut apart by a table.
    fill(raw, dict.fromkeys(FIELDS, "甲"))
    return sorted(found)


def _parts(template: Any, uri: str) -> list[tuple[str, str]]:
    found = []
    for key, part in template.get_headers_footers(uri):
        found.append((key, template.get_part_xml(part)))
    return found


def _require_small(raw: bytes) -> None:
    if len(raw) > MOST_BYTES:
        raise TemplateError("too-large")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED_BYTES:
                raise TemplateError("too-large")
    except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
        raise TemplateError("not-docx") from error


def _names_in(text: str) -> set[str]:
    try:
        parsed = _environment().parse(text)
    except TemplateSyntaxError as error:
        raise TemplateError("syntax", (error.message or "",)) from error
    for node in parsed.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            raise TemplateError("not-allowed", (type(node).__name__,))
    return find_undeclared_variables(parsed)


def fill(raw: bytes, values: Mapping[str, str]) -> bytes:
    """Fill a template; every field of `FIELDS` must have a value, which may be empty.

    Raises
    ------
    TemplateError
    """
    template = DocxTemplate(io.BytesIO(raw))
    told = {name: _CONTROLS.sub("", values[name]) for name in FIELDS}
    try:
        template.render(told, _environment(), autoescape=True)
    except (TemplateSyntaxError, UndefinedError, SecurityError) as error:
        raise TemplateError("syntax", (str(error),)) from error
    except _BROKEN as error:
        raise TemplateError("not-docx") from error
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()
