package apitest

import "time"

// ComplaintBody is a report of a result of the university that is published for it.
func (s *Stage) ComplaintBody() J {
	id, _ := s.ResultIn("published")
	return J{"object_kind": "result", "object_id": id, "ground": "wrong_owner", "text": "该装置的专利权人是我单位，发布单位未获许可。"}
}

// ComplaintIn makes a report by the enterprise of a result of the university: filed, upheld (by the deputy), or appealed.
func (s *Stage) ComplaintIn(state string) (id, etag string) {
	s.Helper()
	// A stage has more of them than one person makes in a day: each is of a day of its own, long before.
	body, now := s.ComplaintBody(), s.Clock.Now()
	s.complained++
	s.Clock.Set(now.AddDate(-1, 0, s.complained).Format(time.RFC3339))
	r := s.Buyer.Post("/v1/complaints", body).Want(201)
	s.Clock.Set(now.Format(time.RFC3339))
	id = r.Text("id")
	if state != "filed" {
		r = s.Deputy.Act("/v1/complaints/"+id+"/answer", r.ETag, ComplaintUpheld).Want(200)
	}
	if state == "appealed" {
		r = s.Editor.Act("/v1/complaints/"+id+"/appeal", s.Editor.Get("/v1/complaints/"+id).Want(200).ETag, ComplaintAppeal).Want(200)
	}
	return id, r.ETag
}

// What is said of reports.
var (
	ComplaintUpheld     = J{"outcome": "upheld", "reason": "经核对专利登记簿，发布单位不是专利权人。"}
	ComplaintAppeal     = J{"text": "我校已受让该专利，转让登记已完成，请复核。"}
	ComplaintOverturned = J{"outcome": "overturned", "reason": "登记簿显示转让已于发布前生效，决定应予撤销。"}
)
