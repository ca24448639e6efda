package deals

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/notices"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// What a public institution is paid for a result of its own is agreed between the two sides, found on a market, or found in an auction
// (《促进科技成果转化法》第十八条). What is agreed its own people see before it is signed: the name of the result and the proposed price, for 15 days
// at least (国发〔2016〕16号). That is held here, or recorded with evidence; of a market or an auction the record is all.

// PriceMode is how a price was set.
type PriceMode string

// The modes.
const (
	ByAgreement PriceMode = "agreement" // 协议定价
	ByListing   PriceMode = "listing"   // 在技术交易市场挂牌交易
	ByAuction   PriceMode = "auction"   // 拍卖
)

// PriceWay is what the price is paid for: which right in the result the other side gets.
type PriceWay string

// The ways.
const (
	ByAssignment PriceWay = "assignment"
	ByLicense    PriceWay = "license"
	ByEquity     PriceWay = "equity" // 作价投资: the result goes into a company for shares, by a contract of assignment
)

// contracts tells the kind of contract that does it.
func (w PriceWay) contract() codes.ContractKind {
	if w == ByLicense {
		return codes.License
	}
	return codes.Assignment
}

// leastDays is how long a price is shown at least.
const leastDays = 15

// Price is one line of how the price of a deal was set and shown; the latest that was not taken back counts. It keeps what it was about, as it
// was then.
type Price struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	DealID      uuid.UUID
	Mode        PriceMode
	Way         PriceWay
	ResultTitle string // what the result was called
	Amount      money.Fen
	NoticeID    *uuid.UUID // the notice that was held here, which has its days
	FirstDay    when.Day   `json:",omitzero"` // of one that was held elsewhere; of a listing, where it is told
	LastDay     when.Day   `json:",omitzero"` // of one that was held elsewhere; the day on which a listing or an auction found the price
	Place       string     // where it was shown; the market or the auction house
	Number      string     // of the listing or the lot
	Evidence    string
	FileID      *uuid.UUID // of the deal's
	RecordedBy  uuid.UUID
	CreatedAt   time.Time `gorm:"autoCreateTime:false"`
}

func (Price) TableName() string { return "deal_prices" }

// PriceState says how what was shown of a price stands.
type PriceState string

// The states.
const (
	PriceMissing  PriceState = "missing"  // nothing was shown or recorded, or it was taken back
	PriceRunning  PriceState = "running"  // a notice runs
	PriceObjected PriceState = "objected" // an objection waits for its answer
	PriceUpheld   PriceState = "upheld"   // an objection was upheld: what was shown cannot stand
	PriceOutdated PriceState = "outdated" // the result is called otherwise now
	PriceShown    PriceState = "shown"    // nothing stands against signing, from the day that is told
)

// Standing is how what was shown of a deal's price stands.
type Standing struct {
	State    PriceState
	Price    *Price   // nil: missing
	FirstDay when.Day // and
	LastDay  when.Day // of what was shown; zero where it is missing
	From     when.Day // the first day on which the contract may be signed, as far as it is known
	Open     int      // objections that wait for an answer, to whichever notice of the deal
	Held     bool     // a notice is running, whatever was objected to it
}

// stand tells how it stands: of all lines and all notices of a deal, from the first to the latest. titled is what the result is called now.
//
// What was objected counts whether its notice was withdrawn since or not: an objection that was upheld stands against all that was shown before it,
// and nothing is signed on the day of an answer.
func stand(lines []Price, held []notices.Settlement, titled string, today when.Day) Standing {
	by := make(map[uuid.UUID]notices.Settlement, len(held))
	out := Standing{State: PriceMissing}
	var answered, upheld when.Day
	for _, s := range held {
		by[s.Notice.ID] = s
		out.Open += s.Open
		out.Held = out.Held || s.Notice.State == notices.Running
		if s.LastAnswer.After(answered) {
			answered = s.LastAnswer
		}
		if s.Upheld() && s.LastAnswer.After(upheld) {
			upheld = s.LastAnswer
		}
	}
	for i, p := range slices.Backward(lines) {
		if p.NoticeID == nil || by[*p.NoticeID].Notice.State != notices.Withdrawn {
			out.Price = &lines[i]
			break
		}
	}
	p := out.Price
	if p == nil {
		return out
	}
	out.FirstDay, out.LastDay, out.From = p.FirstDay, p.LastDay, p.LastDay
	if p.Mode == ByAgreement {
		out.From = p.LastDay.AddDays(1)
	}
	var s notices.Settlement
	if p.NoticeID != nil {
		s = by[*p.NoticeID]
		out.FirstDay, out.LastDay, out.From = s.Notice.FirstDay, s.Notice.LastDay, s.Notice.LastDay.AddDays(1)
	}
	if next := answered.AddDays(1); !answered.IsZero() && next.After(out.From) {
		out.From = next
	}
	begun := out.FirstDay
	if begun.IsZero() {
		begun = out.LastDay
	}
	switch {
	case s.Upheld() || !upheld.IsZero() && !begun.After(upheld):
		out.State = PriceUpheld
	case out.Open > 0:
		out.State = PriceObjected
	case out.Held && !today.After(out.LastDay): // when a job notes that it is over plays no part
		out.State = PriceRunning
	case p.Mode == ByAgreement && text.Tight(p.ResultTitle) != text.Tight(titled):
		out.State = PriceOutdated
	default:
		out.State = PriceShown
	}
	return out
}

// Signing is what a contract says that is made from a deal.
type Signing struct {
	Kind     codes.ContractKind
	SignedOn when.Day
	Price    money.Fen // the whole of it
}

// moves tells whether a contract gives somebody a right in what is there already. What is developed, advised on or done as a service has no
// price of an existing result.
func (s Signing) moves() bool { return s.Kind == codes.Assignment || s.Kind == codes.License }

// pricedFor tells whether the rule is about a deal: a result that is there, of a public institution.
func (d *Deal) pricedFor(public bool) bool { return d.ResultID != nil && public }

// allows refuses a contract whose price was not shown as it must be. Whatever the result says of how its price is set counts for nothing here:
// it changes from one hour to the next; a price is agreed unless a listing or an auction is on record.
//
// A higher price than was shown needs nothing anew: the unit's people had nothing against selling it for less. A lower one they have not seen.
func (s Standing) allows(c Signing) error {
	refuse := fault.PriceNotShown.Because
	switch s.State {
	case PriceMissing:
		return refuse("尚无价格公示，也没有公示、挂牌或拍卖的记录。", "There is neither a notice of the price nor a record of one, of a listing or of an auction.")
	case PriceRunning:
		return refuse("价格公示至 %[1]s（含当日），期满方可签约。", "The notice of the price runs until the end of %[1]s.", s.LastDay)
	case PriceObjected:
		return refuse("对价格公示的异议尚未答复。", "An objection to the notice of the price waits for its answer.")
	case PriceUpheld:
		return refuse("对价格公示的异议成立，须另行公示。", "An objection to the notice of the price was upheld; it takes a new notice.")
	case PriceOutdated:
		return refuse("公示之后成果名称已变更（公示时为“%[1]s”），须另行公示。", "The result is called otherwise since the notice, which said %[1]s; it takes a new notice.", s.Price.ResultTitle)
	}
	switch p := s.Price; {
	case p.Way.contract() != c.Kind:
		return refuse("公示的是“%[1]s”的价格，与合同类别不符，须另行公示。", "What was shown is the price of another way (%[2]s) than the contract's; it takes a new notice.", p.Way.Text().ZH, p.Way)
	case c.Price < p.Amount:
		return refuse("合同价款 %[1]s 元低于公示的 %[2]s 元，须另行公示。", "The price of %[1]s yuan is lower than the %[2]s yuan that were shown; it takes a new notice.", c.Price, p.Amount)
	case c.SignedOn.Before(s.From):
		return refuse("合同签订日期 %[1]s 早于公示结束之后的 %[2]s。", "The contract was signed on %[1]s, before %[2]s, the first day after what was shown.", c.SignedOn, s.From)
	}
	return nil
}

// mayPrice tells whether a price may be shown or recorded: while there is one to be agreed, and after the contract was filed as well, whose terms may
// be mended or amended to a price that nobody was shown.
func (d *Deal) mayPrice(needed bool) error {
	if !needed {
		return fault.PriceNotAsked.New()
	}
	return work.In(d.Stage, StageNegotiating, StageAgreed, StageContracted)
}

// priced is what both operations take.
type priced struct {
	Way    PriceWay
	Amount money.Fen
}

func (p priced) check(bad *fault.Fields) {
	fault.Offered(bad, p.Way, "/way", []PriceWay{ByAssignment, ByLicense, ByEquity})
	bad.Check(p.Amount > 0 && p.Amount <= money.Max, "/price/amount", fault.OutOfRange, "金额须大于零", "An amount is more than 0")
}

// PriceNotice is what opening a notice takes.
type PriceNotice struct {
	Way     PriceWay
	Amount  money.Fen
	Days    int // 0: 15
	Text    string
	Contact string
}

func (in *PriceNotice) check() error {
	if in.Days == 0 {
		in.Days = leastDays
	}
	var bad fault.Fields
	priced{in.Way, in.Amount}.check(&bad)
	bad.Check(in.Days >= leastDays && in.Days <= notices.Longest, "/days", fault.OutOfRange, "公示期为 %[1]d 至 %[2]d 日", "A period has %[1]d to %[2]d days", leastDays, notices.Longest)
	bad.Length(in.Text, "/text", 0, 5000)
	bad.Length(in.Contact, "/contact", 0, 500)
	return bad.Err()
}

// PriceRecord is what recording one takes that was shown elsewhere, or a listing or an auction.
type PriceRecord struct {
	Mode     PriceMode
	Way      PriceWay
	Amount   money.Fen
	FirstDay when.Day
	LastDay  when.Day
	Place    string
	Number   string
	Evidence string
	File     *uuid.UUID
}

// check holds it, on a day. Days that were shown elsewhere are counted as the unit counted them, the first one included: 15 of them may run
// from the 1st to the 15th, which is how units print them. What is held here is counted by the Civil Code.
func (in PriceRecord) check(today when.Day) error {
	var bad fault.Fields
	priced{in.Way, in.Amount}.check(&bad)
	fault.Offered(&bad, in.Mode, "/mode", []PriceMode{ByAgreement, ByListing, ByAuction})
	bad.Check(!in.LastDay.IsZero(), "/last_day", fault.Required, "须填日期", "The day is needed")
	bad.Check(in.FirstDay.IsZero() || !in.LastDay.Before(in.FirstDay), "/last_day", fault.BeforeStart, "末日早于首日", "The last day lies before the first")
	if in.Mode == ByAgreement {
		bad.Check(!in.FirstDay.IsZero(), "/first_day", fault.Required, "须填公示首日", "The first day of the notice is needed")
		bad.Check(in.FirstDay.IsZero() || in.LastDay.Before(in.FirstDay) || in.LastDay.Since(in.FirstDay)+1 >= leastDays, "/last_day", fault.OutOfRange,
			"公示不少于 %[1]d 日", "It is shown for %[1]d days at least", leastDays)
		bad.Check(in.LastDay.Before(today), "/last_day", fault.OutOfRange, "公示期尚未届满", "The period is not over yet")
	} else {
		text.Wanted(&bad, in.Number, "/number", "须填挂牌或拍卖的编号", "The number of the listing or the lot is needed")
		when.NotAhead(&bad, in.LastDay, today, "/last_day")
	}
	text.Named(&bad, in.Place, "/place", 2, 200)
	bad.Length(in.Number, "/number", 0, 100)
	bad.Length(in.Evidence, "/evidence", 0, 2000)
	bad.Check(in.File != nil || len([]rune(in.Evidence)) >= 2, "/evidence", fault.Required, "须有凭据：写明出处，或指明已上传到本项目的附件", "Evidence is needed: say where it can be read, or name a file of the deal")
	return bad.Err()
}

// free refuses what was shown elsewhere while objections to what was shown here are not answered, and one from before an objection here was
// upheld: or it would do away with them.
func (in PriceRecord) free(held []notices.Settlement) error {
	first := in.FirstDay
	if first.IsZero() {
		first = in.LastDay
	}
	for _, s := range held {
		switch {
		case s.Notice.State == notices.Running:
			return fault.NoticeRunning.New()
		case s.Open > 0:
			return fault.PriceNotShown.Because("对价格公示的异议尚未答复。", "An objection to the notice of the price waits for its answer.")
		case s.Upheld() && !first.After(s.LastAnswer):
			return fault.InvalidInput.At("/last_day", fault.OutOfRange, "此前的公示有异议成立（%[1]s），须在此之后另行公示或定价", "An objection was upheld on %[1]s; what is recorded must have come after that", s.LastAnswer)
		}
	}
	return nil
}
