package match

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/text"
	"jiebang/internal/work"
)

// savedMost is how many searches an account keeps.
const savedMost = 20

var frequencies = []Frequency{AtOnce, Daily, Weekly, Off}

// SavedInput is what saving a search takes: what it is called, the words and filters of a search, and how often it is told of.
type SavedInput struct {
	Name, Words, Kind, Field, Chain string
	Owner                           *uuid.UUID
	Frequency                       Frequency
}

func (in SavedInput) into(tx *work.Tx, s *savedSearch) error {
	var bad fault.Fields
	text.Into(&bad, &in.Name, "/name", text.Line)
	text.Named(&bad, in.Name, "/name", 1, 50)
	in.Words = strings.TrimSpace(in.Words)
	bad.Length(in.Words, "/q", 0, 200)
	fault.Offered(&bad, in.Frequency, "/frequency", frequencies)
	if in.Kind != "" {
		fault.Offered(&bad, in.Kind, "/kind", savedKinds)
	}
	if in.Words == "" && in.Field == "" && in.Chain == "" && in.Owner == nil {
		bad.Check(false, "/q", fault.Required, "检索词与筛选条件至少填一项", "Give words, or something to narrow by")
	}
	if err := ref.CheckChain(tx.DB, &bad, in.Chain, "/chain"); err != nil {
		return err
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if in.Owner != nil {
		if err := orgs.CheckKnown(tx.DB, tx.Call.Actor, *in.Owner, "/owner_id"); err != nil {
			return err
		}
	}
	s.Name, s.Words, s.Kind, s.Field, s.Chain, s.OwnerID, s.Frequency = in.Name, in.Words, in.Kind, in.Field, in.Chain, in.Owner, in.Frequency
	return s.once(tx)
}

// once refuses a search that its account has saved already: everything would be told of twice.
func (s *savedSearch) once(tx *work.Tx) error {
	q := tx.Model(&savedSearch{}).Where("account_id = ? AND id <> ? AND words = ? AND kind = ? AND field = ? AND chain = ?", s.AccountID, s.ID, s.Words, s.Kind, s.Field, s.Chain)
	if s.OwnerID == nil {
		q = q.Where("owner_id IS NULL")
	} else {
		q = q.Where("owner_id = ?", *s.OwnerID)
	}
	var named []string
	if err := q.Limit(1).Pluck("name", &named).Error; err != nil || len(named) == 0 {
		return err
	}
	return fault.InvalidInput.At("/q", fault.Repeated, "同样的检索已保存为“%[1]s”，可修改它的名称或告知频率。", "The same search is saved as “%[1]s” already; change its name or how often it is told of.", named[0])
}

// SavedView is a saved search as its account sees it.
type SavedView struct {
	savedSearch
	Owner     *orgs.Ref
	ChainName string
	work.Acts
}

// SavedAnswer is the outcome of a use case that changed one.
type SavedAnswer = work.Answer[SavedView]

// saved is how saved searches are read and written.
var saved = work.Records[savedSearch, *savedSearch, SavedView]{
	Read: policy.SavedSearchRead, Show: showSaved,
	Columns: work.Columns{string(policy.Self): "account_id IN ?"},
	Acts: []work.Act[*savedSearch, SavedView]{
		{Operation: "replaceSavedSearch", Action: policy.SavedSearchEdit}, {Operation: "deleteSavedSearch", Action: policy.SavedSearchDelete},
	},
}

func showSaved(q *gorm.DB, reader policy.Actor, rows []savedSearch) ([]SavedView, error) {
	named, chains := make([]orgs.Standing, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		chains[i] = r.Chain
		if r.OwnerID != nil {
			named[i].Organization = *r.OwnerID
		}
	}
	refs, err := orgs.Shown(q, reader, named)
	if err != nil {
		return nil, err
	}
	called, err := ref.ChainsNamed(q, chains)
	out := make([]SavedView, len(rows))
	for i, r := range rows {
		out[i] = SavedView{savedSearch: r, ChainName: called[r.Chain].Name}
		if r.OwnerID != nil {
			out[i].Owner = &refs[i]
		}
	}
	return out, err
}

// SaveSearch keeps a search of the caller's, of which they are told when something new answers it. What there is already is no news.
func (s *Service) SaveSearch(ctx context.Context, call work.Call, in SavedInput) (SavedAnswer, error) {
	return saved.Do(ctx, s.unit, call, func(tx *work.Tx) (*savedSearch, error) {
		row := &savedSearch{Head: tx.NewHead(), AccountID: call.Actor.Account}
		if err := policy.Check(call.Actor, policy.SavedSearchCreate, row.Facts()); err != nil {
			return nil, err
		}
		if err := accounts.Hold(tx, call.Actor.Account); err != nil { // of two at once the second counts the first
			return nil, err
		}
		var n int64
		if err := tx.Model(&savedSearch{}).Where("account_id = ?", call.Actor.Account).Count(&n).Error; err != nil {
			return nil, err
		}
		if n >= savedMost {
			return nil, fault.TooManySaved.Because("每个账号至多保存 %[1]d 项检索，请先删去不再需要的。", "An account keeps %[1]d searches at most; delete one that you need no more.", savedMost)
		}
		if err := in.into(tx, row); err != nil {
			return nil, err
		}
		return row, work.Insert(tx, work.Did(policy.SavedSearchCreate), row)
	})
}

// ReplaceSearch changes a saved search. What it has found and not told yet is told as often as it says now.
func (s *Service) ReplaceSearch(ctx context.Context, call work.Call, id uuid.UUID, version int64, in SavedInput) (SavedAnswer, error) {
	return saved.Change(ctx, s.unit, call, id, version, policy.SavedSearchEdit, func(tx *work.Tx, row *savedSearch) error {
		if err := in.into(tx, row); err != nil {
			return err
		}
		if row.Frequency == Off {
			return jobs.Drop(tx, TellHits, row.ID)
		}
		return jobs.At(tx, TellHits, row.ID, row.Frequency.Next(tx.Now))
	})
}

// ForgetSearch deletes a saved search, with what it has found.
func (s *Service) ForgetSearch(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return saved.Delete(ctx, s.unit, call, id, version, policy.SavedSearchDelete, work.Did(policy.SavedSearchDelete), func(tx *work.Tx, row *savedSearch) error {
		return forget(tx, []uuid.UUID{row.ID})
	})
}

// forget takes away what searches have found, and their jobs.
func forget(tx *work.Tx, ids []uuid.UUID) error {
	for _, id := range ids {
		if err := jobs.Drop(tx, TellHits, id); err != nil {
			return err
		}
	}
	return tx.Where("search_id IN ?", ids).Delete(&savedSearchHit{}).Error
}

// SavedSearch reads one of the reader's saved searches.
func (s *Service) SavedSearch(ctx context.Context, reader policy.Actor, id uuid.UUID) (SavedView, error) {
	return saved.Get(ctx, s.unit, reader, id)
}

// SavedSearches lists the reader's own, the newest first.
func (s *Service) SavedSearches(ctx context.Context, reader policy.Actor, f struct{}, p db.Paging) (db.Page[SavedView], error) {
	if err := policy.Check(reader, policy.SavedSearchList, policy.Facts{Subject: reader.Account}); err != nil {
		return db.Page[SavedView]{}, err
	}
	return saved.List(ctx, s.unit, reader, f, p)
}

// AccountEnds deletes the saved searches of an account that ends.
func AccountEnds(tx *work.Tx, account uuid.UUID, _ bool) error {
	var rows []savedSearch
	if err := tx.Where("account_id = ?", account).Find(&rows).Error; err != nil || len(rows) == 0 {
		return err
	}
	ids := make([]uuid.UUID, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
		if err := work.Remove(tx, &rows[i], work.Did(policy.SavedSearchDelete)); err != nil {
			return err
		}
	}
	return forget(tx, ids)
}
