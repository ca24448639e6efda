// Package apikeys keeps the keys by which programs of an organization call the API: what each may do, from where and until when, and how much it
// was used. What a key does counts as done by whoever made it, who must still belong to the organization; it is never the second pair of eyes
// (policy sees to that).
package apikeys

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/work"
)

// Mark begins every key, so that scanners of code and logs know one: jbk_, 26 letters and digits, _, and the CRC-32 of what stands before that in
// eight hexadecimal digits.
const Mark = "jbk_"

// NewSecret draws a key.
func newSecret() string {
	body := Mark + rand.Text()
	return fmt.Sprintf("%s_%08x", body, crc32.ChecksumIEEE([]byte(body)))
}

// wellFormed tells whether a text can be a key, before anything is looked up for it.
func wellFormed(secret string) bool {
	body, sum, found := cutLast(secret)
	return found && strings.HasPrefix(body, Mark) && sum == fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(body)))
}

func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, '_')
	if i < len(Mark) {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Key is a key as it is stored.
type Key struct {
	work.Head
	OrganizationID uuid.UUID
	AccountID      uuid.UUID // who made it
	Name           string
	Scopes         []policy.Scope `gorm:"serializer:json"`
	Networks       []netip.Prefix `gorm:"serializer:json"` // from where; none means from anywhere
	Mark           string         // the beginning of the secret, by which people tell keys apart
	Digest         string         `json:"-"`
	Former         *string        `json:"-"` // of the secret before, good until FormerUntil
	FormerUntil    *time.Time
	ExpiresAt      time.Time
	RevokedAt      *time.Time
	RevokedBy      *uuid.UUID
}

func (Key) TableName() string { return "api_keys" }
func (*Key) Noun() string     { return "api_key" }

// Facts: it belongs to the organization.
func (k *Key) Facts() policy.Facts { return policy.Facts{Owner: k.OrganizationID, Author: k.AccountID} }

const (
	maxKeys    = 50
	maxLife    = 400 * 24 * time.Hour
	maxOverlap = 7 * 24 * time.Hour
)

// Input is what making a key takes.
type Input struct {
	Name      string
	Scopes    []string
	Networks  []string // addresses or ranges (CIDR)
	ExpiresAt time.Time
}

func (in Input) cleaned(now time.Time) (networks []netip.Prefix, err error) {
	var bad fault.Fields
	text.Named(&bad, strings.TrimSpace(in.Name), "/name", 2, 100)
	bad.Check(len(in.Scopes) > 0, "/scopes", fault.TooFew, "至少一项权限", "At least one scope")
	for i, s := range in.Scopes {
		bad.Check(policy.ScopeOffered(policy.Scope(s)), fmt.Sprintf("/scopes/%d", i), fault.NotOffered, "没有这项权限", "There is no such scope")
		bad.Check(slices.Index(in.Scopes, s) == i, fmt.Sprintf("/scopes/%d", i), fault.Repeated, "权限重复", "This scope is there already")
	}
	bad.Check(len(in.Networks) <= 50, "/networks", fault.TooManyItems, "至多 50 个网段", "At most 50 ranges")
	networks = []netip.Prefix{}
	for i, text := range in.Networks {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			var a netip.Addr
			if a, err = netip.ParseAddr(text); err == nil {
				p = netip.PrefixFrom(a, a.BitLen())
			}
		}
		bad.Check(err == nil, fmt.Sprintf("/networks/%d", i), fault.BadFormat, "须为 IP 地址或网段，如 203.0.113.0/24", "An IP address or range, such as 203.0.113.0/24")
		if err == nil {
			networks = append(networks, p.Masked())
		}
	}
	bad.Check(in.ExpiresAt.After(now), "/expires_at", fault.OutOfRange, "到期时间须晚于现在", "It expires in the future")
	bad.Check(!in.ExpiresAt.After(now.Add(maxLife)), "/expires_at", fault.OutOfRange, "有效期至多 400 天，到期前可轮换", "400 days at most; it can be rotated before")
	return networks, bad.Err()
}

// open refuses a key that is revoked.
func (k *Key) open() error {
	if k.RevokedAt != nil {
		return fault.KeyRevoked.New()
	}
	return nil
}

// Rotate gives it another secret; the one before stays good for a while, so that programs change over without a pause.
func (k *Key) Rotate(secret string, overlap time.Duration, now time.Time) error {
	var bad fault.Fields
	bad.Check(overlap >= 0 && overlap <= maxOverlap, "/overlap_hours", fault.OutOfRange, "并存时间为 0 至 168 小时", "0 to 168 hours")
	if err := bad.Err(); err != nil {
		return err
	}
	if err := k.open(); err != nil {
		return err
	}
	k.Former, k.FormerUntil = nil, nil
	if overlap > 0 {
		former, until := k.Digest, now.Add(overlap)
		k.Former, k.FormerUntil = &former, &until
	}
	k.Digest, k.Mark = digest(secret), secret[:len(Mark)+6]
	return nil
}

// Revoke ends it at once.
func (k *Key) Revoke(by uuid.UUID, now time.Time) error {
	if err := k.open(); err != nil {
		return err
	}
	k.RevokedAt, k.RevokedBy, k.Former, k.FormerUntil = &now, &by, nil, nil
	return nil
}
