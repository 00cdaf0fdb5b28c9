"""What became of calls to webhooks: kept for whoever made one, and so that none is built twice."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from builds.errors import HookHeardAlready
from builds.models import BuildDelivery, BuildHook, DeliveryOutcome
from builds.signatures import Call

# Anybody may call: of those that built nothing only the last are kept.
_KEPT = 50


def remember_once(hook: BuildHook, digest: str, call: Call) -> BuildDelivery:
    """A call that is built now. Raises HookHeardAlready for the same again."""
    try:
        with transaction.atomic():
            return _row(hook, digest, DeliveryOutcome.BUILT, call)
    except IntegrityError:
        raise HookHeardAlready from None


@transaction.atomic
def note_delivery(
    hook: BuildHook, digest: str, outcome: DeliveryOutcome, call: Call | None = None, *, error: str = ""
) -> None:
    """A call that built nothing, and why."""
    _row(hook, digest, outcome, call, error)
    others = BuildDelivery.objects.filter(hook=hook).exclude(outcome=DeliveryOutcome.BUILT)
    last = others.order_by("-pk").values_list("pk", flat=True)[_KEPT - 1 : _KEPT].first()
    if last is not None:
        others.filter(pk__lt=last).delete()


def _row(hook: BuildHook, digest: str, outcome: DeliveryOutcome, call: Call | None, error: str = "") -> BuildDelivery:
    return BuildDelivery.objects.create(
        hook=hook,
        digest=digest,
        outcome=outcome,
        ref=call.ref[:250] if call else "",
        commit=call.commit[:64] if call else "",
        error=error,
        created_at=timezone.now(),
    )
