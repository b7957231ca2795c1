"""What the verbs answer with: frozen values that the CLI prints, REST will serve and Python returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from threesixty.record import Reject, Scalar


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long work is. `total` is 0 when nobody knows."""

    task: str
    done: int
    total: int
    unit: str = "records"


Tell = Callable[[Progress], None]
"""To whom it is told how far long work has come."""


@dataclass(frozen=True, slots=True)
class Worth:
    """A merge worth a look: the weakest evidence that still joined."""

    customer: str
    name: str
    records: tuple[str, ...]
    bits: float
    why: str


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the rows that were read: `taken` brought something new, `known` did not.

    `changed`: how many of the taken ones spoke only of what was there already.
    """

    rows: int = 0
    taken: int = 0
    known: int = 0
    rejected: int = 0
    forgotten: int = 0
    changed: int = 0

    @property
    def lost(self) -> int:
        """Rows nothing became of: there are none, and a load says so."""
        return self.rows - self.taken - self.known - self.rejected - self.forgotten

    def __add__(self, other: Account) -> Account:
        return Account(
            self.rows + other.rows, self.taken + other.taken, self.known + other.known,
            self.rejected + other.rejected, self.forgotten + other.forgotten, self.changed + other.changed,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceLoad:
    """What one source brought in this load: figures of Records, and the account of its rows.

    `repeated`: rows that say something else under a key than another row of the same delivery; `late`: rows
    older than what was known of their key; `repeats` and `lates`: one of them. `told`: in words, where the
    delivery was not as the one before or as agreed. `stopped`: it came to an error, and these are the rows
    that could be read. `empty` files and tables held no row.
    """

    source: str
    read: int
    new: int
    changed: int
    unchanged: int
    deleted: int
    forgotten: int
    rejected: int
    unreadable: int
    skipped_files: int = 0
    account: Account = Account()
    told: tuple[str, ...] = ()
    repeated: int = 0
    repeats: str = ""
    late: int = 0
    lates: str = ""
    stopped: bool = False
    empty: int = 0


@dataclass(frozen=True, slots=True)
class Stopped:
    """A source that was not loaded to its end, and why; the others were."""

    source: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, in figures; `merges`: joins more than before, `splits`: customers that came apart."""

    sources: tuple[SourceLoad, ...]
    records: int
    customers: int
    merges: int
    parked: int
    unreadable: tuple[tuple[str, int, str], ...]  # "crm.birth_date", how many, an example
    worth_a_look: tuple[Worth, ...]
    notices: tuple[str, ...]
    seconds: float
    dry_run: bool = False
    stopped: tuple[Stopped, ...] = ()
    splits: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """One customer that a search or a key found; `public_id` is `id` where no other system gave one."""

    id: str
    public_id: str
    name: str
    kind: str
    contact: str
    place: str
    records: int


@dataclass(frozen=True, slots=True)
class Side:
    """One Record as an explanation shows it."""

    record: str
    customer: str
    values: dict[str, Scalar]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One field of a comparison: both values, the verdict in words, the bits for or against."""

    field: str
    a: str
    b: str
    verdict: str
    bits: float


@dataclass(frozen=True, slots=True)
class Why:
    """Why two Records are, or are not, the same person.

    `bits` is the total with the `prior`, joined from `threshold`; `probability`: None if nothing is for it.
    `refused` says what stood in the way in spite of the evidence, '' when nothing did; `held` what was
    decided of two that are the same, or holds them where their evidence does not, '' when nothing does.
    """

    a: Side
    b: Side
    same: bool
    sentence: str
    evidence: tuple[Evidence, ...]
    prior: float
    bits: float
    probability: float | None
    threshold: float
    refused: str = ""
    path: tuple[Why, ...] = ()
    held: str = ""


@dataclass(frozen=True, slots=True)
class WhyCustomer:
    """How a Customer hangs together: the strongest evidence that joins each Record, weakest last."""

    customer: str
    name: str
    sentence: str
    links: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Beaten:
    """A value that did not win, the best Record that gives it, and why it lost."""

    value: Scalar
    record: str
    at: int | None
    rule: str
    because: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A golden value, the Record it is from, which rule decided, and every other value."""

    property: str
    value: Scalar
    type: str
    record: str
    at: int | None
    rule: str
    because: str
    beaten: tuple[Beaten, ...] = ()


@dataclass(frozen=True, slots=True)
class WhyValue:
    """Why a Customer's golden values are what they are."""

    customer: str
    name: str
    chosen: tuple[Chosen, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a decision does to one Customer: which Records it has before and after.

    `what` as in the feed. `into`: who answers for it, where it is none any more.
    """

    customer: str
    name: str
    what: Literal["formed", "grew", "split", "moved", "shrank", "merged", "renamed", "ended"]
    before: tuple[str, ...]
    after: tuple[str, ...]
    into: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a merge, split or undo did (or would do, when `dry_run`)."""

    action: int
    sentence: str
    changes: tuple[Effect, ...]
    set_aside: tuple[str, ...] = ()
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ForgetReport:
    """What forgetting removed (or would remove). `notices`: where the person still is, and what to do."""

    customers: tuple[str, ...]
    records: int
    things: int
    rejects: int
    sentence: str
    dry_run: bool = False
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldReject:
    """A rejected row as it is kept."""

    number: int
    reject: Reject
    at: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a Question. `truncated` when a budget cut them; `note` names hubs not expanded."""

    question: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Scalar, ...], ...]
    truncated: bool = False
    note: str = ""
    milliseconds: float = 0.0
    as_of: int = -1

    def dicts(self) -> list[dict[str, Scalar]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class SourceStatus:
    source: str
    kinds: tuple[tuple[str, int], ...]
    last_load: int | None
    rejects: int
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heavy:
    """A customer about whom much is said: how many things and events."""

    id: str
    name: str
    said: int


@dataclass(frozen=True, slots=True)
class Status:
    """The state of ledger and graph. `heaviest`: the most named customers; `pins`: values people pinned."""

    project: str
    home: str
    records: int
    parties: int
    customers: int
    households: int
    identifiers: int
    generic: int
    decisions: int
    set_aside: int
    parked: int
    rejects: int
    unreadable: int
    dangling: int
    forgotten: int
    seq: int
    resolved: int
    applied: int
    graph: str
    ledger_bytes: int
    graph_bytes: int
    size_band: str
    sources: tuple[SourceStatus, ...]
    notices: tuple[str, ...] = ()
    heaviest: tuple[Heavy, ...] = ()
    epoch: int = 0
    pins: int = 0


@dataclass(frozen=True, slots=True)
class Drift:
    """How one label or edge type of the graph differs from the ledger, with a few ids of each sort.

    `twice`: more than one has the same name. `nameless`: those without an id cannot be told apart, and
    are left alone.
    """

    table: str
    missing: int = 0
    extra: int = 0
    different: int = 0
    twice: int = 0
    nameless: int = 0
    examples: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many are put right."""
        return self.missing + self.extra + self.different + self.twice


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What reconciling found, label by label, and put right unless `dry_run`. Equal tables are left out."""

    drifts: tuple[Drift, ...]
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Another graph filled from the ledger, and compared with it.

    `hash` is of what the ledger says; `differing` has the tables in which the graph does not say the
    same, with the rows of the ledger and of the graph. `switched`: the project names it now.
    """

    into: str
    rows: int
    hash: str
    differing: dict[str, tuple[int, int]]
    seconds: float
    switched: bool = False


@dataclass(frozen=True, slots=True)
class BackedUp:
    """One backup in a folder: up to which entry and seal, whole or only what changed.

    A seal is `entry-digest`; noted somewhere else, it proves later that nothing before it was changed.
    `without_graph` says why an embedded graph is not in it; then a restore draws it anew.
    """

    folder: str
    number: int
    whole: bool
    seq: int
    seal: str
    bytes: int
    folder_bytes: int
    with_graph: bool
    without_graph: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a ledger is as it was written: what is wrong, in words, and the newest seal, as in BackedUp."""

    problems: tuple[str, ...]
    seq: int
    seal: str
