package work

import (
	"errors"

	"jiebang/internal/fault"
)

// Try runs one of several steps of a use case whose outcomes are told one by one: a step that is refused leaves nothing behind, neither rows nor
// what it recorded, and the others go on. Any other error ends them all.
func (tx *Tx) Try(step func() error) (refused *fault.Error, err error) {
	const name = "step"
	if err := tx.SavePoint(name).Error; err != nil {
		return nil, err
	}
	audits, details, changes, subject := len(tx.audits), len(tx.details), len(tx.changes), tx.subject
	err = step()
	if err == nil || !errors.As(err, &refused) {
		return nil, err
	}
	tx.audits, tx.details, tx.changes, tx.subject = tx.audits[:audits], tx.details[:details], tx.changes[:changes], subject
	return refused, tx.RollbackTo(name).Error
}
