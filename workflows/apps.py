from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.events import email_verified, user_registered
        from clusters.registries.events import register_changed
        from clusters.services import register_live_target_check, register_revoked, register_sets_of_workflow
        from workflows.building import services as building
        from workflows.runs import execution, renewing
        from workflows.runs.revoking import cancel_where_not_allowed
        from workflows.runs.selectors import live_on_cluster, sets_of_workflow
        from workflows.runs.services import clean_up_workflow
        from workflows.searching import register_sources
        from workflows.services.hooks import register_cleanup
        from workflows.services.shares import on_address_proven

        register_sources()
        execution.register()
        building.register()
        renewing.register()
        register_changed(renewing.renew_where_used)
        register_live_target_check(live_on_cluster)
        register_revoked(cancel_where_not_allowed)
        register_sets_of_workflow(sets_of_workflow)
        register_cleanup("runs", clean_up_workflow)
        user_registered.connect(on_address_proven, dispatch_uid="workflows.shares")
        email_verified.connect(on_address_proven, dispatch_uid="workflows.shares")
