#!/bin/sh
# What CI runs, from the project's root: are the rules right, is each spec in order, does each keep
# to the rules? The folder of manifests is the first argument.
set -eu
python -m pytest -q examples/policies
certlife validate "$1"
certlife check "$1" --policy examples.policies.rules:MANIFESTS --exit-code
