package contracts

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// Counts is how much there is in a queue on a day.
type Counts struct {
	On                  when.Day
	Open, Overdue, Mine int // open: not over yet
	States              []StateCount
	Letters             int // to authorities that are still to be sent
}

// StateCount is how many applications stand in one state; of those that are not over also how old they are.
type StateCount struct {
	State          State
	Count, Overdue int
	Ages           []AgeCount
}

// AgeCount is how many were filed so many days ago.
type AgeCount struct {
	From, To int // days since filing, both included; To is -1 in the last
	Count    int
}

// ages are the first days of each class of age, of about a working week each.
var ages = []int{0, 8, 15, 22}

// CountsOf asks for the queue of one office, or without one for all of the reader's.
type CountsOf struct {
	Office string `query:"office"`
}

// CountApplications counts a queue by state and age, every state and class of age named; for those who may list it.
func (s *Service) CountApplications(ctx context.Context, reader policy.Actor, f CountsOf) (Counts, error) {
	offices, err := officesOf(reader, f.Office)
	if err == nil {
		err = s.officeExists(ctx, reader, f.Office)
	}
	if err != nil {
		return Counts{}, err
	}
	today := when.DayOf(s.unit.Now())
	out := newCounts(today)
	err = s.unit.View(ctx, func(q *gorm.DB) error {
		queue := func() *gorm.DB {
			q := q.Model(&Application{})
			if f.Office != "" {
				return q.Where("office = ?", f.Office)
			}
			if offices != nil {
				return q.Where("office IN ?", offices)
			}
			return q
		}
		var open []openCount
		err := queue().Where("state IN ?", openStates).Group("state, filed_on, due_on, first_reviewer").
			Select("state, filed_on, due_on, first_reviewer, COUNT(*) AS n").Find(&open).Error
		if err != nil {
			return err
		}
		for _, row := range open {
			out.add(row, reader.Account, today)
		}
		var ended []struct {
			State State
			N     int
		}
		if err := queue().Where("state IN ?", over).Group("state").Select("state, COUNT(*) AS n").Find(&ended).Error; err != nil {
			return err
		}
		for _, row := range ended {
			out.of(row.State).Count = row.N
		}
		var letters int64
		due := q.Model(&Letter{}).Where("state = ?", LetterOpen)
		if f.Office != "" {
			due = due.Where("office = ?", f.Office)
		} else if offices != nil {
			due = due.Where("office IN ?", offices)
		}
		err = due.Count(&letters).Error
		out.Letters = int(letters)
		return err
	})
	return out, err
}

// openCount is how many open applications have all this in common.
type openCount struct {
	State         State
	FiledOn       when.Day
	DueOn         when.Day
	FirstReviewer *uuid.UUID
	N             int
}

func newCounts(today when.Day) Counts {
	out := Counts{On: today}
	for _, state := range openStates {
		c := StateCount{State: state, Ages: make([]AgeCount, len(ages))}
		for i, from := range ages {
			c.Ages[i] = AgeCount{From: from, To: -1}
			if i+1 < len(ages) {
				c.Ages[i].To = ages[i+1] - 1
			}
		}
		out.States = append(out.States, c)
	}
	for _, state := range over {
		out.States = append(out.States, StateCount{State: state})
	}
	return out
}

func (c *Counts) of(state State) *StateCount {
	for i := range c.States {
		if c.States[i].State == state {
			return &c.States[i]
		}
	}
	panic("contracts: an application in a state that is none: " + string(state))
}

func (c *Counts) add(row openCount, reader uuid.UUID, today when.Day) {
	state := c.of(row.State)
	state.Count += row.N
	c.Open += row.N
	if isOverdue(row.State, row.DueOn, today) {
		state.Overdue += row.N
		c.Overdue += row.N
	}
	if isHeld(row.State) && row.FirstReviewer != nil && *row.FirstReviewer == reader {
		c.Mine += row.N
	}
	days := today.Since(row.FiledOn)
	for i := len(ages) - 1; i >= 0; i-- {
		if days >= ages[i] {
			state.Ages[i].Count += row.N
			break
		}
	}
}
