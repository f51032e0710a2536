"""What the fuzzer found out about objects: an empty name is a name that was said."""

from certlife.adapters.kubernetes import read_secret, write_secret


def test_a_secret_whose_name_is_empty_is_written_as_it_was_read() -> None:
    manifest = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": ""}}
    assert write_secret(read_secret(manifest)) == manifest
