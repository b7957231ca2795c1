// What did a customer buy?
// Purchases newest first, one row for each product in them; a purchase without lines has one row
// without a product.
// param customer customer  the customer's id
// column id text  the purchase
// column at instant  when it was made
// column name text  what the purchase is called
// column status text  how it stands, in the source's words
// column amount money  what the whole purchase came to
// column currency text  its currency
// column product text  the product's node
// column product_name text  the product's name
// column quantity number  how many of it
// column line_amount money  what this line came to
// example customer=customer:4xq2mzr7kw3hd5ta
// budget rows=200 seconds=2 scan=no
MATCH (c:Customer {id: $customer})-[:MADE]->(p:Purchase)
OPTIONAL MATCH (p)-[l:INCLUDES]->(x:Product)
RETURN p.id AS id, p.at AS at, p.name AS name, p.status AS status, p.amount AS amount, p.currency AS currency,
       x.id AS product, x.name AS product_name, l.quantity AS quantity, l.amount AS line_amount
ORDER BY coalesce(at, -9007199254740991) DESC, id DESC, coalesce(product, '') LIMIT 201
