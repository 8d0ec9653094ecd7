"""An import contract of our own: an area's `models` and `policies` are for that area alone."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OwnAreaContract(Contract):
    """Fails for each import of `<area>.models` or `<area>.policies` from outside the area."""

    container = fields.StringField()
    private = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Every import that crosses into another area's private modules."""
        found = []
        for area in graph.find_children(str(self.container)):
            for name in self.private:  # type: ignore[attr-defined]
                target = f"{area}.{name}"
                if target not in graph.modules:
                    continue
                importers = graph.find_modules_that_directly_import(target)
                found += [(one, target) for one in sorted(importers) if not one.startswith(f"{area}.")]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name importer and imported."""
        for importer, imported in check.metadata["found"]:
            output.print_error(f"{importer} imports {imported}, which is private to its area.")
