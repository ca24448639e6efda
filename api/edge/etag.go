package edge

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"jiebang/internal/fault"
)

// viewBytes of a digest tell two answers apart that one reader may get of one version.
const viewBytes = 8

// ETag is the tag of a record as this reader got it: "version-view". The version is what a change compares; the view is a digest of the
// answer's body, since what a reader is shown may change while the record's version stands still: a consent, a name, an action that is
// theirs now. The answer to a change has the tag that reading the record afterwards gives.
func ETag(version int64, body []byte) string {
	digest := sha256.Sum256(body)
	return `"` + strconv.FormatInt(version, 10) + "-" + hex.EncodeToString(digest[:viewBytes]) + `"`
}

// maxTags bounds how many tags of an If-Match are looked at.
const maxTags = 16

// ParseIfMatch reads the versions that a caller accepts: those of a list of tags, of which any may fit (RFC 9110 section 13.1.1). Only the
// part before the hyphen counts, and it may stand alone, as lists give it. A weak tag counts as the same version, since proxies that
// compress an answer weaken its tag. An asterisk (any), alone as the protocol has it or within a list, where several lines of the header were
// joined on their way, names no version that somebody has read: none. ok tells that it is a list of tags, at
// least one of them of this system's form.
func ParseIfMatch(text string) (versions []int64, any, ok bool) {
	tags, whole := tagsOf(text)
	if !whole || len(tags) > maxTags {
		return nil, false, false
	}
	if slices.Contains(tags, "*") {
		return nil, true, true
	}
	for _, tag := range tags {
		if version, ours := versionOfTag(tag); ours && !slices.Contains(versions, version) {
			versions = append(versions, version)
		}
	}
	return versions, false, len(versions) > 0
}

// tagsOf takes a list of tags apart: each opaque text with its quotes and without the mark of a weak one, an asterisk as it is; whole tells
// that it is a list.
func tagsOf(text string) (tags []string, whole bool) {
	for rest := text; ; {
		rest = strings.TrimLeft(rest, " \t")
		end := 1 // an asterisk
		if !strings.HasPrefix(rest, "*") {
			rest, _ = strings.CutPrefix(rest, "W/")
			if !strings.HasPrefix(rest, `"`) {
				return nil, false
			}
			if end = strings.IndexByte(rest[1:], '"') + 2; end < 2 {
				return nil, false
			}
		}
		tags = append(tags, rest[:end])
		rest = strings.TrimLeft(rest[end:], " \t")
		if rest == "" {
			return tags, true
		}
		var more bool
		if rest, more = strings.CutPrefix(rest, ","); !more {
			return nil, false
		}
	}
}

// versionOfTag is the version in a tag of this system.
func versionOfTag(tag string) (version int64, ok bool) {
	digits, _, _ := strings.Cut(strings.Trim(tag, `"`), "-")
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil && n > 0 && strconv.FormatInt(n, 10) == digits
}

// known tells whether a request for reading has this answer already (If-None-Match): the whole tag counts here, weak or not, and an asterisk
// is whatever there is.
func known(r *http.Request, etag string) bool {
	given := strings.Join(r.Header.Values("If-None-Match"), ",")
	if given == "" || etag == "" {
		return false
	}
	tags, _ := tagsOf(given)
	return slices.Equal(tags, []string{"*"}) || slices.Contains(tags, etag)
}

// changing runs a change for the versions that the caller accepts, one after the other until one fits: a change that is refused has done
// nothing.
func changing[A any](c echo.Context, run func(version int64) (A, error)) (A, error) {
	versions, _, _ := ParseIfMatch(ifMatch(c.Request().Header)) // validation has seen that there is one
	var out A
	err := errors.New("edge: no version was named")
	for _, version := range versions {
		if out, err = run(version); !fault.VersionStale.Of(err) {
			break
		}
	}
	return out, err
}

// ifMatch joins what several lines say, as lists may come.
func ifMatch(h http.Header) string { return strings.Join(h.Values(headerIfMatch), ", ") }
