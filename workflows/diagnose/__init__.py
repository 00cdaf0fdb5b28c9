"""What is wrong with a node, in words, and the change of the graph that repairs it.

Pure: evidence goes in as plain JSON, findings and changed graphs come out. Who gathers the evidence, and who may ask,
is decided elsewhere (`workflows.runs.diagnosing`).
"""

from workflows.diagnose.catalog import Catalog, core_catalog, known_catalog
from workflows.diagnose.changing import asked_by, changed, patch_of
from workflows.diagnose.values import BadValues, has_all, secrets_of
from workflows.diagnose.verdict import Outcome, Verdict, diagnose

__all__ = [
    "BadValues",
    "Catalog",
    "Outcome",
    "Verdict",
    "asked_by",
    "changed",
    "core_catalog",
    "diagnose",
    "has_all",
    "known_catalog",
    "patch_of",
    "secrets_of",
]
