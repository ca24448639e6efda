package ref

import (
	_ "embed"
	"testing"

	"jiebang/internal/when"
)

//go:embed testdata/gb2260-changes-2019-2023.tsv
var changesTSV string

// The list of changes between the last edition of the history and the current table was computed apart from this code.
func TestTheJoinOfHistoryAndPresentGivesTheListedChanges(t *testing.T) {
	d := divisions()
	now := len(d.editions) - 1
	listed := map[string]bool{}
	for _, r := range rows(changesTSV, 4) {
		kind, code, before, after := r[0], r[1], r[2], r[3]
		listed[code] = true
		old, wasThere := d.in(code, now-1)
		current, isThere := d.in(code, now)
		switch {
		case code == "710000" || code == "810000" || code == "820000":
			if !wasThere || !isThere || old != current || old.Name != before {
				t.Errorf("%s was not carried on: %+v, %+v", code, old, current)
			}
		case kind == "gone":
			if !wasThere || isThere || old.Name != before {
				t.Errorf("%s should be gone: %+v, %+v", code, old, current)
			}
		case kind == "new" && noPlace(code, after):
			if wasThere || isThere {
				t.Errorf("%s is no place: %+v, %+v", code, old, current)
			}
		case kind == "new":
			if wasThere || !isThere || current.Name != after {
				t.Errorf("%s should be new: %+v, %+v", code, old, current)
			}
			// Known from the day after the edition before, since nothing says when in between it came.
			if r, ok := RegionOn(code, when.MustDay("2019-05-01")); !ok || r.Name != after {
				t.Errorf("%s between the editions: %+v, %v", code, r, ok)
			}
		case kind == "renamed":
			if !wasThere || !isThere || old.Name != before || current.Name != after {
				t.Errorf("%s should be renamed: %+v, %+v", code, old, current)
			}
		default:
			t.Errorf("a change of kind %q", kind)
		}
	}
	for code := range d.spans {
		old, wasThere := d.in(code, now-1)
		current, isThere := d.in(code, now)
		if !listed[code] && (wasThere != isThere || old.Name != current.Name) {
			t.Errorf("%s changed, and is not listed: %+v, %+v", code, old, current)
		}
	}
}
