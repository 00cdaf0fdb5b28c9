"""The pace of those who are nobody yet: counted by address, where people and tokens are counted by themselves."""

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts import throttle
from core.context import current_request

if TYPE_CHECKING:  # REST framework reads this class while that module is still being read.
    from rest_framework.views import APIView


class AddressPace(BaseThrottle):
    """For every view without a sign-in. Raises the error that says how long to wait."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        if request.auth is None:
            throttle.pace("address", current_request().ip, settings.PUBLIC_REQUESTS_PER_MINUTE)
        return True
