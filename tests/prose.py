"""Documents about anything else: plausible prose, the same each time, to make folders larger."""

from pathlib import Path
from random import Random

__all__ = ["write_unrelated"]

# What each document is about: a thing that is made, its parts, where, who, and what is done.
SUBJECTS = (
    ("cheese", ("rind", "curd", "whey", "brine"), "dairy", "cheesemaker", "ripens"),
    ("honey", ("comb", "wax", "brood", "nectar"), "apiary", "beekeeper", "thickens"),
    ("pottery", ("glaze", "clay", "slip", "foot ring"), "kiln house", "potter", "dries"),
    ("cider", ("pomace", "juice", "yeast", "lees"), "orchard", "presser", "clears"),
    ("wool", ("fleece", "yarn", "lanolin", "twist"), "mill", "spinner", "felts"),
    ("paper", ("pulp", "sizing", "mould", "deckle"), "vat house", "papermaker", "bleaches"),
    ("rope", ("hemp", "strand", "hackle", "tar"), "ropewalk", "ropemaker", "stretches"),
    ("salt", ("brine", "pan", "scale", "crystal"), "salt works", "panman", "hardens"),
    ("glass", ("batch", "gather", "bubble", "seam"), "hot shop", "gaffer", "anneals"),
    ("bread", ("crumb", "crust", "leaven", "dough"), "bakehouse", "baker", "rises"),
)
PLACES = ("Ulverby", "Castle Thorne", "Penlleyn", "Saint Orso", "Haverstrand", "Monte Lauro")
PEOPLE = ("Ada Whitlock", "Tomas Ferrer", "Ingrid Solheim", "Yusuf Demir", "Clara Bonnet")
SENTENCES = (
    "The {thing} of {place} {does} more slowly than that of the neighbouring valleys.",
    "{person}, a {maker} for {years} years, says that the {part} tells everything.",
    "In {year} the old {works} was extended by {metres} metres towards the river.",
    "About {count} people came to the open day, and most of them asked about the {part}.",
    "When the {part} is too dry, the {thing} is put aside and used within {days} days.",
    "No {maker} works alone, because the {other} has to be watched at night.",
    "The {works} stands beside the lower mill and is open from April to October.",
    "It takes {days} days until the {thing} {does}, and twice as long in a cold spring.",
    "A good {maker} looks at the {part} first and at the {other} afterwards.",
    "Why the {thing} {does} at all was not understood before {year}.",
    "The largest order ever taken was {count} pieces, for a house in {place}.",
    "{person} keeps a notebook in which every batch is described in a line or two.",
    "Visitors are asked not to touch the {other} while it is warm.",
    "The first {works} burned down in {year}; the second one is built of stone.",
    "Three things matter above all: clean water, a steady hand and an even {part}.",
)
PARAGRAPHS, LENGTH = 4, 5


def write_unrelated(folder: Path, count: int) -> None:
    """Write ``count`` documents about ten crafts into ``folder``; the same ones each time."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        chance = Random(number)
        thing = SUBJECTS[number % len(SUBJECTS)][0]
        paragraphs = [
            " ".join(_sentence(number, chance) for _ in range(LENGTH)) for _ in range(PARAGRAPHS)
        ]
        title = f"{thing.capitalize()} from {chance.choice(PLACES)}, part {number + 1}"
        text = "\n\n".join([f"# {title}", *paragraphs])
        (folder / f"{thing}-{number + 1}.md").write_text(text + "\n", "utf-8")


def _sentence(number: int, chance: Random) -> str:
    thing, parts, works, maker, does = SUBJECTS[number % len(SUBJECTS)]
    part, other = chance.sample(parts, 2)
    return chance.choice(SENTENCES).format(
        thing=thing,
        part=part,
        other=other,
        works=works,
        maker=maker,
        does=does,
        place=chance.choice(PLACES),
        person=chance.choice(PEOPLE),
        year=chance.randrange(1760, 1990),
        years=chance.randrange(3, 40),
        days=chance.randrange(2, 60),
        metres=chance.randrange(4, 50),
        count=chance.randrange(20, 900),
    )
