"""Who is who. Pure: values in, values out; a function of live Records, weights and Decisions only."""
