// Which tickets of a customer are still open?
// A ticket is open until it has a closing time or a status that says it is over; the oldest comes first.
// param customer customer  the customer's id
// column id text  the ticket
// column at instant  when it was raised
// column name text  what it is about
// column status text  how it stands, in the source's words
// column topic text  its topic
// column priority text  its priority
// column source text  the desk it lies on
// example customer=customer:4xq2mzr7kw3hd5ta
// budget rows=200 seconds=2 scan=no
MATCH (c:Customer {id: $customer})-[:RAISED]->(t:Ticket)
WHERE coalesce(t.closed_at, 0) = 0
  AND NOT toLower(coalesce(t.status, '')) IN ['closed', 'resolved', 'solved', 'done', 'cancelled']
RETURN DISTINCT t.id AS id, t.at AS at, t.name AS name, t.status AS status, t.topic AS topic,
       t.priority AS priority, t.source AS source
ORDER BY coalesce(at, -9007199254740991), id LIMIT 201
