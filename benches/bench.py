#!/usr/bin/env python3
"""Times cold builds of one blog by Pingmark and, where there is one, by Hugo.

The blog is made here, and is the same on every machine for a number of posts. Each program
gets it in its own form; the templates of both are equally bare. Needs Python 3.9 and nothing
else. See README.md for how to read the table.
"""

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
TITLE = "Atelier Communauté"
DESCRIPTION = "Textes factices pour mesurer des générateurs de sites."
BASE_URL = "https://lab.example"

# ---- the words of the blog ------------------------------------------------------------------

AUTHORS = ["Agathe Morvan", "Bilal Castaing", "Édith Nowak", "Jonas Ferreira", "Théa Lindqvist"]
SUBJECTS = """La modératrice|Un lecteur de longue date|Notre petite équipe|La bibliothécaire du quartier
Celui qui répond le soir|L'association des riverains|Une collègue de Nantes|Le standard de la mairie
Chaque nouveau venu|Le président du club|La rédaction|Un internaute inquiet|La personne d'astreinte
Le maraîcher du samedi|Une stagiaire attentive|Le conseil des habitués|La voisine du troisième
Notre interlocuteur à la région|L'animateur du forum|Un bénévole discret|La compagnie de théâtre
Le groupe des parents|Une abonnée de la première heure|La chorale|Le réparateur de vélos""".replace("\n", "|").split("|")
VERBS = """relit|annonce|prépare|discute|reporte au lendemain|recopie à la main|classe par ordre d'urgence
explique en trois phrases|traduit pour les autres|publie sans attendre|met de côté|compare avec l'an dernier
raconte à sa manière|vérifie deux fois|signale poliment|résume dans le carnet|conteste|range avec soin
apprend par hasard|corrige|laisse mûrir|distribue à la sortie|garde pour l'été|remet sur la table""".replace(
    "\n", "|"
).split("|")
OBJECTS = """le compte rendu de la réunion|une question restée sans réponse|les règles de la maison
la photographie du marché|un message écrit trop vite|le programme de la saison|la liste des absents
une vieille querelle de clocher|les horaires du dépôt|un remerciement inattendu|la lettre d'information
le tableau des permanences|une rumeur qui revient chaque hiver|les chiffres du trimestre
la charte, ligne après ligne|un appel à témoignages|le brouillon du discours|une erreur de date
les réponses du sondage|le plan de la salle|la recette de la soupe|un article sur les haies
le mode d'emploi de l'imprimante|une idée venue du comptoir|la carte des sentiers""".replace("\n", "|").split("|")
TAILS = """avant que le café refroidisse|sans en faire toute une histoire|parce que personne d'autre ne le fera
et cela suffit souvent|comme on plie une nappe|malgré la pluie et le réseau capricieux|avec une prudence de chat
pendant que les autres déjeunent|et note ce qui a changé|au risque de se tromper|pour que chacun s'y retrouve
en pensant aux absents|même quand le sujet fâche|sous le regard de la gare|et en garde une copie datée
à voix haute, pour entendre ce qui cloche|le temps d'un trajet en tramway|puis passe à la suite
sans chercher le bon mot à tout prix|devant une salle à moitié pleine|jusqu'à la dernière ligne""".replace(
    "\n", "|"
).split("|")
OPENINGS = """Au printemps,|Ce mardi-là,|D'ordinaire,|Depuis le déménagement,|Faute de mieux,|Une fois sur deux,
Quand le calme revient,|À la surprise générale,|Avec le recul,|Les jours de grand vent,|Plus tard,|En fin de mois,
Dans le doute,|De son côté,|À force d'essayer,|Contre l'avis du trésorier,""".replace("\n", "|").split("|")
THINGS = """silence fenêtre carnet passerelle horloge promesse brouillon lanterne escale verger boussole
refrain couture marée palissade écluse tonnelle virgule braise clairière cadran goélette moisson
rature sillage tambour veilleuse cabane dérive estuaire fanfare girouette lisière manivelle""".split()
MANNERS = """tardif tranquille fragile ordinaire partagé retrouvé patient nocturne provisoire limpide
singulier bavard minuscule voisin solide imprévu fidèle discret sensible commun""".split()
TAG_STEMS = """accueil agenda alerte annonce archive atelier banlieue bibliothèque bilan bénévolat campagne cantine
chorale chronique citoyenneté collecte commerce conseil cuisine culture danse dialogue débat départ
enquête entraide famille festival forêt fleuve humour hiver jardin jeunesse journal langage lecture
lettre logement marché mémoire montagne musique mobilité nature outil patience photo quartier radio
récit rentrée santé sentier sondage soirée théâtre transport vélo voisinage""".split()
LINK_WORDS = """un billet plus ancien|ce que nous en disions|le récit de cette journée|une note sur le sujet
la première version|ce précédent|notre réponse d'alors|un détour utile""".replace("\n", "|").split("|")
SOURCE_WORDS = """une étude régionale|le texte d'origine|l'entretien complet|la fiche technique|un reportage
les minutes du débat|ce guide pratique|l'annuaire des lieux|une tribune""".replace("\n", "|").split("|")


class Post:
    """One post: its facts, drawn from its number alone; its text is made when asked for."""

    def __init__(self, number, total):
        self.number = number
        draw = random.Random(f"pingmark-bench-facts-{number}")
        step = timedelta(days=3652) / total
        self.date = datetime(2015, 1, 1, 6) + step * number
        first, second = draw.sample(THINGS, 2)
        self.title = f"{first.capitalize()} et {second}, carnet {number}"
        self.slug = ascii_slug(f"{first}-et-{second}-{number}")
        self.file = f"{self.date:%Y-%m-%d}-{self.slug}.md"
        self.tags = draw.sample(TAG_STEMS, draw.randint(2, 5))
        self.author = AUTHORS[draw.randrange(len(AUTHORS))]
        self.description = sentence(draw)


def ascii_slug(text):
    return text.lower().translate(str.maketrans("éèêëàâçîïôöûüù", "eeeeaaciioouuu"))


def sentence(draw):
    opening = draw.choice(OPENINGS) + " " if draw.random() < 0.35 else ""
    subject = draw.choice(SUBJECTS)
    if opening:
        subject = subject[0].lower() + subject[1:]
    return f"{opening}{subject} {draw.choice(VERBS)} {draw.choice(OBJECTS)} {draw.choice(TAILS)}."


def paragraph(draw, sentences):
    made = []
    for _ in range(sentences):
        text = sentence(draw)
        chance = draw.random()
        if chance < 0.10:
            text = text.replace(" une ", " *une* ", 1)
        elif chance < 0.22:
            text = f"**{draw.choice(THINGS).capitalize()}** : {text[0].lower()}{text[1:]}"
        elif chance < 0.30:
            text = text[:-1] + f' ("{draw.choice(THINGS)}", disait-on) ; rien de plus.'
        made.append(text)
    return " ".join(made)


def code_block(draw):
    name = ascii_slug(draw.choice(THINGS))
    language = draw.choice(["html", "json", "python"])
    if language == "html":
        items = "\n".join(
            f'    <li class="{name}" data-rank="{n}"><a href="/{ascii_slug(draw.choice(TAG_STEMS))}/">{draw.choice(THINGS)}</a></li>'
            for n in range(draw.randint(3, 8))
        )
        body = f"<!-- {name} -->\n<nav aria-label=\"{name}\">\n  <ul>\n{items}\n  </ul>\n</nav>"
    elif language == "json":
        items = ",\n".join(
            f'    {{ "nom": "{draw.choice(THINGS)}", "rang": {draw.randint(1, 90)}, "visible": {draw.choice(["true", "false"])} }}'
            for _ in range(draw.randint(3, 8))
        )
        body = f'{{\n  "{name}": [\n{items}\n  ],\n  "total": {draw.randint(100, 999)}\n}}'
    else:
        body = (
            f'def {name}(lignes, seuil={draw.randint(2, 40)}):\n'
            f'    """Garde ce qui compte."""\n'
            f"    gardees = []\n"
            f"    for rang, ligne in enumerate(lignes):\n"
            f"        if len(ligne) > seuil and not ligne.startswith('#'):  # {draw.choice(MANNERS)}\n"
            f'            gardees.append(f"{{rang}} : {{ligne.strip()}}")\n'
            f"    return gardees"
        )
    return f"```{language}\n{body}\n```"


def table(draw):
    rows = [f"| {draw.choice(THINGS)} | {draw.choice(MANNERS)} | {draw.randint(1, 400)} |" for _ in range(draw.randint(3, 7))]
    return "\n".join(["| Sujet | Caractère | Messages |", "|:------|:---------:|---------:|", *rows])


def body(post, posts, address):
    """The text in Markdown, 600 to 900 words; `address` says how to link to a post."""
    draw = random.Random(f"pingmark-bench-text-{post.number}")
    wanted = draw.randint(550, 740)
    blocks = [paragraph(draw, 3), "<!--more-->"]
    words = len(blocks[0].split())
    headings = 0
    while words < wanted:
        if headings < 6 and words > headings * wanted / 6:
            level = "###" if headings % 3 == 2 else "##"
            block = f"{level} {draw.choice(THINGS).capitalize()} et {draw.choice(THINGS)}, partie {headings + 1}"
            headings += 1
            blocks.append(block)
        kind = draw.random()
        if kind < 0.12:
            mark = draw.choice(["- ", "1. "])
            block = "\n".join(mark + sentence(draw) for _ in range(draw.randint(3, 5)))
        elif kind < 0.20:
            block = f"> {paragraph(draw, 2)}\n>\n> — {draw.choice(AUTHORS)}"
        else:
            block = paragraph(draw, draw.randint(3, 5))
        words += len(block.split())
        blocks.append(block)
    total = len(posts)
    if total > 1:
        for _ in range(draw.randint(1, 3)):
            # Mostly near in time, sometimes anywhere.
            far = draw.randrange(total) if draw.random() < 0.3 else post.number + draw.choice([-1, 1]) * draw.randint(1, 40)
            other = far % total
            if other == post.number:
                other = (other + 1) % total
            add_link(draw, blocks, f"[{draw.choice(LINK_WORDS)}]({address(posts[other])})")
    for _ in range(draw.randint(4, 8)):
        source = f"https://source-{draw.randint(1, 200)}.example/{ascii_slug(draw.choice(THINGS))}/{draw.randint(1, 9999)}"
        add_link(draw, blocks, f"[{draw.choice(SOURCE_WORDS)}]({source})")
    if draw.random() < 0.2:
        blocks.insert(draw.randint(4, len(blocks)), table(draw))
    if draw.random() < 0.2:
        blocks.insert(draw.randint(4, len(blocks)), code_block(draw))
    return "\n\n".join(blocks) + "\n"


def add_link(draw, blocks, link):
    """Puts a link at the end of some paragraph, or of a new one if none has room for it."""
    plain = [n for n, block in enumerate(blocks) if n > 1 and block[0].isalpha()]
    if not plain:
        # Only lists, quotes and paragraphs that begin in bold: 4 posts of 100 000.
        blocks.append(sentence(draw))
        plain = [len(blocks) - 1]
    at = draw.choice(plain)
    blocks[at] = f"{blocks[at][:-1]}, voir {link}."


def front_matter(post, with_slug):
    lines = [
        "---",
        f'title: "{post.title}"',
        f"date: {post.date:%Y-%m-%dT%H:%M:%S}Z",
        f'description: "{post.description}"',
        f"tags: [{', '.join(post.tags)}]",
        f'author: "{post.author}"',
    ]
    if with_slug:
        lines.append(f"slug: {post.slug}")
    return "\n".join([*lines, "---", "", ""])


# ---- the sites ------------------------------------------------------------------------------

STYLE = "body { max-width: 40rem; margin: auto; font: 1rem/1.5 serif }\n"

HUGO_CONFIG = f"""baseURL = "{BASE_URL}/"
title = "{TITLE}"
defaultContentLanguage = "fr"
timeZone = "Europe/Paris"
enableRobotsTXT = true
disableKinds = ["section"]
[params]
description = "{DESCRIPTION}"
[taxonomies]
tag = "tags"
[permalinks]
posts = "/posts/:slug/"
[pagination]
pagerSize = 10
disableAliases = true
[outputs]
home = ["html", "rss"]
taxonomy = ["html"]
term = ["html"]
[outputFormats.rss]
baseName = "feed"
[services.rss]
limit = 20
[markup.highlight]
noClasses = false
"""

HUGO_LAYOUTS = {
    "baseof.html": """<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ if .IsHome }}{{ site.Title }}{{ else }}{{ .Title }} — {{ site.Title }}{{ end }}</title>
<meta name="description" content="{{ with .Description }}{{ . }}{{ else }}{{ site.Params.description }}{{ end }}">
<link rel="canonical" href="{{ .Permalink }}">
<link rel="stylesheet" href="/style.css">
<link rel="alternate" type="application/rss+xml" title="{{ site.Title }}" href="/feed.xml">
</head>
<body>
<header class="site-header">
<p class="brand"><a href="/">{{ site.Title }}</a></p>
<nav aria-label="Navigation principale"><ul>
<li><a href="/">Accueil</a></li>
<li><a href="/tags/">Thèmes</a></li>
<li><a href="/feed.xml">Flux RSS</a></li>
</ul></nav>
</header>
<main>
{{ block "main" . }}{{ end }}
</main>
<footer class="site-footer">
<p>© {{ site.Title }} — {{ site.Params.description }}</p>
</footer>
</body>
</html>
""",
    "_partials/cards.html": """{{ range .Pages }}<article class="card">
<h2><a href="{{ .RelPermalink }}">{{ .Title }}</a></h2>
<p class="meta"><time datetime="{{ .Date.Format "2006-01-02" }}">{{ .Date.Format "2006-01-02" }}</time> — <span class="author">{{ .Params.author }}</span></p>
<p>{{ .Description }}</p>
</article>
{{ end }}<nav class="pager">
{{ with .Prev }}<a rel="prev" href="{{ .URL }}">←</a>{{ end }}
<span>{{ .PageNumber }} / {{ .TotalPages }}</span>
{{ with .Next }}<a rel="next" href="{{ .URL }}">→</a>{{ end }}
</nav>
""",
    "home.html": """{{ define "main" }}<h1>Articles</h1>
{{ partial "cards.html" (.Paginate site.RegularPages) }}{{ end }}
""",
    "term.html": """{{ define "main" }}<h1>{{ .Title }}</h1>
{{ partial "cards.html" (.Paginate .Pages) }}{{ end }}
""",
    "taxonomy.html": """{{ define "main" }}<h1>Thèmes</h1>
<ul class="tag-index">
{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a> ({{ len .Data.Pages }})</li>
{{ end }}</ul>{{ end }}
""",
    "page.html": """{{ define "main" }}<article class="post">
<h1>{{ .Title }}</h1>
<p class="meta"><time datetime="{{ .Date.Format "2006-01-02" }}">{{ .Date.Format "2006-01-02" }}</time> — <span class="author">{{ .Params.author }}</span></p>
<ul class="tags">
{{ range .GetTerms "tags" }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>
{{ end }}</ul>
<div class="content">
{{ .Content }}
</div>
</article>
<nav class="prevnext">
{{ with .PrevInSection }}<a rel="prev" href="{{ .RelPermalink }}">← {{ .Title }}</a>{{ end }}
{{ with .NextInSection }}<a rel="next" href="{{ .RelPermalink }}">{{ .Title }} →</a>{{ end }}
</nav>{{ end }}
""",
    "404.html": """{{ define "main" }}<h1>Page introuvable</h1>{{ end }}
""",
    "robots.txt": f"""User-agent: *
Allow: /

Sitemap: {BASE_URL}/sitemap.xml
""",
}


def put(root, name, text):
    place = root / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8", newline="\n")


def write_posts(root, posts, address, with_slug):
    for post in posts:
        put(root, f"content/posts/{post.file}", front_matter(post, with_slug) + body(post, posts, address))


def make_plume(root, posts):
    authors = "".join(f"  {ascii_slug(name.split()[0])}:\n    name: {name}\n" for name in AUTHORS)
    put(
        root,
        "pingmark.yaml",
        f"title: {TITLE}\ndescription: {DESCRIPTION}\nbase_url: {BASE_URL}\nlang: fr\nsocial:\n  cards: false\nauthors:\n{authors}",
    )
    write_posts(root, posts, lambda post: post.file, False)


def make_bare(root, posts):
    shutil.copytree(HERE / "bare", root, dirs_exist_ok=True)
    put(root, "static/style.css", STYLE)
    write_posts(root, posts, lambda post: post.file, False)


def make_hugo(root, posts):
    put(root, "hugo.toml", HUGO_CONFIG)
    put(root, "static/style.css", STYLE)
    for name, text in HUGO_LAYOUTS.items():
        put(root, f"layouts/{name}", text)
    # Finished addresses: Hugo neither looks them up nor checks them.
    write_posts(root, posts, lambda post: f"/posts/{post.slug}/", True)


# ---- measuring ------------------------------------------------------------------------------


class Program:
    """A program with its form of the blog."""

    def __init__(self, name, make, command, version):
        self.name, self.make, self.command, self.version = name, make, command, version
        self.key = make.__name__.removeprefix("make_")


def pingmark_command(binary):
    return lambda site, out, _scratch: [binary, "build", "--no-cache", "--quiet", "--root", str(site), "--output-dir", str(out)]


def hugo_command(binary):
    return lambda site, out, scratch: [
        *[binary, "--quiet", "--ignoreCache", "--noBuildLock", "--cacheDir", str(scratch / "hugo-cache")],
        *["--source", str(site), "--destination", str(out)],
    ]


def measure(command):
    """Runs a command; gives wall seconds, CPU seconds, peak memory in MiB."""
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            sys.exit(f"{' '.join(command)}\nended with {process.returncode}:\n{said.read(4000).decode(errors='replace')}")
    unit = 1 if sys.platform == "darwin" else 1024
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 2**20


def tree(out):
    """How many files, how many of them HTML, how many bytes."""
    sizes = [(path.suffix, path.stat().st_size) for path in out.rglob("*") if path.is_file()]
    return len(sizes), sum(suffix == ".html" for suffix, _ in sizes), sum(size for _, size in sizes)


def bench(programs, size, runs, sites, outputs, scratch):
    """Rows of the table for one size."""
    posts = [Post(number, size) for number in range(size)]
    for program in programs:
        site = sites / f"{program.key}-{size}"
        if not site.exists():
            program.make(site, posts)
        # So that the first program does not pay for reading from the disk.
        for path in site.rglob("*"):
            if path.is_file():
                path.read_bytes()
    figures = {program.name: [] for program in programs}
    made = {}
    for run in range(runs):
        # Every program has every place in the order.
        turn = run % len(programs)
        for program in programs[turn:] + programs[:turn]:
            site, out = sites / f"{program.key}-{size}", outputs / "public"
            for old in (out, site / ".pingmark", scratch / "hugo-cache"):
                shutil.rmtree(old, ignore_errors=True)
            figures[program.name].append(measure(program.command(site, out, scratch)))
            made[program.name] = tree(out)
            shutil.rmtree(out)
            shutil.rmtree(site / ".pingmark", ignore_errors=True)
            print(f"{size} posts, run {run + 1}: {program.name} {figures[program.name][-1][0]:.3f} s", file=sys.stderr)
    first = figures[programs[0].name]
    rows = []
    for program in programs:
        wall, cpu, memory = (statistics.median(column) for column in zip(*figures[program.name]))

        def ratio(column):
            pairs = zip(figures[program.name], first)
            return statistics.median(own[column] / other[column] for own, other in pairs)

        files, pages, size_out = made[program.name]
        cells = [f"{size:,}", program.name, f"{wall:.2f} s", f"{ratio(0):.1f}", f"{cpu:.2f} s", f"{ratio(1):.1f}"]
        cells += [f"{memory:,.0f} MiB", f"{ratio(2):.1f}", f"{files:,}", f"{pages:,}", f"{size_out / 1e6:,.1f} MB"]
        rows.append(f"| {' | '.join(cells)} |".replace(",", "\u202f"))
    return rows


def version(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as problem:
        sys.exit(f"{command[0]} does not run: {problem}")
    return " ".join(done.stdout.split()[:2]).split("-")[0]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    beside = HERE.parent / "target" / "release" / "pingmark"
    parser.add_argument("--sizes", default="1000,10000,20000", help="numbers of posts [default: %(default)s]")
    parser.add_argument("--runs", type=int, default=5, help="builds by each program [default: %(default)s]")
    parser.add_argument("--pingmark", default=os.environ.get("PINGMARK", str(beside)), metavar="FILE")
    parser.add_argument("--hugo", default=os.environ.get("HUGO") or shutil.which("hugo"), metavar="FILE")
    parser.add_argument("--sites", metavar="DIR", help="where to write the blogs, and keep them for another time")
    return parser.parse_args()


def main():
    args = arguments()
    try:
        sizes = [int(size) for size in args.sizes.split(",")]
    except ValueError:
        sys.exit(f"--sizes {args.sizes}: expected numbers with commas between them")
    if args.runs < 1 or min(sizes) < 1:
        sys.exit("--runs and --sizes begin at 1")
    if not Path(args.pingmark).is_file():
        sys.exit(f"{args.pingmark} is not there; cargo build --release makes it, --pingmark names another")
    binary = str(Path(args.pingmark).resolve())
    own = version([binary, "--version"])
    programs = [
        Program("Pingmark (bare templates)", make_bare, pingmark_command(binary), own),
        Program("Pingmark (its own theme)", make_plume, pingmark_command(binary), own),
    ]
    if args.hugo:
        programs.append(
            Program("Hugo (bare templates)", make_hugo, hugo_command(args.hugo), version([args.hugo, "version"]))
        )
    else:
        print("no hugo on PATH or in $HUGO: pingmark alone is measured", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="pingmark-bench-") as scratch:
        scratch = Path(scratch)
        memory = Path("/dev/shm")
        on_memory = memory.is_dir() and os.access(memory, os.W_OK)
        sites = Path(args.sites).resolve() if args.sites else scratch / "sites"
        with tempfile.TemporaryDirectory(prefix="pingmark-bench-", dir=memory if on_memory else scratch) as outputs:
            rows = [row for size in sizes for row in bench(programs, size, args.runs, sites, Path(outputs), scratch)]
    print(f"\n{', '.join(dict.fromkeys(program.version for program in programs))}; {os.cpu_count()} cores; ", end="")
    print(f"output {'in memory' if on_memory else 'on disk'}; medians of {args.runs} runs.\n")
    print("| Posts | Program | Time | × | CPU | × | Memory | × | Files | Pages | Output |")
    print("|--:|:--|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
