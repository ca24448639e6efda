package contracts

import (
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// Identifiers are made by clocks: of another process, or of this one before it was set back. The latest application is told by its number.
func TestTheLatestApplicationIsToldByItsNumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.input())
		first := c.file(c.seller, contract)
		c.refuse(first.ID)
		again := c.file(c.seller, c.get(contract.ID))
		if again.Nth != 2 {
			t.Errorf("number %d", again.Nth)
		}
		var row Application
		c.must(c.DB.Writer.Where("id = ?", again.ID).First(&row).Error)
		c.must(c.DB.Writer.Where("application_id = ?", again.ID).Delete(&applicationParty{}).Error)
		c.must(c.DB.Writer.Where("id = ?", again.ID).Delete(&Application{}).Error)
		row.ID = uuid.MustParse("00000000-0000-7000-8000-000000000001") // by a clock that is decades behind
		c.must(c.DB.Writer.Create(&row).Error)
		if latest := c.get(contract.ID).ApplicationID; latest == nil || *latest != row.ID {
			t.Errorf("the latest is %v, want %v", latest, row.ID)
		}
	})
}
