package results

import (
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/external"
	"jiebang/internal/orgs"
)

// Results are read more often than anything else, so their rows are filled by hand. A test holds columns and fields against the
// table: a new column has its line here.
var columns = []string{
	"id", "version", "created_at", "updated_at", "state", "owner_id", "submitted_by",
	"title", "abstract", "keywords", "field", "chains", "trl", "transfer_modes", "price", "application", "advantage", "confidential",
	"return_reason", "published_at", "created_by", "published_by", "availability", "contact", "confirmed_until", "inventors", "bottleneck", "solves", "rights", "rights_grants",
	"owner_suspended", "taken_down", orgs.NameOf("results.owner_id"), external.Column("result", "results.id"),
}

func read(q *gorm.DB) ([]Result, error) {
	return db.Scan(q, columns, func(r *Result) []any {
		r.External = new(string)
		return []any{
			&r.ID, &r.Version, &r.CreatedAt, &r.UpdatedAt, &r.State, &r.OwnerID, &r.SubmittedBy,
			&r.Title, &r.Abstract, db.JSON{Into: &r.Keywords}, &r.Field, db.JSON{Into: &r.Chains}, &r.TRL, db.JSON{Into: &r.TransferModes}, db.JSON{Into: &r.Price},
			&r.Application, &r.Advantage, &r.Confidential, &r.ReturnReason, &r.PublishedAt, &r.CreatedBy, &r.PublishedBy,
			&r.Availability, db.JSON{Into: &r.Contact}, &r.ConfirmedUntil, db.JSON{Into: &r.Inventors}, db.JSON{Into: &r.Bottleneck}, db.JSON{Into: &r.Solves}, db.JSON{Into: &r.Rights}, db.JSON{Into: &r.Grants},
			&r.OwnerSuspended, &r.TakenDown, db.Optional{Into: &r.OwnerName}, db.Optional{Into: r.External},
		}
	})
}
