package contracts

import (
	"sync"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"pgregory.net/rapid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

func (c *city) paid(by policy.Actor, contract uuid.UUID, in PaymentInput) PaymentView {
	c.Helper()
	a, err := c.RecordPayment(c.Context(), as(by), contract, in)
	c.must(err)
	return a.View
}

func (c *city) received(contract uuid.UUID) Received {
	c.Helper()
	sums, err := Paid(c.DB.Reader.Session(&gorm.Session{}), []uuid.UUID{contract})
	c.must(err)
	return sums[contract]
}

func yuan(t *testing.T, s string) money.Fen {
	t.Helper()
	f, err := money.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAPaymentIsTakenBackInPartsUntilNothingIsLeft(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.input())
		today := when.DayOf(c.Clock.Now())
		_, err := c.RecordPayment(t.Context(), as(c.seller), contract.ID, PaymentInput{Amount: money.Yuan, PaidOn: today})
		c.refused(err, fault.WrongState) // a draft is its writers' own affair
		c.file(c.seller, contract)

		p := c.paid(c.seller, contract.ID, PaymentInput{Amount: yuan(t, "1000.00"), PaidOn: today, ExternalID: " HK-1 "})
		if p.Left != p.Amount || p.RecordedSide != SellerSide || p.Payer != FromBuyer || p.ExternalID != "HK-1" {
			t.Errorf("%+v", p)
		}
		reverse := func(by policy.Actor, amount string) (PaymentView, error) {
			a, err := c.Reverse(t.Context(), as(by), p.ID, ReversalInput{Amount: yuan(t, amount), PaidOn: today, Note: "质量扣款退回"})
			return a.View, err
		}
		back, err := reverse(c.buyer, "200.00")
		if c.must(err); back.Reverses == nil || *back.Reverses != p.ID || back.RecordedSide != BuyerSide || back.Left != 0 {
			t.Errorf("%+v", back)
		}
		_, err = reverse(c.seller, "800.01")
		c.places(err, "/amount out_of_range")
		_, err = reverse(c.seller, "800.00")
		c.must(err)
		_, err = reverse(c.seller, "0.01")
		c.places(err, "/amount out_of_range")
		_, err = c.Reverse(t.Context(), as(c.seller), back.ID, ReversalInput{Amount: money.Yuan, PaidOn: today, Note: "记错"})
		c.refused(err, fault.ReversalStays)
		if got := c.received(contract.ID); got != (Received{}) {
			t.Errorf("%+v is left", got)
		}
		if v := c.get(contract.ID); v.Received == nil || *v.Received != 0 {
			t.Errorf("the contract says %v", v.Received)
		}
	})
}

// What a bureau gives may be a part of what the buyer paid: what was taken back lowers it.
func TestWhatTheBuyerPaidIsToldApart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.input())
		c.file(c.seller, contract)
		today, milestone := when.DayOf(c.Clock.Now()), work.NewID()
		p := c.paid(c.buyer, contract.ID, PaymentInput{Amount: yuan(t, "1333333.33"), PaidOn: today, Milestone: &milestone})
		c.paid(c.seller, contract.ID, PaymentInput{Amount: yuan(t, "500000.00"), PaidOn: today, Payer: FromFunder})
		_, err := c.Unit.Do(t.Context(), c.As(c.operator), func(tx *work.Tx) error {
			_, err := ReversePayment(tx, p.ID, ReversalInput{Amount: yuan(t, "100000.00"), PaidOn: today, Note: "发榜方收回"})
			return err
		})
		c.must(err)
		if got := c.received(contract.ID); got != (Received{Total: yuan(t, "1733333.33"), FromBuyer: yuan(t, "1233333.33")}) {
			t.Errorf("%+v", got)
		}
		by, err := PaidFor(c.DB.Reader.Session(&gorm.Session{}), []uuid.UUID{milestone})
		if c.must(err); by[milestone] != (Received{Total: yuan(t, "1233333.33"), FromBuyer: yuan(t, "1233333.33")}) {
			t.Errorf("for the milestone: %+v", by)
		}
	})
}

func TestWhatAPaymentTakes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.input())
		c.file(c.seller, contract)
		today, signed := when.DayOf(c.Clock.Now()), contract.Terms.SignedOn
		for name, row := range map[string]struct {
			in   PaymentInput
			want string
		}{
			"nothing":              {PaymentInput{PaidOn: today}, "/amount out_of_range"},
			"less than nothing":    {PaymentInput{Amount: -1, PaidOn: today}, "/amount out_of_range"},
			"tomorrow":             {PaymentInput{Amount: 1, PaidOn: today.AddDays(1)}, "/paid_on out_of_range"},
			"before it was signed": {PaymentInput{Amount: 1, PaidOn: signed.AddDays(-1)}, "/paid_on before_start"},
			"by nobody known":      {PaymentInput{Amount: 1, PaidOn: today, Payer: "bureau"}, "/payer not_allowed"},
		} {
			_, err := c.RecordPayment(t.Context(), as(c.seller), contract.ID, row.in)
			t.Log(name)
			c.places(err, row.want)
		}
		c.paid(c.seller, contract.ID, PaymentInput{Amount: 1, PaidOn: signed.AddDays(-1), Advance: true})
		first := c.paid(c.seller, contract.ID, PaymentInput{Amount: 1, PaidOn: signed, ExternalID: "HK-1"})
		_, err := c.RecordPayment(t.Context(), as(c.buyer), contract.ID, PaymentInput{Amount: 2, PaidOn: today, ExternalID: "HK-1"})
		c.refused(err, fault.PaymentThere)
		other := c.create(c.seller, c.input())
		c.file(c.seller, other)
		c.paid(c.seller, other.ID, PaymentInput{Amount: 1, PaidOn: today, ExternalID: "HK-1"}) // another contract's
		_, err = c.Reverse(t.Context(), as(c.seller), first.ID, ReversalInput{Amount: 1, PaidOn: signed.AddDays(-1), Note: "记错"})
		c.places(err, "/paid_on before_start")
		_, err = c.Reverse(t.Context(), as(c.seller), first.ID, ReversalInput{Amount: 1, PaidOn: today})
		c.places(err, "/note required")
	})
}

func TestPaymentsAreTheSidesAffair(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.input())
		c.file(c.seller, contract)
		today := when.DayOf(c.Clock.Now())
		p := c.paid(c.seller, contract.ID, PaymentInput{Amount: money.Yuan, PaidOn: today})
		for who, row := range map[string]struct {
			policy.Actor
			writes, reads *fault.Definition
		}{
			"the other side": {c.buyer, nil, nil}, "a colleague": {c.colleague, nil, nil}, "a registrar": {c.first, &fault.NotAllowed, nil},
			"the bureau": {c.operator, &fault.NotAllowed, nil}, "a stranger": {c.stranger, &fault.NotVisible, &fault.NotVisible}, "a visitor": {policy.Actor{}, &fault.NotVisible, &fault.NotVisible},
			"a registrar elsewhere": {c.elsewhere, &fault.NotVisible, &fault.NotVisible},
		} {
			_, writes := c.RecordPayment(t.Context(), as(row.Actor), contract.ID, PaymentInput{Amount: 1, PaidOn: today})
			_, back := c.Reverse(t.Context(), as(row.Actor), p.ID, ReversalInput{Amount: 1, PaidOn: today, Note: "更正"})
			_, reads := c.GetPayment(t.Context(), row.Actor, p.ID)
			_, lists := c.ListPayments(t.Context(), row.Actor, PaymentFilter{Contract: contract.ID}, db.Paging{Limit: 5})
			for what, is := range map[string]struct {
				err  error
				want *fault.Definition
			}{"writes": {writes, row.writes}, "reverses": {back, row.writes}, "reads": {reads, row.reads}, "lists": {lists, row.reads}} {
				if is.want == nil && is.err != nil || is.want != nil && !is.want.Of(is.err) {
					t.Errorf("%s %s: %v", who, what, is.err)
				}
			}
		}
		page, err := c.ListPayments(t.Context(), c.first, PaymentFilter{Contract: contract.ID}, db.Paging{Limit: 2})
		if c.must(err); len(page.Items) != 2 || page.Next == "" {
			t.Errorf("%+v", page)
		}
	})
}

// Of many who take back at once as much as was paid, one does.
func TestNoMoreIsTakenBackThanWasPaidByManyAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.input())
		c.file(c.seller, contract)
		today := when.DayOf(c.Clock.Now())
		p := c.paid(c.seller, contract.ID, PaymentInput{Amount: money.Yuan, PaidOn: today})
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				_, _ = c.Reverse(t.Context(), as(c.buyer), p.ID, ReversalInput{Amount: 60, PaidOn: today, Note: "同时更正"})
			})
		}
		all.Wait()
		if got := c.received(contract.ID); got.Total != 40 {
			t.Errorf("%s is left", got.Total)
		}
	})
}

// Whatever is paid and taken back, what was received is the sum of it, and never below 0.
func TestWhatWasReceivedIsTheSum(t *testing.T) {
	c := open(t, dbtest.New(t, db.SQLite))
	contract := c.create(c.seller, c.input())
	c.file(c.seller, contract)
	today := when.DayOf(c.Clock.Now())
	left := map[uuid.UUID]money.Fen{}
	var ids []uuid.UUID
	var sum money.Fen
	rapid.Check(t, func(rt *rapid.T) {
		amount := money.Fen(rapid.Int64Range(1, 1_000_000).Draw(rt, "amount"))
		if len(ids) == 0 || rapid.Bool().Draw(rt, "pays") {
			p := c.paid(c.seller, contract.ID, PaymentInput{Amount: amount, PaidOn: today})
			ids, left[p.ID], sum = append(ids, p.ID), amount, sum+amount
		} else {
			id := rapid.SampledFrom(ids).Draw(rt, "of")
			_, err := c.Reverse(c.Context(), as(c.buyer), id, ReversalInput{Amount: amount, PaidOn: today, Note: "更正"})
			if (err == nil) != (amount <= left[id]) {
				rt.Fatalf("%s of %s: %v", amount, left[id], err)
			}
			if err == nil {
				left[id], sum = left[id]-amount, sum-amount
			}
		}
		if got := c.received(contract.ID).Total; got != sum || got < 0 {
			rt.Fatalf("received %s, want %s", got, sum)
		}
	})
}
