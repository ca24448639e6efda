package results

import (
	"fmt"
	"slices"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/text"
)

// Right is one piece of the intellectual property in a result: a patent, an application for one, a copyright, a secret. It is public with the result.
type Right struct {
	Kind   codes.IPKind
	Number string         `json:",omitempty"` // as it was typed
	Status codes.IPStatus `json:",omitempty"`
	Holder string         `json:",omitempty"` // empty: the owner of the result
}

// maxRights is how many pieces of intellectual property a result has at most.
const maxRights = 30

// Patent is the patent, application or publication that the number is of; nothing of other rights.
func (r Right) Patent() codes.Patent {
	if !r.Kind.Patent() {
		return codes.Patent{}
	}
	p, err := codes.ReadPatent(r.Number)
	if err != nil {
		return codes.Patent{}
	}
	return p
}

// form is the number in the form in which two are compared; empty where there is none.
func (r Right) form() string {
	if r.Kind.Patent() {
		return r.Patent().Form
	}
	return codes.NumberForm(r.Number)
}

// numbers are those of all rights, in the form in which two are compared.
func (c *Content) numbers() []string {
	var out []string
	for _, r := range c.Rights {
		if form := r.form(); form != "" && !slices.Contains(out, form) {
			out = append(out, form)
		}
	}
	return out
}

// checkRights holds the intellectual property to its rules: a patent has a number, which tells the kind of patent that it is said to be, and a status;
// no number stands twice.
func (c Content) checkRights(bad *fault.Fields) {
	bad.Check(len(c.Rights) <= maxRights, "/intellectual_property", fault.TooManyItems, "至多 %[1]d 件知识产权", "At most %[1]d pieces of intellectual property", maxRights)
	for i, r := range c.Rights {
		at := fmt.Sprintf("/intellectual_property/%d", i)
		bad.Check(r.Kind != codes.NoIP, at+"/kind", fault.NotOffered, "未涉及知识产权的不必列出", "Where there is none, leave it out")
		codes.IPKinds.Check(bad, r.Kind, at+"/kind")
		if r.Status != "" {
			codes.IPStatuses.Check(bad, r.Status, at+"/status")
		}
		text.Named(bad, r.Number, at+"/number", 0, 100)
		text.Named(bad, r.Holder, at+"/holder", 0, 200)
		if r.Kind.Patent() {
			r.checkPatent(bad, at)
		}
		same := func(other Right) bool { return other.Kind == r.Kind && other.form() == r.form() }
		bad.Check(r.form() == "" || !slices.ContainsFunc(c.Rights[:i], same), at+"/number", fault.Twice, "与前面一件的号码相同", "The same number as one before")
	}
}

func (r Right) checkPatent(bad *fault.Fields, at string) {
	bad.Check(r.Status != "", at+"/status", fault.Required, "专利须写明状态：申请中、已授权、未获授权或已失效", "Say of a patent where it stands: applied, granted, rejected or lapsed")
	if r.Number == "" {
		bad.Check(false, at+"/number", fault.Required, "须填专利号或申请号", "Give the number of the patent or of its application")
		return
	}
	told := codes.PatentInto(bad, r.Number, at+"/number").Kind
	said, _ := codes.IPKinds.Get(r.Kind)
	by, _ := codes.IPKinds.Get(told)
	bad.Check(told == "" || told == r.Kind, at+"/number", fault.OtherKind, "这个号码是%[1]s的，所选类型为%[2]s", "The number is that of another kind, %[3]s, and not of %[4]s", by.Chinese, said.Chinese, by.English, said.English)
}

// warnRights names what is granted by no office under such a number.
func (c Content) warnRights() (out fault.Fields) {
	for i, r := range c.Rights {
		if form := r.Patent().Form; r.Status == codes.IPGranted && (len(form) > 3 && form[:3] == "PCT" || len(form) > 2 && form[:2] == "WO") {
			out = append(out, fault.Advised.Field(fmt.Sprintf("/intellectual_property/%d/number", i), "国际申请本身不授权，请填各国或地区授权的专利号，或改为申请中。",
				"An international application is granted by no office as such: give the numbers of the patents that were, or say that it is applied for."))
		}
	}
	return out
}
