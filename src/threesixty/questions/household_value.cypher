// Which households spend the most together?
// A household is the people who live behind one door now; none of them becomes another by it. Value adds
// the project's currency only.
// param at_least integer = 2  only households with so many members who bought something
// column household text  the household's node
// column name text  what it is called
// column members integer  how many of its members bought something
// column purchases integer  how many purchases they made
// column value money  what these came to, in the project's currency
// column last_purchase instant  when one of them bought last
// example at_least=2
// budget rows=100 seconds=10 scan=yes
MATCH (c:Customer)-[e:MEMBER_OF]->(h:Household)
WHERE c.purchases > 0 AND e.until IS NULL
WITH h, count(c) AS members, sum(c.purchases) AS purchases, sum(c.value) AS value,
     max(c.last_purchase) AS last_purchase
WHERE members >= $at_least
RETURN h.id AS household, h.name AS name, members, purchases, value, last_purchase
ORDER BY value DESC, household LIMIT 101
