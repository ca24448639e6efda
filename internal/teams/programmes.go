package teams

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/listing"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Programme is a team's part in a programme of the city, such as 带土移植, by which teams move here with their soil. Either an operator
// keeps it, or the owner claims it with its evidence.
type Programme struct {
	Name     string
	From     when.Day
	To       when.Day `json:",omitzero"`  // the last day; none: it goes on
	Evidence string   `json:",omitempty"` // a document and its number; for the owner's members and the bureau
}

const maxProgrammes = 20

// checkProgrammes holds programmes to their rules; what is claimed needs evidence.
func checkProgrammes(bad *fault.Fields, programmes []Programme, claimed bool) {
	bad.Check(len(programmes) <= maxProgrammes, "/programmes", fault.TooManyItems, "至多 %[1]d 项计划", "At most %[1]d programmes", maxProgrammes)
	least := 0
	if claimed {
		least = 5
	}
	for i, p := range programmes {
		at := fmt.Sprintf("/programmes/%d", i)
		text.Named(bad, p.Name, at+"/name", 2, 100)
		bad.Check(!p.From.IsZero(), at+"/from", fault.Required, "须填入选日期", "Say from which day on")
		bad.Check(p.To.IsZero() || !p.To.Before(p.From), at+"/to", fault.Reversed, "结束日期早于入选日期", "It ends before it begins")
		bad.Length(p.Evidence, at+"/evidence", least, 1000)
		bad.Check(!slices.ContainsFunc(programmes[:i], p.same), at, fault.Repeated, "此计划已列出", "This programme is named already")
	}
}

func (p Programme) same(other Programme) bool { return p.Name == other.Name && p.From == other.From }

func withoutEvidence(programmes []Programme) []Programme {
	out := slices.Clone(programmes)
	for i := range out {
		out[i].Evidence = ""
	}
	return out
}

// KeepProgrammes is the operator's record of the programmes that a team takes part in, as a whole: live at once, whatever the owner writes.
func (s *Service) KeepProgrammes(ctx context.Context, call work.Call, id uuid.UUID, version int64, programmes []Programme) (Answer, error) {
	return listings.Live(ctx, s.unit, call, id, version, policy.TeamProgrammes, func(_ *work.Tx, t *Team) error {
		var bad fault.Fields
		checkProgrammes(&bad, programmes, false)
		if err := bad.Err(); err != nil {
			return err
		}
		t.Kept = listing.List(programmes)
		return nil
	}, false)
}

// Part is a programme as readers see it: kept by an operator, or claimed by the owner.
type Part struct {
	Programme
	Kept bool
}

// parts are the programmes of a team, those that an operator keeps in front; a claim of one of these adds nothing.
func (t *Team) parts() []Part {
	out := make([]Part, 0, len(t.Kept)+len(t.Claimed))
	for _, p := range t.Kept {
		out = append(out, Part{p, true})
	}
	for _, p := range t.Claimed {
		if !slices.ContainsFunc(t.Kept, p.same) {
			out = append(out, Part{p, false})
		}
	}
	return out
}

// inProgramme is the pattern of the columns that hold a programme of this name.
func inProgramme(name string) string {
	stored, err := json.Marshal(name)
	if err != nil {
		panic(err) // a string is always written
	}
	return listing.Containing(`"Name":` + string(stored) + `,`)
}
