"""The Compose Specification as types, and the small languages inside its values. Pure."""

from imports.compose.errors import Faults
from imports.compose.loading.entry import Loaded
from imports.compose.model.consistency import check, is_active
from imports.compose.model.decode import decode
from imports.compose.model.project import Project
from imports.compose.model.service import Service

__all__ = ["Project", "Service", "is_active", "read_project"]


def read_project(loaded: Loaded) -> tuple[Project, dict[str, Service]]:
    """The typed project, and those of its services whose profile is on."""
    faults = Faults()

    def report(path: str, message: str) -> None:
        faults.add(loaded.file_of(path), path, message)

    project = decode(Project, loaded.document, "", report)
    faults.raise_if_any()
    active = {name: item for name, item in project.services.items() if is_active(item, loaded.profiles)}
    check(project, active, report)
    faults.raise_if_any()
    return project, active
