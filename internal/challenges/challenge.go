// Package challenges runs 揭榜挂帅 from posting to award: what is asked for, its way through reserve and refinement to publication, questions,
// sealed bids, their opening, and whom the poster takes. Rounds, their money and their rules are package programmes'; scores are review's,
// the public period before an award is notices', and what winners do is projects'.
package challenges

import (
	"fmt"
	"math/big"
	"regexp"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/listing"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/programmes"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Comparison says when a measured value meets an indicator.
type Comparison string

// The comparisons.
const (
	AtLeast Comparison = "at_least"
	AtMost  Comparison = "at_most"
	Equal   Comparison = "equal"
	Between Comparison = "between" // both ends included
)

// Indicator is one target that can be measured. Values are decimal numbers as text, so that none is rounded.
type Indicator struct {
	Name       string
	Unit       string // empty for a bare number
	Comparison Comparison
	Value      string
	Upper      string // the other end of Between
	Method     string // how it is tested, and by whom
}

var decimal = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?$`)

// number is a decimal number as it is written, or nil.
func number(s string) *big.Rat {
	if !decimal.MatchString(s) {
		return nil
	}
	r, _ := new(big.Rat).SetString(s)
	return r
}

// Met tells whether a measured value meets the target. ok is false where either is no number.
func (i Indicator) Met(measured string) (met, ok bool) {
	value, got := number(i.Value), number(measured)
	if value == nil || got == nil {
		return false, false
	}
	switch c := got.Cmp(value); i.Comparison {
	case AtLeast:
		return c >= 0, true
	case AtMost:
		return c <= 0, true
	case Equal:
		return c == 0, true
	case Between:
		upper := number(i.Upper)
		return upper != nil && c >= 0 && got.Cmp(upper) <= 0, upper != nil
	}
	return false, false
}

// PayMode is when the reward is paid.
type PayMode string

// The ways to pay.
const (
	PayAhead      PayMode = "ahead"            // 前资助
	PayMilestones PayMode = "milestones"       // 节点资助
	PayAccepted   PayMode = "after_acceptance" // 后补助
	PayBounty     PayMode = "bounty"           // 悬赏，一次兑付
)

// FunderKind says whose money it is.
type FunderKind string

// The kinds of funders.
const (
	PosterPays FunderKind = "poster"
	BureauPays FunderKind = "bureau"
	OtherPays  FunderKind = "other"
)

// Funder is one who pays a part of the reward.
type Funder struct {
	Kind   FunderKind
	Name   string // of another funder
	Amount money.Fen
}

// Reward is what solving it brings, and who pays which part. The parts are the whole.
type Reward struct {
	Amount  money.Fen
	Mode    PayMode
	Funders []Funder
	Terms   string // how it is paid, in words
}

// part is what funders of a kind pay.
func (r Reward) part(kind FunderKind) money.Fen {
	var sum money.Fen
	for _, f := range r.Funders {
		if f.Kind == kind {
			sum += f.Amount
		}
	}
	return sum
}

// Levels that a poster may want the solution to reach.
var levels = []string{"", "domestic_lead", "international_advanced", "international_lead"}

// Content is what the poster writes. It is frozen at publication.
type Content struct {
	Title         string
	Problem       string
	Background    string
	Keywords      []string `gorm:"serializer:json"`
	Field         string
	Chains        []string    `gorm:"serializer:json"`
	Indicators    []Indicator `gorm:"serializer:json"`
	Reward        Reward      `gorm:"serializer:json"`
	Provides      string      // what the poster provides: data, a test line, people
	IPArrangement string      // whose the results will be
	Bottleneck    bool        // 卡脖子
	WantedLevel   string
	Masked        bool   // its name is kept from others until the award
	Confidential  string // for the bureau and the experts that it asks, never public
}

// Challenge is one challenge (榜题).
type Challenge struct {
	work.Head
	RoundID     uuid.UUID
	OwnerID     uuid.UUID  // the poster
	NeedID      *uuid.UUID // the need that it was
	Number      *string    // of its round, once it is published
	State       State
	Content     `gorm:"embedded"`
	CreatedBy   uuid.UUID
	SubmittedBy *uuid.UUID
	SubmittedAt *time.Time
	PublishedBy *uuid.UUID
	PublishedAt *time.Time
	// Advisers are the experts who were asked to refine it.
	Advisers     []uuid.UUID `gorm:"serializer:json"`
	ReturnReason string
	EndReason    string // why it was cancelled
	// Deadline is the first moment that is late for a bid: a bid in time is before it.
	Deadline *time.Time
	// Nth counts publications; bids belong to one of them.
	Nth int
	// SealedSecret is half of the seed of the draw of reviewers, sealed by the challenge's own key (keys.Inner), which its bids are sealed by,
	// too; SecretDigest is what was published of it before anybody had bid.
	SecretDigest string
	SealedSecret string `json:"-"`
	// PanelID is the panel that reviews the bids of this publication, and AnswersDue the day until which everyone who took part is answered.
	PanelID    *uuid.UUID
	AnswersDue when.Day `json:",omitzero"`
	// AnswersFrom is the day that it is reckoned from, and AnswersDueProvisional tells that a year on the way has no calendar yet.
	AnswersFrom           when.Day `json:",omitzero"`
	AnswersDueProvisional bool     `json:",omitzero"`
}

func (Challenge) TableName() string { return "challenges" }
func (*Challenge) Noun() string     { return "challenge" }

// Facts is what policy asks about a challenge.
func (c *Challenge) Facts() policy.Facts {
	f := policy.Facts{Public: c.public(), Owner: c.OwnerID, Author: c.CreatedBy, Advisers: c.Advisers}
	if c.SubmittedBy != nil {
		f.Submitter = *c.SubmittedBy
	}
	return f
}

// takesBids tells whether a bid may come in at a moment.
func (c *Challenge) takesBids(at time.Time) bool {
	return c.State == Published && c.Deadline != nil && at.Before(*c.Deadline)
}

// complete writes out what leaving a field empty means.
func (c Content) complete() Content {
	c.Keywords = text.Keywords(c.Keywords)
	if c.Chains == nil {
		c.Chains = []string{}
	}
	if c.Indicators == nil {
		c.Indicators = []Indicator{}
	}
	if c.Reward.Funders == nil {
		c.Reward.Funders = []Funder{}
	}
	return c
}

// check holds the rules of what is written, be it a draft.
func (c Content) check() error {
	var bad fault.Fields
	text.Named(&bad, c.Title, "/title", 2, 200)
	bad.Length(c.Problem, "/problem", 10, 10_000)
	bad.Length(c.Background, "/background", 0, 10_000)
	bad.Length(c.Provides, "/provides", 0, 5000)
	bad.Length(c.IPArrangement, "/ip_arrangement", 0, 5000)
	bad.Length(c.Confidential, "/confidential", 0, 20_000)
	bad.Check(len(c.Keywords) <= 20, "/keywords", fault.TooManyItems, "至多 20 个关键词", "At most 20 keywords")
	codes.Fields.Check(&bad, codes.Field(c.Field), "/field")
	listing.CheckChains(&bad, c.Chains)
	fault.Offered(&bad, c.WantedLevel, "/wanted_level", levels)
	bad.Check(len(c.Indicators) <= 50, "/indicators", fault.TooManyItems, "至多 50 项指标", "At most 50 indicators")
	names := map[string]bool{}
	for i, x := range c.Indicators {
		at := fmt.Sprintf("/indicators/%d", i)
		text.Named(&bad, x.Name, at+"/name", 1, 100)
		bad.Check(!names[x.Name], at+"/name", fault.Repeated, "指标名称重复", "An indicator is named once")
		names[x.Name] = true
		x.check(&bad, at)
	}
	c.Reward.check(&bad)
	return bad.Err()
}

func (i Indicator) check(bad *fault.Fields, at string) {
	read := func(s, name string) *big.Rat {
		r := number(s)
		bad.Check(s == "" || r != nil, at+name, fault.BadFormat, "须为十进制数，如 0.05", "It is a decimal number, like 0.05")
		return r
	}
	lower, upper := read(i.Value, "/value"), read(i.Upper, "/upper")
	if i.Comparison != "" {
		fault.Offered(bad, i.Comparison, at+"/comparison", []Comparison{AtLeast, AtMost, Equal, Between})
	}
	bad.Check(i.Upper == "" || i.Comparison == Between, at+"/upper", fault.Unexpected, "仅区间指标填写上限", "Of a range only")
	if i.Comparison == Between && lower != nil && upper != nil {
		bad.Check(lower.Cmp(upper) <= 0, at+"/upper", fault.Reversed, "上限低于下限", "The upper end is below the lower")
	}
}

func (r Reward) check(bad *fault.Fields) {
	bad.Check(r.Amount >= 0, "/reward/amount", fault.OutOfRange, "金额不能小于零", "An amount is not less than 0")
	fault.Offered(bad, r.Mode, "/reward/mode", []PayMode{PayAhead, PayMilestones, PayAccepted, PayBounty})
	bad.Check(len(r.Funders) <= 20, "/reward/funders", fault.TooManyItems, "至多 20 个出资方", "At most 20 funders")
	var sum money.Fen
	for i, f := range r.Funders {
		at := fmt.Sprintf("/reward/funders/%d", i)
		fault.Offered(bad, f.Kind, at+"/kind", []FunderKind{PosterPays, BureauPays, OtherPays})
		bad.Check(f.Amount > 0, at+"/amount", fault.NotPositive, "须大于零", "It must be more than 0")
		bad.Check(f.Kind != OtherPays || f.Name != "", at+"/name", fault.Required, "请写明出资方", "Say who it is")
		var err error
		if sum, err = money.Add(sum, f.Amount); err != nil {
			bad.Check(false, at+"/amount", fault.TooMuch, "合计过大", "Too much in all")
			return
		}
	}
	bad.Check(len(r.Funders) == 0 || sum == r.Amount, "/reward/funders", fault.Amounts, "各方出资合计 %[1]s 元，应等于榜金", "The parts sum to %[1]s yuan and should sum to the reward", sum)
	bad.Length(r.Terms, "/reward/terms", 0, 5000)
}

// measurable holds what is published to what can be measured and paid.
func (c Content) measurable(ownShare int) error {
	var bad fault.Fields
	bad.Check(len(c.Indicators) > 0, "/indicators", fault.Required, "至少一项可衡量的指标", "At least one indicator that can be measured")
	for i, x := range c.Indicators {
		at := fmt.Sprintf("/indicators/%d", i)
		bad.Check(x.Comparison != "", at+"/comparison", fault.Required, "须说明如何比较", "Say how it is compared")
		bad.Check(x.Value != "", at+"/value", fault.Required, "须给出目标值", "Give the value to reach")
		bad.Check(x.Comparison != Between || x.Upper != "", at+"/upper", fault.Required, "区间须有上限", "A range has an upper end")
		bad.Check(len(x.Method) > 0, at+"/method", fault.Required, "须说明测试方法", "Say how it is tested")
	}
	bad.Check(c.Reward.Amount > 0, "/reward/amount", fault.NotPositive, "榜金须大于零", "The reward is more than 0")
	bad.Check(len(c.Reward.Funders) > 0, "/reward/funders", fault.Required, "须写明由谁出资", "Say who pays it")
	bad.Check(len(c.IPArrangement) > 0, "/ip_arrangement", fault.Required, "须约定知识产权归属", "Say whose the results will be")
	bad.Check(atLeast(c.Reward.part(PosterPays), ownShare, c.Reward.Amount), "/reward/funders", fault.Amounts,
		"发榜方自筹不足榜金的 %[1]d（万分之一）", "The poster puts in less than %[1]d basis points of the reward", ownShare)
	if len(bad) == 0 {
		return nil
	}
	e := fault.NotMeasurable.New()
	e.Fields = append(e.Fields, bad...)
	return e
}

// atLeast tells whether a part is at least so many basis points of a whole, without rounding.
func atLeast(part money.Fen, share int, whole money.Fen) bool {
	p := new(big.Int).Mul(big.NewInt(int64(part)), big.NewInt(programmes.Whole))
	w := new(big.Int).Mul(big.NewInt(int64(whole)), big.NewInt(int64(share)))
	return p.Cmp(w) >= 0
}
