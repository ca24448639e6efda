package teams

import (
	"slices"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/text"
)

// Person is one of a team. A name is public with the consent of whoever bears it; what they are and do is the team's to tell.
type Person struct {
	Name  string
	Title string `json:",omitempty"` // 职称
	Role  string `json:",omitempty"` // what they do in the team
	Named *bool  `json:",omitempty"` // they agreed that their name is public; nil only in an input: see complete
}

const maxName = 50

// check holds a person to the rules; at is their place in the input.
func (p Person) check(bad *fault.Fields, at string) {
	text.Named(bad, p.Name, at+"/name", 1, maxName)
	text.Named(bad, p.Title, at+"/title", 0, 100)
	bad.Length(p.Role, at+"/role", 0, 200)
}

// complete writes out whether the name is public where nothing was said.
func (p Person) complete(named bool) Person {
	if p.Named == nil {
		p.Named = &named
	}
	return p
}

// public is what everybody may read of a person. Names are compared as people read them, so that a blank more or less does not bring one back.
func (p Person) public(withheld []string) Person {
	form := codes.NameForm(p.Name)
	if p.Named == nil || !*p.Named || slices.ContainsFunc(withheld, func(name string) bool { return codes.NameForm(name) == form }) {
		p.Name = ""
	}
	p.Named = nil
	return p
}

// public takes out what only the owner's members and the bureau read: names without consent, and the evidence for programmes.
func (t *Team) public() {
	t.Leader = t.Leader.public(t.Withheld)
	people := make([]Person, len(t.People))
	for i, p := range t.People {
		people[i] = p.public(t.Withheld)
	}
	t.People, t.Withheld = people, nil
	t.Claimed, t.Kept = withoutEvidence(t.Claimed), withoutEvidence(t.Kept)
}

// names are those that are public.
func (t *Team) names() []string {
	var out []string
	for _, p := range append([]Person{t.Leader}, t.People...) {
		if name := p.public(t.Withheld).Name; name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
