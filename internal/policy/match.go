package policy

// Search and match show what everybody may read; a counterpart is sought for a record by who may read that.
var (
	Search    = open("search.use", Anyone)
	MatchText = open("match.text", Anyone)
)

// A saved search is its account's alone.
var (
	SavedSearchCreate = open("saved_search.create", Self)
	SavedSearchList   = open("saved_search.list", Self)
	SavedSearchRead   = read("saved_search.read", Self)
	SavedSearchEdit   = act("saved_search.edit", SavedSearchRead, Self)
	SavedSearchDelete = act("saved_search.delete", SavedSearchRead, Self)
)
