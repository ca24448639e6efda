// Package offices keeps the contract registration offices (合同登记机构) and tells which of them takes a contract. Who works there
// is in the register of people; what waits there, with contracts.
package offices

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Office is one office. It takes the contracts whose seller is in its region.
type Office struct {
	work.Head
	Code   string
	Name   string
	Region string // the region it covers, with all below it
	// ValidTo is its last day; none while it goes on. From then on Successor does what was its to do.
	ValidTo   when.Day `json:",omitzero"`
	Successor string
	// What one operator wants changed waits for another.
	Proposal    *Proposal `gorm:"serializer:json" json:",omitempty"`
	ConfirmedBy *uuid.UUID
}

// Proposal is how an office shall be.
type Proposal struct {
	Name, Region string
	ValidTo      when.Day `json:",omitzero"`
	Successor    string   `json:",omitempty"`
	By           uuid.UUID
	At           time.Time
}

func (Office) TableName() string { return "offices" }
func (*Office) Noun() string     { return "office" }

// Facts are the office, and who proposed what waits.
func (o *Office) Facts() policy.Facts {
	f := policy.Facts{Office: o.Code}
	if o.Proposal != nil {
		f.Submitter = o.Proposal.By
	}
	return f
}

// View is an office as everybody sees it.
type View struct {
	Office
	Over  bool // its last day lies behind
	today when.Day
	work.Acts
}

// records is how offices are read and written, on this day.
func (s *Service) records() work.Records[Office, *Office, View] {
	open := func(o *Office, v *View) error { return o.open(v.today) }
	return work.Records[Office, *Office, View]{
		Read: policy.OfficeRead, Show: s.show,
		Acts: []work.Act[*Office, View]{
			{Operation: "updateOffice", Action: policy.OfficeEdit, When: open}, {Operation: "endOffice", Action: policy.OfficeEnd, When: open},
			{Operation: "confirmOffice", Action: policy.OfficeConfirm, When: func(o *Office, _ *View) error { return o.confirmable() }},
			{Operation: "dropOfficeProposal", Action: policy.OfficeEdit, When: func(o *Office, _ *View) error { return o.drop() }},
		},
	}
}

func (s *Service) show(_ *gorm.DB, reader policy.Actor, rows []Office) ([]View, error) {
	today := when.DayOf(s.unit.Now())
	out := make([]View, len(rows))
	for i, o := range rows {
		if !reader.Operator { // what waits is the bureau's own
			o.Proposal = nil
		}
		out[i] = View{Office: o, Over: o.over(today), today: today}
	}
	return out, nil
}

type (
	// Answer is the outcome of a use case that changed an office.
	Answer = work.Answer[View]
	// Service runs the use cases about offices.
	Service struct{ unit *work.Unit }
	// Input is what an office takes.
	Input struct{ Code, Name, Region string }
)

func New(unit *work.Unit) *Service { return &Service{unit} }

// Create sets up an office; by an operator. By itself it gives nobody power: its registrars take two.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (Answer, error) {
	return s.records().Do(ctx, s.unit, call, func(tx *work.Tx) (*Office, error) {
		if err := policy.Check(call.Actor, policy.OfficeCreate, policy.Facts{}); err != nil {
			return nil, err
		}
		if err := in.check(); err != nil {
			return nil, err
		}
		if _, err := byCode(tx.DB, in.Code); !fault.NotVisible.Of(err) {
			return nil, orElse(err, fault.OfficeCodeTaken.New())
		}
		o := &Office{Head: tx.NewHead(), Code: in.Code, Name: in.Name, Region: in.Region}
		err := work.Insert(tx, work.Did(policy.OfficeCreate), o)
		if db.Duplicate(err) {
			return nil, fault.OfficeRegionTaken.New()
		}
		return o, err
	})
}

// Get reads one office.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return s.records().Get(ctx, s.unit, reader, id)
}

// Filter narrows a list of offices; empty fields do not.
type Filter struct {
	Region string   `query:"region" where:"region = ?"`
	On     when.Day `query:"on" where:"(valid_to IS NULL OR valid_to >= ?)"`
}

// List lists the offices; they are public.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	if f.Region != "" {
		var bad fault.Fields
		ref.CheckRegion(&bad, f.Region, "query:region")
		if err := bad.Err(); err != nil {
			return db.Page[View]{}, err
		}
	}
	return s.records().List(ctx, s.unit, reader, f, p)
}

// For finds the office that takes contracts of sellers in a region on a day: the one with the narrowest region around it, or, once that has
// ended, the one that took over from it.
func For(q *gorm.DB, region string, day when.Day) (string, error) {
	around, err := Around(q, region, day)
	if err != nil {
		return "", err
	}
	return around[0], nil
}

// Around lists the offices that a region has on a day, the narrowest first; of one that has ended, the one that took over from it. There is one
// at the least.
func Around(q *gorm.DB, region string, day when.Day) ([]string, error) {
	around := []string{region, ref.City(region)}
	if len(region) == 6 {
		around = append(around, region[:4]+"00", region[:2]+"0000")
	}
	var rows []Office
	if err := q.Where("region IN ?", around).Order("region DESC, CASE WHEN valid_to IS NULL THEN 0 ELSE 1 END, id DESC").Find(&rows).Error; err != nil {
		return nil, err
	}
	var out []string
	// Codes grow from province over city to county within one prefix, so the highest of those around is the narrowest.
	for i := range rows {
		code, err := rows[i].successor(q, day)
		if err != nil {
			return nil, err
		}
		if code != "" && !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	if len(out) == 0 {
		return nil, fault.NoOffice.New()
	}
	return out, nil
}

// successor is the code of the office itself or, where it has ended, of the one that took over from it by a day; empty where there is none.
func (o *Office) successor(q *gorm.DB, day when.Day) (string, error) {
	for n := 0; o.over(day); n++ {
		next, err := byCode(q, o.Successor)
		if err != nil || n == longest {
			return "", orElse(err, nil)
		}
		o = next
	}
	return o.Code, nil
}

// longest is how many offices may have taken over from one another.
const longest = 20

// Exists checks an office's code that the input names at pointer.
func Exists(q *gorm.DB, code, pointer string) error {
	_, err := byCode(q, code)
	if fault.NotVisible.Of(err) {
		return fault.InvalidInput.At(pointer, fault.UnknownOffice, "没有这个登记机构", "There is no such office")
	}
	return err
}

func byCode(q *gorm.DB, code string) (*Office, error) {
	var rows []Office
	if err := q.Where("code = ?", code).Find(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.NotVisible.New()
	}
	return &rows[0], nil
}

func orElse(err, otherwise error) error {
	if err != nil && !fault.NotVisible.Of(err) {
		return err
	}
	return otherwise
}

// Check holds an office's code that a query names at pointer.
func Check(q *gorm.DB, bad *fault.Fields, code, pointer string) error {
	err := Exists(q, code, pointer)
	if !fault.InvalidInput.Of(err) {
		return err
	}
	bad.Check(false, pointer, fault.UnknownOffice, "没有登记机构 %[1]s，现有机构见 GET /v1/offices", "There is no office %[1]s; GET /v1/offices lists them", code)
	return nil
}

// Names gives what offices are called, by their codes.
func Names(q *gorm.DB) (map[string]string, error) {
	var rows []Office
	if err := q.Select("code", "name").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[string]string, len(rows))
	for _, o := range rows {
		out[o.Code] = o.Name
	}
	return out, nil
}

// Regions gives the region that each office is of, by their codes: whose rules hold for what it registers.
func Regions(q *gorm.DB) (map[string]string, error) {
	var rows []Office
	err := q.Session(&gorm.Session{NewDB: true}).Select("code", "region").Find(&rows).Error
	out := make(map[string]string, len(rows))
	for _, o := range rows {
		out[o.Code] = o.Region
	}
	return out, err
}
