"""A CRM from a text: tests share the samples VET and DEALS, and CALLS and REQUESTS, which act."""

import re
from functools import lru_cache
from pathlib import Path
from textwrap import dedent

from engine.metadata.load import LoadResult, load_sources
from engine.metadata.model.application import Application
from engine.metadata.problems import has_errors, render


def loaded(yaml_text: str, **more_files: str) -> LoadResult:
    """Loads a CRM whose `crm.yaml` is the text; more files come as `**{"data/owner.csv": ...}`."""
    texts = {"crm.yaml": yaml_text, **more_files}
    return _loaded(tuple((name, _text(name, text)) for name, text in texts.items()))


@lru_cache(maxsize=64)  # what is loaded is frozen: many tests may share it
def _loaded(texts: tuple[tuple[str, str], ...]) -> LoadResult:
    return load_sources(dict(texts))


def application(yaml_text: str, **more_files: str) -> Application:
    """Loads a CRM that has to be right; anything else is shown as its author would see it."""
    result = loaded(yaml_text, **more_files)
    shown = "\n".join(render(one, result.sources) for one in result.problems)
    assert result.application is not None, f"\n{shown}"
    assert not has_errors(result.problems), f"\n{shown}"
    return result.application


def application_anew(yaml_text: str) -> Application:
    """Loads a CRM that shares nothing with other tests, for those that twist the engine."""
    _loaded.cache_clear()
    try:
        return application(yaml_text)
    finally:
        _loaded.cache_clear()


def codes(yaml_text: str, **more_files: str) -> list[str]:
    """Returns the codes of all problems of a CRM, in the order of the files."""
    return [one.code for one in loaded(yaml_text, **more_files).problems]


def _text(name: str, text: str) -> str:
    plain = dedent(text).lstrip("\n")
    has_name = re.search(r"^name:", plain, re.MULTILINE)
    return plain if has_name or name != "crm.yaml" else f"{plain}\nname: sample\n"


DEALS = (Path(__file__).parent / "deals.yaml").read_text(encoding="utf-8")
VET = (Path(__file__).parent / "vet.yaml").read_text(encoding="utf-8")
CALLS = (Path(__file__).parent / "calls.yaml").read_text(encoding="utf-8")
REQUESTS = (Path(__file__).parent / "requests.yaml").read_text(encoding="utf-8")
