// How recently, how often, and for how much do customers buy?
// Customers with purchases by the time since their last one and by how many they made. Time is counted
// back from the newest purchase in the graph, not from today; value adds the project's currency only.
// column recency text  how long since the last purchase
// column frequency text  how many purchases
// column customers integer  how many customers
// column purchases integer  how many purchases they made
// column value money  what these came to
// column other_currency integer  how many of them were in another currency, so that value leaves them out
// example
// budget rows=100 seconds=10 scan=yes
MATCH (c:Customer)
WITH max(c.last_purchase) AS newest
MATCH (c:Customer)
WHERE c.purchases > 0
WITH newest - coalesce(c.last_purchase, -9007199254740991) AS age, c.purchases AS many, c.value AS value,
     c.other_currency AS other
WITH CASE WHEN age <= 2592000000 THEN 1 WHEN age <= 7776000000 THEN 2 WHEN age <= 31536000000 THEN 3 ELSE 4 END AS r,
     CASE WHEN many = 1 THEN 1 WHEN many <= 4 THEN 2 WHEN many <= 9 THEN 3 ELSE 4 END AS f, many, value, other
WITH r, f, count(many) AS customers, sum(many) AS purchases, sum(value) AS value,
     sum(other) AS other_currency
RETURN CASE r WHEN 1 THEN 'within 30 days' WHEN 2 THEN 'within 90 days' WHEN 3 THEN 'within a year'
       ELSE 'longer ago' END AS recency,
       CASE f WHEN 1 THEN 'once' WHEN 2 THEN '2 to 4 times' WHEN 3 THEN '5 to 9 times' ELSE '10 times or more' END
       AS frequency, customers, purchases, value, other_currency
ORDER BY r, f LIMIT 101
