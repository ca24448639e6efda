package review

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/fault"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Ties tells which of these accounts are tied on a day to one of the sides of a subject, and how; the package of the subject knows them.
type Ties func(q *gorm.DB, subject uuid.UUID, accounts []uuid.UUID, day when.Day) (map[uuid.UUID]string, error)

// AskTies has the ties of reviewers asked of subjects of a kind, whenever they take part, score or agree, and before scoring is closed: who had
// none when they were drawn may have one by then.
func (s *Service) AskTies(kind string, ask Ties) *Service {
	s.ties[kind] = ask
	return s
}

// tied are those of these accounts who have a tie today.
func (s *Service) tied(tx *work.Tx, p *Panel, accounts ...uuid.UUID) (map[uuid.UUID]string, error) {
	ask := s.ties[p.SubjectKind]
	if ask == nil || len(accounts) == 0 {
		return nil, nil
	}
	return ask(tx.DB, p.SubjectID, accounts, when.DayOf(tx.Now))
}

// tiedError carries what was found out of a transaction that is taken back.
type tiedError struct{ how string }

func (*tiedError) Error() string { return "review: a reviewer is tied to one of the sides" }

// untied refuses a reviewer who has a tie by now.
func (s *Service) untied(tx *work.Tx, p *Panel, r *Review) error {
	found, err := s.tied(tx, p, r.AccountID)
	if err != nil {
		return err
	}
	if how, is := found[r.AccountID]; is {
		return &tiedError{how}
	}
	return nil
}

const refusedTied work.Deed = "review.refuse_tied"

// refusal tells a reviewer that they are tied, and notes what was found, which their own transaction could not.
func (s *Service) refusal(ctx context.Context, call work.Call, id uuid.UUID, err error) error {
	var tied *tiedError
	if !errors.As(err, &tied) {
		return err
	}
	return errors.Join(reviews.Note(ctx, s.unit, call, id, refusedTied, tied.how), fault.ReviewerTied.New())
}

// noneTied refuses to close scoring while somebody who serves has a tie: a substitute takes their place.
func (s *Service) noneTied(tx *work.Tx, p *Panel) error {
	serve, err := Reviewers(tx.DB, p.ID)
	if err != nil {
		return err
	}
	who := make([]uuid.UUID, len(serve))
	for i := range serve {
		who[i] = serve[i].AccountID
	}
	found, err := s.tied(tx, p, who...)
	if err != nil || len(found) == 0 {
		return err
	}
	names, err := accounts.Names(tx.DB, slices.Collect(maps.Keys(found)))
	if err != nil {
		return err
	}
	all := strings.Join(slices.Sorted(maps.Values(names)), "、")
	return fault.ReviewerTied.Because("%[1]s 须回避，请补抽。", "%[1]s: a substitute is to be drawn.", all)
}
