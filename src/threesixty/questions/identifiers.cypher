// Which identifiers does a customer have?
// Email addresses, phones, devices, cards: with the time they were first and last seen, and how many
// customers use each. A generic one is held by so many that it says nothing; it comes last, undated.
// param customer customer  the customer's id
// column id text  the identifier's node
// column type text  email, phone, device …
// column value text  its value, masked where the schema says so
// column first instant  first seen
// column last instant  last seen
// column holders integer  how many customers use it
// column generic boolean  whether it is held by too many to mean anything
// example customer=customer:4xq2mzr7kw3hd5ta
// budget rows=500 seconds=2 scan=no
MATCH (c:Customer {id: $customer})-[u:USES]->(i:Identifier)
RETURN i.id AS id, i.type AS type, i.value AS value, u.first AS first, u.last AS last,
       i.holders AS holders, i.generic AS generic
ORDER BY type, value, id LIMIT 501
UNION ALL
MATCH (c:Customer {id: $customer})<-[:RESOLVES_TO]-(r:Record)-[:CARRIES]->(i:Identifier)
WHERE i.generic
RETURN DISTINCT i.id AS id, i.type AS type, i.value AS value,
       CASE WHEN i.id = '' THEN i.holders END AS first, CASE WHEN i.id = '' THEN i.holders END AS last,
       i.holders AS holders, i.generic AS generic
ORDER BY type, value, id LIMIT 501
