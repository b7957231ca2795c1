// What lies in baskets that was never bought?
// Customers who put a product into their basket and have not bought it since, the newest first.
// param since instant = -9007199254740991  only what was put there since then
// column id customer  the customer
// column name text  their name
// column product text  the product's node
// column product_name text  the product's name
// column times integer  how often they put it into a basket
// column last instant  when they did so last
// column bought_before integer  how many of it they had bought before
// example since=2026-09-01
// budget rows=200 seconds=10 scan=yes
MATCH (c:Customer)-[w:WANTED]->(p:Product)
WHERE w.last >= $since
OPTIONAL MATCH (c)-[b:BOUGHT]->(p)
WITH c, w, p, coalesce(b.last, -9007199254740991) AS bought, coalesce(b.count, 0) AS bought_before
WHERE bought < w.last
RETURN c.id AS id, c.name AS name, p.id AS product, p.name AS product_name, w.count AS times, w.last AS last,
       bought_before
ORDER BY last DESC, id, product LIMIT 201
