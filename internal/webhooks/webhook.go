// Package webhooks tells programs of organizations what changes, by the Standard Webhooks specification. It follows the log of Changes, writes a
// row for each message and sends those rows; it tells an organization of what its members may know (package changes), by kind, id and version, and
// never what a record says. It decides when a message is tried again and when an address is given up.
//
// A message may come more than once, always with the same id and the same bytes, so that a receiver can tell.
package webhooks

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/changes"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Stopped is why the system itself has switched a webhook off.
type Stopped string

// The reasons.
const (
	Gone    Stopped = "gone"    // the receiver answered that it is not there any more (410)
	Failing Stopped = "failing" // nothing arrived for days
)

// Webhook is one address of an organization's program.
type Webhook struct {
	work.Head
	OrganizationID uuid.UUID
	AccountID      uuid.UUID // who registered it
	URL            string
	Kinds          []string `gorm:"serializer:json"` // of records that it is told of
	Enabled        bool
	EnabledAt      time.Time // what happened before is not told
	Stopped        Stopped
}

func (Webhook) TableName() string { return "webhooks" }
func (*Webhook) Noun() string     { return "webhook" }

// Facts: it belongs to the organization.
func (w *Webhook) Facts() policy.Facts {
	return policy.Facts{Owner: w.OrganizationID, Author: w.AccountID}
}

// The bounds.
const (
	maxWebhooks = 50 // of an organization
	maxURL      = 2000
	maxOverlap  = 7 * 24 * time.Hour
)

// Input is what an administrator writes of a webhook.
type Input struct {
	URL     string
	Kinds   []string
	Enabled bool
}

// check holds the rules of what is written; open are the private networks that may be reached.
func (in Input) check(open []netip.Prefix) error {
	var bad fault.Fields
	bad.Check(len(in.URL) <= maxURL, "/url", fault.TooLong, "地址过长", "The address is too long")
	whole, bare, allowed, secure := lookAt(in.URL, open)
	bad.Check(whole, "/url", fault.BadFormat, "须为完整的网址，如 https://erp.example.cn/hooks；其他文字的域名请写为 xn-- 的形式", "A whole address, such as https://erp.example.cn/hooks; names of other scripts in their xn-- form")
	bad.Check(bare, "/url", fault.BadFormat, "地址中不要写用户名、口令与 # 之后的部分；真伪以签名核对", "No user name, password or fragment in the address: messages are signed")
	bad.Check(allowed, "/url", fault.NotOffered, "该地址属于内部网络，不能作为接收地址；确需使用的，请运营方在 JIEBANG_WEBHOOK_NETWORKS 中开放", "This address is of a private network, which is not called; the bureau may open it by JIEBANG_WEBHOOK_NETWORKS")
	bad.Check(secure, "/url", fault.BadFormat, "须以 https:// 开头", "It begins with https://")
	bad.Check(len(in.Kinds) > 0, "/kinds", fault.TooFew, "至少一类记录", "At least one kind of record")
	for i, kind := range in.Kinds {
		bad.Check(changes.Known(kind), fmt.Sprintf("/kinds/%d", i), fault.NotOffered, "没有这类记录", "There is no such kind of record")
		bad.Check(slices.Index(in.Kinds, kind) == i, fmt.Sprintf("/kinds/%d", i), fault.Repeated, "种类重复", "This kind is there already")
	}
	return bad.Err()
}

// lookAt tells of an address whether it is whole, without secrets in the open, allowed as far as it can be seen, and encrypted. Whether its name
// leads anywhere that may be reached is seen each time that it is called, since names change.
func lookAt(text string, open []netip.Prefix) (whole, bare, allowed, secure bool) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return false, true, true, true
	}
	name := strings.ToLower(u.Hostname())
	address, err := netip.ParseAddr(name)
	literal := err == nil
	here := name == "localhost" || literal && address.Unmap().IsLoopback()
	return true, u.User == nil && u.Fragment == "", !(literal && !reachable(address, open) || here && !loopbackOpen(open)), u.Scheme == "https" || here
}

// Replace takes over what was written. Switched on again, it is told of what happens from then on, and of what was waiting for it.
func (w *Webhook) Replace(in Input, now time.Time) {
	if in.Enabled && !w.Enabled {
		w.EnabledAt, w.Stopped = now, ""
	}
	w.URL, w.Kinds, w.Enabled = in.URL, in.Kinds, in.Enabled
}

// running refuses what a webhook that is switched off cannot do.
func (w *Webhook) running() error {
	if !w.Enabled {
		return fault.WebhookOff.New()
	}
	return nil
}

// host is where an address leads, without what may be secret in it.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
