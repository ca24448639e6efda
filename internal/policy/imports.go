package policy

// Imports are their owner's: what is in a file may be confidential.
var (
	ImportCreate = act("import.create", OrgRead, Member)
	ImportRead   = read("import.read", Member)
	ImportEdit   = act("import.edit", ImportRead, Member)
)
