"""Where the files that are not code lie: templates, examples, the core package."""

from pathlib import Path
from types import MappingProxyType

ENGINE = Path(__file__).parent

# Name -> place in a checkout, seen from its top. In a wheel each lies under `engine/` by its name.
PLACES = MappingProxyType(
    {
        "ui_templates": "ui_templates",
        "examples": "configs/examples",
        "core": "engine/core",
    }
)


def resource_dir(name: str) -> Path:
    """Returns the folder of the named resource, in a checkout as in an installed wheel."""
    packed = ENGINE / name
    return packed if packed.is_dir() else ENGINE.parent / PLACES[name]
