"""From a bundle to what holds in a cluster: plan, apply, gate, prune, roll back.

Pure but for the gateway port: `steps` is a step function over a journal (`journal`), `plan` and its helpers
compute over plain JSON objects, `executor` carries single steps out through a `Gateway`, and `runner` drives
the two. No Django and no models here: what is kept, and where, is the business of `workflows.runs`.
"""
