"""A simulated Kubernetes API for practising: one server, one isolated cluster per tenant.

It must not know anything of the product around it: it imports neither Django nor any package of ours.
"""
