// How did each campaign do?
// To how many customers it went, how many opened it, how many responded, and how many of these bought
// something within so many days of their first response; the newest campaign first.
// param days integer = 30  how long after the response a purchase counts
// column campaign text  the campaign's node
// column name text  its name
// column at instant  when it went out
// column mailed integer  how many customers it was sent to
// column opened integer  how many opened it
// column responded integer  how many responded
// column buyers integer  how many bought within the days
// column purchases integer  how many purchases these made
// column value money  what these came to, in the project's currency
// example days=30
// budget rows=200 seconds=10 scan=yes
MATCH (k:Campaign)
OPTIONAL MATCH (k)<-[m:MAILED]-(c:Customer)
WITH k, count(c) AS mailed
OPTIONAL MATCH (k)<-[o:OPENED]-(c:Customer)
WITH k, mailed, count(c) AS opened
OPTIONAL MATCH (k)<-[r:RESPONDED]-(c:Customer)
WITH k, mailed, opened, count(c) AS responded
OPTIONAL MATCH (k)<-[r:RESPONDED]-(c:Customer)-[:MADE]->(p:Purchase)
WHERE p.at >= r.first AND p.at <= r.first + $days * 86400000
WITH k, mailed, opened, responded, c.id AS buyer, p.id AS purchase,
     CASE WHEN p.currency = c.currency THEN coalesce(p.amount, 0) ELSE 0 END AS amount
RETURN k.id AS campaign, k.name AS name, k.at AS at, mailed, opened, responded,
       count(DISTINCT buyer) AS buyers, count(purchase) AS purchases, sum(amount) AS value
ORDER BY coalesce(at, -9007199254740991) DESC, campaign LIMIT 201
