package desk

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"jiebang/internal/policy"
	"jiebang/web/contract"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// wait is one kind of thing that may wait for somebody: who may have any, and by which list it is found.
type wait struct {
	word      string
	who       func(a policy.Actor) bool
	operation string
	query     url.Values
	columns   []string
}

func anyone(policy.Actor) bool         { return true }
func member(a policy.Actor) bool       { return len(a.Member) > 0 }
func operator(a policy.Actor) bool     { return a.Operator }
func registrar(a policy.Actor) bool    { return len(a.RegistrarAt()) > 0 }
func expert(a policy.Actor) bool       { return a.Reviewer() }
func brokerOrSide(a policy.Actor) bool { return a.Broker() || len(a.Member) > 0 }

const shownEach = "6"

// waits are in the order of how soon they are due.
var waits = []wait{
	{"wait.applications", registrar, "listApplications", url.Values{"may_decide": {"true"}, "limit": {shownEach}}, []string{"due_on", "state", "kind", "contract"}},
	{"wait.takeovers", registrar, "listReconciliations", url.Values{"state": {"proposed"}, "limit": {shownEach}}, []string{"office_name", "source", "only_there", "proposed_by", "proposed_at"}},
	{"wait.letters", registrar, "listAuthorityLetters", url.Values{"state": {"open"}, "limit": {shownEach}}, []string{"authority", "cause", "contract", "created_at"}},
	{"wait.introductions", member, "listIntroductions", url.Values{"box": {"received"}, "state": {"proposed"}, "sort": {"due"}, "limit": {shownEach}}, []string{"respond_by", "result", "need"}},
	{"wait.reviews", expert, "listReviews", url.Values{"state": {"asked"}, "limit": {shownEach}}, nil},
	{"wait.reviewing", expert, "listReviews", url.Values{"state": {"accepted"}, "limit": {shownEach}}, nil},
	{"wait.results", func(a policy.Actor) bool { return member(a) || a.Operator }, "listResults", url.Values{"state": {"submitted"}, "limit": {shownEach}}, []string{"owner", "updated_at"}},
	{"wait.needs", func(a policy.Actor) bool { return member(a) || a.Operator }, "listNeeds", url.Values{"state": {"submitted"}, "limit": {shownEach}}, []string{"owner", "urgent", "updated_at"}},
	{"wait.teams", func(a policy.Actor) bool { return member(a) || a.Operator }, "listTeams", url.Values{"state": {"submitted"}, "limit": {shownEach}}, []string{"owner", "updated_at"}},
	{"wait.mandates", brokerOrSide, "listMandates", url.Values{"state": {"proposed"}, "limit": {shownEach}}, nil},
	{"wait.claims", brokerOrSide, "listClaims", url.Values{"state": {"flagged"}, "limit": {shownEach}}, nil},
	{"wait.commissions", brokerOrSide, "listCommissions", url.Values{"state": {"due"}, "limit": {shownEach}}, nil},
	{"wait.bids", member, "listBids", url.Values{"state": {"draft"}, "limit": {shownEach}}, nil},
	{"wait.confirming", member, "listChallenges", url.Values{"state": {"confirming"}, "limit": {shownEach}}, nil},
	{"wait.pledging", member, "listProjects", url.Values{"state": {"pledging"}, "limit": {shownEach}}, nil},
	{"wait.invitations", anyone, "listReceivedInvitations", nil, nil},
	{"wait.organizations", operator, "listOrganizations", url.Values{"state": {"pending"}, "limit": {shownEach}}, []string{"kind", "region", "created_at"}},
	{"wait.challenges", operator, "listChallenges", url.Values{"state": {"submitted"}, "limit": {shownEach}}, nil},
	{"wait.objections", operator, "listObjections", url.Values{"state": {"received"}, "limit": {shownEach}}, nil},
	{"wait.complaints", operator, "listComplaints", url.Values{"state": {"filed"}, "limit": {shownEach}}, []string{"title", "ground", "created_at"}},
	{"wait.appeals", operator, "listComplaints", url.Values{"state": {"appealed"}, "limit": {shownEach}}, []string{"title", "ground", "appealed_at"}},
	{"wait.taken_down", func(a policy.Actor) bool { return member(a) && !a.Operator }, "listComplaints", url.Values{"state": {"upheld"}, "limit": {shownEach}}, []string{"title", "ground", "decided_at"}},
	{"wait.registers", operator, "listRegisterEntries", url.Values{"confirmed": {"false"}, "limit": {shownEach}}, nil},
	{"wait.grades", operator, "listGrades", url.Values{"state": {"proposed"}, "limit": {shownEach}}, nil},
	{"wait.mails", operator, "listMails", url.Values{"state": {"failed"}, "limit": {shownEach}}, nil},
	{"wait.inbox", anyone, "listInbox", url.Values{"unread": {"true"}, "limit": {shownEach}}, []string{"at", "title"}},
}

// waiting is what waits of one kind.
type waiting struct {
	wait
	List *ui.Listing
	All  string // the page of the whole list
}

// home is the desk: what waits for its reader, and where their things are.
func home(p *site.Page) error {
	if err := p.MustSignIn(); err != nil {
		return err
	}
	var found []waiting
	for _, w := range waits {
		if !w.who(p.Reader) {
			continue
		}
		answer, err := p.Read(w.operation, "", w.query)
		var refused *site.Problem
		if errors.As(err, &refused) && refused.Status == http.StatusForbidden {
			continue
		}
		if err != nil {
			return err
		}
		o := p.Book.Operation(w.operation)
		l := ui.NewListing(p, o, answer.Value, w.columns...)
		if len(l.Items) == 0 {
			continue
		}
		more := url.Values{}
		for k, v := range w.query {
			if k != "limit" {
				more[k] = v
			}
		}
		if slices.ContainsFunc(o.Query, func(f *contract.Field) bool { return f.Name == "owner_id" }) {
			more.Set("owner_id", "") // of all of one's organizations
		}
		l.Next = ""
		found = append(found, waiting{w, l, cmp.Or(ownPlaces[w.operation], ui.PagePath(o.Path)+"?"+more.Encode())})
	}
	p.Wide, p.NoIndex = true, true
	return p.Show(p.T("desk.title"), homePage(p, found))
}

// group is a group of lists that belong to one kind of work.
type group struct {
	word  string
	who   func(a policy.Actor) bool
	lists []string
}

var groups = []group{
	{"desk.supply", member, []string{"listResults", "listNeeds", "listTeams", "listImports", "listGrades"}},
	{"desk.deals", brokerOrSide, []string{"listIntroductions", "listDeals", "listMandates", "listClaims", "listCommissions"}},
	{"desk.reward", func(a policy.Actor) bool { return a.Broker() || a.Operator }, []string{"getBrokerReward", "getFunnel"}},
	{"desk.challenges", func(a policy.Actor) bool { return member(a) || a.Operator }, []string{"listChallenges", "listBids", "listProjects", "listRounds"}},
	{"desk.contracts", func(a policy.Actor) bool { return member(a) || registrar(a) || a.Operator }, []string{"listContracts", "listOffices", "listBenefitRules"}},
	{"desk.registry", func(a policy.Actor) bool { return registrar(a) || a.Operator }, []string{"listApplications", "listReconciliations", "listAuthorityLetters", "countApplications", "getDeskStatistics"}},
	{"desk.review", func(a policy.Actor) bool { return expert(a) || a.Operator }, []string{"listReviews", "listExpertTies", "listReviewPanels", "listObjections"}},
	{"desk.bureau", operator, []string{"listOrganizations", "listAccounts", "listRegisterEntries", "listControlLinks", "listBlacklist", "listCriteriaTemplates", "listGrants", "listCalendars", "listIndustryChains", "listZones", "listMails", "listJobs"}},
	{"desk.figures", func(a policy.Actor) bool { return registrar(a) || a.Operator }, []string{"getTurnover", "getFunnel", "listLedgerEntries", "listLedgerMonths", "listLedgerClosings", "getChallengeFigures", "countGrades"}},
	{"desk.programs", member, []string{"listApiKeys", "listWebhooks"}},
	{"desk.more", anyone, []string{"listInbox", "listSavedSearches", "getInboxMail", "listReceivedInvitations", "listComplaints", "listReference", "listRegions", "askControl", "findExternalId"}},
}

// ownPlaces are pages that are written for their list.
var ownPlaces = map[string]string{"listApplications": "/desk/queue", "listImports": "/desk/import", "getFunnel": "/funnel"}

// placeOf is the page of a list, or of an answer that is no list of records.
func placeOf(p *site.Page, id string) string {
	if own := ownPlaces[id]; own != "" {
		return own
	}
	if id == "getChallengeFigures" && p.Reader.Operator {
		return "/desk/figures"
	}
	o := p.Book.Operation(id)
	if o.Item != "" && o.Path == o.Collection() && p.Book.At(http.MethodGet, o.Path+"/{id}") != nil || id == "listInbox" || id == "listJobs" || id == "listReceivedInvitations" {
		return "/desk/" + o.Path[len("/v1/"):]
	}
	return "/look/" + id
}
