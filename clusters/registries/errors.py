"""What registries refuse, one class per reason."""

from core.errors import ClusterRefused, Conflict, InvalidInput, NotFound, PermissionDenied, Unavailable


class RegistryNotFound(NotFound):
    """Also for one that is not for whoever asks."""

    code = "registry_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such registry.")


class RegistriesAreForAdmins(PermissionDenied):
    code = "registries_for_admins"

    def __init__(self) -> None:
        super().__init__("Only administrators add, change, test and remove registries.")


class RegistryNameTaken(Conflict):
    code = "registry_name_taken"

    def __init__(self, name: str) -> None:
        message = f"There is already a registry with the name {name}."
        super().__init__(message, fields={"name": [message]})


class RegistryPlaceTaken(Conflict):
    """Two that are for everyone at one place: nobody could say which of them is used."""

    code = "registry_exists"

    def __init__(self, place: str, name: str) -> None:
        message = f"{name} is already the registry that everyone uses for {place}; change that one instead."
        super().__init__(message, fields={"url": [message]})


class RegistryChanged(Conflict):
    code = "registry_changed"

    def __init__(self) -> None:
        super().__init__("Someone else changed this registry in the meantime. Load it again.")


class BadRegistry(InvalidInput):
    """One field of a registry's input, with the sentence that names what is wrong in it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, fields={field: [message]})


class BadImage(InvalidInput):
    code = "invalid_image"

    def __init__(self, message: str) -> None:
        super().__init__(message, fields={"image": [message]})


class PullSecretFailed(Unavailable):
    """A password that has to be made for each use could not be."""

    code = "registry_unavailable"


class RegistryListRefused(ClusterRefused):
    """It answers, but does not tell what it holds. Many do not."""

    code = "registry_list_refused"


class RegistryUnavailable(Unavailable):
    """It cannot be asked just now."""

    code = "registry_unavailable"
