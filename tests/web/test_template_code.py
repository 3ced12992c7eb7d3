"""The code of templates says what Jinja's would say, with all in it that is known beforehand."""

from collections.abc import Callable

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError
from markupsafe import Markup, escape

from engine.resources import resource_dir
from engine.web.template_code import PageEnvironment
from engine.web.templating import environment

MACROS = """
{% macro plain(a, b='two', c='') -%}[{{ a }}|{{ b }}|{{ c }}]{%- endmacro %}
{% macro more(a) -%}
[{{ a }}{% for name, one in kwargs.items() %} {{ name }}={{ one }}{% endfor %}
{% for one in varargs %} {{ one }}{% endfor %}]
{%- endmacro %}
{% macro framed(a='x') -%}<i>{{ a }}{{ caller() if caller is defined }}</i>{%- endmacro %}
"""
FILES = {
    "macros": MACROS,
    "base": "<{% block title %}-{% endblock %}>{{ self.title() }}{% block body %}b{% endblock %}",
    "part": "({{ one.name }}{% if extra is defined %}{{ extra }}{% endif %})",
}
IMPORT = '{% from "macros" import plain, more, framed %}'
TEMPLATES = (
    "{{ text }} {{ safe }} {{ number }} {{ none }} {{ text|upper }}{{ 'a' if no }}{{ 'b' if yes }}",
    IMPORT + "{{ plain(1) }}{{ plain(1, text) }}{{ plain(1, c=text) }}{{ plain(a=1, b=safe) }}",
    IMPORT + "{{ more(1) }}{{ more(1, 2, text) }}{{ more(1, hx_get='<') }}{{ plain(plain(text)) }}",
    IMPORT + "{{ framed() }}{% call framed(text) %}{{ safe }}{{ text }}{% endcall %}",
    "{% for one in many %}{% include 'part' %}{{ loop.index }}{% else %}none{% endfor %}",
    "{% for one in many %}{% set extra = loop.index %}{% include 'part' %}{% endfor %}",
    (
        "{% extends 'base' %}{% block title %}{{ text }}{% endblock %}"
        "{% block body %}{{ super() }}!{% endblock %}"
    ),
    "{{ _('Save') }}{{ _('Hello %(name)s', name=text) }}{% set a = _('Save') %}{{ a ~ text }}",
    "{{ ngettext('%(num)s day', '%(num)s days', number) }}{{ mark('up') }}{{ mark(text) }}",
    "{{ many|map(attribute='name')|join(', ') }}{{ pairs['a'] }}{{ many[0].name }}",
    (
        "{% set all = namespace(last=0) %}{% for one in many %}{% set all.last = loop.index %}"
        "{% endfor %}{{ all.last }}"
    ),
)


class One:
    def __init__(self, name: str) -> None:
        self.name = name


VALUES = {
    "text": "<b> & 'quoted'",
    "safe": Markup("<b>bold</b>"),
    "number": 3,
    "none": None,
    "no": False,
    "yes": True,
    "many": [One("<"), One("b")],
    "pairs": {"a": "<"},
}


def mark(name: str) -> Markup:
    return Markup("<{}>").format(name)


def gettext(text: str, **values: object) -> Markup:
    return Markup(text) % values  # noqa: S704 - a text of the test


def ngettext(one: str, many: str, num: int, **values: object) -> Markup:
    text = Markup(one if num == 1 else many)  # noqa: S704 - a text of the test
    return text % {"num": num, **values}


def made(kind: type[Environment]) -> Environment:
    found = kind(loader=DictLoader(FILES), autoescape=True, undefined=StrictUndefined)
    found.globals.update(_=gettext, ngettext=ngettext, mark=mark)
    if isinstance(found, PageEnvironment):
        found.constants = {"mark": mark}
    return found


@pytest.mark.parametrize("source", TEMPLATES)
def test_a_template_says_what_jinja_would_say(source: str) -> None:
    ours, jinjas = made(PageEnvironment), made(Environment)
    assert ours.from_string(source).render(VALUES) == jinjas.from_string(source).render(VALUES)


@pytest.mark.parametrize("source", ["{{ nothing }}", "{{ nothing.name }}", "{{ nothing() }}"])
def test_a_name_that_is_missing_is_an_error(source: str) -> None:
    with pytest.raises(UndefinedError):
        made(PageEnvironment).from_string(source).render()


def test_an_attribute_that_is_missing_is_an_error_even_in_a_condition() -> None:
    template = made(PageEnvironment).from_string("{% if one.nothing %}{% endif %}")
    with pytest.raises(AttributeError):
        template.render(one=One("a"))


def test_words_and_icons_stand_in_the_code() -> None:
    found = PageEnvironment(autoescape=True)
    found.sentence = {"Save": "Запази"}.__getitem__
    found.constants = {"icon": lambda name: escape(f"<{name}>")}
    code = found.compile("{{ icon('up') }} {{ _('Save') }}", raw=True)
    assert "'&lt;up&gt; Запази'" in code
    assert "resolve('_')" not in code.replace('"', "'")


def all_templates() -> list[str]:
    top = resource_dir("ui_templates")
    return sorted(
        str(one.relative_to(top)) for one in top.rglob("*.html") if "static" not in one.parts
    )


@pytest.mark.parametrize("language", ["en", "bg"])
def test_every_template_compiles(language: str) -> None:
    load: Callable[[str], object] = environment(language).get_template
    assert all(load(one) for one in all_templates())
