package contracts

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/ledger"
	"jiebang/internal/policy"
)

// Archive is all that is kept of one contract (归档材料), as one moment has it and as far as the reader may know of it; the files that hang on it
// are read beside it.
type Archive struct {
	Contract     View
	Applications []ApplicationView // the oldest first, each with how it went
	Payments     []PaymentView     // the oldest first
	Entries      []ledger.Entry    // the oldest first
	Certificate  *Printed          // of what is registered, or was
}

// most bounds what an archive takes of each list. Nobody has a hundredth of it.
const most = 10_000

// Archive gathers what is kept of a contract; by who may read it as it stands.
func (s *Service) Archive(ctx context.Context, reader policy.Actor, id uuid.UUID) (out Archive, err error) {
	var stamp *issued
	err = s.unit.View(ctx, func(q *gorm.DB) error {
		c, err := loadNow(q, reader, id)
		if err != nil {
			return err
		}
		views, err := contracts.Show(q, reader, []Contract{*c})
		if err != nil {
			return err
		}
		out.Contract = views[0]
		var filed []Application
		if err := applications.Visible(q, reader).Where("contract_id = ?", id).Order("nth, id").Limit(most).Find(&filed).Error; err != nil {
			return err
		}
		if out.Applications, err = applications.Show(q, reader, filed); err != nil {
			return err
		}
		var paid []Payment
		if err := q.Where("contract_id = ?", id).Order("id").Limit(most).Find(&paid).Error; err != nil {
			return err
		}
		if out.Payments, err = payments.Show(q, reader, paid); err != nil {
			return err
		}
		for p := (db.Paging{Limit: 100}); len(out.Entries) < most; {
			page, err := ledger.OfContract(q, id, p)
			if err != nil {
				return err
			}
			out.Entries = append(out.Entries, page.Items...)
			if p.Cursor = page.Next; p.Cursor == "" {
				break
			}
		}
		slices.Reverse(out.Entries)
		if c.State != Registered && !c.ended() {
			return nil
		}
		is, err := c.issued(q)
		if err == nil {
			stamp = &is
		} else if errors.Is(err, gorm.ErrRecordNotFound) || fault.WrongState.Of(err) { // of before there were certificates
			err = nil
		}
		return err
	})
	if err != nil {
		return Archive{}, err
	}
	for i := range out.Applications {
		s.dated(&out.Applications[i])
	}
	if stamp != nil {
		printed, err := s.print(&out.Contract.Contract, *stamp)
		if err != nil {
			return Archive{}, err
		}
		out.Certificate = &printed
	}
	return out, nil
}
