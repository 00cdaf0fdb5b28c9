"""The vocabulary of Sailcloth: the types that the core and every plugin share.

Pure: imports neither Django nor a cluster client, and does no input or output.
"""
