"""What the routes of builds refuse, one class per reason."""

from core.errors import Conflict, InvalidInput, NotFound, PermissionDenied, TooLarge, TooManyRequests


class BuildNotFound(NotFound):
    """Also for one that is somebody else's."""

    code = "build_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such build.")


class BadBuild(InvalidInput):
    """One field of a build's input, with the sentence that says what is wrong in it."""

    def __init__(self, field: str, message: str, *, code: str | None = None) -> None:
        super().__init__(f"{field}: {message}", fields={field: [message]}, code=code)


class NoEngine(Conflict):
    code = "no_build_engine"

    def __init__(self) -> None:
        super().__init__(
            "This installation has no engine that builds images. An administrator sets DOCKER_HOST or "
            "SAILCLOTH_BUILD_ENGINE."
        )


class BuildFinished(Conflict):
    code = "build_finished"

    def __init__(self, status: str) -> None:
        super().__init__(f"This build has ended already: it is {status}.")


class BuildNotFinished(Conflict):
    code = "build_in_progress"

    def __init__(self) -> None:
        super().__init__("This build is still under way. Cancel it or wait for its end before you build again.")


class TooManyBuilds(TooManyRequests):
    code = "too_many_builds"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"{most} of your builds wait already. Wait for some of them to end, or cancel some.", retry_after=60
        )


class UploadNotFound(InvalidInput):
    """Also for one that is somebody else's, or expired."""

    code = "upload_not_found"

    def __init__(self) -> None:
        message = "There is no such upload, or it has expired. Upload the archive again."
        super().__init__(message, fields={"source.upload": [message]})


class UploadGone(Conflict):
    code = "upload_expired"

    def __init__(self) -> None:
        super().__init__("The uploaded archive of this build has expired. Upload it again and start a new build.")


class UploadTooLarge(TooLarge):
    code = "upload_too_large"

    def __init__(self, mebibytes: int) -> None:
        super().__init__(f"file: An archive may have up to {mebibytes} MiB.")


class ConsumerNotAllowed(InvalidInput):
    """Whoever registered the kind says that this actor may not build for it, or that it is not there."""

    code = "consumer_not_found"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, fields={field: [message]})


class HookNotFound(NotFound):
    """Also for one that is somebody else's."""

    code = "webhook_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such webhook.")


class HookRefused(PermissionDenied):
    """A signature or token that is not the webhook's."""

    code = "webhook_signature"

    def __init__(self) -> None:
        super().__init__("The signature of this call is not that of the webhook. Check the secret at the Git host.")


class HookHeardAlready(Conflict):
    code = "webhook_replayed"

    def __init__(self) -> None:
        super().__init__("This call was heard already.")


class NotFromGit(Conflict):
    code = "not_from_git"

    def __init__(self) -> None:
        super().__init__("Only a build from a Git repository can be made again when somebody pushes.")


class GitLoginNotFound(NotFound):
    """Also for one that is somebody else's."""

    code = "git_login_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such login.")


class TooManyGitLogins(Conflict):
    code = "too_many_git_logins"

    def __init__(self, most: int) -> None:
        super().__init__(f"You keep logins for {most} Git hosts already. Remove one before you add another.")


# What a person would change.
_FIELD_OF = {
    "unknown_ref": "source.ref",
    "unknown_subdirectory": "source.subdirectory",
    "no_dockerfile": "dockerfile",
    "dockerfile_too_large": "dockerfile",
    "upload_expired": "source.upload",
    "bad_archive": "source.upload",
    "unknown_host": "source.git_url",
    "host_refused": "source.git_url",
    "git_scheme": "source.git_url",
    "git_missing": "source.git_url",
    "git_failed": "source.git_url",
    "git_redirected": "source.git_url",
    "git_tls": "source.git_url",
    "git_unauthorized": "source.git_url",
    "git_unreachable": "source.git_url",
}


class NoPreview(InvalidInput):
    """The source could not be looked at, for the reason for which its build would fail."""

    def __init__(self, code: str, message: str) -> None:
        field = _FIELD_OF.get(code, "source")
        super().__init__(message, fields={field: [message]}, code=code)


class PreviewsBusy(TooManyRequests):
    code = "previews_busy"

    def __init__(self) -> None:
        super().__init__("Others look at their sources just now. Try again in a moment.", retry_after=5)
