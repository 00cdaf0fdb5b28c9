"""Reading registries, always as somebody, or for the workspace in which something runs.

Administrators see all, since they look after them. What a run uses is decided by its workspace alone, whoever
started it.
"""

import re
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from clusters.registries.errors import BadImage, RegistriesAreForAdmins, RegistryNotFound
from clusters.registries.models import Registry, RegistryAudience, RegistryGrant, RegistryType
from clusters.registries.references import BadReference, ImageReference, is_below, parse_reference
from core.principal import Principal

_ID = re.compile(r"[A-Za-z0-9-]{1,36}\Z")


def usable_registries(workspace: str) -> QuerySet[Registry]:
    """Those from which the images of `workspace` may be pulled."""
    granted = Exists(RegistryGrant.objects.filter(registry=OuterRef("pk"), workspace=workspace))
    return Registry.objects.filter(Q(available_to=RegistryAudience.EVERYONE) | Q(workspace=workspace) | granted)


def visible_registries(actor: Principal, search: str = "") -> QuerySet[Registry]:
    """All that `actor` may look at."""
    rows = Registry.objects.all() if actor.is_admin else usable_registries(actor.workspace)
    if search:
        words = Q()
        for column in ("name", "description", "host", "path", "type"):
            words |= Q(**{f"{column}__icontains": search})
        rows = rows.filter(words)
    return rows.prefetch_related("grants") if actor.is_admin else rows


def get_registry(*, registry_id: str, actor: Principal) -> Registry:
    """The 404 also for one that is not for `actor`."""
    found = visible_registries(actor).filter(pk=registry_id).first() if _ID.match(registry_id) else None
    if found is None:
        raise RegistryNotFound
    return found


def get_default_registry(*, actor: Principal) -> Registry | None:
    """Where something goes when no registry is named; None when that is none that `actor` may use."""
    return usable_registries(actor.workspace).filter(is_default=True).first()


def require_admin(actor: Principal) -> None:
    if not actor.is_admin:
        raise RegistriesAreForAdmins


def read_image(image: str) -> ImageReference:
    """The 400 for what cannot be the name of an image."""
    try:
        return parse_reference(image.strip())
    except BadReference as error:
        raise BadImage(str(error)) from None


def find_registry(*, image: str, actor: Principal) -> tuple[ImageReference, Registry | None]:
    """The parts of an image's name, and the registry by which a run of `actor` would pull it."""
    reference = read_image(image)
    rows = usable_registries(actor.workspace).filter(host=reference.host)
    return reference, best_of(rows, reference)


def registries_for(*, images: Iterable[str], workspace: str) -> dict[str, Registry]:
    """By image, in one query. An image that no registry has, or that has no readable name, is not in it."""
    references: dict[str, ImageReference] = {}
    for image in images:
        try:
            references[image] = parse_reference(image)
        except BadReference:
            continue  # Whoever compiles says so.
    if not references:
        return {}
    rows = list(usable_registries(workspace).filter(host__in={reference.host for reference in references.values()}))
    found = {image: best_of(rows, reference) for image, reference in references.items()}
    return {image: registry for image, registry in found.items() if registry is not None}


def short_lived_registries() -> list[str]:
    """The ids of those whose passwords last for hours only, however long ago they were used."""
    rows = Registry.objects.filter(type=RegistryType.ECR).exclude(credentials=None)
    return [str(pk) for pk in rows.values_list("pk", flat=True)]


def best_of(rows: Iterable[Registry], reference: ImageReference) -> Registry | None:
    """By host and longest path; of equals the one that is for somebody in particular, then the oldest."""
    fitting = [row for row in rows if row.host == reference.host and is_below(reference.repository, row.path)]
    return min(fitting, key=_rank, default=None)


def _rank(row: Registry) -> tuple[int, bool, object, str]:
    return (-len(row.path), row.available_to == RegistryAudience.EVERYONE, row.created_at, row.pk)
