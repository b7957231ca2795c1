"""The answers of all Questions by plain Python over the rows of a graph: no Cypher, no code of the product.

Of a Question it takes only what its header says: columns, defaults and how many rows it may have.
"""

from collections import Counter, defaultdict

from across import NEVER, Across, of, when

from threesixty.report import Answer

OVER = {"closed", "resolved", "solved", "done", "cancelled"}
HUB = 50
HELD, CROWD = f"held by more than {HUB} customers", f"more than {HUB} of a sort"
RELATED = (
    ("WORKS_FOR", True, "works for", "employs", "employers of"),
    ("WORKS_FOR", False, "employs", "works for", "employees of"),
    ("PART_OF", True, "is part of", "includes", "owners of"),
    ("PART_OF", False, "includes", "is part of", "parts of"),
    ("REFERRED", True, "referred", "was referred by", "referrals by"),
    ("REFERRED", False, "was referred by", "referred", "referrers of"),
)
HAPPENED = ("MADE", "RECEIVED", "RAISED", "SENT_BACK")


def by_id(pair):
    return pair[1]["id"]


class Oracle(Across):
    """A graph: nodes by label and id, and for every edge type what stands at the other end of each node."""

    def __init__(self, nodes, edges, schema):
        self.nodes, self.out, self.into = defaultdict(dict), defaultdict(list), defaultdict(list)
        for label, rows in nodes.items():
            names = ["id", *(column.name for column in schema.nodes[label])]
            self.nodes[label] = {row[0]: dict(zip(names, row, strict=True)) for row in rows}
        for kind, rows in edges.items():
            names = [column.name for column in schema.edges[kind]]
            for start, finish, *values in rows:
                edge = dict(zip(names, values, strict=True))
                self.out[kind.type, start].append((edge, self.nodes[kind.target][finish]))
                self.into[kind.type, finish].append((edge, self.nodes[kind.source][start]))

    def answer(self, question, given):
        """The Answer to a Question; parameters as a graph would get them."""
        found = getattr(self, question.name)(**given)
        rows, said = found if isinstance(found, tuple) else (found, "")
        most = question.budget.rows
        columns = tuple(column.name for column in question.columns)
        return Answer(question.name, columns, tuple(rows[:most]), truncated=len(rows) > most, note=said)

    # --- around one customer ---------------------------------------------------------------------------

    def sharing(self, customer):
        shared = [
            (i["type"], i["id"], o["id"], (*of(o, "id name"), *of(i, "type value id holders")))
            for _, i in self.out["USES", customer]
            if not i["generic"]
            for _, o in self.into["USES", i["id"]]
            if o["id"] != customer
        ]
        return [row for *_, row in sorted(shared)]

    def household(self, customer):
        return [
            (*of(member, "id name"), *of(edge, "role since until evidence"), *of(home, "id name kind"))
            for _, home in sorted(self.out["MEMBER_OF", customer], key=by_id)
            for edge, member in sorted(self.into["MEMBER_OF", home["id"]], key=by_id)
        ]

    def identifiers(self, customer):
        used = [(i, e["first"], e["last"]) for e, i in self.out["USES", customer]]
        generic = {
            i["id"]: (i, None, None)
            for _, record in self.into["RESOLVES_TO", customer]
            for _, i in self.out["CARRIES", record["id"]]
            if i["generic"]
        }
        return [
            (*of(i, "id type value"), *span, *of(i, "holders generic"))
            for i, *span in (*used, *generic.values())
        ]

    def employees(self, customer):
        found = sorted(self.into["WORKS_FOR", customer], key=by_id)
        return [(*of(person, "id name"), edge["role"]) for edge, person in found]

    def organisation(self, customer):
        return [
            (how, level, one, self._name(one))
            for how, ends in (("part_of", self.out), ("part", self.into))
            for level in (1, 2, 3)
            for one in sorted(self._level(customer, ends, level) - {customer})
        ]

    def _level(self, customer, ends, level):
        found = {customer}
        for _ in range(level):
            found = {other["id"] for one in found for _, other in ends["PART_OF", one]}
        return found

    def records(self, customer):
        found = sorted(self.into["RESOLVES_TO", customer], key=lambda pair: of(pair[1], "source id"))
        return [(*of(record, "id source kind at"), *of(e, "since bits why wins")) for e, record in found]

    def open_tickets(self, customer):
        raised = {t["id"]: t for _, t in self.out["RAISED", customer]}.values()
        left = [t for t in raised if not t["closed_at"] and (t["status"] or "").lower() not in OVER]
        return [of(t, "id at name status topic priority source") for t in sorted(left, key=when)]

    def purchases(self, customer):
        rows = []
        for _, p in sorted(self.out["MADE", customer], key=lambda pair: when(pair[1]), reverse=True):
            lines = sorted(self.out["INCLUDES", p["id"]], key=by_id)
            cells = [(*of(x, "id name"), *of(line, "quantity amount")) for line, x in lines]
            rows += [(*of(p, "id at name status amount currency"), *cell) for cell in cells or [(None,) * 4]]
        return rows

    def timeline(self, customer, before_at=-NEVER, before_id=""):
        played = [(t, edge["role"]) for type_ in HAPPENED for edge, t in self.out[type_, customer]]
        things, roles = {t["id"]: t for t, _ in played}, defaultdict(set)
        for t, role in played:
            roles[t["id"]].add(role)
        older = [t for t in things.values() if when(t) < (before_at, before_id)]
        columns = "id kind name at status amount currency source"
        ordered = sorted(older, key=when, reverse=True)
        return [(*of(t, columns), min(roles[t["id"]])) for t in ordered]

    def engagement(self, customer):
        ways = {"MAILED": "mailed", "OPENED": "opened", "RESPONDED": "responded", "VIEWED": "viewed",
                "WANTED": "basket", "CAME_FROM": "came_from"}  # fmt: skip
        found = {how: [(e, x) for e, x in self.out[sort, customer]] for sort, how in ways.items()}
        newest = lambda pair: NEVER if pair[0]["last"] is None else pair[0]["last"]  # noqa: E731
        return [
            (how, *of(x, "id name"), *of(e, "count first last"))
            for how, pairs in found.items()
            for e, x in sorted(pairs, key=lambda pair: (-newest(pair), pair[1]["id"]))
        ]

    def might_like(self, customer):
        mine = {p["id"] for _, p in self.out["BOUGHT", customer]}
        shared = Counter(o["id"] for p in mine for _, o in self.into["BOUGHT", p] if o["id"] != customer)
        liked, points = Counter(), Counter()
        for other, common in shared.items():
            for _, p in self.out["BOUGHT", other]:
                if p["id"] not in mine:
                    liked[p["id"]] += 1
                    points[p["id"]] += common
        order = sorted(liked, key=lambda p: (-points[p], p))
        return [(p, self.nodes["Product"][p]["name"], liked[p], points[p]) for p in order]

    # --- the whole card --------------------------------------------------------------------------------

    def customer_360(self, customer):
        c = self.nodes["Customer"].get(customer)
        return [] if c is None else [*self._self(c), *self._evidence(c["id"]), *self._doings(c["id"])]

    def _self(self, c):
        yield part(
            "customer", *of(c, "id name kind public_id profile currency since last_seen value records")
        )
        yield part("figures", c["id"], "", "", "", "", "",
                   *of(c, "first_purchase last_purchase other_currency purchases"))  # fmt: skip
        yield part("tickets", c["id"], amount=c["tickets"], count=c["open_tickets"])
        for _, alias in self.into["NOW", c["id"]]:
            yield part("alias", *of(alias, "id name"))
        for state in self.nodes["Threesixty"].values():
            yield part(
                "threesixty",
                *of(state, "id name"),
                text=state["schema"],
                at=state["as_of"],
                count=state["seq"],
            )

    def _evidence(self, customer):
        for edge, r in self.into["RESOLVES_TO", customer]:
            yield part(
                "record",
                *of(r, "id name kind source"),
                *of(edge, "wins why"),
                at=r["at"],
                number=edge["bits"],
            )
        for id_, type_, value, first, last, holders, generic in self.identifiers(customer):
            text = "generic" if generic else ""
            yield part("identifier", id_, value, type_, text=text, at=first, until=last, count=holders)
        for id_, name, role, since, until, evidence, *home, _ in self.household(customer):
            yield part("household", id_, name, role, evidence, *home, at=since, until=until)
        for edge, h in self.out["MEMBER_OF", customer]:
            span = {"at": edge["since"], "until": edge["until"]}
            yield part("home", *of(h, "id name kind"), count=h["members"], **span)
        for id_, name, type_, value, identifier, _ in self.sharing(customer)[:20]:
            yield part("sharing", id_, name, type_, text=identifier, note=value)
        yield from self._relations(customer)

    def _relations(self, customer):
        for edge, out, into in (
            ("WORKS_FOR", "works_for", "employee"), ("PART_OF", "part_of", "part"),
            ("REFERRED", "referred", "referred_by"),
        ):  # fmt: skip
            for how, ends in ((out, self.out[edge, customer]), (into, self.into[edge, customer])):
                for e, other in sorted(ends, key=by_id)[:20]:
                    role = e["role"] if edge == "WORKS_FOR" else ""
                    yield part("relation", *of(other, "id name"), how, text=role)

    def _doings(self, customer):
        bought = sorted(self.out["BOUGHT", customer], key=lambda pair: (-pair[0]["count"], pair[1]["id"]))
        for edge, product in bought[:20]:
            yield part(
                "product", *of(product, "id name"), "", "", "", "", *of(edge, "first last amount count")
            )
        for id_, kind, name, at, status, amount, currency, source, role in self.timeline(customer)[:20]:
            yield part("timeline", id_, name, kind, source, currency, status, at, amount=amount, role=role)

    # --- step by step ----------------------------------------------------------------------------------

    def connections(self, customer, depth=2):
        distance, steps, hubs = self._around(customer, depth)
        ordered = sorted(steps.items(), key=lambda step: (distance[step[0]], step[0]))
        return [
            (far, self._name(far), distance[far], how, via, near, self._name(near))
            for far, (near, via, how, _) in ordered
        ], note(hubs)

    def path(self, customer, other):
        if customer == other:
            return [], "that is one and the same customer"
        for length in range(1, 7):
            near, far = self._around(customer, (length + 1) // 2), self._around(other, length // 2)
            hubs = note(near[2] | far[2])
            if met := near[0].keys() & far[0].keys():
                there = trail(near[1], min(met), customer)[::-1]
                back = [(b, a, via, turned) for a, b, via, _, turned in trail(far[1], min(met), other)]
                return [
                    (step, a, self._name(a), how, via, b, self._name(b))
                    for step, (a, b, via, how, *_) in enumerate(there + back, 1)
                ], hubs
        return [], "; ".join(filter(None, ("no way of at most 6 steps", hubs)))

    def _around(self, start, depth):
        """Distance and best last step (near, via, how, back) of everybody so near, and the hubs met."""
        distance, steps, hubs = {start: 0}, {}, set()
        for far in range(1, depth + 1):
            for near in sorted(c for c, d in distance.items() if d == far - 1):
                hubs |= {(HELD, what(i)) for _, i in self.out["USES", near] if i["holders"] > HUB}
                hubs |= {(CROWD, f"{many} {self._called(near)}") for *_, many in self._crowds(near)}
                for via, other, *said in sorted(self._steps(near)):
                    if other not in distance:
                        distance[other], steps[other] = far, (near, via, *said)
        return distance, steps, hubs

    def _steps(self, customer):
        for _, i in self.out["USES", customer]:
            if i["holders"] <= HUB:
                for _, other in self.into["USES", i["id"]]:
                    yield i["id"], other["id"], *both(f"use {what(i)}")
        for mine, home in self.out["MEMBER_OF", customer]:
            for edge, other in self.into["MEMBER_OF", home["id"]]:
                if mine["until"] is not None or edge["until"] is not None:
                    continue
                yield home["id"], other["id"], *both(f"belong to the {home['name']}")
        crowded = {(edge, out) for edge, out, _ in self._crowds(customer)}
        for edge, out, there, back, _ in RELATED:
            for e, other in [] if (edge, out) in crowded else self._others(edge, out, customer):
                role = f" as {e['role']}" if edge == "WORKS_FOR" and e["role"] else ""
                said = f"{there} {self._called(other['id'])}", f"{back} {self._called(customer)}"
                yield "", other["id"], *(one + role for one in said)

    def _crowds(self, customer):
        return [
            (edge, out, many)
            for edge, out, _, _, many in RELATED
            if len(self._others(edge, out, customer)) > HUB
        ]

    def _others(self, edge, out, customer):
        ends = (self.out if out else self.into)[edge, customer]
        return [(e, other) for e, other in ends if other["id"] != customer]

    def _called(self, customer):
        return self._name(customer) or customer

    def _name(self, customer):
        return self.nodes["Customer"][customer]["name"] or ""


def part(
    name, id_, shown="", kind="", source="", text="", note="", at=0, until=0, amount=0, count=0, number=0.0,
    role="",
):  # fmt: skip
    return name, id_, shown, kind, source, text, note, at, until, amount, count, number, role


def trail(steps, last, first):
    """The steps (from, to, via, how, how back) back from one customer to where the search began."""
    found = []
    while last != first:
        near, *said = steps[last]
        found.append((near, last, *said))
        last = near
    return found


def both(have):
    return f"both {have}", f"both {have}"


def what(identifier):
    return " ".join(of(identifier, "type value")) if identifier["value"] else f"the same {identifier['type']}"


def note(hubs):
    told = (left(why, {what for w, what in hubs if w == why}) for why in (HELD, CROWD))
    return "; ".join(filter(None, told))


def left(why, found):
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return f"{why}, so not followed: {', '.join(sorted(found)[:5])}{more}" if found else ""
