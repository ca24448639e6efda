package wire

import "jiebang/internal/control"

// ControlLinkOf translates a link of control, without what its reader may do with it.
func ControlLinkOf(l *control.Link) ControlLink {
	return ControlLink{
		Id: l.ID, Version: l.Version, Kind: ControlKind(l.Kind), KindName: Some(l.Kind.Text().ZH), Holder: controlNode(l.Holder), Held: controlNode(l.Held),
		ShareBp: Some(l.Share), ValidFrom: DateOf(l.ValidFrom), ValidTo: OptionalDate(l.ValidTo), Evidence: l.Evidence, CreatedAt: l.CreatedAt, UpdatedAt: l.UpdatedAt,
	}
}

// ControlTieOf translates why two companies are under one control.
func ControlTieOf(t control.Tie) ControlTie {
	out := ControlTie{By: controlNode(t.By), Links: make([]ControlLink, len(t.Links))}
	for i := range t.Links {
		out.Links[i] = ControlLinkOf(&t.Links[i])
	}
	return out
}

func controlNode(n control.Node) ControlNode {
	return ControlNode{Kind: HolderKind(n.Kind), Name: n.Name, Code: Some(n.Code), Mark: Some(n.Mark)}
}
