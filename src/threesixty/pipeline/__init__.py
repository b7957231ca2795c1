"""What joins ledger, identity and graph: load, resolve, draw, explain. No other package knows all three."""
