"""Diagnosing a node of a workflow where it runs: evidence from the cluster, bounded in time and size, and fixes that
change the graph and run it. What is wrong with what was seen is decided in `workflows.diagnose`.
"""

from workflows.runs.diagnosing.fixing import Fixed, apply_fix
from workflows.runs.diagnosing.selectors import Diagnosis, FixTemplate, diagnose_node, fix_template

__all__ = ["Diagnosis", "FixTemplate", "Fixed", "apply_fix", "diagnose_node", "fix_template"]
