package edge_test

import (
	"strings"
	"testing"

	"jiebang/api/edge/edgetest"
)

// A body that begins with a byte order mark is refused by that name.
func TestAByteOrderMarkIsNamed(t *testing.T) {
	e := newEdge(t)
	valid := string(edgetest.Valid(e.operation(t, "revertDeal")).Body)
	r := edgetest.Valid(e.operation(t, "revertDeal"))
	r.Body = []byte("\uFEFF" + valid)
	found := places(problem(t, e.send(t, r)))
	if len(found) != 1 || found[0].Code != "syntax" || !strings.Contains(found[0].Message, "BOM") {
		t.Errorf("%+v", found)
	}
}
