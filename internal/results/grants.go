package results

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// A unit may grant the inventors of a result of theirs its ownership, or its use for ten years at least, by an agreement in writing that says who has
// which share, after a notice to its own people of 15 days at least (赋权, 国科发区〔2020〕128号). It is a fact with its papers and no text that a second
// person would mend: it is recorded at once, beside any revision, and never changed; one that is wrong is ended, and a new one recorded.

// GrantKind is what is granted.
type GrantKind string

// The kinds.
const (
	GrantOwnership GrantKind = "ownership"
	GrantUse       GrantKind = "long_term_use"
)

// Text is what the kind is called.
func (k GrantKind) Text() fault.Text {
	if k == GrantUse {
		return fault.Text{ZH: "长期使用权", EN: "long-term use"}
	}
	return fault.Text{ZH: "所有权", EN: "ownership"}
}

// Grant is one grant of rights in a result to its inventors.
type Grant struct {
	ID        uuid.UUID
	Kind      GrantKind
	ValidFrom when.Day
	ValidTo   when.Day        `json:",omitzero"` // zero: without an end
	Inventors []GrantInventor `json:",omitempty"`
	Share     int             `json:",omitempty"` // basis points of the ownership that the inventors have together, or of what the use brings

	AgreedOn    when.Day `json:",omitzero"`
	NoticeFirst when.Day `json:",omitzero"`
	NoticeLast  when.Day `json:",omitzero"`
	Evidence    string   `json:",omitempty"`
	Void        bool     `json:",omitempty"` // it never was so, or was ended before it began
	EndReason   string   `json:",omitempty"`

	RecordedBy *uuid.UUID `json:",omitempty"`
}

// GrantInventor is one of those to whom rights are granted, with their share within the inventors' side.
type GrantInventor struct {
	Name  string
	Share int // basis points, 10 000 in all
}

const (
	leastNotice = 15  // days, the first and the last included
	leastUse    = 120 // months
	latestStart = 12  // months after the agreement
	maxGrants   = 50
)

// GrantIn is the grant that is in force on a day; nil where none is.
func (r *Result) GrantIn(on when.Day) *Grant {
	for i, g := range r.Grants {
		if !g.Void && on.Within(g.ValidFrom, g.ValidTo) {
			return &r.Grants[i]
		}
	}
	return nil
}

// grantsFor are the grants as those see them who read no more than is public: kind and days, and all of it an inventor whose account is given among
// those of the result.
func (r *Result) grantsFor(reader policy.Actor) []Grant {
	var out []Grant
	for _, g := range r.Grants {
		theirs := reader.SignedIn() && slices.ContainsFunc(r.Inventors, func(v Inventor) bool {
			return v.AccountID != nil && *v.AccountID == reader.Account && slices.ContainsFunc(g.Inventors, func(i GrantInventor) bool { return codes.NameForm(i.Name) == codes.NameForm(v.Name) })
		})
		switch {
		case theirs:
			out = append(out, g)
		case !g.Void:
			out = append(out, Grant{ID: g.ID, Kind: g.Kind, ValidFrom: g.ValidFrom, ValidTo: g.ValidTo})
		}
	}
	return out
}

func (r *Result) mayGrant() error {
	if len(r.Grants) >= maxGrants {
		return fault.InvalidInput.At("", fault.TooManyItems, "至多记录 %[1]d 项赋权", "At most %[1]d grants are recorded", maxGrants)
	}
	return nil
}

// mayGrantRights refuses an owner whose people's inventions the rule is not about: it is for universities, institutes and other public institutions
// (事业单位), whose credit code begins so.
func mayGrantRights(q *gorm.DB, r *Result) error {
	o, err := work.Load[orgs.Organization](q, r.OwnerID)
	if err != nil || slices.Contains([]string{"university", "institute"}, o.Kind) || strings.HasPrefix(o.CreditCode, publicInstitution) {
		return err
	}
	return fault.WrongState.Because("只有高等院校、科研院所和其他事业单位可以记录赋权（国科发区〔2020〕128号）；本成果的所属单位是%[1]s。",
		"Only universities, institutes and other public institutions grant rights by this rule; the owner of this result is of another kind: %[2]s.", orgs.Kind(o.Kind).Text().ZH, orgs.Kind(o.Kind).Text().EN)
}

// publicInstitution is how the credit codes of public institutions begin (GB 32100).
const publicInstitution = "12"

// over tells that it was ended already, or never was so.
func (g Grant) over() bool { return g.Void || g.EndReason != "" }

func (r *Result) mayEndGrant() error {
	if !slices.ContainsFunc(r.Grants, func(g Grant) bool { return !g.over() }) {
		return fault.WrongState.Because("没有可终止的赋权。", "There is no grant to end.")
	}
	return nil
}

// completed is a grant as it is recorded: of a single inventor all of the inventors' side, from the day of the agreement on.
func (g Grant) completed() Grant {
	g.Inventors = slices.Clone(g.Inventors)
	if len(g.Inventors) == 1 {
		g.Inventors[0].Share = cmp.Or(g.Inventors[0].Share, allShares)
	}
	if g.ValidFrom.IsZero() {
		g.ValidFrom = g.AgreedOn
	}
	return g
}

// checkGrant holds a grant to its rules, on a day.
func (r *Result) checkGrant(g Grant, today when.Day) error {
	var bad fault.Fields
	fault.Offered(&bad, g.Kind, "/kind", []GrantKind{GrantOwnership, GrantUse})
	bad.Check(len(g.Inventors) > 0, "/inventors", fault.Required, "须写明赋予哪些完成人", "Say to which inventors")
	bad.Check(len(g.Inventors) <= maxInventors, "/inventors", fault.TooManyItems, "至多 %[1]d 名完成人", "At most %[1]d inventors", maxInventors)
	sum := 0
	for i, v := range g.Inventors {
		at, form := fmt.Sprintf("/inventors/%d", i), codes.NameForm(v.Name)
		text.Named(&bad, v.Name, at+"/name", 1, 50)
		bad.Check(slices.ContainsFunc(r.Inventors, func(made Inventor) bool { return codes.NameForm(made.Name) == form }), at+"/name", fault.NotOffered,
			"“%[1]s”不在本成果的完成人之中，请先在成果中列出", "%[1]q is none of the result's inventors; list them there first", v.Name)
		bad.Check(!slices.ContainsFunc(g.Inventors[:i], func(other GrantInventor) bool { return codes.NameForm(other.Name) == form }), at+"/name", fault.Twice, "与前面一人相同", "The same as one before")
		bad.Check(v.Share > 0 && v.Share <= allShares, at+"/share_bp", fault.OutOfRange, "份额为 1 至 10000（万分之一）", "A share is 1 to 10000 basis points")
		sum += v.Share
	}
	bad.Check(len(g.Inventors) == 0 || sum == allShares, "/inventors", fault.NotTheSum, "完成人之间的份额合计 %[1]d，须为 10000（万分之一）", "Their shares sum to %[1]d basis points and must be 10000", sum)
	bad.Check(g.Share > 0 && g.Share <= allShares, "/inventors_share_bp", fault.OutOfRange, "份额为 1 至 10000（万分之一）", "A share is 1 to 10000 basis points")

	bad.Check(!g.AgreedOn.IsZero(), "/agreed_on", fault.Required, "须填协议签订日", "The day of the agreement is needed")
	when.NotAhead(&bad, g.AgreedOn, today, "/agreed_on")
	bad.Check(!g.NoticeFirst.IsZero(), "/notice_first_day", fault.Required, "须填公示首日", "The first day of the notice is needed")
	bad.Check(!g.NoticeLast.Before(g.NoticeFirst), "/notice_last_day", fault.BeforeStart, "末日早于首日", "The last day lies before the first")
	bad.Check(g.NoticeLast.Before(g.NoticeFirst) || g.NoticeLast.Since(g.NoticeFirst)+1 >= leastNotice, "/notice_last_day", fault.OutOfRange,
		"本单位公示不少于 %[1]d 日（含首尾两日）", "The notice in the unit takes %[1]d days at least, its first and last included", leastNotice)
	bad.Check(g.NoticeLast.Before(g.AgreedOn), "/agreed_on", fault.BeforeStart, "协议在公示期满之后签订，即 %[1]s 或以后", "The agreement is signed after the notice, on %[1]s or later", g.NoticeLast.AddDays(1))
	bad.Length(g.Evidence, "/evidence", 2, 2000)

	bad.Check(!g.ValidFrom.Before(g.AgreedOn), "/valid_from", fault.BeforeStart, "起日早于协议签订日", "It begins before the agreement")
	if latest := g.AgreedOn.AddMonths(latestStart); !g.AgreedOn.IsZero() {
		bad.Check(!g.ValidFrom.After(latest), "/valid_from", fault.OutOfRange, "起日至多在协议签订后一年，即不晚于 %[1]s", "It begins a year after the agreement at most, by %[1]s", latest)
	}
	if g.Kind == GrantOwnership {
		bad.Check(g.ValidTo.IsZero(), "/valid_to", fault.Unexpected, "赋予所有权没有止日", "Ownership is granted without an end")
	} else if !g.ValidTo.IsZero() {
		least := g.ValidFrom.AddMonths(leastUse).AddDays(-1)
		bad.Check(!g.ValidTo.Before(least), "/valid_to", fault.OutOfRange, "长期使用权不少于 10 年，至少到 %[1]s", "Use for a long term is for ten years at least, until %[1]s", least)
	}
	for _, other := range r.Grants {
		apart := other.Void || !other.ValidTo.IsZero() && other.ValidTo.Before(g.ValidFrom) || !g.ValidTo.IsZero() && g.ValidTo.Before(other.ValidFrom)
		bad.Check(apart, "/valid_from", fault.Twice, "与 %[1]s 起的一项赋权期间重叠，请先终止那一项", "Its days overlap with those of a grant from %[1]s on; end that first", other.ValidFrom)
	}
	return bad.Err()
}

// Grant records that rights in a result were granted to its inventors; by a member of the owner.
func (s *Service) Grant(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Grant) (Answer, error) {
	return listings.Live(ctx, s.unit, call, id, version, policy.ResultGrant, func(tx *work.Tx, r *Result) error {
		if err := r.mayGrant(); err != nil {
			return err
		}
		if err := mayGrantRights(tx.DB, r); err != nil {
			return err
		}
		g := in.completed()
		if err := r.checkGrant(g, when.DayOf(tx.Now)); err != nil {
			return err
		}
		g.ID, g.RecordedBy = work.NewID(), &tx.Call.Actor.Account
		r.Grants = append(slices.Clone(r.Grants), g)
		return nil
	}, false)
}

// GrantEnd is how a grant ends: on a day, or, without one, it never was so.
type GrantEnd struct {
	Grant   uuid.UUID
	LastDay when.Day
	Reason  string
}

// EndGrant ends a grant; by a member of the owner.
func (s *Service) EndGrant(ctx context.Context, call work.Call, id uuid.UUID, version int64, in GrantEnd) (Answer, error) {
	return listings.Live(ctx, s.unit, call, id, version, policy.ResultGrantEnd, func(tx *work.Tx, r *Result) error { return r.endGrant(in, when.DayOf(tx.Now)) }, false)
}

func (r *Result) endGrant(in GrantEnd, today when.Day) error {
	if err := r.mayEndGrant(); err != nil {
		return err
	}
	grants := slices.Clone(r.Grants)
	i := slices.IndexFunc(grants, func(g Grant) bool { return g.ID == in.Grant })
	if i < 0 {
		return fault.InvalidInput.At("/grant_id", fault.UnknownRecord, "本成果没有这项赋权", "The result has no such grant")
	}
	g := &grants[i]
	if g.over() {
		return fault.WrongState.Because("这项赋权已经终止或作废，理由已记录，不再更改。", "This grant was ended before, or never was so; the reason stands.")
	}
	var bad fault.Fields
	bad.Length(in.Reason, "/reason", 2, 2000)
	switch {
	case in.LastDay.IsZero():
		g.Void = true
	case g.ValidFrom.After(today): // it ends before it began, so that it never is in force
		bad.Check(!in.LastDay.Before(g.AgreedOn), "/last_day", fault.BeforeStart, "止日早于协议签订日", "The last day lies before the agreement")
		when.NotAhead(&bad, in.LastDay, today, "/last_day")
		g.Void = true
	default:
		bad.Check(!in.LastDay.Before(g.ValidFrom), "/last_day", fault.BeforeStart, "止日早于起日；从未成立的不填止日", "The last day lies before the first; leave it out where it never was so")
		bad.Check(g.ValidTo.IsZero() || in.LastDay.Before(g.ValidTo), "/last_day", fault.OutOfRange, "止日须早于原止日 %[1]s", "It must be earlier than before, %[1]s", g.ValidTo)
		when.NotAhead(&bad, in.LastDay, today, "/last_day")
		g.ValidTo = in.LastDay
	}
	g.EndReason = in.Reason
	if err := bad.Err(); err != nil {
		return err
	}
	r.Grants = grants
	return nil
}
