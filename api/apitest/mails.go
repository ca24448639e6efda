package apitest

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// Mail is a mail as its reader gets it.
type Mail struct {
	ID, To, Subject, Text, HTML string

	Unsubscribe, UnsubscribePost string // its headers for programs of mail
}

// Mails reads what lies in the house's folder for an address, in the order in which it was written.
func (h *House) Mails(to string) []Mail {
	h.Helper()
	files, err := filepath.Glob(filepath.Join(h.Config.Data, "mails", "*.eml"))
	if err != nil {
		h.Fatal(err)
	}
	slices.Sort(files) // their names begin with the time
	var out []Mail
	for _, f := range files {
		m, err := ReadMail(f)
		if err != nil {
			h.Fatalf("%s: %v", f, err)
		}
		if m.To == to {
			out = append(out, m)
		}
	}
	return out
}

// ReadMail reads a mail from a file, by means other than those that wrote it.
func ReadMail(file string) (m Mail, err error) {
	f, err := os.Open(file)
	if err != nil {
		return m, err
	}
	defer func() { _ = f.Close() }()
	return ParseMail(f)
}

// ParseMail reads a mail.
func ParseMail(in io.Reader) (m Mail, err error) {
	read, err := mail.ReadMessage(in)
	if err != nil {
		return m, err
	}
	to, err := mail.ParseAddress(read.Header.Get("To"))
	if err != nil {
		return m, err
	}
	m.To, m.ID = to.Address, read.Header.Get("Message-ID")
	m.Unsubscribe, m.UnsubscribePost = read.Header.Get("List-Unsubscribe"), read.Header.Get("List-Unsubscribe-Post")
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject")); err != nil {
		return m, err
	}
	kind, params, err := mime.ParseMediaType(read.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return m, fmt.Errorf("%s, %w", kind, err)
	}
	for parts := multipart.NewReader(read.Body, params["boundary"]); ; {
		p, err := parts.NextPart() // which decodes quoted-printable
		if errors.Is(err, io.EOF) {
			return m, nil
		} else if err != nil {
			return m, err
		}
		text, err := io.ReadAll(p)
		if err != nil {
			return m, err
		}
		if kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type")); kind == "text/html" {
			m.HTML = string(text)
		} else {
			m.Text = string(text)
		}
	}
}

var code = regexp.MustCompile(`(?m)^jbl_[A-Z0-9]+\r?$`)

// Code waits for another mail with a code to an address, and gives the code; each mail is given once.
func (h *House) Code(to string) string {
	h.Helper()
	var found string
	h.Eventually("a mail with a code to "+to, func() bool {
		for _, m := range h.Mails(to) {
			if c := code.FindString(m.Text); c != "" && !h.codes[m.ID] {
				h.codes[m.ID], found = true, regexp.MustCompile(`\s`).ReplaceAllString(c, "")
				return true
			}
		}
		return false
	})
	return found
}

// Verified signs somebody up who has a verified address, username@example.org.
func (h *House) Verified(username string) *Client {
	h.Helper()
	p, address := h.Person(username), username+"@example.org"
	p.Do("PUT", "/v1/account/email", J{"email": address}, nil).Want(202)
	h.Visitor().Do("POST", "/v1/email-verifications/confirm", J{"token": h.Code(address)}, nil).Want(204)
	return p
}

// Invitation has an administrator invite another address, and returns the invitation's id and ETag.
func (s *Stage) Invitation(admin *Client, organization string) (id, etag string) {
	s.Helper()
	r := admin.Post("/v1/organizations/"+organization+"/invitations", J{"email": fmt.Sprintf("guest%d@example.org", s.Serial())}).Want(201)
	return r.Text("id"), r.ETag
}

// InvitationCode is Invitation, and gives the code of its mail.
func (s *Stage) InvitationCode(admin *Client, organization string) string {
	s.Helper()
	id, _ := s.Invitation(admin, organization)
	return s.Code(admin.Get("/v1/invitations/" + id).Want(200).Text("email"))
}

// Quiet tells whether no further mail comes to an address; it waits until the background has nothing left to do.
func (h *House) Quiet(to string, mails int) {
	h.Helper()
	h.Eventually("nothing left to send", func() bool {
		var left int64
		if err := h.App.DB.Reader.Raw("SELECT COUNT(*) FROM jobs").Scan(&left).Error; err != nil {
			h.Fatal(err)
		}
		return left == 0
	})
	if got := h.Mails(to); len(got) != mails {
		h.Errorf("%d mails to %s, want %d", len(got), to, mails)
	}
}

// FailedMail makes an invitation whose mail failed, as a server's refusal would have it, and gives the mail's id and ETag.
func (s *Stage) FailedMail() (id, etag string) {
	s.Helper()
	s.InvitationCode(s.Editor, s.Uni)
	s.Quiet("nobody@example.org", 0)
	id = s.Operator.Get("/v1/mails?limit=1").Want(200).Text("items", 0, "id")
	if err := s.App.DB.Writer.Exec("UPDATE mails SET state = 'failed', reason = '550' WHERE id = ?", id).Error; err != nil {
		s.Fatal(err)
	}
	return id, s.Operator.Get("/v1/mails/" + id).Want(200).ETag
}
