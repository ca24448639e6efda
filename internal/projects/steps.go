package projects

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"jiebang/internal/accounts"
	"jiebang/internal/challenges"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/programmes"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// change runs a use case on one project.
func (s *Service) change(ctx context.Context, call work.Call, id uuid.UUID, version int64, action policy.Action, method func(tx *work.Tx, p *Project) error) (Answer, error) {
	return s.records().Change(ctx, s.unit, call, id, version, action, method)
}

// end is change for what may end a project: it holds the challenge, so that of two projects that end at once the second sees the first.
func (s *Service) end(ctx context.Context, call work.Call, id uuid.UUID, version int64, action policy.Action, method func(tx *work.Tx, p *Project) error) (Answer, error) {
	return s.change(ctx, call, id, version, action, func(tx *work.Tx, p *Project) error {
		if _, err := work.Load[challenges.Challenge](db.ForUpdate(tx.DB), p.ChallengeID); err != nil {
			return err
		}
		if err := method(tx, p); err != nil {
			return err
		}
		return follow(tx, p)
	})
}

// follow tells the challenge how its projects went: it runs once none waits for a signature any more and one runs, and it has ended when
// none goes on.
func follow(tx *work.Tx, changed *Project) error {
	var rows []Project
	if err := tx.Where("challenge_id = ? AND id <> ?", changed.ChallengeID, changed.ID).Find(&rows).Error; err != nil {
		return err
	}
	count := map[State]int{changed.State: 1}
	for _, p := range rows {
		count[p.State]++
	}
	ran := count[Running]+count[Accepted]+count[Failed]+count[Eliminated] > 0
	switch {
	case count[Pledging] == 0 && ran && count[Running] > 0:
		return challenges.Started(tx, changed.ChallengeID, "军令状已签署，开始实施。")
	case count[Pledging] == 0 && count[Running] == 0:
		note := "各项目均已结束，未通过验收。"
		if count[Accepted] > 0 {
			note = "项目通过验收。"
			if err := challenges.Started(tx, changed.ChallengeID, note); err != nil {
				return err
			}
		}
		return challenges.Finished(tx, changed.ChallengeID, count[Accepted] > 0, note)
	}
	return nil
}

// ProposeDeviation proposes that the agreement differs from a published target; by either side.
func (s *Service) ProposeDeviation(ctx context.Context, call work.Call, id uuid.UUID, version int64, in DeviationInput) (Answer, error) {
	return s.change(ctx, call, id, version, policy.ProjectDeviate, func(tx *work.Tx, p *Project) error {
		return p.deviate(in, !call.Actor.MemberOf(p.WinnerID), call.Actor.Account, tx.Now)
	})
}

// AgreeDeviation is the other side's word to one.
func (s *Service) AgreeDeviation(ctx context.Context, call work.Call, id uuid.UUID, version int64, deviation uuid.UUID) (Answer, error) {
	return s.change(ctx, call, id, version, policy.ProjectDeviate, func(tx *work.Tx, p *Project) error {
		return p.agree(deviation, call.Actor.MemberOf(p.WinnerID), call.Actor.MemberOf(p.PosterID), call.Actor.Account, tx.Now)
	})
}

// EndDeviation takes one back that the caller's side proposed, or refuses one of the other side.
func (s *Service) EndDeviation(ctx context.Context, call work.Call, id uuid.UUID, version int64, in EndInput) (Answer, error) {
	return s.change(ctx, call, id, version, policy.ProjectDeviate, func(tx *work.Tx, p *Project) error {
		return p.end(in.Deviation, in.Reason, call.Actor.MemberOf(p.WinnerID), call.Actor.MemberOf(p.PosterID), call.Actor.Account, tx.Now)
	})
}

// DraftPledge writes the pledge; by the poster.
func (s *Service) DraftPledge(ctx context.Context, call work.Call, id uuid.UUID, version int64, in PledgeInput) (Answer, error) {
	return s.change(ctx, call, id, version, policy.ProjectPledge, func(tx *work.Tx, p *Project) error {
		rows, err := plannedOf(tx.DB, []uuid.UUID{p.ID})
		if err != nil {
			return err
		}
		refs, err := orgs.Shown(tx.DB, call.Actor, []orgs.Standing{{Organization: p.WinnerID}, {Organization: p.PosterID}})
		if err != nil {
			return err
		}
		return p.draft(in, refs[0].Name, refs[1].Name, rows, when.DayOf(tx.Now))
	})
}

// Sign signs the pledge for the winner; by its administrator.
func (s *Service) Sign(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return s.end(ctx, call, id, version, policy.ProjectSign, func(tx *work.Tx, p *Project) error { return p.sign("sign", call.Actor.Account, tx.Now) })
}

// Countersign signs it for the poster.
func (s *Service) Countersign(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return s.end(ctx, call, id, version, policy.ProjectCounter, func(tx *work.Tx, p *Project) error {
		return p.sign("countersign", call.Actor.Account, tx.Now)
	})
}

// Eliminate drops one of several that run in parallel, without fault; by the poster, with a reason.
func (s *Service) Eliminate(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (Answer, error) {
	return s.end(ctx, call, id, version, policy.ProjectEliminate, func(tx *work.Tx, p *Project) error {
		if err := p.take("eliminate", tx.Now); err != nil {
			return err
		}
		p.Outcome.Reason = reason
		var others int64
		if err := tx.Model(&Project{}).Where("challenge_id = ? AND id <> ? AND state IN ?", p.ChallengeID, p.ID, []State{Pledging, Running, Accepted}).Count(&others).Error; err != nil {
			return err
		}
		if others == 0 {
			return fault.OnlyProject.New()
		}
		return nil
	})
}

// Withdraw ends it for the winner, with a reason.
func (s *Service) Withdraw(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (Answer, error) {
	return s.end(ctx, call, id, version, policy.ProjectWithdraw, func(tx *work.Tx, p *Project) error {
		p.Outcome.Reason = reason
		return p.take("withdraw", tx.Now)
	})
}

const maxExperts = 20

// NameExperts asks experts, by their user names, to check what was reached; by an operator.
func (s *Service) NameExperts(ctx context.Context, call work.Call, id uuid.UUID, version int64, usernames []string) (Answer, error) {
	return s.change(ctx, call, id, version, policy.ProjectExperts, func(tx *work.Tx, p *Project) error {
		if err := work.In(p.State, Pledging, Running); err != nil {
			return err
		}
		if len(usernames) == 0 || len(usernames) > maxExperts {
			return fault.InvalidInput.At("/experts", fault.OutOfRange, "须有 1 至 %[1]d 名专家", "There are 1 to %[1]d experts", maxExperts)
		}
		p.Experts = []uuid.UUID{}
		for i, name := range usernames {
			account, err := accounts.Find(tx.DB, name, fmt.Sprintf("/experts/%d", i))
			if err != nil {
				return err
			}
			member, err := orgs.MembershipsOf(tx.DB, []uuid.UUID{account.ID})
			if err != nil {
				return err
			}
			for _, org := range member[account.ID] {
				if org == p.WinnerID || org == p.PosterID {
					return fault.InvalidInput.At(fmt.Sprintf("/experts/%d", i), fault.NotOffered, "属于发榜方或揭榜方，须回避", "They belong to the poster or the winner")
				}
			}
			p.Experts = append(p.Experts, account.ID)
		}
		tied, err := challenges.Tied(tx.DB, p.ChallengeID, p.Experts, when.DayOf(tx.Now))
		if err != nil {
			return err
		}
		for i, account := range p.Experts {
			if _, is := tied[account]; is {
				return fault.InvalidInput.At(fmt.Sprintf("/experts/%d", i), fault.NotOffered, "与发榜方或揭榜方有关系，须回避", "They have a tie to the poster or the winner")
			}
		}
		if err := tx.Exec("DELETE FROM project_experts WHERE project_id = ?", p.ID).Error; err != nil {
			return err
		}
		for _, account := range p.Experts {
			if err := tx.Exec("INSERT INTO project_experts (project_id, account_id) VALUES (?, ?) ON CONFLICT DO NOTHING", p.ID, account).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// CheckTarget records what an expert finds of one target.
func (s *Service) CheckTarget(ctx context.Context, call work.Call, id uuid.UUID, version int64, in CheckInput) (Answer, error) {
	return s.change(ctx, call, id, version, policy.ProjectCheck, func(tx *work.Tx, p *Project) error {
		return p.check(in, call.Actor.Account, tx.Now)
	})
}

const overtaken work.Deed = "project.overtake"

// Accept concludes that the targets were reached; by an operator. If it was the first to, the others end without fault.
func (s *Service) Accept(ctx context.Context, call work.Call, id uuid.UUID, version int64, in AcceptInput) (Answer, error) {
	return s.end(ctx, call, id, version, policy.ProjectConclude, func(tx *work.Tx, p *Project) error {
		if err := p.accept(in, tx.Now); err != nil || !in.EndsOthers {
			return err
		}
		var others []Project
		if err := db.ForUpdate(tx.DB).Where("challenge_id = ? AND id <> ? AND state IN ?", p.ChallengeID, p.ID, []State{Pledging, Running}).Order("id").Find(&others).Error; err != nil {
			return err
		}
		for i := range others {
			o := &others[i]
			if err := work.Move(tx, o, overtaken, func() error {
				o.Outcome.Reason = "另一团队先达到全部指标。"
				return o.take("overtake", tx.Now)
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Fail concludes that they were not, with fault or without (尽职免责); by an operator.
func (s *Service) Fail(ctx context.Context, call work.Call, id uuid.UUID, version int64, in FailInput) (Answer, error) {
	return s.end(ctx, call, id, version, policy.ProjectConclude, func(tx *work.Tx, p *Project) error {
		granted, err := programmes.Granted(tx.DB, []uuid.UUID{p.ID})
		if err != nil {
			return err
		}
		return p.fail(in, granted[p.ID], tx.Now)
	})
}

// RecordRecovery records that money of the bureau came back from a project that failed with fault.
func (s *Service) RecordRecovery(ctx context.Context, call work.Call, id uuid.UUID, version int64, amount money.Fen) (Answer, error) {
	return s.change(ctx, call, id, version, policy.ProjectRecover, func(_ *work.Tx, p *Project) error { return p.recovered(amount) })
}
