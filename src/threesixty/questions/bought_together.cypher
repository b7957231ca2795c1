// Which products are bought together?
// Pairs of products by the number of purchases that hold both; for one product, or for all of them.
// param product text = ''  a product's node; without it every pair is counted
// column product text  one product
// column name text  its name
// column other text  the product bought with it
// column other_name text  that one's name
// column together integer  how many purchases hold both
// example product=product:all:1f0c2ab64e8d5f7790ab3c21
// example product=
// budget rows=50 seconds=10 scan=yes
MATCH (a:Product)<-[:INCLUDES]-(p:Purchase)-[:INCLUDES]->(b:Product)
WHERE $product = '' OR a.id = $product
WITH a, b, count(p) AS together
WHERE a.id < b.id OR ($product <> '' AND a.id <> b.id)
RETURN a.id AS product, a.name AS name, b.id AS other, b.name AS other_name, together
ORDER BY together DESC, product, other LIMIT 51
