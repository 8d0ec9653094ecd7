"""The fields of the house's own that tasks have: of every plan, in the settings; of one project, beside its plan."""
