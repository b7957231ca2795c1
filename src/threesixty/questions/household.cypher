// Who lives with a customer, and who did?
// Everybody of the customer's households, the customer included: of the one of now, and of those it left.
// Households never make two people one.
// param customer customer  the customer's id
// column id text  a member
// column name text  the member's name
// column role text  the member's part in the household: family, sharer, member, namesake
// column since instant  since when, as far as sources say
// column until instant  until when; empty where the member still lives there
// column evidence text  what the member shares with another: address, surname, email, phone
// column household text  the household's node
// column household_name text  what the household is called
// column kind text  family, shared (a flat), or unsure
// example customer=customer:4xq2mzr7kw3hd5ta
// budget rows=200 seconds=2 scan=no
MATCH (c:Customer {id: $customer})-[:MEMBER_OF]->(h:Household)
MATCH (m:Customer)-[e:MEMBER_OF]->(h)
RETURN m.id AS id, m.name AS name, e.role AS role, e.since AS since, e.until AS until, e.evidence AS evidence,
       h.id AS household, h.name AS household_name, h.kind AS kind
ORDER BY household, id LIMIT 201
