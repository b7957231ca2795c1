// Everything about one customer: the 360° view
// One request gives the whole card: what is known, which records say so, identifiers, households,
// people who share an identifier, employers and employees, products and the newest twenty things that happened. Each row
// names its part of the card; columns a part does not use are empty or 0. `questions.shape.card` makes the rows a Card
// again, as which a terminal shows them.
// param customer customer  the customer's id
// column part text  which part of the card the row belongs to
// column id text  the node the row is about
// column name text  what to show for it
// column kind text  its kind: of customer, record, thing, identifier or home; in a household the role, in a relation how
// column source text  the source that spoke of it; of the customer, the id others know it by; of a household, what is shared
// column text text  the profile as JSON, what a record won, a currency, a household, 'generic'
// column note text  the currency, why a record belongs, a status, a shared value, a household's name
// column at instant  since, first, or when it happened
// column until instant  last
// column amount money  value, amount spent, or (for tickets) how many
// column count integer  records, purchases, holders, who lives in a home now, open tickets, how often, or the ledger's sequence
// column number number  bits of evidence
// column role text  of what happened, in which role the customer took part: buyer, recipient, contact
// example customer=customer:4xq2mzr7kw3hd5ta
// budget rows=10000 seconds=2 scan=no
MATCH (c:Customer {id: $customer})
RETURN 'customer' AS part, c.id AS id, c.name AS name, c.kind AS kind, c.public_id AS source,
       c.`profile` AS text, c.currency AS note, c.since AS at, c.last_seen AS until, c.value AS amount, c.records AS count, 0.0 AS number, '' AS role
UNION ALL
MATCH (c:Customer {id: $customer})
RETURN 'figures' AS part, c.id AS id, '' AS name, '' AS kind, '' AS source, '' AS text,
       '' AS note, c.first_purchase AS at, c.last_purchase AS until, c.other_currency AS amount,
       c.purchases AS count, 0.0 AS number, '' AS role
UNION ALL
MATCH (c:Customer {id: $customer})
RETURN 'tickets' AS part, c.id AS id, '' AS name, '' AS kind, '' AS source, '' AS text,
       '' AS note, 0 AS at, 0 AS until, c.tickets AS amount, c.open_tickets AS count, 0.0 AS number, '' AS role
UNION ALL
MATCH (c:Customer {id: $customer})<-[e:RESOLVES_TO]-(r:Record)
RETURN 'record' AS part, r.id AS id, r.name AS name, r.kind AS kind, r.source AS source, e.wins AS text,
       e.why AS note, r.at AS at, 0 AS until, 0 AS amount, 0 AS count, e.bits AS number, '' AS role
UNION ALL
MATCH (c:Customer {id: $customer})-[u:USES]->(i:Identifier)
RETURN 'identifier' AS part, i.id AS id, i.value AS name, i.type AS kind, '' AS source,
       CASE WHEN i.generic THEN 'generic' ELSE '' END AS text,
       '' AS note, u.first AS at, u.last AS until, 0 AS amount, i.holders AS count, 0.0 AS number, '' AS role
UNION ALL
MATCH (c:Customer {id: $customer})<-[:RESOLVES_TO]-(r:Record)-[:CARRIES]->(i:Identifier)
WHERE i.generic
RETURN DISTINCT 'identifier' AS part, i.id AS id, i.value AS name, i.type AS kind, '' AS source, 'generic' AS text,
       '' AS note, CASE WHEN i.id = '' THEN 0 END AS at, CASE WHEN i.id = '' THEN 0 END AS until,
       0 AS amount, i.holders AS count, 0.0 AS number, '' AS role
UNION ALL
MATCH (c:Customer {id: $customer})-[:MEMBER_OF]->(h:Household)
MATCH (m:Customer)-[e:MEMBER_OF]->(h)
RETURN 'household' AS part, m.id AS id, m.name AS name, e.role AS kind, e.evidence AS source, h.id AS text,
       h.name AS note, e.since AS at, e.until AS until, 0 AS amount, 0 AS count, 0.0 AS number, '' AS role
UNION ALL
MATCH (c:Customer {id: $customer})-[e:MEMBER_OF]->(h:Household)
RETURN 'home' AS part, h.id AS id, h.name AS name, h.kind AS kind, '' AS source, '' AS text,
       '' AS note, e.since AS at, e.until AS until, 0 AS amount, h.members AS count, 0.0 AS number, '' AS role
UNION ALL
MATCH (c:Customer {id: $customer})-[:USES]->(i:Identifier)
WHERE NOT i.generic
MATCH (o:Customer)-[:USES]->(i)
WHERE o.id <> $customer
RETURN 'sharing' AS part, o.id AS id, o.name AS name, i.type AS kind, '' AS source, i.id AS text,
       i.value AS note, 0 AS at, 0 AS until, 0 AS amount, 0 AS count, 0.0 AS number, '' AS role
ORDER BY kind, text, id LIMIT 20
UNION ALL
MATCH (c:Customer {id: $customer})-[e:WORKS_FOR]->(o:Customer)
RETURN 'relation' AS part, o.id AS id, o.name AS name, 'works_for' AS kind, '' AS source, e.role AS text,
       '' AS note, 0 AS at, 0 AS until, 0 AS amount, 0 AS count, 0.0 AS number, '' AS role
ORDER BY id LIMIT 20
UNION ALL
MATCH (c:Customer {id: $customer})<-[e:WORKS_FOR]-(o:Customer)
RETURN 'relation' AS part, o.id AS id, o.name AS name, 'employee' AS kind, '' AS source, e.role AS text,
       '' AS note, 0 AS at, 0 AS until, 0 AS amount, 0 AS count, 0.0 AS number, '' AS role
ORDER BY id LIMIT 20
UNION ALL
MATCH (c:Customer {id: $customer})-[:PART_OF]->(o:Customer)
RETURN 'relation' AS part, o.id AS id, o.name AS name, 'part_of' AS kind, '' AS source, '' AS text,
       '' AS note, 0 AS at, 0 AS until, 0 AS amount, 0 AS count, 0.0 AS number, '' AS role
ORDER BY id LIMIT 20
UNION ALL
MATCH (c:Customer {id: $customer})<-[:PART_OF]-(o:Customer)
RETURN 'relation' AS part, o.id AS id, o.name AS name, 'part' AS kind, '' AS source, '' AS text,
       '' AS note, 0 AS at, 0 AS until, 0 AS amount, 0 AS count, 0.0 AS number, '' AS role
ORDER BY id LIMIT 20
UNION ALL
MATCH (c:Customer {id: $customer})-[:REFERRED]->(o:Customer)
RETURN 'relation' AS part, o.id AS id, o.name AS name, 'referred' AS kind, '' AS source, '' AS text,
       '' AS note, 0 AS at, 0 AS until, 0 AS amount, 0 AS count, 0.0 AS number, '' AS role
ORDER BY id LIMIT 20
UNION ALL
MATCH (c:Customer {id: $customer})<-[:REFERRED]-(o:Customer)
RETURN 'relation' AS part, o.id AS id, o.name AS name, 'referred_by' AS kind, '' AS source, '' AS text,
       '' AS note, 0 AS at, 0 AS until, 0 AS amount, 0 AS count, 0.0 AS number, '' AS role
ORDER BY id LIMIT 20
UNION ALL
MATCH (c:Customer {id: $customer})-[b:BOUGHT]->(p:Product)
RETURN 'product' AS part, p.id AS id, p.name AS name, '' AS kind, '' AS source, '' AS text,
       '' AS note, b.first AS at, b.last AS until, b.amount AS amount, b.count AS count, 0.0 AS number, '' AS role
ORDER BY count DESC, id LIMIT 20
UNION ALL
MATCH (c:Customer {id: $customer})-[e:MADE|RECEIVED|RAISED|SENT_BACK]->(t)
RETURN 'timeline' AS part, t.id AS id, t.name AS name, t.kind AS kind, t.source AS source, t.currency AS text,
       t.status AS note, t.at AS at, 0 AS until, t.amount AS amount, 0 AS count, 0.0 AS number, min(e.role) AS role
ORDER BY coalesce(at, -9007199254740991) DESC, id DESC LIMIT 20
UNION ALL
MATCH (a:Alias)-[:NOW]->(c:Customer {id: $customer})
RETURN 'alias' AS part, a.id AS id, a.name AS name, '' AS kind, '' AS source, '' AS text,
       '' AS note, 0 AS at, 0 AS until, 0 AS amount, 0 AS count, 0.0 AS number, '' AS role
UNION ALL
MATCH (c:Customer {id: $customer})
MATCH (s:Threesixty)
RETURN 'threesixty' AS part, s.id AS id, s.name AS name, '' AS kind, '' AS source, s.schema AS text,
       '' AS note, s.as_of AS at, 0 AS until, 0 AS amount, s.seq AS count, 0.0 AS number, '' AS role
