"""Routes of runs."""

from core.api.routes import route
from workflows.api import diagnose_urls, drift_views
from workflows.api import run_views as views

urlpatterns = [
    route("workflows/:id/plan", views.PlanView.as_view()),
    route("workflows/:id/run", views.StartView.as_view()),
    route("workflows/:id/awaited-runs/:awaited_id", views.AwaitedRunView.as_view()),
    route("workflows/:id/nodes/:node_id/build", views.NodeBuildView.as_view()),
    route("workflows/:id/runs", views.RunsView.as_view()),
    route("workflows/:id/rollback", views.RollbackView.as_view()),
    route("workflows/:id/targets", views.TargetsView.as_view()),
    route("workflows/:id/status", views.WorkflowStatusView.as_view()),
    route("workflows/:id/drift", drift_views.DriftView.as_view()),
    route("workflows/:id/drift/revert", drift_views.RevertView.as_view()),
    route("workflows/:id/drift/adopt", drift_views.AdoptView.as_view()),
    route("runs/:id", views.RunView.as_view()),
    route("runs/:id/cancel", views.CancelView.as_view()),
    route("targets/:id/undeploy", views.UndeployView.as_view()),
    *diagnose_urls.urlpatterns,
]
