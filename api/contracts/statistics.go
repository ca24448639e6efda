package contracts

import (
	"jiebang/api/wire"
	"jiebang/internal/contracts"
)

func writtenStatistics(s *contracts.Statistics) wire.DeskStatistics {
	w := wire.DeskStatistics{
		From: wire.DateOf(s.From), To: wire.DateOf(s.To), On: wire.DateOf(s.On),
		Offices: make([]wire.OfficeStatistics, len(s.Offices)), Registrars: make([]wire.RegistrarStatistics, len(s.Registrars)),
	}
	for i, o := range s.Offices {
		w.Offices[i] = wire.OfficeStatistics{
			Office: o.Office, OfficeName: wire.Some(o.Name), Received: o.Received, Granted: o.Granted, Refused: o.Refused, Withdrawn: o.Withdrawn, Late: o.Late,
			MedianWorkingDays: o.Median, Open: o.Open, Overdue: o.Overdue,
		}
	}
	for i, r := range s.Registrars {
		w.Registrars[i] = wire.RegistrarStatistics{
			Registrar: wire.PersonOf(*r.Registrar), First: r.First, Second: r.Second, Granted: r.Granted, Refused: r.Refused, Late: r.Late,
			MedianWorkingDays: r.Median, Holding: r.Holding, Overdue: r.Overdue,
		}
	}
	return w
}
