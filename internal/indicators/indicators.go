// Package indicators holds what happened against what was to be reached: definitions, yearly targets, actuals, their pace and what the year may
// end with, and reports of months that are over, frozen with their definitions and the ledger's head.
//
// It counts nothing that another package counts: turnover, and what the public may know of it, is the ledger's (ledger.Turnover), grades are
// of orgs, challenges of projects. What no package answers, the share of local conversion by dated lists, it reads itself (query_*.go).
package indicators

import (
	"jiebang/internal/ledger"
	"jiebang/internal/projects"
	"jiebang/internal/work"
)

// Service runs the use cases about indicators.
type Service struct {
	unit     *work.Unit
	ledger   *ledger.Service
	projects *projects.Service
}

// New makes the service.
func New(unit *work.Unit, l *ledger.Service, p *projects.Service) *Service {
	return &Service{unit, l, p}
}
