package web_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

var dataBlock = regexp.MustCompile(`<script type="application/ld\+json">([^<]*)</script>`)

// The page of each public record says in schema.org's words what it is, and of a poster that keeps its name nothing.
func TestPagesSayWhatTheirRecordIs(t *testing.T) {
	p := newPortal(t, dbtest.New(t, db.SQLite))
	visitor := p.reader("")
	for collection, kind := range map[string]string{
		"results": "CreativeWork", "needs": "Demand", "challenges": "Demand", "teams": "ResearchOrganization", "organizations": "Organization", "notices": "CreativeWork",
	} {
		from := "/v1/" + collection + "?limit=5"
		var list struct {
			Items []struct{ ID, Title, Name string }
		}
		if err := json.Unmarshal([]byte(visitor.get(from).want(t, http.StatusOK).Text), &list); err != nil {
			t.Fatal(err)
		}
		for _, item := range list.Items {
			path := "/" + collection + "/" + item.ID
			found := dataBlock.FindAllStringSubmatch(visitor.get(path).want(t, http.StatusOK).Text, -1)
			if len(found) != 1 {
				t.Errorf("%s has %d blocks of data", path, len(found))
				continue
			}
			var said map[string]any
			if err := json.Unmarshal([]byte(found[0][1]), &said); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if said["@context"] != "https://schema.org" || said["@type"] != kind || said["name"] != item.Title+item.Name || !strings.HasSuffix(said["url"].(string), path) {
				t.Errorf("%s says %s", path, found[0][1])
			}
			if said["seller"] != nil {
				t.Errorf("%s sells: %s", path, found[0][1])
			}
			if collection == "challenges" && strings.Contains(found[0][1], "Organization") {
				t.Errorf("%s tells of its poster: %s", path, found[0][1])
			}
		}
		if len(list.Items) == 0 {
			t.Errorf("there are no %s", collection)
		}
	}
}
