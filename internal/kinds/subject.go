package kinds

import "github.com/google/uuid"

// Subject is what something of another package is about: a notice, a panel. Whoever keeps it knows no more of it than this.
type Subject struct {
	Kind  string // its noun
	ID    uuid.UUID
	Title string
}
