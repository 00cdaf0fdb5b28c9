"""Leased work: one mechanism by which runs, builds and imports are carried out exactly once at a time.

The row is the truth; Celery only wakes somebody up. A worker holds a *lease* and a *fence*: a number that
grows with every claim. Before each write to the outside it checks both, so a worker that stalled cannot write
after another took over. It knows kinds and keys, never what they mean.

`services` changes work, `selectors` finds it, `registry` says who carries it out, `runner` does so.
"""
