// Package demo fills an empty system with a believable city: organizations, results, needs and a year of contracts, by calling
// the use cases that people call. Everything in it is fictional.
package demo

import (
	"bytes"
	_ "embed"
	"fmt"

	"go.yaml.in/yaml/v3"

	"jiebang/internal/people"
	"jiebang/internal/policy"
)

//go:embed demo.yaml
var document []byte

type data struct {
	Offices       []office
	Organizations []organization
	People        []person
	Results       []result
	Teams         []team
	Needs         []need
	Contracts     []contract
}

type office struct{ Code, Name, Region string }

type organization struct {
	Key, Name, Kind, Division, Region, Introduction string
	OrgNo                                           string `yaml:"org_no"`
	Contact                                         struct{ Name, Phone, Email string }
}

type person struct {
	Key, Username, Name, Role string
	MemberOf                  string          `yaml:"member_of"`
	Register                  policy.Register // the register that they are in, if any
	Office, Certificate       string          // there
	Level                     people.Level    // of a broker
	CertifiedMonths           int             `yaml:"certified_months"` // before they came into the register
	Chains, Regions           []string
}

type price struct{ Kind, Min, Max string }

// right is a piece of intellectual property in a result. Serial numbers that begin with 9 are given to nobody.
type right struct{ Kind, Number, Status string }

type result struct {
	Key, Owner, Title, Abstract, Field, Application, Advantage string
	Keywords, Chains, Solves                                   []string
	TRL                                                        int `yaml:"trl"`
	Rights                                                     []right
	Inventors                                                  []string
	Granted                                                    int      // basis points of what its use brings, which its inventors got with that use
	TransferModes                                              []string `yaml:"transfer_modes"`
	Price                                                      *price
}

type need struct {
	Key, Owner, Title, Problem, Requirements, Constraints, Field string
	Keywords, Answers, Chains                                    []string
	TechnicalTerms                                               []string `yaml:"technical_terms"`
	Budget                                                       *struct{ Min, Max string }
	Deadline                                                     int    // months ahead
	CooperationMode                                              string `yaml:"cooperation_mode"`
	Urgent, Masked                                               bool
}

type team struct {
	Key, Owner, Title, Introduction, Field, Capabilities, Seeks, Equipment string
	PastResults                                                            string   `yaml:"past_results"`
	OtherFields                                                            []string `yaml:"other_fields"`
	Keywords, Chains, Results, Answers                                     []string
	Leader                                                                 member
	People                                                                 []member
	Programme                                                              *struct {
		moment         `yaml:",inline"`
		Name, Evidence string
		Kept           bool
	}
}

type member struct {
	Name, Title, Role string
	Named             bool
}

type contract struct {
	Key, Title, Subkind, Seller, Turnover, Field, Chain, Targets, Acceptance string
	Buyer                                                                    buyer
	MonthsAgo                                                                int `yaml:"months_ago"`
	Day, Months                                                              int
	Deductions                                                               []struct{ Kind, Reason, Amount string }
	Instalments                                                              []struct {
		Amount, Condition string
		After             int // months after signing; 0: it waits for its condition alone
	}
	Inventors []struct{ Name, Region, Number string } // sell together with the seller; the first seventeen characters of their id numbers
	Link      *struct{ Need, Result string }
	Amendment *struct {
		moment      `yaml:",inline"`
		BuyerRegion string `yaml:"buyer_region"`
		Reason      string
	}
	Cancellation *struct {
		moment `yaml:",inline"`
		Reason string
	}
	Revocation *struct {
		moment           `yaml:",inline"`
		Ground           string
		Reason, Evidence string
	}
}

type moment struct {
	MonthsAgo int `yaml:"months_ago"`
	Day       int
}

// buyer is an organization's key, or a party from outside.
type buyer struct{ Key, Name, Region, Nature string }

func (b *buyer) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		b.Key = n.Value
		return nil
	}
	type outside buyer
	return n.Decode((*outside)(b))
}

func read() (*data, error) {
	var d data
	in := yaml.NewDecoder(bytes.NewReader(document))
	in.KnownFields(true)
	if err := in.Decode(&d); err != nil {
		return nil, fmt.Errorf("demo data: %w", err)
	}
	return &d, nil
}
