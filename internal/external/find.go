package external

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Service finds records by what they are called elsewhere.
type Service struct {
	unit  *work.Unit
	kinds *kinds.Registry
}

func New(unit *work.Unit, registry *kinds.Registry) *Service { return &Service{unit, registry} }

// Found is a record that has an identifier.
type Found struct {
	Kind kinds.Kind
	ID   uuid.UUID
}

// Query asks for an identifier.
type Query struct {
	Scheme string `query:"scheme"`
	ID     string `query:"id"`
	Kind   string `query:"kind"` // of record; empty: every kind
}

// shown is how many records an answer names at most.
const shown = 100

// Find tells which records have an identifier, as far as the reader may know of them.
func (s *Service) Find(ctx context.Context, reader policy.Actor, ask Query) ([]Found, error) {
	q := s.unit.Query(ctx)
	x, err := sought(ID{ask.Scheme, ask.ID}, "query:scheme", "query:id")
	if err != nil {
		return nil, err
	}
	var out []Found
	for _, kind := range s.kinds.All() {
		if ask.Kind != "" && ask.Kind != kind.Noun {
			continue
		}
		ids, err := Holders(q, kind.Noun, x)
		if err != nil {
			return nil, err
		}
		if len(ids) == 0 {
			continue
		}
		records, err := kind.Load(q, ids)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			// What a masked owner calls a record would tell whose it is.
			if len(out) == shown {
				break
			}
			visible, err := allowed(q, reader, kind.Read, r)
			if err != nil {
				return nil, err
			}
			if visible && kind.Document != nil && kind.Document(r).Masked {
				if visible, err = allowed(q, reader, kind.Inner, r); err != nil {
					return nil, err
				}
			}
			if visible {
				out = append(out, Found{kind, r.Base().ID})
			}
		}
	}
	return out, nil
}

// allowed asks policy with all that it may ask of the record, also what only other tables know.
func allowed(q *gorm.DB, reader policy.Actor, action policy.Action, r work.Record) (bool, error) {
	facts, err := work.FactsOf(q, r, action)
	return policy.Allowed(reader, action, facts), err
}

// Filter narrows a list of one kind to what has an identifier. LookUp goes before the list is read.
type Filter struct {
	ExternalScheme string `query:"external_scheme"`
	ExternalID     string `query:"external_id"`

	Found []uuid.UUID `where:"id IN ?"`
}

// LookUp finds the records of a kind that have the identifier that the filter names, if it names one.
func (f *Filter) LookUp(q *gorm.DB, noun string) error {
	switch {
	case f.ExternalScheme == "" && f.ExternalID == "":
		return nil
	case f.ExternalScheme == "":
		return fault.InvalidInput.At("query:external_scheme", fault.Required, "与 external_id 同用", "It goes together with external_id")
	case f.ExternalID == "":
		return fault.InvalidInput.At("query:external_id", fault.Required, "与 external_scheme 同用", "It goes together with external_scheme")
	}
	x, err := sought(ID{f.ExternalScheme, f.ExternalID}, "query:external_scheme", "query:external_id")
	if err != nil {
		return err
	}
	found, err := Holders(q, noun, x)
	if len(found) == 0 {
		found = []uuid.UUID{uuid.Nil} // no record has it, so that none that is found is not all
	}
	f.Found = found // mostly one, which is looked for by nothing else than its key
	return err
}

// Named is a record whose identifiers are to be shown: Along is what Column gave, where the record was read together with them.
type Named struct {
	ID    uuid.UUID
	Along *string
}

// Shown gives the identifiers of records of one kind, in their order: one query for all that were not read along.
func Shown(q *gorm.DB, noun string, records []Named) ([][]ID, error) {
	var missing []uuid.UUID
	for _, r := range records {
		if r.Along == nil {
			missing = append(missing, r.ID)
		}
	}
	read, err := Of(q, noun, missing)
	if err != nil {
		return nil, err
	}
	out := make([][]ID, len(records))
	for i, r := range records {
		if r.Along == nil {
			out[i] = read[r.ID]
		} else {
			out[i] = Read(*r.Along)
		}
	}
	return out, nil
}
