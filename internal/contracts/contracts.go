// Package contracts decides about technology contracts (技术合同): what one says and who its parties are, its way through
// registration (认定登记), and how a registered one is amended or cancelled. Most contracts come without a deal, a result, a need
// or an account here; all those links are optional.
//
// It leaves the sums to package ledger, to which it posts within the same transaction, the deal's stages to deals, and the
// text of the rules (periods, filing window) to the regimes of package ref.
//
// The seller's side files, once, at the office of its place; every decision is taken by two registrars who neither entered the
// contract nor belong to a party (《技术合同认定登记工作指引》国科火字〔2022〕159号).
package contracts

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/deals"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/kinds"
	"jiebang/internal/ledger"
	"jiebang/internal/money"
	"jiebang/internal/offices"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/seal"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// contracts is how contracts are read and written.
var contracts = work.Records[Contract, *Contract, View]{
	Read: policy.ContractRead, Show: showContracts, Joined: true,
	Columns: work.Columns{
		string(policy.Member): "owner_id IN ?", string(policy.Author): "entered_by IN ?", string(policy.AtOffice): "office IN ?",
		string(policy.Filed): "state <> 'draft'",
		// Counted for each contract that is come by: PostgreSQL would gather all of an organization for EXISTS or IN, for a page of twenty.
		string(policy.Former):      "(SELECT COUNT(*) FROM contract_applications a JOIN application_parties p ON p.application_id = a.id WHERE a.contract_id = contracts.id AND a.state = 'granted' AND p.organization_id IN ?) > 0",
		string(policy.Counterpart): "state <> 'draft' AND (SELECT COUNT(*) FROM contract_parties n WHERE n.contract_id = contracts.id AND n.organization_id IN ?) > 0",
	},
	Orders: []db.Order[Contract]{
		db.Newest(func(c *Contract) uuid.UUID { return c.ID }),
		db.Updated(func(c *Contract) (time.Time, uuid.UUID) { return c.UpdatedAt, c.ID }),
		{Name: "title", Columns: []string{"title", "id"}, Key: func(c *Contract) []any { return []any{c.Title, c.ID} }},
		{Name: "turnover", Columns: []string{"turnover", "id"}, Desc: true, Key: func(c *Contract) []any { return []any{int64(c.Turnover), c.ID} }},
	},
	Acts: contractActs,
}

// Kind is how contracts are known to what hangs on records of any kind.
var Kind = kinds.Of(contracts, kinds.Kind{
	ZH: "技术合同", Path: "/v1/contracts", Inner: policy.ContractRead, Edit: policy.ContractEdit, Handed: papers,
	Hangs: func(r work.Record, public bool) error { return r.(*Contract).MayHang(public) },
})

type (
	// Answer is the outcome of a use case that changed a contract.
	Answer = work.Answer[View]
	// Service runs the use cases about contracts and applications.
	Service struct {
		unit      *work.Unit
		secrets   *seal.Keys
		kinds     *kinds.Registry
		bound     Bound     // of payments; nil where there is none
		concerned Concerned // which authorities give benefits of a contract; nil where nobody knows
		address   string
	}
	// Input is what entering or replacing a contract takes.
	Input struct {
		Kind  codes.ContractKind
		Deal  *uuid.UUID // the deal behind it, if any
		Terms Terms
		// Elsewhere is where it was registered, if by none of the offices here.
		Elsewhere *Elsewhere
		// Challenge is what a contract came from that was registered elsewhere, if anything; that of a deal follows from the deal.
		Challenge *uuid.UUID
	}
)

// New makes the service; secrets seal what the terms keep to themselves, and the registry knows what a contract may have come from.
func New(unit *work.Unit, secrets *seal.Keys, registry *kinds.Registry) *Service {
	unit.Knows("contracts", fault.UnknownRecord, contracts.Known)
	return &Service{unit: unit, secrets: secrets, kinds: registry}
}

// At tells where people reach this system, for what is printed.
func (s *Service) At(address string) { s.address = address }

// Create enters a contract; by a member of the first seller, or by a clerk of its office for a seller who came with paper. One that was
// registered elsewhere is entered by the first buyer's side.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (Answer, error) {
	return contracts.Do(ctx, s.unit, call, func(tx *work.Tx) (*Contract, error) {
		in := in // the transaction may run twice
		c := &Contract{Head: tx.NewHead(), State: Draft, Kind: in.Kind, EnteredBy: call.Actor.Account}
		ps, err := s.persons(tx, c.ID, Terms{}, &in.Terms)
		if err != nil {
			return nil, err
		}
		if err := c.enter(tx, in, s.kinds); err != nil {
			return nil, err
		}
		c.EnteredFor = c.OwnerID == nil || !call.Actor.MemberOf(*c.OwnerID)
		if c.Number, err = nextNumber(tx); err != nil {
			return nil, err
		}
		if err := work.Insert(tx, work.Did(policy.ContractCreate), c); err != nil {
			return nil, err
		}
		if err := ps.keep(tx, c); err != nil {
			return nil, err
		}
		if err := wrote(tx, c.ID); err != nil {
			return nil, err
		}
		return c, keepFound(tx, c)
	})
}

// Replace writes a draft anew, or mends a contract that was refused; by the first seller's members or the clerk who entered it. It stays
// with somebody who could have entered it so.
func (s *Service) Replace(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Input) (Answer, error) {
	return contracts.Do(ctx, s.unit, call, func(tx *work.Tx) (*Contract, error) {
		c, err := work.Load[Contract](tx.DB, id)
		if err != nil {
			return nil, err
		}
		in := in // the transaction may run twice
		var ps *persons
		err = work.Change(tx, c, version, policy.ContractEdit, func() (err error) {
			if in.Kind != c.Kind {
				return fault.InvalidInput.At("/kind", fault.Immutable, "合同类别不可更改", "The kind cannot change")
			}
			if ps, err = s.persons(tx, c.ID, c.mended().Terms, &in.Terms); err != nil {
				return err
			}
			if c.State == Refused {
				return c.Mend(tx, in, s.kinds)
			}
			return c.enter(tx, in, s.kinds)
		})
		if err != nil {
			return nil, err
		}
		if err := ps.keep(tx, c); err != nil {
			return nil, err
		}
		if err := wrote(tx, c.ID); err != nil {
			return nil, err
		}
		return c, keepFound(tx, c)
	})
}

// enter writes a draft, finds its office, and holds what only the database knows.
func (c *Contract) enter(tx *work.Tx, in Input, registry *kinds.Registry) (err error) {
	if err := in.Terms.settle(tx); err != nil {
		return err
	}
	if err := in.elsewhere(tx.DB, when.DayOf(tx.Now)); err != nil {
		return err
	}
	c.Elsewhere = in.Elsewhere
	if err := c.Edit(in.Terms); err != nil {
		return err
	}
	if c.Office, err = officeFor(tx.DB, c.filer().Region, when.DayOf(tx.Now)); err != nil {
		return err
	}
	if err := mayEnter(tx.Call.Actor, c); err != nil {
		return err
	}
	if err := c.linkDeal(tx, in.Deal); err != nil {
		return err
	}
	return c.linkChallenge(tx, in.Challenge, registry)
}

// mayEnter asks policy, and tells the buyer's side why it is not theirs to do.
func mayEnter(actor policy.Actor, c *Contract) error {
	err := policy.Check(actor, policy.ContractCreate, c.Facts())
	if fault.NotAllowed.Of(err) && slices.ContainsFunc(c.Terms.organizations(), actor.MemberOf) {
		if c.Elsewhere != nil {
			return fault.NotAllowed.Because("在其他地区登记的合同由第一买方录入备案；其他当事人可以查看。", "A contract that was registered elsewhere is entered by the first buyer, to be recorded; other parties may read it.")
		}
		if c.Terms.imported() {
			return fault.NotAllowed.Because("引进技术的合同由第一买方申请认定登记并录入；其他当事人可以查看。", "For imported technology the first buyer applies for registration and enters the contract; other parties may read it.")
		}
		return fault.NotAllowed.Because("技术合同由卖方（第一卖方）申请认定登记，请由卖方录入；买方与其他当事人可以查看。", "The first seller applies for registration and enters the contract; buyers and other parties may read it.")
	}
	return err
}

// linkDeal links the deal that led to the contract, or none. It reserves nothing: any number of drafts may name a deal, and whose contract
// it is, is decided when one is filed.
func (c *Contract) linkDeal(tx *work.Tx, deal *uuid.UUID) error {
	c.DealID, c.ResultID, c.NeedID, c.ChallengeID = deal, nil, nil, nil
	if deal == nil {
		return nil
	}
	d, err := deals.LoadForContract(tx, *deal)
	if fault.NotVisible.Of(err) {
		return fault.InvalidInput.At("/deal_id", fault.UnknownDeal, "没有这个撮合项目", "There is no such deal")
	} else if err != nil {
		return err
	}
	if err := c.between(d.SupplierID, d.DemanderID); err != nil {
		return err
	}
	c.ResultID, c.NeedID, c.ChallengeID = d.ResultID, d.NeedID, d.ChallengeID
	return nil
}

// linkChallenge takes what the writer says that the contract came from, as far as they may know of it. That of a deal follows from the deal;
// what was registered elsewhere may have come from one without a deal here.
func (c *Contract) linkChallenge(tx *work.Tx, given *uuid.UUID, registry *kinds.Registry) error {
	if given == nil || c.ChallengeID != nil && *c.ChallengeID == *given {
		return nil
	}
	if c.ChallengeID != nil || c.Elsewhere == nil {
		return fault.InvalidInput.At("/challenge_id", fault.Unexpected, "榜题由撮合项目带出，只有在其他地区登记的合同才自行填写",
			"The deal tells the challenge; only of a contract that was registered elsewhere it is given")
	}
	_, _, err := registry.One(tx.DB, tx.Call.Actor, "challenge", *given)
	if fault.NotVisible.Of(err) {
		return fault.InvalidInput.At("/challenge_id", fault.UnknownChallenge, "没有这项榜题", "There is no such challenge")
	}
	if err == nil {
		c.ChallengeID = given
	}
	return err
}

// between holds that a contract with a deal is the contract of the deal's two sides: its first seller, whose side files, is the supplier, so
// that nobody else can take the deal away, and the demander is among the buyers.
func (c *Contract) between(supplier, demander uuid.UUID) error {
	first := c.Terms.Sellers[0].OrganizationID
	if first == nil || *first != supplier || !isParty(c.Terms.Buyers, demander) {
		return fault.InvalidInput.At("/deal_id", fault.OtherParties,
			"第一卖方须为该撮合项目的供给方，买方须含其需求方", "The first seller is the deal's supplier, and its demander is among the buyers")
	}
	return nil
}

// dealTaken tells the writer that another contract has the deal: of a contract with one, it is the only unique index that a
// writer can run into.
func (c *Contract) dealTaken(err error) error {
	if c.DealID != nil && db.Duplicate(err) {
		return fault.DealHasContract.New()
	}
	return err
}

// Submit files a draft for registration, or a refused contract again, and brings the deal behind it to its end. Its parties are linked once more: one of them may
// have come here since the draft was written, and no tie of a reviewer to it may be missed.
func (s *Service) Submit(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return contracts.Do(ctx, s.unit, call, func(tx *work.Tx) (*Contract, error) {
		c, err := work.Load[Contract](db.ForUpdate(tx.DB), id)
		if err != nil {
			return nil, err
		}
		var a *Application
		err = work.Change(tx, c, version, policy.ContractFile, func() (err error) {
			if err := c.takeUp(tx, s.kinds); err != nil {
				return err
			}
			if err := ownerVerified(tx.DB, c); err != nil {
				return err
			}
			terms := c.Terms
			if err := terms.settle(tx); err != nil {
				return err
			}
			if err := c.Edit(terms); err != nil { // with the links one organization may be a party twice
				return err
			}
			f, err := filing(tx, "")
			if err != nil {
				return err
			}
			if f.Regime, err = firstRegime(tx.DB, c.ID); err != nil {
				return err
			}
			if a, err = c.Submit(f); err != nil {
				return err
			}
			return keepFound(tx, c)
		})
		if err != nil {
			return nil, c.dealTaken(err) // the deal may have another contract by now
		}
		if c.DealID != nil {
			if err := deals.Contracted(tx, *c.DealID, c.ID, c.signing(), c.between); err != nil {
				return nil, err
			}
		}
		return c, file(tx, c, a)
	})
}

// firstRegime is the regime of the first application for the registration of a contract, or empty.
func firstRegime(q *gorm.DB, contract uuid.UUID) (string, error) {
	var codes []string
	err := q.Model(&Application{}).Where("contract_id = ? AND kind IN ?", contract, []ApplicationKind{Registration, Recording}).
		Order("nth, id").Limit(1).Pluck("regime", &codes).Error
	if err != nil || len(codes) == 0 {
		return "", err
	}
	return codes[0], nil
}

// Delete removes a draft that was never handed in, and frees what it held: files, names elsewhere and personal numbers; by its writers.
func (s *Service) Delete(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return contracts.Delete(ctx, s.unit, call, id, version, policy.ContractDelete, work.Did(policy.ContractDelete), func(tx *work.Tx, c *Contract) error {
		handedIn, err := wasFiled(tx.DB, c.ID)
		if err != nil {
			return err
		}
		if err := c.MayBeDeleted(handedIn); err != nil {
			return err
		}
		return c.free(tx)
	})
}

// wasFiled tells whether an application about a contract was ever handed in.
func wasFiled(q *gorm.DB, contract uuid.UUID) (bool, error) {
	var n int64
	err := q.Model(&Application{}).Where("contract_id = ?", contract).Count(&n).Error
	return n > 0, err
}

// free deletes everything that is a draft's own.
func (c *Contract) free(tx *work.Tx) error {
	for _, own := range []any{&partyRow{}, &personRow{}, &lookup{}, &author{}} {
		if err := tx.Where("contract_id = ?", c.ID).Delete(own).Error; err != nil {
			return err
		}
	}
	if err := files.Free(tx, work.RefOf(c)); err != nil {
		return err
	}
	return external.Free(tx, work.RefOf(c))
}

// Get reads one contract; by its parties, the registrars of its office and operators.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return contracts.Get(ctx, s.unit, reader, id)
}

// EntriesOf asks for the ledger entries of one contract.
type EntriesOf struct {
	Contract uuid.UUID `path:"id"`
}

// Entries lists the ledger entries of a contract, the last first; by who may read the contract.
func (s *Service) Entries(ctx context.Context, reader policy.Actor, f EntriesOf, p db.Paging) (db.Page[ledger.Entry], error) {
	q := s.unit.Query(ctx)
	c, err := contracts.Load(q, reader, f.Contract)
	if err != nil {
		return db.Page[ledger.Entry]{}, err
	}
	was, err := formerly(q, reader, []Contract{*c})
	if err != nil {
		return db.Page[ledger.Entry]{}, err
	}
	if a := was[c.ID]; a != nil { // later entries hold later amounts
		return ledger.OfContractUntil(q, f.Contract, a.ID, p)
	}
	return ledger.OfContract(q, f.Contract, p)
}

// officeExists refuses a filter by an office that there is not: an empty list would say that nothing waits there. A registrar's own is there.
func (s *Service) officeExists(ctx context.Context, reader policy.Actor, code string) error {
	if code == "" || slices.Contains(reader.RegistrarAt(), code) {
		return nil
	}
	var bad fault.Fields
	if err := offices.Check(s.unit.Query(ctx), &bad, code, "query:office"); err != nil {
		return err
	}
	return bad.Err()
}

// View is a contract as a reader sees it, with the latest application about it.
type View struct {
	Contract
	Unfiled       bool       // it is shown as it shall be filed again, to those who write it
	Received      *money.Fen // what was really received on it; for who reads it as it stands
	Overdue       money.Fen  // of what fell due by its day, what has not come; for the same, while the contract goes on
	Superseded    bool       // it is shown as it was when it named the reader's organization last
	OfficeName    string
	ChainName     string           // of the industry chain that its terms name
	EnteredBy     *accounts.Person // who typed it in
	ApplicationID *uuid.UUID
	// ApplicationVersion is what a decision on it compares.
	ApplicationVersion int64
	Twins              []Twin
	Remarks            []Remark
	open               bool // that application is not decided yet
	work.Acts
}

// showContracts turns contracts into what the reader may see of each, with the latest application about it, its twins, and what stands out
// about its parties: a fixed number of queries for all.
func showContracts(q *gorm.DB, reader policy.Actor, rows []Contract) ([]View, error) {
	was, err := formerly(q, reader, rows)
	if err != nil {
		return nil, err
	}
	latest, err := latestOf(q, rows)
	if err != nil {
		return nil, err
	}
	out, candidates, terms := make([]View, len(rows)), make([]candidate, len(rows)), make([]Terms, len(rows))
	received := map[uuid.UUID]money.Fen{} // on those whose payments the reader may see
	people, today := accounts.Roll{}, db.DayOf(q)
	for i, c := range rows {
		v := &out[i]
		people.Name(&rows[i].EnteredBy, &v.EnteredBy)
		var a *Application
		if l := latest[c.ID]; l != nil {
			a = &l.Application
			if c.State != Draft && was[c.ID] == nil {
				v.Received, received[c.ID] = &l.Received, l.Received
				v.Overdue = c.overdue(l.Received, today)
			}
		}
		if then := was[c.ID]; then != nil {
			v.Contract, v.Superseded, a = c.asOf(then), true, then
		} else {
			v.Contract, v.Unfiled = c.seenBy(reader)
		}
		if a != nil {
			v.ApplicationID, v.ApplicationVersion, v.open = &a.ID, a.Version, !a.State.final()
		}
		candidates[i], terms[i] = v.candidate(), v.Terms
		candidates[i].none = candidates[i].none && !v.Unfiled || v.Superseded
	}
	twins, err := twinsOf(q, reader, candidates)
	if err != nil {
		return nil, err
	}
	remarks, err := remarksOf(q, reader, terms)
	if err != nil {
		return nil, err
	}
	groups, err := alikeOn(q, received)
	if err != nil {
		return nil, err
	}
	named, err := officeNames(q, len(rows))
	if err != nil {
		return nil, err
	}
	about := make([]string, len(terms))
	for i := range terms {
		about[i] = terms[i].Chain
	}
	chains, err := ref.ChainsNamed(q, about)
	if err != nil {
		return nil, err
	}
	if err := people.Call(q); err != nil {
		return nil, err
	}
	for i := range out {
		out[i].OfficeName, out[i].ChainName = named[out[i].Office], chains[terms[i].Chain].Name
		about := append(out[i].numberRemarks(), terms[i].paymentRemarks(received[rows[i].ID], groups[rows[i].ID])...)
		out[i].Twins, out[i].Remarks = twins[i], append(remarks[i], about...)
	}
	return out, addGrantRemarks(q, out)
}

// latest is the latest application about a contract, without its terms, and what was received on the contract.
type latest struct {
	Application
	Received money.Fen
}

// latestOf are the latest applications about contracts, and what was received on these: in one query, since each list asks for both.
func latestOf(q *gorm.DB, rows []Contract) (map[uuid.UUID]*latest, error) {
	out := make(map[uuid.UUID]*latest, len(rows))
	if len(rows) == 0 {
		return out, nil
	}
	var found []latest
	err := q.Model(&Application{}).Where("contract_id IN ?", idsOf(rows)).
		Select("id, contract_id, state, version, COALESCE((SELECT CAST(SUM(CASE WHEN p.reverses IS NULL THEN p.amount ELSE -p.amount END) AS bigint)" +
			" FROM contract_payments AS p WHERE p.contract_id = contract_applications.contract_id), 0) AS received").
		Where("NOT EXISTS (SELECT 1 FROM contract_applications AS later WHERE later.contract_id = contract_applications.contract_id AND (later.nth, later.id) > (contract_applications.nth, contract_applications.id))").
		Find(&found).Error
	for i := range found {
		out[found[i].ContractID] = &found[i]
	}
	return out, err
}
