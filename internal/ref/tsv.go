package ref

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// rows reads an embedded table: tab-separated, a header line, the given number of columns. The tables are part of the
// program, so that a bad line is a fault of the build and panics; the tests load every table.
func rows(tsv string, columns int) [][]string {
	lines := strings.Split(strings.TrimRight(tsv, "\n"), "\n")[1:]
	out := make([][]string, len(lines))
	for i, line := range lines {
		out[i] = strings.Split(line, "\t")
		if len(out[i]) != columns {
			panic(fmt.Sprintf("ref: line %d has %d columns, want %d: %q", i+2, len(out[i]), columns, line))
		}
	}
	return out
}

func sortedKeys(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }
