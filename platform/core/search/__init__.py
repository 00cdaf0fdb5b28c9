"""What can be searched for: each app registers its sources when it is ready, and whoever searches asks them all.

A source finds what its actor may see, and nothing else; ranks are comparable over all sources.
"""

from core.search.finding import MOST, best_of, found_by, probably
from core.search.index import Column, Index
from core.search.making import register_index
from core.search.ranking import Match, Rank
from core.search.sources import Candidate, Hit, find_in_memory, register, sources

__all__ = [
    "MOST",
    "Candidate",
    "Column",
    "Hit",
    "Index",
    "Match",
    "Rank",
    "best_of",
    "find_in_memory",
    "found_by",
    "probably",
    "register",
    "register_index",
    "sources",
]
