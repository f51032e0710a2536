"""A Dask cluster of two worker processes answers as one process does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
from distributed import Client, LocalCluster

from certlife.adapters.manifests import read_snapshot
from certlife.fleet import Unread, evaluate
from tests.fleet.worlds import LATER, exported, fleet

if __name__ == "__main__":
    snapshots = fleet(20)
    unread = [Unread(exported(one), read_snapshot) for one in snapshots]
    expected = list(evaluate(snapshots, now=LATER))
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        pids = set(client.run(__import__("os").getpid).values())
        assert len(pids) == 2, pids
        executor = client.get_executor()
        sent = {"now": LATER, "executor": executor, "chunk_size": 3}
        assert list(evaluate(snapshots, **sent)) == expected
        assert list(evaluate(unread, with_private_keys=True, **sent)) == expected
        late = evaluate(snapshots, in_order=False, **sent)
        assert sorted(one.position for one in late) == list(range(20))
    print("as one")
"""


def test_a_cluster_of_two_processes_answers_as_one(tmp_path: Path) -> None:
    # In a process of its own: Dask warns, logs and leaves threads behind, as it pleases.
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, "utf-8")
    done = subprocess.run(  # noqa: S603 — our own words
        [sys.executable, str(program)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout == "as one\n", done.stderr
