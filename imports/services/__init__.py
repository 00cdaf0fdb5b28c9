"""Every change of imports: beginning one, deciding, and making a workflow of it."""

from imports.services.adopting import begin_adoption
from imports.services.applying import apply_import, create_workflow_from
from imports.services.fetching import begin_fetch
from imports.services.sessions import (
    begin_import,
    choose,
    delete_import,
    prune_imports,
    read_files,
    read_variables,
    sources_of,
)

__all__ = [
    "apply_import",
    "begin_adoption",
    "begin_fetch",
    "begin_import",
    "choose",
    "create_workflow_from",
    "delete_import",
    "prune_imports",
    "read_files",
    "read_variables",
    "sources_of",
]
