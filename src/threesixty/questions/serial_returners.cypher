// Who sends back much of what they buy?
// Customers by how often they sent something back, beside what they bought. A wrong size chart looks the
// same as a bad habit: `returned_products` tells which it is.
// param at_least integer = 3  only customers who sent back so often
// column id customer  the customer
// column name text  their name
// column returns integer  how often they sent something back
// column purchases integer  how many purchases they made
// column refunded money  what they got back, in the project's currency
// column value money  what they spent, in the project's currency
// column last instant  when they sent something back last
// example at_least=3
// budget rows=200 seconds=10 scan=yes
MATCH (c:Customer)-[:SENT_BACK]->(r:ProductReturn)
WITH c, count(r) AS returns, max(r.at) AS last,
     sum(CASE WHEN r.currency = c.currency THEN coalesce(r.amount, 0) ELSE 0 END) AS refunded
WHERE returns >= $at_least
RETURN c.id AS id, c.name AS name, returns, c.purchases AS purchases, refunded, c.value AS value, last
ORDER BY returns DESC, id LIMIT 201
