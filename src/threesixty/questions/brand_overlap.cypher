// How many customers do our brands share?
// Every pair of brands with the customers that both of them know; a brand beside itself counts all of its
// own. A customer is known to a brand when one of their records speaks for it.
// column brand text  one brand
// column other text  the other one, or the same
// column customers integer  how many customers both know
// column value money  what these spent in all, in the project's currency
// example
// budget rows=100 seconds=10 scan=yes
MATCH (a:Record)-[:RESOLVES_TO]->(c:Customer)
MATCH (b:Record)-[:RESOLVES_TO]->(c)
WHERE a.brand <> '' AND a.brand <= b.brand
WITH DISTINCT a.brand AS brand, b.brand AS other, c.id AS id, c.value AS value
RETURN brand, other, count(id) AS customers, sum(value) AS value
ORDER BY brand, other LIMIT 101
