package webhooks_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/relay"
	"jiebang/internal/results"
	"jiebang/internal/webhooks"
)

// received is one message as a receiver got it.
type received struct {
	header http.Header
	body   []byte
}

// receiver is a program that is told.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []received
	answer http.HandlerFunc // nil: 204
}

func newReceiver(t *testing.T, answer http.HandlerFunc) *receiver {
	t.Helper()
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		r.got = append(r.got, received{q.Header, body})
		answer := r.answer
		r.mu.Unlock()
		if answer == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		answer(w, q)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) says(answer http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

// all is what came so far.
func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// house is a marketplace with a university whose programs are told.
type house struct {
	*casttest.Cast
	org, other casttest.Organization
	relay      *relay.Relay
	results    *results.Service
	hooks      *webhooks.Service
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func setUp(c *casttest.Cast) *house {
	c.Helper()
	h := &house{
		Cast: c, org: c.Organization("盛北理工大学", "university", "210112"), other: c.Organization("辽浑智造装备有限公司", "enterprise", "210106"),
		relay: relay.New(c.DB, c.Clock.Now, time.Second), results: results.New(c.Unit),
	}
	h.hooks = h.service()
	h.follow() // what was done to get here is told to nobody
	return h
}

// service is a process that sends.
func (h *house) service() *webhooks.Service { return webhooks.New(h.Unit, h.DB, loopback, time.Second) }

// hook registers a receiver for an organization, and gives its secret.
func (h *house) hook(o casttest.Organization, url string) webhooks.View {
	h.Helper()
	a, err := h.hooks.Create(h.Context(), o.Editor, o.ID, webhooks.Input{URL: url, Kinds: []string{"result"}, Enabled: true})
	h.Must(err)
	return a.View
}

// follow writes the messages about everything that was done.
func (h *house) follow() {
	h.Helper()
	for n := 1; n > 0; {
		var err error
		n, err = h.relay.Stamp(h.Context())
		h.Must(err)
	}
	for n := 1; n > 0; {
		var err error
		n, err = h.relay.Step(h.Context(), h.hooks.Consumer())
		h.Must(err)
	}
}

// told follows and sends.
func (h *house) told() {
	h.Helper()
	h.follow()
	h.Must(h.hooks.Drain(h.Context()))
}

func (h *house) draft() uuid.UUID {
	h.Helper()
	return casttest.Create(h.Cast, h.org.Editor, h.results.Create, results.Input{Owner: h.org.ID, Content: results.Content{
		Title: "低温等离子体废气净化装置", Abstract: "用于喷涂车间的废气净化，去除率百分之九十五。", Field: "environment", TransferModes: []string{}, Keywords: []string{},
	}})
}

func (h *house) publish(id uuid.UUID) {
	h.Helper()
	casttest.Change(h.Cast, h.org.Editor, h.results.Submit, id, 1)
	casttest.Change(h.Cast, h.org.Second, h.results.Publish, id, 2)
}

// later moves the clock.
func (h *house) later(d time.Duration) { h.Clock.Set(h.Clock.Now().Add(d).Format(time.RFC3339Nano)) }

func (h *house) deliveries(w webhooks.View) []webhooks.DeliveryView {
	h.Helper()
	page, err := h.hooks.Deliveries(h.Context(), h.Operator.Actor, webhooks.DeliveryFilter{Webhook: w.ID}, db.Paging{Limit: 100})
	h.Must(err)
	return page.Items
}

func (h *house) see(w webhooks.View) webhooks.View {
	h.Helper()
	v, err := h.hooks.Get(h.Context(), h.Operator.Actor, w.ID)
	h.Must(err)
	return v
}

func verify(t *testing.T, secret string, r received) error {
	t.Helper()
	by, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	return by.VerifyIgnoringTimestamp(r.body, r.header)
}

// Each organization is told of what its members may know, once, in order, signed as the specification's own library checks it, and by no word of
// what a record says. While a secret is changed over both sign.
func TestWhatIsToldAndSigned(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		mine, theirs := newReceiver(c.T, nil), newReceiver(c.T, nil)
		w := h.hook(h.org, mine.URL+"/hooks?token=1")
		h.hook(h.other, theirs.URL)
		id := h.draft()
		h.publish(id)
		h.told()
		changes := []relay.Change{}
		h.Must(c.DB.Reader.Find(&changes).Error)
		h.Must(h.hooks.Consumer().Handle(h.Context(), changes)) // handled twice, told once
		h.told()
		at := c.Clock.Now().Format(time.RFC3339)
		for _, x := range []struct {
			r    *receiver
			want []string
		}{{mine, []string{"result.changed 1", "result.changed 2", "result.appeared 3"}}, {theirs, []string{"result.appeared 3"}}} {
			got := x.r.all()
			if len(got) != len(x.want) {
				c.Fatalf("%d messages, not %d", len(got), len(x.want))
			}
			for i, m := range got {
				typ, version, _ := strings.Cut(x.want[i], " ")
				want := fmt.Sprintf(`{"type":%q,"timestamp":%q,"data":{"sequence":%d,"kind":"result","id":%q,"version":%s,"readable":true,"path":"/v1/results/%s"}}`, typ, at, i+1, id, version, id)
				if string(m.body) != want {
					c.Errorf("%s\nnot %s", m.body, want)
				}
			}
		}
		first := mine.all()[0]
		c.Must(verify(c.T, w.Secret, first))
		if n := first.header.Get("webhook-timestamp"); n != fmt.Sprint(c.Clock.Now().Unix()) || !strings.HasPrefix(w.Secret, "whsec_") || !strings.HasSuffix(w.Secret, "=") {
			c.Errorf("at %s, by %s", n, w.Secret)
		}
		if h.see(w).Secret != "" {
			c.Error("the secret is told twice")
		}

		a, err := h.hooks.Rotate(h.Context(), h.org.Editor, w.ID, 1, time.Hour)
		c.Must(err)
		casttest.Change(c, h.org.Editor, h.results.Withdraw, id, 3)
		h.told()
		both := mine.all()[3]
		c.Must(verify(c.T, w.Secret, both))
		c.Must(verify(c.T, a.View.Secret, both))
		if gone := theirs.all()[1]; !strings.Contains(string(gone.body), `"type":"result.gone"`) || !strings.Contains(string(gone.body), `"sequence":2`) || strings.Contains(string(gone.body), "path") {
			c.Errorf("withdrawn: %s", gone.body)
		}
		h.later(time.Hour)
		_, err = h.hooks.Ping(h.Context(), h.org.Editor, w.ID)
		c.Must(err)
		h.told()
		last := mine.all()[4]
		c.Must(verify(c.T, a.View.Secret, last))
		if verify(c.T, w.Secret, last) == nil || !strings.Contains(string(last.body), `"type":"ping"`) {
			c.Errorf("after the overlap: %s", last.body)
		}
	})
}

// A message is tried by the schedule of the specification, with the same id and the same bytes, later where the receiver asks for it, and given up
// at its end. A receiver that is gone, or has failed for days, is switched off; what waits is sent when it is on again.
func TestAMessageIsTriedAgain(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		r := newReceiver(c.T, status(http.StatusInternalServerError))
		w := h.hook(h.org, r.URL)
		h.draft()
		h.told()
		h.told() // nothing is due
		h.later(6 * time.Second)
		r.says(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		h.told()
		h.later(59 * time.Minute)
		h.told()
		r.says(nil)
		if v := h.see(w); len(r.all()) != 2 || v.Status.Failures != 2 || v.Status.FailingSince == nil || v.Pending != 1 {
			c.Fatalf("%d attempts, %+v", len(r.all()), v.Status)
		}
		h.later(time.Minute)
		h.told()
		got := r.all()
		if len(got) != 3 || string(got[0].body) != string(got[2].body) || got[0].header.Get("webhook-id") != got[2].header.Get("webhook-id") {
			c.Fatalf("%d attempts", len(got))
		}
		c.Must(verify(c.T, w.Secret, got[2]))
		d := h.deliveries(w)[0]
		if d.State != webhooks.Delivered || len(d.Tried) != 3 || d.Tried[1].Outcome != webhooks.Refused || *d.Tried[1].Status != 503 || d.EventID.String() != got[0].header.Get("webhook-id") {
			c.Errorf("%+v", d)
		}
		_, err := h.hooks.Replay(h.Context(), h.org.Editor, d.ID)
		c.Must(err)
		h.told()
		if got = r.all(); len(got) != 4 || string(got[3].body) != string(got[0].body) || h.see(w).Status.Failures != 0 {
			c.Errorf("sent once more: %d", len(got))
		}

		// By the whole schedule, three days, until it is given up.
		r.says(status(http.StatusBadGateway))
		h.draft()
		h.told()
		for _, pause := range webhooks.Schedule[1:] {
			h.later(pause + pause/10 + time.Second)
			h.told()
		}
		h.later(25 * time.Hour)
		h.told()
		if d := h.deliveries(w)[0]; d.State != webhooks.Failed || len(d.Tried) != len(webhooks.Schedule) || !h.see(w).Enabled {
			c.Errorf("%d attempts: %+v", len(d.Tried), d)
		}
		// Five days after it began to fail.
		h.later(36 * time.Hour)
		h.draft()
		h.told()
		if v := h.see(w); v.Enabled || v.Stopped != webhooks.Failing {
			c.Errorf("after five days: %+v", v)
		}
		_, err = h.hooks.Ping(h.Context(), h.org.Editor, w.ID)
		c.Refused(err, fault.WebhookOff)
		h.draft() // while it is off
		r.says(nil)
		before := len(r.all())
		h.told()
		casttest.Decide(c, h.org.Editor, h.hooks.Replace, w.ID, 2, webhooks.Input{URL: r.URL, Kinds: []string{"result"}, Enabled: true})
		h.later(10 * time.Second)
		h.told()
		if got := len(r.all()) - before; got != 1 {
			c.Errorf("on again: %d messages, of which one waited", got)
		}
		r.says(status(http.StatusGone))
		h.draft()
		h.told()
		if v := h.see(w); v.Enabled || v.Stopped != webhooks.Gone || v.Pending != 1 {
			c.Errorf("410: %+v", v)
		}
	})
}

// Of ten receivers two hang: the others are told at once. Nobody holds a place twice.
func TestDeadReceiversCostOthersNothing(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		over := make(chan struct{})
		var all []*receiver
		for i := range 10 {
			var answer http.HandlerFunc
			if i < 2 {
				answer = func(http.ResponseWriter, *http.Request) { <-over }
			}
			all = append(all, newReceiver(c.T, answer))
			h.hook(h.org, all[i].URL)
		}
		h.hooks.Start()
		defer h.hooks.Stop()
		defer close(over)
		for range 3 {
			h.draft()
		}
		began := time.Now()
		h.follow()
		for i, r := range all[2:] {
			for len(r.all()) < 3 {
				if time.Since(began) > 5*time.Second {
					c.Fatalf("receiver %d was told of %d", i+2, len(r.all()))
				}
				time.Sleep(5 * time.Millisecond)
			}
		}
		c.Logf("told after %s", time.Since(began))
		for _, r := range all[:2] {
			if len(r.all()) != 1 {
				c.Errorf("who hangs was called %d times at once", len(r.all()))
			}
		}
	})
}

// A process that dies between the row and the sending, or while it sends, loses nothing: another goes on when its lease is over.
func TestACrashLosesNothing(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		r := newReceiver(c.T, nil)
		h.hook(h.org, r.URL)
		h.draft()
		h.follow()
		dead := c.Clock.Now().Add(time.Minute)
		h.Must(c.DB.Writer.Exec("UPDATE webhook_states SET holder = 'a process that died', until = ?", dead).Error)
		other := h.service()
		h.Must(other.Drain(h.Context()))
		if n := len(r.all()); n != 0 {
			c.Fatalf("%d were sent while another sends", n)
		}
		h.later(time.Minute + time.Second)
		h.Must(other.Drain(h.Context()))
		h.Must(h.hooks.Drain(h.Context()))
		if n := len(r.all()); n != 1 {
			c.Errorf("%d were sent", n)
		}
	})
}

// Only what is written as it should be is registered, and only addresses of the public network are called, whatever a name or an answer says.
func TestWhereMessagesGo(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		for _, url := range []string{
			"http://erp.example.cn/hooks", "ftp://erp.example.cn", "https://", "https:///x", "erp.example.cn", "https://a:b@erp.example.cn/", "https://erp.example.cn/#x",
			"https://erp.example.cn/\r\nX-Evil: 1", "https://erp.example.cn/ x", "https://企业.example.cn/", "https://10.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/",
			"https://[fe80::1]/", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://erp.example.cn/" + strings.Repeat("x", 2000),
		} {
			_, err := h.hooks.Create(h.Context(), h.org.Editor, h.org.ID, webhooks.Input{URL: url, Kinds: []string{"result"}, Enabled: true})
			if !fault.InvalidInput.Of(err) {
				c.Errorf("%q is registered: %v", url, err)
			}
		}
		for _, in := range []webhooks.Input{{URL: "https://erp.example.cn/"}, {URL: "https://erp.example.cn/", Kinds: []string{"bid"}}, {URL: "https://erp.example.cn/", Kinds: []string{"need", "need"}}} {
			_, err := h.hooks.Create(h.Context(), h.org.Editor, h.org.ID, in)
			c.Refused(err, fault.InvalidInput)
		}
		_, err := h.hooks.Create(h.Context(), h.other.Editor, h.org.ID, webhooks.Input{URL: "https://erp.example.cn/", Kinds: []string{"need"}})
		c.Refused(err, fault.NotAllowed)

		target := newReceiver(c.T, nil)
		answers := map[string]http.HandlerFunc{
			"redirect": func(w http.ResponseWriter, q *http.Request) {
				http.Redirect(w, q, target.URL, http.StatusTemporaryRedirect)
			},
			"endless": func(w http.ResponseWriter, q *http.Request) {
				for q.Context().Err() == nil {
					if _, err := w.Write(make([]byte, 1<<16)); err != nil {
						return
					}
				}
			},
			"headers": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) },
		}
		want := map[string]webhooks.Outcome{"redirect": webhooks.Redirected, "endless": webhooks.Arrived, "headers": webhooks.Unreachable, "closed": webhooks.Unreachable}
		views := map[string]webhooks.View{}
		for name, answer := range answers {
			views[name] = h.hook(h.org, newReceiver(c.T, answer).URL)
		}
		shut := httptest.NewServer(nil)
		shut.Close()
		views["closed"] = h.hook(h.org, shut.URL)
		h.draft()
		h.told()
		for name, v := range views {
			if d := h.deliveries(v)[0]; d.LastOutcome != want[name] {
				c.Errorf("%s: %s", name, d.LastOutcome)
			}
		}
		if len(target.all()) != 0 {
			c.Error("a redirect was followed")
		}

		// A process without the setting calls nobody on this machine, though the webhook is there.
		h.later(time.Hour)
		careful := webhooks.New(h.Unit, h.DB, nil, time.Second)
		before := len(target.all())
		w := h.hook(h.org, target.URL)
		h.draft()
		h.follow()
		h.Must(careful.Drain(h.Context()))
		if d := h.deliveries(w)[0]; d.LastOutcome != webhooks.Private || len(target.all()) != before {
			c.Errorf("%+v", d)
		}
	})
}

func TestAddressesOfPrivateNetworks(t *testing.T) {
	for text, want := range map[string]bool{
		"8.8.8.8": true, "114.114.114.114": true, "2400:3200::1": true, "::ffff:8.8.8.8": true,
		"127.0.0.1": false, "0.0.0.0": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.100.100.200": false, "224.0.0.1": false,
		"255.255.255.255": false, "240.0.0.1": false, "198.18.0.1": false, "192.0.2.1": false, "::": false, "::1": false, "fe80::1%eth0": false, "fc00::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::7f00:1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "2001:db8::1": false, "fec0::1": false,
	} {
		if got := webhooks.Reachable(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// Old messages go, but the last, by which the next is numbered.
func TestOldMessagesAreForgotten(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		r := newReceiver(c.T, nil)
		w := h.hook(h.org, r.URL)
		h.draft()
		h.draft()
		h.told()
		h.later(31 * 24 * time.Hour)
		c.Must(h.hooks.Forget(h.Context()))
		h.draft()
		h.told()
		if got := h.deliveries(w); len(got) != 2 || *got[0].Sequence != 3 {
			c.Errorf("%+v", got)
		}
		_, err := h.hooks.Delete(h.Context(), h.org.Editor, w.ID, 1)
		c.Must(err)
		var left int64
		c.Must(c.DB.Reader.Raw("SELECT (SELECT COUNT(*) FROM webhook_deliveries) + (SELECT COUNT(*) FROM webhook_attempts) + (SELECT COUNT(*) FROM webhook_secrets) + (SELECT COUNT(*) FROM webhook_states)").Scan(&left).Error)
		if left != 0 {
			c.Errorf("%d rows are left", left)
		}
	})
}
