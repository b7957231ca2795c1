// Which other customers use the same identifiers?
// A family's email, a tablet on the kitchen table, a phone number that was passed on: sharing is
// not being the same person. Generic identifiers are left out.
// param customer customer  the customer's id
// column id text  the other customer
// column name text  the other customer's name
// column type text  the kind of identifier they share
// column value text  its value, masked where the schema says so
// column identifier text  the identifier's node
// column holders integer  how many customers use it
// example customer=customer:4xq2mzr7kw3hd5ta
// budget rows=200 seconds=2 scan=no
MATCH (c:Customer {id: $customer})-[:USES]->(i:Identifier)
WHERE NOT i.generic
MATCH (o:Customer)-[:USES]->(i)
WHERE o.id <> $customer
RETURN o.id AS id, o.name AS name, i.type AS type, i.value AS value, i.id AS identifier, i.holders AS holders
ORDER BY type, identifier, id LIMIT 201
