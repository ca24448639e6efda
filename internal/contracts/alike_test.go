package contracts

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// told are the remarks of a contract about its payments, to one reader.
func (c *city) told(reader policy.Actor, contract *View) []Remark {
	c.Helper()
	v, err := c.Get(c.Context(), reader, contract.ID)
	c.must(err)
	return slices.DeleteFunc(v.Remarks, func(r Remark) bool { return r.Code != PaymentsAlike && r.Code != ReceivedTooMuch })
}

func TestAPaymentThatMayHaveBeenEnteredTwiceIsToldAndNotRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.input())
		a := c.file(c.seller, contract)
		today := when.DayOf(c.Clock.Now())
		in := PaymentInput{Amount: yuan(t, "500.00"), PaidOn: today}
		one := c.paid(c.seller, contract.ID, in)
		other := in
		other.Payer = FromFunder
		if alone := c.paid(c.buyer, contract.ID, other); alone.Alike != nil || len(c.told(c.seller, contract)) > 0 {
			t.Errorf("of another payer: %v, %v", alone.Alike, c.told(c.seller, contract))
		}
		two := c.paid(c.buyer, contract.ID, in)
		if !slices.Equal(two.Alike, ids(one)) {
			t.Errorf("the second was told %v", two.Alike)
		}
		first, err := c.GetPayment(t.Context(), c.buyer, one.ID)
		c.must(err)
		if !slices.Equal(first.Alike, ids(two)) {
			t.Errorf("the first says %v", first.Alike)
		}
		want := []Remark{{Code: PaymentsAlike, Pointer: "/terms/turnover/amount", Entered: contract.Terms.Turnover.String(), Count: 2, PaidOn: today, Amount: in.Amount}}
		for name, reader := range map[string]policy.Actor{"seller": c.seller, "buyer": c.buyer, "registrar": c.first} {
			if got := c.told(reader, contract); !slices.Equal(got, want) {
				t.Errorf("%s: %+v", name, got)
			}
		}
		desk, err := c.GetApplication(t.Context(), c.first, a.ID)
		c.must(err)
		if !slices.ContainsFunc(desk.Remarks, func(r Remark) bool { return r == want[0] }) {
			t.Errorf("the desk: %+v", desk.Remarks)
		}
		_, err = c.Reverse(t.Context(), as(c.buyer), two.ID, ReversalInput{Amount: in.Amount, PaidOn: today, Note: "重复记录"})
		c.must(err)
		first, err = c.GetPayment(t.Context(), c.buyer, one.ID)
		c.must(err)
		if got := c.told(c.seller, contract); len(got) > 0 || first.Alike != nil {
			t.Errorf("after one was reversed: %+v, %v", got, first.Alike)
		}
	})
}

func TestMoreThanTheTurnoverAmountIsToldUnlessARoyaltyExplainsIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.input())
		c.file(c.seller, contract)
		in := PaymentInput{Amount: contract.Terms.Turnover, PaidOn: when.DayOf(c.Clock.Now())}
		c.paid(c.seller, contract.ID, in)
		if got := c.told(c.buyer, contract); len(got) > 0 {
			t.Errorf("of all that was agreed: %+v", got)
		}
		in.Amount = money.Fen(1)
		c.paid(c.seller, contract.ID, in)
		want := []Remark{{Code: ReceivedTooMuch, Pointer: "/terms/turnover/amount", Entered: contract.Terms.Turnover.String(), Amount: contract.Terms.Turnover + 1}}
		if got := c.told(c.buyer, contract); !slices.Equal(got, want) {
			t.Errorf("of a fen more: %+v", got)
		}
	})
	terms := Terms{Turnover: 100, Payment: &PaymentTerms{Mode: codes.ByRoyalty, Royalty: &Royalty{Base: "净销售额", RateBP: 300}}}
	if got := terms.paymentRemarks(101, nil); got != nil {
		t.Errorf("with a royalty: %+v", got)
	}
}

func ids(all ...PaymentView) (out []uuid.UUID) {
	for _, p := range all {
		out = append(out, p.ID)
	}
	return out
}
