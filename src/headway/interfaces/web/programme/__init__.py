"""Pages of programmes, and of what ties the plans of projects."""
