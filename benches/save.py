#!/usr/bin/env python3
"""From a save to the page: how long until a request gets what was saved, while a server watches.

    save.py [--sizes 1000,10000] [--saves 15] [--pingmark FILE] [--sites DIR]

Starts `pingmark serve --watch` on the blog of bench.py, with bare templates and with the theme that comes with
the program, and `hugo server` where there is a hugo on the path or in $HUGO. Then changes, again and again, the
text of one post, its title, or a template, and asks for the post until the answer has the change in it: each
question on a connection of its own, without a pause between two. A second build is measured too: `pingmark build`
after which nothing changed, and with one post changed.

Python 3.9 and nothing else. Everything stays on the loopback.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bench

LIMIT = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port, path):
    """A page's bytes; none as long as nobody answers."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as line:
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
            parts = []
            while part := line.recv(1 << 16):
                parts.append(part)
            return b"".join(parts)
    except OSError:
        return b""


def until(port, path, wanted):
    """Seconds until a page holds some bytes."""
    started = time.perf_counter()
    while wanted not in get(port, path):
        if time.perf_counter() - started > LIMIT:
            sys.exit(f"{path} did not change within {LIMIT} s")
    return time.perf_counter() - started


def text_of(file, mark):
    return file + f"\nDernier mot {mark}.\n"


def title_of(file, mark):
    return re.sub(r'^title: "?(.*?)"?$', rf'title: "\1 {mark}"', file, count=1, flags=re.M)


def template_of(file, mark):
    return file.replace("</article>", f"<p>{mark}</p></article>", 1)


def measure(server, port, page, edits, saves):
    """Medians of the seconds from a save to the page, by edit."""
    process = subprocess.Popen(server, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(port, page, b"</html>")
        figures = []
        for number, (place, change) in enumerate(edits):
            before = place.read_text(encoding="utf-8")
            took = []
            for save in range(saves):
                mark = f"Marque{number}x{save}z"
                text = change(before, mark)
                time.sleep(0.3)  # what follows the last one is over
                started = time.perf_counter()
                place.write_text(text, encoding="utf-8")
                until(port, page, mark.encode())
                took.append(time.perf_counter() - started)
            place.write_text(before, encoding="utf-8")
            time.sleep(1)
            figures.append(statistics.median(took))
        return figures
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def second_build(binary, site, post, runs):
    """Seconds of a build after which nothing changed, and of one with a post changed."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as out:
        command = [binary, "build", "--quiet", "--root", str(site), "--output-dir", f"{out}/public"]
        build = lambda: bench.measure(command)[0]  # noqa: E731
        build(), time.sleep(2.5), build()  # stamps settle within two seconds
        nothing = statistics.median(build() for _ in range(runs))
        before = post.read_text(encoding="utf-8")
        one = []
        for number in range(runs):
            post.write_text(text_of(before, f"Marque{number}"), encoding="utf-8")
            one.append(build())
        post.write_text(before, encoding="utf-8")
        shutil.rmtree(site / ".pingmark", ignore_errors=True)
    return nothing, statistics.median(one)


def row(size, name, figures):
    cells = (f"{figure * 1000:.0f} ms" if figure is not None else "" for figure in figures)
    print(f"| {size:,} | {name} | ".replace(",", " ") + " | ".join(cells) + " |", flush=True)


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--sizes", default="1000,10000")
    asked.add_argument("--saves", type=int, default=15)
    asked.add_argument("--pingmark", default=str(bench.HERE.parent / "target/release/pingmark"))
    asked.add_argument("--hugo", default=os.environ.get("HUGO") or shutil.which("hugo"))
    asked.add_argument("--sites")
    args = asked.parse_args()
    print("| Posts | Program | text | title | template | build, nothing changed | build, one post |")
    print("|--:|:--|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory(prefix="pingmark-save-") as scratch:
        sites = Path(args.sites or scratch)
        for size in map(int, args.sizes.split(",")):
            posts = [bench.Post(number, size) for number in range(size)]
            post = posts[size // 2]
            page = f"/posts/{post.slug}/"
            forms = [("bare", "Pingmark (bare templates)"), ("plume", "Pingmark (its own theme)")]
            forms += [("hugo", "Hugo (bare templates)")] if args.hugo else []
            for key, name in forms:
                site = sites / f"{key}-{size}"
                if not site.exists():
                    getattr(bench, f"make_{key}")(site, posts)
                place = site / "content/posts" / post.file
                port = free_port()
                edits = [(place, text_of), (place, title_of)]
                if key == "hugo":
                    server = [args.hugo, "server", "--source", str(site), "--port", str(port), "--renderToMemory"]
                    edits.append((site / "layouts/page.html", template_of))
                    row(size, name, measure(server, port, page, edits, args.saves) + [None, None])
                    continue
                server = [args.pingmark, "serve", "--watch", "--root", str(site), "--port", str(port)]
                if key == "bare":
                    edits.append((site / "templates/post.html", template_of))
                figures = measure(server, port, page, edits, args.saves)
                figures += [None] * (3 - len(figures))
                row(size, name, figures + list(second_build(args.pingmark, site, place, 5)))


if __name__ == "__main__":
    main()
