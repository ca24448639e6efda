package demo

import (
	"fmt"
	"strings"

	"jiebang/internal/accounts"
	"jiebang/internal/benefits"
	"jiebang/internal/codes"
	"jiebang/internal/control"
	"jiebang/internal/money"
	"jiebang/internal/offices"
	"jiebang/internal/orgs"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// people makes the bureau, the offices, the organizations with their people, and the registers.
func (s *seeder) people() error {
	for _, p := range s.data.People {
		in := accounts.SignUpInput{Username: p.Username, Password: Password, Name: p.Name}
		var err error
		if p.Role == "operator" || p.Role == "operator_second" {
			_, err = s.Accounts.CreateOperator(s, in, "")
		} else {
			_, err = s.Accounts.SignUp(s, work.Call{Operation: "demo"}, in)
		}
		if err == nil {
			err = s.Accounts.Vouch(s, p.Username, p.Username+"@"+s.domain(p.MemberOf))
		}
		if err != nil {
			return err
		}
		switch p.Role {
		case "editor":
			s.editor[p.MemberOf] = p.Username
		case "second":
			s.second[p.MemberOf] = p.Username
		default:
			s.role[p.Role] = p.Username
		}
	}
	operator := s.role["operator"]
	for _, o := range s.data.Offices {
		if _, err := create(s, operator, s.Offices.Create, offices.Input{Code: o.Code, Name: o.Name, Region: o.Region}); err != nil {
			return err
		}
	}
	for _, o := range s.data.Organizations {
		if err := s.join(o); err != nil {
			return fmt.Errorf("%s: %w", o.Key, err)
		}
	}
	if err := s.holdings(operator); err != nil {
		return err
	}
	if err := s.grades(operator); err != nil {
		return err
	}
	if _, err := create(s, operator, s.Ref.CreateZone, ref.ZoneInput{Parent: "210100", Entry: ref.Entry{
		Code: "shenfu", Name: "沈抚示范区", NameEN: "Shenfu demonstration zone", Source: "演示数据：示范区建设方案", ValidFrom: when.DayOf(s.day(12, 1, 0)),
	}}); err != nil {
		return err
	}
	if err := s.reward(operator); err != nil {
		return err
	}
	return s.registers(operator)
}

// reward enters an example of how a city may reward brokers, in the form of another city's plan: there is none of this one that could be read.
func (s *seeder) reward(operator string) error {
	_, err := create(s, operator, s.Benefits.Create, benefits.Input{
		Code: "broker_reward_example", Kind: benefits.BrokerReward, Level: benefits.City, Region: "210100", Side: benefits.Broker,
		ContractKinds: []codes.ContractKind{codes.Development, codes.Assignment, codes.License, codes.Consulting, codes.Service},
		RateBP:        500, Cap: 200_000 * money.Yuan, CapPer: benefits.PerBroker, ValidFrom: when.DayOf(s.day(12, 1, 0)),
		Source: "演示数据（示例）：取兰州市 2025 年方案的形式", SourceLink: "http://zjw.ctctw.com/article.php?id=626", Provisional: true,
		Note:   "示例，并非本市的规定：按经纪人促成的登记合同当年到账额的 5% 奖励，每人每年不超过 20 万元。",
		NoteEN: "An example and no rule of this city: 5 % of what was received in the year on registered contracts that the broker led to, at most 200,000 yuan.",
	})
	return err
}

// grades enters what the first organizations of each kind are: one operator proposes, the other confirms.
func (s *seeder) grades(operator string) error {
	from := when.DayOf(s.day(11, 1, 0))
	of := map[string][]orgs.GradeKind{"university": {orgs.KeyInstitution}, "enterprise": {orgs.HighTech, orgs.TechSME, orgs.Gazelle, orgs.Eaglet, orgs.HighTech}}
	for _, o := range s.data.Organizations {
		if len(of[o.Kind]) == 0 {
			continue
		}
		kind, n := of[o.Kind][0], len(of[o.Kind])
		of[o.Kind] = of[o.Kind][1:]
		in := orgs.GradeInput{OrganizationID: s.orgs[o.Key], Kind: kind, ValidFrom: from, Certificate: fmt.Sprintf("演示〔%d〕%d号", from.Year(), n)}
		if kind == orgs.HighTech {
			in.Certificate = fmt.Sprintf("GR%d21%06d", from.Year(), n)
		}
		id, err := create(s, operator, s.Orgs.ProposeGrade, in)
		if err == nil {
			err = change(s, s.role["operator_second"], s.Orgs.ConfirmGrade, id, 1)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// holdings enters who holds whom: two of the demo's companies are under one hand, which neither of their own holdings would show.
func (s *seeder) holdings(operator string) error {
	node := func(key string) control.Node {
		for _, o := range s.data.Organizations {
			if o.Key == key {
				return control.Node{Kind: control.Company, Name: o.Name, Code: s.codes[key]}
			}
		}
		return control.Node{}
	}
	group := control.Node{Kind: control.Company, Name: "北岬控股集团有限公司", Code: "HRB-2025-0107"}
	for _, l := range []struct {
		holder, held control.Node
		share        int
	}{{group, node("bojia"), 6000}, {group, node("anlan"), 3400}, {node("bojia"), node("anlan"), 2000}} {
		if _, err := create(s, operator, s.Control.Create, control.Input{
			Kind: control.Shares, Holder: l.holder, Held: l.held, Share: l.share, ValidFrom: when.DayOf(s.day(12, 1, 0)), Evidence: "演示数据：公司登记信息查询结果",
		}); err != nil {
			return err
		}
	}
	return nil
}

// registers enters who is in a register: brokers, and three registrars at each office, since who enters a contract for a seller who came
// with paper and the two who decide on it are three people. One operator enters them, the other confirms.
func (s *seeder) registers(operator string) error {
	from := when.DayOf(s.day(12, 1, 0))
	for _, p := range s.data.People {
		if p.Register == "" {
			continue
		}
		in := people.Input{Kind: p.Register, Username: p.Username, Office: p.Office, Certificate: p.Certificate, ValidFrom: from}
		if p.Register == policy.Broker {
			in.Licence = people.Licence{Level: p.Level, CertifiedOn: from.Month().AddMonths(-p.CertifiedMonths).First(), Regions: p.Regions}
			in.Expertise.Chains = p.Chains
			if agency, member := s.orgs[p.MemberOf]; member {
				in.Expertise.EmployerID = &agency
			}
		}
		id, err := create(s, operator, s.People.Enter, in)
		if err == nil {
			err = change(s, s.role["operator_second"], s.People.Confirm, id, 1)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// domain is where an organization's people read their mails: where its contact does, and the bureau's otherwise.
func (s *seeder) domain(organization string) string {
	for _, o := range s.data.Organizations {
		if _, domain, found := strings.Cut(o.Contact.Email, "@"); o.Key == organization && found {
			return domain
		}
	}
	return "kechuang.example.org"
}

// join has an organization created by one of its people, with its second member if it has one, and verified.
func (s *seeder) join(o organization) error {
	code, err := codes.CompleteCreditCode(creditPrefix(o), o.OrgNo)
	if err != nil {
		return err
	}
	creator := s.editor[o.Key]
	in := orgs.Input{
		Name: o.Name, Kind: o.Kind, CreditCode: code, Region: o.Region, Introduction: o.Introduction,
		Contact: orgs.Contact{Name: o.Contact.Name, Phone: o.Contact.Phone, Email: o.Contact.Email},
	}
	id, err := create(s, creator, s.Orgs.Create, in)
	if err != nil {
		return err
	}
	version := int64(1)
	if second := s.second[o.Key]; second != "" {
		if err := decide(s, creator, s.Orgs.AddMember, id, version, orgs.Offer{Username: second}); err != nil {
			return err
		}
		version++
		call, err := s.call(second)
		if err != nil {
			return err
		}
		if err := s.Orgs.Join(s, call, id); err != nil {
			return err
		}
	}
	s.orgs[o.Key], s.codes[o.Key] = id, code
	return change(s, s.role["operator_second"], s.Orgs.Verify, id, version)
}

// creditPrefix is the registering authority and body of a credit code, with the division: 91 for enterprises, 12 for public
// institutions, 11 for government (GB 32100-2015).
func creditPrefix(o organization) string {
	switch o.Kind {
	case "university", "institute":
		return "12" + o.Division
	case "government":
		return "11" + o.Division
	}
	return "91" + o.Division
}
