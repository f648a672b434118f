"""Questions about tables of invented bodies, with the cells that answer them: what cells fit.

Each folder holds the reports of two companies of one trade, two councils' budgets, a price list, a
timetable, a directory and monthly counts, as HTML pages with some prose. Of the questions about
them some name an item otherwise than the table does, some name no year where there are several, and
some are near misses: a year, an item or a body that is not there, or what only the prose says.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

__all__ = ["Kind", "MadeFolder", "TableQuestion", "folders"]

# Whether a cell answers, one of several in a row might, or none does.
Kind = Literal["cell", "several", "none"]
# The head of its group, its own, and its values.
TableLine = tuple[str, str, list[str]]


@dataclass(frozen=True, slots=True)
class TableQuestion:
    """A question.

    Args:
        text: as it is asked.
        kind: what answers it.
        values: the text of the cell that does, or of those that might.
        documents: in which it may stand.
    """

    text: str
    kind: Kind
    values: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MadeFolder:
    """Pages by name, and questions about them."""

    name: str
    pages: dict[str, str]
    questions: tuple[TableQuestion, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A row: the head of its group, its own, and how people ask for it."""

    group: str
    head: str
    asked: tuple[str, ...]


CONTINUED = re.compile(r";\n\s*")


def _lines(text: str) -> tuple[Item, ...]:
    """Parse lines of ``group: head = asked / asked; head``; one goes on behind a semicolon."""
    found = []
    for block in CONTINUED.sub("; ", text.strip()).splitlines():
        group, _, rows = block.strip().partition(":")
        for row in rows.split(";"):
            head, _, asked = row.strip().partition(" = ")
            own = head[0].lower() + head[1:]
            found.append(Item(group.strip(), head, (own, *filter(None, asked.split(" / ")))))
    return tuple(found)


TRADES = {
    "insurer": {
        "Profit and loss account": _lines("""
            Income: Premiums written = written premiums;
              Premiums earned, net of reinsurance = net premiums earned;
              Investment return = return on investments; Fee income = fees received
            Charges: Claims incurred = claims / claims cost; Claims incurred by associates;
              Acquisition costs = cost of acquiring business;
              Administrative expenses = admin costs / administration;
              Commission expense = commissions
            : Total income; Result before tax = pre-tax result; Tax on result = tax charge;
              Result attributable to minority interests = minority share of the result
        """),
        "Balance sheet": _lines("""
            Assets: Cash at bank and in hand = bank balances;
              Investment property = property held for investment; Deferred acquisition costs = DAC;
              Reinsurers' share of provisions = RSP; Goodwill
            Liabilities: Technical provisions = provisions for claims;
              Subordinated loans = subordinated debt;
              Amounts owed to policyholders = sums due to policyholders
        """),
    },
    "shipping": {
        "Income statement": _lines("""
            Income: Freight income = freight earned; Charter hire received = income from charters;
              Demurrage
            Operating costs: Bunker costs = fuel bill / bunkers; Crew wages = pay of the crews;
              Port and canal dues = harbour dues;
              Vessel operating expenses = VOE / running costs of vessels;
              Vessel operating expenses of joint ventures
            : Total operating costs = operating costs;
              Voyage result = result from voyages; Interest paid to banks = bank interest;
              Result for the period
        """),
        "Cash flow statement": _lines("""
            Operations: Cash received from charterers = receipts from charterers; Cash paid to crews
            Investing: Payments for new vessels = spending on new ships;
              Dry-docking payments = spending on dry docks;
              Proceeds from scrapped vessels = scrap sales / money from scrapping ships
            Financing: New bank loans = loans drawn; Repayment of bank loans = loans repaid;
              Distributions to owners = payouts to owners
        """),
    },
    "brewer": {
        "Results": _lines("""
            Sales: Beer, own brands = own-brand beer; Beer, licensed brands = licensed beer;
              Soft drinks = lemonade and other soft drinks; Excise duty = duty on beer
            Costs: Malt and hops = raw materials malt and hops; Bottling and packaging = packaging;
              Brewery wages = wages at the brewery; Depreciation of vats = vat depreciation;
              Marketing and sponsorship = M&S / advertising
            : Total sales = sales altogether;
              Trading surplus = surplus from trading; Surplus retained = retained surplus
        """),
        "Capital and loans": _lines("""
            Funds: Share capital; Revaluation reserve; Accumulated surplus = surplus carried forward
            Loans: Mortgage on brewery premises = brewery mortgage;
              Loans from members = members' loans; Overdraft at bank = bank overdraft
        """),
    },
}
COMPANIES = {
    "insurer": ("Halvik Mutual", "Orrin Assurance", "Tessaly Re", "Brackwater Insurance"),
    "shipping": ("Calder Lines", "Mirren Bulk", "Oskar Tankers", "Tolland Shipping"),
    "brewer": ("Quill Brewery", "Stavely Ales", "Old Ferry Brewing", "Penhallow Brewers"),
}
SERVICES = _lines("""
    Street services: Highways maintenance = upkeep of roads / road maintenance;
      Highways maintenance, capital; Street lighting = lamps in streets;
      Winter gritting = gritting; Bin collection = refuse collection / waste collection
    Care: Adult social care = social care for adults; Children in care = care of children;
      Sheltered housing; Home help = help at home
    Culture: Libraries = library service; Museums and archives;
      Swimming pools = pools / leisure pools; Parks and playgrounds = parks
""")
PRODUCTS = (
    "Cedar fence panel", "Cedar gate, single", "Cedar gate, double", "Oak sleeper, 2.4 m",
    "Oak sleeper, 1.2 m", "Gravel, 20 kg bag", "Gravel, bulk bag", "Garden arch, steel",
    "Compost bin, 220 l", "Water butt, 100 l", "Rope, hemp, 10 m", "Lantern, brass",
)  # fmt: skip
STOPS = (
    "Arne Quay", "Bexcombe", "Coldharbour Road", "Dunmere Parkway", "Eastwold", "Fenny Halt",
    "Gorsley Junction", "Hythe Bridge", "Inkerley", "Jarrow Lane",
)  # fmt: skip
TOWNS = (
    "Aldwick", "Brigham", "Corsham", "Dunster", "Easton", "Farley", "Grimsby", "Holt", "Ilford",
    "Kelso", "Larne", "Malton",
)  # fmt: skip
PEOPLE = (
    "Ruth Abbot", "Tom Birch", "Ines Carver", "Hal Dorsey", "Mina Eklund", "Otto Frayne",
    "Lucy Garth", "Piet Holm", "Anna Ives", "Sam Jebb", "Kit Lowry", "Vera Moss",
)  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
STRANGE = (
    "goodwill impairment of the airline", "satellite launches", "pension deficit contributions",
    "carbon permits", "legal settlements", "software licences", "vineyard purchases",
    "air freight insurance",
)  # fmt: skip
ABSENT = ("Zennor Holdings", "Marlin Freight", "Kestrel Mutual", "Wexcombe Council")
ASKING = (
    "What were {whose} {item} in {year}?", "How much were {whose} {item} in {year}?",
    "{year} {item} of {who}", "What did {who} report for {item} in {year}?",
    "In {year}, what was {whose} {item}?", "What amount is given for {item} of {who} for {year}?",
    "How high was the figure for {item} at {who} in {year}, in thousands?", "{who} {item} {year}",
)  # fmt: skip
TIMELESS = ("What are {whose} {item}?", "How much were {whose} {item}?", "{who}: {item}?")


def folders(seed: int = 20241128, count: int = 6) -> Iterator[MadeFolder]:
    """Yield ``count`` folders; no two share companies and a layout, the same each time."""
    for number in range(count):
        yield _Maker(random.Random(seed + number), number).folder()


class _Maker:
    """Makes one folder: its pages, and the questions that they answer or do not."""

    def __init__(self, rng: random.Random, number: int) -> None:
        self.rng, self.number = rng, number
        self.pages: dict[str, str] = {}
        self.questions: list[TableQuestion] = []

    def folder(self) -> MadeFolder:
        trade = list(TRADES)[self.number % len(TRADES)]
        names = COMPANIES[trade]
        at = self.number // len(TRADES) % 2 * 2
        for name in names[at : at + 2]:
            self._company(trade, name)
        for town in self.rng.sample(TOWNS, 2):
            self._council(town)
        self._prices()
        self._timetable()
        self._directory()
        self._counts()
        self._absent(trade, names[at])
        return MadeFolder(f"folder-{self.number}", self.pages, tuple(self.questions))

    def _numbers(self, count: int, low: int = 120, high: int = 98_000) -> list[str]:
        return [f"{n:,}" for n in self.rng.sample(range(low, high), count)]

    def _page(self, name: str, title: str, parts: Sequence[str]) -> str:
        self.pages[name] = (
            f"<html><head><title>{escape(title)}</title></head><body><h1>{escape(title)}</h1>"
            + "\n".join(parts)
            + "</body></html>"
        )
        return name

    # ---- pages ----

    def _company(self, trade: str, who: str) -> None:
        last = self.rng.randint(2012, 2021)
        span = self.rng.choice((2, 3))
        kept: dict[Item, dict[int, str]] = {
            line: {} for lines in TRADES[trade].values() for line in lines
        }
        found: dict[tuple[Item, int], set[str]] = {}
        for year in (last - 1, last):
            years = list(range(year, year - span, -1))
            name = f"{who.split()[0].lower()}-{'report' if span == 2 else 'accounts'}-{year}.html"
            parts = [self._prose(who, year)]
            for caption, lines in TRADES[trade].items():
                rows = []
                for line in lines:
                    for one in years:
                        kept[line].setdefault(one, self._numbers(1)[0])
                        found.setdefault((line, one), set()).add(name)
                    rows.append((line.group, line.head, [kept[line][one] for one in years]))
                rows.append(("", f"Held by members of {who}", self._numbers(len(years))))
                heads = [self._year(one) for one in years]
                parts += [self._said(), self._table(f"{caption} of {who}", heads, rows)]
            parts += [self._quarters(trade, who, year, name), self._places(who, year, name)]
            if year == last:
                parts += [self._by_year(who, year, name), self._meters(who, year, name)]
            self._page(name, f"{who}: annual report {year}", parts)
        self._ask_company(who, kept, found, last, span)

    def _ask_company(
        self,
        who: str,
        kept: dict[Item, dict[int, str]],
        found: dict[tuple[Item, int], set[str]],
        last: int,
        span: int,
    ) -> None:
        for line in self.rng.sample(list(kept), 14):
            year = self.rng.choice(list(kept[line]))
            item = self.rng.choice(line.asked)
            said = self.rng.choice(("", "", "", "FY", "fiscal "))
            text = self._asked(who, item, f"{said}{year}")
            documents = frozenset(found[line, year])
            self.questions.append(
                TableQuestion(text, "cell", frozenset([kept[line][year]]), documents)
            )
        for line in self.rng.sample(list(kept), 3):
            text = self._fill(self.rng.choice(TIMELESS), who, self.rng.choice(line.asked))
            every = frozenset(kept[line].values())
            documents = frozenset().union(*(found[line, year] for year in kept[line]))
            self.questions.append(TableQuestion(text, "several", every, documents))
        for line in self.rng.sample(list(kept), 3):
            year = self.rng.choice((last - span - 2, last + 1, last + 3))
            self._none(self._asked(who, self.rng.choice(line.asked), year))
        for strange in self.rng.sample(STRANGE, 2):
            self._none(self._asked(who, strange, last))

    def _quarters(self, trade: str, who: str, year: int, name: str) -> str:
        lines = [
            Item("", "Cash received", ("cash received",)),
            Item("", "Cash paid out", ("cash paid out",)),
            Item("", "Staff on the last day", ("staff", "people employed at the end")),
            *(items[0] for items in TRADES[trade].values()),  # the year's stand elsewhere
        ]  # fmt: skip
        style = self.rng.choice(("Q{} {}", "{} quarter {}"))
        words = ("1", "2", "3", "4") if style[0] == "Q" else ("First", "Second", "Third", "Fourth")
        heads = [style.format(word, year) for word in words]
        rows = []
        for line in lines:
            values = self._numbers(4)
            rows.append((line.group, line.head, values))
            at = self.rng.randrange(4)
            when = self.rng.choice(
                (heads[at], f"the {('first', 'second', 'third', 'fourth')[at]} quarter of {year}")
            )
            text = self._asked(who, self.rng.choice(line.asked), when)
            self.questions.append(
                TableQuestion(text, "cell", frozenset([values[at]]), frozenset([name]))
            )
        before = self.rng.choice(heads).replace(str(year), str(year - self.rng.randint(2, 6)))
        self._none(self._asked(who, self.rng.choice(lines).asked[0], before))
        return self._table(f"Quarter by quarter, {who}", heads, rows)

    def _places(self, who: str, year: int, name: str) -> str:
        """Return tables for two regions, whose year is named above them or by their document."""
        dated = self.rng.choice((f", {year}", ""))
        heads = ["Rooms", "Share of all rooms (%)", "Visits in the year"]
        towns = self.rng.sample(TOWNS, 4)
        tables = []
        for region in self.rng.sample(("Northern", "Southern", "Coastal"), 2):
            rows = []
            for place in (*towns, "All premises"):
                share = f"{self.rng.randint(100, 399) / 10}"
                values = [self._numbers(1)[0], share, self._numbers(1)[0]]
                rows.append(("", place, values))
            for _, place, values in self.rng.sample(rows, 2):
                at, where = self.rng.randrange(3), f"{place} in the {region.lower()} region"
                text = (
                    f"How many rooms did {who} have at {where} in {year}?",
                    f"What percentage of {who.split()[0]}'s rooms was at {where} in {year}?",
                    f"How many visits did {who} have at {where} in {year}?",
                )[at]
                self.questions.append(
                    TableQuestion(text, "cell", frozenset([values[at]]), frozenset([name]))
                )
                values[at - 1] = self.rng.choice((values[at - 1], "—"))
            tables.append(self._table(f"Premises of {who}: {region} region{dated}", heads, rows))
        return "".join(tables)

    def _meters(self, who: str, year: int, name: str) -> str:
        """Return a table in which groups have rows of the same names."""
        rows = []
        for group in ("Offices", "Depots", "Staff housing"):
            for head in ("Energy used", "Water used", "Paper used"):
                values = self._numbers(2)
                rows.append((group, head, values))
                if self.rng.random() < 0.35:
                    at = self.rng.randrange(2)
                    item = f"{head.lower()} by {group.lower()}"
                    text = self._asked(who, item, year - at)
                    self.questions.append(
                        TableQuestion(text, "cell", frozenset([values[at]]), frozenset([name]))
                    )
        return self._table(f"Meters read at {who}", [str(year), str(year - 1)], rows)

    def _by_year(self, who: str, year: int, name: str) -> str:
        """Return a table with a row for each year."""
        heads = ["Members", "New members", "Gifts received"]
        rows = [("", str(one), self._numbers(3)) for one in range(year - 7, year + 1)]
        for _, head, values in self.rng.sample(rows, 3):
            at = self.rng.randrange(3)
            text = self._asked(who, heads[at].lower(), head)
            self.questions.append(
                TableQuestion(text, "cell", frozenset([values[at]]), frozenset([name]))
            )
        self._none(self._asked(who, "members", year - 9))
        return self._table(f"{who}, year by year", heads, rows)

    def _council(self, town: str) -> None:
        who = f"{town} Town Council"
        year = self.rng.randint(2014, 2022)
        name = f"{town.lower()}-budget.html"
        style = self.rng.choice(("{}/{:02}", "{}-{:02}"))
        years = [style.format(y, (y + 1) % 100) for y in (year - 1, year)]
        heads = [("Budget", years[0]), ("Spent", years[0]), ("Budget", years[1])]
        rows, kinds = [], ("budget", "actual spending", "budget")
        for line in SERVICES:
            values = self._numbers(3)
            rows.append((line.group, line.head, values))
            at = self.rng.randrange(3)
            item = self.rng.choice(line.asked)
            when = years[min(1, at // 2)]
            text = self.rng.choice((
                f"What was the {kinds[at]} of {who} for {item} in {when}?",
                f"How much did {town} {'spend on' if at == 1 else 'budget for'} {item} in {when}?",
                f"{item} {kinds[at]} {when} {town}",
            ))  # fmt: skip
            if self.rng.random() < 0.6:
                self.questions.append(
                    TableQuestion(text, "cell", frozenset([values[at]]), frozenset([name]))
                )
            elif self.rng.random() < 0.4:
                self._none(text.replace(when, style.format(year + 2, (year + 3) % 100)))
            elif self.rng.random() < 0.3:
                text = f"How much does {town} set aside for {item}?"
                self.questions.append(
                    TableQuestion(text, "several", frozenset(values), frozenset([name]))
                )
        self._page(
            name,
            f"{who}: budget {years[1]}",
            [self._prose(who, year), self._table("Spending by service", heads, rows)],
        )

    def _prices(self) -> None:
        who = self.rng.choice(("Gannet Timber", "Rowan Yard", "Linnet Garden Supplies"))
        heads = ["Trade price (£)", "Retail price (£)", "Weight (kg)", "In stock"]
        rows = []
        name = "prices.html"
        for product in self.rng.sample(PRODUCTS, 10):
            values = [f"{p / 100:.2f}" for p in self.rng.sample(range(300, 30_000), 2)]
            values += [str(self.rng.randint(2, 99)), f"{self.rng.randint(100, 999)}"]
            rows.append(("", product, values))
            at = self.rng.randrange(4)
            ask = (
                f"What is the trade price of the {product.lower()}?",
                f"What does a {product.lower()} cost at retail?",
                f"What is the weight of {product.lower()} in kg?",
                f"How many {product.lower()} are in stock?",
            )  # fmt: skip
            self.questions.append(
                TableQuestion(ask[at], "cell", frozenset([values[at]]), frozenset([name]))
            )
        other = self.rng.choice(("copper kettle", "pine shelf", "tin bath"))
        self._none(f"What is the trade price of the {other}?")
        self._none(f"What is the delivery charge for the {rows[0][1].lower()}?")
        self._page(name, f"{who} price list", [self._said(), self._table("", heads, rows)])

    def _timetable(self) -> None:
        heads = self.rng.choice((
            ["Weekdays", "Saturdays", "Sundays"], ["Train 11", "Train 17", "Train 23"],
            ["Early boat", "Noon boat", "Late boat"],
        ))  # fmt: skip
        name, rows = "timetable.html", []
        minutes = self.rng.randint(300, 420)
        for stop in STOPS:
            minutes += self.rng.randint(4, 19)
            values = [
                f"{(minutes + 217 * k) // 60 % 24:02}:{(minutes + 217 * k) % 60:02}"
                for k in range(3)
            ]
            rows.append(("", stop, values))
            if self.rng.random() < 0.6:
                at = self.rng.randrange(3)
                head = heads[at][0].lower() + heads[at][1:]
                by = f"on {head}" if head.endswith("days") else f"of the {head}"
                text = self.rng.choice((
                    f"When is the departure from {stop} {by}?",
                    f"What time does it leave {stop} {by}?",
                    f"{stop} {heads[at]} time",
                ))  # fmt: skip
                self.questions.append(
                    TableQuestion(text, "cell", frozenset([values[at]]), frozenset([name]))
                )
        self._none(f"When does the {heads[0].lower()} service leave Upper Wick?")
        self._page(name, "Timetable", [self._said(), self._table("Departures", heads, rows)])

    def _directory(self) -> None:
        name, rows = "offices.html", []
        heads = ["Manager", "Telephone", "Staff", "Opened in"]
        people = self.rng.sample(PEOPLE, 8)
        for town, person in zip(self.rng.sample(TOWNS, 8), people, strict=True):
            phone = f"0{self.rng.randint(1000, 1999)} {self.rng.randint(100_000, 999_999)}"
            values = [
                person,
                phone,
                str(self.rng.randint(3, 97)),
                str(self.rng.randint(1950, 2015)),
            ]
            rows.append(("", town, values))
            at = self.rng.randrange(4)
            ask = (
                f"Who is the manager of the {town} office?",
                f"What is the phone number of the office in {town}?",
                f"How many staff does the {town} office have?",
                f"When was the {town} office opened?",
            )
            self.questions.append(
                TableQuestion(ask[at], "cell", frozenset([values[at]]), frozenset([name]))
            )
        self._none("Who is the manager of the Nethercott office?")
        self._none(f"What is the fax number of the office in {rows[0][1]}?")
        self._page(name, "Our offices", [self._said(), self._table("", heads, rows)])

    def _counts(self) -> None:
        year = self.rng.randint(2010, 2020)
        heads = [str(year), str(year + 1)]
        thing, name = self.rng.choice(("visitors", "loans", "rescues")), "counts.html"
        rows = []
        for month in MONTHS:
            values = self._numbers(2)
            rows.append(("", month, values))
            if self.rng.random() < 0.6:
                at = self.rng.randrange(2)
                text = self.rng.choice((
                    f"How many {thing} were there in {month} {heads[at]}?",
                    f"What was the number of {thing} in {month} of {heads[at]}?",
                ))  # fmt: skip
                self.questions.append(
                    TableQuestion(text, "cell", frozenset([values[at]]), frozenset([name]))
                )
        self._none(f"How many {thing} were there in May {year - 3}?")
        self._page(
            name, f"Monthly {thing}", [self._said(), self._table(f"Number of {thing}", heads, rows)]
        )

    def _absent(self, trade: str, known: str) -> None:
        lines = [line for lines in TRADES[trade].values() for line in lines]
        for who in ABSENT:
            line = self.rng.choice(lines)
            self._none(self._asked(who, self.rng.choice(line.asked), self.rng.randint(2012, 2021)))
        for text in (
            f"When was {known} founded?", f"Who chairs {known}?", f"Where was {known} founded?",
            f"How many members came to the meeting of {known}?",
            f"Who audits {known}?",
        ):  # fmt: skip
            self._none(text)

    # ---- words ----

    def _none(self, text: str) -> None:
        self.questions.append(TableQuestion(text, "none"))

    def _asked(self, who: str, item: str, year: object) -> str:
        return self._fill(self.rng.choice(ASKING), who, item, str(year))

    def _fill(self, pattern: str, who: str, item: str, year: str = "") -> str:
        whose = self.rng.choice((f"{who}'s", f"{who.split()[0]}'s"))
        return pattern.format(who=who, whose=whose, item=item, year=year)

    def _year(self, year: int) -> str:
        if self.number % 3 == 1:
            return f"FY{year}"
        return str(year) if self.number % 3 else f"31 December {year}"

    def _prose(self, who: str, year: int) -> str:
        person, other = self.rng.sample(PEOPLE, 2)
        return (
            f"<p>{who} was founded in {self.rng.randint(1850, 1930)} in {self.rng.choice(TOWNS)}. "
            f"Its chair is {person}, who took office in {year - 2}. The accounts are audited by "
            f"{other} and Partners. {self.rng.randint(40, 400)} members came to the meeting in "
            f"{self.rng.choice(MONTHS)} {year}, where the accounts were approved after a debate "
            "about the costs of the past year and the income that is expected in the next.</p>"
        )

    def _said(self) -> str:
        return self.rng.choice((
            "<p>The figures below were checked by two members and are given as they stood.</p>",
            "<p>What follows was approved at the last meeting and replaces all earlier lists.</p>",
            "<p>Please write to the office if something in the table seems to be wrong.</p>",
        ))  # fmt: skip

    def _table(
        self, caption: str, heads: Sequence[str | tuple[str, str]], rows: Sequence[TableLine]
    ) -> str:
        units = self.rng.choice((" (in thousands)", " (£ thousand)", ""))
        as_heading = self.rng.random() < 0.5
        lines = []
        if caption and as_heading:
            lines.append(f"<h2>{escape(caption)}</h2>")
        lines.append("<table>")
        if caption and not as_heading:
            lines.append(f"<caption>{escape(caption)}{units}</caption>")
        if isinstance(heads[0], tuple):
            for level in range(2):
                cells = "".join(f"<th>{escape(head[level])}</th>" for head in heads)
                lines.append(f"<tr><th></th>{cells}</tr>")
        else:
            cells = "".join(f"<th>{escape(str(head))}</th>" for head in heads)
            lines.append(f"<tr><th></th>{cells}</tr>")
        group = ""
        for above, head, values in rows:
            if above and above != group:
                lines.append(f"<tr><td>{escape(above)}</td>{'<td></td>' * len(values)}</tr>")
            group = above
            cells = "".join(f"<td>{escape(value)}</td>" for value in values)
            lines.append(f"<tr><td>{escape(head)}</td>{cells}</tr>")
        lines.append("</table>")
        return "\n".join(lines)
