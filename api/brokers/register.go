package brokers

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/indicators"
	"jiebang/internal/people"
	"jiebang/internal/work"
)

// RegisterRoutes hangs what everybody may read of brokers on the edge.
func RegisterRoutes(e *edge.Edge, p *people.Service, i *indicators.Service) {
	edge.List(e, "listBrokers", edge.Kind[people.BrokerView, wire.Broker]{Wire: writtenBroker}, p.ListBrokers)
	edge.Plain(e, "getBroker", func(ctx context.Context, call work.Call, q struct {
		ID uuid.UUID `path:"id"`
	}) (wire.BrokerRecord, error) {
		b, err := p.Broker(ctx, call.Actor, q.ID)
		if err != nil {
			return wire.BrokerRecord{}, err
		}
		record, err := i.TrackRecord(ctx, call.Actor, q.ID)
		if err != nil {
			return wire.BrokerRecord{}, err
		}
		return writtenRecord(&b, &record), nil
	})
}

func writtenBroker(b *people.BrokerView) wire.Broker {
	w := wire.Broker{Id: b.AccountID, Name: b.Name, Chains: wire.ChainsOf(b.Chains), Regions: wire.PlacesOfWork(b.Regions), Since: wire.DateOf(b.Since)}
	if b.Level != "" {
		w.Level = wire.Ptr(wire.BrokerLevel(b.Level))
	}
	if b.Agency != nil {
		w.Agency = wire.Ptr(wire.RefOf(*b.Agency))
	}
	return w
}

func writtenRecord(b *people.BrokerView, r *indicators.TrackRecord) wire.BrokerRecord {
	w := wire.BrokerRecord{Broker: writtenBroker(b), Disclosure: wire.Disclosure("public"), AsOf: wire.DateOf(r.AsOf), Years: make([]wire.BrokerYear, len(r.Years))}
	if r.Full {
		w.Disclosure = wire.Disclosure("full")
	}
	if r.Withheld {
		w.Withheld = wire.Ptr(true)
	}
	for i, y := range r.Years {
		w.Years[i] = wire.BrokerYear{Year: y.Year, Contracts: y.Contracts}
		if y.Since != 0 {
			w.Years[i].Since = wire.Ptr(y.Since)
		}
		if r.Full {
			w.Years[i].Turnover, w.Years[i].TechnologyAmount = wire.Ptr(wire.AmountOf(y.Turnover)), wire.Ptr(wire.AmountOf(y.Technology))
		}
	}
	return w
}
