"""Graphs to start from: those that come with the product or a plugin, and those that people keep."""
