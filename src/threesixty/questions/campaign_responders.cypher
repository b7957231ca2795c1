// Who responded to a campaign, and what did they buy soon after?
// One row for each customer who followed a link or answered, with what they bought within so many days of
// their first response. It says that one came after the other, not that it came from it. No addresses:
// having responded is no consent to the next mailing.
// param campaign text = ''  a campaign's node, as `campaign_results` tells it; without it every campaign
// param days integer = 30  how long after the response a purchase counts
// column campaign text  the campaign's node
// column campaign_name text  its name
// column id customer  the customer
// column name text  their name
// column responses integer  how often they responded
// column first instant  when they did so first
// column purchases integer  how many purchases they made within the days
// column value money  what these came to, in the project's currency
// example campaign=campaign:campaigns:0f3ac4d2b1e95a7768c0de11 days=14
// example days=30
// budget rows=500 seconds=10 scan=yes
MATCH (k:Campaign)<-[r:RESPONDED]-(c:Customer)
WHERE $campaign = '' OR k.id = $campaign
OPTIONAL MATCH (c)-[:MADE]->(p:Purchase)
WITH k, c, r, CASE WHEN p.at >= r.first AND p.at <= r.first + $days * 86400000 THEN 1 ELSE 0 END AS soon,
     CASE WHEN p.currency = c.currency THEN coalesce(p.amount, 0) ELSE 0 END AS amount
RETURN k.id AS campaign, k.name AS campaign_name, c.id AS id, c.name AS name, r.count AS responses,
       r.first AS first, sum(soon) AS purchases, sum(soon * amount) AS value
ORDER BY value DESC, id, campaign LIMIT 501
