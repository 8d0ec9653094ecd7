"""The portal: the few quiet pages that clients and guests see of their projects, and nothing else."""
