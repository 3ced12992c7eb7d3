"""The build hook: makes the front end, and puts templates and examples into the wheel."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Folder of the checkout -> folder of the wheel; `engine/resources.py` finds them again.
PACKED = {"ui_templates": "engine/ui_templates", "configs/examples": "engine/examples"}


class KartotekaBuild(BuildHookInterface[Any]):
    """Adds to hatchling's build what pip alone cannot know."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds the front end; a real wheel also gets the files that lie outside the package."""
        top = Path(self.root)
        subprocess.run([sys.executable, top / "scripts" / "frontend.py"], check=True)
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"] |= packed_files(top)


def packed_files(top: Path) -> dict[str, str]:
    """Returns path in the checkout -> path in the wheel, without data of CRMs that ran there."""
    return {
        str(path): f"{target}/{path.relative_to(top / source).as_posix()}"
        for source, target in PACKED.items()
        for path in sorted((top / source).rglob("*"))
        if path.is_file() and not {".kartoteka", "__pycache__"} & set(path.parts)
    }
