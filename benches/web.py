#!/usr/bin/env python3
"""What the web of citations costs: the share of a build that goes into the graph.

    web.py [--posts 10000] [--links 3] [--mentions 5000] [--runs 5] [--pingmark FILE]

Writes a blog with so many posts, each with so many links to other posts, and so many received
mentions; builds it with `--no-cache -v`, and reads the time of each stage from what it says:
`link` is the graph (links, citations, pings, mentions, groups, orders) and the plan. Mentions
are read, and checked, in `compile`: how much that is shows the same blog without them.

Python 3.9 and nothing else.
"""

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import bench

STAGES = re.compile(r"(read|compile|link|theme|render and write) ([0-9.]+) (ms|s)\b")


def mention(number, post, draw):
    """One file of mentions/: of each kind, a third with a text."""
    kind = draw.choice(["pingback", "webmention", "reply", "like", "repost", "trackback"])
    address = f"{bench.BASE_URL.rstrip('/')}/posts/{post.file.removesuffix('.md')}/"
    text = f"content: |\n  {bench.sentence(draw)} {bench.sentence(draw)}\n" if kind in ("reply", "webmention") else ""
    return (
        f"type: {kind}\nsource: https://ailleurs-{draw.randint(1, 900)}.example/notes/{number}/\ntarget: {address}\n"
        f"title: {draw.choice(bench.THINGS).capitalize()}\nauthor:\n  name: {draw.choice(bench.AUTHORS)}\n"
        f"  url: https://ailleurs-{draw.randint(1, 900)}.example/\n{text}"
        f"published: 2024-03-{draw.randint(1, 28):02d}T10:00:00Z\nreceived: 2024-04-01T10:00:00Z\n"
        f"status: approved\nvia: webmention.io\n"
    )


def write(root, args, mentions):
    posts = [bench.Post(number, args.posts) for number in range(args.posts)]
    bench.make_plume(root, posts)
    draw = random.Random("pingmark-web")
    for post in posts:
        place = root / "content" / "posts" / post.file
        text = place.read_text(encoding="utf-8")
        # The blog's own links are between one and three a post; these make them the number asked for.
        has = len(re.findall(r"\]\([^):]+\.md\)", text))
        for _ in range(args.links - has):
            other = posts[draw.randrange(len(posts))]
            if other is not post:
                text += f"\n{bench.sentence(draw)[:-1]}, voir [{draw.choice(bench.LINK_WORDS)}]({other.file}).\n"
        place.write_text(text, encoding="utf-8", newline="\n")
    for number in range(mentions):
        post = posts[int(len(posts) * draw.random() ** 3)]
        slug = post.file.removesuffix(".md")
        bench.put(root, f"mentions/{slug}/2024-04-01-ailleurs.example-{number:08x}.yaml", mention(number, post, draw))


def build(binary, root, out):
    done = subprocess.run(
        [binary, "build", "--root", str(root), "--no-cache", "-v", "--output-dir", str(out)],
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        sys.exit(done.stderr[-4000:])
    stages = {name: float(time) * (1000 if unit == "s" else 1) for name, time, unit in STAGES.findall(done.stderr)}
    return stages, done.stderr.strip().splitlines()[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--posts", type=int, default=10000)
    parser.add_argument("--links", type=int, default=3)
    parser.add_argument("--mentions", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=5)
    beside = Path(__file__).resolve().parent.parent / "target" / "release" / "pingmark"
    parser.add_argument("--pingmark", default=os.environ.get("PINGMARK", str(beside)), metavar="FILE")
    args = parser.parse_args()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    rows = []
    for mentions in (args.mentions, 0):
        with tempfile.TemporaryDirectory(dir=memory) as folder:
            root = Path(folder) / "site"
            write(root, args, mentions)
            runs = []
            for run in range(args.runs):
                stages, said = build(args.pingmark, root, Path(folder) / f"out-{run}")
                runs.append(stages)
            rows.append((mentions, {name: statistics.median(run[name] for run in runs) for name in runs[0]}, runs, said))
    for mentions, stages, runs, said in rows:
        whole = sum(stages.values())
        shares = [run["link"] / sum(run.values()) for run in runs]
        print(f"{mentions} mentions: " + " · ".join(f"{name} {time:.0f} ms" for name, time in stages.items()))
        print(f"  the graph: {statistics.median(shares):.1%} of {whole:.0f} ms ({min(shares):.1%} to {max(shares):.1%})")
        print(f"  {said}")


if __name__ == "__main__":
    main()
