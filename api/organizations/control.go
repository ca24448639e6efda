package organizations

import (
	"context"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/control"
	"jiebang/internal/work"
)

// controlRoutes hangs the operations on control links on the edge.
func controlRoutes(e *edge.Edge, s *control.Service) {
	link := edge.Kind[control.View, wire.ControlLink]{Path: "/v1/control-links", Get: s.Get, Wire: writtenLink}
	edge.Create(e, "createControlLink", link, linkInput, s.Create)
	edge.Read(e, "getControlLink", link)
	edge.List(e, "listControlLinks", link, s.List)
	edge.Decide(e, "replaceControlLink", link, linkInput, s.Replace)
	edge.Delete(e, "deleteControlLink", s.Delete)
	edge.Plain(e, "askControl", func(ctx context.Context, call work.Call, q control.Question) (wire.ControlFinding, error) {
		found, err := s.Ask(ctx, call.Actor, q)
		if err != nil {
			return wire.ControlFinding{}, err
		}
		out := wire.ControlFinding{On: wire.DateOf(found.Day), UnderOneControl: len(found.Ties) > 0, Ties: make([]wire.ControlTie, len(found.Ties))}
		for i, t := range found.Ties {
			out.Ties[i] = wire.ControlTieOf(t)
		}
		return out, nil
	})
}

func writtenLink(l *control.View) wire.ControlLink {
	w := wire.ControlLinkOf(&l.Link)
	w.Actions, w.EnteredBy = wire.ActionsOf(l.Acts), wire.SomePerson(l.EnteredBy)
	return w
}

func linkInput(b *wire.ControlLinkInput) (control.Input, error) {
	return control.Input{
		Kind: control.Kind(b.Kind), Holder: node(b.Holder), Held: node(b.Held), Share: wire.Value(b.ShareBp),
		ValidFrom: wire.DayOf(b.ValidFrom), ValidTo: wire.OptionalDay(b.ValidTo), Evidence: b.Evidence,
	}, nil
}

func node(n wire.ControlNodeInput) control.Node {
	return control.Node{Kind: control.HolderKind(n.Kind), Name: n.Name, Code: wire.Value(n.Code), Mark: wire.Value(n.Mark)}
}
