package challenges

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/work"
)

// Challenges are read page by page for whoever looks through the hall, so what search shows of them is filled by hand. A test holds columns and
// fields against the table: a new column has its line here.
var columns = []string{
	"id", "version", "created_at", "updated_at", "round_id", "owner_id", "need_id", "number", "state",
	"title", "problem", "background", "keywords", "field", "chains", "indicators", "reward", "provides", "ip_arrangement", "bottleneck", "wanted_level", "masked", "confidential",
	"created_by", "submitted_by", "submitted_at", "published_by", "published_at", "advisers", "return_reason", "end_reason", "deadline", "nth",
	"secret_digest", "sealed_secret", "panel_id", "answers_due", "answers_from", "answers_due_provisional",
}

func read(q *gorm.DB) ([]Challenge, error) {
	return db.Scan(q, columns, func(c *Challenge) []any {
		return []any{
			&c.ID, &c.Version, &c.CreatedAt, &c.UpdatedAt, &c.RoundID, &c.OwnerID, &c.NeedID, &c.Number, &c.State,
			&c.Title, &c.Problem, &c.Background, db.JSON{Into: &c.Keywords}, &c.Field, db.JSON{Into: &c.Chains}, db.JSON{Into: &c.Indicators}, db.JSON{Into: &c.Reward},
			&c.Provides, &c.IPArrangement, &c.Bottleneck, &c.WantedLevel, &c.Masked, &c.Confidential,
			&c.CreatedBy, &c.SubmittedBy, &c.SubmittedAt, &c.PublishedBy, &c.PublishedAt, db.JSON{Into: &c.Advisers}, &c.ReturnReason, &c.EndReason, &c.Deadline, &c.Nth,
			&c.SecretDigest, &c.SealedSecret, &c.PanelID, &c.AnswersDue, &c.AnswersFrom, &c.AnswersDueProvisional,
		}
	})
}

// byIDs reads challenges by their ids, those that are gone left out.
func byIDs(q *gorm.DB, ids []uuid.UUID) ([]work.Record, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := read(q.Model(&Challenge{}).Where("id IN ?", db.Among(ids)))
	out := make([]work.Record, len(rows))
	for i := range rows {
		out[i] = &rows[i]
	}
	return out, err
}
