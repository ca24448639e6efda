package harvest_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
	"time"

	"jiebang/api/apitest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// A harvester that others wrote gets everything, by all six verbs and over several parts, and understands what is refused: scripts/oai.sh.
func TestAHarvesterOfOthersGetsEverything(t *testing.T) {
	client := os.Getenv("JIEBANG_OAI_CLIENT")
	if client == "" {
		t.Skip("JIEBANG_OAI_CLIENT is not set; scripts/oai.sh sets it")
	}
	h := apitest.New(t, dbtest.New(t, db.SQLite))
	s := apitest.NewStage(h)
	for range 210 {
		s.ResultIn("published")
	}
	off, tag := s.ResultIn("published")
	h.Eventually("all is told", func() bool { return len(harvested(h, all)) == 213 })
	s.Editor.Act("/v1/results/"+off+"/withdraw", tag, nil).Want(200)
	h.Eventually("what is withdrawn is told", func() bool { return harvested(h, all)["results/"+off].Header.Status == "deleted" })

	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	text, err := exec.CommandContext(ctx, "node", client, h.URL+"/oai").Output()
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	type head struct {
		Identifier string `json:"identifier"`
		About      struct {
			Status string `json:"status"`
		} `json:"$"`
	}
	var got struct {
		Identify struct {
			Version string `json:"protocolVersion"`
			Deleted string `json:"deletedRecord"`
		} `json:"identify"`
		Formats []struct {
			Prefix string `json:"metadataPrefix"`
		} `json:"formats"`
		Sets []struct {
			Spec string `json:"setSpec"`
			Name string `json:"setName"`
		} `json:"sets"`
		Records []struct {
			Header   head `json:"header"`
			Metadata struct {
				DC struct {
					Title   string `json:"dc:title"`
					Creator string `json:"dc:creator"`
				} `json:"oai_dc:dc"`
			} `json:"metadata"`
		} `json:"records"`
		Rich []struct {
			Header head `json:"header"`
		} `json:"rich"`
		Headers []head `json:"headers"`
		One     struct {
			Metadata struct {
				Mods struct {
					Title struct {
						Title string `json:"title"`
					} `json:"titleInfo"`
				} `json:"mods"`
			} `json:"metadata"`
		} `json:"one"`
		Unknown string `json:"unknown"`
		Empty   string `json:"empty"`
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if got.Identify.Version != "2.0" || got.Identify.Deleted != "persistent" || len(got.Formats) != 2 || len(got.Sets) < 8 {
		t.Errorf("%+v %+v %+v", got.Identify, got.Formats, got.Sets)
	}
	seen, deleted := map[string]bool{}, 0
	for _, r := range got.Records {
		seen[r.Header.Identifier] = true
		if r.Header.About.Status == "deleted" {
			deleted++
		} else if r.Metadata.DC.Title == "" || r.Metadata.DC.Creator == "" {
			t.Errorf("%+v", r)
		}
	}
	if len(got.Records) != 213 || len(seen) != 213 || deleted != 1 || len(got.Rich) != 213 || len(got.Headers) != 212 {
		t.Errorf("%d records, %d of them others, %d deleted; %d rich ones, %d headers of results", len(got.Records), len(seen), deleted, len(got.Rich), len(got.Headers))
	}
	if got.One.Metadata.Mods.Title.Title == "" || got.Unknown != "idDoesNotExist" || got.Empty != "noRecordsMatch" {
		t.Errorf("%+v %q %q", got.One, got.Unknown, got.Empty)
	}
}
