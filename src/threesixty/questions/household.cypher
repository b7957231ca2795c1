// Who lives with a customer?
// Everybody of the customer's household, the customer included. Households never make two people one.
// param customer customer  the customer's id
// column id text  a member
// column name text  the member's name
// column role text  the member's part in the household
// column since instant  since when
// column household text  the household's node
// column household_name text  what the household is called
// example customer=customer:4xq2mzr7kw3hd5ta
// budget rows=200 seconds=2 scan=no
MATCH (c:Customer {id: $customer})-[:MEMBER_OF]->(h:Household)
MATCH (m:Customer)-[e:MEMBER_OF]->(h)
RETURN m.id AS id, m.name AS name, e.role AS role, e.since AS since, h.id AS household, h.name AS household_name
ORDER BY household, id LIMIT 201
