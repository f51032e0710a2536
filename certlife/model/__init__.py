"""What things are: the values of cert-manager's API that a decision depends on, frozen and typed.

The model says what was said. Nothing absent is filled in, nothing is judged, and nothing knows of
files, Kubernetes or the clock. What follows from a value is a property of it.
"""
