"""Extending the product without code: node types from schemas of custom resources, edges and rules from YAML. Pure."""
