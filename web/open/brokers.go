package open

import (
	"errors"
	"net/http"
	"net/url"

	"jiebang/api/wire"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// brokers is who is in the register, narrowed as the address asks.
func brokers(p *site.Page) error {
	names := []string{"name", "level", "chain", "region", "agency_id"}
	query := url.Values{"limit": {"50"}}
	refused, err := ui.Questions(p, filters(p, "listBrokers", append(names, "cursor")...), query)
	if err != nil {
		return err
	}
	var list wire.BrokerList
	if refused == nil {
		list, err = site.Get[wire.BrokerList](p, "listBrokers", "", query)
		if errors.As(err, &refused) && refused.Status == http.StatusBadRequest {
			err = nil
		}
		if err != nil {
			return err
		}
	}
	p.Canonical, p.Description = "/brokers", p.T("broker.lead")
	return p.Show(p.T("broker.title"), brokersPage(p, list, filters(p, "listBrokers", names...), refused))
}

// broker is what everybody may know of one.
func broker(p *site.Page) error {
	id := p.Context.Param("id")
	r, err := site.Get[wire.BrokerRecord](p, "getBroker", id, nil)
	if err != nil {
		return err
	}
	p.Canonical, p.Description = "/brokers/"+id, p.T("broker.lead")
	return p.Show(r.Broker.Name, brokerPage(p, r))
}
