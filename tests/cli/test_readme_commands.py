"""Every command that README.md shows: each exists, and those that need no network are run, in order."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
import typer
from PIL import Image, ImageChops, ImageStat

import picture
from ptreach.cli.main import app
from ptreach.config import load_town
from ptreach.sources.demo import write_demo
from ptreach.sources.recipe import load_areas_recipe, load_network_recipe
from ptreach.sources.records import groups_of

ROOT = Path(__file__).parents[2]
SHARED = ROOT / "../shared"
README = (ROOT / "README.md").read_text(encoding="utf-8")
STEPS = "Your own town in five steps"
PLACES = "id,lon,lat\nryde,-1.163224,50.730015\nnewport,-1.293800,50.700500\n"

# Those that are not run here, by what they hold, and why.
NOT_RUN = {
    "ptreach origin": "asks Nominatim; tests/cli/test_towns.py asks one of its own",
    "ptreach run config/*.toml": "wants the files of every region",
    "ptreach run config/ryde.toml --": "wants R5",
    "--engine r5": "wants R5",
    "packs-r5": "wants a pack by R5",
    "matrix --network west-midlands": "wants the files of the West Midlands",
}


def chapters():
    """Headings and texts of README.md, in order."""
    parts = re.split(r"(?m)^## (.+)$", README)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def commands_of(text):
    """The commands that blocks of a text show, each on one line."""
    joined = re.sub(r" *\\\n +", " ", text)
    return re.findall(r"(?m)^ {4,}(ptreach .+?)$", joined)


COMMANDS = [command for heading, text in chapters() if heading != "Commands" for command in commands_of(text)]


def is_run(command):
    """Whether a command is run by one of the tests below."""
    return not any(part in command for part in NOT_RUN)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_is_a_command_with_these_options(command):
    group = typer.main.get_command(app)
    name, *words = shlex.split(command)[1:]
    known = {option for param in group.commands[name].params for option in param.opts}
    assert {word for word in words if word.startswith("--")} <= known
    arguments = [param for param in group.commands[name].params if param.param_type_name == "argument"]
    assert words or not any(param.required for param in arguments)


def test_those_that_are_not_run_are_still_shown():
    """A reason that holds of no command would be left over, and hide the next one."""
    for part in NOT_RUN:
        assert any(part in command for command in COMMANDS), part
    assert sum(is_run(command) for command in COMMANDS) > len(COMMANDS) / 2


def given(ptreach, command, **words):
    """Run a command, with words of it in place of others; returns how it ended, which is well."""
    parts = [str(words.get(part, part)) for part in shlex.split(command)[1:]]
    ended = ptreach("-q", *parts)
    assert ended.code == 0, (command, ended.err)
    return ended


# The five steps, on files of the made-up town under the names of the West Midlands'


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """The made-up town, its files in a folder beside its recipes, which are named as README.md has them."""
    folder = tmp_path_factory.mktemp("made-up")
    point = load_town(write_demo(folder / "made")).origin
    (folder / "DATA").mkdir()
    for old, new in (("demo-town", "west-midlands"), ("demo-lsoa", "england-lsoa-2021")):
        (folder / "networks" / new).mkdir(parents=True)
        (recipe,) = (folder / "made" / "networks" / old).glob("*.toml")
        shutil.copy(recipe, folder / "networks" / new)
        for file in (recipe.parent / "sources").iterdir():
            shutil.copy(file, folder / "DATA")
    return folder, point


def test_the_five_steps_lead_to_a_pack(made_up, ptreach, monkeypatch):
    folder, point = made_up
    monkeypatch.delenv("PTREACH_HOME", raising=False)
    monkeypatch.chdir(folder)
    chapter = dict(chapters())[STEPS]
    steps = [command for command in commands_of(chapter) if is_run(command)]
    assert [command.split()[1] for command in steps] == ["fetch", "fetch", "new", "check", "run"]
    (at,) = re.findall(r"--at (\S+)", chapter)
    for command in steps:
        ended = given(ptreach, command, **{at: f"{point.lon},{point.lat}"})
    assert ended.out == "packs/tipton\n"
    assert load_town(folder / "config" / "tipton.toml").name == "Tipton"
    assert ptreach("verify", "packs/tipton").code == 0
    assert {"README.txt", "web", "maps", "layers"} <= {
        path.name for path in (folder / "packs/tipton").iterdir()
    }


def test_the_files_of_the_steps_are_those_of_the_recipes():
    (table,) = re.findall(r"(?ms)^\| file, saved under this name \|.*?\n\|-.*?\n(.*?)\n\n", README)
    shown = set(re.findall(r"`([\w-]+\.[\w.]+)`", table)) - {"areas.toml"}
    home = ROOT
    groups = [
        group
        for recipe in (
            load_network_recipe("west-midlands", home),
            load_areas_recipe("england-lsoa-2021", home),
        )
        for group in groups_of(recipe)
    ]
    assert shown <= {source.file for group in groups for source in group.choices}
    for group in groups:
        county = group.main.file.removesuffix("-latest.osm.pbf")
        listed = {source.file for source in group.choices} & shown or f"`{county}`" in table
        assert listed or group.main.optional, group.main.file
    for row in table.splitlines():
        files = set(re.findall(r"`([\w-]+\.[\w.]+)`", row)) & shown
        optional = {
            group.main.optional for group in groups if files & {source.file for source in group.choices}
        }
        assert optional == {"optional" in row}, row


# What README.md shows of the Isle of Wight


@pytest.fixture(scope="module")
def island(tmp_path_factory):
    """A home with the shipped recipes and town, and a folder with the files that they name."""
    for name in ("isle-of-wight", "england"):
        if not (SHARED / "data" / name).is_dir():
            pytest.skip(f"real data absent: data/{name} of {SHARED}")
    home = tmp_path_factory.mktemp("island")
    for name in ("isle-of-wight", "england-lsoa-2011", "england-lsoa-2021"):
        (home / "networks" / name).mkdir(parents=True)
        (recipe,) = (ROOT / "networks" / name).glob("*.toml")
        shutil.copy(recipe, home / "networks" / name)
    shutil.copytree(ROOT / "config", home / "config")
    (home / "DATA").mkdir()
    for name in ("isle-of-wight", "england"):
        for file in (SHARED / "data" / name).resolve().iterdir():
            (home / "DATA" / file.name).symlink_to(file)
    (home / "places.csv").write_text(PLACES, encoding="utf-8")
    return home


def test_a_feed_of_another_name_stands_for_one_in_the_text():
    """The names that the test below puts in place of others are those of the text."""
    assert "--gtfs bus.zip --gtfs rail.zip --date 2026-10-13" in README
    assert "ptreach compare packs-before/ryde packs-after/ryde" in README


@pytest.mark.real
def test_what_it_shows_of_real_towns_can_be_run(island, ptreach, monkeypatch):
    monkeypatch.delenv("PTREACH_HOME", raising=False)
    monkeypatch.chdir(island)
    feeds = [island / "DATA" / f"iow-{kind}-gtfs.zip" for kind in ("bus", "rail")]
    stand_ins = {"bus.zip": feeds[0], "rail.zip": feeds[1], "2026-10-13": "2020-06-16"}
    ours = [command for command in COMMANDS if is_run(command)]
    ours = [command for command in ours if "tipton" not in command.lower() and "west-midlands" not in command]
    said = {}
    for command in ours:
        words = stand_ins if "bus.zip" in command else {}
        if command.startswith("ptreach compare ours"):  # R5's answer: here a second one of ours
            shutil.copy("ours.parquet", "r5.parquet")
            words = {"r5.csv": "r5.parquet"}
        if "packs-before" in command:
            words = {"packs-before/ryde": "packs/ryde", "packs-after/ryde": "packs/ryde"}
        if "england-lsoa-2021" in command:
            given(ptreach, "ptreach fetch england-lsoa-2021 --mirror DATA")
        said[command] = given(ptreach, command, **words).out
    for file in ("agreement.html", "change.html", "packs/ryde/README.txt", "packs/sandwell/README.txt"):
        assert (island / file).is_file(), file
    (explained,) = [command for command in said if command.startswith("ptreach explain")]
    shown = README[README.index(f"    {explained}\n") :].split("\n    ...\n")[0].splitlines()[2:]
    assert [line.removeprefix("    ") for line in shown] == said[explained].splitlines()[: len(shown)]


# The picture


def test_its_picture_is_the_map_of_the_made_up_town(made_up, ptreach):
    """Of another size and fewer colours, and of any release of the library that draws: but the same map."""
    ((words, file),) = re.findall(r"(?s)!\[(.+?)\]\((.+?)\)", README)
    assert (ROOT / file).samefile(picture.KEPT)
    folder, _ = made_up
    assert ptreach("-q", "demo", "--out", folder / "demo").code == 0
    pack = folder / "demo" / "demo-town"
    alt = (pack / "maps" / "demo-town-journey-time.txt").read_text(encoding="utf-8")
    (share,) = re.findall(r"(\d+%) live within 30 minutes", words)
    assert f"{share} live within 30 minutes" in alt
    with Image.open(picture.KEPT) as kept:
        assert kept.size == picture.SIZE
        drawn = [one.convert("RGB").resize((160, 90)) for one in (kept, picture.in_small(pack))]
    difference = ImageStat.Stat(ImageChops.difference(*drawn))
    assert max(difference.mean) < 3, "run make picture"
