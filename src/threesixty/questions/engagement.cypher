// What was a customer sent, what did they look at, and where did they come from?
// One row for each campaign, product or origin and each way in which they had to do with it, the newest of
// each first: counts with the first and the last time. Single clicks stay in the ledger.
// param customer customer  the customer's id
// column how text  mailed, opened, responded, viewed, basket, came_from
// column id text  the campaign, product or origin
// column name text  its name
// column times integer  how often
// column first instant  the first time
// column last instant  the last time
// example customer=customer:4xq2mzr7kw3hd5ta
// budget rows=500 seconds=2 scan=no
MATCH (c:Customer {id: $customer})-[e:MAILED]->(x:Campaign)
RETURN 'mailed' AS how, x.id AS id, x.name AS name, e.count AS times, e.first AS first, e.last AS last
ORDER BY coalesce(last, -9007199254740991) DESC, id LIMIT 501
UNION ALL
MATCH (c:Customer {id: $customer})-[e:OPENED]->(x:Campaign)
RETURN 'opened' AS how, x.id AS id, x.name AS name, e.count AS times, e.first AS first, e.last AS last
ORDER BY coalesce(last, -9007199254740991) DESC, id LIMIT 501
UNION ALL
MATCH (c:Customer {id: $customer})-[e:RESPONDED]->(x:Campaign)
RETURN 'responded' AS how, x.id AS id, x.name AS name, e.count AS times, e.first AS first, e.last AS last
ORDER BY coalesce(last, -9007199254740991) DESC, id LIMIT 501
UNION ALL
MATCH (c:Customer {id: $customer})-[e:VIEWED]->(x:Product)
RETURN 'viewed' AS how, x.id AS id, x.name AS name, e.count AS times, e.first AS first, e.last AS last
ORDER BY coalesce(last, -9007199254740991) DESC, id LIMIT 501
UNION ALL
MATCH (c:Customer {id: $customer})-[e:WANTED]->(x:Product)
RETURN 'basket' AS how, x.id AS id, x.name AS name, e.count AS times, e.first AS first, e.last AS last
ORDER BY coalesce(last, -9007199254740991) DESC, id LIMIT 501
UNION ALL
MATCH (c:Customer {id: $customer})-[e:CAME_FROM]->(x:Origin)
RETURN 'came_from' AS how, x.id AS id, x.name AS name, e.count AS times, e.first AS first, e.last AS last
ORDER BY coalesce(last, -9007199254740991) DESC, id LIMIT 501
