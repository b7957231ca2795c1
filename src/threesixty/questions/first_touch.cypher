// Where did customers come from first, and what are they worth since?
// Each customer counts for the origin of their earliest visit, and of two at the same moment for the one
// whose node comes first. Customers who never visited are not in it.
// column origin text  the origin's node
// column name text  its name
// column customers integer  how many customers came from there first
// column buyers integer  how many of these have bought something
// column purchases integer  how many purchases they made
// column value money  what these came to, in the project's currency
// example
// budget rows=100 seconds=10 scan=yes
MATCH (c:Customer)-[f:CAME_FROM]->(:Origin)
WITH c, min(coalesce(f.first, 9007199254740991)) AS earliest
MATCH (c)-[f:CAME_FROM]->(o:Origin)
WHERE coalesce(f.first, 9007199254740991) = earliest
WITH c, min(o.id) AS origin
WITH origin, count(c) AS customers, sum(CASE WHEN c.purchases > 0 THEN 1 ELSE 0 END) AS buyers,
     sum(c.purchases) AS purchases, sum(c.value) AS value
MATCH (o:Origin)
WHERE o.id = origin
RETURN origin, o.name AS name, customers, buyers, purchases, value
ORDER BY customers DESC, origin LIMIT 101
