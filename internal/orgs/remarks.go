package orgs

import (
	"slices"
	"strings"
)

// RemarkCode says what stands out about an organization.
type RemarkCode string

// KindDiffers: its credit code is that of another kind of body than it says that it is.
const KindDiffers RemarkCode = "kind_differs_from_code"

// Remark is what whoever verifies an organization should look at. It refuses nothing: registers have their exceptions.
type Remark struct {
	Code    RemarkCode
	Pointer string // the place
	Entered string // what it says there
	Other   string // the place that it does not fit
}

// bodies are the kinds that go with a credit code, by how it begins (GB 32100: who registered it, and what category of body). Codes that begin
// otherwise say nothing here.
var bodies = []struct {
	prefix string
	kinds  []string
}{
	{"11", []string{"government"}}, // 机关
	{"12", []string{"university", "institute", "transfer_agency", "government"}},      // 事业单位
	{"51", []string{"transfer_agency", "institute"}},                                  // 社会团体
	{"52", []string{"university", "institute", "transfer_agency"}},                    // 民办非企业单位
	{"53", []string{"financier"}},                                                     // 基金会
	{"91", []string{"enterprise", "institute", "transfer_agency", "financier"}},       // 企业
	{"92", []string{"enterprise", "transfer_agency"}}, {"93", []string{"enterprise"}}, // 个体工商户，农民专业合作社
}

// remarks are what stands out.
func (c Checked) remarks() []Remark {
	for _, b := range bodies {
		if strings.HasPrefix(c.CreditCode, b.prefix) && !slices.Contains(b.kinds, c.Kind) {
			return []Remark{{KindDiffers, "/kind", c.Kind, "/credit_code"}}
		}
	}
	return nil
}
