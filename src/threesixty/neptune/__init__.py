"""Everything around a Neptune cluster: what it costs, a cluster to start from, a stand-in, a doctor."""
