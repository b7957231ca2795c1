// Which products might a customer like?
// What others bought who bought the same things, and this customer has not: the more of these others bought
// it, the higher it stands. Things that the customer sent back count as bought.
// param customer customer  the customer's id
// column product text  the product's node
// column name text  its name
// column customers integer  how many customers with something in common bought it
// column in_common integer  how many purchased things they have in common with this one, all together
// example customer=customer:4xq2mzr7kw3hd5ta
// budget rows=20 seconds=10 scan=yes
MATCH (c:Customer {id: $customer})-[:BOUGHT]->(mine:Product)
MATCH (o:Customer)-[:BOUGHT]->(mine)
WHERE o.id <> $customer
WITH c, o, count(mine) AS shared
MATCH (o)-[:BOUGHT]->(p:Product)
OPTIONAL MATCH (c)-[b:BOUGHT]->(p)
WITH p, o, shared, count(b) AS known
WHERE known = 0
RETURN p.id AS product, p.name AS name, count(o) AS customers, sum(shared) AS in_common
ORDER BY in_common DESC, product LIMIT 21
