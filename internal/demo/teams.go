package demo

import (
	"jiebang/internal/deals"
	"jiebang/internal/teams"
	"jiebang/internal/when"
)

// publishTeam lists a team of a university or institute, with the results that it names.
func (s *seeder) publishTeam(t team) error {
	content := teams.Content{
		Title: t.Title, Introduction: t.Introduction, Keywords: t.Keywords, Field: t.Field, OtherFields: t.OtherFields, Chains: t.Chains,
		Leader: teams.Person{Name: t.Leader.Name, Title: t.Leader.Title, Role: t.Leader.Role}, Capabilities: t.Capabilities, Seeks: t.Seeks, Equipment: t.Equipment,
		PastResults: t.PastResults,
	}
	for _, p := range t.People {
		content.People = append(content.People, teams.Person{Name: p.Name, Title: p.Title, Role: p.Role, Named: &p.Named})
	}
	for _, key := range t.Results {
		content.ResultIDs = append(content.ResultIDs, s.results[key])
	}
	var kept []teams.Programme
	if p := t.Programme; p != nil {
		part := teams.Programme{Name: p.Name, From: when.DayOf(s.day(p.MonthsAgo, p.Day, 0)), Evidence: p.Evidence}
		if p.Kept {
			kept = []teams.Programme{part}
		} else {
			content.Claimed = []teams.Programme{part}
		}
	}
	editor := s.editor[t.Owner]
	id, err := create(s, editor, s.Teams.Create, teams.Input{Owner: s.orgs[t.Owner], Content: content})
	if err != nil {
		return err
	}
	s.teams[t.Key] = id
	if err := change(s, editor, s.Teams.Submit, id, 1); err != nil {
		return err
	}
	if err := change(s, s.second[t.Owner], s.Teams.Publish, id, 2); err != nil || kept == nil {
		return err
	}
	return decide(s, s.role["operator"], s.Teams.KeepProgrammes, id, 3, kept)
}

// askTeam has the enterprise whose need no result here answers ask the team that could take it up.
func (s *seeder) askTeam() error {
	for _, t := range s.data.Teams {
		for _, n := range s.data.Needs {
			if len(n.Answers) > 0 || n.Key != t.Answers[0] {
				continue
			}
			team, need := s.teams[t.Key], s.needs[n.Key]
			_, err := create(s, s.editor[n.Owner], s.Deals.Propose, deals.Proposal{
				From: s.orgs[n.Owner], Team: &team, Need: &need, Message: "现成的成果里没有找到合适的，贵团队的方向与我们的问题很接近，想请到现场看一看，商量能否承接。",
			})
			return err
		}
	}
	return nil
}
