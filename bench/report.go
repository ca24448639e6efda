package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Report is what a run found.
type Report struct {
	Machine  string    `json:"machine"`
	Seconds  float64   `json:"seconds"`
	Notes    []string  `json:"notes,omitempty"`
	Sections []Section `json:"sections"`
}

// Section is one figure on one database.
type Section struct {
	Figure   string   `json:"figure"`
	Title    string   `json:"title"`
	Database string   `json:"database,omitempty"`
	Load     string   `json:"load"` // of the machine when it was measured
	Rows     []Row    `json:"rows"`
	Notes    []string `json:"notes,omitempty"`
}

// Row is one quantity beside its baseline.
type Row struct {
	Case     string  `json:"case"`
	Quantity string  `json:"quantity"`
	Ours     float64 `json:"ours"`
	Baseline string  `json:"baseline"`
	Theirs   float64 `json:"baseline_value"`
	Ratio    float64 `json:"ratio"` // ours / theirs
}

func (s *Section) add(name, quantity string, ours float64, baseline string, theirs float64) {
	r := Row{Case: name, Quantity: quantity, Ours: ours, Baseline: baseline, Theirs: theirs}
	if theirs != 0 {
		r.Ratio = ours / theirs
	}
	s.Rows = append(s.Rows, r)
}

func (r Report) print(to io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%s; %.0f s\n", r.Machine, r.Seconds)
	for _, n := range r.Notes {
		text.WriteString(n + "\n")
	}
	for _, s := range r.Sections {
		text.WriteString("\n")
		if err := s.print(&text); err != nil {
			return err
		}
	}
	_, err := io.WriteString(to, text.String())
	return err
}

func (s Section) print(text *strings.Builder) error {
	where := ""
	if s.Database != "" {
		where = ", " + s.Database
	}
	fmt.Fprintf(text, "%s: %s%s (load %s)\n", s.Figure, s.Title, where, s.Load)
	var rows strings.Builder
	rows.WriteString("case\tquantity\tours\tbaseline\tits value\tratio\n")
	for _, r := range s.Rows {
		fmt.Fprintf(&rows, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Case, r.Quantity, number(r.Ours), r.Baseline, number(r.Theirs), number(r.Ratio))
	}
	table := tabwriter.NewWriter(text, 0, 0, 2, ' ', 0)
	if _, err := io.WriteString(table, rows.String()); err != nil {
		return err
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, n := range s.Notes {
		text.WriteString("  " + n + "\n")
	}
	return nil
}

// number prints with as many digits as a reader looks at.
func number(v float64) string {
	switch {
	case v == float64(int64(v)) || v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v < .1:
		return fmt.Sprintf("%.3f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
