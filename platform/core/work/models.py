"""The table of work and the rules of its states."""

from django.db import models
from django.db.models import Q

from core.ids import new_id

DEFAULT_MAX_ATTEMPTS = 5


class WorkState(models.TextChoices):
    QUEUED = "queued"
    LEASED = "leased"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = (WorkState.QUEUED, WorkState.LEASED)
FINISHED = (WorkState.DONE, WorkState.FAILED, WorkState.CANCELLED)

# Leased → leased is the takeover of an expired lease. What is finished stays so: to repeat work is to enqueue
# it anew.
TRANSITIONS: dict[WorkState, frozenset[WorkState]] = {
    WorkState.QUEUED: frozenset({WorkState.LEASED, WorkState.CANCELLED}),
    WorkState.LEASED: frozenset(WorkState),
    WorkState.DONE: frozenset(),
    WorkState.FAILED: frozenset(),
    WorkState.CANCELLED: frozenset(),
}


def sources_of(target: WorkState) -> tuple[WorkState, ...]:
    """The states from which work may become `target`; every UPDATE of a state filters by them."""
    return tuple(state for state, targets in TRANSITIONS.items() if target in targets)


class Work(models.Model):
    """Something to carry out for one subject. `key` is the subject's id, such as that of a run."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    workspace_id = models.CharField(max_length=36, blank=True, default="")
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=WorkState.choices, default=WorkState.QUEUED)
    claimed_by = models.CharField(max_length=200, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveBigIntegerField(default=0)
    attempt = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(default=DEFAULT_MAX_ATTEMPTS)
    not_before = models.DateTimeField()
    # Somebody asked while it was under way: what the holder has read may be stale, so it runs once more.
    is_asked_again = models.BooleanField(default=False)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=["queued", "leased"]),
                name="work_one_unfinished_per_key",
            ),
            models.CheckConstraint(condition=Q(state__in=WorkState.values), name="work_state_known"),
        ]
        indexes = [
            models.Index(fields=["kind", "not_before"], condition=Q(state="queued"), name="work_queued"),
            models.Index(fields=["kind", "lease_until"], condition=Q(state="leased"), name="work_leased"),
            models.Index(
                fields=["updated_at"],
                condition=Q(state__in=["done", "failed", "cancelled"]),
                name="work_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} ({self.state})"
