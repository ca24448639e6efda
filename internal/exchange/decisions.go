package exchange

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"jiebang/internal/contracts"
	"jiebang/internal/fault"
	"jiebang/internal/listing"
	"jiebang/internal/work"
)

// Applications is the kind of step by which registrars decide about several applications at once.
const Applications = "application"

// What is decided about applications.
const (
	StartReview       Action = "start_review"
	Pass              Action = "pass"
	Grant             Action = "grant"
	Refuse            Action = "refuse"
	RequestSupplement Action = "request_supplement"
	HandOver          Action = "hand_over"
	Release           Action = "release"
)

// MaxDecisions is how many applications one call decides about: each is a transaction of its own, since each locks its contract and, where it is
// granted, the end of the ledger.
const MaxDecisions = 200

// Deciding is an application that is decided about: the version that was read, and what is its own where it is granted.
type Deciding struct {
	ID             uuid.UUID
	Version        int64
	OfficialNumber string
	TwinReason     string
}

// decide takes the same decision about several applications, in their order, each by the very use case that decides about one. So that a call whose
// answer was lost can be sent again, each remembers the key of the call as its own: what was done is told as done, and the rest goes on.
func (s *Service) decide(ctx context.Context, call work.Call, step Step) (Stepped, error) {
	if err := step.checkDecision(); err != nil {
		return Stepped{}, err
	}
	var out Stepped
	for _, d := range step.Deciding {
		one := call
		if call.Key != "" {
			one.Key = call.Key + " " + d.ID.String()
		}
		answer, err := s.decideOne(ctx, one, step, d)
		fate := listing.Fate{Outcome: listing.Changed, ID: d.ID, Version: answer.View.Version}
		if refused, is := fault.As(err); is && lasting(refused) {
			fate = listing.Fate{Outcome: listing.Refused, ID: d.ID, Err: refused}
		} else if err != nil {
			return out, err
		}
		out.Fates = append(out.Fates, fate)
	}
	return out, nil
}

func (s *Service) decideOne(ctx context.Context, call work.Call, step Step, d Deciding) (contracts.ApplicationAnswer, error) {
	switch step.Action {
	case StartReview:
		return s.contracts.StartReview(ctx, call, d.ID, d.Version)
	case Pass:
		return s.contracts.Pass(ctx, call, d.ID, d.Version, step.Note)
	case Grant:
		return s.contracts.Grant(ctx, call, d.ID, d.Version, contracts.Grant{OfficialNumber: d.OfficialNumber, TwinReason: d.TwinReason})
	case Refuse:
		return s.contracts.Refuse(ctx, call, d.ID, d.Version, step.Reason)
	case RequestSupplement:
		return s.contracts.RequestSupplement(ctx, call, d.ID, d.Version, step.Note)
	case HandOver:
		return s.contracts.HandOver(ctx, call, d.ID, d.Version, step.Username)
	}
	return s.contracts.Release(ctx, call, d.ID, d.Version)
}

// checkDecision holds a decision to what its action needs.
func (s Step) checkDecision() error {
	var bad fault.Fields
	fault.Offered(&bad, s.Action, "/action", []Action{StartReview, Pass, Grant, Refuse, RequestSupplement, HandOver, Release})
	bad.Check(len(s.IDs) == 0, "/ids", fault.Unexpected, "办件以 applications 给出", "Applications are given in applications")
	bad.Check(s.Import == uuid.Nil, "/import_id", fault.Unexpected, "办件以 applications 给出", "Applications are given in applications")
	bad.Check(len(s.Deciding) > 0, "/applications", fault.Required, "请给出要办理的办件", "Say which applications")
	bad.Check(len(s.Deciding) <= MaxDecisions, "/applications", fault.TooManyItems, "一次最多 %[1]d 件", "At most %[1]d at a time", MaxDecisions)
	for i, d := range s.Deciding {
		at := fmt.Sprintf("/applications/%d", i)
		bad.Check(!slices.ContainsFunc(s.Deciding[:i], func(b Deciding) bool { return b.ID == d.ID }), at+"/id", fault.Repeated, "同一办件重复给出", "It is named twice")
		bad.Check(s.Action == Grant || d.OfficialNumber == "", at+"/official_number", fault.Unexpected, "仅在登记时填写", "It goes with granting")
		bad.Check(s.Action == Grant || d.TwinReason == "", at+"/twin_reason", fault.Unexpected, "仅在登记时填写", "It goes with granting")
	}
	if s.Action == Refuse {
		bad.Length(s.Reason, "/reason", 2, 2000)
	}
	if s.Action == RequestSupplement {
		bad.Length(s.Note, "/note", 2, 2000)
	}
	bad.Check(s.Action != HandOver || s.Username != "", "/username", fault.Required, "请填写转交给谁", "Say whom it goes to")
	return bad.Err()
}
