"""The controllers of the practice cluster, each a function from a key to the writes that bring it closer.

They must not know HTTP; they see the store's changes and write through `Rest`.
"""
