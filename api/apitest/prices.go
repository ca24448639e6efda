package apitest

import (
	"time"

	"jiebang/internal/notices"
)

// NegotiatedDeal is a deal about the university's result that is being negotiated.
func (s *Stage) NegotiatedDeal() (id, etag string) {
	s.Helper()
	id, etag = s.Deal()
	for _, stage := range []string{"contacting", "negotiating"} {
		etag = s.Editor.Act("/v1/deals/"+id+"/advance", etag, J{"stage": stage}).Want(200).ETag
	}
	return id, etag
}

// AgreedDeal is such a deal that both sides have agreed on.
func (s *Stage) AgreedDeal() (id, etag string) {
	s.Helper()
	id, _ = s.NegotiatedDeal()
	for _, side := range []*Client{s.Editor, s.Buyer} {
		side.Act("/v1/deals/"+id+"/advance", side.Get("/v1/deals/"+id).ETag, J{"stage": "agreed"}).Want(200)
	}
	return id, s.Editor.Get("/v1/deals/" + id).Want(200).ETag
}

// ShownDeal is a deal that is negotiated, whose price is being shown.
func (s *Stage) ShownDeal() (id, etag string) {
	s.Helper()
	id, etag = s.NegotiatedDeal()
	return id, s.Editor.Act("/v1/deals/"+id+"/price-notice", etag, s.PriceNoticeBody()).Want(200).ETag
}

// PriceNoticeBody is a price of a licence that is shown.
func (*Stage) PriceNoticeBody() J {
	return J{"way": "license", "price": Money("1250000.00"), "contact": "科技处"}
}

// PriceRecordBody is such a price that was shown elsewhere.
func (*Stage) PriceRecordBody() J {
	return J{"mode": "agreement", "way": "license", "price": Money("1250000.00"), "first_day": "2026-02-01", "last_day": "2026-02-15", "place": "校园网公告栏", "evidence": "校科〔2026〕3 号"}
}

// EndPriceNotice moves the clock past the last day of the notice of a deal's price and ends it, as its job does.
func (s *Stage) EndPriceNotice(deal string) {
	s.Helper()
	r := s.Editor.Get("/v1/deals/" + deal).Want(200)
	last, err := time.Parse("2006-01-02 MST", r.Text("pricing", "last_day")+" CST")
	if err != nil {
		s.Fatal(err)
	}
	if at := time.Date(last.Year(), last.Month(), last.Day()+1, 0, 0, 0, 0, time.Local); s.Clock.Now().Before(at) {
		s.Clock.Set(at.Format(time.RFC3339Nano))
		s.SignInAgain()
	}
	s.run(notices.Ending(), r.Text("pricing", "notice_id"))
}

// LicenceTerms are those of a licence of the university's result, signed on a day for a price.
func (s *Stage) LicenceTerms(signed, price string) J {
	return Terms(s.Uni, s.Firm, J{
		"title": "低温等离子体净化技术许可", "subkind": "license", "signed_on": signed, "effective_on": signed, "expires_on": "2028-02-29", "turnover": Money(price),
		"deductions": nil, "targets": nil, "acceptance": nil, "ip_kind": "technical_secret",
	})
}
