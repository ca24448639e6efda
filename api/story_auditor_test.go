package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/ledger"
)

// An auditor's visit: from the year's figure down to one contract's scan, and the whole ledger checked on their own machine, by the file alone and the
// head that they noted. docs/auditors-visit.md tells the same.
func TestAnAuditorsVisit(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		scan := scanned("盛北理工大学与辽浑智造装备有限公司")
		var contracts []string
		for i := range 3 {
			r := s.Editor.Post("/v1/contracts", j{"kind": "development", "terms": apitest.Terms(s.Uni, s.Firm, j{
				"title": fmt.Sprintf("废气净化装置委托开发第 %d 期", i+1), "turnover": apitest.Money(fmt.Sprintf("%d50000.00", i+3)),
			})}).Want(201)
			hang(s.Editor, r.Text("id"), "合同.pdf", scan)
			contracts = append(contracts, r.Text("id"))
			r = s.Editor.Act("/v1/contracts/"+r.Text("id")+"/submit", r.ETag, nil).Want(200)
			h.Register(r.Text("application_id"), s.First, s.Second)
		}

		// The year's figure, cut by kind; each row leads to the entries that sum to it, each entry to its contract, that to its papers.
		year := h.Operator.Get("/v1/turnover?from=2026-01-01&to=2026-12-31&by=year&group_by=kind").Want(200)
		if year.At("total", "contracts") != 3.0 || year.Text("total", "turnover", "amount") != "1350000.00" {
			t.Errorf("the year: %s", year.Raw)
		}
		entries := h.Operator.Get(year.Text("rows", 0, "entries")).Want(200)
		if len(entries.Items()) != 3 {
			t.Fatalf("entries: %s", entries.Raw)
		}
		contract := entries.Text("items", 2, "contract_id") // the last stands first
		if contract != contracts[0] || entries.Text("items", 2, "figures", "turnover", "amount") != "350000.00" {
			t.Errorf("the first entry: %s", entries.Raw)
		}
		read := h.Operator.Get("/v1/contracts/" + contract).Want(200)
		if read.Text("turnover", "amount") != entries.Text("items", 2, "figures", "turnover", "amount") || read.Text("state") != "registered" {
			t.Errorf("the contract: %s", read.Raw)
		}
		papers := h.Operator.Get("/v1/files?object_kind=contract&object_id=" + contract).Want(200)
		paper := h.Operator.Get("/v1/files/" + papers.Text("items", 0, "id") + "/content").Want(200)
		if !bytes.Equal(paper.Raw, scan) {
			t.Errorf("the scan has %d bytes, and %d were handed in", len(paper.Raw), len(scan))
		}
		if digest, said := sha256.Sum256(paper.Raw), papers.Items()[0].(map[string]any)["digest"]; said != nil && said != "sha-256:"+hex.EncodeToString(digest[:]) {
			t.Errorf("its digest is %v", said)
		}
		for _, who := range []*apitest.Client{h.Visitor(), s.Stranger} { // nobody else goes that way
			if r := who.Get("/v1/turnover?from=2026-01-01&to=2026-12-31&by=year"); strings.Contains(string(r.Want(200).Raw), `"entries"`) {
				t.Errorf("the public is led to entries: %s", r.Raw)
			}
			who.Get("/v1/ledger/chain/entries").Refused(map[bool]int{true: 401, false: 403}[who.Token == ""], map[bool]string{true: "sign_in_required", false: "not_allowed"}[who.Token == ""])
		}

		// The export, checked by what `jiebang check` runs: by the file alone, and against the head that was noted.
		head := h.Operator.Get("/v1/ledger/head").Want(200)
		noted := ledger.Noted{Seq: int64(head.At("seq").(float64)), Hash: head.Text("hash")}
		export := h.Operator.Get("/v1/ledger/chain/entries").Want(200).Raw
		c, err := ledger.Check(bytes.NewReader(export), noted)
		if err != nil || c.Flaw != nil || c.Entries != 3 || c.Sums != (ledger.Sums{Contracts: 3, Turnover: 135_000_000, Technology: 75_000_000}) {
			t.Errorf("the export: %+v %v", c, err)
		}
		flawed := func(what string, wrong ledger.Wrong, seq int64, file []byte) {
			t.Helper()
			c, err := ledger.Check(bytes.NewReader(file), noted)
			if err != nil || c.Flaw == nil || c.Flaw.Wrong != wrong || c.Flaw.Seq != seq {
				t.Errorf("%s: %+v %v", what, c.Flaw, err)
			}
		}
		flawed("an amount is changed", ledger.Changed, 1, bytes.Replace(export, []byte(`"35000000"`), []byte(`"95000000"`), 1))
		lines := bytes.SplitAfter(export, []byte("\n"))
		flawed("an entry is taken out", ledger.Gone, 2, bytes.Join([][]byte{lines[0], lines[1], lines[3]}, nil))

		// In April the public chain of March ends with the same head, and tells no amount.
		h.Clock.Set("2026-04-02T02:00:00Z")
		h.SignInAgain()
		chain := h.Visitor().Get("/v1/ledger/chain").Want(200).Raw
		if c, err := ledger.Check(bytes.NewReader(chain), noted); err != nil || c.Flaw != nil || c.Entries != 3 || bytes.Contains(chain, []byte("35000000")) {
			t.Errorf("the public chain: %+v %v %s", c, err, chain)
		}
		h.Agrees()
	})
}
