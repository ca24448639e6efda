package harvest_test

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/harvest"
	"jiebang/internal/kinds"
	"jiebang/internal/ledger"
	"jiebang/internal/needs"
	"jiebang/internal/ref"
	"jiebang/internal/relay"
	"jiebang/internal/results"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// house is a database with a university whose results are harvested.
type house struct {
	*casttest.Cast
	org     casttest.Organization
	relay   *relay.Relay
	results *results.Service
	harvest *harvest.Service
}

func setUp(c *casttest.Cast) *house {
	return &house{
		Cast: c, org: c.Organization("盛北理工大学", "university", "210112"), relay: relay.New(c.DB, c.Clock.Now, time.Second), results: results.New(c.Unit),
		harvest: harvest.New(c.Unit, c.DB, kinds.New(results.Kind, needs.Kind), ledger.New(c.Unit), c.Secrets),
	}
}

// publish makes a published result.
func (h *house) publish(title string, chains ...string) uuid.UUID {
	h.Helper()
	ctx := context.WithoutCancel(h.Context())
	in := results.Content{Title: title, Abstract: "用于喷涂车间的废气净化，去除率百分之九十五。", Keywords: []string{"等离子体"}, Field: "environment", TransferModes: []string{}, Chains: chains}
	done, err := h.results.Create(ctx, h.org.Editor, results.Input{Owner: h.org.ID, Content: in})
	h.Must(err)
	_, err = h.results.Submit(ctx, h.org.Editor, done.ID, 1)
	h.Must(err)
	_, err = h.results.Publish(ctx, h.org.Second, done.ID, 2)
	h.Must(err)
	return done.ID
}

// follow does what the background does, once; n is how much there was.
func (h *house) follow() (n int, err error) {
	ctx := context.WithoutCancel(h.Context())
	if n, err = h.relay.Stamp(ctx); err != nil {
		return n, err
	}
	m, err := h.relay.Step(ctx, h.harvest.Consumer())
	return n + m, err
}

func (h *house) settle() {
	h.Helper()
	for n := 1; n > 0; {
		var err error
		n, err = h.follow()
		h.Must(err)
	}
}

// part is a part of a list of headers.
type part struct {
	Error struct {
		Code string `xml:"code,attr"`
	} `xml:"error"`
	Request struct {
		Args []xml.Attr `xml:",any,attr"`
	} `xml:"request"`
	Date    string   `xml:"responseDate"`
	Headers []header `xml:"ListIdentifiers>header"`
	Records []struct {
		Header header `xml:"header"`
	} `xml:"ListRecords>record"`
	Token string `xml:"ListRecords>resumptionToken"`
}

type header struct {
	Status     string `xml:"status,attr"`
	Identifier string `xml:"identifier"`
	Stamp      string `xml:"datestamp"`
}

var site = harvest.Site{Public: "https://jiebang.example.org", Admin: "data@example.org", Field: func(code string) string { return code }}

func (h *house) ask(query string) (part, error) {
	args, err := url.ParseQuery(query)
	if err != nil {
		return part{}, err
	}
	text, err := h.harvest.Answer(context.WithoutCancel(h.Context()), site, args)
	if err != nil {
		return part{}, err
	}
	var p part
	return p, xml.Unmarshal(text, &p)
}

// Whatever changes while somebody harvests and the background keeps rows: in the end the harvester has the last state of every record, by one
// harvest and those that go on from the time that it was told.
func TestNothingIsLostWhileRecordsChange(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		c.Clock.Tick = 2 * time.Millisecond
		const records = 30
		ids := make([]uuid.UUID, records)
		for i := range ids {
			ids[i] = h.publish(fmt.Sprintf("成果 %d", i))
		}
		h.settle()
		var writing, keeping sync.WaitGroup
		done := make(chan struct{})
		for w := range 4 {
			writing.Go(func() {
				ctx := context.WithoutCancel(h.Context())
				for i := w; i < records; i += 4 {
					v, err := h.results.Get(ctx, h.org.Editor.Actor, ids[i])
					if err == nil {
						_, err = h.results.Withdraw(ctx, h.org.Editor, ids[i], v.Version)
					}
					if err != nil {
						t.Errorf("withdraw: %v", err)
					}
				}
			})
		}
		keeping.Go(func() {
			for {
				if _, err := h.follow(); err != nil {
					t.Errorf("follow: %v", err)
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
		has, from := map[string]string{}, ""
		harvestOnce := func() {
			query, first := "verb=ListRecords&metadataPrefix=oai_dc", ""
			if from != "" {
				query += "&from=" + from
			}
			for query != "" {
				p, err := h.ask(query)
				if err != nil || p.Error.Code != "" && p.Error.Code != "noRecordsMatch" {
					t.Fatalf("%s: %v %s", query, err, p.Error.Code)
				}
				if first == "" {
					first = p.Date
				}
				for _, r := range p.Records {
					has[r.Header.Identifier] = r.Header.Status
				}
				if query = ""; p.Token != "" {
					query = "verb=ListRecords&resumptionToken=" + url.QueryEscape(p.Token)
				}
			}
			from = first
		}
		for range 20 {
			harvestOnce()
		}
		writing.Wait()
		close(done)
		keeping.Wait()
		h.settle()
		harvestOnce()
		for _, id := range ids {
			if status, told := has["oai:jiebang.example.org:results/"+id.String()]; !told || status != "deleted" {
				t.Errorf("%s was withdrawn, and the harvester has %q (told: %v)", id, status, told)
			}
		}
		if len(has) != records {
			t.Errorf("%d records instead of %d", len(has), records)
		}
	})
}

// What changes nothing that is told gives no record another second: neither what is handled twice nor a revision that waits.
func TestWhatIsToldAsBeforeKeepsItsSecond(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		id := h.publish("低温等离子体净化")
		h.settle()
		stamp := func() string {
			p, err := h.ask("verb=ListIdentifiers&metadataPrefix=oai_dc")
			h.Must(err)
			if len(p.Headers) != 1 {
				t.Fatalf("%+v", p)
			}
			return p.Headers[0].Stamp
		}
		before := stamp()
		c.Clock.Set("2026-06-01T00:00:00Z")
		change := relay.Change{Kind: "result.publish", ObjectID: id, Told: work.Told{Noun: "result", IsPublic: true}}
		h.Must(h.harvest.Consumer().Handle(h.Context(), []relay.Change{change, change}))
		if after := stamp(); after != before {
			t.Errorf("handled again it moves from %s to %s", before, after)
		}
	})
}

// What an industry chain is called stands in what is told of its records: they get another second with another name, and no others do.
func TestAChainThatIsRenamedRestampsItsRecords(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h, lists := setUp(c), ref.New(c.Unit)
		ctx := context.WithoutCancel(c.Context())
		day, err := when.ParseDay("2026-01-01")
		h.Must(err)
		in := ref.IndustryChainInput{Entry: ref.Entry{Code: "clean_air", Name: "空气净化", NameEN: "Clean air", Source: "测试用的文件", ValidFrom: day}, Family: "新字号"}
		made, err := lists.CreateChain(ctx, c.Operator, in)
		h.Must(err)
		of, other := h.publish("低温等离子体净化", "clean_air"), h.publish("别的成果")
		h.settle()
		stamps := func() map[string]string {
			p, err := h.ask("verb=ListIdentifiers&metadataPrefix=oai_dc")
			h.Must(err)
			out := map[string]string{}
			for _, x := range p.Headers {
				out[x.Identifier] = x.Stamp
			}
			return out
		}
		before := stamps()
		c.Clock.Set("2026-06-01T00:00:00Z")
		in.Name = "空气深度净化"
		_, err = lists.ReplaceChain(context.WithoutCancel(c.Context()), c.Operator, made.ID, 1, in)
		h.Must(err)
		h.settle()
		after, named := stamps(), "oai:jiebang.example.org:results/"
		if a, b := before[named+of.String()], after[named+of.String()]; a == "" || a == b {
			t.Errorf("of the chain: %s, then %s", a, b)
		}
		if a, b := before[named+other.String()], after[named+other.String()]; a == "" || a != b {
			t.Errorf("of no chain: %s, then %s", a, b)
		}
	})
}

// The first time of all is a time, a prefix that no answer may repeat is no argument, and a token whose rest is gone leads nowhere.
func TestListsAreRefusedByTheirRule(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		h.publish("低温等离子体净化")
		h.settle()
		for query, want := range map[string]string{
			"verb=ListRecords&metadataPrefix=oai_dc&until=0001-01-01T00:00:00Z":                           "noRecordsMatch",
			"verb=ListRecords&metadataPrefix=oai_dc&until=0001-01-01":                                     "noRecordsMatch",
			"verb=ListRecords&metadataPrefix=oai_dc&from=0001-01-02T00:00:00Z&until=0001-01-01T00:00:00Z": "badArgument",
			"verb=ListRecords&metadataPrefix=oai_dc&from=0001-01-01T00:00:00Z":                            "",
			"verb=ListRecords&metadataPrefix=oai%20dc":                                                    "badArgument",
			"verb=ListRecords&metadataPrefix=%E6%A0%BC%E5%BC%8F":                                          "badArgument",
			"verb=ListRecords&metadataPrefix=marc21":                                                      "cannotDisseminateFormat",
		} {
			p, err := h.ask(query)
			if h.Must(err); p.Error.Code != want || want == "badArgument" && len(p.Request.Args) > 0 {
				t.Errorf("%s: %q, want %q; %v", query, p.Error.Code, want, p.Request.Args)
			}
		}
		var log []relay.Change
		for _, id := range h.multiply(101) {
			log = append(log, relay.Change{Kind: "result.publish", ObjectID: id, Told: work.Told{Noun: "result", IsPublic: true}})
		}
		h.Must(h.harvest.Consumer().Handle(h.Context(), log))
		p, err := h.ask("verb=ListRecords&metadataPrefix=oai_dc")
		if h.Must(err); p.Token == "" {
			t.Fatalf("%+v", p.Error)
		}
		h.Must(h.DB.Writer.Exec("DELETE FROM harvest_records").Error)
		p, err = h.ask("verb=ListRecords&resumptionToken=" + url.QueryEscape(p.Token))
		if h.Must(err); p.Error.Code != "badResumptionToken" {
			t.Errorf("the rest is gone: %q", p.Error.Code)
		}
	})
}

// JIEBANG_MEASURE_HARVEST=100000 measures a harvest of so many records: time and memory of its parts, first and last.
func TestMeasureAHarvest(t *testing.T) {
	many, _ := strconv.Atoi(os.Getenv("JIEBANG_MEASURE_HARVEST"))
	if many == 0 {
		t.Skip("JIEBANG_MEASURE_HARVEST is not set")
	}
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		h.publish("低温等离子体净化喷涂废气")
		h.settle()
		ids := h.multiply(many)
		began := time.Now()
		for some := range (len(ids) + 499) / 500 {
			var log []relay.Change
			for _, id := range ids[some*500 : min(len(ids), some*500+500)] {
				log = append(log, relay.Change{Kind: "result.publish", ObjectID: id, Told: work.Told{Noun: "result", IsPublic: true}})
			}
			if some%20 == 0 {
				c.Clock.Tick += time.Millisecond
			}
			h.Must(h.harvest.Consumer().Handle(h.Context(), log))
		}
		t.Logf("%d rows kept in %s", many, time.Since(began))
		for _, prefix := range []string{"oai_dc", "mods"} {
			for _, set := range []string{"", "&set=kind_result"} {
				h.measure(prefix, set)
			}
		}
	})
}

func (h *house) measure(prefix, set string) {
	var took []time.Duration
	var peak uint64
	n, query := 0, "verb=ListRecords&metadataPrefix="+prefix+set
	for began := time.Now(); query != ""; {
		at := time.Now()
		p, err := h.ask(query)
		h.Must(err)
		took, n = append(took, time.Since(at)), n+len(p.Records)
		if len(took)%100 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
		}
		if query = ""; p.Token != "" {
			query = "verb=ListRecords&resumptionToken=" + url.QueryEscape(p.Token)
		} else {
			h.Logf("%s %s: %d records in %s by %d parts; heap at most %d MiB", prefix, set, n, time.Since(began), len(took), peak>>20)
		}
	}
	mean := func(d []time.Duration) (sum time.Duration) {
		for _, x := range d {
			sum += x
		}
		return sum / time.Duration(max(1, len(d)))
	}
	tenth := max(1, len(took)/10)
	h.Logf("%s %s: first part %s, first tenth %s a part, last tenth %s a part", prefix, set, took[0], mean(took[1:tenth+1]), mean(took[len(took)-tenth:]))
}

// multiply copies the one result, row by row of its table.
func (h *house) multiply(many int) []uuid.UUID {
	h.Helper()
	var columns []string
	sql := "SELECT name FROM pragma_table_info('results')"
	number, series := "CAST(printf('0197f000-0000-7000-8000-%012x', n) AS text)", "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ?) "
	if h.DB.Dialect == db.Postgres {
		sql = "SELECT column_name FROM information_schema.columns WHERE table_name = 'results' AND table_schema = current_schema()"
		number = "CAST('0197f000-0000-7000-8000-' || lpad(to_hex(n), 12, '0') AS uuid)"
	}
	h.Must(h.DB.Reader.Raw(sql).Scan(&columns).Error)
	into, from := "", ""
	for i, c := range columns {
		if i > 0 {
			into, from = into+", ", from+", "
		}
		into += c
		if c == "id" {
			from += number
		} else {
			from += "r." + c
		}
	}
	h.Must(h.DB.Writer.Exec(series+"INSERT INTO results ("+into+") SELECT "+from+" FROM results AS r, s", many).Error)
	ids := make([]uuid.UUID, many)
	for i := range ids {
		ids[i] = uuid.MustParse(fmt.Sprintf("0197f000-0000-7000-8000-%012x", i+1))
	}
	return ids
}
