"""How templates become code: once for each language, with all in them that is known beforehand.

What Jinja leaves to the moment of drawing and never changes is done while a template is compiled:
the engine's words are translated, icons and addresses of files are put in their places. What is
left is called and read as Python does it, without Jinja's detours. See docs/decisions/0067.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from keyword import iskeyword
from types import MappingProxyType
from typing import Any, cast

import markupsafe
from jinja2 import Environment, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame, optimizeconst
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

# Escapes a text and leaves it a text; where this is not to be had, `Markup` is as right.
escape_text: Callable[[str], str] = getattr(markupsafe, "_escape_inner", markupsafe.escape)
JINJAS_OWN = "self"  # the blocks of a template are its items, not its attributes
# What the code of a template calls by Jinja's names.
OURS = "from engine.web.template_code import PlainMacro as Macro, escape_text, written"
NO_CALLER = StrictUndefined(name="caller")

SENTENCES = frozenset({"_", "gettext"})


def written(value: Any) -> str:
    """Return what is no plain text as it stands in the page."""
    return value if value.__class__ is Markup else markupsafe.escape(value)


class PlainMacro(Macro):
    """A macro that is called like a function: the same arguments, without asking how to escape."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._nothing = (missing,) * self._argument_count
        self._nobody = (NO_CALLER,) if self.caller else ()
        self._is_plain = not (self.catch_kwargs or self.catch_varargs)

    def __call__(self, *args: Any, **kwargs: Any) -> str:
        """Draw the macro."""
        if self._is_plain and not kwargs:
            values: Any = args + self._nothing[len(args) :] + self._nobody
        else:
            values = self._values(args, kwargs)
        return str.__new__(Markup, self._func(*values))

    def _values(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        lacking = self.arguments[len(args) :]
        values = [*args[: self._argument_count], *[kwargs.pop(one, missing) for one in lacking]]
        if self.caller:
            values.append(kwargs.pop("caller", NO_CALLER))
        if self.catch_kwargs:
            values.append(kwargs)
        elif kwargs:
            raise TypeError(f"macro {self.name!r} takes no {', '.join(kwargs)}")
        if self.catch_varargs:
            values.append(args[self._argument_count :])
        elif len(args) > self._argument_count:
            raise TypeError(f"macro {self.name!r} takes {self._argument_count} arguments")
        return values


class KnownCalls(NodeTransformer):
    """Puts what a call comes to, where that is known, into the place of the call."""

    def __init__(self, known: PageEnvironment) -> None:
        self._known = known

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 - named after the node
        """Write nothing where a condition without `else` does not hold."""
        self.generic_visit(node)
        for one in node.nodes:
            if isinstance(one, nodes.CondExpr) and one.expr2 is None:
                one.expr2 = nodes.Const("", lineno=one.lineno, environment=one.environment)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - named after the node
        """Answer a call now; the values in a sentence are left to the moment of drawing."""
        self.generic_visit(node)
        constants = [one.value for one in node.args if isinstance(one, nodes.Const)]
        is_known = len(constants) == len(node.args) and not node.dyn_args and not node.dyn_kwargs
        if not is_known or not isinstance(node.node, nodes.Name):
            return node
        name, place = node.node.name, {"lineno": node.lineno, "environment": node.environment}
        if name in SENTENCES:
            text = nodes.TemplateData(self._known.sentence(*constants), **place)
            values = [nodes.Pair(nodes.Const(one.key), one.value) for one in node.kwargs]
            return nodes.Mod(text, nodes.Dict(values), **place)
        if name in self._known.constants and not node.kwargs:
            return nodes.TemplateData(self._known.constants[name](*constants), **place)
        return node


class PageCode(CodeGenerator):
    """Reads attributes, calls functions and writes texts as Python does it."""

    def _output_child_pre(self, *_: object) -> None:
        self.write("(escape_text(value) if (value := ")

    def _output_child_post(self, *_: object) -> None:
        self.write(").__class__ is str else written(value))")

    @optimizeconst
    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - named after the node
        """Write an attribute; what has none is an error at once."""
        if isinstance(node.node, nodes.Name) and node.node.name == JINJAS_OWN:
            super().visit_Getattr(node, frame)
            return
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    @optimizeconst
    def visit_Call(  # noqa: N802 - named after the node
        self,
        node: nodes.Call,
        frame: Frame,
        forward_caller: bool = False,  # noqa: FBT001, FBT002 - as Jinja calls it
    ) -> None:
        """Write a call; no function of ours asks for Jinja's context."""
        if node.dyn_args or node.dyn_kwargs or any(iskeyword(one.key) for one in node.kwargs):
            super().visit_Call(node, frame, forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for one in (*node.args, *node.kwargs):
            self.visit(one, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")


class PageTemplate(Template):
    """A template whose parts are handed on whole, not word by word through all that hold them."""

    @classmethod
    def _from_namespace(cls, environment: Any, namespace: Any, *rest: Any) -> PageTemplate:
        for name, draw in namespace["blocks"].items():
            namespace["blocks"][name] = namespace[f"block_{name}"] = whole(draw)
        namespace["root"] = whole(namespace["root"])
        return cast(PageTemplate, super()._from_namespace(environment, namespace, *rest))

    def _get_default_module(self, _context: Context | None = None) -> TemplateModule:
        """Return the macros; no names are given to a template beside those that all see."""
        if self._module is None:
            self._module = self.make_module()
        return self._module


def whole(draw: Callable[[Context], Iterator[str]]) -> Callable[[Context], Iterator[str]]:
    """Return a function that draws all at once."""

    def drawn(context: Context) -> Iterator[str]:
        yield "".join(draw(context))

    return drawn


class PageEnvironment(Environment):
    """Compiles templates: `sentence` translates, `constants` are functions that never change."""

    code_generator_class = PageCode
    template_class = PageTemplate
    sentence: Callable[[str], str] = str
    constants: Mapping[str, Callable[[str], Markup]] = MappingProxyType({})

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,  # noqa: FBT001, FBT002 - as Jinja calls it
    ) -> str:
        tree = KnownCalls(self).visit(source)
        imports, rest = super()._generate(tree, name, filename, defer_init).split("\n", 1)
        return f"{imports}; {OURS}\n{rest}"  # on one line: errors tell the lines of templates
