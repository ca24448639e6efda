package deals

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/notices"
	"jiebang/internal/orgs"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// held is a notice as it stands, and the line that opened it.
func held(state notices.State, outcomes map[notices.Outcome]int, open int, answered string) (Price, notices.Settlement) {
	n := &notices.Notice{Head: work.Head{ID: uuid.New()}, State: state, FirstDay: when.MustDay("2026-03-02"), LastDay: when.MustDay("2026-03-17")}
	s := notices.Settlement{Notice: n, Open: open, Outcomes: outcomes}
	if answered != "" {
		s.LastAnswer = when.MustDay(answered)
	}
	return Price{Mode: ByAgreement, Way: ByLicense, ResultTitle: "净化装置", Amount: 100_000_00, NoticeID: &n.ID}, s
}

// Which contracts need the price shown: by kind of organization, whether there is a result, kind of contract, and how the price was set.
func TestWhatNeedsItsPriceShown(t *testing.T) {
	result := uuid.New()
	public := map[string]bool{"university": true, "institute": true, "government": true, "enterprise": false, "transfer_agency": false, "financier": false}
	moves := map[codes.ContractKind]bool{codes.Assignment: true, codes.License: true, codes.Development: false, codes.Consulting: false, codes.Service: false}
	for kind, isPublic := range public {
		if got := (orgs.Checked{Kind: kind, CreditCode: "91210112MA0000015A"}).PublicInstitution(); got != isPublic {
			t.Errorf("%s: %v", kind, got)
		}
		if !(orgs.Checked{Kind: kind, CreditCode: "12210000463804000A"}).PublicInstitution() { // a public institution by its code, whatever it does
			t.Errorf("%s with the code of a public institution is none", kind)
		}
		for contract, does := range moves {
			for _, about := range []*uuid.UUID{nil, &result} {
				for mode, shown := range map[PriceMode]bool{"": false, ByAgreement: true, ByListing: true, ByAuction: true} {
					d := &Deal{Subject: Subject{ResultID: about}}
					c := Signing{Kind: contract, SignedOn: when.MustDay("2026-03-18"), Price: 100_000_00}
					var lines []Price
					if mode != "" {
						lines = []Price{{Mode: mode, Way: ByLicense, ResultTitle: "净化装置", Amount: 100_000_00, FirstDay: when.MustDay("2026-03-03"), LastDay: when.MustDay("2026-03-17")}}
						if contract == codes.Assignment {
							lines[0].Way = ByAssignment
						}
					}
					needs := isPublic && does && about != nil
					refused := d.pricedFor(isPublic) && c.moves() && stand(lines, nil, "净化装置", priceDay).allows(c) != nil
					if refused != (needs && !shown) {
						t.Errorf("%s, %s, a result %v, price by %q: refused %v", kind, contract, about != nil, mode, refused)
					}
				}
			}
		}
	}
	if (orgs.Checked{Kind: "university", CreditCode: "52210000MJ0000000X"}).PublicInstitution() {
		t.Error("a university of private persons is none of the state's")
	}
}

func TestAPriceMayBeShownWhileItIsNegotiatedOrAgreed(t *testing.T) {
	for stage, may := range map[Stage]bool{StageLead: false, StageContacting: false, StageNegotiating: true, StageAgreed: true, StageContracted: true, StageLost: false} {
		if err := (&Deal{Stage: stage}).mayPrice(true); (err == nil) != may {
			t.Errorf("%s: %v", stage, err)
		}
		if err := (&Deal{Stage: stage}).mayPrice(false); !fault.PriceNotAsked.Of(err) {
			t.Errorf("%s of what needs none: %v", stage, err)
		}
	}
}

func TestHowAPriceStands(t *testing.T) {
	over := map[notices.Outcome]int{}
	for name, c := range map[string]struct {
		state   notices.State
		out     map[notices.Outcome]int
		open    int
		answer  string
		titled  string
		want    PriceState
		from    string
		signing string
		price   money.Fen
		kind    codes.ContractKind
		passes  bool
	}{
		"it runs":                              {state: notices.Running, want: PriceRunning, from: "2026-03-18"},
		"an objection waits":                   {state: notices.Running, open: 1, want: PriceObjected, from: "2026-03-18"},
		"it was taken back":                    {state: notices.Withdrawn, want: PriceMissing},
		"upheld":                               {state: notices.Closed, out: map[notices.Outcome]int{notices.Upheld: 1}, answer: "2026-03-10", want: PriceUpheld, from: "2026-03-18"},
		"upheld while it runs":                 {state: notices.Running, out: map[notices.Outcome]int{notices.Upheld: 1}, answer: "2026-03-10", want: PriceUpheld, from: "2026-03-18"},
		"over":                                 {state: notices.Closed, want: PriceShown, from: "2026-03-18", passes: true},
		"signed on its last day":               {state: notices.Closed, signing: "2026-03-17", want: PriceShown, from: "2026-03-18"},
		"dismissed within it":                  {state: notices.Closed, out: map[notices.Outcome]int{notices.Dismissed: 1}, answer: "2026-03-10", want: PriceShown, from: "2026-03-18", passes: true},
		"dismissed afterwards":                 {state: notices.Closed, out: map[notices.Outcome]int{notices.Dismissed: 1}, answer: "2026-03-24", want: PriceShown, from: "2026-03-25", signing: "2026-03-25", passes: true},
		"signed on the day of the answer":      {state: notices.Closed, out: map[notices.Outcome]int{notices.Dismissed: 1}, answer: "2026-03-24", want: PriceShown, from: "2026-03-25", signing: "2026-03-24"},
		"called otherwise":                     {state: notices.Closed, titled: "净化装置（二代）", want: PriceOutdated, from: "2026-03-18"},
		"called the same but for a blank":      {state: notices.Closed, titled: "净化 装置", want: PriceShown, from: "2026-03-18", passes: true},
		"a fen less":                           {state: notices.Closed, price: 99_999_99, want: PriceShown, from: "2026-03-18"},
		"a fen more":                           {state: notices.Closed, price: 100_000_01, want: PriceShown, from: "2026-03-18", passes: true},
		"assigned, where a licence was shown":  {state: notices.Closed, kind: codes.Assignment, want: PriceShown, from: "2026-03-18"},
		"developed, of which it tells nothing": {state: notices.Running, kind: codes.Development, want: PriceRunning, from: "2026-03-18", passes: true},
	} {
		out := c.out
		if out == nil {
			out = over
		}
		line, s := held(c.state, out, c.open, c.answer)
		titled, signing, price, kind := "净化装置", "2026-03-18", line.Amount, codes.License
		if c.titled != "" {
			titled = c.titled
		}
		if c.signing != "" {
			signing = c.signing
		}
		if c.price != 0 {
			price = c.price
		}
		if c.kind != "" {
			kind = c.kind
		}
		got := stand([]Price{line}, []notices.Settlement{s}, titled, priceDay)
		if got.State != c.want || !got.From.IsZero() && got.From.String() != c.from {
			t.Errorf("%s: %s from %s", name, got.State, got.From)
		}
		signed := Signing{kind, when.MustDay(signing), price}
		if err := got.allows(signed); signed.moves() && (err == nil) != c.passes || err != nil && !fault.PriceNotShown.Of(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What was shown before stands again where a later notice was taken back; objections to either are waited for.
func TestTheLatestThatWasNotTakenBackCounts(t *testing.T) {
	first, one := held(notices.Closed, nil, 0, "")
	second, two := held(notices.Withdrawn, nil, 1, "")
	second.Amount = 80_000_00
	got := stand([]Price{first, second}, []notices.Settlement{one, two}, "净化装置", priceDay)
	if got.State != PriceObjected || got.Price.Amount != first.Amount {
		t.Errorf("%s with %s", got.State, got.Price.Amount)
	}
	two.Open = 0
	if got = stand([]Price{first, second}, []notices.Settlement{one, two}, "净化装置", priceDay); got.State != PriceShown {
		t.Errorf("%s once it is answered", got.State)
	}
	two.Notice.State = notices.Running
	if got = stand([]Price{first, second}, []notices.Settlement{one, two}, "净化装置", priceDay); got.State != PriceRunning || got.Price.Amount != second.Amount {
		t.Errorf("%s with %s while the later one runs", got.State, got.Price.Amount)
	}
}

// priceDay is within the days of what these tests show.
var priceDay = when.MustDay("2026-03-10")

// An objection that was upheld stands against all that was shown before, though its notice was taken back; an answer to any notice is waited for;
// and a notice is over with its last day, whenever a job notes that.
func TestWhatWasObjectedCountsBeyondItsNotice(t *testing.T) {
	record := Price{Mode: ByAgreement, Way: ByLicense, ResultTitle: "净化装置", Amount: 100_000_00, FirstDay: when.MustDay("2026-02-01"), LastDay: when.MustDay("2026-02-20")}
	second, s := held(notices.Withdrawn, map[notices.Outcome]int{notices.Upheld: 1}, 0, "2026-03-10")
	if got := stand([]Price{record, second}, []notices.Settlement{s}, "净化装置", priceDay); got.State != PriceUpheld {
		t.Errorf("%s by a record from before", got.State)
	}
	record.FirstDay, record.LastDay = when.MustDay("2026-03-11"), when.MustDay("2026-03-25")
	if got := stand([]Price{second, record}, []notices.Settlement{s}, "净化装置", when.MustDay("2026-03-26")); got.State != PriceShown {
		t.Errorf("%s by a record from after", got.State)
	}
	record.FirstDay, record.LastDay = when.MustDay("2026-02-01"), when.MustDay("2026-02-20")
	second, s = held(notices.Withdrawn, map[notices.Outcome]int{notices.Dismissed: 1}, 0, "2026-03-10")
	if got := stand([]Price{record, second}, []notices.Settlement{s}, "净化装置", priceDay); got.State != PriceShown || got.From != when.MustDay("2026-03-11") {
		t.Errorf("%s from %s after an answer", got.State, got.From)
	}
	line, s := held(notices.Running, nil, 0, "")
	for day, want := range map[string]PriceState{"2026-03-17": PriceRunning, "2026-03-18": PriceShown} {
		if got := stand([]Price{line}, []notices.Settlement{s}, "净化装置", when.MustDay(day)); got.State != want {
			t.Errorf("%s on %s", got.State, day)
		}
	}
}

func TestARecordSaysWhenWhereAndByWhatItIsShown(t *testing.T) {
	today, file := when.MustDay("2026-03-20"), uuid.New()
	good := PriceRecord{
		Mode: ByAgreement, Way: ByLicense, Amount: 100_000_00, FirstDay: when.MustDay("2026-03-02"), LastDay: when.MustDay("2026-03-16"),
		Place: "校园网公告栏", Evidence: "校科〔2026〕3 号",
	}
	for name, c := range map[string]struct {
		change func(*PriceRecord)
		at     string // empty: it is taken
	}{
		"15 days":             {func(*PriceRecord) {}, ""},
		"14 days":             {func(r *PriceRecord) { r.LastDay = when.MustDay("2026-03-15") }, "/last_day"},
		"not over":            {func(r *PriceRecord) { r.LastDay = today }, "/last_day"},
		"no first day":        {func(r *PriceRecord) { r.FirstDay = when.Day{} }, "/first_day"},
		"the wrong way round": {func(r *PriceRecord) { r.FirstDay = when.MustDay("2026-03-18") }, "/last_day"},
		"no evidence":         {func(r *PriceRecord) { r.Evidence = "" }, "/evidence"},
		"a file as evidence":  {func(r *PriceRecord) { r.Evidence, r.File = "", &file }, ""},
		"nowhere":             {func(r *PriceRecord) { r.Place = "" }, "/place"},
		"a listing": {func(r *PriceRecord) {
			r.Mode, r.FirstDay, r.LastDay, r.Number = ByListing, when.Day{}, today, "GP2026-17"
		}, ""},
		"a listing without a number": {func(r *PriceRecord) { r.Mode = ByListing }, "/number"},
		"an auction that is to come": {func(r *PriceRecord) { r.Mode, r.LastDay, r.Number = ByAuction, today.AddDays(1), "PM-1" }, "/last_day"},
		"no price":                   {func(r *PriceRecord) { r.Amount = 0 }, "/price/amount"},
		"a way that there is not":    {func(r *PriceRecord) { r.Way = "gift" }, "/way"},
		"a mode that there is not":   {func(r *PriceRecord) { r.Mode, r.Number = "dice", "1" }, "/mode"},
	} {
		r := good
		c.change(&r)
		err := r.check(today)
		var found []string
		if f := (*fault.Error)(nil); errors.As(err, &f) {
			for _, field := range f.Fields {
				found = append(found, field.Pointer)
			}
		}
		if c.at == "" && err != nil || c.at != "" && (len(found) != 1 || found[0] != c.at) {
			t.Errorf("%s: %v, at %v", name, err, found)
		}
	}
}

func TestARecordDoesAwayWithNoObjection(t *testing.T) {
	r := PriceRecord{FirstDay: when.MustDay("2026-03-11"), LastDay: when.MustDay("2026-03-25")}
	upheld := map[notices.Outcome]int{notices.Upheld: 1}
	for name, c := range map[string]struct {
		state notices.State
		out   map[notices.Outcome]int
		open  int
		on    string
		want  *fault.Definition
	}{
		"one runs":                  {notices.Running, nil, 0, "", &fault.NoticeRunning},
		"taken back, with one open": {notices.Withdrawn, nil, 1, "", &fault.PriceNotShown},
		"upheld after it began":     {notices.Closed, upheld, 0, "2026-03-11", &fault.InvalidInput},
		"upheld before it began":    {notices.Closed, upheld, 0, "2026-03-10", nil},
		"dismissed":                 {notices.Closed, map[notices.Outcome]int{notices.Dismissed: 1}, 0, "2026-03-12", nil},
	} {
		_, s := held(c.state, c.out, c.open, c.on)
		if err := r.free([]notices.Settlement{s}); (c.want == nil) != (err == nil) || c.want != nil && !c.want.Of(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
