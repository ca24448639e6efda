package harvest_test

import (
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"jiebang/api/apitest"
)

// A file of open data has what a visitor may read and no more, whoever downloads it, and no name of a poster that keeps it.
func TestFilesOfOpenData(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		s.ResultIn("draft")
		s.TeamIn("published")
		open, _ := s.ChallengeIn("published")
		masked, _ := s.ChallengeIn("published", func(body apitest.J) { body["masked"] = true })
		for part, want := range map[string][]string{"result": {s.Result}, "need": {s.Need}, "team": {""}, "challenge": {open, masked}} {
			r := s.Visitor().Get("/v1/open-data/" + part + "?format=jsonl").Want(200)
			if own := s.Buyer.Get("/v1/open-data/" + part + "?format=jsonl").Want(200); string(own.Raw) != string(r.Raw) {
				t.Errorf("a member gets another file of %s", part)
			}
			lines := strings.Split(strings.TrimSuffix(string(r.Raw), "\n"), "\n")
			if len(lines) != len(want) {
				t.Errorf("%d records of %s instead of %d\n%s", len(lines), part, len(want), r.Raw)
			}
			for _, line := range lines {
				var said map[string]any
				if err := json.Unmarshal([]byte(line), &said); err != nil {
					t.Fatal(err)
				}
				id := said["id"].(string)
				if want[0] != "" && !slices.Contains(want, id) || said["kind"] != part || said["url"] != "https://jiebang.example.org/"+part+"s/"+id {
					t.Errorf("%s", line)
				}
				if id != masked {
					continue
				}
				for _, canary := range []string{s.Firm, "辽浑智造装备有限公司", "210106", "owner"} {
					if strings.Contains(line, canary) {
						t.Errorf("it tells %s: %s", canary, line)
					}
				}
			}
			table, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(s.Visitor().Get("/v1/open-data/"+part).Want(200).Raw), "\uFEFF"))).ReadAll()
			if err != nil || len(table) != len(want)+1 || table[0][0] != "id" {
				t.Errorf("%v: %q", err, table)
			}
		}
		if table := string(s.Visitor().Get("/v1/open-data/turnover").Want(200).Raw); !strings.HasPrefix(table, "\uFEFFby,period,group_by,group,") {
			t.Errorf("%s", table)
		}
		s.Visitor().Get("/v1/open-data/contract").Want(400)
		s.Visitor().Get("/v1/open-data/result?format=xlsx").Want(400)
	})
}

// Of one contract nothing is told: the file goes by the rule of disclosure, also for operators.
func TestTheFileOfTurnoverKeepsTheRule(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		s.Contract("registered")
		for _, who := range []*apitest.Client{s.Visitor(), s.Editor, s.First, s.Operator} {
			for _, format := range []string{"csv", "jsonl"} {
				text := string(who.Get("/v1/open-data/turnover?format=" + format).Want(200).Raw)
				for line := range strings.Lines(text) {
					if format == "jsonl" && !strings.Contains(line, `"contracts":"0"`) {
						t.Errorf("%s", line)
					}
					if format == "csv" && !strings.HasPrefix(line, "\uFEFF") && !strings.Contains(line, ",0,0.00,0.00,") {
						t.Errorf("%s", line)
					}
				}
			}
		}
	})
}
