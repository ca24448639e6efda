package policy

// Search and match show what everybody may read; a counterpart is sought for a record by who may read that.
var (
	Search    = open("search.use", Anyone)
	MatchText = open("match.text", Anyone)
)
