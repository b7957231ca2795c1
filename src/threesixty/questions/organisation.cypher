// Which organisations is this one part of, and which are part of it?
// Three levels in each direction; in a circle an organisation stands at every level it is met.
// param customer customer  the organisation's id
// column how text  part_of: this one is part of it; part: it is part of this one
// column level integer  1 next to it, up to 3
// column id customer  the other organisation
// column name text  its name
// example customer=customer:4xq2mzr7kw3hd5ta
// budget rows=500 seconds=2 scan=no
MATCH (c:Customer {id: $customer})-[:PART_OF]->(o:Customer)
WHERE o.id <> $customer
RETURN DISTINCT 'part_of' AS how, 1 AS level, o.id AS id, o.name AS name
ORDER BY id LIMIT 501
UNION ALL
MATCH (c:Customer {id: $customer})-[:PART_OF]->(a:Customer)
MATCH (a)-[:PART_OF]->(o:Customer)
WHERE o.id <> $customer
RETURN DISTINCT 'part_of' AS how, 2 AS level, o.id AS id, o.name AS name
ORDER BY id LIMIT 501
UNION ALL
MATCH (c:Customer {id: $customer})-[:PART_OF]->(a:Customer)
MATCH (a)-[:PART_OF]->(b:Customer)
MATCH (b)-[:PART_OF]->(o:Customer)
WHERE o.id <> $customer
RETURN DISTINCT 'part_of' AS how, 3 AS level, o.id AS id, o.name AS name
ORDER BY id LIMIT 501
UNION ALL
MATCH (c:Customer {id: $customer})<-[:PART_OF]-(o:Customer)
WHERE o.id <> $customer
RETURN DISTINCT 'part' AS how, 1 AS level, o.id AS id, o.name AS name
ORDER BY id LIMIT 501
UNION ALL
MATCH (c:Customer {id: $customer})<-[:PART_OF]-(a:Customer)
MATCH (a)<-[:PART_OF]-(o:Customer)
WHERE o.id <> $customer
RETURN DISTINCT 'part' AS how, 2 AS level, o.id AS id, o.name AS name
ORDER BY id LIMIT 501
UNION ALL
MATCH (c:Customer {id: $customer})<-[:PART_OF]-(a:Customer)
MATCH (a)<-[:PART_OF]-(b:Customer)
MATCH (b)<-[:PART_OF]-(o:Customer)
WHERE o.id <> $customer
RETURN DISTINCT 'part' AS how, 3 AS level, o.id AS id, o.name AS name
ORDER BY id LIMIT 501
