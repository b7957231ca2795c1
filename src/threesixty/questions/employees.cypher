// Who works for this organisation?
// Its own people only; `organisation` names the organisations that are part of it.
// param customer customer  the organisation's id
// column id customer  who works there
// column name text  their name
// column role text  what they are there, as the source says
// example customer=customer:4xq2mzr7kw3hd5ta
// budget rows=1000 seconds=2 scan=no
MATCH (c:Customer {id: $customer})<-[w:WORKS_FOR]-(p:Customer)
RETURN p.id AS id, p.name AS name, w.role AS role
ORDER BY id LIMIT 1001
