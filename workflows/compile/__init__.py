"""(graph, node types, capabilities) → Bundle. Pure: no Django, no client, no I/O; the same input, the
same bytes.
"""

from workflows.compile.compiler import CompileOptions, CompileResult, compile_graph
from workflows.compile.render import to_json, to_kustomize, to_yaml

__all__ = ["CompileOptions", "CompileResult", "compile_graph", "to_json", "to_kustomize", "to_yaml"]
