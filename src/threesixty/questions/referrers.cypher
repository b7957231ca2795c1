// Who brings us the most customers?
// Customers who referred others, by what those others have spent.
// param at_least integer = 1  only customers who referred so many
// column id customer  who referred
// column name text  their name
// column referred integer  how many they referred
// column buyers integer  how many of these have bought something
// column purchases integer  how many purchases these made
// column value money  what these came to, in the project's currency
// example at_least=2
// budget rows=100 seconds=10 scan=yes
MATCH (c:Customer)-[:REFERRED]->(o:Customer)
WITH c, count(o) AS referred, sum(CASE WHEN o.purchases > 0 THEN 1 ELSE 0 END) AS buyers,
     sum(o.purchases) AS purchases, sum(o.value) AS value
WHERE referred >= $at_least
RETURN c.id AS id, c.name AS name, referred, buyers, purchases, value
ORDER BY value DESC, referred DESC, id LIMIT 101
