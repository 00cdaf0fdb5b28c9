"""Every change of builds. Published: what other apps may ask for."""

from builds.consumers import register_consumer
from builds.services.ending import cancel_build, retry_build
from builds.services.git_logins import keep_git_login, remove_git_login
from builds.services.hooks import create_hook, delete_hook, forget_deliveries, hear_hook, rotate_hook, send_test
from builds.services.previews import preview_source
from builds.services.queue import admit_builds, wake_queues
from builds.services.retention import forget_builds, forget_folders, remove_dangling_images
from builds.services.starting import start_build
from builds.services.uploads import forget_uploads, upload_source

__all__ = [
    "admit_builds",
    "cancel_build",
    "create_hook",
    "delete_hook",
    "forget_builds",
    "forget_deliveries",
    "forget_folders",
    "forget_uploads",
    "hear_hook",
    "keep_git_login",
    "preview_source",
    "register_consumer",
    "remove_dangling_images",
    "remove_git_login",
    "retry_build",
    "rotate_hook",
    "send_test",
    "start_build",
    "upload_source",
    "wake_queues",
]
