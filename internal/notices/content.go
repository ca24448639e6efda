package notices

import (
	"encoding/json"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/keys"
	"jiebang/internal/seal"
	"jiebang/internal/work"
)

// content is what nobody reads but the filer and who handles the objection.
type content struct {
	Filer  Filer  `json:"filer"`
	Text   string `json:"text"`             // what they object to, and why
	Wants  string `json:"wants,omitempty"`  // what they were told is missing
	Answer string `json:"answer,omitempty"` // what they were told in the end
}

type contentRow struct {
	ID     uuid.UUID `gorm:"primaryKey"` // the objection's
	KeyID  string
	Sealed string
}

func (contentRow) TableName() string { return "objection_contents" }

// Contents is where it is sealed.
var Contents = keys.Column{Table: "objection_contents"}

// keep seals the content of an objection, in the place of what was there.
func (c content) keep(tx *work.Tx, file *seal.Keys, id uuid.UUID) error {
	key, err := keys.Use(tx, file)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(c)
	if err != nil {
		return err
	}
	sealed, err := Contents.Seal(key, id, plain)
	if err != nil {
		return err
	}
	row := contentRow{ID: id, KeyID: sealed.KeyID, Sealed: sealed.Sealed}
	return tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, DoUpdates: clause.AssignmentColumns([]string{"key_id", "sealed"})}).Create(&row).Error
}

// contentsOf opens the contents of objections, in one query; those that were erased are left out.
func contentsOf(q *gorm.DB, file *seal.Keys, ids []uuid.UUID) (map[uuid.UUID]content, error) {
	rows, err := work.ByIDs[contentRow](q, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[uuid.UUID]content, len(rows))
	for _, r := range rows {
		plain, err := file.Unseal(r.Sealed, Contents.Place(r.ID))
		if err != nil {
			return nil, err
		}
		var c content
		if err := json.Unmarshal(plain, &c); err != nil {
			return nil, err
		}
		out[r.ID] = c
	}
	return out, nil
}
