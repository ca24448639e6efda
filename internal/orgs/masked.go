package orgs

import (
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
)

// Placed is a text that everybody will read, and where it stands in the input.
type Placed struct{ Pointer, Text string }

// StaysMasked refuses texts of a record that keeps its organization's name, where they tell it: whoever reads or searches them would know it.
// Names of before and the credit code tell it as well. A name that is cut short is for people to see.
func StaysMasked(q *gorm.DB, id uuid.UUID, texts ...Placed) error {
	texts = slices.DeleteFunc(texts, func(t Placed) bool { return t.Text == "" })
	if len(texts) == 0 {
		return nil
	}
	names, err := CallsOf(q, id)
	if err != nil {
		return err
	}
	var bad fault.Fields
	for _, t := range texts {
		for _, name := range names {
			if found := codes.NameWithin(t.Text, name); len(found) > 0 {
				said := t.Text[found[0].From:found[0].To]
				bad.Check(false, t.Pointer, fault.TellsName, "单位名称不公开，此处写出了其名称或代码“%[1]s”，请改写", "The organization's name is kept, and this tells it, or its code: “%[1]s”. Write it another way", said)
				break
			}
		}
	}
	return bad.Err()
}
