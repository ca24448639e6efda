package contracts_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"jiebang/api/apitest"
)

// The archive of a contract has what the API says of it, its certificate and its files, each with its digest, and for each reader what they may read.
func TestTheArchiveOfAContract(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		id, tag, _ := s.Contract("draft")
		path := "/v1/contracts/" + id
		s.File(id, "contract", "合同 扫描件.txt", []byte("合同全文"), false)
		s.Register(s.Editor.Act(path+"/submit", tag, nil).Want(200).Text("application_id"), s.First, s.Second)
		s.Buyer.Post(path+"/payments", apitest.J{"amount": apitest.Money("300000.00"), "paid_on": "2026-03-05"}).Want(201)
		for _, reader := range []*apitest.Client{s.Editor, s.Buyer, s.First, s.Operator} {
			r := reader.Get(path + "/archive").Want(200)
			if got := r.Header.Get("Content-Type"); got != "application/zip" || !strings.Contains(r.Header.Get("Content-Disposition"), "JB-2026-") {
				t.Errorf("%s, %s", got, r.Header.Get("Content-Disposition"))
			}
			members, names := map[string][]byte{}, []string{}
			z, err := zip.NewReader(bytes.NewReader(r.Raw), int64(len(r.Raw)))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range z.File {
				in, err := f.Open()
				if err != nil {
					t.Fatal(err)
				}
				if members[f.Name], err = io.ReadAll(in); err != nil {
					t.Fatal(err)
				}
				names = append(names, f.Name)
			}
			if want := []string{"README.txt", "contract.json", "applications.json", "payments.json", "ledger-entries.json", "certificate.pdf", "files/001 合同 扫描件.txt", "SHA256SUMS"}; !slices.Equal(names, want) {
				t.Fatalf("%q", names)
			}
			lines := strings.Split(strings.TrimSpace(string(members["SHA256SUMS"])), "\n")
			for _, line := range lines {
				sum, name, _ := strings.Cut(line, "  ")
				if got := sha256.Sum256(members[name]); hex.EncodeToString(got[:]) != sum {
					t.Errorf("%s has another digest", name)
				}
			}
			var contract apitest.J
			var applications, payments, entries []apitest.J
			for name, to := range map[string]any{"contract.json": &contract, "applications.json": &applications, "payments.json": &payments, "ledger-entries.json": &entries} {
				if err := json.Unmarshal(members[name], to); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
			if len(lines) != len(names)-1 || contract["id"] != id || len(applications) != 1 || applications[0]["state"] != "granted" || len(payments) != 1 || len(entries) != 1 || entries[0]["proof"] == nil {
				t.Errorf("%d sums, %v, %v, %v, %v", len(lines), contract["id"], applications, payments, entries)
			}
			if string(members["files/001 合同 扫描件.txt"]) != "合同全文" || !bytes.HasPrefix(members["certificate.pdf"], []byte("%PDF-")) {
				t.Errorf("%q", members["files/001 合同 扫描件.txt"])
			}
		}
		draft, _, _ := s.Contract("draft")
		r := s.Editor.Get("/v1/contracts/" + draft + "/archive").Want(200)
		if z, err := zip.NewReader(bytes.NewReader(r.Raw), int64(len(r.Raw))); err != nil || len(z.File) != 6 {
			t.Errorf("of a draft: %v", err)
		}
	})
}
