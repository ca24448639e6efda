package projects

import (
	"context"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/projects"
	"jiebang/internal/work"
)

// figureRoutes hangs the figures of 揭榜挂帅 on the edge.
func figureRoutes(e *edge.Edge, s *projects.Service) {
	edge.Plain(e, "getChallengeFigures", func(ctx context.Context, call work.Call, q projects.FigureQuery) (wire.ChallengeFigures, error) {
		f, err := s.Figures(ctx, call.Actor, q)
		if err != nil {
			return wire.ChallengeFigures{}, err
		}
		w := wire.ChallengeFigures{
			On: wire.DateOf(f.On), Collected: f.Collected, Published: f.Published, Closed: f.Closed, Unclaimed: f.Unclaimed, Running: f.Running, Rewards: wire.MoneyOf(f.Rewards),
			BidsReceived: f.Received, BidsOpened: f.Opened, BidsEligible: f.Eligible, Bidders: f.Bidders,
			Outside: make([]wire.ProvinceBidders, len(f.Outside)), Solved: make([]wire.SolvedAtLevel, len(f.Solved)),
		}
		for i, p := range f.Outside {
			w.Outside[i] = wire.ProvinceBidders{Region: wire.Some(p.Region), RegionName: wire.RegionName(p.Region), Bidders: p.Bidders}
		}
		for i, x := range f.Solved {
			w.Solved[i] = wire.SolvedAtLevel{Level: wire.SolutionLevel(x.Level), Problems: x.Problems}
		}
		if in := f.Inner; in != nil {
			w.Bureau = &wire.ChallengeBureauFigures{
				TargetsChecked: in.TargetsChecked, TargetsMet: in.TargetsMet, Paid: wire.MoneyOf(in.Paid), Granted: wire.MoneyOf(in.Granted), Recovered: wire.MoneyOf(in.Recovered),
				FollowedHere:      wire.FollowedContracts{Contracts: in.Here.Contracts, Amount: wire.MoneyOf(in.Here.Amount)},
				FollowedElsewhere: wire.FollowedContracts{Contracts: in.Elsewhere.Contracts, Amount: wire.MoneyOf(in.Elsewhere.Amount)},
			}
		}
		return w, nil
	})
}
