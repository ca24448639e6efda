package orgs

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// GradeKind is what an organization is for a time, by somebody's certificate or list.
type GradeKind string

// The grades. KeyInstitution is the bureau's own list of universities and institutes (重点高校院所); the others are of enterprises.
const (
	TechSME        GradeKind = "tech_sme"
	HighTech       GradeKind = "high_tech"
	Eaglet         GradeKind = "eaglet"
	Gazelle        GradeKind = "gazelle"
	Unicorn        GradeKind = "unicorn"
	KeyInstitution GradeKind = "key_institution"
)

// gradeKinds in the order in which they are told.
var gradeKinds = []GradeKind{TechSME, HighTech, Eaglet, Gazelle, Unicorn, KeyInstitution}

// years is how long a certificate holds at most: a number of tech_sme is given for the year in which it is published, a certificate of
// high_tech for three years. The others go on until they are ended.
func (k GradeKind) years() int { return map[GradeKind]int{TechSME: 1, HighTech: 3}[k] }

// lastDay is the last day of a certificate that does not say another.
func (k GradeKind) lastDay(from when.Day) when.Day {
	switch k {
	case TechSME:
		return from.EndOfYear()
	case HighTech:
		return from.AddYears(3).AddDays(-1)
	}
	return when.Day{}
}

// of tells which kinds of organization can have it.
func (k GradeKind) of() []string {
	if k == KeyInstitution {
		return []string{"university", "institute"}
	}
	return []string{"enterprise", "transfer_agency"}
}

// GradeState tells whether a grade counts. Only what was confirmed does, on its days.
type GradeState string

// The states of a grade.
const (
	GradeProposed  GradeState = "proposed"
	GradeConfirmed GradeState = "confirmed"
	GradeRefused   GradeState = "refused"
	GradeWithdrawn GradeState = "withdrawn"
	GradeVoid      GradeState = "void" // it was confirmed, and never was so
)

// Grade says that an organization is something from one day to another. Rows stay, whatever becomes of them: figures ask how many there were
// on a day.
type Grade struct {
	work.Head
	OrganizationID uuid.UUID
	Kind           GradeKind
	State          GradeState
	ValidFrom      when.Day
	ValidTo        when.Day `json:",omitzero"` // its last day; none while it goes on
	Certificate    string   // its number, or the paper of the list that names it
	ProposedBy     uuid.UUID
	ConfirmedBy    *uuid.UUID
	ConfirmedAt    *time.Time
	Reason         string // why it was refused, or ended before its day
}

func (Grade) TableName() string { return "grades" }
func (*Grade) Noun() string     { return "grade" }

// Facts: what was confirmed is public; who proposed it does not confirm it.
func (g *Grade) Facts() policy.Facts {
	return policy.Facts{Public: g.State == GradeConfirmed || g.State == GradeVoid, Owner: g.OrganizationID, Submitter: g.ProposedBy, Named: []string{IDTie(g.OrganizationID)}}
}

func (g *Grade) confirm(by uuid.UUID, now time.Time) error {
	if err := work.Step(&g.State, GradeConfirmed, GradeProposed); err != nil {
		return err
	}
	g.ConfirmedBy, g.ConfirmedAt = &by, &now
	return nil
}

func (g *Grade) refuse(reason string) error {
	if err := work.Step(&g.State, GradeRefused, GradeProposed); err != nil {
		return err
	}
	g.Reason = reason
	return given(reason)
}

func (g *Grade) withdraw() error { return work.Step(&g.State, GradeWithdrawn, GradeProposed) }

// GradeEnding is how a confirmed grade ends before its day: with its last day, or, without one, because it never was so.
type GradeEnding struct {
	LastDay when.Day
	Reason  string
}

func (g *Grade) end(in GradeEnding) error {
	if err := work.In(g.State, GradeConfirmed); err != nil {
		return err
	}
	var bad fault.Fields
	bad.Length(in.Reason, "/reason", 2, 2000)
	if !in.LastDay.IsZero() {
		bad.Check(!in.LastDay.Before(g.ValidFrom), "/last_day", fault.BeforeStart, "止日早于起日；从未成立的请不填止日", "It ends before it begins; leave the day out where it never was so")
		bad.Check(g.ValidTo.IsZero() || in.LastDay.Before(g.ValidTo), "/last_day", fault.Unchanged, "止日须早于原止日 %[1]s", "It ends earlier than on %[1]s", g.ValidTo)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	g.Reason = in.Reason
	if in.LastDay.IsZero() {
		g.State = GradeVoid
	} else {
		g.ValidTo = in.LastDay
	}
	return nil
}

// GradeInput is what a grade takes.
type GradeInput struct {
	OrganizationID     uuid.UUID
	Kind               GradeKind
	ValidFrom, ValidTo when.Day
	Certificate        string
}

// cleaned is the input as it is stored, if it is sound for an organization of this kind.
func (in GradeInput) cleaned(organization string, today when.Day) (GradeInput, error) {
	var bad fault.Fields
	fault.Offered(&bad, in.Kind, "/kind", gradeKinds)
	bad.Check(slices.Contains(in.Kind.of(), organization), "/kind", fault.NotOffered, "这类单位没有此项等级", "An organization of this kind does not have it")
	bad.Check(!in.ValidFrom.Before(firstGrade) && !in.ValidFrom.After(today.AddYears(1)), "/valid_from", fault.OutOfRange,
		"起日须在 %[1]s 至 %[2]s 之间", "It begins between %[1]s and %[2]s", firstGrade, today.AddYears(1))
	if in.ValidTo.IsZero() {
		in.ValidTo = in.Kind.lastDay(in.ValidFrom)
	}
	bad.Check(in.ValidTo.IsZero() || !in.ValidTo.Before(in.ValidFrom), "/valid_to", fault.BeforeStart, "止日早于起日", "It ends before it begins")
	if n := in.Kind.years(); n > 0 {
		latest := in.ValidFrom.AddYears(n).AddDays(-1)
		bad.Check(!in.ValidTo.After(latest), "/valid_to", fault.OutOfRange, "有效期至多 %[1]d 年，止日不晚于 %[2]s", "It holds for %[1]d years at most: until %[2]s", n, latest)
	}
	in.Certificate = text.Narrow(in.Certificate)
	bad.Length(in.Certificate, "/certificate", 2, 100)
	return in, bad.Err()
}

// firstGrade is the first day that is taken.
var firstGrade = when.MustDay("2000-01-01")
