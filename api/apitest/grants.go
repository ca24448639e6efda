package apitest

import "fmt"

// ResultWithInventor is a published result with one inventor.
func (s *Stage) ResultWithInventor() (id, etag string) {
	r := s.Editor.Post("/v1/results", J{
		"owner_id": s.Uni, "title": fmt.Sprintf("有完成人的第 %d 项成果", s.Serial()), "field": "environment", "abstract": "喷涂车间的废气净化，去除率百分之九十五以上。", "inventors": []J{{"name": "林砚舟"}},
	}).Want(201)
	path := "/v1/results/" + r.Text("id")
	etag = s.Editor.Act(path+"/submit", r.ETag, nil).Want(200).ETag
	return r.Text("id"), s.Chief.Act(path+"/publish", etag, nil).Want(200).ETag
}

// RightsGrantBody is the use of it for ten years.
func (s *Stage) RightsGrantBody() J {
	return J{
		"kind": "long_term_use", "inventors": []J{{"name": "林砚舟"}}, "inventors_share_bp": 7000, "agreed_on": "2026-03-01", "notice_first_day": "2026-02-01", "notice_last_day": "2026-02-15",
		"evidence": "盛理工科〔2026〕3号；科技处网站公示", "valid_to": "2036-02-29",
	}
}

// GrantedResult is a published result the use of which is granted to its inventor.
func (s *Stage) GrantedResult() (id, etag, grant string) {
	id, etag = s.ResultWithInventor()
	r := s.Editor.Act("/v1/results/"+id+"/rights-grants", etag, s.RightsGrantBody()).Want(200)
	return id, r.ETag, r.Text("rights_grants", 0, "id")
}
