package rig

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/challenges"
	"jiebang/internal/codes"
	"jiebang/internal/money"
	"jiebang/internal/programmes"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// rewards are in each of the hall's bands, in yuan.
var rewards = []money.Fen{300_000, 800_000, 2_600_000, 6_000_000, 12_000_000}

// Posted puts n challenges into the hall, of organizations in turn, a third of them masked, with deadlines of the next sixty days. They are
// written as they stand when they are published: the way there takes five transactions each, which are no part of what is measured.
func (r *Rig) Posted(ctx context.Context, of []Organization, n int) error {
	operator, err := r.App.ActorNamed(ctx, r.Operator.Username)
	if err != nil {
		return err
	}
	call := work.Call{Operation: "bench", Actor: operator}
	round := &programmes.Round{Code: "BENCH-1", Name: "测量用批次", Level: programmes.City, Chains: []string{}, State: programmes.Open, Budget: 1_000_000_000 * money.Yuan, EnteredBy: operator.Account}
	_, err = r.App.Unit.Do(ctx, call, func(tx *work.Tx) error {
		today := when.DayOf(tx.Now)
		round.Head, round.Year, round.PostFrom, round.PostTo = tx.NewHead(), today.Year(), today, today
		return work.Insert(tx, "round.create", round)
	})
	if err != nil {
		return err
	}
	fields, chains := codes.Fields.All(), []string{"environmental", "new_energy_vehicles", "robotics", "aviation"}
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	for part := range slices.Chunk(numbers, 500) {
		_, err := r.App.Unit.Do(ctx, call, func(tx *work.Tx) error {
			rows := make([]*challenges.Challenge, len(part))
			for k, i := range part {
				said := Content(i)
				number, at, deadline := fmt.Sprintf("BENCH-1-%05d", i+1), tx.Now, tx.Now.Add(time.Hour*time.Duration(1+i%1440))
				reward := rewards[i%len(rewards)] * money.Yuan
				rows[k] = &challenges.Challenge{
					Head: tx.NewHead(), RoundID: round.ID, OwnerID: of[i%len(of)].ID, Number: &number, State: challenges.Published, CreatedBy: operator.Account,
					PublishedBy: &operator.Account, PublishedAt: &at, Advisers: []uuid.UUID{}, Deadline: &deadline, Nth: 1,
					Content: challenges.Content{
						Title: said.Title + "攻关", Problem: said.Abstract, Background: "现有产线运行十年，能耗与废品率偏高。", Keywords: said.Keywords, Field: string(fields[i%len(fields)].Code),
						Chains: []string{chains[i%len(chains)]}, IPArrangement: "成果归揭榜方所有，发榜方享有五年独占使用权。", Bottleneck: i%5 == 0, Masked: i%3 == 0,
						Indicators: []challenges.Indicator{{Name: "运行能耗", Unit: "kW·h/t", Comparison: challenges.AtMost, Value: "120", Method: "由第三方连续测定七日"}},
						Reward:     challenges.Reward{Amount: reward, Mode: challenges.PayMilestones, Funders: []challenges.Funder{{Kind: challenges.PosterPays, Amount: reward}}},
					},
				}
			}
			return work.InsertAll(tx, "challenge.publish", rows)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
