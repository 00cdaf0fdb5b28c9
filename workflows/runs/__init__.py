"""Runs: bringing a version of a workflow to a target, and showing how its nodes fare there.

`services` and `selectors` are what others call; `execution` carries a run out as leased work; `live` watches
what was deployed. What a run does step by step is the business of `workflows.deploy`.
"""
