package mail

import (
	"errors"
	"net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"jiebang/internal/fault"
	"jiebang/internal/text"
)

// Address is the address of one mailbox, as Parse lets it through: it can stand in a header and in a command of SMTP as it is.
//
// The local part is kept as it was written, since it is the receiving server's to read; the domain is in lower case, an international
// one in its ASCII form (RFC 5891).
type Address string

// Bounds of RFC 5321, 4.5.3.1.
const (
	addressMost = 254
	localMost   = 64
)

// domains reads domains as they are typed: case and width are folded, labels have their length, and nothing hides in them.
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true), idna.Transitional(false))

var errAddress = errors.New("not a mail address")

// Parse reads an address as a person types it: local@domain.example. Names beside it, comments, quoted local parts, local parts that
// are not ASCII (few servers take them), addresses of machines and domains of one word are refused.
func Parse(typed string) (Address, error) {
	typed = strings.TrimSpace(typed)
	local, domain, _ := strings.Cut(typed, "@")
	if len(typed) > addressMost || len(local) > localMost || !plainLocal(local) || strings.ContainsAny(domain, "@[]()<>\", \t\r\n") {
		return "", errAddress
	}
	ascii, err := domains.ToASCII(domain)
	if err == nil {
		var again string
		if again, err = domains.ToASCII(ascii); again != ascii {
			err = errAddress // an ASCII form that stands for nothing
		}
	}
	if err != nil || !utf8.ValidString(domain) || !strings.Contains(ascii, ".") || len(ascii)-strings.LastIndex(ascii, ".") <= 2 || numeric(ascii) { // no top domain has one letter, or none
		return "", errAddress
	}
	out := local + "@" + strings.ToLower(ascii)
	// What the library of mail would read as anything else is not an address for us.
	read, err := mail.ParseAddress(out)
	if err != nil || read.Address != out || read.Name != "" || len(out) > addressMost {
		return "", errAddress
	}
	return Address(out), nil
}

// Into reads an address where it stands in an input in whatever width it was typed, and adds to bad where no mail reaches it. It is the one
// rule for an account's address, an invitation's, and that by which others reach a contact.
func Into(bad *fault.Fields, typed, pointer string) Address {
	a, err := Parse(text.Narrow(typed))
	if err != nil || !delegated(string(a[strings.LastIndexByte(string(a), '@')+1:])) {
		bad.Check(false, pointer, fault.BadFormat, "这个邮箱收不到邮件：须形如 name@example.com，@ 前只用英文字母、数字与 . _ - +，@ 后为完整域名，且末段（如 .com、.cn）真实存在。",
			"No mail reaches this address: it must be like name@example.com, with ASCII letters, digits and . _ - + before the @ and a whole domain behind it, whose end (.com, .cn) there is.")
		return ""
	}
	return a
}

// plainLocal tells whether a local part is a dot-atom of RFC 5322, in ASCII.
func plainLocal(local string) bool {
	if local == "" || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return false
	}
	for _, r := range local {
		switch {
		case r >= utf8.RuneSelf:
			return false
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", r):
		default:
			return false
		}
	}
	return true
}

// delegated tells whether a domain ends with one that there is: of a slip (.con) or a name kept for tests (.test, .invalid, RFC 6761) no mail
// comes back, and nobody notices. The list is that of the library, which follows the root zone's; .example is for documents and the demo's people.
func delegated(domain string) bool {
	suffix, listed := publicsuffix.PublicSuffix(domain)
	return listed || strings.Contains(suffix, ".") || suffix == "example"
}

// numeric tells whether the last label has digits only: an address of a machine and no domain.
func numeric(domain string) bool {
	last := domain[strings.LastIndexByte(domain, '.')+1:]
	return strings.Trim(last, "0123456789") == ""
}

// Key is what two spellings of one mailbox have in common: letters of the local part count as the same in upper and lower case, as with
// every mail server in wide use. It is for comparing, and nothing is sent to it.
func (a Address) Key() string { return strings.ToLower(string(a)) }

// Masked is the address as those may see it who need to recognize it and not to know it: z***@uni.example.
func (a Address) Masked() string {
	local, domain, found := strings.Cut(string(a), "@")
	if !found || local == "" {
		return ""
	}
	return local[:1] + "***@" + domain
}
