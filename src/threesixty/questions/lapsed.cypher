// Who used to buy and has not for a while?
// Customers with several purchases and none since a day, those who spent most first. An open ticket may be
// the reason: look at it before anybody sends them a voucher.
// param since instant  the day
// param at_least integer = 2  only customers with so many purchases
// column id customer  the customer
// column name text  their name
// column purchases integer  how many purchases they made
// column value money  what these came to, in the project's currency
// column last_purchase instant  when they bought last
// column last_seen instant  when anything was last heard of them
// column open_tickets integer  how many of their tickets are open
// example since=2026-01-01
// budget rows=200 seconds=10 scan=yes
MATCH (c:Customer)
WHERE c.purchases >= $at_least AND c.last_purchase < $since
RETURN c.id AS id, c.name AS name, c.purchases AS purchases, c.value AS value,
       c.last_purchase AS last_purchase, c.last_seen AS last_seen, c.open_tickets AS open_tickets
ORDER BY value DESC, id LIMIT 201
