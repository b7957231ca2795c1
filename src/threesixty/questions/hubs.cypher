// Which identifiers are held by the most customers?
// A switchboard's phone, noreply@, a shop's own address: where identifiers join too much, look here
// first. Generic ones are held by so many that they already count for nothing.
// param at_least integer = 3  only identifiers with so many holders
// column id text  the identifier's node
// column type text  email, phone, device …
// column value text  its value, masked where the schema says so
// column holders integer  how many customers have it
// column generic boolean  whether it counts for nothing
// example at_least=3
// budget rows=100 seconds=10 scan=yes
MATCH (i:Identifier)
WHERE i.holders >= $at_least
RETURN i.id AS id, i.type AS type, i.value AS value, i.holders AS holders, i.generic AS generic
ORDER BY holders DESC, id LIMIT 101
