"""The built front end and the few static files, sent whole: they are small, and Django's asynchronous server warns of
each file that it has to stream from a synchronous iterator.
"""

from contextlib import closing

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import Redirect, StaticFile


class BuiltFiles(WhiteNoiseMiddleware):
    """WhiteNoise's rules of caching, compression and ranges, without its stream."""

    @staticmethod
    def serve(static_file: StaticFile | Redirect, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        content = b""
        if found.file is not None:
            with closing(found.file) as file:
                content = file.read()
        response = HttpResponse(content, status=int(found.status))
        del response["content-type"]  # Its own is among the headers, where there is one.
        for key, value in found.headers:
            response[key] = value
        return response
