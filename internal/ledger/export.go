package ledger

import (
	"bufio"
	"context"
	"encoding/json"
	"io"

	"gorm.io/gorm"

	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// An export is the chain in one file, so that it can be checked without this system (Check, docs/ledger-chain.md): JSON Lines, of which the first
// is an ExportHead and each other an ExportLink, in order.

// ExportHead begins an export.
type ExportHead struct {
	Form   string `json:"form"`
	Export string `json:"export"` // chain or entries
	Month  string `json:"month,omitempty"`
	Seq    int64  `json:"seq"`
	Hash   string `json:"hash"`
	Sums   *Sums  `json:"sums,omitempty"` // of entries
}

// Sums are what entries sum to; amounts in fen.
type Sums struct {
	Contracts  int64 `json:"contracts"`
	Turnover   int64 `json:"turnover"`
	Technology int64 `json:"technology"`
}

// ExportLink is one entry of an export. The public chain has neither salt nor payload.
type ExportLink struct {
	Seq         int64    `json:"seq"`
	PostedMonth string   `json:"posted_month"`
	Digest      string   `json:"digest"`
	PrevHash    string   `json:"prev_hash"`
	Hash        string   `json:"hash"`
	Salt        string   `json:"salt,omitempty"`
	Payload     []string `json:"payload,omitempty"`
}

// The kinds of export.
const (
	ExportChain   = "chain"
	ExportEntries = "entries"
)

// Export is an export that is written as it is read.
type Export struct {
	Head  ExportHead
	Write func(w io.Writer) error
}

// Chain exports what is published of the chain: all links of months that are over; anyone may.
func (s *Service) Chain(ctx context.Context, actor policy.Actor) (Export, error) {
	if err := policy.Check(actor, policy.LedgerChain, policy.Facts{}); err != nil {
		return Export{}, err
	}
	head := ExportHead{Form: Form, Export: ExportChain}
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		h, err := publicHeadBy(q, over(s.unit.Now()))
		head.Seq, head.Hash, head.Month = h.Seq, h.Hash, h.Month.String()
		return err
	})
	return Export{head, func(w io.Writer) error { return s.export(ctx, w, head) }}, err
}

func publicHeadBy(q *gorm.DB, over when.Month) (Head, error) {
	h, err := head(q)
	if err != nil {
		return h, err
	}
	return publicHead(q, h, over)
}

// AllEntries exports the chain with salts, payloads and sums, for auditors; by an operator.
func (s *Service) AllEntries(ctx context.Context, actor policy.Actor) (Export, error) {
	if err := policy.Check(actor, policy.LedgerExport, policy.Facts{}); err != nil {
		return Export{}, err
	}
	out := ExportHead{Form: Form, Export: ExportEntries}
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		h, err := head(q)
		if err != nil {
			return err
		}
		total, err := Total(q)
		out.Seq, out.Hash, out.Sums = h.Seq, h.Hash, &Sums{total.Contracts, int64(total.Turnover), int64(total.Technology)}
		return err
	})
	return Export{out, func(w io.Writer) error { return s.export(ctx, w, out) }}, err
}

// export writes what leads to a head. Entries never change, so that it needs no snapshot.
func (s *Service) export(ctx context.Context, w io.Writer, head ExportHead) error {
	out := bufio.NewWriter(w)
	line := json.NewEncoder(out)
	if err := line.Encode(head); err != nil {
		return err
	}
	for last := int64(0); last < head.Seq; {
		var batch []Entry
		if err := s.unit.Query(ctx).Where("seq > ? AND seq <= ?", last, head.Seq).Order("seq").Limit(verifyBatch).Find(&batch).Error; err != nil {
			return err
		}
		if len(batch) == 0 {
			break // what is missing shows when it is checked
		}
		for i := range batch {
			e := &batch[i]
			link := ExportLink{Seq: e.Seq, PostedMonth: e.PostedOn.Month().String(), Digest: e.Digest, PrevHash: e.PrevHash, Hash: e.Hash}
			if head.Export == ExportEntries {
				link.Salt, link.Payload = e.Salt, e.Payload()
			}
			if err := line.Encode(link); err != nil {
				return err
			}
			last = e.Seq
		}
	}
	return out.Flush()
}
