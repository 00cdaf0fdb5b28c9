"""Every change of workflows and versions, and what is made of a graph. The modules beside this one hold them
by concern."""

from workflows.services.bundles import compile_for_run, compile_preview, refuse_errors
from workflows.services.graphs import draft_to_merge, save_graph, validate_draft
from workflows.services.hooks import register_cleanup
from workflows.services.manifests import manifests, preview_objects
from workflows.services.removal import delete_workflow, purge_deleted, undelete_workflow
from workflows.services.secrets import digest_key, reveal_secrets, secret_digest
from workflows.services.versions import create_version, restore_version, snapshot_version, update_version
from workflows.services.workflows import clone_workflow, create_workflow, set_status, update_workflow

__all__ = [
    "clone_workflow",
    "compile_for_run",
    "compile_preview",
    "create_version",
    "create_workflow",
    "delete_workflow",
    "digest_key",
    "draft_to_merge",
    "manifests",
    "preview_objects",
    "purge_deleted",
    "refuse_errors",
    "register_cleanup",
    "restore_version",
    "reveal_secrets",
    "save_graph",
    "secret_digest",
    "set_status",
    "snapshot_version",
    "undelete_workflow",
    "update_version",
    "update_workflow",
    "validate_draft",
]
