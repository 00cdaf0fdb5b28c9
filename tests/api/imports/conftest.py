"""What tests of imports look up."""

from collections.abc import Callable

import pytest

from workflows import services, stored
from workflows.models import Workflow


@pytest.fixture
def reveal() -> Callable[[str], dict[str, str]]:
    """The clear values of all secrets of a workflow, by key."""

    def values(workflow_id: str) -> dict[str, str]:
        workflow = Workflow.objects.get(pk=workflow_id)
        references = {key: ref.revision for (_, key), ref in stored.references(workflow.graph).items() if ref}
        clear = services.reveal_secrets(revisions=references.values(), workspace=workflow.workspace_id)
        return {key: clear[revision] for key, revision in references.items()}

    return values
