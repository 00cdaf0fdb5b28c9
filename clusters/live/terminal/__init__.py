"""Terminals in containers: a shell that outlives a lost socket for a minute, and ends when its person leaves.

`session` is one shell, `shells` how to find, start and end one, `output` what was written and who has had it,
`registry` the sessions of this process, `records` their trace in the audit log.
"""
