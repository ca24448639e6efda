package edge_test

import (
	"net/http"
	"slices"
	"strconv"
	"testing"
)

// bare are the operations whose 201 lacks a header that the others have, each with why.
var bare = map[string]struct {
	lacks []string
	why   string
}{
	"createSession": {[]string{"ETag", "Location"}, "a session has no address and no version; its token is told this once"},
	"createAccount": {[]string{"ETag", "Location"}, "who signs up is a visitor and reads no account; who has signed in reads /v1/me, which is changed without a version"},
}

// What is made is told with its address and its tag, so that whoever made it goes on without a search; where it is not, the list above says why.
func TestWhatIsMadeIsToldWithItsAddressAndItsTag(t *testing.T) {
	made := 0
	left := map[string]bool{}
	for path, item := range described(t).Paths.Map() {
		for method, op := range item.Operations() {
			r := op.Responses.Value(strconv.Itoa(http.StatusCreated))
			if r == nil {
				continue
			}
			made++
			var lacks []string
			for _, name := range []string{"ETag", "Location"} {
				if r.Value.Headers[name] == nil {
					lacks = append(lacks, name)
				}
			}
			if want := bare[op.OperationID]; !slices.Equal(lacks, want.lacks) || len(lacks) > 0 && want.why == "" {
				t.Errorf("%s (%s %s): its 201 lacks %v, written down is %v", op.OperationID, method, path, lacks, want.lacks)
			}
			left[op.OperationID] = true
		}
	}
	for id := range bare {
		if !left[id] {
			t.Errorf("%s makes nothing and stands in the list", id)
		}
	}
	if made < 40 {
		t.Errorf("only %d operations make something", made)
	}
}
