package api_test

import (
	"testing"

	"jiebang/api/edge/edgetest"
	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/control"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/mail"
	"jiebang/internal/orgs"
	"jiebang/internal/publication"
)

// A state is called the same in messages and in the description, and nowhere by its code where a person reads it.
func TestStatesAreCalledTheSame(t *testing.T) {
	doc, err := edgetest.Described()
	if err != nil {
		t.Fatal(err)
	}
	for schema, name := range map[string]func(string) fault.Text{
		"ResultState": called[publication.State], "NeedState": called[publication.State], "DealStage": called[deals.Stage],
		"IntroductionState": called[deals.State], "ContractState": called[contracts.State], "OrganizationState": called[orgs.State],
		"OrganizationKind": called[orgs.Kind], "GradeKind": called[orgs.GradeKind], "ControlKind": called[control.Kind],
		"InvitationState": called[orgs.InvitationState], "MailState": called[mail.State],
		"Field": inTable(codes.Fields), "ContractKind": inTable(codes.ContractKinds), "ContractSubkind": inTable(codes.ContractSubkinds), "PersonalDocument": inTable(codes.Documents),
	} {
		values := doc.Components.Schemas[schema].Value
		said, _ := values.Extensions["x-enum-descriptions"].([]any)
		all, open := values.Extensions["x-extensible-enum"].([]any)
		if !open {
			all = values.Enum
		}
		if len(said) != len(all) || len(said) == 0 {
			t.Fatalf("%s: %d values, %d descriptions", schema, len(all), len(said))
		}
		for i, value := range all {
			if text := name(value.(string)); text.ZH+" "+text.EN != said[i] {
				t.Errorf("%s: %s is called %q in messages and %q in the description", schema, value, text, said[i])
			}
		}
	}
}

func inTable[C ~string](t *codes.Table[C]) func(string) fault.Text {
	return func(value string) fault.Text {
		term, _ := t.Get(C(value))
		return fault.Text{ZH: term.Chinese, EN: term.English}
	}
}

func called[S ~string](value string) fault.Text { return fault.NameOf(S(value)) }
