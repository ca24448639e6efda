// Package operations is the HTTP edge of what the bureau looks after: background jobs and reference data.
package operations

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/jobs"
	"jiebang/internal/ref"
	"jiebang/internal/work"
)

// Routes hangs it on the edge.
func Routes(e *edge.Edge, j *jobs.Runner, r *ref.Service) {
	edge.List(e, "listJobs", edge.Kind[jobs.Job, wire.Job]{Wire: writtenJob}, j.List)
	edge.Plain(e, "retryJob", func(ctx context.Context, call work.Call, q struct {
		ID uuid.UUID `path:"id"`
	}) (edge.None, error) {
		return edge.None{}, j.Retry(ctx, call, q.ID)
	})

	calendar := edge.Kind[ref.CalendarView, wire.Calendar]{Path: "/v1/calendars", Get: r.GetCalendar, Wire: writtenCalendar}
	edge.Create(e, "loadCalendar", calendar, calendarInput, r.LoadCalendar)
	edge.Read(e, "getCalendar", calendar)
	edge.List(e, "listCalendars", calendar, r.ListCalendars)
	edge.Decide(e, "replaceCalendar", calendar, calendarInput, r.ReplaceCalendar)
	edge.Change(e, "confirmCalendar", calendar, r.ConfirmCalendar)
	edge.Delete(e, "dropCalendarProposal", r.DropCalendar)

	chain := edge.Kind[ref.IndustryChainView, wire.IndustryChain]{Path: "/v1/industry-chains", Get: r.GetChain, Wire: writtenChain}
	edge.Create(e, "createIndustryChain", chain, chainInput, r.CreateChain)
	edge.Read(e, "getIndustryChain", chain)
	edge.List(e, "listIndustryChains", chain, r.ListChains)
	edge.Decide(e, "replaceIndustryChain", chain, chainInput, r.ReplaceChain)
	zone := edge.Kind[ref.ZoneView, wire.Zone]{Path: "/v1/zones", Get: r.GetZone, Wire: writtenZone}
	edge.Create(e, "createZone", zone, zoneInput, r.CreateZone)
	edge.Read(e, "getZone", zone)
	edge.List(e, "listZones", zone, r.ListZones)
	edge.Decide(e, "replaceZone", zone, zoneInput, r.ReplaceZone)
	reference(e, r)
}

func writtenZone(z *ref.ZoneView) wire.Zone {
	return wire.Zone{
		Actions: wire.ActionsOf(z.Acts), Id: z.ID, Version: z.Version, Code: z.Code, Name: z.Name, NameEn: z.NameEN, Parent: z.Parent, ParentName: wire.Some(z.ParentName), ParentNameEn: wire.Some(z.ParentNameEN),
		Source: z.Source, ValidFrom: wire.DateOf(z.ValidFrom), ValidTo: wire.OptionalDate(z.ValidTo), CreatedAt: z.CreatedAt, UpdatedAt: z.UpdatedAt,
	}
}

func zoneInput(b *wire.ZoneInput) (ref.ZoneInput, error) {
	return ref.ZoneInput{Entry: ref.Entry{
		Code: b.Code, Name: b.Name, NameEN: b.NameEn, Source: b.Source, ValidFrom: wire.DayOf(b.ValidFrom), ValidTo: wire.OptionalDay(b.ValidTo),
	}, Parent: b.Parent}, nil
}

func writtenJob(j *jobs.Job) wire.Job {
	return wire.Job{
		Id: j.ID, Kind: string(j.Kind), ObjectId: j.ObjectID, State: wire.JobState(j.State()), DueAt: j.DueAt, Attempts: j.Attempts,
		LastError: wire.Some(j.LastError), ParkedAt: j.ParkedAt, CreatedAt: j.CreatedAt,
	}
}

func writtenCalendar(c *ref.CalendarView) wire.Calendar {
	w := wire.Calendar{
		Actions: wire.ActionsOf(c.Acts), Id: c.ID, Version: c.Version, Year: c.Year, Source: c.Source, Days: calendarDays(c.Days),
		Confirmed: wire.Ptr(c.InForce()), LoadedBy: wire.SomePerson(c.LoadedBy), ConfirmedBy: wire.SomePerson(c.ConfirmedBy), CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
	if p := c.Proposal; p != nil {
		w.Proposal = &wire.CalendarProposal{Source: p.Source, Days: calendarDays(p.Days), ProposedAt: p.At, ProposedBy: wire.SomePerson(c.ProposedBy)}
		if !c.InForce() {
			w.Source, w.Days = p.Source, w.Proposal.Days
		}
	}
	return w
}

func calendarDays(days []ref.CalendarDay) []wire.CalendarDay {
	out := make([]wire.CalendarDay, len(days))
	for i, d := range days {
		out[i] = wire.CalendarDay{Day: wire.DateOf(d.Day), Kind: wire.CalendarDayKindOff}
		if d.Work {
			out[i].Kind = wire.CalendarDayKindWork
		}
	}
	return out
}

func calendarInput(b *wire.CalendarInput) (ref.CalendarInput, error) {
	in := ref.CalendarInput{Year: b.Year, Source: b.Source, Days: make([]ref.CalendarDay, len(b.Days))}
	for i, d := range b.Days {
		in.Days[i] = ref.CalendarDay{Day: wire.DayOf(d.Day), Work: d.Kind == wire.CalendarDayKindWork}
	}
	return in, nil
}

func writtenChain(c *ref.IndustryChainView) wire.IndustryChain {
	return wire.IndustryChain{
		Actions: wire.ActionsOf(c.Acts), Id: c.ID, Version: c.Version, Code: c.Code, Name: c.Name, NameEn: c.NameEN, Family: wire.Some(c.Family), Source: c.Source,
		ValidFrom: wire.DateOf(c.ValidFrom), ValidTo: wire.OptionalDate(c.ValidTo), CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
}

func chainInput(b *wire.IndustryChainInput) (ref.IndustryChainInput, error) {
	return ref.IndustryChainInput{Entry: ref.Entry{
		Code: b.Code, Name: b.Name, NameEN: b.NameEn, Source: b.Source, ValidFrom: wire.DayOf(b.ValidFrom), ValidTo: wire.OptionalDay(b.ValidTo),
	}, Family: wire.Value(b.Family)}, nil
}
