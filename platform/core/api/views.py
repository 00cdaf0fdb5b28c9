"""The base of every REST view: parse, call a service or selector, serialise."""

from typing import Any, ClassVar, TypeVar

from django.http import QueryDict
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from core.api.permissions import Access, DeclaredAccess
from core.api.typed import wrong_types
from core.errors import Unauthenticated
from core.principal import Principal
from core.scopes import Scopes

S = TypeVar("S", bound=BaseSerializer)


class ApiView(APIView):
    """Subclasses declare `access`; one without is closed to everyone. `token_scopes` opens a view to tokens."""

    access: ClassVar[Access | dict[str, Access] | None] = None
    token_scopes: ClassVar[Scopes | dict[str, Scopes]] = None
    permission_classes = [DeclaredAccess]

    @property
    def actor(self) -> Principal:
        """Who calls. Only for views that are not public."""
        actor = self.request.auth
        if not isinstance(actor, Principal):
            raise Unauthenticated("Sign in to do this.")
        return actor

    def read(self, serializer: type[S], request: Request, **kwargs: Any) -> dict[str, Any]:
        """The validated input; raises the 400 of the error handler."""
        instance = serializer(data=request.data, **kwargs)
        # A form has only texts, and its fields are read from them; JSON says itself what it holds.
        wrong = None if isinstance(request.data, QueryDict) else wrong_types(instance, request.data)
        if not instance.is_valid() or wrong:
            raise ValidationError({**dict(instance.errors), **(wrong or {})})
        return dict(instance.validated_data)


class PublicView(ApiView):
    """No sign-in needed; a stale Authorization header must not fail the call, so it is not looked at."""

    access = Access.PUBLIC
    authentication_classes = ()
