package needs

import (
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/external"
	"jiebang/internal/orgs"
)

// Needs are read more often than most records, so their rows are filled by hand. A test holds columns and fields against the table:
// a new column has its line here.
var columns = []string{
	"id", "version", "created_at", "updated_at", "state", "owner_id", "submitted_by",
	"title", "problem", "requirements", "constraints", "keywords", "field", "chains", "budget", "deadline", "cooperation_mode", "urgent", "confidential",
	"return_reason", "close_reason", "held_by", "published_at", "created_by", "published_by", "contact", "technical_terms", "masked",
	"owner_suspended", "taken_down", orgs.NameOf("needs.owner_id"), external.Column("need", "needs.id"),
}

func read(q *gorm.DB) ([]Need, error) {
	return db.Scan(q, columns, func(n *Need) []any {
		n.External = new(string)
		return []any{
			&n.ID, &n.Version, &n.CreatedAt, &n.UpdatedAt, &n.State, &n.OwnerID, &n.SubmittedBy,
			&n.Title, &n.Problem, &n.Requirements, &n.Constraints, db.JSON{Into: &n.Keywords}, &n.Field, db.JSON{Into: &n.Chains}, db.JSON{Into: &n.Budget}, &n.Deadline,
			&n.CooperationMode, &n.Urgent, &n.Confidential,
			&n.ReturnReason, &n.CloseReason, &n.HeldBy, &n.PublishedAt, &n.CreatedBy, &n.PublishedBy,
			db.JSON{Into: &n.Contact}, db.JSON{Into: &n.TechnicalTerms}, &n.Masked, &n.OwnerSuspended, &n.TakenDown, db.Optional{Into: &n.OwnerName}, db.Optional{Into: n.External},
		}
	})
}
