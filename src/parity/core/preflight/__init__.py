"""Whether a lock runs on a machine, said before anything is copied there."""
