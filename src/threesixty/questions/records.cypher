// Which records stand behind a customer, and why do they belong together?
// One row for each party record: where it comes from, the evidence that joins it to the others in
// bits and reasons, and which of the customer's values it gave.
// param customer customer  the customer's id
// column id text  the record's node
// column source text  the system it comes from
// column kind text  person or organisation
// column at instant  when the source last spoke of it
// column since instant  since when it belongs to the customer
// column bits number  strength of the strongest evidence that joins it
// column why text  what that evidence was
// column wins text  the values of the customer that come from this record
// example customer=customer:4xq2mzr7kw3hd5ta
// budget rows=500 seconds=2 scan=no
MATCH (c:Customer {id: $customer})<-[e:RESOLVES_TO]-(r:Record)
RETURN r.id AS id, r.source AS source, r.kind AS kind, r.at AS at, e.since AS since, e.bits AS bits,
       e.why AS why, e.wins AS wins
ORDER BY source, id LIMIT 501
