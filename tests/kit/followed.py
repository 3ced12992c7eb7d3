"""A site of the kit with its folder beside it, as `kartoteka run` serves one.

with followed(VET, tmp_path) as crm:
    crm.edit("type: phone", "type: phnoe")   # saved and looked at
    crm.site.browser("hana").get("/admin/configuration")
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.live import LiveFolder
from engine.runtime.plan.folder import FolderState, Standing
from engine.runtime.plan.steps import Plan
from engine.runtime.plan.versions import StoredVersion, applied_version
from engine.runtime.services import Services
from engine.serving import Current
from engine.web.request import EXTENSION
from tests.kit.accounts import quick_passwords
from tests.kit.web import Site, open_site


@dataclass(frozen=True, slots=True)
class Followed:
    """A site, the folder it is made from, and who goes over to what is applied."""

    site: Site
    live: LiveFolder
    current: Current

    def edit(self, before: str, after: str, name: str = "crm.yaml") -> FolderState:
        """Saves a file with one place changed, and looks at the folder."""
        path = self.live.folder / name
        text = path.read_text("utf-8") if path.exists() else before
        assert before in text, f"{name} does not say {before!r}"
        path.write_text(text.replace(before, after, 1), encoding="utf-8")
        return self.look()

    def look(self) -> FolderState:
        """Looks at the folder, as its watcher would."""
        self.live.settle(self.live.examine())
        return self.live.state

    @property
    def services(self) -> Services:
        """What is served now."""
        return self.current()

    @property
    def version(self) -> StoredVersion:
        """The version that was applied last."""
        found = applied_version(self.site.services.database)
        assert found is not None
        return found


@contextmanager
def followed(yaml_text: str, place: Path) -> Iterator[Followed]:
    """Serves a CRM from a folder in `place`, on SQLite; nothing watches it but the test."""
    with open_site(yaml_text) as site:
        parts = site.services
        folder = place / "crm"
        folder.mkdir()
        for name, text in parts.application.sources.items():
            (folder / name).write_text(text, encoding="utf-8")
        current = Current(parts.application, parts.database, parts.settings, quick_passwords())
        live = LiveFolder(
            folder,
            parts.database,
            FolderState(Standing.SERVED, parts.clock.now()),
            tell=unheard,
            go_over=current.go_over,
        )
        current.watch(live)
        site.app.extensions[EXTENSION] = current
        yield Followed(site, live, current)


def unheard(state: FolderState, applied: Plan | None) -> None:
    """Tells nobody."""
