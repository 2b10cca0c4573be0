#!/usr/bin/env python3
"""What cards cost: the same blog built without them, with them cold, and with them known.

    cargo build --release
    python3 benches/cards.py [--posts 1000] [--pingmark FILE]

Time and CPU are those of whole builds; a card's CPU is the difference to the build without cards,
for each. Sizes are those of the files. Needs Python 3.9 and nothing else.
"""

import argparse
import os
import random
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

WORDS = (
    "la modération une communauté écrire répondre lentement l’œuvre d’un métier « discuter » mesurer ce "
    "qui compte vraiment pour ceux restent après fête calendrier éditorial veille partager ailleurs publier"
).split()
CONFIG = "title: Le Carnet\nbase_url: https://carnet.example\nauthor: Chloé Delecroix\nsearch: false\n"


def write(root: Path, posts: int) -> None:
    chance = random.Random(4)
    folder = root / "content/posts"
    folder.mkdir(parents=True)
    for number in range(posts):
        title = " ".join(chance.choice(WORDS) for _ in range(chance.randint(2, 14))).capitalize()
        name = f"20{number % 24 + 1:02}-{number % 12 + 1:02}-{number % 28 + 1:02}-p{number}.md"
        text = f"---\ntitle: {title} {number}\ndescription: x\ncategories: [Métier]\n---\n\nTexte.\n"
        (folder / name).write_text(text, encoding="utf-8")


def build(pingmark: str, root: Path, cards: bool) -> tuple:
    switch = "" if cards else "social: {cards: false}\n"
    (root / "pingmark.yaml").write_text(CONFIG + switch, encoding="utf-8")
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([pingmark, "build", "-q"], cwd=root, check=True)
    taken, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--posts", type=int, default=1000)
    asked.add_argument("--pingmark", default=str(Path(__file__).parent.parent / "target/release/pingmark"))
    asked = asked.parse_args()
    place = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=place) as folder:
        root = Path(folder)
        write(root, asked.posts)
        pingmark = os.path.abspath(asked.pingmark)
        bare = build(pingmark, root, cards=False)
        shutil.rmtree(root / ".pingmark")
        shutil.rmtree(root / "public")
        cold = build(pingmark, root, cards=True)
        sizes = sorted(file.stat().st_size for file in root.glob("public/posts/*/card.png"))
        assert len(sizes) == asked.posts, len(sizes)
        shutil.rmtree(root / "public")
        kept = build(pingmark, root, cards=True)
        warm = build(pingmark, root, cards=True)
    for name, (taken, cpu) in [("without", bare), ("cold", cold), ("kept", kept), ("nothing new", warm)]:
        each = (cpu - bare[1]) * 1000 / asked.posts
        print(f"{name:12} {taken:6.2f} s, CPU {cpu:6.2f} s, {max(each, 0):5.2f} ms of CPU a card")
    middle = sizes[len(sizes) // 2]
    print(f"bytes: {sizes[0]} to {sizes[-1]}, median {middle}, {sum(sizes)} in all")


if __name__ == "__main__":
    main()
