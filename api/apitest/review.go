package apitest

import (
	"github.com/google/uuid"

	"jiebang/internal/kinds"
	"jiebang/internal/notices"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/review"
	"jiebang/internal/work"
)

// Tell runs a function of a package by an operator, as the use case of another package would: of what has no operation of its own.
func (s *Stage) Tell(fn func(tx *work.Tx) error) {
	s.Helper()
	actor := policy.Actor{Account: uuid.MustParse(s.Account(s.Operator)), Operator: true}
	if _, err := s.App.Unit.Do(s.Context(), work.Call{Operation: "test", Actor: actor}, fn); err != nil {
		s.Fatal(err)
	}
}

// Notice proposes the university for a subject of its own; the people of a concealed organization handle no objection to it.
func (s *Stage) Notice(concealed string) (id string) {
	s.Helper()
	in := notices.Input{
		Title: "关于拟揭榜单位的公示", Period: notices.Lawful(7), Concealed: []string{orgs.IDTie(uuid.MustParse(concealed))},
		Lines: []notices.Line{{Name: "盛北理工大学", Organization: uuid.MustParse(s.Uni), What: "低温电解液研制"}},
	}
	s.Tell(func(tx *work.Tx) error {
		n, err := notices.Open(tx, kinds.Subject{Kind: "challenge", ID: uuid.New(), Title: "低温电解液研制"}, in)
		if err == nil {
			id = n.ID.String()
		}
		return err
	})
	return id
}

// ObjectionBody is what a person objects with.
func (*Stage) ObjectionBody() J {
	return J{"filer": J{"kind": "person", "name": "张三", "telephone": "13800000000"}, "text": "该单位不具备公示所述的试验条件。"}
}

// Objection has somebody object to a notice.
func (s *Stage) Objection(notice string, by *Client, state string) (id, etag string) {
	s.Helper()
	body := s.ObjectionBody()
	if state == "incomplete" {
		body["filer"] = J{"kind": "person", "name": "张三"}
	}
	r := by.Post("/v1/notices/"+notice+"/objections", body).Want(201)
	id, etag = r.Text("id"), `"1"`
	if state == "accepted" || state == "answered" {
		etag = s.Operator.Act("/v1/objections/"+id+"/accept", etag, nil).Want(200).ETag
	}
	if state == "answered" {
		etag = s.Operator.Act("/v1/objections/"+id+"/answer", etag, J{"outcome": "dismissed", "text": "经核查，公示内容属实。"}).Want(200).ETag
	}
	return id, etag
}

// Marks are scores for each criterion of a panel of Panel's.
func (*Stage) Marks(item string) J {
	mark := J{"score": "82.5", "reason": "方案可行"}
	return J{"item_id": item, "marks": []J{mark, mark}, "final": true}
}

// Panel draws three reviewers for one item; the first of them leads. It is led to a state: asked (nobody has answered), accepted (all have), scored,
// consensus, or agreed.
func (s *Stage) Panel(first, second, third *Client, state string) (panel, item string, parts []string) {
	s.Helper()
	reviewers := []*Client{first, second, third}
	var in review.Input
	in.Rules = review.Rules{
		Criteria: []review.Criterion{{Name: "技术路线", Weight: 6000}, {Name: "指标可达", Weight: 4000}}, Threshold: 80_000, MinReviewers: 3, Outliers: review.KeepAll,
		Ties: review.ByCriteria, Decides: review.ByMean,
	}
	in.Items = []uuid.UUID{uuid.New()}
	var ids []uuid.UUID
	for _, c := range reviewers {
		ids = append(ids, uuid.MustParse(s.Account(c)))
		in.Draw.Candidates = append(in.Draw.Candidates, review.Candidate{Account: ids[len(ids)-1]})
	}
	in.Draw.Wanted, in.Draw.Receipts = len(ids), []string{"sha-256:1"}
	for in.Draw.Secret == nil || review.Draw(review.Seed(in.Draw.Receipts, in.Draw.Secret), ids, 1)[0] != ids[0] {
		in.Draw.Secret, in.Draw.Commitment = review.NewSecret()
	}
	s.Tell(func(tx *work.Tx) error {
		p, err := review.Create(tx, kinds.Subject{Kind: "challenge", ID: uuid.New(), Title: "低温电解液研制"}, in)
		if err == nil {
			panel = p.ID.String()
		}
		return err
	})
	for _, c := range reviewers {
		r := c.Get("/v1/reviews?panel_id=" + panel).Want(200)
		id, tag := r.Text("items", 0, "id"), `"1"`
		parts = append(parts, id)
		if state == "asked" {
			continue
		}
		r = c.Act("/v1/reviews/"+id+"/accept", tag, nil).Want(200)
		item = r.Text("items", 0, "id")
		if state == "scored" || state == "consensus" || state == "agreed" {
			c.Act("/v1/reviews/"+id+"/score", r.ETag, s.Marks(item)).Want(200)
		}
	}
	if state == "consensus" || state == "agreed" {
		s.Operator.Act("/v1/review-panels/"+panel+"/close-scoring", s.Operator.Get("/v1/review-panels/"+panel).Want(200).ETag, nil).Want(200)
	}
	if state == "agreed" {
		s.Agree(first, "/v1/reviews/"+parts[0], s.Agreement(item))
	}
	return panel, item, parts
}

// Agreement is what reviewers agree on about an item.
func (*Stage) Agreement(item string) J {
	return J{"item_id": item, "score": "81", "reason": "经合议，方案总体可行"}
}

// Agree records it.
func (s *Stage) Agree(by *Client, review string, body J) {
	s.Helper()
	by.Act(review+"/consensus", by.Get(review).Want(200).ETag, body).Want(200)
}

// AgreeAll has whoever leads a panel record what they agree on, of each item.
func (s *Stage) AgreeAll(panel string, reviewers []*Client) {
	s.Helper()
	for _, by := range reviewers {
		for i := range by.Get("/v1/reviews?panel_id=" + panel).Want(200).Items() {
			review := "/v1/reviews/" + by.Get("/v1/reviews?panel_id="+panel).Text("items", i, "id")
			for _, x := range by.Get(review).Want(200).Body["items"].([]any) {
				if item := x.(map[string]any); item["leads"] == true {
					s.Agree(by, review, s.Agreement(item["id"].(string)))
				}
			}
		}
	}
}
