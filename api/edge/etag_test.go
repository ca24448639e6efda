package edge_test

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

func TestATagTellsVersionAndView(t *testing.T) {
	one, other := edge.ETag(7, []byte("a")), edge.ETag(7, []byte("b"))
	if one == other || one != edge.ETag(7, []byte("a")) || !strings.HasPrefix(one, `"7-`) || !strings.HasSuffix(one, `"`) {
		t.Errorf("%s, %s", one, other)
	}
	for _, version := range []int64{1, 2, 10, 1<<63 - 1} {
		tag := edge.ETag(version, []byte("泵"))
		for _, form := range []string{tag, "W/" + tag, " " + tag + "\t"} {
			if got, any, ok := edge.ParseIfMatch(form); !ok || any || !reflect.DeepEqual(got, []int64{version}) {
				t.Errorf("%s read as %v, %v, %v", form, got, any, ok)
			}
		}
	}
}

func TestTheFormsOfIfMatch(t *testing.T) {
	for text, want := range map[string][]int64{
		`"3"`:                               {3},
		`W/"3"`:                             {3},
		`"3-abc"`:                           {3},
		`"3-abc-gzip"`:                      {3},
		`"3-a,b"`:                           {3},
		`"3-x", "4-y"`:                      {3, 4},
		`W/"3-x" , W/"3-y","12"`:            {3, 12},
		`"of another system", "5-x"`:        {5},
		`"` + strings.Repeat("9", 18) + `"`: {999999999999999999},
	} {
		if got, any, ok := edge.ParseIfMatch(text); !ok || any || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v, %v, want %v", text, got, any, ok, want)
		}
	}
	for _, text := range []string{``, `3`, `"three"`, `"3" "4"`, `"3",`, `w/"3"`, `"-3"`, `"03-x"`, `"3`, `* "3"`, `*,`, strings.Repeat(`"3",`, 16) + `"3"`} {
		if got, any, ok := edge.ParseIfMatch(text); ok {
			t.Errorf("%s is taken: %v, %v", text, got, any)
		}
	}
}

// A change is made if any of the versions fits, once; another refusal than a stale version ends it.
func TestAnyVersionOfAListMayFit(t *testing.T) {
	for _, c := range []struct {
		ifMatch []string
		refuse  error
		want    int
		asked   []int64
	}{
		{[]string{`W/"3-x"`}, nil, 200, []int64{3}},
		{[]string{`"1", "2-x", "3-y", "4"`}, nil, 200, []int64{1, 2, 3}},
		{[]string{`"1"`, `"3"`}, nil, 200, []int64{1, 3}},
		{[]string{`"1", "2"`}, nil, 412, []int64{1, 2}},
		{[]string{`"1", "3"`}, fault.NotAllowed.New(), 403, []int64{1}},
		{[]string{`*`}, nil, 428, nil},
		{[]string{`"3", *`}, nil, 428, nil},
		{[]string{`*`, `W/"3-x"`}, nil, 428, nil},
	} {
		e := edge.New(specOf(t, things), everyTokenIsTheClerks, never)
		var asked []int64
		edge.Change(e, "publishThing", edge.Kind[view, Thing]{Wire: written},
			func(_ context.Context, _ work.Call, _ uuid.UUID, version int64) (work.Answer[view], error) {
				asked = append(asked, version)
				if c.refuse == nil && version != 3 {
					return work.Answer[view]{}, fault.VersionStale.New()
				}
				return work.Answer[view]{}, c.refuse
			})
		var header []string
		for _, line := range c.ifMatch {
			header = append(header, "If-Match", line)
		}
		w := asClerk(e, "POST", "/v1/things/"+aThing+"/publish", "", header...)
		if w.Code != c.want || !reflect.DeepEqual(asked, c.asked) {
			t.Errorf("%v: %d after %v, want %d after %v", c.ifMatch, w.Code, asked, c.want, c.asked)
		}
	}
}

// Whoever has the answer already gets 304; the whole tag counts, since what a reader is shown may change with the version standing still.
func TestWhatIsKnownIsNotSentAgain(t *testing.T) {
	e := edge.New(specOf(t, things), everyTokenIsTheClerks, never)
	var v view
	v.Version, v.title = 3, "泵"
	edge.Read(e, "getThing", edge.Kind[view, Thing]{Wire: written, Get: func(context.Context, policy.Actor, uuid.UUID) (view, error) { return v, nil }})
	path := "/v1/things/" + aThing
	tag := asClerk(e, "GET", path, "").Header().Get("ETag")
	for _, method := range []string{"GET", "HEAD"} {
		for text, want := range map[string]int{
			tag: 304, "W/" + tag: 304, `"3-other"`: 200, `"3"`: 200, `"1", ` + tag: 304, `*`: 304, `nonsense`: 200, `"1", *`: 200,
		} {
			w := asClerk(e, method, path, "", "If-None-Match", text)
			if w.Code != want || w.Header().Get("ETag") != tag || (want == 304 || method == "HEAD") && w.Body.Len() > 0 {
				t.Errorf("%s with %s: %d %v %s", method, text, w.Code, w.Header(), w.Body)
			}
		}
	}
	v.title = "阀" // a name changed, say
	if w := asClerk(e, "GET", path, "", "If-None-Match", tag); w.Code != http.StatusOK || w.Header().Get("ETag") == tag {
		t.Errorf("another view: %d, tag %s after %s", w.Code, w.Header().Get("ETag"), tag)
	}
}
