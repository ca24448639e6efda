package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"jiebang/api/apitest"
)

// digest is what docs/operations.md says of the chain's digests, written once more for whoever wants to check.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// follow computes the public chain from its beginning by what everybody may read, and returns the last hash and the digests by sequence.
func follow(t *testing.T, visitor *apitest.Client) (last string, digests map[int]string) {
	t.Helper()
	var months []any
	for address := "/v1/ledger/months?limit=1"; address != ""; { // the last month first, one to a page
		page := visitor.Get(address).Want(200)
		months = append(page.Items(), months...)
		address = next(page, "/v1/ledger/months?limit=1")
	}
	digests = map[int]string{}
	hash := ""
	for _, m := range months {
		month := m.(map[string]any)
		for address := month["links"].(string) + "?limit=2"; address != ""; {
			page := visitor.Get(address).Want(200)
			for _, item := range page.Items() {
				l := item.(map[string]any)
				seq := int(l["seq"].(float64))
				if l["prev_hash"] != hash || seq != len(digests)+1 {
					t.Fatalf("link %d does not follow %s", seq, hash)
				}
				hash = digest("jiebang-ledger-2", hash, fmt.Sprint(seq), l["posted_month"].(string), l["digest"].(string))
				if hash != l["hash"] {
					t.Fatalf("link %d: computed %s, published %s", seq, hash, l["hash"])
				}
				digests[seq] = l["digest"].(string)
			}
			address = next(page, month["links"].(string)+"?limit=2")
		}
		if month["hash"] != hash {
			t.Fatalf("%s ends with %s, its links with %s", month["month"], month["hash"], hash)
		}
	}
	return hash, digests
}

func next(page *apitest.Response, address string) string {
	cursor, more := page.Body["next_cursor"].(string)
	if !more {
		return ""
	}
	return address + "&cursor=" + cursor
}

// Anyone follows the published chain without an account; a party proves that its own entries are in it; and neither a visitor nor another
// party learns what an entry says.
func TestTheChainIsFollowedByAnyoneAndAnEntryProvenByItsParty(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		contract, application := m.file(nil)
		h.Register(application, m.first, m.second)
		h.Clock.Set("2026-04-05T03:00:00Z")
		larger := apitest.Terms(m.uni, "", j{"turnover": apitest.Money("1300000.00"), "field": "new_materials"})
		r := m.editor.Post("/v1/contracts/"+contract+"/amendments", j{"terms": larger, "reason": "追加内容"}).Want(201)
		h.Register(r.Text("id"), m.first, m.second)

		visitor := h.Visitor()
		if months := visitor.Get("/v1/ledger/months").Want(200).Items(); len(months) != 1 {
			t.Errorf("in April, the months that are over: %v", months)
		}
		visitor.Get("/v1/ledger/months/2026-04/links").Refused(404, "not_found")
		visitor.Get("/v1/ledger/months/2026-13/links").Refused(400, "invalid_input")
		h.Person("a.stranger").Get("/v1/contracts/"+contract+"/ledger-entries").Refused(404, "not_found")
		entries := m.editor.Get("/v1/contracts/" + contract + "/ledger-entries").Want(200).Items()
		if len(entries) != 3 {
			t.Fatalf("%d entries", len(entries))
		}
		h.Clock.Set("2026-05-01T03:00:00Z")
		last, digests := follow(t, visitor)
		head := visitor.Get("/v1/ledger/head").Want(200)
		if head.Text("hash") != last || len(digests) != 3 {
			t.Errorf("the chain ends with %s after %d entries, the head is %s", last, len(digests), head.Text("hash"))
		}

		outsider(t, h, fmt.Sprintf("%d entries, head %s", len(digests), last))

		for _, item := range entries {
			e := item.(map[string]any)
			proof := e["proof"].(map[string]any)
			parts := []string{proof["form"].(string), proof["salt"].(string)}
			for _, p := range proof["payload"].([]any) {
				parts = append(parts, p.(string))
			}
			if got := digest(parts...); got != proof["digest"] || got != digests[int(e["seq"].(float64))] {
				t.Errorf("entry %v: computed %s, published %s", e["seq"], got, digests[int(e["seq"].(float64))])
			}
			if parts[2] != e["id"] || parts[4] != contract || parts[7] != e["posted_on"] || parts[15] != e["office"] || parts[19] != e["seller_region"] {
				t.Errorf("the payload does not say what the entry says: %v, %v", parts, e)
			}
		}
		h.Agrees()
	})
}

// outsider runs the check of docs/ledger-chain.md as somebody without an account would.
func outsider(t *testing.T, h *apitest.House, want string) {
	t.Helper()
	if _, err := exec.LookPath("jq"); err != nil {
		t.Log("the check in the shell is left out: there is no jq")
		return
	}
	page, err := os.ReadFile("../docs/ledger-chain.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```sh\n")
	script, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("docs/ledger-chain.md has no check")
	}
	shell := exec.CommandContext(t.Context(), "bash", "-c", "set -u\n"+script)
	shell.Env = append(os.Environ(), "JIEBANG_URL="+h.URL)
	out, err := shell.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != want {
		t.Errorf("the check says %q, %v; want %q", out, err, want)
	}
}

// A contract whose seller's place has no office here is recorded by the buyer's side: it is absorbed technology, and no turnover.
func TestAContractRegisteredElsewhereIsAbsorbedAndNoTurnover(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		firm, buyer, _ := h.Organization("辽浑智造装备有限公司", "enterprise", "210106")
		terms := func(sellerRegion string) j {
			return apitest.Terms("", firm, j{"sellers": []any{j{"name": "京畿自动化研究院有限公司", "nature": "150", "region": sellerRegion, "credit_code": apitest.Outside(2)}}})
		}
		elsewhere := j{"office": "北京技术市场管理办公室", "official_number": "2026110000001", "registered_on": "2026-03-05"}
		body := func(region string, x j) j {
			return j{"kind": "development", "terms": terms(region), "registered_elsewhere": x}
		}

		r := buyer.Post("/v1/contracts", body("210112", elsewhere)).Refused(400, "invalid_input")
		if r.At("errors").([]any)[0].(map[string]any)["code"] != "registered_here" {
			t.Errorf("refused for another reason: %s", r.Raw)
		}
		buyer.Post("/v1/contracts", j{"kind": "development", "terms": terms("110105")}).Refused(409, "no_registration_office") // not to be registered here
		m.editor.Post("/v1/contracts", body("110105", elsewhere)).Refused(403, "not_allowed")                                  // nor entered by a stranger

		r = buyer.Post("/v1/contracts", body("110105", elsewhere)).Want(201)
		contract := r.Text("id")
		r = buyer.Act("/v1/contracts/"+contract+"/submit", r.ETag, nil).Want(200)
		h.Register(r.Text("application_id"), m.first, m.second)
		c := buyer.Get("/v1/contracts/" + contract).Want(200)
		if c.Text("state") != "recorded" || c.Text("official_number") != "2026110000001" || c.Text("office") != "SY01" || c.Text("registered_on") != "2026-03-05" {
			t.Errorf("recorded: %s", c.Raw)
		}
		if f := turnover(h, "2026"); f.contracts != 0 || f.turnover != "0.00" {
			t.Errorf("it counts as turnover: %+v", f)
		}
		absorbed := h.Operator.Get("/v1/turnover?by=year&from=2026-01-01&to=2026-12-31&buyer_region=210100&elsewhere=true").Want(200)
		if absorbed.At("total", "contracts").(float64) != 1 || absorbed.At("total", "turnover", "amount") != "1250000.00" {
			t.Errorf("absorbed: %s", absorbed.Raw)
		}
		address := absorbed.At("rows").([]any)[0].(map[string]any)["entries"].(string)
		if n := len(h.Operator.Get(address).Want(200).Items()); n != 1 {
			t.Errorf("%s leads to %d entries", address, n)
		}
		buyer.Post("/v1/contracts", body("110105", elsewhere)).Refused(409, "official_number_taken")

		// It is corrected and taken out like any other.
		r = buyer.Post("/v1/contracts/"+contract+"/cancellations", j{"reason": "原登记已注销"}).Want(201)
		h.Register(r.Text("id"), m.first, m.second)
		absorbed = h.Operator.Get("/v1/turnover?by=year&from=2026-01-01&to=2026-12-31&elsewhere=true").Want(200)
		if absorbed.At("total", "contracts").(float64) != 0 {
			t.Errorf("still absorbed: %s", absorbed.Raw)
		}
		h.Agrees()
	})
}
