"""From evidence to a verdict: which checks passed, what the others found, and how bad that is in all."""

import logging
from collections.abc import Iterable

import msgspec

from plugins.sdk.diagnosis import Check, CheckStatus, Evidence, Finding
from workflows.diagnose.catalog import Catalog, known_catalog

logger = logging.getLogger(__name__)

_STATUS = {CheckStatus.PASS: "healthy", CheckStatus.WARNING: "warning", CheckStatus.ERROR: "error"}
_WEIGHT = (CheckStatus.PASS, CheckStatus.WARNING, CheckStatus.ERROR)


class Outcome(msgspec.Struct, frozen=True):
    """A check and one of its findings; None when it found nothing."""

    check: Check
    finding: Finding | None = None

    @property
    def status(self) -> CheckStatus:
        return self.finding.status if self.finding is not None else CheckStatus.PASS


class Verdict(msgspec.Struct, frozen=True):
    """`status`: healthy, warning or error, by the worst outcome."""

    status: str
    outcomes: tuple[Outcome, ...]

    def findings(self) -> list[Finding]:
        return [outcome.finding for outcome in self.outcomes if outcome.finding is not None]

    def proposing(self, fix_type: str) -> Finding | None:
        """The first finding that this fix repairs."""
        return next((finding for finding in self.findings() if finding.fix_type == fix_type), None)


def diagnose(evidence: Evidence, catalog: Catalog | None = None) -> Verdict:
    """Every check that is for this kind of node. Where there is nothing in the cluster to look at, only those that
    look at the drawing."""
    known = catalog or known_catalog()
    is_there = evidence.is_deployed and not evidence.trouble
    outcomes: list[Outcome] = []
    for check in known.checks_for(evidence.node):
        if check.is_static or is_there:
            outcomes += _ask(check, evidence, known)
    if is_there and evidence.objects and all(outcome.status is CheckStatus.PASS for outcome in outcomes):
        outcomes += _ask(known.last, evidence, known)
    worst = max((outcome.status for outcome in outcomes), key=_WEIGHT.index, default=CheckStatus.PASS)
    return Verdict(_STATUS[worst], tuple(outcomes))


def _ask(check: Check, evidence: Evidence, catalog: Catalog) -> Iterable[Outcome]:
    try:
        found = [_with_possible_fix(finding, evidence, catalog) for finding in check.run(evidence)]
    except Exception:
        # One check that stumbles, of a plugin say, must not hide what all others know.
        logger.exception("check %s failed", check.name)
        return []
    return [Outcome(check, finding) for finding in found] or [Outcome(check)]


def _with_possible_fix(finding: Finding, evidence: Evidence, catalog: Catalog) -> Finding:
    """A check serves many kinds of node, and not all of them can be changed in the same way."""
    if not finding.fix_type or catalog.fix_for(evidence.node, finding.fix_type) is not None:
        return finding
    return msgspec.structs.replace(finding, fix_type="", values={})
