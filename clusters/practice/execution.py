"""Placeholder until the toy shell is written below."""
