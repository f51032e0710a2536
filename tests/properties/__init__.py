"""Laws: what holds for every spec, certificate and instant, tried on what Hypothesis thinks of.

That object -> model -> object is the identity is a law of the adapters, and proved in
tests/adapters/test_kubernetes_properties.py.
"""
