// What happened to a customer, newest first, twenty entries at a time
// Purchases made or received, things sent back, tickets raised, and the things of a project's own that name
// customers: asked by Threesixty, the text follows their edges too. For the next page give the
// instant and the id of the last entry seen; entries without a time come after all others, and
// their instant is -9007199254740991 when asking for more.
// param customer customer  the customer's id
// param before_at instant = 9007199254740991  only what is older than this
// param before_id text = ''  the last entry seen, which parts entries of the same instant
// column id text  the thing
// column kind text  what kind of thing it is
// column name text  what to show for it
// column at instant  when it happened
// column status text  how it stands, in the source's words
// column amount money  what it came to
// column currency text  the amount's currency
// column source text  who said so
// column role text  in which role the customer took part: buyer, recipient, contact (of several the first by alphabet)
// example customer=customer:4xq2mzr7kw3hd5ta
// budget rows=20 seconds=2 scan=no
MATCH (c:Customer {id: $customer})-[e:MADE|RECEIVED|RAISED|SENT_BACK]->(t)
WHERE coalesce(t.at, -9007199254740991) < $before_at
   OR (coalesce(t.at, -9007199254740991) = $before_at AND t.id < $before_id)
RETURN t.id AS id, t.kind AS kind, t.name AS name, t.at AS at, t.status AS status, t.amount AS amount,
       t.currency AS currency, t.source AS source, min(e.role) AS role
ORDER BY coalesce(at, -9007199254740991) DESC, id DESC LIMIT 21
