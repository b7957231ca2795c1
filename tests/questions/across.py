"""The part of the oracle that looks across all customers: sums, rankings, overlaps."""

from collections import Counter, defaultdict
from itertools import permutations

NEVER = -9_007_199_254_740_991
DAY = 86_400_000


def of(node, names):
    """Some values of a node or an edge, in order."""
    return tuple(node[name] for name in names.split())


def when(thing):
    return NEVER if thing["at"] is None else thing["at"], thing["id"]


class Across:
    """Questions across customers, over the `nodes`, `out` and `into` of an Oracle."""

    def hubs(self, at_least=3):
        held = [i for i in self.nodes["Identifier"].values() if i["holders"] >= at_least]
        return [
            of(i, "id type value holders generic")
            for i in sorted(held, key=lambda i: (-i["holders"], i["id"]))
        ]

    def bought_together(self, product=""):
        baskets = ([x["id"] for _, x in self.out["INCLUDES", p]] for p in self.nodes["Purchase"])
        pairs = Counter(pair for basket in baskets for pair in permutations(basket, 2))
        kept = [(-n, a, b) for (a, b), n in pairs.items() if (a == product if product else a < b)]
        products = self.nodes["Product"]
        return [(a, products[a]["name"], b, products[b]["name"], -n) for n, a, b in sorted(kept)]

    def recency_frequency_value(self):
        customers = self.nodes["Customer"].values()
        newest = max((c["last_purchase"] for c in customers if c["last_purchase"] is not None), default=None)
        groups = defaultdict(list)
        for customer in customers:
            if customer["purchases"]:
                groups[rank(customer, newest)].append(of(customer, "purchases value other_currency"))
        recency = ("within 30 days", "within 90 days", "within a year", "longer ago")
        frequency = ("once", "2 to 4 times", "5 to 9 times", "10 times or more")
        return [
            (recency[r], frequency[f], len(rows), *map(sum, zip(*rows, strict=True)))
            for (r, f), rows in sorted(groups.items())
        ]

    def abandoned_baskets(self, since=NEVER):
        rows = []
        for c in self.nodes["Customer"].values():
            bought = {p["id"]: e for e, p in self.out["BOUGHT", c["id"]]}
            for e, p in self.out["WANTED", c["id"]]:
                own = bought.get(p["id"], {"last": None, "count": 0})
                last = NEVER if own["last"] is None else own["last"]
                if e["last"] is not None and e["last"] >= since and last < e["last"]:
                    row = (*of(c, "id name"), *of(p, "id name"), *of(e, "count last"), own["count"])
                    rows.append((-e["last"], c["id"], p["id"], row))
        return [row for *_, row in sorted(rows)]

    def brand_overlap(self):
        known = defaultdict(set)
        for c in self.nodes["Customer"]:
            brands = {record["brand"] for _, record in self.into["RESOLVES_TO", c]} - {None, ""}
            for pair in ((a, b) for a in brands for b in brands if a <= b):
                known[pair].add(c)
        customers = self.nodes["Customer"]
        return [
            (*pair, len(who), sum(customers[c]["value"] for c in who)) for pair, who in sorted(known.items())
        ]

    def campaign_responders(self, campaign="", days=30):
        rows = []
        for k in self.nodes["Campaign"].values():
            for e, c in self.into["RESPONDED", k["id"]] if campaign in ("", k["id"]) else ():
                soon = [self._own(p, c) for p in self._bought_after(c, e["first"], days)]
                row = (*of(k, "id name"), *of(c, "id name"), *of(e, "count first"), len(soon), sum(soon))
                rows.append((-sum(soon), c["id"], k["id"], row))
        return [row for *_, row in sorted(rows)]

    def campaign_results(self, days=30):
        rows = []
        for k in self.nodes["Campaign"].values():
            sent, opened, answers = (self.into[sort, k["id"]] for sort in ("MAILED", "OPENED", "RESPONDED"))
            bought = [(c, p) for e, c in answers for p in self._bought_after(c, e["first"], days)]
            figures = (len(sent), len(opened), len(answers), len({c["id"] for c, _ in bought}), len(bought))
            rows.append(
                (-when(k)[0], (*of(k, "id name at"), *figures, sum(self._own(p, c) for c, p in bought)))
            )
        return [row for _, row in sorted(rows, key=lambda r: (r[0], r[1][0]))]

    def _bought_after(self, customer, first, days):
        made = [p for _, p in self.out["MADE", customer["id"]] if p["at"] is not None]
        return [p for p in made if first is not None and first <= p["at"] <= first + days * DAY]

    def _own(self, thing, customer):
        """What it came to, where that is in the project's currency."""
        return (thing["amount"] or 0) if thing["currency"] == customer["currency"] else 0

    def first_touch(self):
        groups = defaultdict(list)
        for c in self.nodes["Customer"].values():
            came = [
                (-NEVER if e["first"] is None else e["first"], o["id"])
                for e, o in self.out["CAME_FROM", c["id"]]
            ]
            if came:
                groups[min(came)[1]].append(c)
        rows = [
            (-len(who), o, self.nodes["Origin"][o]["name"], sum(c["purchases"] > 0 for c in who),
             *(sum(c[name] for c in who) for name in ("purchases", "value")))
            for o, who in groups.items()
        ]  # fmt: skip
        return [(o, name, -many, *figures) for many, o, name, *figures in sorted(rows, key=lambda r: r[:2])]

    def household_value(self, at_least=2):
        rows = []
        for h in self.nodes["Household"].values():
            buyers = [
                c for e, c in self.into["MEMBER_OF", h["id"]] if c["purchases"] > 0 and e["until"] is None
            ]
            if len(buyers) >= at_least and buyers:
                last = max(
                    (c["last_purchase"] for c in buyers if c["last_purchase"] is not None), default=None
                )
                figures = [sum(c[name] for c in buyers) for name in ("purchases", "value")]
                rows.append((-figures[1], (*of(h, "id name"), len(buyers), *figures, last)))
        return [row for _, row in sorted(rows, key=lambda r: (r[0], r[1][0]))]

    def lapsed(self, since, at_least=2):
        bought = [c for c in self.nodes["Customer"].values() if c["purchases"] >= at_least]
        gone = [c for c in bought if c["last_purchase"] is not None and c["last_purchase"] < since]
        columns = "id name purchases value last_purchase last_seen open_tickets"
        return [of(c, columns) for c in sorted(gone, key=lambda c: (-c["value"], c["id"]))]

    def referrers(self, at_least=1):
        rows = []
        for c in self.nodes["Customer"].values():
            brought = [o for _, o in self.out["REFERRED", c["id"]]]
            if brought and len(brought) >= at_least:
                figures = [sum(o[name] for o in brought) for name in ("purchases", "value")]
                row = (*of(c, "id name"), len(brought), sum(o["purchases"] > 0 for o in brought), *figures)
                rows.append((-figures[1], -len(brought), c["id"], row))
        return [row for *_, row in sorted(rows)]

    def returned_products(self, at_least=1):
        rows = []
        for p in self.nodes["Product"].values():
            back, sold = (self.into[sort, p["id"]] for sort in ("ABOUT_PRODUCT", "INCLUDES"))
            back = [thing for _, thing in back if thing["id"] in self.nodes["ProductReturn"]]
            if back and len(back) >= at_least:
                share = len(back) / len(sold) if sold else 0.0
                rows.append((-share, p["id"], (*of(p, "id name"), len(sold), len(back), share)))
        return [row for *_, row in sorted(rows)]

    def serial_returners(self, at_least=3):
        rows = []
        for c in self.nodes["Customer"].values():
            back = [thing for _, thing in self.out["SENT_BACK", c["id"]]]
            if back and len(back) >= at_least:
                last = max((thing["at"] for thing in back if thing["at"] is not None), default=None)
                refunded = sum(self._own(thing, c) for thing in back)
                row = (*of(c, "id name"), len(back), c["purchases"], refunded, c["value"], last)
                rows.append((-len(back), c["id"], row))
        return [row for *_, row in sorted(rows)]


def rank(customer, newest):
    """How long ago and how often, as numbers of their groups; no purchase with a day is the longest ago."""
    last = customer["last_purchase"]
    recency = 3 if last is None else sum(newest - last > days * DAY for days in (30, 90, 365))
    return recency, sum(customer["purchases"] > most for most in (1, 4, 9))
