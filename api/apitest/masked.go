package apitest

// MaskedNeed publishes a need of the enterprise without its name, and gives its id.
func (s *Stage) MaskedNeed(title string) (id string) {
	r := s.Buyer.Post("/v1/needs", J{
		"owner_id": s.Firm, "title": title, "problem": "冷却水管结垢快，换热器三个月就要酸洗一次，影响生产。", "field": "environment", "masked": true, "external_ids": Named(title),
	}).Want(201)
	path := "/v1/needs/" + r.Text("id")
	r = s.Buyer.Act(path+"/submit", r.ETag, nil).Want(200)
	s.Buyer2.Act(path+"/publish", r.ETag, nil).Want(200)
	return r.Text("id")
}

// Named is what its owner calls a masked need.
func Named(title string) []J { return []J{{"scheme": "erp", "id": "ERP-" + title}} }
