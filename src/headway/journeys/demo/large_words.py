"""Names that a large portfolio is made of."""

from __future__ import annotations

FIRST = (
    "Amara", "Beatriz", "Callum", "Dina", "Elias", "Farah", "Gustav", "Hana", "Ilse", "Jonas", "Keiko", "Liam", "Mei",
    "Nadia", "Oskar", "Paula", "Quentin", "Rosa", "Samir", "Tove", "Uma", "Viktor", "Wanda", "Yusuf",
)  # fmt: skip
LAST = (
    "Adler", "Bianchi", "Castro", "Dvorak", "Eriksen", "Fischer", "Garcia", "Hughes", "Ivanov", "Jensen", "Kowalski",
    "Lefebvre", "Murray", "Nakamura", "Oyelaran", "Petit", "Quinn", "Rossi", "Silva", "Tanaka", "Urban", "Vogel",
)  # fmt: skip
TITLES = ("Business analyst", "Developer", "Designer", "Test engineer", "Data engineer", "Consultant")
CLIENTS = (
    "Alder Insurance", "Beacon Foods", "Cobalt Rail", "Dunmore Water", "Eastgate Hotels", "Fenwick Retail",
    "Granite Homes", "Harbour Logistics", "Ironbridge Energy", "Juniper Health", "Kingsway Schools", "Larch Media",
    "Meridian Bank", "Northfield Farms", "Orchard Pharma", "Pinnacle Tools", "Quarry Stone", "Redwood Travel",
)  # fmt: skip
KINDS = (
    "order portal", "field service app", "data warehouse", "CRM rollout", "web site relaunch", "billing change",
    "network refresh", "partner programme", "contact centre move", "reporting suite", "payment change",
)  # fmt: skip
PHASES = (
    "Discovery", "Requirements", "Architecture", "Interface design", "Data model", "Order capture", "Pricing rules",
    "Customer records", "Search", "Reporting", "Interfaces", "Permissions", "Notifications", "Migration rehearsal",
    "Content", "Training material", "System test", "Security review", "Load test", "Acceptance test", "Cut-over",
    "Hypercare", "Handover",
)  # fmt: skip
WORK = (
    "Interview users on case", "Write specification", "Review specification", "Draw screen", "Build screen",
    "Build service", "Map data set", "Load data set", "Write test case", "Run test case", "Mend defect", "Write guide",
    "Train group", "Check report", "Set up environment", "Agree interface",
)  # fmt: skip
RISKS = (
    ("Key supplier delivers late", "Weekly call; penalty in the contract"),
    ("Test data is not like the real one", "Masked extract from production"),
    ("Users are not free for acceptance", "Dates booked with their managers"),
    ("Interface of the other system changes", "Contract test each night"),
    ("Hardware arrives after the freeze", "Loan units reserved"),
    ("Two releases meet in one weekend", "Slot agreed with operations"),
    ("Knowledge sits with one person", "Pairing twice a week"),
    ("Licence cost rises with the number of users", "Price fixed for a year"),
)
