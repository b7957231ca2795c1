// Which products come back the most?
// For each product in how many purchases it was, how many returns there were of it, and their share.
// param at_least integer = 1  only products with so many returns
// column product text  the product's node
// column name text  its name
// column purchases integer  how many purchases it was in
// column returns integer  how many returns there were of it
// column share number  returns for each purchase; 0 where no purchase of it is known
// example at_least=5
// budget rows=200 seconds=10 scan=yes
MATCH (p:Product)<-[:ABOUT_PRODUCT]-(r:ProductReturn)
WITH p, count(r) AS returns
WHERE returns >= $at_least
OPTIONAL MATCH (p)<-[:INCLUDES]-(b:Purchase)
WITH p, returns, count(b) AS purchases
RETURN p.id AS product, p.name AS name, purchases, returns,
       CASE WHEN purchases = 0 THEN 0.0 ELSE 1.0 * returns / purchases END AS share
ORDER BY share DESC, product LIMIT 201
