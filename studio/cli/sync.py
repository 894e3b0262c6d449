"""`studio sync`, on the command line."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer

from studio.cli.home import AsJson, Home, at_home, say


def sync(
    url: Annotated[str, typer.Argument(help="The other studio's address, as it prints it")],
    key: Annotated[str | None, typer.Option(help="One of its keys", envvar="STUDIO_SYNC_KEY")] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Give another studio what it lacks, get what is missing here, and bring both to the same films."""
    from studio.sync.peer import Peer
    from studio.sync.run import Sync

    tell = (lambda said: None) if as_json or not sys.stderr.isatty() else lambda said: print(said, file=sys.stderr)
    peer = Peer(url, key)
    try:
        with at_home(home) as studio:
            done = Sync(studio, peer, tell).run()
    finally:
        peer.close()
    if as_json:
        told = asdict(done)
        listed = {id: [one.model_dump(mode="json") for one in found] for id, found in done.conflicts.items()}
        say(told | {"conflicts": listed})
    else:
        report(done)


def report(done: Any) -> None:
    from studio.timeline.edit.merge import described

    print(f"projects: {done.pushed} sent, {done.pulled} fetched, {done.merged} merged, {done.same} the same")
    megabytes = [f"{count / 1e6:.1f} MB" for count in (done.sent_bytes, done.fetched_bytes)]
    print(f"files: {done.sent} sent ({megabytes[0]}), {done.fetched} fetched ({megabytes[1]})")
    for title, why in done.passed_over.items():
        print(f"left as it is: {title}: {why}")
    for id in dict.fromkeys(done.absent):
        print(f"in neither studio: {id[:12]}")
    for project, conflicts in done.conflicts.items():
        print(f"conflicts in project {project}; what lost is kept among its versions:")
        for one in conflicts:
            print(f"  {described(one)}")
