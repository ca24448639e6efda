package demo

import (
	"fmt"
	"hash/fnv"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/deals"
	"jiebang/internal/money"
	"jiebang/internal/when"
)

// planContract tells a contract's story: the introduction and deal before it where there were any, its registration, and what
// became of it later.
func (s *seeder) planContract(c contract) {
	day := s.day(c.MonthsAgo, c.Day, 10)
	if day.After(s.today) {
		day = s.today
	}
	var contractID uuid.UUID
	var deal *uuid.UUID
	if c.Link != nil {
		s.planDeal(c, day, &deal)
	}
	s.at(day, "contract "+c.Key, func() (err error) {
		terms, err := s.terms(c, when.DayOf(day))
		if err != nil {
			return err
		}
		contractID, err = s.register(c, contracts.Input{Kind: codes.Development, Deal: deal, Terms: terms})
		return err
	})
	if a := c.Amendment; a != nil {
		s.at(s.day(a.MonthsAgo, a.Day, 10), "amendment of "+c.Key, func() error {
			terms, err := s.terms(c, when.DayOf(day))
			if err != nil {
				return err
			}
			terms.Buyers[0].Region = a.BuyerRegion
			id, err := under(s, s.editor[c.Seller], s.Contracts.Amend, contractID, contracts.Change{Terms: terms, Reason: a.Reason})
			if err != nil {
				return err
			}
			return s.decide(id)
		})
	}
	if x := c.Cancellation; x != nil {
		s.at(s.day(x.MonthsAgo, x.Day, 10), "cancellation of "+c.Key, func() error {
			id, err := under(s, s.editor[c.Seller], s.Contracts.Cancel, contractID, contracts.Ending{Reason: x.Reason})
			if err != nil {
				return err
			}
			return s.decide(id)
		})
	}
	if x := c.Revocation; x != nil {
		s.at(s.day(x.MonthsAgo, x.Day, 10), "revocation of "+c.Key, func() error {
			id, err := under(s, s.role["registrar_first"], s.Contracts.ProposeRevocation, contractID, contracts.RevocationInput{Ground: contracts.Ground(x.Ground), Reason: x.Reason, Evidence: x.Evidence})
			if err != nil {
				return err
			}
			return decide(s, s.role["registrar_second"], s.Contracts.Grant, id, 1, contracts.Grant{})
		})
	}
}

// planDeal brings buyer and seller together in the weeks before their contract.
func (s *seeder) planDeal(c contract, day time.Time, deal **uuid.UUID) {
	var introduction uuid.UUID
	version := int64(1)
	s.at(day.AddDate(0, 0, -40), "introduction for "+c.Key, func() (err error) {
		result, need := s.results[c.Link.Result], s.needs[c.Link.Need]
		introduction, err = create(s, s.editor[c.Buyer.Key], s.Deals.Propose, deals.Proposal{
			From: s.orgs[c.Buyer.Key], Result: &result, Need: &need, Message: "看到贵方的成果，和我们车间遇到的问题对得上，想请教中试数据，并约时间到现场看一看。",
		})
		return err
	})
	s.at(day.AddDate(0, 0, -36), "acceptance for "+c.Key, func() error {
		seller := s.editor[c.Seller]
		if err := change(s, seller, s.Deals.Accept, introduction, 1); err != nil {
			return err
		}
		call, err := s.call(seller)
		if err != nil {
			return err
		}
		view, err := s.Deals.GetIntroduction(s, call.Actor, introduction)
		if err != nil {
			return err
		}
		*deal = view.DealID
		return nil
	})
	for _, stage := range []struct {
		before int // days before the contract
		to     deals.Stage
		note   string
		by     string
	}{
		{30, deals.StageContacting, "双方技术人员电话沟通，交换了工况参数。", c.Seller},
		{20, deals.StageNegotiating, "完成现场考察，就指标、经费和验收方式交换意见。", c.Seller},
		{5, deals.StageAgreed, "主要条款达成一致，准备合同文本。", c.Seller},
		{4, deals.StageAgreed, "确认主要条款。", c.Buyer.Key},
	} {
		s.at(day.AddDate(0, 0, -stage.before), string(stage.to)+" by "+stage.by+" for "+c.Key, func() error {
			err := decide(s, s.editor[stage.by], s.Deals.Advance, **deal, version, deals.Progress{Stage: stage.to, Note: stage.note})
			version++
			return err
		})
	}
}

// register enters and files a contract and takes it through both reviews.
func (s *seeder) register(c contract, in contracts.Input) (uuid.UUID, error) {
	seller := s.editor[c.Seller]
	id, err := create(s, seller, s.Contracts.Create, in)
	if err != nil {
		return uuid.Nil, err
	}
	if c.Link != nil { // the paper of those that began here
		if err := s.attach(seller, "contract", id, "合同扫描件.pdf", scan(c.Key), false); err != nil {
			return uuid.Nil, err
		}
	}
	if err := change(s, seller, s.Contracts.Submit, id, 1); err != nil {
		return uuid.Nil, err
	}
	call, err := s.call(seller)
	if err != nil {
		return uuid.Nil, err
	}
	filed, err := s.Contracts.Get(s, call.Actor, id)
	if err != nil {
		return uuid.Nil, err
	}
	if filed.ApplicationID == nil {
		return uuid.Nil, fmt.Errorf("%s was filed without an application", filed.Number)
	}
	return id, s.decide(*filed.ApplicationID)
}

// decide takes an application through both reviews.
func (s *seeder) decide(application uuid.UUID) error {
	first, second := s.role["registrar_first"], s.role["registrar_second"]
	if err := change(s, first, s.Contracts.StartReview, application, 1); err != nil {
		return err
	}
	if err := decide(s, first, s.Contracts.Pass, application, 2, "材料齐全，指标明确。"); err != nil {
		return err
	}
	call, err := s.call(second)
	if err != nil {
		return err
	}
	passed, err := s.Contracts.GetApplication(s, call.Actor, application)
	if err != nil {
		return err
	}
	if passed.State == contracts.ExpertReview { // its technology amount calls for them
		if err := decide(s, first, s.Contracts.RecordOpinion, application, passed.Version, contracts.Opinion{
			HeldOn: passed.FiledOn, Experts: []contracts.Expert{{Name: "示例专家甲"}, {Name: "示例专家乙"}, {Name: "示例专家丙"}},
			Text: "技术内容完整，指标可考核，交易额构成合理，同意登记。", Outcome: contracts.Favourable,
		}); err != nil {
			return err
		}
		passed.Version++
	}
	return decide(s, second, s.Contracts.Grant, application, passed.Version, contracts.Grant{})
}

func (s *seeder) terms(c contract, filed when.Day) (contracts.Terms, error) {
	t := contracts.Terms{
		Title: c.Title, Subkind: codes.ContractSubkind(c.Subkind), Field: codes.Field(c.Field), Chain: c.Chain, Targets: c.Targets, Acceptance: c.Acceptance,
		Sellers: []contracts.Party{s.party(c.Seller)}, Buyers: []contracts.Party{{Name: c.Buyer.Name, Region: c.Buyer.Region, Nature: codes.PartyNature(c.Buyer.Nature)}},
		SignedOn: filed.AddDays(-12), EffectiveOn: filed.AddDays(-10), ExpiresOn: when.DayOf(filed.Start().AddDate(0, c.Months, 0)),
	}
	var err error
	if c.Buyer.Key != "" {
		t.Buyers[0] = s.party(c.Buyer.Key)
	} else if t.Buyers[0].CreditCode, err = outsideCode(c.Buyer.Name, c.Buyer.Region); err != nil {
		return t, err
	}
	for _, i := range c.Inventors {
		number, err := codes.CompleteResidentID(i.Number)
		if err != nil {
			return t, err
		}
		t.Sellers = append(t.Sellers, contracts.Party{Name: i.Name, Region: i.Region, Nature: codes.NaturalPerson, Person: contracts.NewPerson(uuid.Nil, codes.ResidentID, number)})
	}
	if t.Turnover, err = money.Parse(c.Turnover); err != nil {
		return t, err
	}
	for _, d := range c.Deductions {
		amount, err := money.Parse(d.Amount)
		if err != nil {
			return t, err
		}
		t.Deductions = append(t.Deductions, contracts.Deduction{Kind: contracts.DeductionKind(d.Kind), Reason: d.Reason, Amount: amount})
	}
	for _, x := range c.Instalments {
		amount, err := money.Parse(x.Amount)
		if err != nil {
			return t, err
		}
		part := contracts.Instalment{Amount: amount, Condition: x.Condition}
		if x.After > 0 {
			part.DueOn = t.SignedOn.AddMonths(x.After)
		}
		if t.Payment == nil {
			t.Payment = &contracts.PaymentTerms{Mode: codes.Instalments}
		}
		t.Payment.Instalments = append(t.Payment.Instalments, part)
	}
	return t, nil
}

// party is an organization of the demo as a party: a university and an institute are public institutions (022, 021), an
// enterprise is a limited company (150), the rest organs of state (010).
func (s *seeder) party(key string) contracts.Party {
	for _, o := range s.data.Organizations {
		if o.Key != key {
			continue
		}
		id := s.orgs[key]
		nature := map[string]codes.PartyNature{"university": "022", "institute": "021", "enterprise": "150", "transfer_agency": "150"}[o.Kind]
		if nature == "" {
			nature = "010"
		}
		return contracts.Party{OrganizationID: &id, Name: o.Name, CreditCode: s.codes[key], Region: o.Region, Nature: nature}
	}
	return contracts.Party{}
}

// outsideCode makes a credit code for a company that has no account here, the same at every start.
func outsideCode(name, region string) (string, error) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	return codes.CompleteCreditCode("91"+region, fmt.Sprintf("MA%06d", h.Sum32()%1_000_000))
}
